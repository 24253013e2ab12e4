package dev.patron.pipelines.report;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.frame.Values;
import dev.patron.features.purchases.PurchaseTotals;
import dev.patron.features.slices.Slices;
import dev.patron.features.tables.Tables;
import dev.patron.pipelines.report.ReportData.Sliced;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Invented customers of invented segments and countries, sliced. */
final class SampleSlices {
  static final int CUSTOMERS = 600;
  private static final List<String> COUNTRIES = Arrays.asList("AT", "CZ", "DE", "Other", null);

  private SampleSlices() {}

  /** Customers as {@link Slices#describe} gives them, with an e-mail that nobody asked for. */
  static Frame described(List<String> segments) {
    Schema schema =
        Schema.of()
            .with("customer_id", Type.LONG)
            .with("segment", Type.STRING)
            .with("country", Type.STRING)
            .with("r_score", Type.LONG)
            .with("f_score", Type.LONG)
            .with("m_score", Type.LONG)
            .with("recency_days", Type.LONG)
            .with("frequency", Type.LONG)
            .with("monetary", Type.DOUBLE)
            .with("p_alive", Type.DOUBLE)
            .with("cltv", Type.DOUBLE)
            .with("cltv_low", Type.DOUBLE)
            .with("cltv_high", Type.DOUBLE)
            .with("reason_1", Type.STRING)
            .with("email", Type.STRING);
    Random random = new Random(5);
    List<List<Object>> rows = new ArrayList<>();
    for (long id = 0; id < CUSTOMERS; id++) {
      double value = Math.exp(random.nextGaussian() * 1.4 + 2.5);
      rows.add(
          Arrays.asList(
              id,
              segments.get(random.nextInt(segments.size())),
              COUNTRIES.get(random.nextInt(COUNTRIES.size())),
              1L + random.nextInt(5),
              1L + random.nextInt(5),
              1L + random.nextInt(5),
              (long) random.nextInt(900),
              1L + random.nextInt(20),
              value * 3,
              random.nextDouble(),
              value,
              value / 3,
              value * 4,
              "bought often of late",
              "reader" + id + "@example.org"));
    }
    return Frame.ofRows(schema, rows);
  }

  static Sliced of(List<String> segments, Instant asOf, ZoneId zone) {
    Frame described = described(segments);
    Random random = new Random(6);
    List<List<Object>> purchases = new ArrayList<>();
    for (long order = 0; order < CUSTOMERS * 5L; order++) {
      Instant at = asOf.minus(Duration.ofHours(random.nextInt(24 * 1000)));
      double amount = 5 + random.nextInt(90);
      purchases.add(
          Arrays.asList(
              (long) random.nextInt(CUSTOMERS), order, at, 1L, 1.0, amount, 0.0, null, null));
    }
    Slices slices =
        new Slices(new PurchaseTotals(zone, Values.micros(asOf)), List.of("AT", "CZ", "DE"));
    return new Sliced(
        slices.customers(described),
        slices.purchases(
            described,
            Frame.ofRows(Tables.purchases(Type.LONG, Type.LONG, Type.DOUBLE), purchases)));
  }
}
