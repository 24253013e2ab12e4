package dev.patron.features.clv;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.frame.Values;
import dev.patron.features.purchases.Holdout;
import dev.patron.features.tables.Tables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The fits that papers print for the CDNOW sample of 2,357 customers, 39 weeks to 1997-09-30, from
 * the raw purchases through the features to the parameters. The data may not be passed on; who has
 * {@code cdnow_sample.csv} names its folder in {@code PATRON_CDNOW}, and without it these tests say
 * that they were skipped.
 */
class PublishedFiguresTest {
  private static final Schema PURCHASES = Tables.purchases(Type.LONG, Type.LONG, Type.DOUBLE);
  private static final LocalDate CALIBRATION_ENDS = LocalDate.of(1997, 9, 30);
  private static final LocalDate HOLDOUT_ENDS = LocalDate.of(1998, 6, 30);
  private static final Percentage PRINTED = Percentage.withPercentage(0.2);

  private static Frame customers = Frame.empty(PURCHASES);
  private static LifetimeFits fits = new LifetimeFits(new LifetimeCells());

  @BeforeAll
  static void fit() throws IOException {
    String folder = System.getenv("PATRON_CDNOW");
    assumeTrue(
        folder != null,
        "skipped: PATRON_CDNOW does not name a folder with the CDNOW sample, cdnow_sample.csv");
    customers =
        new Holdout(ZoneOffset.UTC, endOf(CALIBRATION_ENDS), endOf(HOLDOUT_ENDS))
            .of(purchases(Path.of(folder, "cdnow_sample.csv")));
    fits = new LifetimeFits(new LifetimeCells().add(customers));
  }

  private static long endOf(LocalDate day) {
    return Values.micros(day.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant()) - 1;
  }

  /** Lines of customer_id, date, quantity, amount. */
  private static Frame purchases(Path file) throws IOException {
    List<List<?>> rows = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      String[] values = line.split(",", -1);
      if (!values[0].equals("customer_id")) {
        rows.add(
            Arrays.asList(
                Long.valueOf(values[0]),
                (long) rows.size(),
                LocalDate.parse(values[1]).atStartOfDay(ZoneOffset.UTC).toInstant(),
                1L,
                Double.valueOf(values[2]),
                Double.valueOf(values[3]),
                0.0,
                null,
                null));
      }
    }
    return Frame.ofRows(PURCHASES, rows);
  }

  private static void isPublished(String kind, double logLikelihood, Map<String, Double> printed) {
    PurchaseFit fit = fits.purchases(kind);
    assertThat(fit.logLikelihood()).isCloseTo(logLikelihood, within(0.01));
    printed.forEach(
        (name, value) ->
            assertThat(fit.model().parameters().get(name))
                .as("%s of %s", name, kind)
                .isCloseTo(value, PRINTED));
    assertThat(fit.limits()).isEmpty();
  }

  @Test
  void theSampleIsTheOneOfThePapers() {
    assertThat(customers.rows()).isEqualTo(2357);
  }

  /** Fader, Hardie, Lee (2005), table 2. */
  @Test
  void bgNbd() {
    isPublished(BgNbd.KIND, -9582.43, Map.of("r", 0.243, "alpha", 4.414, "a", 0.793, "b", 2.426));
    assertThat(fits.identified(BgNbd.KIND)).isTrue();
    PurchaseModel model = fits.purchases(BgNbd.KIND).model();
    // The customer of the Excel note.
    assertThat(model.pAlive(2, 30.43, 38.86) * model.expectedWhileAlive(2, 38.86, 39))
        .isCloseTo(1.226, within(5e-4));
  }

  /** Fader, Hardie, Lee (2005), table 2; beta by the likelihood: its standard error is 6. */
  @Test
  void paretoNbd() {
    isPublished(
        ParetoNbd.KIND, -9594.98, Map.of("r", 0.553, "alpha", 10.578, "s", 0.606, "beta", 11.669));
    double beta = requireNonNull(fits.purchases(ParetoNbd.KIND).deviations().get("beta"));
    assertThat(11.669 * beta).isCloseTo(6, within(0.5));
  }

  /** Batislam, Denizel, Filiztekin (2007). */
  @Test
  void mbgNbd() {
    isPublished(MbgNbd.KIND, -9582.14, Map.of("r", 0.525, "alpha", 6.183, "a", 0.891, "b", 1.614));
  }

  @Test
  void nbd() {
    assertThat(fits.purchases(Nbd.KIND).logLikelihood()).isCloseTo(-9763.7, within(0.05));
    isPublished(
        Nbd.KIND, fits.purchases(Nbd.KIND).logLikelihood(), Map.of("r", 0.385, "alpha", 12.072));
  }

  /** Fader, Hardie (2013): 946 customers with a repeat purchase. */
  @Test
  void gammaGamma() {
    GammaGamma money = (GammaGamma) requireNonNull(fits.amounts(GammaGamma.KIND).model());

    assertThat(money.p()).isCloseTo(6.25, PRINTED);
    assertThat(money.q()).isCloseTo(3.74, PRINTED);
    assertThat(money.gamma()).isCloseTo(15.44, PRINTED);
  }

  /** Nine in ten of the intervals of spend over the 39 weeks that followed should hold. */
  @Test
  void theIntervalsOfEveryModelHoldWhatCustomersSpent() {
    for (String purchases : PurchaseModels.KINDS) {
      for (String amounts : MoneyModels.KINDS) {
        LifetimeModel model = fits.of(purchases, amounts).model();
        Frame forecasts = new LifetimeForecast(model, 273, 0, 42).of(customers);
        int covered = 0;
        for (int row = 0; row < customers.rows(); row++) {
          double spent = customers.doubles("actual_spend").get(row);
          if (spent >= forecasts.doubles("cltv_low").get(row)
              && spent <= forecasts.doubles("cltv_high").get(row)) {
            covered++;
          }
        }
        assertThat(covered / (double) customers.rows())
            .as("%s with %s", purchases, amounts)
            .isBetween(0.88, 0.96);
      }
    }
  }
}
