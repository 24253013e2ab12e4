package dev.patron.features.record;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a stream of bytes into records: lines, or CSV records, whose quoted fields may hold line
 * ends. It is fed piece by piece and holds no more than one record.
 *
 * <p>A quote astray in a CSV file must not swallow the rest of it. If a record of several lines
 * does not come out right (a quote is never closed, or closed in the middle of a field; the record
 * grows beyond {@link #MAX_QUOTED_BYTES}; it has not as many fields as the header) its first line
 * is taken for the record, to be refused when it is decoded, and reading goes on with the second.
 */
public final class RecordSplitter {
  /** How long a CSV record of several lines may be. */
  public static final int MAX_QUOTED_BYTES = 1 << 20;

  /** How much is kept of a record that is too large to be read. */
  public static final int KEPT_OF_TOO_LARGE = 1 << 20;

  /** Takes records. */
  @FunctionalInterface
  public interface Sink {
    /**
     * One record.
     *
     * @param line the line it begins on, from 1
     * @param bytes the array that holds it at {@code [from, to)}, only until the call returns
     * @param fault why it cannot be read as it is, see {@link Reason#fault}; null if it can
     */
    void record(long line, byte[] bytes, int from, int to, @Nullable String fault);
  }

  private static final int NO_DELIMITER = -1;

  private final int delimiter;
  private final Sink sink;

  private byte[] buffer = new byte[1 << 16];
  private int start;
  private int end;

  /** How far the record that begins at {@link #start} has been looked at. */
  private int seen;

  private long line = 1;
  private boolean atFileStart = true;
  private long skipped;
  private boolean skipping;

  // Of the CSV record that begins at start, as far as it was seen:
  private boolean inQuotes;
  private boolean afterQuote;
  private boolean atFieldStart = true;
  private int fields = 1;
  private int lines = 1;
  private int firstLineEnd = -1;
  private boolean oneLine;
  private int headerFields = -1;

  private RecordSplitter(int delimiter, Sink sink) {
    this.delimiter = delimiter;
    this.sink = sink;
  }

  /** Cuts into lines. */
  public static RecordSplitter lines(Sink sink) {
    return new RecordSplitter(NO_DELIMITER, sink);
  }

  /** Cuts into CSV records; the first that is not blank is the header. */
  public static RecordSplitter csv(char delimiter, Sink sink) {
    return new RecordSplitter(delimiter, sink);
  }

  /** Takes the next bytes {@code [from, to)}. */
  public void accept(byte[] bytes, int from, int to) {
    reserve(to - from);
    System.arraycopy(bytes, from, buffer, end, to - from);
    end += to - from;
    if (atFileStart && !skipByteOrderMark(false)) {
      return;
    }
    split(false);
  }

  /**
   * How many bytes, but for a carriage return at the end, came since the last record ended; 0 if
   * they are more than one line, of which a quote that is never closed makes several records.
   */
  public long unfinished() {
    if (firstLineEnd >= 0) {
      return 0;
    }
    boolean cut = end > start && buffer[end - 1] == '\r' && !skipping;
    return skipped + end - start - (cut ? 1 : 0);
  }

  /** Takes the end of the bytes: what is left is the last record. */
  public void finish() {
    skipByteOrderMark(true);
    split(true);
  }

  /** What is left without a line end, when the bytes end too early; a copy. */
  public byte[] rest() {
    return Arrays.copyOfRange(buffer, start, Math.min(end, start + KEPT_OF_TOO_LARGE));
  }

  private void reserve(int more) {
    if (buffer.length - end >= more) {
      return;
    }
    int length = end - start;
    byte[] room =
        length + more <= buffer.length / 2
            ? buffer
            : new byte[Math.max(2 * buffer.length, length + more)];
    System.arraycopy(buffer, start, room, 0, length);
    buffer = room;
    seen -= start;
    if (firstLineEnd >= 0) {
      firstLineEnd -= start;
    }
    start = 0;
    end = length;
  }

  /** False while too few bytes are there to know whether they begin with a mark. */
  private boolean skipByteOrderMark(boolean last) {
    if (!atFileStart) {
      return true;
    }
    boolean starts =
        end > 0
            && buffer[0] == (byte) 0xEF
            && (end < 2 || buffer[1] == (byte) 0xBB)
            && (end < 3 || buffer[2] == (byte) 0xBF);
    if (starts && end < 3 && !last) {
      return false;
    }
    atFileStart = false;
    if (starts && end >= 3) {
      start = 3;
      seen = 3;
    }
    return true;
  }

  private void split(boolean last) {
    int recordEnd;
    while ((recordEnd = skipping || isLines() ? findLine() : findCsv(last)) >= 0) {
      emit(recordEnd, recordEnd + 1);
    }
    if (end - start > RecordDecoder.MAX_RECORD_BYTES) {
      dropTail();
    }
    if (last && (skipping || start < end)) {
      emit(end, end);
    }
  }

  private boolean isLines() {
    return delimiter == NO_DELIMITER;
  }

  /** The line end of the record that begins at {@link #start}, or -1. */
  private int findLine() {
    for (int at = seen; at < end; at++) {
      if (buffer[at] == '\n') {
        return at;
      }
    }
    seen = end;
    return -1;
  }

  private int findCsv(boolean last) {
    int at = seen;
    for (; at < end; at++) {
      byte b = buffer[at];
      if (b == '\n' && firstLineEnd < 0) {
        firstLineEnd = at;
      }
      if (oneLine) {
        if (b == '\n') {
          return at;
        }
        continue;
      }
      if (inQuotes) {
        if (b == '"') {
          inQuotes = false;
          afterQuote = true;
        } else if (b == '\n') {
          lines++;
        }
        if (at - start > MAX_QUOTED_BYTES && firstLineEnd >= 0) {
          return firstLineEnd;
        }
      } else if (afterQuote && b == '"') {
        inQuotes = true;
        afterQuote = false;
      } else if (b == '\n') {
        return isAstray() ? firstLineEnd : at;
      } else if (b == delimiter) {
        afterQuote = false;
        atFieldStart = true;
        fields++;
        continue;
      } else if (afterQuote && b != '\r') {
        // A quote was closed in the middle of a field.
        oneLine = true;
        if (firstLineEnd >= 0) {
          return firstLineEnd;
        }
      } else if (b == '"' && atFieldStart) {
        inQuotes = true;
      }
      atFieldStart = false;
    }
    seen = at;
    return last && firstLineEnd >= 0 && (inQuotes || isAstray()) ? firstLineEnd : -1;
  }

  /** Whether a record of several lines has not as many fields as the header. */
  private boolean isAstray() {
    return lines > 1 && headerFields >= 0 && fields != headerFields;
  }

  /** A line beyond all measure: keeps its beginning and waits for its end. */
  private void dropTail() {
    int kept = start + KEPT_OF_TOO_LARGE;
    skipped += end - kept;
    end = kept;
    seen = end;
    skipping = true;
  }

  private void emit(int recordEnd, int next) {
    int to = recordEnd;
    if (to > start && buffer[to - 1] == '\r' && !skipping) {
      to--;
    }
    if (skipping) {
      int kept = Math.min(to, start + KEPT_OF_TOO_LARGE);
      long size = skipped + (to - start);
      sink.record(
          line,
          buffer,
          start,
          kept,
          Reason.TOO_LARGE.fault(
              "%d bytes, more than %d; the first %d are kept"
                  .formatted(size, RecordDecoder.MAX_RECORD_BYTES, kept - start)));
    } else {
      if (!isLines() && headerFields < 0 && to > start) {
        headerFields = fields;
      }
      sink.record(line, buffer, start, to, null);
    }
    if (lines == 1) {
      line++;
    } else {
      for (int i = start; i < next; i++) {
        line += buffer[i] == '\n' ? 1 : 0;
      }
    }
    start = next;
    seen = next;
    skipping = false;
    skipped = 0;
    inQuotes = false;
    afterQuote = false;
    atFieldStart = true;
    fields = 1;
    lines = 1;
    firstLineEnd = -1;
    oneLine = false;
  }
}
