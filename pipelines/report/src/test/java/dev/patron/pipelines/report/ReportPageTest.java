package dev.patron.pipelines.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.FrameBuilder;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.slices.Slices;
import dev.patron.features.tables.Tables;
import dev.patron.pipelines.report.ReportData.ModelFacts;
import dev.patron.pipelines.report.ReportData.RfmCell;
import dev.patron.pipelines.report.ReportData.Shop;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/**
 * One file that needs nothing else, says nothing personal and cannot be made to run a stranger's
 * script.
 */
final class ReportPageTest {
  private static final Pattern SCRIPT =
      Pattern.compile("<script([^>]*)>(.*?)</script", Pattern.DOTALL | Pattern.CASE_INSENSITIVE);
  private static final Pattern URL = Pattern.compile("https?://[^\\s\"'<>)]*");

  /** Names of licences and of XML namespaces; nothing is fetched from them. */
  private static final Set<String> KNOWN_URLS =
      Set.of(
          "http://www.apache.org/licenses/LICENSE-2.0",
          "http://www.w3.org/1999/xlink",
          "http://www.w3.org/2000/svg",
          "http://www.w3.org/2000/xmlns/",
          "http://www.w3.org/XML/1998/namespace",
          "https://github.com/ecomfe/zrender/blob/master/LICENSE.txt");

  private static final String BOOKSTORE =
      ReportPage.render(SampleReports.bookstore(Locale.US, "EUR"));
  private static final String HOSTILE = ReportPage.render(SampleReports.hostile());

  @Test
  void isOneFileOfAtMostThreeMegabytes() {
    assertThat(BOOKSTORE).startsWith("<!DOCTYPE html>").endsWith("</html>\n");
    assertThat(BOOKSTORE.getBytes(StandardCharsets.UTF_8).length)
        .isLessThanOrEqualTo(ReportPage.MAX_BYTES);
  }

  @Test
  void namesNoAddressButThoseOfLicencesAndNamespaces() {
    Set<String> addresses = new TreeSet<>();
    Matcher matcher = URL.matcher(BOOKSTORE);
    while (matcher.find()) {
      addresses.add(matcher.group());
    }
    assertThat(KNOWN_URLS).containsAll(addresses);
  }

  @Test
  void refersToNothingOutsideItself() {
    String markup = SCRIPT.matcher(BOOKSTORE).replaceAll("");
    assertThat(markup)
        .doesNotContainPattern("\\ssrc\\s*=")
        .doesNotContainPattern("href\\s*=\\s*\"(?!#|data:,)")
        .doesNotContain("url(")
        .doesNotContain("@import")
        .contains("default-src 'none'");
  }

  @Test
  void allowsItsTwoScriptsByDigestAndNoOthers() throws Exception {
    List<String> digests = new ArrayList<>();
    int documents = 0;
    Matcher scripts = SCRIPT.matcher(BOOKSTORE);
    while (scripts.find()) {
      if (scripts.group(1).contains("type=")) {
        documents++;
      } else {
        byte[] hash =
            MessageDigest.getInstance("SHA-256")
                .digest(scripts.group(2).getBytes(StandardCharsets.UTF_8));
        digests.add("'sha256-" + Base64.getEncoder().encodeToString(hash) + "'");
      }
    }
    assertThat(documents).as("the numbers and the customers").isEqualTo(2);
    assertThat(digests).hasSize(2);
    assertThat(BOOKSTORE).contains("script-src " + String.join(" ", digests) + ";");
  }

  @Test
  void carriesTheLicenceOfTheChartLibrary() {
    assertThat(BOOKSTORE)
        .contains("Apache ECharts 5.5.0", "Apache License, Version 2.0", "BSD 3-Clause License")
        .contains("version=\"5.5.0\"");
  }

  @Test
  void keepsHostileNamesTextEverywhere() {
    assertThat(scriptElements(HOSTILE)).isEqualTo(scriptElements(BOOKSTORE));
    assertThat(HOSTILE)
        .doesNotContain("<script>alert", "<img src=x", "<b>shop</b>", "\u2028", "\u2029")
        .contains("<title>&lt;b&gt;shop&lt;/b&gt; {{data}}: customer segments")
        .contains("\\u003C/script\\u003E\\u003Cimg src=x onerror=alert(1)\\u003E")
        .contains("\\u0026amp;\\u2028\\u2029");
  }

  @Test
  void fillsNoPlaceFromAName() {
    // The dataset is called "{{data}}" and a segment "{{script}}": both must stay what they are.
    assertThat(HOSTILE.split("\"shop\":\\{", -1)).hasSize(2);
    assertThat(HOSTILE).contains("{{script}}{name|x}");
    assertThat(HOSTILE.split("function fillPage\\(\\)", -1)).hasSize(2);
  }

  @Test
  void writesNothingAsMarkupFromItsScript() {
    String script = BOOKSTORE.substring(BOOKSTORE.lastIndexOf("<script>"));
    assertThat(script)
        .doesNotContain("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(");
  }

  @Test
  void isEqualForEqualReportsWhateverTheirOrder() {
    ReportData data = SampleReports.bookstore(Locale.US, "EUR");
    ReportData.Sliced slices = Objects.requireNonNull(data.slices());
    List<RfmCell> cells = new ArrayList<>(data.rfm());
    Collections.reverse(cells);
    List<ReportData.TableQuality> quality = new ArrayList<>(data.quality());
    Collections.reverse(quality);
    ReportData shuffled =
        new ReportData(
            data.shop(),
            reversed(data.segmentSummary()),
            reversed(data.revenueByMonth()),
            reversed(data.cohortRetention()),
            reversed(data.segmentMigration()),
            cells,
            data.calibrations(),
            data.models(),
            quality,
            data.tableVersions(),
            reversed(data.headlines()),
            new ReportData.Sliced(reversed(slices.customers()), reversed(slices.purchases())),
            data.products(),
            data.customers(),
            data.backTest(),
            data.drift());
    assertThat(ReportPage.render(shuffled)).isEqualTo(BOOKSTORE);
  }

  @Test
  void drawsAnEmptyShop() {
    String page = ReportPage.render(SampleReports.empty());
    assertThat(scriptElements(page)).isEqualTo(4);
    assertThat(json(page))
        .contains("\"asOf\":null", "\"slices\":null", "\"calibrations\":[]", "\"rows\":[]");
  }

  @Test
  void leavesOutColumnsThatNobodyNamed() {
    Schema withMail = Tables.SEGMENT_SUMMARY.with("email", Type.STRING);
    List<Object> row = new ArrayList<>();
    row.addAll(List.of(0L, "Loyal", 1L, 1.0, 5.0, 1.0, 3.0, 1.0, 5.0, 0.5, 1.0, 1.0));
    row.add("ada@example.org");
    ReportData empty = SampleReports.empty();
    ReportData data =
        new ReportData(
            empty.shop(),
            Frame.ofRows(withMail, List.of(row)),
            empty.revenueByMonth(),
            empty.cohortRetention(),
            empty.segmentMigration(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            new TreeMap<>());
    assertThat(ReportPage.render(data)).contains("Loyal").doesNotContain("example.org", "email");
  }

  @Test
  void writesNumbersThatAreNotFiniteAsUnknown() {
    assertThat(json(BOOKSTORE))
        .contains("[null,\"mean\",\"naive\",\"spend\",false,")
        .doesNotContain("Infinity", "NaN");
  }

  @Test
  void packsCustomersByTheirIdAndWithoutWhatNobodyNamed() throws Exception {
    String customers = unpacked(BOOKSTORE);
    assertThat(customers)
        .contains("\"customer_id\":[\"0\",\"1\"", "\"reason_1_words\":[\"bought often of late\"]")
        .doesNotContain("example.org", "email");
    assertThat(BOOKSTORE).contains("data-listed=\"600\"");
  }

  @Test
  void listsNobodyWhoseIdIsAnAddressOrAName() {
    for (String id : List.of("ada@example.org", "Ada Lovelace")) {
      Frame one = SampleSlices.described(List.of("Loyal")).slice(0, 1);
      Frame named =
          one.with(
              "customer_id",
              Type.STRING,
              Frame.ofRows(Schema.of().with("id", Type.STRING), List.of(List.of(id))).column(0));
      String page = ReportPage.render(listing(new ReportData.Customers(1, named)));
      assertThat(page).contains("data-listed=\"0\"", "\"personal\":true").doesNotContain(id);
    }
  }

  @Test
  void listsAsManyOfTheMostValuableCustomersAsThereIsRoomFor() throws Exception {
    Schema schema = SampleSlices.described(List.of("Loyal")).schema();
    Random random = new Random(1);
    List<List<Object>> rows = new ArrayList<>();
    for (int i = 0; i < 45_000; i++) {
      List<Object> row = new ArrayList<>();
      row.add(new UUID(random.nextLong(), random.nextLong()).toString());
      row.addAll(List.of("Loyal", "DE", 1L, 1L, 1L, (long) random.nextInt(900), 1L));
      double value = 1000 * random.nextDouble();
      row.addAll(List.of(value * 3, random.nextDouble(), value, value / 3, value * 4, "", ""));
      rows.add(row);
    }
    Schema texts = Schema.of().with("customer_id", Type.STRING);
    for (Schema.Field field : schema.fields().subList(1, schema.size())) {
      texts = texts.with(field.name(), field.type());
    }
    Frame many = Frame.ofRows(texts, rows);
    String page = ReportPage.render(listing(new ReportData.Customers(45_000, many)));
    assertThat(page.length()).isBetween(2_800_000, ReportPage.MAX_BYTES);
    int listed = Integer.parseInt(page.replaceAll("(?s).*data-listed=\"(\\d+)\".*", "$1"));
    assertThat(listed).isBetween(10_000, 44_999);
    int[] byValue = many.order(List.of("cltv", "customer_id"));
    assertThat(unpacked(page))
        .contains(String.valueOf(many.value(byValue[44_999], "customer_id")))
        .doesNotContain(String.valueOf(many.value(byValue[0], "customer_id")));
  }

  private static ReportData listing(ReportData.Customers customers) {
    ReportData empty = SampleReports.empty();
    return new ReportData(
        empty.shop(),
        empty.segmentSummary(),
        empty.revenueByMonth(),
        empty.cohortRetention(),
        empty.segmentMigration(),
        empty.rfm(),
        empty.calibrations(),
        empty.models(),
        empty.quality(),
        empty.tableVersions(),
        empty.headlines(),
        null,
        List.of(),
        customers,
        empty.backTest(),
        empty.drift());
  }

  private static String unpacked(String page) throws IOException {
    Matcher packed = Pattern.compile("id=\"packed-customers\"[^>]*>([^<]*)<").matcher(page);
    assertThat(packed.find()).isTrue();
    byte[] bytes = Base64.getDecoder().decode(packed.group(1));
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void holdsSlicesThatAddUpToTheShop() {
    // Of the sample's 600 customers, each in one slice: every cube counts them all.
    String json = json(BOOKSTORE);
    Matcher counts =
        Pattern.compile("\"(cltv|monetary|rfm|alive|value)\":\\{.*?\"n\":\\[([\\d,]+)]")
            .matcher(json);
    int cubes = 0;
    while (counts.find()) {
      cubes++;
      assertThat(Arrays.stream(counts.group(2).split(",")).mapToInt(Integer::parseInt).sum())
          .as(counts.group(1))
          .isEqualTo(SampleSlices.CUSTOMERS);
    }
    assertThat(cubes).isEqualTo(5);
    assertThat(json).contains("\"countries\":[\"AT\",\"CZ\",\"DE\",\"Other\"]");
  }

  @Test
  void staysSmallHoweverLargeTheShop() {
    // 48 slices, and 6 of customers whose country is not known: no cell of any cube is empty.
    FrameBuilder customers = new FrameBuilder(Slices.customersSchema());
    FrameBuilder purchases = new FrameBuilder(Slices.purchasesSchema());
    for (int slice = 0; slice < 54; slice++) {
      String segment = "Segment " + slice % 6;
      String country = slice < 48 ? "C" + slice / 6 : null;
      for (long x = 0; x < 9; x++) {
        for (long y = 0; y < 8; y++) {
          customers.appendRow(
              Arrays.asList(segment, country, "alive", x, y, 31_234L, 0L, 20_123L << 20));
        }
      }
      for (long bin = 0; bin < 400; bin++) {
        customers.appendRow(
            Arrays.asList(segment, country, "value", bin, 0L, 12_345L, 0L, 123_456_789L << 19));
      }
      for (long cohort = 0; cohort < 60; cohort++) {
        for (long month = cohort; month < 60; month++) {
          long revenue = 123_456_789L << 18;
          purchases.appendRow(
              Arrays.asList(
                  segment,
                  country,
                  cohort,
                  month,
                  5_678L,
                  4_567L,
                  3_456L,
                  0L,
                  revenue,
                  0L,
                  revenue >> 4));
        }
      }
    }
    ReportData empty = SampleReports.empty();
    String page =
        ReportPage.render(
            new ReportData(
                empty.shop(),
                empty.segmentSummary(),
                empty.revenueByMonth(),
                empty.cohortRetention(),
                empty.segmentMigration(),
                empty.rfm(),
                empty.calibrations(),
                empty.models(),
                empty.quality(),
                empty.tableVersions(),
                empty.headlines(),
                new ReportData.Sliced(customers.build(), purchases.build()),
                List.of(),
                new ReportData.Customers(5_000_000, null),
                empty.backTest(),
                empty.drift()));
    assertThat(page.length()).isLessThan(2_700_000);
  }

  @Test
  void tellsWhetherTheLastMonthIsOver() {
    assertThat(jsonAsOf("2025-06-30T21:59:59.999999Z"))
        .contains("\"asOfDay\":\"2025-06-30\",\"monthComplete\":true");
    assertThat(jsonAsOf("2025-06-30T22:00:00Z"))
        .as("midnight ends the day before")
        .contains("\"asOfDay\":\"2025-06-30\",\"monthComplete\":true");
    assertThat(jsonAsOf("2025-06-30T21:00:00Z")).contains("\"asOfDay\":\"2025-06-30\"");
    assertThat(jsonAsOf("2025-06-29T21:59:59Z"))
        .contains("\"asOfDay\":\"2025-06-29\",\"monthComplete\":false");
  }

  @Test
  void tellsTheDayOfTheScoresBeforeInTheShopsZone() {
    assertThat(json(BOOKSTORE)).contains("\"migrationSince\":\"2025-03-31\"");
    assertThat(json(ReportPage.render(SampleReports.empty()))).contains("\"migrationSince\":null");
  }

  @Test
  void keepsTheNewestCohortsAndMonthsOfALongHistory() {
    List<List<Object>> cohorts = new ArrayList<>();
    List<List<Object>> months = new ArrayList<>();
    LocalDate first = LocalDate.of(1990, 1, 1);
    int all = 400;
    for (int cohort = 0; cohort < all; cohort++) {
      months.add(List.of(first.plusMonths(cohort), 1L, 1L, 0L, 1.0, 0.0));
      for (int since = 0; since < all - cohort; since++) {
        cohorts.add(List.of(first.plusMonths(cohort), (long) since, 9L, 1L, 1 / 9.0, 1.0));
      }
    }
    ReportData empty = SampleReports.empty();
    String page =
        ReportPage.render(
            new ReportData(
                empty.shop(),
                empty.segmentSummary(),
                Frame.ofRows(Tables.REVENUE_BY_MONTH, months),
                Frame.ofRows(Tables.COHORT_RETENTION, cohorts),
                empty.segmentMigration(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                new TreeMap<>()));
    assertThat(json(page))
        .contains("\"cohortsOmitted\":" + (all - ReportJson.COHORTS))
        .contains(first.plusMonths(all - ReportJson.COHORTS).toString())
        .contains(first.plusMonths(all - ReportJson.MONTHS).toString())
        .doesNotContain(first.plusMonths(all - ReportJson.MONTHS - 1).toString());
  }

  @Test
  void refusesTablesThatAreNotSmall() {
    ReportData empty = SampleReports.empty();
    ReportData large =
        new ReportData(
            empty.shop(),
            empty.segmentSummary(),
            empty.revenueByMonth(),
            empty.cohortRetention(),
            empty.segmentMigration(),
            List.of(),
            List.of(),
            List.of(new ModelFacts("cltv", "1", "x".repeat(ReportPage.MAX_BYTES), List.of())),
            List.of(),
            new TreeMap<>());
    assertThatThrownBy(() -> ReportPage.render(large))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at most 3000000 are allowed");
  }

  @Test
  void refusesWhatCannotBeDrawn() {
    assertThatThrownBy(() -> new RfmCell(0, 3, "Lost", 1, 1))
        .hasMessage("RFM cell R 0, FM 3: scores are 1 to 5");
    assertThatThrownBy(() -> new Shop("x", "euro", Locale.US, ZoneId.of("UTC"), null, 365))
        .hasMessageStartingWith("currency 'euro'");
    assertThatThrownBy(() -> new Shop("x", "", Locale.US, ZoneId.of("UTC"), null, 0))
        .hasMessage("horizonDays 0: at least 1");
  }

  private static String jsonAsOf(String asOf) {
    Shop shop =
        new Shop("x", "EUR", Locale.US, ZoneId.of("Europe/Berlin"), Instant.parse(asOf), 365);
    return ReportJson.write(ReportData.empty(shop));
  }

  private static String json(String page) {
    String start = "id=\"data\">";
    int from = page.indexOf(start) + start.length();
    return page.substring(from, page.indexOf("</script", from));
  }

  private static int scriptElements(String page) {
    Matcher scripts = SCRIPT.matcher(page);
    int count = 0;
    while (scripts.find()) {
      count++;
    }
    return count;
  }

  private static Frame reversed(Frame frame) {
    int[] order = new int[frame.rows()];
    for (int i = 0; i < order.length; i++) {
      order[i] = order.length - 1 - i;
    }
    return frame.take(order);
  }
}
