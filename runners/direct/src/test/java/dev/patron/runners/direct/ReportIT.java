package dev.patron.runners.direct;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.rfm.Measure;
import dev.patron.pipelines.Command;
import dev.patron.pipelines.Patron;
import dev.patron.pipelines.console.Console;
import dev.patron.pipelines.query.QueryCommands;
import dev.patron.pipelines.query.SqlOptions;
import dev.patron.transforms.lake.LakeTable;
import dev.patron.transforms.lake.TableScan;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/**
 * The report in a real browser: of the bundled bookstore, seen at two times, and of shops that have
 * next to nothing. What it shows is held against the tables, read without it.
 */
class ReportIT {
  private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
  private static final Path PICTURES = Path.of("target", "report-pictures");
  private static final int DESK = 1280;
  private static final int PHONE = 390;

  /** What a page says that was not told a number. */
  private static final Pattern NONSENSE =
      Pattern.compile("NaN|undefined|Infinity|\\bnull\\b|\\[object");

  @TempDir private static Path folder;
  private static Path warehouse = Path.of("");
  private static Path page = Path.of("");
  private static Chromium chromium;

  @BeforeAll
  static void runTheBookstoreTwice() throws IOException {
    Assumptions.assumeTrue(
        Chromium.isInstalled(),
        "no Chromium: the report is not looked at; apt-get install chromium chromium-driver");
    warehouse = folder.resolve("bookstore");
    String dataset = "--dataset=" + ROOT.resolve("testdata/bookstore/dataset.yaml");
    String into = "--warehouse=" + warehouse;
    Patron.main(new String[] {"run", dataset, into, "--asOf=2024-09-30"});
    Patron.main(new String[] {"features", dataset, into});
    Patron.main(new String[] {"score", dataset, into});
    Patron.main(new String[] {"publish", dataset, into});
    page = warehouse.resolve("report/index.html");
    Files.createDirectories(PICTURES);
    chromium = Chromium.start(folder.resolve("profile"));
  }

  @AfterAll
  static void leaveTheBrowser() {
    if (chromium != null) {
      chromium.close();
    }
  }

  @BeforeEach
  void openThePage() {
    chromium.console();
    chromium.requests();
    chromium.open(page, DESK);
  }

  /** Whatever a test does: the page complains of nothing and asks nobody for anything. */
  @AfterEach
  void theConsoleIsEmptyAndNothingWasRequested() {
    assertThat(chromium.console()).isEmpty();
    assertThat(chromium.requests())
        .isNotEmpty()
        .allMatch(address -> address.startsWith("file:///") || address.startsWith("data:"));
  }

  private static Frame table(String name, List<String> columns) {
    return TableScan.of(LakeTable.at(warehouse.toString(), name).snapshot(), columns).all();
  }

  private static Frame table(String name) {
    Schema schema = LakeTable.at(warehouse.toString(), name).snapshot().schema();
    return table(name, schema.names());
  }

  private static double sum(Frame frame, String column, IntPredicate rows) {
    double[] values = Measure.values(frame, column);
    double sum = 0;
    for (int row = 0; row < values.length; row++) {
      sum += rows.test(row) && !Double.isNaN(values[row]) ? values[row] : 0;
    }
    return sum;
  }

  /** The values of the series of the chart in a section. */
  private static List<Double> drawn(String section, int series) {
    return chromium.numbers(
        """
        const box = document.querySelector('#' + arguments[0] + ' .chart');
        return echarts.getInstanceByDom(box).getOption().series[arguments[1]].data
          .map((point) => (Array.isArray(point.value ?? point) ? (point.value ?? point)[2] : (point.value ?? point)));
        """,
        section,
        series);
  }

  private static String finding(String section) {
    return chromium.text(
        "return document.querySelector('#' + arguments[0] + ' .finding').textContent", section);
  }

  /** The cells of a column of the first table in a section, as they stand there. */
  private static List<String> column(String section, String title) {
    return chromium.texts(
        """
        const table = document.querySelector('#' + arguments[0] + ' table');
        const at = [...table.querySelectorAll('thead th')].findIndex((head) => head.textContent === arguments[1]);
        return [...table.querySelectorAll('tbody tr')].map((row) => row.children[at].textContent);
        """,
        section,
        title);
  }

  private static long count(String shown) {
    return Long.parseLong(shown.replace(",", ""));
  }

  private static void choose(String box, String value) {
    chromium.ask(
        """
        const box = document.getElementById(arguments[0]);
        box.value = arguments[1];
        box.dispatchEvent(new Event('change'));
        """,
        box,
        value);
  }

  @Test
  void everyChartIsDrawnUnderItsQuestionAndHasItsTable() {
    List<String> sections =
        chromium.texts(
            "return [...document.querySelectorAll('main > section[data-name]')].map((s) => s.id)");
    assertThat(sections)
        .contains(
            "segments",
            "moves",
            "rfm",
            "alive",
            "value",
            "concentration",
            "revenue",
            "cohorts",
            "calibration",
            "drift",
            "backtest",
            "catalogue",
            "customers",
            "about");
    assertThat(
            chromium.texts(
                """
                return [...document.querySelectorAll('.chart')].filter((box) =>
                  box.querySelectorAll('svg path').length < 4 || !box.getAttribute('aria-label')
                  || !box.closest('section').querySelector('table')).map((box) => box.ariaLabel)
                """))
        .as("charts without marks, a label or a table")
        .isEmpty();
    assertThat(
            chromium.texts(
                """
                return [...document.querySelectorAll('main > section[data-name]')]
                  .filter((section) => section.querySelector('.chart'))
                  .filter((section) => !section.querySelector('h2').textContent.endsWith('?')
                    || !/\\d/.test(section.querySelector('.finding').textContent)).map((section) => section.id)
                """))
        .as("sections without a question or a number")
        .isEmpty();
    assertThat(chromium.text("return document.body.innerText")).doesNotContainPattern(NONSENSE);
  }

  @Test
  void chartsAndTablesShowWhatTheGoldTablesHold() {
    Frame segments = table("gold/segment_summary").sort(List.of("segment_id"));
    assertThat(column("segments", "Customers").stream().map(ReportIT::count))
        .containsExactlyElementsOf(longs(segments, "customers"));
    assertThat(drawn("segments", 0).stream().mapToDouble(v -> v).sum())
        .isEqualTo(sum(segments, "customers", row -> true));

    Frame months = table("gold/revenue_by_month").sort(List.of("month"));
    List<Double> revenue = drawn("revenue", 0);
    assertThat(revenue).hasSize(months.rows());
    for (int row = 0; row < months.rows(); row++) {
      assertThat(revenue.get(row)).isCloseTo(months.doubles("revenue").get(row), within(0.005));
    }

    Frame cohorts = table("gold/cohort_retention").sort(List.of("cohort_month", "months_since"));
    double came = sum(cohorts, "customers", row -> cohorts.longs("months_since").get(row) > 0);
    assertThat(column("cohorts", "Came back").stream().mapToDouble(ReportIT::count).sum())
        .isEqualTo(came);

    Frame moves = table("gold/segment_migration");
    assertThat(moves.rows()).isPositive();
    assertThat(column("moves", "Customers").stream().mapToLong(ReportIT::count).sum())
        .isEqualTo((long) sum(moves, "customers", row -> true));

    Frame features = table("gold/customer_features", List.of("r_score", "monetary"));
    assertThat(column("rfm", "Customers").stream().mapToLong(ReportIT::count).sum())
        .isEqualTo(features.rows());
    Frame scores = table("gold/customer_scores", List.of("p_alive", "cltv"));
    double alive = sum(scores, "p_alive", row -> true) / scores.rows();
    assertThat(finding("alive")).startsWith(Math.round(alive * 100) + "% of customers");
    assertThat(
            chromium.text(
                "return viewOf(report, { segment: null, country: null }).value.total.toFixed(0)"))
        .isEqualTo(Long.toString(Math.round(sum(scores, "cltv", row -> true))));
    double[] values = Measure.values(scores, "cltv");
    Arrays.sort(values);
    int tenth = values.length / 10;
    double best = 0;
    for (int i = values.length - tenth; i < values.length; i++) {
      best += values[i];
    }
    double held = best / sum(scores, "cltv", row -> true);
    assertThat(
            Double.parseDouble(
                chromium.text(
                    "return viewOf(report, { segment: null, country: null }).value.topDecileShare")))
        .isCloseTo(held, within(0.005));

    Frame books = table("silver/books", List.of("book_id", "price", "valid_from"));
    String best10 = chromium.text("return report.products.map((product) => product.id).join(',')");
    long versions = 0;
    for (String id : List.of(best10.split(",", -1))) {
      for (int row = 0; row < books.rows(); row++) {
        versions += String.valueOf(books.value(row, "book_id")).equals(id) ? 1 : 0;
      }
    }
    assertThat(column("catalogue", "Price")).hasSize((int) versions);
  }

  private static List<Long> longs(Frame frame, String column) {
    List<Long> values = new ArrayList<>();
    for (int row = 0; row < frame.rows(); row++) {
      values.add(frame.longs(column).get(row));
    }
    return values;
  }

  @SuppressWarnings("unchecked") // the room has one command, and these are its options
  private static String sql(String question) throws Exception {
    Command<SqlOptions> command = (Command<SqlOptions>) new QueryCommands().commands().get(0);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Console console =
        new Console(
            new PrintStream(out, false, UTF_8),
            new PrintStream(OutputStream.nullOutputStream(), false, UTF_8),
            false);
    SqlOptions options =
        PipelineOptionsFactory.fromArgs("--warehouse=" + warehouse, "--format=csv")
            .as(SqlOptions.class);
    options.setQuery(question);
    command.action().run(options, console);
    return out.toString(UTF_8).lines().skip(1).findFirst().orElse("nothing");
  }

  /** A value of a table as the page writes it. */
  private static String written(ShopQuestions.Kind kind, String value) {
    return switch (kind) {
      case COUNT -> String.format("%,d", Math.round(Double.parseDouble(value)));
      case MONEY ->
          Double.parseDouble(value) < 1000
              ? String.format("€%,.2f", Double.parseDouble(value))
              : String.format("€%,.0f", Double.parseDouble(value));
      case WHOLE_MONEY -> String.format("€%,.0f", Double.parseDouble(value));
      case SHARE -> String.format("%.0f%%", 100 * Double.parseDouble(value));
      case TEXT -> value;
    };
  }

  @Test
  void twentyQuestionsAreAnsweredFromThePageAlone() throws Exception {
    StringBuilder listed = new StringBuilder();
    for (int i = 0; i < ShopQuestions.ALL.size(); i++) {
      ShopQuestions.Question question = ShopQuestions.ALL.get(i);
      listed.append("%d. %s *%s*%n".formatted(i + 1, question.asked(), question.place()));
      assertThat(chromium.text(question.script()))
          .as(question.asked())
          .containsPattern(
              "(?<![\\d,.])"
                  + Pattern.quote(written(question.kind(), sql(question.sql())))
                  + "(?![\\d,]*\\d)");
    }
    assertThat(ShopQuestions.ALL).hasSize(20);
    assertThat(ROOT.resolve("pipelines/report/README.md")).content().contains(listed);
  }

  @Test
  void theBackTestTellsHowManyLayWithinTheInterval() throws Exception {
    String covered = sql("select coverage from ops.backtest where chosen and coverage is not null");
    assertThat(chromium.text("return document.querySelector('#backtest').innerText"))
        .contains("for %.1f%% of customers".formatted(100 * Double.parseDouble(covered)));
  }

  /** Each customer's segment and country, read from the tables that the page was made of. */
  private static Map<String, List<Long>> customersBy(boolean country) {
    Map<Long, String> countries = new TreeMap<>();
    Frame homes = table("silver/customers", List.of("customer_id", "country_code"));
    for (int row = 0; row < homes.rows(); row++) {
      if (!homes.column("country_code").isNull(row)) {
        countries.put(homes.longs("customer_id").get(row), homes.bytes("country_code").text(row));
      }
    }
    Map<String, List<Long>> found = new TreeMap<>();
    Frame scores = table("gold/customer_scores", List.of("customer_id", "segment"));
    for (int row = 0; row < scores.rows(); row++) {
      long id = scores.longs("customer_id").get(row);
      String segment = scores.bytes("segment").text(row);
      String key = country ? segment + " in " + countries.getOrDefault(id, "Unknown") : segment;
      found.computeIfAbsent(key, any -> new ArrayList<>()).add(id);
    }
    return found;
  }

  @Test
  void aChoiceOfSegmentAndCountryActsOnAllThatItCanActOn() {
    String before = chromium.text("return document.querySelector('main').innerText");
    Map<String, List<Long>> customers = customersBy(true);
    String largest =
        chromium.text("return document.querySelector('#filter-country').options[1].value");
    String segment =
        chromium.text("return document.querySelector('#filter-segment').options[1].value");
    List<Long> members = customers.getOrDefault(segment + " in " + largest, List.of());
    assertThat(members).isNotEmpty();

    choose("filter-segment", segment);
    choose("filter-country", largest);
    assertThat(chromium.text("return document.querySelector('#headline .figure').textContent"))
        .isEqualTo(String.format("%,d", members.size()));
    Frame purchases =
        table("silver/purchases", List.of("customer_id", "amount", "returned", "lines"));
    IntPredicate theirs =
        row ->
            !purchases.column("customer_id").isNull(row)
                && members.contains(purchases.longs("customer_id").get(row));
    assertThat(drawn("revenue", 0).stream().mapToDouble(v -> v).sum())
        .isCloseTo(sum(purchases, "amount", theirs), within(0.05));
    Frame scores = table("gold/customer_scores", List.of("customer_id", "cltv"));
    double value =
        sum(scores, "cltv", row -> members.contains(scores.longs("customer_id").get(row)));
    assertThat(chromium.numbers("return [viewOf(report, choice).value.total]").get(0))
        .isCloseTo(value, within(0.05));
    assertThat(column("rfm", "Customers").stream().mapToLong(ReportIT::count).sum())
        .isEqualTo(members.size());
    assertThat(chromium.text("return document.getElementById('filters').textContent"))
        .contains(members.size() + " of ");
    assertThat(chromium.text("return document.body.innerText")).doesNotContainPattern(NONSENSE);

    chromium.ask("document.querySelector('#filters button').click()");
    assertThat(chromium.text("return document.querySelector('main').innerText")).isEqualTo(before);
  }

  @Test
  void countriesAndSegmentsAddUpToTheShop() {
    long all = customersBy(false).values().stream().mapToLong(List::size).sum();
    for (String box : List.of("filter-segment", "filter-country")) {
      List<String> values =
          chromium.texts(
              "return [...document.getElementById(arguments[0]).options].slice(1).map((option) => option.value)",
              box);
      assertThat(values).hasSizeGreaterThan(2);
      long sum = 0;
      for (String value : values) {
        choose(box, value);
        sum +=
            count(chromium.text("return document.querySelector('#headline .figure').textContent"));
        assertThat(chromium.text("return document.querySelector('main').innerText"))
            .as(value)
            .doesNotContainPattern(NONSENSE);
      }
      choose(box, "");
      assertThat(sum).isEqualTo(all);
    }
  }

  @Test
  void everybodyCanReadAndUseIt() throws IOException {
    chromium.ask(
        "document.querySelectorAll('details').forEach((details) => { details.open = true; })");
    assertThat(chromium.faults()).as("light, all tables open").isEmpty();
    chromium.ask("document.querySelector('header button').click()");
    assertThat(chromium.text("return getComputedStyle(document.body).backgroundColor"))
        .as("dark")
        .isEqualTo("rgb(18, 21, 26)");
    assertThat(chromium.faults()).as("dark").isEmpty();
    choose("filter-segment", chromium.text("return report.segments[0].segment"));
    assertThat(chromium.faults()).as("dark, one segment").isEmpty();
    chromium.open(page, PHONE);
    assertThat(chromium.faults()).as("on a phone").isEmpty();
  }

  @Test
  void keysAloneAreEnough() {
    chromium.type(Keys.TAB);
    assertThat(chromium.text("return document.activeElement.className")).isEqualTo("skip");
    chromium.type(Keys.ENTER);
    assertThat(chromium.text("return document.activeElement.id")).isEqualTo("content");
    chromium.type(Keys.TAB);
    assertThat(chromium.text("return document.activeElement.textContent"))
        .isEqualTo("By customers");
    chromium.type(Keys.TAB);
    chromium.type(Keys.ENTER);
    assertThat(drawn("segments", 0).stream().mapToDouble(v -> v).sum())
        .as("the treemap by revenue")
        .isCloseTo(sum(table("gold/segment_summary"), "revenue", row -> true), within(0.01));
    chromium.ask("document.getElementById('filter-segment').focus()");
    chromium.type(Keys.ARROW_DOWN);
    assertThat(chromium.text("return String(choice.segment)")).isNotEqualTo("null");
    assertThat(chromium.text("return document.activeElement.id")).isEqualTo("filter-segment");
  }

  @Test
  void aCustomerIsFoundByIdAlone() throws InterruptedException {
    Frame scores = table("gold/customer_scores", List.of("customer_id", "segment", "cltv"));
    int row = scores.rows() / 2;
    chromium.ask("document.getElementById('customer-id').focus()");
    chromium.type(Long.toString(scores.longs("customer_id").get(row)), Keys.ENTER);
    String card = awaited("#customers .card");
    assertThat(card)
        .contains(
            "Customer " + scores.longs("customer_id").get(row),
            scores.bytes("segment").text(row),
            String.format("€%,.2f", scores.doubles("cltv").get(row)));
    chromium.ask("document.getElementById('customer-id').value = 'nobody'");
    chromium.type(Keys.ENTER);
    assertThat(awaited("#customers .answer > p")).startsWith("There is no customer");
  }

  private static String awaited(String selector) throws InterruptedException {
    for (int i = 0; i < 200; i++) {
      String text =
          chromium.text("return document.querySelector(arguments[0])?.innerText ?? ''", selector);
      if (!text.isEmpty()) {
        return text;
      }
      Thread.sleep(50);
    }
    throw new AssertionError(selector + " never came");
  }

  @Test
  void aTableCopiesAsCsvThatASpreadsheetTakesForNoFormula() {
    assertThat(
            chromium.text(
                "return csv([{ title: 'a', value: (row) => row }], ['=1', 'x,\"y\"', 3, null]).replaceAll('\\r\\n', '|')"))
        .isEqualTo("a|'=1|\"x,\"\"y\"\"\"|3||");
  }

  @Test
  void holdsNoNameAndNoAddress() throws IOException {
    String source = Files.readString(page);
    Matcher packed = Pattern.compile("id=\"packed-customers\"[^>]*>([^<]*)<").matcher(source);
    assertThat(packed.find()).isTrue();
    try (GZIPInputStream in =
        new GZIPInputStream(
            new ByteArrayInputStream(Base64.getDecoder().decode(packed.group(1))))) {
      source += new String(in.readAllBytes(), UTF_8);
    }
    Frame people = table("silver/customers", List.of("email", "first_name", "last_name", "street"));
    int step = 7; // a page that tells of some tells of these
    for (int row = 0; row < people.rows(); row += step) {
      for (String column : List.of("email", "street")) {
        Object value = people.value(row, column);
        assertThat(
                value == null || value.toString().isBlank() || !source.contains(value.toString()))
            .as("a customer's %s in the page", column)
            .isTrue();
      }
      assertThat(
              source.contains(
                  people.value(row, "first_name") + " " + people.value(row, "last_name")))
          .isFalse();
    }
  }

  @Test
  void readsOnAPhoneAndOnPaper() throws IOException {
    chromium.photograph(PICTURES.resolve("desk-light.png"), DESK, 0);
    chromium.ask("document.querySelector('header button').click()");
    chromium.photograph(PICTURES.resolve("desk-dark.png"), DESK, 0);
    chromium.open(page, PHONE);
    assertThat(chromium.ask("return document.documentElement.scrollWidth"))
        .as("nothing sticks out of a phone's screen")
        .isEqualTo((long) PHONE);
    chromium.photograph(PICTURES.resolve("phone.png"), PHONE, 0);
    chromium.open(page, DESK);
    chromium.print(PICTURES.resolve("paper.pdf"));
    assertThat(Files.size(PICTURES.resolve("paper.pdf"))).isGreaterThan(50_000);
    choose("filter-segment", chromium.text("return report.segments[0].segment"));
    chromium.photograph(PICTURES.resolve("one-segment.png"), DESK, 0);
  }

  /** The README's pictures, and what can be read in them. */
  private static final int PICTURE_HEIGHT = 1900;

  /** What stands in the page down to this many pixels, as lines. */
  private static String readable(int height) {
    return chromium.text(
            """
            return [...document.querySelectorAll('header > p, h2, .finding, .tiles > div, tr')]
              .filter((part) => part.getClientRects().length > 0
                && part.getBoundingClientRect().bottom + scrollY < arguments[0])
              .map((part) => part.innerText.replace(/\\s+/g, ' ').trim()).join('\\n')
            """,
            height)
        + "\n";
  }

  @Test
  void thePicturesOfTheReadmeAreCurrent() throws IOException {
    Path home = ROOT.resolve("pipelines/report");
    boolean write = Boolean.getBoolean("patron.pictures.write");
    Assumptions.assumeTrue(
        write || Files.exists(home.resolve("report.txt")),
        "the README has no pictures of this script yet: run ./pipelines/report/pictures");
    for (String name : List.of("report", "report-one-segment")) {
      chromium.open(page, DESK);
      if (name.equals("report-one-segment")) {
        chromium.ask("document.querySelector('header button').click()");
        choose("filter-segment", chromium.text("return report.segments[0].segment"));
      }
      String readable = readable(PICTURE_HEIGHT);
      if (write) {
        chromium.photograph(home.resolve(name + ".png"), DESK, PICTURE_HEIGHT);
        Files.writeString(home.resolve(name + ".txt"), readable);
      }
      assertThat(home.resolve(name + ".txt"))
          .as("what %s.png shows is no longer so: run ./pipelines/report/pictures", name)
          .content()
          .isEqualTo(readable);
    }
  }

  @Test
  void aShopWithNextToNothingGetsSentences() throws IOException {
    Map<String, String> shops =
        Map.of(
            "empty", "",
            "one", "a,2024-03-01,5.00\n",
            "one-that-returned", "a,2024-03-01,-5.00\n",
            "two", "a,2024-03-01,5.00\nb,2024-03-02,0.00\na,2024-03-09,7.50\n");
    for (Map.Entry<String, String> shop : shops.entrySet()) {
      Path home = Files.createDirectories(folder.resolve(shop.getKey()));
      Files.writeString(home.resolve("sales.csv"), "customer_id,date,amount\n" + shop.getValue());
      Files.writeString(
          home.resolve("shop.yaml"),
          """
          name: tiny
          tables:
            sales:
              keep: facts
              columns: { customer_id: string, date: date, amount: decimal(10,2) }
              from: { files: "sales.csv", format: csv }
          purchases:
            { table: sales, customer: customer_id, time: date, amount: amount }
          """);
      Patron.main(
          new String[] {
            "run",
            "--dataset=" + home.resolve("shop.yaml"),
            "--warehouse=" + home.resolve("warehouse")
          });
      chromium.open(home.resolve("warehouse/report/index.html"), DESK);
      String text = chromium.text("return document.body.innerText");
      assertThat(text).as(shop.getKey()).doesNotContainPattern(NONSENSE).hasSizeGreaterThan(200);
      assertThat(chromium.faults()).as(shop.getKey()).isEmpty();
      chromium.photograph(PICTURES.resolve("shop-" + shop.getKey() + ".png"), DESK, 0);
    }
  }
}
