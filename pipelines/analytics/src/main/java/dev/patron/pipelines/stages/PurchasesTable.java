package dev.patron.pipelines.stages;

import dev.patron.features.accounts.Account;
import dev.patron.features.frame.Column;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.join.AsOfJoin;
import dev.patron.features.purchases.Money;
import dev.patron.features.purchases.OrderLines;
import dev.patron.features.purchases.PurchaseColumns;
import dev.patron.features.tables.TableDefinition.Keep;
import dev.patron.features.tables.Tables;
import dev.patron.pipelines.dataset.Purchases;
import dev.patron.transforms.GatherPurchases;
import dev.patron.transforms.JoinAsOf;
import dev.patron.transforms.MapAndCount;
import dev.patron.transforms.RegatherPurchases;
import dev.patron.transforms.lake.TableFiles;
import dev.patron.transforms.lake.TableSnapshot;
import dev.patron.transforms.lake.WriteFrames;
import dev.patron.transforms.manifest.Manifest;
import dev.patron.transforms.shuffle.AccountCoder;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.jspecify.annotations.Nullable;

/**
 * The silver table of purchases on its way: gathered anew from all facts, or only where facts are
 * new or different. The versions of a history are facts that say how long they were true. A price
 * list that changes may change any purchase, so that they are all gathered anew.
 */
final class PurchasesTable {
  static final String TABLE = "silver/purchases";

  /** What the accounts call it. */
  static final String ACCOUNT = "purchases";

  private static final String PRICE = "_price";
  private static final String DEFINITION = "patron.definition";
  private static final String MEANING = "4";

  private final Job job;
  private final Purchases purchases;
  private final SilverTable facts;
  private final @Nullable SilverTable prices;
  private final long broadcastLimit;
  private final OrderLines lines;
  private final String fingerprint;
  private final @Nullable TableSnapshot before;
  private final boolean anew;

  /**
   * The purchases.
   *
   * @param facts the table whose rows they are, facts or a history
   * @param prices the table that their prices are looked up in; null: none
   * @param broadcastLimit the rows of prices up to which all workers get them whole
   */
  PurchasesTable(
      Job job,
      Purchases purchases,
      SilverTable facts,
      @Nullable SilverTable prices,
      long broadcastLimit) {
    this.job = job;
    this.purchases = purchases;
    this.facts = facts;
    this.prices = prices;
    this.broadcastLimit = broadcastLimit;
    this.lines = lines();
    this.fingerprint =
        Fingerprint.of(
            MEANING,
            purchases,
            job.dataset().zone(),
            facts.fingerprint(),
            prices == null ? "" : prices.fingerprint());
    this.before = Lineage.unlessMiscounted(job.latest(TABLE), job.console());
    this.anew =
        before == null
            || !fingerprint.equals(before.properties().get(DEFINITION))
            || facts.isAnew()
            || (prices != null && !prices.isIdle());
  }

  boolean isIdle() {
    return !anew && facts.isIdle();
  }

  private Schema schema() {
    return Tables.purchases(
        lines.schema().type("customer_id"), lines.schema().type("order_id"), lines.amountType());
  }

  private TableFiles files() {
    return before == null || anew
        ? new TableFiles(job.table(TABLE), schema(), List.of(), List.of())
        : before.contents();
  }

  void build(Pipeline pipeline, Job.Findings findings) {
    if (isIdle()) {
      return;
    }
    PCollection<Frame> toGather =
        counted(
            findings,
            "facts",
            (anew ? facts.after(pipeline) : facts.rows())
                .apply(
                    "Take orders apart into lines",
                    MapAndCount.through(lines::takeApart)
                        .counting(Account.Count.DROPPED, lines::withoutTime)
                        .counting(Account.Count.UNKNOWN_VALUE, lines::withImpossibleProduct)));
    if (!anew) {
      PCollectionTuple changed =
          PCollectionTuple.of(RegatherPurchases.ADDED, toGather)
              .and(RegatherPurchases.SUPERSEDED, facts.superseded())
              .apply(
                  "Find the lines of purchases that change",
                  new RegatherPurchases(lines, facts.definition().key(), facts.before(), files()));
      toGather = changed.get(RegatherPurchases.LINES);
      SilverTable.supersede(
          findings, TABLE, files(), RegatherPurchases.KEY, changed.get(RegatherPurchases.CHANGED));
    }
    if (purchases.money() instanceof Purchases.PriceFrom from && prices != null) {
      toGather = price(toGather, from, prices, pipeline, findings);
    }
    PCollection<Frame> gathered =
        counted(
            findings,
            "purchases",
            toGather
                .apply(
                    "Gather lines into purchases",
                    new GatherPurchases(job.dataset().zone(), facts.buckets()))
                .apply(
                    "Count anonymous purchases",
                    MapAndCount.through(frame -> frame)
                        .counting(Account.Count.ANONYMOUS, PurchasesTable::anonymous)));
    SilverTable.write(
        findings, TABLE, gathered, WriteFrames.to(job.table(TABLE)).withSchema(schema()));
  }

  /** Tells the account and gives the rows. */
  private static PCollection<Frame> counted(
      Job.Findings findings, String what, PCollectionTuple rows) {
    findings.tell(
        "account of the " + what,
        Accounts.KIND,
        any -> ACCOUNT,
        AccountCoder.of(),
        rows.get(MapAndCount.ACCOUNTS));
    return rows.get(MapAndCount.ROWS);
  }

  private static Frame anonymous(Frame purchases) {
    Column customers = purchases.column("customer_id");
    LongColumn at = purchases.longs("purchased_at");
    return purchases.filter(row -> customers.isNull(row) && !at.isNull(row));
  }

  /** Each line takes the price that was valid when it was bought. */
  private PCollection<Frame> price(
      PCollection<Frame> unpriced,
      Purchases.PriceFrom from,
      SilverTable priceTable,
      Pipeline pipeline,
      Job.Findings findings) {
    AsOfJoin join =
        new AsOfJoin(
            List.of(OrderLines.PRODUCT),
            "purchased_at",
            List.of(priceTable.definition().key().get(0)),
            List.of(new AsOfJoin.Taken(from.column(), PRICE)),
            from.beforeFirst());
    PCollection<Frame> versions = priceTable.after(pipeline);
    PCollectionTuple joined =
        unpriced.apply(
            "Look prices up as of their time",
            priceTable.records() <= broadcastLimit
                ? JoinAsOf.broadcast(join, versions, priceTable.schema())
                : JoinAsOf.byKey(join, versions, priceTable.schema(), priceTable.buckets()));
    findings.tell(
        "account of the prices",
        Accounts.KIND,
        any -> ACCOUNT,
        AccountCoder.of(),
        joined.get(JoinAsOf.ACCOUNTS));
    OrderLines pricing = lines;
    return counted(
        findings,
        "amounts",
        joined
            .get(JoinAsOf.ROWS)
            .apply(
                "Price each line",
                MapAndCount.through(frame -> pricing.price(frame, PRICE))
                    .counting(
                        Account.Count.UNKNOWN_VALUE,
                        frame -> pricing.withImpossibleProduct(frame, PRICE))));
  }

  private OrderLines lines() {
    @Nullable Type looked = null;
    @Nullable String amount = null;
    @Nullable String price = null;
    @Nullable String product = null;
    if (purchases.money() instanceof Purchases.Amount money) {
      amount = money.column();
    } else if (purchases.money() instanceof Purchases.Price money) {
      price = money.column();
    } else if (purchases.money() instanceof Purchases.PriceFrom money && prices != null) {
      product = money.key();
      looked = prices.own().type(money.column());
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
    return facts.definition().keep() == Keep.HISTORY
        ? OrderLines.ofVersions(facts.schema(), columns, job.dataset().zone(), looked)
        : new OrderLines(facts.own(), columns, job.dataset().zone(), looked);
  }

  Account account(Manifest manifest) {
    Account account = Accounts.of(manifest, ACCOUNT);
    long dropped = account.get(Account.Count.DROPPED);
    if (dropped > 0) {
      job.console()
          .note(
              String.format(
                  Locale.ROOT,
                  "patron: %,d rows of '%s' without a time are no purchases",
                  dropped,
                  facts.definition().name()));
    }
    long impossible = account.get(Account.Count.UNKNOWN_VALUE);
    if (impossible > 0) {
      job.console()
          .note(
              String.format(
                  Locale.ROOT,
                  "patron: %,d rows of '%s' count without their money: price times quantity is %.0f"
                      + " or more",
                  impossible,
                  facts.definition().name(),
                  Money.limit(lines.amountType())));
    }
    account.count(Account.Count.READ, dropped);
    account.count(Account.Count.WRITTEN, SilverTable.rowsAfter(manifest, TABLE, files()));
    return account;
  }

  void commit(Changes changes, Manifest manifest) {
    if (!isIdle()) {
      Map<String, String> properties = new HashMap<>();
      properties.put(DEFINITION, fingerprint);
      properties.putAll(Promises.unique(RegatherPurchases.KEY));
      properties.putAll(Lineage.counted(SilverTable.filesAfter(manifest, TABLE, files().files())));
      SilverTable.commit(changes, manifest, TABLE, schema(), anew, properties);
    }
  }
}
