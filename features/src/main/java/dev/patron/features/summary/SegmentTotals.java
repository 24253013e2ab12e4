package dev.patron.features.summary;

import dev.patron.features.frame.BytesColumn;
import dev.patron.features.frame.Column;
import dev.patron.features.frame.DoubleColumn;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.FrameBuilder;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.tables.Tables;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Sums over the customers of each segment, and {@link Tables#SEGMENT_SUMMARY} made of them. */
public final class SegmentTotals {
  /** What is summed, in the order of the sums. */
  private static final List<String> MEASURES =
      List.of("recency_days", "frequency", "monetary", "p_alive", "cltv");

  /** All columns of features and scores that {@link #partial} looks at. */
  public static final List<String> COLUMNS =
      Stream.concat(MEASURES.stream(), Stream.of("segment_id", "segment")).toList();

  private static final Schema PARTIAL = partialSchema();

  private SegmentTotals() {}

  private static Schema partialSchema() {
    List<Schema.Field> fields = new ArrayList<>();
    fields.add(new Schema.Field("segment_id", Type.LONG));
    fields.add(new Schema.Field("segment", Type.STRING));
    fields.add(new Schema.Field("customers", Type.LONG));
    for (String measure : MEASURES) {
      fields.add(new Schema.Field(measure + "_count", Type.LONG));
      fields.add(new Schema.Field(measure + "_high", Type.LONG));
      fields.add(new Schema.Field(measure + "_low", Type.LONG));
    }
    return new Schema(fields);
  }

  /** The schema of partial totals: small frames to be concatenated. */
  public static Schema schema() {
    return PARTIAL;
  }

  private static final class Total {
    private final String segment;
    private long customers;
    private final long[] counts = new long[MEASURES.size()];
    private final ExactSum[] sums = new ExactSum[MEASURES.size()];

    private Total(String segment) {
      this.segment = segment;
      Arrays.setAll(sums, i -> new ExactSum());
    }

    private void add(int measure, double value) {
      counts[measure]++;
      sums[measure].add(value);
    }

    /** NaN where nobody has a value. */
    private double mean(int measure) {
      return sums[measure].value() / counts[measure];
    }
  }

  /**
   * Partial totals of some customers.
   *
   * @param features {@link Tables#customerFeatures}
   * @param scores {@link Tables#customerScores} of the same customers in the same order
   */
  public static Frame partial(Frame features, Frame scores) {
    if (features.rows() != scores.rows()) {
      throw new IllegalArgumentException(
          "%d features and %d scores".formatted(features.rows(), scores.rows()));
    }
    Column[] measures = new Column[MEASURES.size()];
    Type[] types = new Type[measures.length];
    for (int i = 0; i < measures.length; i++) {
      Frame from = features.schema().has(MEASURES.get(i)) ? features : scores;
      measures[i] = from.column(MEASURES.get(i));
      types[i] = from.schema().type(MEASURES.get(i));
    }
    LongColumn ids = scores.longs("segment_id");
    BytesColumn names = scores.bytes("segment");
    Map<Long, Total> totals = new TreeMap<>();
    for (int row = 0; row < scores.rows(); row++) {
      int at = row;
      Total total = totals.computeIfAbsent(ids.get(row), id -> new Total(names.text(at)));
      total.customers++;
      for (int i = 0; i < measures.length; i++) {
        if (!measures[i].isNull(row)) {
          total.add(i, number(types[i], measures[i], row));
        }
      }
    }
    return frame(totals);
  }

  /** Partial totals joined: one row a segment. */
  public static Frame merge(Frame partials) {
    return frame(totals(partials));
  }

  /**
   * The totals that remain when those of some customers are taken away.
   *
   * @param all totals that these customers are among
   * @param some their totals
   */
  public static Frame difference(Frame all, Frame some) {
    Map<Long, Total> totals = totals(all);
    totals(some)
        .forEach(
            (id, gone) -> {
              Total total = totals.computeIfAbsent(id, any -> new Total(gone.segment));
              total.customers -= gone.customers;
              for (int i = 0; i < total.sums.length; i++) {
                total.counts[i] -= gone.counts[i];
                total.sums[i].subtractBits(gone.sums[i].high(), gone.sums[i].low());
              }
            });
    totals.values().removeIf(total -> total.customers == 0);
    return frame(totals);
  }

  private static Map<Long, Total> totals(Frame partials) {
    Map<Long, Total> totals = new TreeMap<>();
    BytesColumn names = partials.bytes("segment");
    for (int row = 0; row < partials.rows(); row++) {
      int at = row;
      Total total =
          totals.computeIfAbsent(
              partials.longs("segment_id").get(row), id -> new Total(names.text(at)));
      total.customers += partials.longs("customers").get(row);
      for (int i = 0; i < MEASURES.size(); i++) {
        total.counts[i] += partials.longs(MEASURES.get(i) + "_count").get(row);
        total.sums[i].addBits(
            partials.longs(MEASURES.get(i) + "_high").get(row),
            partials.longs(MEASURES.get(i) + "_low").get(row));
      }
    }
    return totals;
  }

  private static Frame frame(Map<Long, Total> totals) {
    FrameBuilder out = new FrameBuilder(PARTIAL);
    totals.forEach(
        (id, total) -> {
          out.longs("segment_id").append(id);
          out.bytes("segment").append(total.segment);
          out.longs("customers").append(total.customers);
          for (int i = 0; i < MEASURES.size(); i++) {
            out.longs(MEASURES.get(i) + "_count").append(total.counts[i]);
            out.longs(MEASURES.get(i) + "_high").append(total.sums[i].high());
            out.longs(MEASURES.get(i) + "_low").append(total.sums[i].low());
          }
        });
    return out.build();
  }

  private static double number(Type type, Column column, int row) {
    if (column instanceof DoubleColumn doubles) {
      return doubles.get(row);
    }
    double value = ((LongColumn) column).get(row);
    return type instanceof Type.Decimal decimal ? value / Math.pow(10, decimal.scale()) : value;
  }

  /**
   * {@link Tables#SEGMENT_SUMMARY} of these partial totals, by segment id. Of no revenue, or of
   * less where more was given back than bought, nobody has a share: it is 0 for all.
   */
  public static Frame summary(Frame partials) {
    Map<Long, Total> totals = totals(partials);
    int money = MEASURES.indexOf("monetary");
    long customers = 0;
    ExactSum revenue = new ExactSum();
    for (Total total : totals.values()) {
      customers += total.customers;
      revenue.add(total.sums[money]);
    }

    FrameBuilder out = new FrameBuilder(Tables.SEGMENT_SUMMARY);
    for (Map.Entry<Long, Total> entry : totals.entrySet()) {
      Total total = entry.getValue();
      double bought = total.sums[money].value();
      out.longs("segment_id").append(entry.getKey());
      out.bytes("segment").append(total.segment);
      out.longs("customers").append(total.customers);
      out.doubles("share_of_customers").append((double) total.customers / customers);
      out.doubles("revenue").append(bought);
      out.doubles("share_of_revenue").append(revenue.value() > 0 ? bought / revenue.value() : 0);
      append(out, "mean_recency_days", total.mean(0));
      append(out, "mean_frequency", total.mean(1));
      append(out, "mean_monetary", total.mean(2));
      append(out, "mean_p_alive", total.mean(3));
      append(out, "mean_cltv", total.mean(4));
      append(out, "total_cltv", total.counts[4] == 0 ? Double.NaN : total.sums[4].value());
    }
    return out.build();
  }

  private static void append(FrameBuilder out, String column, double value) {
    if (Double.isNaN(value)) {
      out.column(column).appendNull();
    } else {
      out.doubles(column).append(value);
    }
  }
}
