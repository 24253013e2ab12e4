package dev.patron.pipelines.stages;

import dev.patron.features.accounts.Account;
import dev.patron.features.frame.Schema;
import dev.patron.features.tables.TableDefinition.Format;
import dev.patron.features.tables.Tables;
import dev.patron.pipelines.console.JobException;
import dev.patron.pipelines.console.UsageException;
import dev.patron.pipelines.dataset.Dataset;
import dev.patron.pipelines.dataset.Purchases;
import dev.patron.pipelines.options.RefineOptions;
import dev.patron.pipelines.options.SilverOptions;
import dev.patron.transforms.lake.DataFileCoder;
import dev.patron.transforms.lake.TableFiles;
import dev.patron.transforms.manifest.Manifest;
import java.io.IOException;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.jspecify.annotations.Nullable;

/**
 * The stage from bronze to silver: current rows, histories, facts and purchases, of what has come
 * to bronze since the last time, or of all of it.
 */
public final class Refine {
  private final Job job;
  private final Ingest.Prepared bronze;
  private final double maxQuarantined;
  private final RefusedLately lately;
  private final Map<String, SilverTable> tables = new LinkedHashMap<>();
  private final @Nullable PurchasesTable purchases;

  private Refine(
      Job job,
      Ingest.Prepared bronze,
      SilverOptions options,
      boolean anew,
      double maxQuarantined,
      RefusedLately lately) {
    this.job = job;
    this.bronze = bronze;
    this.maxQuarantined = maxQuarantined;
    this.lately = lately;
    Map<String, Schema> schemas = new LinkedHashMap<>();
    for (Dataset.Table table : job.dataset().tables()) {
      schemas.put(
          table.name(),
          AssumedColumns.where(
              of(bronze.evidence(), table.name()), table.definition(), job.dataset().purchases()));
    }
    job.dataset().validateAgainst(schemas);
    for (Dataset.Table table : job.dataset().tables()) {
      tables.put(
          table.name(),
          new SilverTable(
              job,
              table.definition(),
              of(schemas, table.name()),
              of(bronze.tables(), table.name()),
              bronze.pending().containsKey(table.name()),
              knownAt(job, options),
              anew));
    }
    this.purchases = purchases(options.getBroadcastLimit());
  }

  /**
   * Checks a time of delivery before anything is done for it.
   *
   * @throws UsageException if it is neither a date nor an instant
   */
  public static void check(@Nullable String knownAt) {
    if (knownAt != null) {
      ObservationTime.parse("knownAt", knownAt, ZoneOffset.UTC);
    }
  }

  private static @Nullable Long knownAt(Job job, SilverOptions options) {
    String knownAt = options.getKnownAt();
    return knownAt == null ? null : ObservationTime.parse("knownAt", knownAt, job.dataset().zone());
  }

  private @Nullable PurchasesTable purchases(long broadcastLimit) {
    Purchases wanted = job.dataset().purchases();
    if (wanted == null) {
      return null;
    }
    return new PurchasesTable(
        job,
        wanted,
        of(tables, wanted.table()),
        wanted.money() instanceof Purchases.PriceFrom from ? of(tables, from.table()) : null,
        broadcastLimit);
  }

  /**
   * Carries the silver tables on, and commits them together with what was prepared of bronze,
   * unless too much was refused or the accounts do not add up.
   */
  public static void run(Job job, Ingest.Prepared bronze, RefineOptions options)
      throws IOException {
    run(job, bronze, options, RefusedLately.inOneRun());
  }

  /** As {@link #run(Job, Ingest.Prepared, RefineOptions)}, for one increment of several. */
  public static void run(
      Job job, Ingest.Prepared bronze, RefineOptions options, RefusedLately lately)
      throws IOException {
    new Refine(job, bronze, options, options.getRebuild(), options.getMaxQuarantined(), lately)
        .run();
  }

  /**
   * Makes the silver tables anew of what is left of bronze, and commits them together with that.
   * What is refused now was refused before, and borne.
   */
  static void ofWhatIsLeft(Job job, Ingest.Prepared bronze, SilverOptions options)
      throws IOException {
    new Refine(job, bronze, options, true, 1, RefusedLately.inOneRun()).run();
  }

  /**
   * Lets the next run read refused records again, with all others of their tables: what the tables
   * hold does not depend on the order of records, so that nothing else is to be done for it
   * (SEMANTICS 16).
   */
  public static void replay(Job job) {
    Changes changes = new Changes(job);
    for (Dataset.Table table : job.dataset().tables()) {
      long refused = SilverTable.unmake(job, table.name(), changes);
      if (refused > 0) {
        job.console()
            .note(
                String.format(
                    Locale.ROOT,
                    "patron: table '%s': %,d refused records are read again by the next refine",
                    table.name(),
                    refused));
      }
    }
    changes.decide("replay");
  }

  private void run() throws IOException {
    boolean isIdle =
        tables.values().stream().allMatch(SilverTable::isIdle)
            && (purchases == null || purchases.isIdle());
    if (isIdle && bronze.pending().isEmpty()) {
      job.console().done("refine", 0, 0);
      return;
    }
    // Sources may have been read on without a record for any table.
    Manifest manifest = job.runUnless(isIdle, "refine", this::build);
    Map<String, Account> accounts = new LinkedHashMap<>();
    for (SilverTable table : tables.values()) {
      Account account = table.account(manifest);
      accounts.put(table.definition().name(), account);
      check(manifest, table, account);
    }
    Changes changes = new Changes(job);
    bronze.addTo(changes);
    tables.values().forEach(table -> table.commit(changes, manifest));
    if (purchases != null) {
      accounts.put(PurchasesTable.ACCOUNT, purchases.account(manifest));
      purchases.commit(changes, manifest);
    }
    changes.log("refine", accounts).decide("refine");
    lately.add(accounts);
  }

  private void build(Pipeline pipeline, Job.Findings findings) {
    for (SilverTable table : tables.values()) {
      table.build(pipeline, findings, job.dataset().purchases());
    }
    if (purchases != null) {
      purchases.build(pipeline, findings);
    }
  }

  /** Refuses what must not be committed. */
  private void check(Manifest manifest, SilverTable silver, Account account) {
    String table = silver.definition().name();
    if (account.residual() != 0) {
      throw new IllegalStateException(
          "the accounts of table '%s' do not add up by %d: %s; nothing was committed"
              .formatted(table, account.residual(), account));
    }
    long read = account.get(Account.Count.READ);
    if (read > 0
        && account.get(Account.Count.IGNORED) == read
        && account.get(Account.Count.WRITTEN) == 0
        && silver.definition().format().kind() == Format.Kind.DEBEZIUM) {
      job.console()
          .note(
              String.format(
                  Locale.ROOT,
                  "patron: table '%s': none of %,d records is of a table '%s'; from: {..., table:"
                      + " NAME} says what their source calls it",
                  table,
                  read,
                  silver.definition().format().sourceTable()));
    }
    long refused = account.get(Account.Count.QUARANTINED);
    if (refused == 0) {
      return;
    }
    Refusals refusals =
        Refusals.in(
            new TableFiles(
                job.table(silver.quarantineName()),
                Tables.QUARANTINE,
                List.of(),
                manifest.get("files", silver.quarantineName(), DataFileCoder.of())));
    String line =
        String.format(
            Locale.ROOT,
            "table '%s': %,d of %,d records refused (%s)",
            table,
            refused,
            read,
            refusals);
    if (lately.exceeds(maxQuarantined, table, read, refused)) {
      throw new JobException(
          line
              + ", more than --maxQuarantined="
              + maxQuarantined
              + " allows; nothing was committed");
    }
    job.console().note("patron: " + line + ", see " + silver.quarantineName());
  }

  private static <V> V of(Map<String, V> map, String table) {
    V value = map.get(table);
    if (value == null) {
      throw new IllegalStateException("no table '" + table + "' among " + map.keySet());
    }
    return value;
  }
}
