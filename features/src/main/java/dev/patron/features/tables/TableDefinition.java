package dev.patron.features.tables;

import dev.patron.features.frame.Schema;
import java.io.Serializable;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a dataset says about one of its tables, wherever its records come from.
 *
 * @param name the table's name, which is also the name of its bronze and silver tables
 * @param keep what the table is to remember
 * @param key the columns that identify a row; empty only for facts, whose records then are rows of
 *     their own
 * @param track for a history, the columns whose changes open a new version; empty: every column
 * @param format how a record is written
 * @param change for flat change rows, which columns say when and what; null for Debezium and facts
 * @param declared the columns that the dataset declares, in order; null: taken from the data
 * @param roles what single columns mean for the purchases, which decides how text is read
 * @param rules what a row must satisfy
 * @param applying how its changes are applied, where it is not the ordinary way
 */
public record TableDefinition(
    String name,
    Keep keep,
    List<String> key,
    List<String> track,
    Format format,
    @Nullable Change change,
    @Nullable Schema declared,
    Map<String, Role> roles,
    List<Rule> rules,
    Applying applying)
    implements Serializable {

  public TableDefinition {
    key = List.copyOf(key);
    track = List.copyOf(track);
    // Sorted, so that equal definitions read alike in every process.
    roles = Collections.unmodifiableMap(new TreeMap<>(roles));
    rules = List.copyOf(rules);
  }

  /** A table whose changes are applied in the ordinary way. */
  public TableDefinition(
      String name,
      Keep keep,
      List<String> key,
      List<String> track,
      Format format,
      @Nullable Change change,
      @Nullable Schema declared,
      Map<String, Role> roles,
      List<Rule> rules) {
    this(name, keep, key, track, format, change, declared, roles, rules, Applying.PLAINLY);
  }

  /** The columns that the table has, of those that its records are read with. */
  public Schema row(Schema read) {
    return applying.without().isEmpty()
        ? read
        : new Schema(
            read.fields().stream()
                .filter(field -> !applying.without().contains(field.name()))
                .toList());
  }

  /** Whether, in a history, a change of this column opens a version. */
  public boolean tracks(String column) {
    return track.isEmpty() ? !applying.trackExcept().contains(column) : track.contains(column);
  }

  /**
   * How changes are applied, where it is not the ordinary way.
   *
   * @param trackExcept for a history, the columns whose changes open no version, while all others
   *     do; empty: as {@link TableDefinition#track} says
   * @param without the columns that its records have and the table has not
   * @param ignoreNullUpdates whether a null in an update leaves the value as it was
   */
  public record Applying(List<String> trackExcept, List<String> without, boolean ignoreNullUpdates)
      implements Serializable {
    /** The ordinary way. */
    public static final Applying PLAINLY = new Applying(List.of(), List.of(), false);

    public Applying {
      trackExcept = List.copyOf(trackExcept);
      without = List.copyOf(without);
    }
  }

  /** What a table remembers. */
  public enum Keep {
    /** The current state of each key (SCD type 1). */
    CURRENT,
    /** Every version of each key (SCD type 2). */
    HISTORY,
    /** Events that happened: append-only. */
    FACTS
  }

  /**
   * How records are written.
   *
   * @param kind the format's name
   * @param delimiter between the values of a CSV line
   * @param timeFormat how text is read as a date or timestamp: a {@link
   *     java.time.format.DateTimeFormatter} pattern, or {@code seconds}, {@code millis} or {@code
   *     micros} for numbers; null: ISO 8601
   * @param sourceTable the source's name of the table, where a Debezium record says another than
   *     ours
   * @param zone the zone of times written without one
   */
  public record Format(
      Kind kind, char delimiter, @Nullable String timeFormat, String sourceTable, String zone)
      implements Serializable {

    /** The formats. */
    public enum Kind {
      DEBEZIUM,
      JSONL,
      CSV,
      PARQUET
    }
  }

  /**
   * Which columns of a flat change row say when and what.
   *
   * @param sequence the columns that order the changes of a key, the most significant first
   * @param operation the column that says what happened; null: every row is an upsert
   * @param delete the values of {@code operation} that mean a delete
   * @param truncate the values of {@code operation} that remove every row there is; such a row has
   *     no key
   * @param time the timestamp column that says when a change took effect; null: the first timestamp
   *     or date among {@code sequence}
   */
  public record Change(
      List<String> sequence,
      @Nullable String operation,
      List<String> delete,
      List<String> truncate,
      @Nullable String time)
      implements Serializable {
    public Change {
      sequence = List.copyOf(sequence);
      delete = List.copyOf(delete);
      truncate = List.copyOf(truncate);
    }

    /** Changes of single rows, without truncates. */
    public Change(
        List<String> sequence,
        @Nullable String operation,
        List<String> delete,
        @Nullable String time) {
      this(sequence, operation, delete, List.of(), time);
    }
  }

  /** What a column means for the purchases; text in such a column is read accordingly. */
  public enum Role {
    /** Identifies something: text wherever a value is not a plain number. */
    IDENTITY,
    /** An amount of money or a price: a decimal. */
    MONEY,
    /** A number of units. */
    QUANTITY,
    /** When it happened: a timestamp or date. */
    TIME,
    /** Where a customer is: read as it comes, and it may be missing. */
    PLACE
  }

  /**
   * A rule that rows must satisfy. Bounds are inclusive; null means not asked for.
   *
   * @param name the rule's name, which a refusal gives as its detail
   * @param column the column it looks at
   * @param notNull whether null is refused; otherwise null passes
   * @param min the least value
   * @param max the greatest value
   * @param in the values allowed, as text; empty: any
   * @param matches a regular expression that the whole text must match
   * @param drop whether a refused row is dropped and counted rather than quarantined
   */
  public record Rule(
      String name,
      String column,
      boolean notNull,
      @Nullable Double min,
      @Nullable Double max,
      List<String> in,
      @Nullable String matches,
      boolean drop)
      implements Serializable {
    public Rule {
      in = List.copyOf(in);
    }
  }
}
