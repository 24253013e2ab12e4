package dev.patron.features.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.FrameBuilder;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.tables.Tables;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DriftTest {
  private static final Schema FEATURES =
      Schema.of()
          .with("recency_days", Type.LONG)
          .with("frequency", Type.LONG)
          .with("monetary", new Type.Decimal(18, 2))
          .with("mean_amount", Type.DOUBLE);
  private static final Schema ASSIGNED =
      Schema.of().with("segment_id", Type.LONG).with("segment", Type.STRING);
  private static final Map<Long, String> NAMES = Map.of(1L, "Loyal", 2L, "Lost");
  private static final Drift.Setting SETTING = new Drift.Setting("run-9", 2000, 1000, "segments/3");

  /** Customers whose recency is spread over so many days from here on. */
  private static FeatureCounts shop(int customers, long from, long days, double lost, long seed) {
    FrameBuilder features = new FrameBuilder(FEATURES);
    FrameBuilder assigned = new FrameBuilder(ASSIGNED);
    Random random = new Random(seed);
    for (int i = 0; i < customers; i++) {
      features.longs("recency_days").append(from + random.nextInt((int) days));
      features.longs("frequency").append(1 + random.nextInt(4));
      features.longs("monetary").append(random.nextInt(900_000) - 1000);
      if (random.nextInt(10) == 0) {
        features.column("mean_amount").appendNull();
      } else {
        features.doubles("mean_amount").append(random.nextDouble() * 50);
      }
      boolean isLost = random.nextDouble() < lost;
      assigned.longs("segment_id").append(isLost ? 2 : 1);
      assigned.bytes("segment").append(isLost ? "Lost" : "Loyal");
    }
    return new FeatureCounts().add(features.build(), assigned.build());
  }

  private static Frame between(FeatureCounts then, FeatureCounts now) {
    return Drift.between(then, now, NAMES, SETTING);
  }

  private static int row(Frame drift, String name) {
    for (int row = 0; row < drift.rows(); row++) {
      if (drift.bytes("measure").text(row).equals(name)) {
        return row;
      }
    }
    throw new AssertionError(name + " is not among " + drift.toRows());
  }

  @Test
  void theSameCustomersHaveNotDrifted() {
    FeatureCounts shop = shop(1000, 0, 300, 0.3, 1);
    Frame drift = between(shop, shop);

    assertThat(drift.schema()).isEqualTo(Tables.DRIFT);
    for (String name :
        List.of("recency_days", "frequency", "monetary", "mean_amount", "segment shares")) {
      int row = row(drift, name);
      assertThat(drift.doubles("psi").get(row)).as(name).isZero();
      assertThat(drift.value(row, "drifted")).as(name).isEqualTo(false);
    }
    assertThat(Drift.warnings(drift)).isEmpty();
  }

  @Test
  void otherCustomersOfTheSameKindHaveNotDriftedHoweverFew() {
    for (int seed = 0; seed < 20; seed++) {
      Frame drift = between(shop(4000, 0, 300, 0.3, seed), shop(40, 0, 300, 0.3, 100 + seed));
      assertThat(drift.value(row(drift, "recency_days"), "drifted"))
          .as("seed %d", seed)
          .isEqualTo(false);
    }
  }

  @Test
  void whatMovedIsFoundAndWhatDidNotIsNot() {
    Frame drift = between(shop(3000, 0, 300, 0.3, 1), shop(3000, 150, 300, 0.3, 2));

    int recency = row(drift, "recency_days");
    assertThat(drift.value(recency, "drifted")).isEqualTo(true);
    // Half of the days are beyond all that were there: the distributions differ by a half.
    assertThat(drift.doubles("ks").get(recency)).isCloseTo(0.5, within(0.05));
    assertThat(drift.value(row(drift, "frequency"), "drifted")).isEqualTo(false);
    assertThat(drift.value(row(drift, "mean_amount"), "drifted")).isEqualTo(false);
    assertThat(Drift.warnings(drift))
        .containsOnlyKeys("recency days moved since segments/3 was trained")
        .extractingByKey("recency days moved since segments/3 was trained")
        .asString()
        .startsWith("recency days moved since segments/3 was trained: population stability index");
  }

  @Test
  void theSharesOfSegmentsAreComparedInAllAndOneByOne() {
    Frame drift = between(shop(5000, 0, 300, 0.2, 1), shop(5000, 0, 300, 0.6, 2));

    int all = row(drift, "segment shares");
    int lost = row(drift, "Lost");
    int loyal = row(drift, "Loyal");
    assertThat(drift.value(all, "drifted")).isEqualTo(true);
    assertThat(drift.value(all, "ks")).isNull();
    assertThat(drift.doubles("share_at_training").get(lost)).isCloseTo(0.2, within(0.02));
    assertThat(drift.doubles("share_now").get(lost)).isCloseTo(0.6, within(0.02));
    // (0.6 - 0.2) ln(0.6 / 0.2) + (0.4 - 0.8) ln(0.4 / 0.8)
    assertThat(drift.doubles("psi").get(all))
        .isCloseTo(0.4 * Math.log(3) + 0.4 * Math.log(2), within(0.06));
    assertThat(drift.doubles("share_now").get(lost) + drift.doubles("share_now").get(loyal))
        .isCloseTo(1, within(1e-12));
    assertThat(drift.value(lost, "psi")).isNull();
    assertThat(drift.value(lost, "run_id")).isEqualTo("run-9");
    assertThat(drift.value(lost, "customers_now")).isEqualTo(5000L);
  }

  @Test
  void anIndexOfAWorkedExample() {
    FeatureCounts then = new FeatureCounts();
    FeatureCounts now = new FeatureCounts();
    long[] before = {100, 200, 300, 400};
    long[] after = {250, 250, 250, 250};
    double psi = 0;
    for (int bin = 0; bin < 4; bin++) {
      then.add("frequency", bin, before[bin]);
      now.add("frequency", bin, after[bin]);
      double p = (before[bin] + 0.5) / 1002;
      double q = (after[bin] + 0.5) / 1002;
      psi += (q - p) * Math.log(q / p);
    }
    Frame drift = between(then, now);

    assertThat(drift.doubles("psi").get(row(drift, "frequency"))).isCloseTo(psi, within(1e-12));
    assertThat(drift.doubles("ks").get(row(drift, "frequency"))).isCloseTo(0.2, within(1e-12));
  }

  @Test
  void countsThatAreTakenAwayLeaveNothingBehind() {
    FeatureCounts shop = shop(500, 0, 300, 0.3, 1);
    Frame before = shop.toFrame();
    Frame others = shop(100, 400, 300, 0.9, 2).toFrame();
    assertThat(shop.addCounts(others).subtractCounts(others).toFrame()).isEqualTo(before);
  }

  @Test
  void countsDoNotDependOnHowTheyWereCut() {
    FeatureCounts whole = shop(500, 0, 300, 0.3, 1);
    FeatureCounts merged =
        new FeatureCounts()
            .addCounts(shop(300, 0, 300, 0.3, 2).toFrame())
            .addCounts(shop(200, 0, 300, 0.3, 3).toFrame());
    FeatureCounts other =
        new FeatureCounts()
            .addCounts(shop(200, 0, 300, 0.3, 3).toFrame())
            .addCounts(shop(300, 0, 300, 0.3, 2).toFrame());

    assertThat(merged.toFrame()).isEqualTo(other.toFrame());
    assertThat(new FeatureCounts().addCounts(whole.toFrame()).toFrame()).isEqualTo(whole.toFrame());
    assertThat(whole.customers("recency_days")).isEqualTo(500);
  }
}
