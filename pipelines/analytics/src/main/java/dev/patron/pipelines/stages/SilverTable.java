package dev.patron.pipelines.stages;

import dev.patron.features.accounts.Account;
import dev.patron.features.change.ChangeSpec;
import dev.patron.features.change.Events;
import dev.patron.features.change.FactFold;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.KeyHashes;
import dev.patron.features.frame.Schema;
import dev.patron.features.tables.TableDefinition;
import dev.patron.features.tables.Tables;
import dev.patron.pipelines.dataset.Purchases;
import dev.patron.transforms.ApplyChanges;
import dev.patron.transforms.DecodeRecords;
import dev.patron.transforms.EarlierEvents;
import dev.patron.transforms.KeepFacts;
import dev.patron.transforms.KeepHistory;
import dev.patron.transforms.MapFrames;
import dev.patron.transforms.WithoutKeys;
import dev.patron.transforms.lake.Commit;
import dev.patron.transforms.lake.DataFile;
import dev.patron.transforms.lake.DataFileCoder;
import dev.patron.transforms.lake.ReadKeys;
import dev.patron.transforms.lake.ReadTable;
import dev.patron.transforms.lake.SupersedeRows;
import dev.patron.transforms.lake.TableFiles;
import dev.patron.transforms.lake.TableSnapshot;
import dev.patron.transforms.lake.WriteFrames;
import dev.patron.transforms.manifest.Manifest;
import dev.patron.transforms.shuffle.AccountCoder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.jspecify.annotations.Nullable;

/**
 * One silver table on its way: made anew from all of bronze, or carried on by what has come to
 * bronze since. Both give the same rows (SEMANTICS 11). A table is made anew where there is none
 * yet, where its definition or its columns have changed, and where the user asks for it.
 *
 * <p>The events that a table of changes has folded are kept, each once, in {@code state/TABLE}; an
 * increment reads those of the keys that it touches. Facts are their own state.
 */
final class SilverTable {
  /** The table property that says up to which version of bronze a table has folded. */
  static final String BRONZE = "patron.bronze";

  /** The table property that says by which definition. */
  private static final String DEFINITION = "patron.definition";

  /** The table property of the state that says where keys change. */
  private static final String LINKS = "patron.links";

  /** Changes when the same definition gives other rows than it did. */
  private static final String MEANING = "3";

  private final Job job;
  private final TableDefinition definition;
  private final Schema read;
  private final TableFiles bronze;
  private final long bronzeVersion;
  private final @Nullable Long knownAt;
  private final String fingerprint;
  private final @Nullable TableSnapshot silver;
  private final @Nullable TableSnapshot state;

  /** The files of bronze that the table has not seen; all of them if it is made anew. */
  private final List<DataFile> fresh;

  private final boolean anew;
  private @Nullable PCollection<Frame> rows;
  private @Nullable PCollection<Frame> changed;
  private @Nullable PCollection<Frame> superseded;

  /**
   * A table.
   *
   * @param read the columns that its records are read with
   * @param bronze its bronze table as it will be
   * @param pending whether bronze will have another version than it has
   * @param knownAt the time by which its records were delivered, in microseconds since the epoch;
   *     null: all of them
   * @param rebuild whether the user wants it made anew
   */
  SilverTable(
      Job job,
      TableDefinition definition,
      Schema read,
      TableFiles bronze,
      boolean pending,
      @Nullable Long knownAt,
      boolean rebuild) {
    this.job = job;
    this.definition = definition;
    this.read = read;
    this.bronze = bronze;
    TableSnapshot before = job.latest(bronze.table().name());
    this.bronzeVersion = (before == null ? -1 : before.version()) + (pending ? 1 : 0);
    this.knownAt = knownAt;
    String all = Fingerprint.of(MEANING, definition, read);
    this.fingerprint = knownAt == null ? all : Fingerprint.of(all, knownAt);
    this.silver = job.latest(name());
    this.state = job.latest(stateName());
    List<DataFile> unseen = rebuild ? null : unseen();
    this.anew = unseen == null;
    this.fresh = unseen == null ? bronze.files() : unseen;
  }

  /** The files of bronze that are new to the table; null if that does not help. */
  private @Nullable List<DataFile> unseen() {
    TableSnapshot known = silver;
    if (known == null
        || (isChanges() && state == null)
        || !fingerprint.equals(known.properties().get(DEFINITION))) {
      return null;
    }
    String version = known.properties().getOrDefault(BRONZE, "");
    TableSnapshot committed = job.latest(bronze.table().name());
    if (version.isEmpty() || committed == null) {
      return null;
    }
    // Where bronze does not remember that version any more, everything is read again.
    return committed
        .addedSince(Long.parseLong(version))
        .map(
            added -> {
              Set<String> old =
                  committed.files().stream().map(DataFile::path).collect(Collectors.toSet());
              List<DataFile> all = new ArrayList<>(added);
              bronze.files().stream().filter(file -> !old.contains(file.path())).forEach(all::add);
              return all;
            })
        .orElse(null);
  }

  private boolean isChanges() {
    return definition.keep() != TableDefinition.Keep.FACTS;
  }

  /** The silver table's name. */
  String name() {
    return silverOf(definition.name());
  }

  static String silverOf(String table) {
    return "silver/" + table;
  }

  private String stateName() {
    return stateOf(name());
  }

  /** Where the events lie that the silver table of this name was made of. */
  static String stateOf(String silverName) {
    return silverName.replaceFirst("^silver/", "state/");
  }

  String quarantineName() {
    return quarantineOf(definition.name());
  }

  static String quarantineOf(String table) {
    return "quarantine/" + table;
  }

  TableDefinition definition() {
    return definition;
  }

  /** What identifies the definition that the rows follow. */
  String fingerprint() {
    return fingerprint;
  }

  /** Whether the table is made anew. */
  boolean isAnew() {
    return anew;
  }

  /** Whether nothing is to be done. */
  boolean isIdle() {
    return fresh.isEmpty() && (!anew || schema().size() == 0);
  }

  /** The table's own columns. */
  Schema own() {
    return definition.row(read);
  }

  /** The columns of its rows. */
  Schema schema() {
    return switch (definition.keep()) {
      case CURRENT -> own().and(Tables.CURRENT);
      case HISTORY -> own().and(Tables.HISTORY);
      case FACTS -> own();
    };
  }

  /** How many records it is made of; about as many as it has rows, or more. */
  long records() {
    return Accounts.rows(bronze.files());
  }

  /** Into how many buckets it is shuffled. */
  int buckets() {
    return job.buckets(fresh);
  }

  /** The rows that it has before this run; none if it is made anew. */
  TableFiles before() {
    TableSnapshot known = silver;
    return anew || known == null
        ? new TableFiles(job.table(name()), schema(), List.of(), List.of())
        : known.contents();
  }

  /** The rows that are new or different; of a table that is made anew, all rows. */
  PCollection<Frame> rows() {
    return built(rows);
  }

  /** Of the table with the purchases that is carried on: the rows that are not true any more. */
  PCollection<Frame> superseded() {
    return built(superseded);
  }

  private static PCollection<Frame> built(@Nullable PCollection<Frame> frames) {
    if (frames == null) {
      throw new IllegalStateException("the table is not part of this pipeline");
    }
    return frames;
  }

  /** All rows that the table will have. */
  PCollection<Frame> after(Pipeline pipeline) {
    if (anew) {
      return rows();
    }
    PCollection<Frame> kept =
        pipeline.apply("Read " + name() + " as it was", ReadTable.of(before()));
    if (isIdle()) {
      return kept;
    }
    PCollection<Frame> gone = changed;
    return PCollectionList.of(
            gone == null
                ? kept
                : kept.apply(
                    "Rows of " + name() + " that stay", WithoutKeys.of(gone, definition.key())))
        .and(rows())
        .apply("Rows of " + name() + " as it will be", Flatten.pCollections());
  }

  // ------------------------------------------------------------------ the graph

  void build(Pipeline pipeline, Job.Findings findings, @Nullable Purchases purchases) {
    if (isIdle()) {
      return;
    }
    String table = definition.name();
    DecodeRecords decode = new DecodeRecords(definition, read);
    PCollectionTuple decoded =
        pipeline
            .apply(
                "Read bronze " + table,
                ReadTable.of(
                    new TableFiles(
                        bronze.table(), bronze.schema(), bronze.partitionColumns(), fresh)))
            .apply(
                "Read the records of " + table, knownAt == null ? decode : decode.knownAt(knownAt));
    findings.tell(
        "account of the records of " + table,
        Accounts.KIND,
        any -> table,
        AccountCoder.of(),
        decoded.get(DecodeRecords.ACCOUNTS));
    write(
        findings,
        quarantineName(),
        decoded.get(DecodeRecords.QUARANTINE),
        WriteFrames.to(job.table(quarantineName())).withSchema(Tables.QUARANTINE).byRows());
    PCollectionTuple kept =
        isChanges()
            ? foldChanges(decoded.get(DecodeRecords.ROWS), purchases)
            : keepFacts(decoded.get(DecodeRecords.ROWS), purchases);
    WriteFrames to = WriteFrames.to(job.table(name())).withSchema(schema());
    write(
        findings,
        name(),
        rows(),
        definition.key().isEmpty() ? to : to.inBuckets(definition.key(), buckets()));
    if (changed != null) {
      supersede(findings, name(), before(), definition.key(), changed);
    }
    if (isChanges()) {
      keepState(findings, kept);
    }
    findings.tell(
        "account of the rows of " + table,
        Accounts.KIND,
        any -> table,
        AccountCoder.of(),
        kept.get(isChanges() ? KeepHistory.ACCOUNTS : KeepFacts.ACCOUNTS));
  }

  private PCollectionTuple foldChanges(PCollection<Frame> events, @Nullable Purchases purchases) {
    ChangeSpec spec = ChangeSpec.of(definition, read);
    String label = "Keep " + definition.name();
    TableSnapshot kept = state;
    @Nullable EarlierEvents earlier =
        anew || kept == null ? null : new EarlierEvents(kept.contents(), links(kept));
    PCollectionTuple folded;
    if (definition.keep() == TableDefinition.Keep.CURRENT) {
      ApplyChanges apply = ApplyChanges.of(spec, buckets());
      folded = events.apply(label, earlier == null ? apply : apply.onto(earlier));
    } else {
      KeepHistory keep = KeepHistory.of(spec, buckets());
      folded = events.apply(label, earlier == null ? keep : keep.onto(earlier));
    }
    rows = folded.get(KeepHistory.ROWS);
    if (!anew) {
      PCollection<Frame> touched = folded.get(KeepHistory.CHANGED);
      changed = touched;
      if (purchases != null && purchases.table().equals(definition.name())) {
        superseded =
            touched.apply(
                "Read the rows of " + definition.name() + " that change",
                ReadKeys.of(before(), definition.key()));
      }
    }
    return folded;
  }

  /** Writes the events that were folded, for the next run. */
  private void keepState(Job.Findings findings, PCollectionTuple folded) {
    String folder = stateName();
    WriteFrames to = WriteFrames.to(job.table(folder)).withSchema(Events.schema(own()));
    write(
        findings, folder, folded.get(KeepHistory.NEWS), to.inBuckets(definition.key(), buckets()));
    findings.tell(
        "files of the truncates of " + definition.name(),
        "files",
        any -> folder,
        DataFileCoder.of(),
        folded
            .get(KeepHistory.TRUNCATES)
            .apply("Write the truncates of " + definition.name(), to.named("truncates")));
    findings.tell(
        "places where keys of " + definition.name() + " change",
        "links",
        any -> folder,
        StringUtf8Coder.of(),
        folded.get(KeepHistory.LINKS));
  }

  private PCollectionTuple keepFacts(PCollection<Frame> records, @Nullable Purchases purchases) {
    String time =
        purchases != null && purchases.table().equals(definition.name()) ? purchases.time() : null;
    KeepFacts keep =
        KeepFacts.of(new FactFold(definition.name(), definition.key(), time), buckets());
    PCollectionTuple kept =
        records.apply("Keep " + definition.name(), anew ? keep : keep.onto(before()));
    rows = kept.get(KeepFacts.ROWS);
    if (!anew) {
      PCollection<Frame> untrue = kept.get(KeepFacts.SUPERSEDED);
      superseded = untrue;
      List<String> key = definition.key();
      if (!key.isEmpty()) {
        changed =
            untrue.apply(
                "Facts of " + definition.name() + " that changed",
                MapFrames.through(frame -> KeyHashes.of(frame, key)));
      }
    }
    return kept;
  }

  static void write(
      Job.Findings findings, String table, PCollection<Frame> frames, WriteFrames write) {
    findings.tell("files", table, DataFileCoder.of(), frames.apply("Write " + table, write));
  }

  /** Takes the rows of these keys out of a table. */
  static void supersede(
      Job.Findings findings,
      String name,
      TableFiles table,
      List<String> key,
      PCollection<Frame> keys) {
    PCollectionTuple files =
        keys.apply("Take what changed out of " + name, SupersedeRows.of(table, key));
    findings.tell("removed", name, DataFileCoder.of(), files.get(SupersedeRows.REMOVED));
    findings.tell(
        "files of what stays of " + name,
        "files",
        any -> name,
        DataFileCoder.of(),
        files.get(SupersedeRows.ADDED));
  }

  // ------------------------------------------------------------------ what is committed

  /** What became of the records of this run. */
  Account account(Manifest manifest) {
    Account account = Accounts.of(manifest, definition.name());
    account.count(Account.Count.WRITTEN, rowsAfter(manifest, name(), before()));
    return account;
  }

  static long rowsAfter(Manifest manifest, String table, TableFiles before) {
    return Accounts.rows(before.files())
        - Accounts.rows(manifest.get("removed", table, DataFileCoder.of()))
        + Accounts.rows(manifest.get("files", table, DataFileCoder.of()));
  }

  /** The files that a table will have. */
  static List<DataFile> filesAfter(Manifest manifest, String table, List<DataFile> before) {
    Set<String> removed =
        manifest.get("removed", table, DataFileCoder.of()).stream()
            .map(DataFile::path)
            .collect(Collectors.toSet());
    List<DataFile> after = new ArrayList<>(before);
    after.removeIf(file -> removed.contains(file.path()));
    after.addAll(manifest.get("files", table, DataFileCoder.of()));
    return after;
  }

  void commit(Changes changes, Manifest manifest) {
    if (isIdle()) {
      return;
    }
    // A topic may be empty at first, or begin with a record that is refused: there is no table yet.
    if (schema().size() > 0) {
      Map<String, String> properties = new HashMap<>();
      properties.put(BRONZE, Long.toString(bronzeVersion));
      properties.put(DEFINITION, fingerprint);
      properties.put(Promises.KEY, String.join(",", definition.key()));
      properties.putAll(Lineage.properties(anew ? null : silver, account(manifest)));
      commit(changes, manifest, name(), schema(), anew, properties);
    }
    List<DataFile> refused = manifest.get("files", quarantineName(), DataFileCoder.of());
    if (anew || !refused.isEmpty()) {
      commit(changes, manifest, quarantineName(), Tables.QUARANTINE, anew, Map.of());
    }
    if (isChanges()) {
      TableSnapshot kept = state;
      Set<String> links = new TreeSet<>(manifest.get("links", stateName(), StringUtf8Coder.of()));
      if (!anew && kept != null) {
        links.addAll(links(kept));
      }
      commit(
          changes,
          manifest,
          stateName(),
          Events.schema(own()),
          anew,
          Map.of(LINKS, String.join(" ", links)));
    }
  }

  /**
   * Takes back what a table that has refused records says to have folded, so that the next refine
   * makes it anew; its rows stay until then.
   *
   * @return how many it has; 0 if it has none, or was never made
   */
  static long unmake(Job job, String table, Changes changes) {
    TableSnapshot quarantine = job.latest(quarantineOf(table));
    String silverName = silverOf(table);
    TableSnapshot silver = job.latest(silverName);
    long refused =
        quarantine == null || silver == null ? 0 : Accounts.rows(quarantine.contents().files());
    if (silver != null && refused > 0) {
      changes.commit(
          silverName,
          Commit.append(silver.schema(), List.of()).withProperties(Map.of(DEFINITION, "")));
    }
    return refused;
  }

  static void commit(
      Changes changes,
      Manifest manifest,
      String table,
      Schema schema,
      boolean anew,
      Map<String, String> properties) {
    List<DataFile> added = manifest.get("files", table, DataFileCoder.of());
    List<DataFile> removed = manifest.get("removed", table, DataFileCoder.of());
    changes.commit(
        table,
        (anew ? Commit.overwrite(schema, added) : Commit.replace(schema, removed, added))
            .withProperties(new HashMap<>(properties)));
  }

  /** Positions are text without blanks. */
  private static Set<String> links(TableSnapshot state) {
    String links = state.properties().getOrDefault(LINKS, "");
    return links.isEmpty() ? Set.of() : Set.of(links.split(" "));
  }
}
