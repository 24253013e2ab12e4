package dev.patron.features.explain;

import dev.patron.features.frame.BytesColumn;
import dev.patron.features.frame.DoubleColumn;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.FrameBuilder;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.rfm.Measure;
import dev.patron.features.segments.SegmentModel;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Why customers have their segments and values, in three sentences each:
 *
 * <ol>
 *   <li>{@code reason_1}: the nearest alternative segment, and the measure that decides against it:
 *       the one that adds most to the difference of the squared distances to both centroids;
 *   <li>{@code reason_2}: the measure that pulls most towards the alternative, or where none does
 *       the one that decides next. Where trees make a difference to the customer, what they do
 *       stands here instead ({@link dev.patron.features.trees.TreeReasons});
 *   <li>{@code reason_3}: what the value is made of, and what the customer's rhythm does to it.
 * </ol>
 *
 * <p>A customer's reasons depend on that customer and the models alone. Null where a measure is.
 */
public final class Reasons implements Serializable {
  /** The columns of reasons. */
  public static final Schema SCHEMA =
      Schema.of()
          .with("reason_1", Type.STRING)
          .with("reason_2", Type.STRING)
          .with("reason_3", Type.STRING);

  /** A silence of so many usual gaps speaks against a customer. */
  private static final double LONG_SILENCE = 2;

  private final double[] means;
  private final double[] deviations;
  private final double[][] centroids;
  private final double[][] typical;
  private final List<String> names;
  private final @Nullable String whyInsufficient;
  private final long horizonDays;

  /**
   * Reasons under this model of segments.
   *
   * @param whyInsufficient why no customer has a forecast, see {@link
   *     dev.patron.features.clv.LifetimeModel#whyInsufficient}; null where customers have
   * @param horizonDays that values are forecast for
   */
  public Reasons(SegmentModel segments, @Nullable String whyInsufficient, long horizonDays) {
    this.whyInsufficient = whyInsufficient;
    means = segments.means();
    deviations = segments.deviations();
    centroids = segments.centroids();
    typical = new double[segments.k()][];
    Arrays.setAll(typical, segments::centroid);
    names = segments.names();
    this.horizonDays = horizonDays;
  }

  /**
   * The reasons of the customers of a features frame, row by row, as {@link #SCHEMA}.
   *
   * @param features with the measures of segments and {@code repeat_purchases}, {@code
   *     repeat_recency_days} and {@code tenure_days}
   * @param forecasts of the same customers in the same order
   */
  public Frame of(Frame features, Frame forecasts) {
    double[][] measures = new double[SegmentModel.MEASURES.size()][];
    Arrays.setAll(measures, i -> Measure.values(features, SegmentModel.MEASURES.get(i)));
    FrameBuilder rows = new FrameBuilder(SCHEMA);
    BytesColumn.Builder first = rows.bytes("reason_1");
    BytesColumn.Builder second = rows.bytes("reason_2");
    BytesColumn.Builder third = rows.bytes("reason_3");
    double[] values = new double[measures.length];
    Sentence sentence = new Sentence();
    for (int row = 0; row < features.rows(); row++) {
      boolean known = true;
      for (int i = 0; i < values.length; i++) {
        values[i] = measures[i][row];
        known &= !Double.isNaN(values[i]);
      }
      if (known) {
        ofSegment(values, sentence, first, second);
      } else {
        first.appendNull();
        second.appendNull();
      }
      ofValue(features, forecasts, row, sentence);
      third.append(sentence.toString());
    }
    return rows.build();
  }

  private void ofSegment(
      double[] values, Sentence sentence, BytesColumn.Builder first, BytesColumn.Builder second) {
    if (centroids.length == 1) {
      first.append("All customers are in one segment");
      second.appendNull();
      return;
    }
    double[] point = new double[values.length];
    for (int i = 0; i < point.length; i++) {
      double scale = deviations[i] == 0 ? 1 : deviations[i];
      point[i] = (SegmentModel.logarithm(values[i]) - means[i]) / scale;
    }
    int own = SegmentModel.nearest(centroids, point);
    int other = alternative(point, own);
    int decides = -1;
    int next = -1;
    int pulls = -1;
    double[] weight = new double[point.length];
    for (int i = 0; i < point.length; i++) {
      double fromOwn = point[i] - centroids[own][i];
      double fromOther = point[i] - centroids[other][i];
      weight[i] = fromOther * fromOther - fromOwn * fromOwn;
      if (decides < 0 || weight[i] > weight[decides]) {
        next = decides;
        decides = i;
      } else if (next < 0 || weight[i] > weight[next]) {
        next = i;
      }
      if (pulls < 0 || weight[i] < weight[pulls]) {
        pulls = i;
      }
    }
    sentence.clear().text(names.get(own)).text(" rather than ").text(names.get(other)).text(": ");
    compare(sentence, decides, values, own, other);
    first.append(sentence.toString());
    if (weight[pulls] < 0) {
      sentence.clear().text("Pulls towards ").text(names.get(other)).text(": ");
      compare(sentence, pulls, values, other, own);
    } else {
      sentence.clear().text("Also ").text(names.get(own)).text(" in this: ");
      compare(sentence, next, values, own, other);
    }
    second.append(sentence.toString());
  }

  private int alternative(double[] point, int own) {
    int alternative = -1;
    double least = Double.POSITIVE_INFINITY;
    for (int i = 0; i < centroids.length; i++) {
      double distance = SegmentModel.squaredDistance(centroids[i], point);
      if (i != own && (alternative < 0 || distance < least)) {
        least = distance;
        alternative = i;
      }
    }
    return alternative;
  }

  private void compare(Sentence sentence, int measure, double[] values, int one, int other) {
    switch (measure) {
      case 0 -> sentence.text("last purchase ").days(values[0]).text(" ago");
      case 1 -> sentence.count(values[1], "purchase");
      default -> sentence.text("spent ").decimals(values[2], 2);
    }
    sentence.text(" (typical of ").text(names.get(one)).text(": ");
    typical(sentence, measure, one);
    sentence.text(", of ").text(names.get(other)).text(": ");
    typical(sentence, measure, other);
    sentence.text(")");
  }

  private void typical(Sentence sentence, int measure, int segment) {
    double value = typical[segment][measure];
    switch (measure) {
      case 0 -> sentence.days(Math.rint(value));
      case 1 -> sentence.decimals(value, 1);
      default -> sentence.decimals(value, 2);
    }
  }

  private void ofValue(Frame features, Frame forecasts, int row, Sentence sentence) {
    sentence.clear();
    DoubleColumn alive = forecasts.doubles("p_alive");
    DoubleColumn purchases = forecasts.doubles("expected_purchases");
    DoubleColumn amount = forecasts.doubles("expected_amount");
    DoubleColumn value = forecasts.doubles("cltv");
    if (purchases.isNull(row)) {
      sentence
          .text("Value is not known: ")
          .text(
              whyInsufficient == null ? "the customer's purchases are not known" : whyInsufficient);
      return;
    }
    if (value.isNull(row)) {
      sentence.text("Value is not known, for no amounts are: ");
    } else {
      sentence.text("Value ").decimals(value.get(row), 2).text(": ");
    }
    sentence.decimals(purchases.get(row), 2).text(" purchases expected in ").days(horizonDays);
    if (!amount.isNull(row)) {
      sentence.text(", of ").decimals(amount.get(row), 2).text(" each");
    }
    if (alive.get(row) == 1 && !alive.isNull(row)) {
      // No model says so of anybody whom it could have seen leave.
      sentence.text("; whether still a customer cannot be told");
    } else if (!alive.isNull(row)) {
      sentence.text("; still a customer with ").decimals(100 * alive.get(row), 0).text(" %");
    }
    LongColumn x = features.longs("repeat_purchases");
    LongColumn tx = features.longs("repeat_recency_days");
    LongColumn tenure = features.longs("tenure_days");
    if (x.isNull(row) || tx.isNull(row) || tenure.isNull(row)) {
      return;
    }
    long silence = tenure.get(row) - tx.get(row);
    if (x.get(row) == 0) {
      sentence.text("; bought on one day alone, ").days(silence).text(" ago");
      return;
    }
    double gap = tx.get(row) / (double) x.get(row);
    boolean down = silence > LONG_SILENCE * gap;
    sentence
        .text(down ? "; pulled down by " : "; held up by ")
        .days(silence)
        .text(" since the last purchase, after one every ")
        .days(Math.rint(gap));
  }

  /** Text with numbers, written alike on every machine. */
  private static final class Sentence {
    private static final long[] POWERS = {1, 10, 100};

    /** Above this a double has no decimals worth writing. */
    private static final double GREAT = 1e13;

    private final StringBuilder text = new StringBuilder();

    Sentence clear() {
      text.setLength(0);
      return this;
    }

    Sentence text(String words) {
      text.append(words);
      return this;
    }

    Sentence days(double days) {
      return count(days, "day");
    }

    Sentence days(long days) {
      return count((double) days, "day");
    }

    Sentence count(double number, String thing) {
      decimals(number, 0);
      text.append(' ').append(thing);
      if (Math.rint(number) != 1) {
        text.append('s');
      }
      return this;
    }

    Sentence decimals(double value, int decimals) {
      if (!(Math.abs(value) < GREAT)) {
        text.append(value);
        return this;
      }
      long scaled = Math.round(Math.abs(value) * POWERS[decimals]);
      if (value < 0 && scaled > 0) {
        text.append('-');
      }
      text.append(scaled / POWERS[decimals]);
      if (decimals > 0) {
        long rest = scaled % POWERS[decimals];
        text.append('.');
        if (decimals == 2 && rest < 10) {
          text.append('0');
        }
        text.append(rest);
      }
      return this;
    }

    @Override
    public String toString() {
      return text.toString();
    }
  }
}
