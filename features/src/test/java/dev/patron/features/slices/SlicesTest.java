package dev.patron.features.slices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.frame.Values;
import dev.patron.features.purchases.PurchaseTotals;
import dev.patron.features.summary.ExactSum;
import dev.patron.features.tables.Tables;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Held against loops over lists: what slices say of a choice is what its customers add up to. */
class SlicesTest {
  private static final Instant AS_OF = Instant.parse("2024-06-30T21:59:59.999999Z");
  private static final ZoneId ZONE = ZoneId.of("Europe/Berlin");
  private static final PurchaseTotals TOTALS = new PurchaseTotals(ZONE, Values.micros(AS_OF));
  private static final Slices SLICES = new Slices(TOTALS, List.of("AT", "CZ"));
  private static final List<String> SEGMENTS = List.of("Loyal", "Lost");
  private static final List<String> COUNTRIES = Arrays.asList("AT", "CZ", "FR", null);

  private static final Schema FEATURES =
      Schema.of()
          .with("customer_id", Type.LONG)
          .with("recency_days", Type.LONG)
          .with("frequency", Type.LONG)
          .with("monetary", Type.DOUBLE)
          .with("returned", Type.DOUBLE)
          .with("r_score", Type.LONG)
          .with("f_score", Type.LONG)
          .with("m_score", Type.LONG);
  private static final Schema SCORES =
      Schema.of()
          .with("customer_id", Type.LONG)
          .with("segment", Type.STRING)
          .with("p_alive", Type.DOUBLE)
          .with("cltv", Type.DOUBLE)
          .with("cltv_low", Type.DOUBLE)
          .with("cltv_high", Type.DOUBLE);

  /** An invented shop; customer 0 has features but no scores, and some purchases are nobody's. */
  private static final class Shop {
    private final List<List<Object>> features = new ArrayList<>();
    private final List<List<Object>> scores = new ArrayList<>();
    private final List<List<Object>> residences = new ArrayList<>();
    private final List<List<Object>> purchases = new ArrayList<>();

    private Shop(long seed) {
      Random random = new Random(seed);
      for (long id = 0; id < 60; id++) {
        double spent = cents(random.nextInt(90_000));
        features.add(
            List.of(
                id,
                (long) random.nextInt(800),
                1L + random.nextInt(16),
                spent,
                0.0,
                1L + random.nextInt(5),
                1L + random.nextInt(5),
                1L + random.nextInt(5)));
        Double value = random.nextInt(9) == 0 ? null : cents(random.nextInt(50_000));
        if (id > 0) {
          scores.add(
              Arrays.asList(
                  id, SEGMENTS.get(random.nextInt(2)), random.nextDouble(), value, 0.0, 1.0));
        }
        String country = COUNTRIES.get(random.nextInt(COUNTRIES.size()));
        if (country != null) {
          residences.add(List.of(id, 5L, country));
          residences.add(List.of(id, 4L, "DE"));
        }
      }
      for (long order = 0; order < 400; order++) {
        purchases.add(
            Arrays.asList(
                random.nextInt(8) == 0 ? null : (Object) (long) random.nextInt(60),
                order,
                AS_OF.minus(Duration.ofHours(random.nextInt(20_000) - 500)),
                random.nextInt(10) == 0 ? 0L : 1L,
                1.0,
                cents(random.nextInt(9_000)),
                cents(random.nextInt(100)),
                null,
                null));
      }
    }

    private static double cents(int cents) {
      return cents / 100.0;
    }

    private Frame described() {
      return SLICES.describe(
          Frame.ofRows(FEATURES, features),
          Frame.ofRows(SCORES, scores),
          Frame.ofRows(Slices.residenceSchema(Type.LONG), residences));
    }

    private Frame purchases() {
      return Frame.ofRows(Tables.purchases(Type.LONG, Type.LONG, Type.DOUBLE), purchases);
    }

    /** The same rows in another order. */
    private Shop shuffled(long seed) {
      Random random = new Random(seed);
      for (List<List<Object>> rows : List.of(features, scores, residences, purchases)) {
        Collections.shuffle(rows, random);
      }
      return this;
    }
  }

  private static double sum(Frame cells, int row, String name) {
    ExactSum sum = new ExactSum();
    sum.addBits(cells.longs(name + "_high").get(row), cells.longs(name + "_low").get(row));
    return sum.value();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void aSliceCountsItsCustomersAndWhatTheySpent(long seed) {
    Shop shop = new Shop(seed);
    Map<String, double[]> expected = new HashMap<>();
    Map<Object, String> countries = new HashMap<>();
    for (List<Object> home : shop.residences) {
      if (home.get(1).equals(5L)) {
        countries.put(home.get(0), home.get(2).equals("FR") ? "Other" : (String) home.get(2));
      }
    }
    for (List<Object> score : shop.scores) {
      String key = score.get(1) + " " + countries.get(score.get(0));
      double[] totals = expected.computeIfAbsent(key, any -> new double[4]);
      totals[0]++;
      totals[1] += (double) shop.features.get((int) (long) score.get(0)).get(3);
      if (score.get(3) instanceof Double value) {
        totals[2]++;
        totals[3] += value;
      }
    }

    Frame cells = SLICES.customers(shop.described());
    Map<String, double[]> found = new HashMap<>();
    for (int row = 0; row < cells.rows(); row++) {
      String cube = cells.bytes("cube").text(row);
      double[] totals =
          found.computeIfAbsent(
              cells.value(row, "segment") + " " + cells.value(row, "country"),
              any -> new double[4]);
      if (cube.equals(Slices.RFM)) {
        totals[0] += cells.longs("customers").get(row);
        totals[1] += sum(cells, row, "sum");
      } else if (cube.equals(Slices.VALUE)) {
        totals[2] += cells.longs("customers").get(row);
        totals[3] += sum(cells, row, "sum");
      }
    }
    assertThat(found.keySet()).as("seed %d", seed).isEqualTo(expected.keySet());
    expected.forEach((key, totals) -> assertThat(found.get(key)).contains(totals, within(1e-3)));
  }

  @ParameterizedTest
  @ValueSource(longs = {5, 6, 7})
  void slicesOfPurchasesAddUpToTheTotalsOfTheShop(long seed) {
    Shop shop = new Shop(seed);
    Frame whole = TOTALS.partial(shop.purchases());
    Frame sliced = SLICES.purchases(shop.described(), shop.purchases());
    Frame joined = PurchaseTotals.merge(sliced.select(PurchaseTotals.schema().names()));
    assertThat(PurchaseTotals.revenueByMonth(joined))
        .isEqualTo(PurchaseTotals.revenueByMonth(whole));
    assertThat(PurchaseTotals.cohortRetention(joined))
        .isEqualTo(PurchaseTotals.cohortRetention(whole));
  }

  @ParameterizedTest
  @ValueSource(longs = {8, 9})
  void neitherOrderNorCuttingMatters(long seed) {
    Frame described = new Shop(seed).described();
    Frame shuffled = new Shop(seed).shuffled(seed + 100).described();
    assertThat(shuffled).isEqualTo(described);
    Frame cells = SLICES.customers(described);
    Frame halves =
        Frame.concat(
            Slices.customersSchema(),
            List.of(
                SLICES.customers(described.slice(20, described.rows())),
                SLICES.customers(described.slice(0, 20))));
    assertThat(Slices.mergeCustomers(halves)).isEqualTo(Slices.mergeCustomers(cells));

    Frame purchases = new Shop(seed).purchases();
    Frame even = purchases.filter(row -> isEven(purchases, row));
    Frame odd = purchases.filter(row -> !isEven(purchases, row));
    Frame parts =
        Frame.concat(
            Slices.purchasesSchema(),
            List.of(SLICES.purchases(described, odd), SLICES.purchases(described, even)));
    assertThat(Slices.mergePurchases(parts))
        .isEqualTo(Slices.mergePurchases(SLICES.purchases(described, purchases)));
  }

  @ParameterizedTest
  @ValueSource(longs = {10, 11})
  void theSlicesOfSomeCustomersTakenFromThoseOfAllAreThoseOfTheOthers(long seed) {
    Frame all = new Shop(seed).described();
    Frame purchases = new Shop(seed).purchases();
    Frame bought = purchases.filter(row -> isEven(purchases, row));
    Frame rest = purchases.filter(row -> !isEven(purchases, row));
    Frame some = all.filter(row -> all.longs("customer_id").get(row) % 2 == 0);
    Frame others = all.filter(row -> all.longs("customer_id").get(row) % 2 != 0);
    assertThat(
            Slices.differenceOfCustomers(
                Slices.mergeCustomers(SLICES.customers(all)), SLICES.customers(some)))
        .isEqualTo(Slices.mergeCustomers(SLICES.customers(others)));
    assertThat(
            Slices.differenceOfPurchases(
                SLICES.purchases(all, purchases), SLICES.purchases(some, bought)))
        .isEqualTo(Slices.mergePurchases(SLICES.purchases(others, rest)));
  }

  private static boolean isEven(Frame purchases, int row) {
    return !purchases.column("customer_id").isNull(row)
        && purchases.longs("customer_id").get(row) % 2 == 0;
  }

  @Test
  void theLatestResidenceCountsAndAnEmptyOneDoesNot() {
    Schema schema =
        Schema.of().with("id", Type.LONG).with("Country", Type.STRING).with("sold", Type.TIMESTAMP);
    Frame sales =
        Frame.ofRows(
            schema,
            List.of(
                Arrays.asList(1L, "CZ", AS_OF),
                Arrays.asList(1L, "AT", AS_OF.minusSeconds(9)),
                Arrays.asList(1L, "", AS_OF.plusSeconds(9)),
                Arrays.asList(null, "AT", AS_OF)));
    Frame residence = Slices.residence(sales, "id", "Country", "sold");
    assertThat(residence.rows()).isEqualTo(2);
    Frame described =
        SLICES.describe(
            Frame.ofRows(FEATURES, List.of(List.of(1L, 3L, 1L, 9.0, 0.0, 5L, 1L, 1L))),
            Frame.ofRows(SCORES, List.of(List.of(1L, "Loyal", 0.5, 7.0, 1.0, 20.0))),
            residence);
    assertThat(described.value(0, "country")).isEqualTo("CZ");
  }

  @Test
  void aShopWithoutCustomersHasNoSlices() {
    Frame none =
        SLICES.describe(
            Frame.empty(FEATURES),
            Frame.empty(SCORES),
            Frame.empty(Slices.residenceSchema(Type.LONG)));
    assertThat(SLICES.customers(none).rows()).isZero();
    assertThat(
            SLICES
                .purchases(none, Frame.empty(Tables.purchases(Type.LONG, Type.LONG, Type.DOUBLE)))
                .rows())
        .isZero();
  }
}
