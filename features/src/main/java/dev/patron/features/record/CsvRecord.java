package dev.patron.features.record;

import java.util.Arrays;

/**
 * The fields of one CSV record (RFC 4180): a field may be quoted, a quote within quotes is written
 * twice. Holds what it read last.
 */
final class CsvRecord {
  private final byte delimiter;

  private byte[] source = new byte[0];
  private int[] from = new int[16];
  private int[] to = new int[16];
  private int fields;
  private byte[] unquoted = new byte[64];
  private int unquotedLength;
  private boolean[] isUnquoted = new boolean[16];

  CsvRecord(char delimiter) {
    if (delimiter >= 0x80 || delimiter == '"' || delimiter == '\n' || delimiter == '\r') {
      throw new IllegalArgumentException(
          "a CSV delimiter is one ASCII character, no quote and no line end, not '"
              + delimiter
              + "'");
    }
    this.delimiter = (byte) delimiter;
  }

  /** Reads the record {@code [start, end)}, without its line end; false if a quote is astray. */
  boolean read(byte[] bytes, int start, int end) {
    source = bytes;
    fields = 0;
    unquotedLength = 0;
    int at = start;
    while (true) {
      if (at < end && bytes[at] == '"') {
        at = quoted(at + 1, end);
        if (at < 0) {
          return false;
        }
      } else {
        int first = at;
        while (at < end && bytes[at] != delimiter) {
          at++;
        }
        add(first, at, false);
      }
      if (at == end) {
        return true;
      }
      if (bytes[at] != delimiter) {
        return false;
      }
      at++;
    }
  }

  /** Takes a field from behind its opening quote; returns where it ends, or -1. */
  private int quoted(int first, int end) {
    int at = first;
    boolean plain = true;
    int copy = unquotedLength;
    while (true) {
      int run = at;
      while (at < end && source[at] != '"') {
        at++;
      }
      if (at == end) {
        return -1;
      }
      boolean escaped = at + 1 < end && source[at + 1] == '"';
      if (plain && !escaped) {
        add(first, at, false);
        return at + 1;
      }
      plain = false;
      copy(run, escaped ? at + 1 : at);
      if (!escaped) {
        add(copy, unquotedLength, true);
        return at + 1;
      }
      at += 2;
    }
  }

  private void copy(int first, int last) {
    int length = last - first;
    if (unquoted.length - unquotedLength < length) {
      unquoted = Arrays.copyOf(unquoted, Math.max(2 * unquoted.length, unquotedLength + length));
    }
    System.arraycopy(source, first, unquoted, unquotedLength, length);
    unquotedLength += length;
  }

  private void add(int first, int last, boolean fromCopy) {
    if (fields == from.length) {
      from = Arrays.copyOf(from, 2 * fields);
      to = Arrays.copyOf(to, 2 * fields);
      isUnquoted = Arrays.copyOf(isUnquoted, 2 * fields);
    }
    from[fields] = first;
    to[fields] = last;
    isUnquoted[fields] = fromCopy;
    fields++;
  }

  /** The number of fields. */
  int size() {
    return fields;
  }

  /** The array that holds a field. */
  byte[] array(int field) {
    return isUnquoted[field] ? unquoted : source;
  }

  /** Where a field begins in its array. */
  int from(int field) {
    return from[field];
  }

  /** Where a field ends in its array. */
  int to(int field) {
    return to[field];
  }
}
