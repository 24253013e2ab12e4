package dev.patron.pipelines.training;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.patron.features.clv.LifetimeCells;
import dev.patron.features.clv.LifetimeFits;
import dev.patron.features.clv.LifetimeForecast;
import dev.patron.features.clv.LifetimeModel;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * How a lifetime model, fitted at an earlier cut-off, forecast what is known by now. Spend is
 * compared without discount. The result does not depend on the order of the rows.
 *
 * @param holdoutDays from the cut-off to the end of what is known
 * @param kind of the model that was fitted at the cut-off
 * @param customers who were customers at the cut-off
 * @param purchases errors of the expected number of purchases
 * @param spend errors of the expected spend; null if amounts were not known at the cut-off
 * @param coverage the share of customers whose spend lay in the 90 % interval; null likewise
 * @param byDecile groups of equal size by expected purchases, the lowest first
 * @param byRepeats groups by repeat purchases before the cut-off: 0, 1, ... 7 and more
 */
public record Calibration(
    long holdoutDays,
    String kind,
    long customers,
    Errors purchases,
    @Nullable Errors spend,
    @Nullable Double coverage,
    List<Group> byDecile,
    List<Group> byRepeats) {

  private static final int DECILES = 10;
  private static final int MOST_REPEATS = 7;

  /** The columns of features and targets that {@link #of} looks at. */
  public static final List<String> INPUTS =
      List.of(
          "customer_id",
          "repeat_purchases",
          "repeat_recency_days",
          "tenure_days",
          "repeat_paid_days",
          "repeat_mean_amount",
          "paid_days",
          "paid_mean_amount",
          "actual_purchases",
          "actual_spend");

  /**
   * Errors of a forecast.
   *
   * @param mae the mean absolute error a customer
   * @param rmse the root of the mean squared error a customer
   * @param bias expected over actual total, less 1; null if the actual total is 0
   * @param expected total
   */
  public record Errors(double mae, double rmse, @Nullable Double bias, double expected) {
    static Errors of(double[] expected, double[] actual) {
      double absolute = 0;
      double squares = 0;
      double expectedSum = 0;
      double actualSum = 0;
      for (int i = 0; i < expected.length; i++) {
        double error = expected[i] - actual[i];
        absolute += Math.abs(error);
        squares += error * error;
        expectedSum += expected[i];
        actualSum += actual[i];
      }
      int n = expected.length;
      return new Errors(
          absolute / n,
          Math.sqrt(squares / n),
          actualSum == 0 ? null : expectedSum / actualSum - 1,
          expectedSum);
    }

    ObjectNode node() {
      ObjectNode node = JsonNodeFactory.instance.objectNode();
      node.put("mae", mae);
      node.put("rmse", rmse);
      node.put("bias", bias);
      return node;
    }
  }

  /**
   * The means of a group of customers.
   *
   * @param label what the group has in common
   * @param customers in the group
   * @param expectedPurchases a customer
   * @param actualPurchases a customer
   * @param expectedSpend a customer; null if amounts were not known
   * @param actualSpend a customer
   */
  public record Group(
      String label,
      int customers,
      double expectedPurchases,
      double actualPurchases,
      @Nullable Double expectedSpend,
      double actualSpend) {}

  /**
   * Fits at the cut-off and compares: the probabilistic model alone, without what trees, seasons
   * and the back-test's width change about it.
   *
   * @param earlier frames of features at the cut-off with two more columns, {@code
   *     actual_purchases} (long, purchase days after the cut-off) and {@code actual_spend} (double)
   * @param holdoutDays what the actual columns cover
   * @param kinds the model that is to be trained
   * @return null if there is no customer, or no purchase could be forecast
   */
  public static @Nullable Calibration of(
      Iterable<Frame> earlier, long holdoutDays, long seed, Kinds kinds) {
    List<Frame> narrow = new ArrayList<>();
    earlier.forEach(frame -> narrow.add(frame.select(INPUTS)));
    if (narrow.isEmpty()) {
      return null;
    }
    Schema schema = narrow.get(0).schema();
    Frame rows = Frame.concat(schema, narrow).sort(List.of("customer_id"));
    LifetimeModel model =
        new LifetimeFits(new LifetimeCells().add(rows)).model(kinds.purchases(), kinds.amounts());
    if (model.purchases() == null) {
      return null;
    }
    Frame forecast = new LifetimeForecast(model, holdoutDays, 0, seed).of(rows);
    int n = rows.rows();
    double[] expectedPurchases = column(n, i -> forecast.doubles("expected_purchases").get(i));
    double[] actualPurchases = column(n, i -> rows.longs("actual_purchases").get(i));
    double[] actualSpend = column(n, i -> rows.doubles("actual_spend").get(i));
    double @Nullable [] expectedSpend = null;
    Errors spend = null;
    Double coverage = null;
    if (model.money() != null) {
      expectedSpend = column(n, i -> forecast.doubles("cltv").get(i));
      spend = Errors.of(expectedSpend, actualSpend);
      int covered = 0;
      for (int i = 0; i < n; i++) {
        if (actualSpend[i] >= forecast.doubles("cltv_low").get(i)
            && actualSpend[i] <= forecast.doubles("cltv_high").get(i)) {
          covered++;
        }
      }
      coverage = covered / (double) n;
    }
    int[] byExpectation =
        rows.order(
            (a, b) -> {
              int order = Double.compare(expectedPurchases[a], expectedPurchases[b]);
              return order != 0 ? order : Integer.compare(a, b);
            });
    List<Group> byDecile = new ArrayList<>();
    for (int d = 0; d < DECILES; d++) {
      int from = (int) ((long) n * d / DECILES);
      int to = (int) ((long) n * (d + 1) / DECILES);
      if (from < to) {
        byDecile.add(
            group(
                Integer.toString(d + 1),
                Arrays.copyOfRange(byExpectation, from, to),
                expectedPurchases,
                actualPurchases,
                expectedSpend,
                actualSpend));
      }
    }
    List<Group> byRepeats = new ArrayList<>();
    for (int repeats = 0; repeats <= MOST_REPEATS; repeats++) {
      int wanted = repeats;
      int[] members =
          IntStream.range(0, n)
              .filter(i -> Math.min(rows.longs("repeat_purchases").get(i), MOST_REPEATS) == wanted)
              .toArray();
      if (members.length > 0) {
        byRepeats.add(
            group(
                repeats == MOST_REPEATS ? repeats + "+" : Integer.toString(repeats),
                members,
                expectedPurchases,
                actualPurchases,
                expectedSpend,
                actualSpend));
      }
    }
    return new Calibration(
        holdoutDays,
        model.kind(),
        n,
        Errors.of(expectedPurchases, actualPurchases),
        spend,
        coverage,
        byDecile,
        byRepeats);
  }

  private interface RowValue {
    double at(int row);
  }

  private static double[] column(int rows, RowValue value) {
    double[] values = new double[rows];
    for (int i = 0; i < rows; i++) {
      values[i] = value.at(i);
    }
    return values;
  }

  private static Group group(
      String label,
      int[] members,
      double[] expectedPurchases,
      double[] actualPurchases,
      double @Nullable [] expectedSpend,
      double[] actualSpend) {
    return new Group(
        label,
        members.length,
        mean(expectedPurchases, members),
        mean(actualPurchases, members),
        expectedSpend == null ? null : mean(expectedSpend, members),
        mean(actualSpend, members));
  }

  private static double mean(double[] values, int[] members) {
    double sum = 0;
    for (int member : members) {
      sum += values[member];
    }
    return sum / members.length;
  }

  /** As {@code metrics.json} holds it. */
  ObjectNode node() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("holdout_days", holdoutDays);
    node.put("kind", kind);
    node.put("customers", customers);
    node.set("purchases", purchases.node());
    if (spend == null) {
      node.putNull("spend");
    } else {
      node.set("spend", spend.node());
    }
    node.put("interval_coverage", coverage);
    groups(node.putArray("by_decile"), byDecile);
    groups(node.putArray("by_repeat_purchases"), byRepeats);
    return node;
  }

  private static void groups(ArrayNode array, List<Group> groups) {
    for (Group group : groups) {
      array
          .addObject()
          .put("group", group.label())
          .put("customers", group.customers())
          .put("expected_purchases", group.expectedPurchases())
          .put("actual_purchases", group.actualPurchases())
          .put("expected_spend", group.expectedSpend())
          .put("actual_spend", group.actualSpend());
    }
  }
}
