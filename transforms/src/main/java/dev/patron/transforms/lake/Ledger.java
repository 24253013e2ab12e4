package dev.patron.transforms.lake;

import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.transforms.parquet.HadoopFiles;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;

/**
 * The one order in which a warehouse changes. Delta Lake commits one table at a time; a stage
 * changes several, which have to change together or not at all (SEMANTICS 19). So a stage writes
 * down what it is going to commit, and one commit to the ledger decides it. From then on it will
 * happen: the tables are committed one after the other, each with the number of the decision as its
 * transaction; whoever opens the warehouse next, after a crash say, goes on where it stopped, and a
 * table that has a decision already is passed over.
 *
 * <p>A decision rests on the ones before it: if there is a newer one than the stage has seen, it is
 * refused. So of two runs at once one wins, and the other fails before it has changed anything.
 *
 * <p>The ledger is itself a Delta table without rows, {@code _ledger}; a decision's number is the
 * table's version. A reader of a single table never sees a part of a change; a reader of several
 * may see the tables of one decision change within the moment that their commits take.
 */
public final class Ledger {
  /** The table, which no reader lists: its name begins with an underscore. */
  static final String TABLE = "_ledger";

  /** Where runs write down what they are about to decide. */
  public static final String INTENTS = TABLE + "/_intents";

  /** The name under which decisions are transactions of the tables. */
  static final String APPLICATION = "patron";

  private static final String INTENT = "patron.intent";
  private static final String STAGE = "patron.stage";
  private static final String TABLES = "patron.tables";
  private static final int MOST_ATTEMPTS = 100;
  private static final Schema COLUMNS = Schema.of().with("decision", Type.LONG);

  private final String warehouse;
  private final LakeTable decisions;

  private Ledger(String warehouse) {
    this.warehouse = warehouse;
    this.decisions = LakeTable.at(warehouse, TABLE);
  }

  /** The ledger of a warehouse, which need not exist yet. */
  public static Ledger of(String warehouse) {
    return new Ledger(warehouse);
  }

  /**
   * What is to become of a table.
   *
   * @param table its name, as {@code silver/books}
   */
  public record Change(String table, Commit commit) {}

  /**
   * Finishes what was decided and not yet done, and tells the newest decision.
   *
   * @return its number; -1 if nothing was ever decided
   * @throws LakeException if it cannot be finished
   */
  public long open() {
    TableSnapshot newest = newest().orElse(null);
    if (newest == null) {
      return -1;
    }
    Path intent = intent(newest.properties().getOrDefault(INTENT, ""));
    List<Change> unfinished = read(intent);
    if (unfinished != null) {
      apply(unfinished, newest.version());
      delete(intent);
    }
    return newest.version();
  }

  /**
   * Decides that these changes happen, and makes them happen. When this returns they are visible;
   * if it throws before the decision, none of them will ever be.
   *
   * @param after the decision on which they rest: what {@link #open} or the last call gave
   * @param stage who decides, for people who read the ledger's log
   * @return the number of this decision
   * @throws LakeException if another writer has decided something since ({@link
   *     LakeException#isConflict}), a change cannot be committed, or the ledger is behind the
   *     tables
   */
  public long decide(long after, String stage, List<Change> changes) {
    // What was decided must be possible: afterwards there is no way back.
    changes.forEach(change -> LakeTable.at(warehouse, change.table()).check(change.commit()));
    Optional<TableSnapshot> newest = checkBehind(changes, after);
    String name = UUID.randomUUID().toString();
    Path intent = intent(name);
    SortedMap<String, Long> tables = tables(newest);
    changes.forEach(change -> tables.put(change.table(), after + 1));
    write(intent, changes);
    long number;
    try {
      number =
          decisions
              .commit(
                  Commit.append(COLUMNS, List.of())
                      .withProperties(Map.of(INTENT, name, STAGE, stage, TABLES, text(tables)))
                      .onVersion(after))
              .version();
    } catch (LakeException e) {
      delete(intent);
      throw e.isConflict()
          ? LakeException.conflict(
              "another run changed the warehouse while this one worked; nothing of its stage '"
                  + stage
                  + "' was committed; run it again")
          : e;
    }
    apply(changes, number);
    delete(intent);
    return number;
  }

  /**
   * Refuses to give a decision a number that a table has already: it would take the change for one
   * that it has.
   *
   * @return the newest decision
   */
  private Optional<TableSnapshot> checkBehind(List<Change> changes, long after) {
    List<String> behind = new ArrayList<>();
    for (Change change : changes) {
      OptionalLong last = LakeTable.at(warehouse, change.table()).lastTransaction(APPLICATION);
      if (last.isPresent() && last.getAsLong() > after) {
        behind.add(behind(change.table(), last.getAsLong(), after));
      }
    }
    // Read after the tables: another run may have decided, and carried it out, in this moment.
    Optional<TableSnapshot> newest = newest();
    if (!behind.isEmpty() && number(newest) == after) {
      throw new LakeException(behind.get(0));
    }
    return newest;
  }

  private static String behind(String table, long decision, long newest) {
    return "%s: decision %d changed %s, and %s; restore its _delta_log, or begin in another warehouse"
        .formatted(
            TABLE,
            decision,
            table,
            newest < 0 ? "there is no ledger" : "the ledger ends at " + newest);
  }

  /**
   * The tables that decisions have changed, by name, with the newest decision of each: all of them,
   * of warehouses that were begun since decisions say so.
   *
   * @throws LakeException if the ledger's log cannot be read
   */
  public SortedMap<String, Long> tables() {
    return tables(newest());
  }

  private static SortedMap<String, Long> tables(Optional<TableSnapshot> decision) {
    SortedMap<String, Long> tables = new TreeMap<>();
    String names = decision.map(made -> made.properties().getOrDefault(TABLES, "")).orElse("");
    for (String entry : names.split(",", -1)) {
      int equals = entry.indexOf('=');
      if (equals > 0) {
        tables.put(entry.substring(0, equals), Long.parseLong(entry.substring(equals + 1)));
      }
    }
    return tables;
  }

  private static String text(SortedMap<String, Long> tables) {
    List<String> entries = new ArrayList<>();
    tables.forEach((table, decision) -> entries.add(table + "=" + decision));
    return String.join(",", entries);
  }

  /**
   * What tables and the ledger do not know of each other, each in a sentence that begins with a
   * name: means nothing while a decision is carried out.
   *
   * @param known the tables that are there
   */
  public List<String> lost(List<TableSnapshot> known) {
    List<String> lost = new ArrayList<>();
    Optional<TableSnapshot> decision = newest();
    long newest = number(decision);
    SortedMap<String, Long> expected = tables(decision);
    for (TableSnapshot table : known) {
      long last = table.lastTransaction(APPLICATION).orElse(-1);
      Long wanted = expected.remove(table.table().name());
      if (last > newest) {
        lost.add(behind(table.table().name(), last, newest));
      } else if (wanted != null && last < wanted) {
        lost.add(
            "%s: its newest change is of decision %d where the ledger has %d; restore its _delta_log"
                .formatted(table.table().name(), last, wanted));
      }
    }
    expected.forEach(
        (table, changedBy) ->
            lost.add(
                "%s: it is gone, though decision %d changed it; restore it, or let vacuum take note of it"
                    .formatted(table, changedBy)));
    return lost;
  }

  /**
   * Misses tables no longer that somebody has deleted.
   *
   * @param gone their names
   */
  public void acceptLoss(Collection<String> gone) {
    Optional<TableSnapshot> newest = newest();
    SortedMap<String, Long> tables = tables(newest);
    if (tables.keySet().removeAll(gone)) {
      decisions.commit(
          Commit.append(COLUMNS, List.of())
              .withProperties(Map.of(STAGE, "vacuum", TABLES, text(tables)))
              .onVersion(number(newest)));
    }
  }

  private static long number(Optional<TableSnapshot> decision) {
    return decision.map(TableSnapshot::version).orElse(-1L);
  }

  /**
   * The newest decision, if all of it was done: until then, tables do not fit each other.
   *
   * @return its number; -1 if nothing was ever decided; nothing while it is carried out, or waits
   *     for the next run to do that
   */
  public OptionalLong settled() {
    TableSnapshot newest = newest().orElse(null);
    if (newest == null) {
      return OptionalLong.of(-1);
    }
    String name = newest.properties().getOrDefault(INTENT, "");
    return !name.isEmpty() && Warehouse.at(warehouse).exists(INTENTS + "/" + name)
        ? OptionalLong.empty()
        : OptionalLong.of(newest.version());
  }

  /** The newest decision. It has no files; that is known when all of its log was read. */
  private Optional<TableSnapshot> newest() {
    Optional<TableSnapshot> newest = decisions.latest();
    newest.ifPresent(TableSnapshot::files);
    return newest;
  }

  /**
   * Decides that nothing changes: whatever others began before can then not be decided any more.
   * What others decide meanwhile is waited for.
   *
   * @param stage who decides, for people who read the ledger's log
   * @return when, by the clock that says when files were; what was written earlier, and is part of
   *     no table, never will be
   */
  public Instant fence(String stage) {
    for (int attempt = 1; ; attempt++) {
      try {
        return decidedAt(decide(open(), stage, List.of()));
      } catch (LakeException e) {
        if (!e.isConflict() || attempt == MOST_ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  /**
   * When a decision was written, by the clock that says when files were.
   *
   * @throws LakeException if the ledger's log has it no longer
   */
  public Instant decidedAt(long decision) {
    Path commit = new Path(decisions.path(), "_delta_log/%020d.json".formatted(decision));
    try {
      return Instant.ofEpochMilli(files(commit).getFileStatus(commit).getModificationTime());
    } catch (IOException e) {
      throw LakeException.because(TABLE, HadoopFiles.display(commit) + " cannot be read", e);
    }
  }

  private void apply(List<Change> changes, long number) {
    for (Change change : changes) {
      LakeTable.at(warehouse, change.table())
          .commit(change.commit().withTransaction(APPLICATION, number));
    }
  }

  // ------------------------------------------------------------------ what is going to be
  // committed

  private Path intent(String name) {
    return new Path(HadoopFiles.path(warehouse), INTENTS + "/" + name);
  }

  void write(Path intent, List<Change> changes) {
    try (FSDataOutputStream out = files(intent).create(intent, false)) {
      out.writeInt(changes.size());
      for (Change change : changes) {
        DataFileCoder.text(change.table(), out);
        write(change.commit(), out);
      }
      out.hsync();
    } catch (IOException | RuntimeException e) {
      throw LakeException.because(TABLE, HadoopFiles.display(intent) + " cannot be written", e);
    }
  }

  private @Nullable List<Change> read(Path intent) {
    try (DataInputStream in = files(intent).open(intent)) {
      List<Change> changes = new ArrayList<>();
      for (int left = in.readInt(); left > 0; left--) {
        changes.add(new Change(DataFileCoder.present(in), readCommit(in)));
      }
      return changes;
    } catch (FileNotFoundException done) {
      return null;
    } catch (IOException | RuntimeException e) {
      throw LakeException.because(TABLE, HadoopFiles.display(intent) + " cannot be read", e);
    }
  }

  private void delete(Path intent) {
    try {
      files(intent).delete(intent, false);
    } catch (IOException e) {
      throw LakeException.because(TABLE, HadoopFiles.display(intent) + " cannot be deleted", e);
    }
  }

  private static FileSystem files(Path path) throws IOException {
    return path.getFileSystem(HadoopFiles.configuration());
  }

  private static void write(Commit commit, DataOutputStream out) throws IOException {
    DataFileCoder.text(commit.kind().name(), out);
    DataFileCoder.text(new Type.RowOf(commit.schema()).toString(), out);
    writeFiles(commit.remove(), out);
    writeFiles(commit.add(), out);
    out.writeInt(commit.partitionColumns().size());
    for (String column : commit.partitionColumns()) {
      DataFileCoder.text(column, out);
    }
    out.writeInt(commit.properties().size());
    for (Map.Entry<String, String> property : commit.properties().entrySet()) {
      DataFileCoder.text(property.getKey(), out);
      DataFileCoder.text(property.getValue(), out);
    }
  }

  private static Commit readCommit(DataInputStream in) throws IOException {
    Commit.Kind kind = Commit.Kind.valueOf(DataFileCoder.present(in));
    Schema schema = DataFileCoder.schema(DataFileCoder.present(in));
    List<DataFile> remove = readFiles(in);
    List<DataFile> add = readFiles(in);
    List<String> partitions = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      partitions.add(DataFileCoder.present(in));
    }
    Map<String, String> properties = new TreeMap<>();
    for (int left = in.readInt(); left > 0; left--) {
      properties.put(DataFileCoder.present(in), DataFileCoder.present(in));
    }
    return new Commit(kind, schema, remove, add, partitions, properties, null, 0, null);
  }

  private static void writeFiles(List<DataFile> files, DataOutputStream out) throws IOException {
    out.writeInt(files.size());
    for (DataFile file : files) {
      DataFileCoder.of().encode(file, out);
    }
  }

  private static List<DataFile> readFiles(DataInputStream in) throws IOException {
    List<DataFile> files = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      files.add(DataFileCoder.of().decode(in));
    }
    return files;
  }
}
