package dev.patron.pipelines.stages;

import dev.patron.features.accounts.Account;
import dev.patron.features.change.ChangeSpec;
import dev.patron.features.change.FactFold;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.join.AsOfJoin;
import dev.patron.features.purchases.OrderLines;
import dev.patron.features.purchases.PurchaseColumns;
import dev.patron.features.tables.TableDefinition;
import dev.patron.features.tables.Tables;
import dev.patron.pipelines.console.JobException;
import dev.patron.pipelines.dataset.Dataset;
import dev.patron.pipelines.dataset.Purchases;
import dev.patron.pipelines.options.RefineOptions;
import dev.patron.transforms.ApplyChanges;
import dev.patron.transforms.CountRows;
import dev.patron.transforms.DecodeRecords;
import dev.patron.transforms.GatherPurchases;
import dev.patron.transforms.JoinAsOf;
import dev.patron.transforms.KeepFacts;
import dev.patron.transforms.KeepHistory;
import dev.patron.transforms.MapFrames;
import dev.patron.transforms.lake.Commit;
import dev.patron.transforms.lake.DataFile;
import dev.patron.transforms.lake.DataFileCoder;
import dev.patron.transforms.lake.ReadTable;
import dev.patron.transforms.lake.TableFiles;
import dev.patron.transforms.lake.WriteFrames;
import dev.patron.transforms.manifest.Manifest;
import dev.patron.transforms.shuffle.AccountCoder;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.jspecify.annotations.Nullable;

/** The stage from bronze to silver: current rows, histories, facts and purchases. */
public final class Refine {
  private static final String PURCHASES = "purchases";
  private static final String PRICE = "_price";

  private final Job job;
  private final Ingest.Prepared bronze;
  private final RefineOptions options;
  private final Map<String, Schema> schemas = new LinkedHashMap<>();

  private Refine(Job job, Ingest.Prepared bronze, RefineOptions options) {
    this.job = job;
    this.bronze = bronze;
    this.options = options;
    for (Dataset.Table table : job.dataset().tables()) {
      schemas.put(
          table.name(),
          AssumedColumns.where(
              of(bronze.evidence(), table.name()), table.definition(), job.dataset().purchases()));
    }
    job.dataset().validateAgainst(schemas);
  }

  /**
   * Makes the silver tables from all of bronze, and commits them together with what was prepared of
   * bronze, unless too much was refused or the accounts do not add up.
   */
  public static void run(Job job, Ingest.Prepared bronze, RefineOptions options)
      throws IOException {
    new Refine(job, bronze, options).run();
  }

  private void run() throws IOException {
    Manifest manifest = job.run("refine", this::build);
    Map<String, Account> accounts = new LinkedHashMap<>();
    for (Dataset.Table table : job.dataset().tables()) {
      accounts.put(table.name(), account(manifest, table.name()));
    }
    for (Dataset.Table table : job.dataset().tables()) {
      check(manifest, table.name(), of(accounts, table.name()));
    }
    Changes changes = new Changes(job);
    bronze.addTo(changes);
    for (Dataset.Table table : job.dataset().tables()) {
      commit(changes, manifest, silver(table.name()), silverSchema(table.definition()));
      commit(changes, manifest, quarantine(table.name()), Tables.QUARANTINE);
    }
    Purchases purchases = job.dataset().purchases();
    if (purchases != null) {
      commit(changes, manifest, silver(PURCHASES), purchasesSchema(lines(purchases)));
      accounts.put(PURCHASES, account(manifest, PURCHASES));
    }
    changes.log("refine", accounts).decide("refine");
  }

  private void build(Pipeline pipeline, Job.Findings findings) {
    Map<String, PCollection<Frame>> rows = new LinkedHashMap<>();
    for (Dataset.Table table : job.dataset().tables()) {
      TableDefinition definition = table.definition();
      String name = table.name();
      PCollectionTuple decoded =
          pipeline
              .apply("Read bronze " + name, ReadTable.of(files(name)))
              .apply("Read the records of " + name, new DecodeRecords(definition, read(name)));
      findings.tell(
          "account of the records of " + name,
          Accounts.KIND,
          any -> name,
          AccountCoder.of(),
          decoded.get(DecodeRecords.ACCOUNTS));
      write(findings, quarantine(name), Tables.QUARANTINE, decoded.get(DecodeRecords.QUARANTINE));
      Kept kept = keep(definition, decoded.get(DecodeRecords.ROWS));
      findings.tell(
          "account of the rows of " + name,
          Accounts.KIND,
          any -> name,
          AccountCoder.of(),
          kept.accounts());
      rows.put(name, kept.rows());
      write(findings, silver(name), silverSchema(definition), kept.rows());
    }
    Purchases purchases = job.dataset().purchases();
    if (purchases != null) {
      gather(purchases, rows, findings);
    }
  }

  private void gather(
      Purchases purchases, Map<String, PCollection<Frame>> rows, Job.Findings findings) {
    OrderLines orderLines = lines(purchases);
    PCollection<Frame> lines =
        of(rows, purchases.table())
            .apply("Take orders apart into lines", MapFrames.through(orderLines::takeApart));
    if (purchases.money() instanceof Purchases.PriceFrom from) {
      lines = price(lines, orderLines, from, of(rows, from.table()), findings);
    }
    PCollection<Frame> gathered =
        lines.apply("Gather lines into purchases", new GatherPurchases(buckets(purchases.table())));
    findings.tell(
        "account of the purchases",
        Accounts.KIND,
        any -> PURCHASES,
        AccountCoder.of(),
        gathered.apply(
            "Count anonymous purchases", CountRows.as(Account.Count.ANONYMOUS, Refine::anonymous)));
    write(findings, silver(PURCHASES), purchasesSchema(orderLines), gathered);
  }

  private static Frame anonymous(Frame purchases) {
    return purchases.filter(row -> purchases.column("customer_id").isNull(row));
  }

  /** Each line takes the price that was valid when it was bought. */
  private PCollection<Frame> price(
      PCollection<Frame> lines,
      OrderLines orderLines,
      Purchases.PriceFrom from,
      PCollection<Frame> versions,
      Job.Findings findings) {
    String key = job.dataset().table(from.table()).definition().key().get(0);
    AsOfJoin join =
        new AsOfJoin(
            List.of(OrderLines.PRODUCT),
            "purchased_at",
            List.of(key),
            List.of(new AsOfJoin.Taken(from.column(), PRICE)),
            from.beforeFirst());
    Schema schema = silverSchema(job.dataset().table(from.table()).definition());
    boolean small = Accounts.rows(files(from.table()).files()) <= options.getBroadcastLimit();
    PCollectionTuple joined =
        lines.apply(
            "Look prices up as of their time",
            small
                ? JoinAsOf.broadcast(join, versions, schema)
                : JoinAsOf.byKey(join, versions, schema, buckets(from.table())));
    findings.tell(
        "account of the prices",
        Accounts.KIND,
        any -> PURCHASES,
        AccountCoder.of(),
        joined.get(JoinAsOf.ACCOUNTS));
    return joined
        .get(JoinAsOf.ROWS)
        .apply("Price each line", MapFrames.through(frame -> orderLines.price(frame, PRICE)));
  }

  private OrderLines lines(Purchases purchases) {
    @Nullable Type looked = null;
    @Nullable String amount = null;
    @Nullable String price = null;
    @Nullable String product = null;
    if (purchases.money() instanceof Purchases.Amount money) {
      amount = money.column();
    } else if (purchases.money() instanceof Purchases.Price money) {
      price = money.column();
    } else if (purchases.money() instanceof Purchases.PriceFrom money) {
      product = money.key();
      looked = schema(money.table()).type(money.column());
    }
    PurchaseColumns columns =
        new PurchaseColumns(
            purchases.customer(),
            purchases.order(),
            purchases.time(),
            purchases.lines(),
            purchases.quantity(),
            amount,
            price,
            product);
    return new OrderLines(schema(purchases.table()), columns, job.dataset().zone(), looked);
  }

  private static Schema purchasesSchema(OrderLines lines) {
    return Tables.purchases(
        lines.schema().type("customer_id"), lines.schema().type("order_id"), lines.amountType());
  }

  /** Rows of a table, and what became of the records that made them. */
  private record Kept(PCollection<Frame> rows, PCollection<Account> accounts) {}

  private Kept keep(TableDefinition table, PCollection<Frame> records) {
    int buckets = buckets(table.name());
    String label = "Keep " + table.name();
    if (table.keep() == TableDefinition.Keep.FACTS) {
      Purchases purchases = job.dataset().purchases();
      String time =
          purchases != null && purchases.table().equals(table.name()) ? purchases.time() : null;
      FactFold fold = new FactFold(table.name(), table.key(), time);
      PCollectionTuple kept = records.apply(label, KeepFacts.of(fold, buckets));
      return new Kept(kept.get(KeepFacts.ROWS), kept.get(KeepFacts.ACCOUNTS));
    }
    ChangeSpec spec = ChangeSpec.of(table, read(table.name()));
    if (table.keep() == TableDefinition.Keep.CURRENT) {
      PCollectionTuple kept = records.apply(label, ApplyChanges.of(spec, buckets));
      return new Kept(kept.get(ApplyChanges.ROWS), kept.get(ApplyChanges.ACCOUNTS));
    }
    PCollectionTuple kept = records.apply(label, KeepHistory.of(spec, buckets));
    return new Kept(kept.get(KeepHistory.ROWS), kept.get(KeepHistory.ACCOUNTS));
  }

  private Schema silverSchema(TableDefinition table) {
    Schema own = schema(table.name());
    return switch (table.keep()) {
      case CURRENT -> own.and(Tables.CURRENT);
      case HISTORY -> own.and(Tables.HISTORY);
      case FACTS -> own;
    };
  }

  private void write(
      Job.Findings findings, String table, Schema schema, PCollection<Frame> frames) {
    findings.tell(
        "files",
        table,
        DataFileCoder.of(),
        frames.apply("Write " + table, WriteFrames.to(job.table(table)).withSchema(schema)));
  }

  private static void commit(Changes changes, Manifest manifest, String table, Schema schema) {
    List<DataFile> files = manifest.get("files", table, DataFileCoder.of());
    changes.commit(table, Commit.overwrite(schema, files));
  }

  private Account account(Manifest manifest, String table) {
    Account account = Accounts.of(manifest, table);
    account.count(
        Account.Count.WRITTEN,
        Accounts.rows(manifest.get("files", silver(table), DataFileCoder.of())));
    return account;
  }

  /** Refuses what must not be committed. */
  private void check(Manifest manifest, String table, Account account) {
    if (account.residual() != 0) {
      throw new IllegalStateException(
          "the accounts of table '%s' do not add up by %d: %s; nothing was committed"
              .formatted(table, account.residual(), account));
    }
    long read = account.get(Account.Count.READ);
    long refused = account.get(Account.Count.QUARANTINED);
    if (refused == 0) {
      return;
    }
    Refusals refusals =
        Refusals.in(
            new TableFiles(
                job.table(quarantine(table)),
                Tables.QUARANTINE,
                List.of(),
                manifest.get("files", quarantine(table), DataFileCoder.of())));
    String line =
        String.format(
            Locale.ROOT,
            "table '%s': %,d of %,d records refused (%s)",
            table,
            refused,
            read,
            refusals);
    if (refused > options.getMaxQuarantined() * read) {
      throw new JobException(
          line
              + ", more than --maxQuarantined="
              + options.getMaxQuarantined()
              + " allows; nothing was committed");
    }
    job.console().note("patron: " + line + ", see " + quarantine(table));
  }

  /** The columns that the records of a table are read with. */
  private Schema read(String table) {
    return of(schemas, table);
  }

  /** The columns that the table has. */
  private Schema schema(String table) {
    return job.dataset().table(table).definition().row(read(table));
  }

  private TableFiles files(String table) {
    return of(bronze.tables(), table);
  }

  private int buckets(String table) {
    return job.buckets(files(table).files());
  }

  private static <V> V of(Map<String, V> map, String table) {
    V value = map.get(table);
    if (value == null) {
      throw new IllegalStateException("no table '" + table + "' among " + map.keySet());
    }
    return value;
  }

  private static String silver(String table) {
    return "silver/" + table;
  }

  private static String quarantine(String table) {
    return "quarantine/" + table;
  }
}
