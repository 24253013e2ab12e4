package dev.patron.features.slices;

import dev.patron.features.frame.BytesColumn;
import dev.patron.features.frame.Column;
import dev.patron.features.frame.ColumnBuilder;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.FrameBuilder;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.purchases.PurchaseTotals;
import dev.patron.features.rfm.Measure;
import dev.patron.features.rfm.RfmSegments;
import dev.patron.features.summary.ExactSum;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import it.unimi.dsi.fastutil.ints.IntComparator;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Customers and their purchases counted by slice: the segment and the country of the customer.
 * Counts and sums of slices add up, so a report that holds them can show any choice of segment and
 * country without holding a customer.
 *
 * <p>The number of slices is bounded by {@link #countries}: those that are not kept are counted
 * together as {@link #OTHER}; a customer whose country is not known has none.
 */
public final class Slices implements Serializable {
  /** What the countries are called that are not told apart. */
  public static final String OTHER = "Other";

  /** The columns of the features that are needed. */
  public static final List<String> FEATURES =
      List.of(
          "customer_id",
          "recency_days",
          "frequency",
          "monetary",
          "returned",
          "r_score",
          "f_score",
          "m_score");

  /** The columns of the scores that are needed. */
  public static final List<String> SCORES =
      List.of("customer_id", "segment", "p_alive", "cltv", "cltv_low", "cltv_high");

  /** Columns of the scores that are kept in descriptions where there are any. */
  public static final List<String> REASONS = List.of("reason_1", "reason_2", "reason_3");

  /** The columns of the purchases that are needed. */
  public static final List<String> PURCHASES =
      List.of(
          "customer_id",
          "order_id",
          "purchased_at",
          "lines",
          "amount",
          "returned",
          "changed_at",
          "versions");

  /** Cube of customers by R ({@code x}) and FM ({@code y}) with what they spent. */
  public static final String RFM = "rfm";

  /** Cube of customers by last purchase and number of purchases with the sum of P(alive). */
  public static final String ALIVE = "alive";

  /** Cube of customers by {@link ValueBins} of the expected value ({@code x}) with its sum. */
  public static final String VALUE = "value";

  /** Measures that have a cube of one cell, under the name of their column. */
  public static final List<String> MEASURES =
      List.of("recency_days", "frequency", "monetary", "p_alive", "cltv");

  /**
   * Upper ends, in days, of the steps of the last purchase in {@link #ALIVE}; then there is more.
   */
  public static final List<Integer> RECENCY_STEPS = List.of(7, 14, 30, 60, 90, 180, 365, 730);

  /** Upper ends of the steps of the number of purchases in {@link #ALIVE}; then there is more. */
  public static final List<Integer> FREQUENCY_STEPS = List.of(1, 2, 3, 4, 6, 9, 14);

  private static final Schema SLICE =
      Schema.of().with("segment", Type.STRING).with("country", Type.STRING);

  private static final Schema CUSTOMERS =
      SLICE
          .with("cube", Type.STRING)
          .with("x", Type.LONG)
          .with("y", Type.LONG)
          .with("customers", Type.LONG)
          .with("sum_high", Type.LONG)
          .with("sum_low", Type.LONG);

  private final PurchaseTotals totals;
  private final List<String> countries;

  /**
   * Slices of a shop.
   *
   * @param totals how purchases are counted
   * @param countries those that are told apart
   */
  public Slices(PurchaseTotals totals, List<String> countries) {
    this.totals = totals;
    this.countries = List.copyOf(countries);
  }

  /** The countries that are told apart. */
  public List<String> countries() {
    return countries;
  }

  /** The schema of {@link #customers}. */
  public static Schema customersSchema() {
    return CUSTOMERS;
  }

  /** The schema of {@link #purchases}. */
  public static Schema purchasesSchema() {
    return SLICE.and(PurchaseTotals.schema());
  }

  /** The schema of {@link #residence}. */
  public static Schema residenceSchema(Type customerId) {
    return Schema.of()
        .with("customer_id", customerId)
        .with("at", Type.LONG)
        .with("country", Type.STRING);
  }

  /**
   * What some table says of the countries of customers; rows that do not say it are left out.
   *
   * @param time the column that says when; null if each customer has one row
   */
  public static Frame residence(
      Frame frame, String customer, String country, @Nullable String time) {
    Column customers = frame.column(customer);
    BytesColumn names = frame.bytes(country);
    @Nullable LongColumn times = time == null ? null : frame.longs(time);
    FrameBuilder out = new FrameBuilder(residenceSchema(frame.schema().type(customer)));
    for (int row = 0; row < frame.rows(); row++) {
      if (customers.isNull(row) || names.isNull(row) || names.length(row) == 0) {
        continue;
      }
      out.column("customer_id").appendFrom(customers, row);
      out.longs("at").append(times == null || times.isNull(row) ? Long.MIN_VALUE : times.get(row));
      out.column("country").appendFrom(names, row);
    }
    return out.build();
  }

  /**
   * Customers with what is known of them: {@link #FEATURES}, {@link #SCORES} and {@code country},
   * by {@code customer_id}. Who has features but no scores, or the other way round, is left out.
   *
   * @param features of some customers, at least {@link #FEATURES}, in any order
   * @param scores of the same customers, at least {@link #SCORES}, in any order
   * @param residences {@link #residence} of the same customers; the latest counts, of equally late
   *     ones the last in the order of text
   */
  public Frame describe(Frame features, Frame scores, Frame residences) {
    List<String> id = List.of("customer_id");
    Frame left = features.sort(id);
    Frame right = scores.sort(id);
    Frame homes = residences.sort(List.of("customer_id", "at", "country"));
    Column leftId = left.column("customer_id");
    Column rightId = right.column("customer_id");
    Column homeId = homes.column("customer_id");
    BytesColumn homeCountry = homes.bytes("country");
    IntArrayList leftRows = new IntArrayList();
    IntArrayList rightRows = new IntArrayList();
    ColumnBuilder country = ColumnBuilder.of(Type.STRING);
    int scored = 0;
    int home = 0;
    for (int row = 0; row < left.rows(); row++) {
      while (scored < right.rows() && rightId.compare(scored, leftId, row) < 0) {
        scored++;
      }
      if (scored == right.rows() || !rightId.same(scored, leftId, row)) {
        continue;
      }
      while (home < homes.rows() && homeId.compare(home, leftId, row) < 0) {
        home++;
      }
      String name = null;
      while (home < homes.rows() && homeId.same(home, leftId, row)) {
        name = homeCountry.text(home++);
      }
      leftRows.add(row);
      rightRows.add(scored);
      if (name == null) {
        country.appendNull();
      } else {
        ((BytesColumn.Builder) country).append(countries.contains(name) ? name : OTHER);
      }
    }
    Frame described = left.take(leftRows.toIntArray());
    Frame scoredToo = right.take(rightRows.toIntArray());
    for (Schema.Field field : scoredToo.schema().fields()) {
      if (!described.schema().has(field.name())) {
        described = described.with(field.name(), field.type(), scoredToo.column(field.name()));
      }
    }
    return described.with("country", Type.STRING, country.build());
  }

  private record Cell(String cube, long x, long y) {
    private static final Comparator<Cell> ORDER =
        Comparator.comparing(Cell::cube).thenComparingLong(Cell::x).thenComparingLong(Cell::y);
  }

  private static final class Total {
    private long customers;
    private final ExactSum sum = new ExactSum();

    /** Counts a customer who has this value; nobody has what is no number. */
    private void add(double value) {
      if (!Double.isNaN(value)) {
        customers++;
        sum.add(value);
      }
    }
  }

  /**
   * The cubes of customers.
   *
   * @param described as {@link #describe} gives them
   */
  public Frame customers(Frame described) {
    Frame sorted = described.sort(SLICE.names());
    FrameBuilder out = new FrameBuilder(CUSTOMERS);
    int[] starts = sorted.groups(SLICE.names());
    for (int group = 0; group + 1 < starts.length; group++) {
      Frame slice = sorted.slice(starts[group], starts[group + 1]);
      append(out, slice, cubes(slice));
    }
    return out.build();
  }

  private static SortedMap<Cell, Total> cubes(Frame slice) {
    Map<Cell, Total> cells = new HashMap<>();
    double[] monetary = Measure.values(slice, "monetary");
    double[] recency = Measure.values(slice, "recency_days");
    double[] frequency = Measure.values(slice, "frequency");
    double[] alive = Measure.values(slice, "p_alive");
    double[] value = Measure.values(slice, "cltv");
    double[][] measures = {recency, frequency, monetary, alive, value};
    for (int i = 0; i < measures.length; i++) {
      Total total = new Total();
      for (double measured : measures[i]) {
        total.add(measured);
      }
      if (total.customers > 0) {
        cells.put(new Cell(MEASURES.get(i), 0, 0), total);
      }
    }
    LongColumn r = slice.longs("r_score");
    LongColumn f = slice.longs("f_score");
    LongColumn m = slice.longs("m_score");
    for (int row = 0; row < slice.rows(); row++) {
      int fm = RfmSegments.fm((int) f.get(row), (int) m.get(row));
      add(cells, RFM, r.get(row), fm, monetary[row]);
      add(
          cells,
          ALIVE,
          step(RECENCY_STEPS, recency[row]),
          step(FREQUENCY_STEPS, frequency[row]),
          alive[row]);
      if (!Double.isNaN(value[row])) {
        add(cells, VALUE, ValueBins.of(value[row]), 0, value[row]);
      }
    }
    return sorted(cells);
  }

  private static SortedMap<Cell, Total> sorted(Map<Cell, Total> cells) {
    SortedMap<Cell, Total> sorted = new TreeMap<>(Cell.ORDER);
    sorted.putAll(cells);
    return sorted;
  }

  /** The step that a number lies in, from 0. */
  private static int step(List<Integer> ends, double number) {
    int step = 0;
    while (step < ends.size() && number > ends.get(step)) {
      step++;
    }
    return step;
  }

  private static void add(Map<Cell, Total> cells, String cube, long x, long y, double value) {
    if (!Double.isNaN(value)) {
      cells.computeIfAbsent(new Cell(cube, x, y), any -> new Total()).add(value);
    }
  }

  private static void append(FrameBuilder out, Frame slice, SortedMap<Cell, Total> cells) {
    cells.forEach(
        (cell, total) -> {
          out.column("segment").appendFrom(slice.column("segment"), 0);
          out.column("country").appendFrom(slice.column("country"), 0);
          out.bytes("cube").append(cell.cube());
          out.longs("x").append(cell.x());
          out.longs("y").append(cell.y());
          out.longs("customers").append(total.customers);
          out.longs("sum_high").append(total.sum.high());
          out.longs("sum_low").append(total.sum.low());
        });
  }

  /** Cubes of several sets of customers joined. */
  public static Frame mergeCustomers(Frame cubes) {
    return sumCustomers(cubes, cubes.rows());
  }

  /**
   * The cubes that remain when those of some customers are taken away.
   *
   * @param all cubes that these customers are in
   * @param some their cubes
   */
  public static Frame differenceOfCustomers(Frame all, Frame some) {
    return sumCustomers(Frame.concat(CUSTOMERS, List.of(all, some)), all.rows());
  }

  /** Adds the rows before this one, and takes the others away. */
  private static Frame sumCustomers(Frame cubes, int from) {
    long[] signs = new long[cubes.rows()];
    Arrays.fill(signs, 0, from, 1);
    Arrays.fill(signs, from, signs.length, -1);
    Frame sorted = cubes.with("sign", Type.LONG, LongColumn.of(signs)).sort(SLICE.names());
    FrameBuilder out = new FrameBuilder(CUSTOMERS);
    int[] starts = sorted.groups(SLICE.names());
    BytesColumn cube = sorted.bytes("cube");
    for (int group = 0; group + 1 < starts.length; group++) {
      SortedMap<Cell, Total> cells = new TreeMap<>(Cell.ORDER);
      for (int row = starts[group]; row < starts[group + 1]; row++) {
        Cell cell =
            new Cell(cube.text(row), sorted.longs("x").get(row), sorted.longs("y").get(row));
        Total total = cells.computeIfAbsent(cell, any -> new Total());
        long high = sorted.longs("sum_high").get(row);
        long low = sorted.longs("sum_low").get(row);
        long sign = sorted.longs("sign").get(row);
        total.customers += sign * sorted.longs("customers").get(row);
        if (sign > 0) {
          total.sum.addBits(high, low);
        } else {
          total.sum.subtractBits(high, low);
        }
      }
      cells.values().removeIf(total -> total.customers == 0);
      append(out, sorted.slice(starts[group], starts[group + 1]), cells);
    }
    return out.build();
  }

  /**
   * Partial totals of purchases by slice: {@link PurchaseTotals#partial} of each. Purchases of
   * nobody, and of those who are not described, are of no segment and no country.
   *
   * @param described customers as {@link #describe} gives them
   * @param purchases all their purchases, at least {@link #PURCHASES}, in any order
   */
  public Frame purchases(Frame described, Frame purchases) {
    Frame customers = described.sort(List.of("customer_id"));
    Frame bought = purchases.sort(List.of("customer_id"));
    Column id = customers.column("customer_id");
    Column buyer = bought.column("customer_id");
    Map<Slice, IntArrayList> rows = new TreeMap<>(Slice.ORDER);
    IntArrayList[] rowsOf = rowsOf(customers, rows);
    int next = 0;
    for (int row = 0; row < bought.rows(); row++) {
      while (next < customers.rows() && id.compare(next, buyer, row) < 0) {
        next++;
      }
      boolean known = next < customers.rows() && !buyer.isNull(row) && id.same(next, buyer, row);
      IntArrayList members =
          known ? rowsOf[next] : rows.computeIfAbsent(Slice.NONE, any -> new IntArrayList());
      members.add(row);
    }
    List<Frame> found = new ArrayList<>();
    rows.forEach(
        (slice, members) ->
            found.add(slice.before(totals.partial(bought.take(members.toIntArray())))));
    return Frame.concat(purchasesSchema(), found);
  }

  /** The rows of each slice, still none, for each customer and by slice. */
  private static IntArrayList[] rowsOf(Frame customers, Map<Slice, IntArrayList> rows) {
    IntArrayList[] rowsOf = new IntArrayList[customers.rows()];
    int[] order = customers.order(SLICE.names());
    IntComparator bySlice = customers.comparator(SLICE.names());
    for (int i = 0; i < order.length; i++) {
      rowsOf[order[i]] =
          i > 0 && bySlice.compare(order[i - 1], order[i]) == 0
              ? rowsOf[order[i - 1]]
              : rows.computeIfAbsent(Slice.of(customers, order[i]), any -> new IntArrayList());
    }
    return rowsOf;
  }

  private record Slice(@Nullable String segment, @Nullable String country) {
    private static final Slice NONE = new Slice(null, null);
    private static final Comparator<@Nullable String> TEXT =
        Comparator.nullsFirst(Comparator.<String>naturalOrder());
    private static final Comparator<Slice> ORDER =
        Comparator.comparing(Slice::segment, TEXT).thenComparing(Slice::country, TEXT);

    private static Slice of(Frame rows, int row) {
      return new Slice(text(rows.bytes("segment"), row), text(rows.bytes("country"), row));
    }

    private static @Nullable String text(BytesColumn column, int row) {
      return column.isNull(row) ? null : column.text(row);
    }

    /** These rows with this slice in front. */
    private Frame before(Frame rows) {
      FrameBuilder slices = new FrameBuilder(SLICE);
      for (int row = 0; row < rows.rows(); row++) {
        append(slices.bytes("segment"), segment);
        append(slices.bytes("country"), country);
      }
      Frame both = slices.build();
      for (Schema.Field field : rows.schema().fields()) {
        both = both.with(field.name(), field.type(), rows.column(field.name()));
      }
      return both;
    }

    private static void append(BytesColumn.Builder column, @Nullable String text) {
      if (text == null) {
        column.appendNull();
      } else {
        column.append(text);
      }
    }
  }

  /** Partial totals of purchases of several sets of customers joined. */
  public static Frame mergePurchases(Frame partials) {
    Frame none = Frame.empty(purchasesSchema());
    return differenceOfPurchases(partials, none);
  }

  /**
   * The totals of purchases that remain when those of some customers are taken away.
   *
   * @param all totals that these customers are in
   * @param some their totals
   */
  public static Frame differenceOfPurchases(Frame all, Frame some) {
    Map<Slice, Frame> left = bySlice(all);
    Map<Slice, Frame> gone = bySlice(some);
    List<Frame> rest = new ArrayList<>();
    left.forEach(
        (slice, totals) ->
            rest.add(
                slice.before(
                    PurchaseTotals.difference(
                        totals, gone.getOrDefault(slice, Frame.empty(PurchaseTotals.schema()))))));
    return Frame.concat(purchasesSchema(), rest);
  }

  private static Map<Slice, Frame> bySlice(Frame totals) {
    Frame sorted = totals.sort(SLICE.names());
    Map<Slice, Frame> slices = new TreeMap<>(Slice.ORDER);
    int[] starts = sorted.groups(SLICE.names());
    for (int group = 0; group + 1 < starts.length; group++) {
      Frame slice = sorted.slice(starts[group], starts[group + 1]);
      slices.put(Slice.of(slice, 0), slice.select(PurchaseTotals.schema().names()));
    }
    return slices;
  }
}
