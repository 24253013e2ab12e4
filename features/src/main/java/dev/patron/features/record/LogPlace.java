package dev.patron.features.record;

import static dev.patron.features.record.ScalarReader.ABSENT;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where in its database's log a change stands (SEMANTICS 2), by the fields that Debezium's
 * connectors write into {@code source}. Each kind of database has its own:
 *
 * <ul>
 *   <li>PostgreSQL: {@code lsn}; rows of incremental snapshots have the second item of {@code
 *       sequence} instead.
 *   <li>MySQL and MariaDB: {@code file}, {@code pos} and {@code row}. Files compare by the number
 *       that their names end with, for names roll over from 999999 to 1000000.
 *   <li>SQL Server and Db2: {@code commit_lsn}, {@code change_lsn} and {@code event_serial_no}. Log
 *       sequence numbers are groups of hexadecimal digits.
 *   <li>Oracle: {@code commit_scn}, {@code scn}, {@code rs_id} and {@code ssn}. A transaction takes
 *       effect when it is committed, whatever the number of its changes; a snapshot's rows have the
 *       number of the snapshot alone.
 * </ul>
 *
 * <p>Holds what it read last.
 */
final class LogPlace {
  private static final List<String> LSN = List.of("lsn");
  private static final List<String> FILE = List.of("pos", "row");
  private static final List<String> COMMIT = List.of("commit_lsn", "change_lsn", "event_serial_no");
  private static final List<String> CHANGE_NUMBER = List.of("commit_scn", "rs_id", "ssn");
  private static final List<String> ANY =
      List.of(
          "lsn",
          "sequence",
          "file",
          "pos",
          "row",
          "commit_lsn",
          "change_lsn",
          "event_serial_no",
          "scn",
          "commit_scn",
          "rs_id",
          "ssn");

  private final ScalarReader scalars;

  /** What is wrong with fields that were given, by their names. */
  private final Map<String, String> wrong = new HashMap<>();

  /** The fields that the position was made of; any, if there is none. */
  private List<String> parts = ANY;

  private long lsn;
  private @Nullable String sequence;
  private @Nullable String file;
  private long filePosition;
  private long fileRow;
  private @Nullable String commitLsn;
  private @Nullable String changeLsn;
  private long eventSerialNumber;
  private long commitScn;
  private long scn;
  private @Nullable String recordSet;
  private long sqlSequence;

  LogPlace(ScalarReader scalars) {
    this.scalars = scalars;
    clear();
  }

  void clear() {
    wrong.clear();
    parts = ANY;
    lsn = ABSENT;
    sequence = null;
    file = null;
    filePosition = ABSENT;
    fileRow = ABSENT;
    commitLsn = null;
    changeLsn = null;
    eventSerialNumber = ABSENT;
    commitScn = ABSENT;
    scn = ABSENT;
    recordSet = null;
    sqlSequence = ABSENT;
  }

  /** Takes the field of this name, leaving the parser at its last token; passes over any other. */
  void take(String field, JsonParser parser) throws IOException {
    switch (field) {
      case "lsn" -> lsn = number(field, parser);
      case "sequence" -> sequence = string(field, parser);
      case "file" -> file = string(field, parser);
      case "pos" -> filePosition = number(field, parser);
      case "row" -> fileRow = number(field, parser);
      case "commit_lsn" -> commitLsn = string(field, parser);
      case "change_lsn" -> changeLsn = string(field, parser);
      case "event_serial_no" -> eventSerialNumber = number(field, parser);
      case "commit_scn" -> commitScn = number(field, parser);
      case "scn" -> scn = number(field, parser);
      case "rs_id" -> recordSet = string(field, parser);
      case "ssn" -> sqlSequence = number(field, parser);
      default -> parser.skipChildren();
    }
  }

  private long number(String field, JsonParser parser) throws IOException {
    JsonToken token = parser.currentToken();
    long number = scalars.number(parser);
    if (number == ABSENT) {
      note(field, token, parser, "64-bit integer");
    }
    return number;
  }

  private @Nullable String string(String field, JsonParser parser) throws IOException {
    JsonToken token = parser.currentToken();
    String string = scalars.string(parser);
    if (string == null) {
      note(field, token, parser, "text");
    }
    return string;
  }

  /** Notes what a field has instead of what it should; null and no text are no value. */
  private void note(String field, JsonToken token, JsonParser parser, String wanted)
      throws IOException {
    String given = token.isScalarValue() ? parser.getText() : "";
    if (token == JsonToken.START_OBJECT || token == JsonToken.START_ARRAY) {
      wrong.put(
          field, (token == JsonToken.START_OBJECT ? "an object" : "an array") + " is no " + wanted);
    } else if (token != JsonToken.VALUE_NULL && !given.isBlank()) {
      wrong.put(field, quote(given) + " is no " + wanted);
    }
  }

  private static String quote(String text) {
    byte[] bytes = text.getBytes(UTF_8);
    return ValueReader.quote(bytes, 0, bytes.length);
  }

  /** The second item of {@code source.sequence}, a JSON array within a text. */
  private long secondOf(@Nullable String sequenceText) {
    if (sequenceText == null) {
      return ABSENT;
    }
    try (JsonParser parser = JsonRecord.FACTORY.createParser(sequenceText)) {
      if (parser.nextToken() != JsonToken.START_ARRAY
          || parser.nextToken() == null
          || parser.currentToken() == JsonToken.END_ARRAY) {
        return ABSENT;
      }
      parser.skipChildren();
      JsonToken second = parser.nextToken();
      return second == null || second == JsonToken.END_ARRAY ? ABSENT : number("sequence", parser);
    } catch (IOException e) {
      // Text that is no JSON has no second item.
      return ABSENT;
    }
  }

  /**
   * Writes the position.
   *
   * @param isSnapshot whether it is that of a row of a snapshot, which need not name a file: it
   *     then stands before the whole log
   * @return the position as a person writes it; null, and nothing of use written, if there is none,
   *     or one of its fields is not what it should be
   */
  @Nullable String position(Position position, boolean isSnapshot) {
    String written = write(position, isSnapshot);
    return problem() == null ? written : null;
  }

  /** What is wrong with a field of the position that was asked for last; null if nothing is. */
  @Nullable String problem() {
    for (String field : wrong.isEmpty() ? List.<String>of() : parts) {
      String problem = wrong.get(field);
      if (problem != null) {
        return "source." + field + ": " + problem;
      }
    }
    return null;
  }

  private @Nullable String write(Position position, boolean isSnapshot) {
    position.clear();
    parts = ANY;
    long number = lsn != ABSENT ? lsn : secondOf(sequence);
    if (number != ABSENT) {
      parts = LSN;
      position.add(number);
      return Long.toString(number);
    }
    String binlog = file;
    if (binlog != null) {
      parts = FILE;
      return inFile(binlog, position, isSnapshot);
    }
    String commit = commitLsn;
    if (commit != null) {
      parts = COMMIT;
      return inCommit(commit, position);
    }
    if (scn == ABSENT) {
      return null;
    }
    parts = CHANGE_NUMBER;
    return atChangeNumber(position);
  }

  private @Nullable String inFile(String binlog, Position position, boolean isSnapshot) {
    long number = binlog.isEmpty() && isSnapshot ? 0 : trailingNumber(binlog);
    if (number == ABSENT || filePosition == ABSENT) {
      return null;
    }
    long row = orZero(fileRow);
    position.add(number).add(filePosition).add(row);
    return binlog + ", " + filePosition + ", " + row;
  }

  private static long trailingNumber(String name) {
    int from = name.length();
    while (from > 0 && name.charAt(from - 1) >= '0' && name.charAt(from - 1) <= '9') {
      from--;
    }
    return name.length() == from || name.length() - from > 18
        ? ABSENT
        : Long.parseLong(name, from, name.length(), 10);
  }

  private @Nullable String inCommit(String commit, Position position) {
    String change = changeLsn == null || changeLsn.equals("NULL") ? "" : changeLsn;
    if (!addGroups("commit_lsn", commit, position)) {
      return null;
    }
    // What has no change of its own, as the rows of a snapshot, stands before those that have one.
    position.add(change.isEmpty() ? 0 : 1L);
    if (!change.isEmpty() && !addGroups("change_lsn", change, position)) {
      return null;
    }
    position.add(orZero(eventSerialNumber));
    return commit + ", " + change + ", " + orZero(eventSerialNumber);
  }

  /** Adds groups of hexadecimal digits with colons between them; false if it is none. */
  private boolean addGroups(String field, String number, Position position) {
    for (String group : number.split(":", -1)) {
      try {
        position.add(Long.parseLong(group, 16));
      } catch (NumberFormatException e) {
        wrong.put(field, quote(number) + " is no log sequence number");
        return false;
      }
    }
    return true;
  }

  private String atChangeNumber(Position position) {
    long commit = commitScn == ABSENT ? scn : commitScn;
    String set = recordSet == null ? "" : recordSet.strip();
    position.add(commit).add(scn).add(set).add(orZero(sqlSequence));
    return commit + ", " + scn + ", " + set + ", " + orZero(sqlSequence);
  }

  private static long orZero(long number) {
    return number == ABSENT ? 0 : number;
  }
}
