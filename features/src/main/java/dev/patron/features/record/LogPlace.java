package dev.patron.features.record;

import static dev.patron.features.record.ScalarReader.ABSENT;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
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
  private final ScalarReader scalars;

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
      case "lsn" -> lsn = scalars.number(parser);
      case "sequence" -> sequence = scalars.string(parser);
      case "file" -> file = scalars.string(parser);
      case "pos" -> filePosition = scalars.number(parser);
      case "row" -> fileRow = scalars.number(parser);
      case "commit_lsn" -> commitLsn = scalars.string(parser);
      case "change_lsn" -> changeLsn = scalars.string(parser);
      case "event_serial_no" -> eventSerialNumber = scalars.number(parser);
      case "commit_scn" -> commitScn = scalars.number(parser);
      case "scn" -> scn = scalars.number(parser);
      case "rs_id" -> recordSet = scalars.string(parser);
      case "ssn" -> sqlSequence = scalars.number(parser);
      default -> parser.skipChildren();
    }
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
      return second == null || second == JsonToken.END_ARRAY ? ABSENT : scalars.number(parser);
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
   * @return the position as a person writes it; null, and nothing of use written, if there is none
   */
  @Nullable String position(Position position, boolean isSnapshot) {
    position.clear();
    long number = lsn != ABSENT ? lsn : secondOf(sequence);
    if (number != ABSENT) {
      position.add(number);
      return Long.toString(number);
    }
    String binlog = file;
    if (binlog != null) {
      return inFile(binlog, position, isSnapshot);
    }
    String commit = commitLsn;
    if (commit != null) {
      return inCommit(commit, position);
    }
    return scn == ABSENT ? null : atChangeNumber(position);
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
    if (!addGroups(commit, position)) {
      return null;
    }
    // What has no change of its own, as the rows of a snapshot, stands before those that have one.
    position.add(change.isEmpty() ? 0 : 1L);
    if (!change.isEmpty() && !addGroups(change, position)) {
      return null;
    }
    position.add(orZero(eventSerialNumber));
    return commit + ", " + change + ", " + orZero(eventSerialNumber);
  }

  /** Adds groups of hexadecimal digits with colons between them; false if it is none. */
  private static boolean addGroups(String number, Position position) {
    for (String group : number.split(":", -1)) {
      try {
        position.add(Long.parseLong(group, 16));
      } catch (NumberFormatException e) {
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
