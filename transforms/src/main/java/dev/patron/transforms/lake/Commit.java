package dev.patron.transforms.lake;

import dev.patron.features.frame.Schema;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is to become visible in a table at once.
 *
 * @param kind what happens to the files that the table has
 * @param schema the columns of the rows, partition columns included
 * @param remove for {@link Kind#REPLACE} and {@link Kind#REARRANGE}, the files to be removed
 * @param add the files to be added
 * @param partitionColumns of a table that does not exist yet
 * @param properties table properties to be set; those that begin with {@code delta.} only when the
 *     table is created
 * @param application who commits, for idempotence; null: no matter
 * @param transaction the number of this commit among the application's, which only grows
 * @param readVersion the version from which the content was computed, -1 for a table that did not
 *     exist: if there is a newer one by now, the commit fails; null: no matter
 */
public record Commit(
    Kind kind,
    Schema schema,
    List<DataFile> remove,
    List<DataFile> add,
    List<String> partitionColumns,
    Map<String, String> properties,
    @Nullable String application,
    long transaction,
    @Nullable Long readVersion) {

  /** What happens to the files that the table has. */
  public enum Kind {
    /** They stay. New columns are added to the table. */
    APPEND,
    /** Some go, the rest stay. New columns are added to the table. */
    REPLACE,
    /** As {@link #REPLACE}, with the same rows: who reads what is new need not look at them. */
    REARRANGE,
    /** All go, and the table takes the columns of the new rows, whatever they were before. */
    OVERWRITE
  }

  public Commit {
    remove = List.copyOf(remove);
    add = List.copyOf(add);
    partitionColumns = List.copyOf(partitionColumns);
    properties = Map.copyOf(properties);
  }

  private static Commit of(Kind kind, Schema schema, List<DataFile> remove, List<DataFile> add) {
    return new Commit(kind, schema, remove, add, List.of(), Map.of(), null, 0, null);
  }

  /** Adds files. */
  public static Commit append(Schema schema, List<DataFile> add) {
    return of(Kind.APPEND, schema, List.of(), add);
  }

  /** Removes some files and adds others. */
  public static Commit replace(Schema schema, List<DataFile> remove, List<DataFile> add) {
    return of(Kind.REPLACE, schema, remove, add);
  }

  /** Removes some files and adds others that have the same rows. */
  public static Commit rearrange(Schema schema, List<DataFile> remove, List<DataFile> add) {
    return of(Kind.REARRANGE, schema, remove, add);
  }

  /** Removes all files and adds others; the only way to change a column's type. */
  public static Commit overwrite(Schema schema, List<DataFile> add) {
    return of(Kind.OVERWRITE, schema, List.of(), add);
  }

  /** With these partition columns, if the table is created. */
  public Commit partitionedBy(List<String> columns) {
    return new Commit(
        kind, schema, remove, add, columns, properties, application, transaction, readVersion);
  }

  /** With these table properties. */
  public Commit withProperties(Map<String, String> newProperties) {
    return new Commit(
        kind,
        schema,
        remove,
        add,
        partitionColumns,
        newProperties,
        application,
        transaction,
        readVersion);
  }

  /** As this transaction of this application: a second time, nothing happens. */
  public Commit withTransaction(String newApplication, long newTransaction) {
    return new Commit(
        kind,
        schema,
        remove,
        add,
        partitionColumns,
        properties,
        newApplication,
        newTransaction,
        readVersion);
  }

  /** Only if the table still has this version; -1: only if it does not exist. */
  public Commit onVersion(long version) {
    return new Commit(
        kind, schema, remove, add, partitionColumns, properties, application, transaction, version);
  }

  /**
   * What came of it.
   *
   * @param version the version that made it visible; for a replay, the newest one, which includes
   *     it
   * @param replayed whether the transaction had been committed before, and nothing happened now
   */
  public record Result(long version, boolean replayed) {}
}
