package dev.patron.pipelines.stages;

import dev.patron.features.change.Events;
import dev.patron.features.change.FormerKeys;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.KeyHashes;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.frame.Values;
import dev.patron.features.record.CustomerDigests;
import dev.patron.features.record.CustomerRecords;
import dev.patron.pipelines.console.JobException;
import dev.patron.pipelines.console.UsageException;
import dev.patron.pipelines.dataset.Dataset;
import dev.patron.pipelines.dataset.Purchases;
import dev.patron.pipelines.options.ForgetOptions;
import dev.patron.transforms.CountCustomers;
import dev.patron.transforms.lake.Commit;
import dev.patron.transforms.lake.DataFile;
import dev.patron.transforms.lake.DataFileCoder;
import dev.patron.transforms.lake.EraseRows;
import dev.patron.transforms.lake.LakeTable;
import dev.patron.transforms.lake.ReadTable;
import dev.patron.transforms.lake.TableFiles;
import dev.patron.transforms.lake.TableScan;
import dev.patron.transforms.lake.TableSnapshot;
import dev.patron.transforms.lake.Vacuum;
import dev.patron.transforms.lake.Warehouse;
import dev.patron.transforms.manifest.Manifest;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.jspecify.annotations.Nullable;

/**
 * Erases customers from every tier. Their records leave bronze, and what is made of bronze is made
 * anew without them: afterwards all tables are as if the records had never come. Then the files and
 * the parts of the logs that only earlier versions need are deleted, every table is read again, and
 * a certificate says what was done. Broken off at any point, it can be run again.
 */
public final class Forget {
  private static final String COUNTED = "counted";

  private final Job job;
  private final ForgetOptions options;
  private final Ingest.Prepared bronze;
  private final PersonalTables tables;

  /** The digests of those asked for, by identity. */
  private final Map<String, String> requested;

  private final CustomerDigests customers;
  private final Map<String, CustomerRecords> records;

  private Forget(Job job, ForgetOptions options, Collection<String> identities) {
    this.job = job;
    this.options = options;
    Purchases purchases = job.dataset().purchases();
    if (purchases == null) {
      throw new UsageException(
          "the dataset says nothing of purchases, so that nothing says who a customer is");
    }
    this.bronze = Ingest.nothing(job);
    Map<String, Schema> schemas = new LinkedHashMap<>();
    for (Dataset.Table table : job.dataset().tables()) {
      schemas.put(
          table.name(),
          AssumedColumns.where(of(bronze.evidence(), table.name()), table.definition(), purchases));
    }
    job.dataset().validateAgainst(schemas);
    this.tables = new PersonalTables(job);
    this.requested = digests(of(schemas, purchases.table()).type(purchases.customer()), identities);
    this.customers = CustomerDigests.of(Set.copyOf(requested.values()));
    this.records = ForgottenCustomers.records(job, customers);
  }

  private static Map<String, String> digests(Type type, Collection<String> identities) {
    Map<String, String> digests = new TreeMap<>();
    for (String identity : identities) {
      String digest = CustomerDigests.digest(type, identity);
      if (digest == null) {
        throw new UsageException(
            "'" + identity + "' cannot be a customer of this shop: they are whole numbers");
      }
      digests.put(identity, digest);
    }
    return digests;
  }

  /**
   * Forgets customers; the certificate goes to stdout and, without their names, to the warehouse.
   *
   * @param identities as the tables have them; those of whom there is nothing are told apart
   * @throws UsageException if one cannot be a customer of this shop
   * @throws JobException if something of them is left, because another run wrote it meanwhile
   */
  public static void run(Job job, ForgetOptions options, Collection<String> identities)
      throws IOException {
    new Forget(job, options, identities).run();
  }

  private void run() throws IOException {
    TableSnapshot scores = job.latest(Score.SCORES);
    if (scores != null && horizonDays(scores) != null && Models.champions(job).isEmpty()) {
      throw new JobException(
          "there are scores and no champion models to make them anew; run train first");
    }
    Map<String, Map<String, Long>> found = look("find");
    checkThatBronzeShowsThem(found);
    Set<String> before = ForgottenCustomers.digests(job);
    Map<String, String> theirs = new TreeMap<>(requested);
    theirs
        .values()
        .removeIf(
            digest ->
                !before.contains(digest)
                    && found.values().stream().noneMatch(rows -> rows.containsKey(digest)));
    Set<String> unknown = new TreeSet<>(requested.keySet());
    unknown.removeAll(theirs.keySet());
    Certificate certificate = new Certificate(job, theirs, unknown, otherKeys());
    if (theirs.isEmpty()) {
      job.console().result(certificate.render(true, List.of()));
      return;
    }
    found.forEach(
        (table, rows) ->
            certificate.erased(table, rows.values().stream().mapToLong(Long::longValue).sum()));
    Set<String> news = new TreeSet<>(theirs.values());
    news.removeAll(before);
    if (!found.isEmpty() || !news.isEmpty()) {
      Warehouse.at(job.warehouse()).write(certificate.file(), certificate.begun());
      Map<String, Long> refused = refused();
      erase(found.keySet(), ForgottenCustomers.rows(job, news));
      refused().forEach((table, rows) -> refused.merge(table, -rows, Long::sum));
      refused.forEach(certificate::erased);
    }
    // Also where nothing is left to erase: an earlier run may have been killed before it came here.
    describeAgain();
    certificate.freed(cleanUp(job.fence("forget")));
    Map<String, Map<String, Long>> left = look("check");
    if (!left.isEmpty()) {
      throw new JobException(
          "another run wrote rows of them meanwhile, to "
              + String.join(", ", left.keySet())
              + "; run it again when no other runs");
    }
    List<String> models = Models.versions(job);
    Warehouse.at(job.warehouse()).write(certificate.file(), certificate.render(false, models));
    job.console().result(certificate.render(true, models));
    job.console().note("Kept without their names: " + job.warehouse() + "/" + certificate.file());
  }

  /** What is made anew of records that nobody recognises would bring them back. */
  private void checkThatBronzeShowsThem(Map<String, Map<String, Long>> found) {
    for (String table : records.keySet()) {
      String silver = "silver/" + table;
      for (String made : List.of(silver, SilverTable.stateOf(silver))) {
        Set<String> hidden = new TreeSet<>(found.getOrDefault(made, Map.of()).keySet());
        hidden.removeAll(found.getOrDefault(Ingest.bronze(table), Map.of()).keySet());
        if (!hidden.isEmpty()) {
          throw new JobException(
              "%s has rows of %s, and no record of %s names them; nothing was changed"
                  .formatted(made, String.join(", ", hidden), Ingest.bronze(table)));
        }
      }
    }
  }

  // ------------------------------------------------------------------ where they are

  /**
   * How many rows of each table are of each of them, by digest; tables without any are not in it.
   */
  private Map<String, Map<String, Long>> look(String stage) throws IOException {
    Map<String, TableSnapshot> raw = new TreeMap<>();
    records.keySet().forEach(table -> raw.put(table, job.table(Ingest.bronze(table)).snapshot()));
    Map<TableSnapshot, String> typed = tables.withRows();
    Manifest manifest =
        job.run(
            stage,
            (pipeline, findings) -> {
              raw.forEach(
                  (table, snapshot) -> {
                    CustomerRecords theirs = of(records, table);
                    findings.tell(
                        COUNTED,
                        snapshot.table().name(),
                        CountCustomers.coder(),
                        pipeline
                            .apply("Read " + snapshot.table(), ReadTable.of(snapshot))
                            .apply(
                                "Records of theirs in " + snapshot.table(),
                                CountCustomers.by(theirs::count)));
                  });
              typed.forEach(
                  (snapshot, column) -> {
                    CustomerDigests who = customers;
                    findings.tell(
                        COUNTED,
                        snapshot.table().name(),
                        CountCustomers.coder(),
                        pipeline
                            .apply(
                                "Read " + snapshot.table(), ReadTable.of(snapshot, List.of(column)))
                            .apply(
                                "Rows of theirs in " + snapshot.table(),
                                CountCustomers.by(frame -> who.count(frame, column))));
                  });
            });
    List<TableSnapshot> all = new ArrayList<>(raw.values());
    all.addAll(typed.keySet());
    Map<String, Map<String, Long>> found = new TreeMap<>();
    for (TableSnapshot snapshot : all) {
      Map<String, Long> rows = new HashMap<>();
      for (KV<String, Long> counted :
          manifest.get(COUNTED, snapshot.table().name(), CountCustomers.coder())) {
        rows.merge(counted.getKey(), counted.getValue(), Long::sum);
      }
      if (!rows.isEmpty()) {
        found.put(snapshot.table().name(), rows);
      }
    }
    return found;
  }

  /** The keys that theirs may have been before, or become: perhaps the same persons'. */
  private SortedSet<String> otherKeys() {
    SortedSet<String> others = new TreeSet<>();
    for (Dataset.Table table : job.dataset().tables()) {
      String column = job.dataset().customerColumn(table.name());
      TableSnapshot events = job.latest(SilverTable.stateOf("silver/" + table.name()));
      if (column != null
          && events != null
          && events.schema().has(Events.POSITION)
          && table.definition().key().equals(List.of(column))) {
        FormerKeys keys = new FormerKeys(column, customers::hold);
        TableScan scan = TableScan.of(events, List.of(column, Events.OP, Events.POSITION));
        scan.forEach(keys::observe);
        scan.forEach(keys::search);
        others.addAll(keys.found());
      }
    }
    return others;
  }

  /** How many records of each table of the dataset lie in quarantine. */
  private Map<String, Long> refused() {
    Map<String, Long> rows = new TreeMap<>();
    for (String table : records.keySet()) {
      TableSnapshot quarantine = job.latest("quarantine/" + table);
      if (quarantine != null) {
        rows.put(quarantine.table().name(), Accounts.rows(quarantine.files()));
      }
    }
    return rows;
  }

  // ------------------------------------------------------------------ their end

  /** Takes their records out of bronze and makes silver anew, in one decision. */
  private void erase(Set<String> found, Frame forgotten) throws IOException {
    List<String> names =
        records.keySet().stream().filter(table -> found.contains(Ingest.bronze(table))).toList();
    Manifest manifest =
        job.runUnless(
            names.isEmpty(),
            "erase",
            (pipeline, findings) -> {
              for (String table : names) {
                CustomerRecords theirs = of(records, table);
                String name = Ingest.bronze(table);
                PCollectionTuple files =
                    pipeline.apply(
                        "Take their records out of " + name,
                        EraseRows.of(of(bronze.tables(), table), frame -> theirs.without(frame)));
                findings.tell("removed", name, DataFileCoder.of(), files.get(EraseRows.REMOVED));
                findings.tell("files", name, DataFileCoder.of(), files.get(EraseRows.ADDED));
              }
            });
    Map<String, TableFiles> after = new LinkedHashMap<>(bronze.tables());
    Map<String, Commit> pending = new LinkedHashMap<>();
    for (String table : names) {
      TableFiles before = of(bronze.tables(), table);
      String name = Ingest.bronze(table);
      List<DataFile> removed = manifest.get("removed", name, DataFileCoder.of());
      List<DataFile> added = manifest.get("files", name, DataFileCoder.of());
      Set<String> gone = new TreeSet<>();
      removed.forEach(file -> gone.add(file.path()));
      List<DataFile> files = new ArrayList<>(before.files());
      files.removeIf(file -> gone.contains(file.path()));
      files.addAll(added);
      after.put(
          table, new TableFiles(before.table(), before.schema(), before.partitionColumns(), files));
      pending.put(table, Commit.replace(before.schema(), removed, added));
    }
    Refine.ofWhatIsLeft(
        job,
        new Ingest.Prepared(after, pending, bronze.evidence(), bronze.progress(), forgotten),
        options);
  }

  /** Makes of gold what there was, as of the same time and as far ahead, and the report. */
  private void describeAgain() throws IOException {
    Warehouse.at(job.warehouse()).delete(Publish.FOLDER);
    TableSnapshot features = job.latest(Features.CUSTOMERS);
    if (features == null) {
      return;
    }
    long observed = Observed.asOf(features);
    String asOf =
        options.getAsOf() != null || observed == 0
            ? options.getAsOf()
            : Values.instant(observed).toString();
    Features.run(job, asOf, options.getNtile());
    // Who changed are those who are gone, by their keys or hashes of these: now it is everybody.
    new Changes(job).overwrite(Features.CHANGED, KeyHashes.every()).decide("forget");
    TableSnapshot scores = job.latest(Score.SCORES);
    if (scores == null) {
      return;
    }
    Integer horizon = horizonDays(scores);
    if (horizon != null) {
      options.setHorizonDays(horizon);
    }
    Score.run(job, options);
    Publish.write(job, options.getHorizonDays());
  }

  /** How far ahead scores look; null if there are none. */
  private static @Nullable Integer horizonDays(TableSnapshot scores) {
    for (Frame frame : TableScan.of(scores, List.of("horizon_days"))) {
      LongColumn days = frame.longs("horizon_days");
      if (frame.rows() > 0) {
        return Math.toIntExact(days.get(0));
      }
    }
    return null;
  }

  /**
   * Leaves the newest versions alone, and nothing that crashed runs have left.
   *
   * @param fence what was written before it, and is part of no table, never will be
   */
  private Vacuum.Freed cleanUp(Instant fence) {
    Vacuum.Freed freed = new Vacuum.Freed(0, 0);
    for (LakeTable table : tables.all()) {
      freed = freed.and(Vacuum.allButNewest(table, fence));
    }
    WarehouseTables.deleteLeftovers(job.warehouse(), fence);
    return freed;
  }

  private static <V> V of(Map<String, V> map, String table) {
    V value = map.get(table);
    if (value == null) {
      throw new IllegalStateException("no table '" + table + "' among " + map.keySet());
    }
    return value;
  }
}
