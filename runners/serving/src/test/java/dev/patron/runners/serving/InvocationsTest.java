package dev.patron.runners.serving;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.patron.features.clv.RandomDraws;
import dev.patron.features.frame.DoubleColumn;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.frame.Values;
import dev.patron.features.models.CustomerScorer;
import dev.patron.features.models.ModelRegistry;
import dev.patron.features.models.ModelVersion;
import dev.patron.features.purchases.CustomerFeatures;
import dev.patron.features.tables.Tables;
import dev.patron.pipelines.stages.Models;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies in, answers out, without a connection. */
class InvocationsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  @TempDir static Path folder;
  private static ServedShop shop;
  private static Invocations invocations;

  @BeforeAll
  static void load() throws IOException {
    shop = ServedShop.write(folder);
    Champions champions = shop.champions();
    invocations = new Invocations(() -> champions, new Metrics());
  }

  private static JsonNode predictions(String type, String body) throws IOException {
    Answer answer = invocations.answer(type, body.getBytes(UTF_8));
    assertThat(answer.status()).as(new String(answer.body(), UTF_8)).isEqualTo(200);
    JsonNode root = JSON.readTree(answer.body());
    assertThat(root.size()).isEqualTo(1);
    return root.get("predictions");
  }

  private static String refused(String type, String body) throws IOException {
    Answer answer = invocations.answer(type, body.getBytes(UTF_8));
    assertThat(answer.status()).isEqualTo(400);
    JsonNode error = JSON.readTree(answer.body());
    assertThat(error.get("error_code").asText()).isEqualTo("BAD_REQUEST");
    return error.get("message").asText();
  }

  /** Equal in every column and row, doubles to the bit. */
  static void assertEqualToTheBit(JsonNode predictions, Frame scores) {
    assertThat(predictions).hasSize(scores.rows());
    for (int row = 0; row < scores.rows(); row++) {
      JsonNode prediction = predictions.get(row);
      assertThat(prediction.fieldNames())
          .toIterable()
          .containsExactlyElementsOf(scores.schema().names());
      for (String column : scores.schema().names()) {
        JsonNode value = prediction.get(column);
        if (scores.column(column).isNull(row)) {
          assertThat(value.isNull()).as(column).isTrue();
        } else if (scores.column(column) instanceof DoubleColumn doubles) {
          assertThat(Double.doubleToRawLongBits(value.doubleValue()))
              .as("%s of row %d", column, row)
              .isEqualTo(Double.doubleToRawLongBits(doubles.get(row)));
        } else {
          assertThat(value.asText()).isEqualTo(String.valueOf(scores.value(row, column)));
        }
      }
    }
  }

  @Test
  void everyFormGivesTheScoresOfTheBatchToTheBit() throws IOException {
    Frame features = shop.features();
    Frame scores = shop.scores();
    assertEqualToTheBit(
        predictions("application/json", Bodies.records("dataframe_records", features)), scores);
    assertEqualToTheBit(
        predictions("application/json", Bodies.records("instances", features)), scores);
    assertEqualToTheBit(
        predictions("application/json", Bodies.records("inputs", features)), scores);
    assertEqualToTheBit(predictions("application/json", Bodies.inputs(features)), scores);
    assertEqualToTheBit(predictions("application/json", Bodies.split(features)), scores);
    assertEqualToTheBit(predictions("text/csv", Bodies.csv(features)), scores);
  }

  @Test
  void aCustomerIsScoredByIdentityAlone() throws IOException {
    Frame scores = shop.scores();
    assertEqualToTheBit(
        predictions("application/json", Bodies.ids(300, 1, 17, 1)),
        scores.take(new int[] {299, 0, 16, 0}));
    assertEqualToTheBit(predictions("text/csv", "customer_id\n5\n6\n"), scores.slice(4, 6));
    assertEqualToTheBit(
        predictions("application/json", "{\"inputs\": {\"customer_id\": 9}}"), scores.slice(8, 9));
  }

  @Test
  void anUnknownCustomerHasNoScoresAndSpoilsNothing() throws IOException {
    JsonNode predictions = predictions("application/json", Bodies.ids(1, 999_999, 2));
    assertThat(predictions.get(0).get("segment").isTextual()).isTrue();
    assertThat(predictions.get(1).get("customer_id").longValue()).isEqualTo(999_999);
    predictions
        .get(1)
        .fields()
        .forEachRemaining(
            field ->
                assertThat(field.getValue().isNull())
                    .as(field.getKey())
                    .isEqualTo(!field.getKey().equals("customer_id")));
    assertThat(predictions.get(2).get("customer_id").longValue()).isEqualTo(2);
  }

  @Test
  void noRowsGiveNoPredictions() throws IOException {
    assertThat(predictions("application/json", "{\"instances\": []}")).isEmpty();
    assertThat(predictions("text/csv", "customer_id\n")).isEmpty();
    assertThat(predictions("application/json", "{\"instances\": [], \"params\": {}}")).isEmpty();
  }

  @Test
  void extraColumnsAreNotLookedAt() throws IOException {
    String body = "{\"instances\": [" + Bodies.GOOD.replace("}", ", \"favourite\": \"x\"}") + "]}";
    assertThat(predictions("application/json", body)).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"tenure_days\": 100 | \"tenure_days\": null | row 1, column 'tenure_days' is null where a"
            + " whole number is wanted",
        "\"tenure_days\": 100 | \"tenure_days\": 1.5 | row 1, column 'tenure_days' is 1.5 where a"
            + " whole number of at most 64 bits is wanted",
        "\"monetary\": 45.5 | \"monetary\": NaN | row 1, column 'monetary' is \"NaN\" where a number"
            + " is wanted",
        "\"monetary\": 45.5 | \"monetary\": \"45.5\" | row 1, column 'monetary' is \"45.5\" where a"
            + " number is wanted",
        "\"frequency\": 3 | \"Frequency\": 3 | column 'frequency' is missing; the models read",
        "\"repeat_mean_amount\": 15.25 | \"repeat_mean_amount\": null | row 1: repeat_mean_amount is"
            + " null where repeat_paid_days is 2; a positive amount is wanted",
      })
  void saysWhichRowAndColumn(String part, String instead, String message) throws IOException {
    String row = Bodies.GOOD.replace(part, instead);
    assertThat(row).isNotEqualTo(Bodies.GOOD);
    assertThat(refused("application/json", "{\"instances\": [" + row + "]}")).startsWith(message);
  }

  /** Each of these was scored as if a customer could be so. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "frequency | 0 | repeat_purchases is 2 where frequency is 0; at most 0 is wanted",
        "frequency | 2 | repeat_purchases is 2 where frequency is 2; at most 1 is wanted",
        "frequency | -3 | frequency is -3; at least 0 is wanted",
        "recency_days | -1 | recency_days is -1; at least 0 is wanted",
        "recency_days | 50 | recency_days is 50 where tenure_days is 100 and repeat_recency_days 90;"
            + " their difference, 10, is wanted",
        "repeat_purchases | 91 | repeat_purchases is 91 where",
        "paid_days | 4 | paid_days is 4 where repeat_purchases is 2; at most 3 is wanted",
        "purchase_days_28 | -1 | purchase_days_28 is -1; at least 0 is wanted",
        "purchase_days_28 | 3 | purchase_days_28 is 3 where purchase_days_91 is 2; at most 2 is wanted",
        "purchase_days_91 | 4 | purchase_days_91 is 4 where purchase_days_364 is 3; at most 3 is wanted",
        "purchase_days_364 | 4 | purchase_days_364 is 4 where repeat_purchases is 2; at most 3 is"
            + " wanted",
        "purchase_days_year_ago | 4 | purchase_days_year_ago is 4 where purchase_days_364 is 3",
        "gap_deviation_days | -0.5 | gap_deviation_days is -0.5; at least 0 is wanted",
        "monetary | 1e18 | monetary is 1.0E18; an amount within",
        "mean_amount | -1e300 | mean_amount is -1.0E300; an amount within",
        "last_day_amount | 1e19 | last_day_amount is 1.0E19; an amount within",
      })
  void refusesNumbersThatContradictOneAnother(String column, String value, String message)
      throws IOException {
    Invocations reader = reader(column.equals("paid_days") ? ALL_DAYS : TREES);
    String good = Bodies.WHOLE;
    String bad = good.replaceFirst("\"" + column + "\": [^,}]+", "\"" + column + "\": " + value);
    assertThat(bad).isNotEqualTo(good);
    String body = "{\"instances\": [" + good + ", " + bad + "]}";
    Answer answer = reader.answer("application/json", body.getBytes(UTF_8));
    assertThat(answer.status()).isEqualTo(400);
    assertThat(JSON.readTree(answer.body()).get("message").asText())
        .startsWith("row 2: " + message);
  }

  /** Hours, not calendar days, may lie between a client's orders. */
  @Test
  void takesADayMoreOrLess() throws IOException {
    for (int recency = 9; recency <= 11; recency++) {
      String body =
          "{\"instances\": ["
              + Bodies.GOOD.replace("_days\": 10,", "_days\": " + recency + ",")
              + "]}";
      assertThat(predictions("application/json", body)).hasSize(1);
    }
  }

  private static final String TREES = "schema-3-interval.json";
  private static final String SEASON = "schema-6-clock.json";
  private static final String ALL_DAYS = "schema-1-pareto-nbd.json";

  /** What answers by this document: with trees nearly every feature is read. */
  private static Invocations reader(String document) throws IOException {
    Path warehouse = folder.resolve(document);
    if (!Files.exists(warehouse)) {
      ServedShop.write(warehouse);
      ServedShop.register(
          warehouse, "lifetime", Files.readString(ServedShop.DOCUMENTS.resolve(document)));
    }
    Champions champions =
        Champions.load(
            warehouse.toString(),
            Champions.Moment.now(warehouse.toString()).orElseThrow(),
            shop.options(),
            null);
    return new Invocations(() -> champions, new Metrics());
  }

  /** A season is that of the window after the training; of other windows nothing is known of it. */
  @Test
  void aRowIsScoredAsOfItsOwnTime() throws IOException {
    Invocations reader = reader(SEASON);
    ModelRegistry registry = Models.of(folder.resolve(SEASON).toString());
    ModelVersion segments = Objects.requireNonNull(registry.champion("segments"));
    ModelVersion lifetime = Objects.requireNonNull(registry.champion("lifetime"));
    String[] times = {
      "2024-06-30T23:59:59.999999Z",
      "2024-07-20T12:00:00Z",
      "2024-07-20T12:00:00Z",
      "2025-06-30T23:59:59Z",
      "2024-06-01T00:00:00Z",
      "1970-01-01T00:00:00Z"
    };
    String rows =
        Arrays.stream(times)
            .map(time -> Bodies.WHOLE.replace("{", "{\"as_of\": \"" + time + "\", "))
            .collect(Collectors.joining(", ", "{\"instances\": [", "]}"));
    Frame sent =
        new FeatureRows(Type.LONG, segments.document().inputs(), lifetime.document().inputs())
            .of(SentRows.ofJson(rows.getBytes(UTF_8)));
    List<Frame> scores = new ArrayList<>();
    for (int row = 0; row < times.length; row++) {
      scores.add(
          new CustomerScorer(segments, lifetime, Instant.parse(times[row]), 365, 0.01, 42)
              .score(sent.slice(row, row + 1)));
    }
    Answer answer = reader.answer("application/json", rows.getBytes(UTF_8));
    assertEqualToTheBit(
        JSON.readTree(answer.body()).get("predictions"),
        Frame.concat(scores.get(0).schema(), scores));
    assertThat(scores.get(0).value(0, "cltv")).isNotEqualTo(scores.get(3).value(0, "cltv"));
    assertThat(scores.get(0).value(0, "cltv")).isNotEqualTo(scores.get(1).value(0, "cltv"));

    String alone = "{\"instances\": [" + Bodies.WHOLE + "]}";
    assertThat(
            JSON.readTree(reader.answer("application/json", alone.getBytes(UTF_8)).body())
                .at("/predictions/0/cltv")
                .doubleValue())
        .as("the shop's own time is half a year after the training")
        .isEqualTo((Double) scores.get(3).value(0, "cltv"));
  }

  private static final Schema PURCHASES =
      Tables.purchases(Type.LONG, Type.LONG, new Type.Decimal(18, 2));

  private static final List<String> ZONES =
      List.of("UTC", "Europe/Berlin", "America/St_Johns", "Pacific/Apia");

  /** No row that gold/customer_features can hold may be taken for a contradiction. */
  @Test
  void everyRowOfFeaturesIsTaken() throws IOException {
    List<String> columns = new ArrayList<>();
    JSON.readTree(Bodies.WHOLE).fieldNames().forEachRemaining(columns::add);
    List<Invocations> readers = List.of(reader(TREES), reader(ALL_DAYS));
    int rows = 0;
    for (long seed = 1; seed <= 60; seed++) {
      RandomDraws random = new RandomDraws(seed);
      Instant asOf = Instant.parse("2024-03-31T00:59:59Z").plusSeconds(random.integer(86_400));
      Frame features =
          new CustomerFeatures(
                  ZoneId.of(ZONES.get(random.integer(ZONES.size()))), Values.micros(asOf))
              .of(Frame.ofRows(PURCHASES, purchases(random, asOf)));
      rows += features.rows();
      for (Invocations reader : readers) {
        Answer answer =
            reader.answer(
                "application/json", Bodies.records("instances", features, columns).getBytes(UTF_8));
        assertThat(answer.status())
            .as("seed %d: %s", seed, new String(answer.body(), UTF_8))
            .isEqualTo(200);
      }
    }
    assertThat(rows).isGreaterThan(1_000);
  }

  /** Orders close together and far apart, in the future, of nothing, of very much, and returned. */
  private static List<List<?>> purchases(RandomDraws random, Instant asOf) {
    long[] reaches = {3_600, 86_400, 20 * 86_400L, 364 * 86_400L, 1_500 * 86_400L};
    String[] amounts = {"0.00", "0.01", "19.99", "-5.00", "999999999999.99"};
    List<List<?>> purchases = new ArrayList<>();
    for (long customer = 1; customer <= 25; customer++) {
      long reach = reaches[random.integer(reaches.length)];
      for (int order = 1 + random.integer(30); order > 0; order--) {
        long ago = (long) (random.uniform() * reach) - random.integer(10) * reach / 100;
        BigDecimal amount = new BigDecimal(amounts[random.integer(amounts.length)]);
        BigDecimal returned = random.integer(5) == 0 ? amount : new BigDecimal("0.00");
        purchases.add(
            Arrays.asList(
                customer,
                (long) purchases.size(),
                asOf.minusSeconds(ago),
                (long) random.integer(3),
                1.0,
                amount,
                returned,
                null,
                null));
      }
    }
    return purchases;
  }

  @Test
  void countsRowsFromOne() throws IOException {
    String bad = Bodies.GOOD.replace("\"repeat_recency_days\": 90", "\"repeat_recency_days\": 900");
    String body = "{\"instances\": [" + Bodies.GOOD + "," + Bodies.GOOD + "," + bad + "]}";
    assertThat(refused("application/json", body)).startsWith("row 3: no customer can have");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | the body is empty; CSV begins with a header",
        "a,a | column 'a' occurs twice",
        "'customer_id\n1,2' | row 1 has 2 values for 1 columns",
        "'customer_id\nx' | row 1, column 'customer_id' is \"x\" where a whole number is wanted",
        "'customer_id\n\"1' | line 2 of the CSV has a quote that does not end its field",
      })
  void refusesCsv(String body, String message) throws IOException {
    assertThat(refused("text/csv", body)).isEqualTo(message);
  }

  @Test
  void whatIsMalformedIsRefusedAndNothingElseHappens() {
    Map<String, byte[]> malformed = Bodies.malformed();
    assertThat(malformed.size()).isGreaterThan(200);
    malformed.forEach(
        (name, body) ->
            assertThat(invocations.answer("application/json", body).status())
                .as(name)
                .isEqualTo(400));
  }

  @Test
  void whatIsDamagedAnyhowIsAnsweredOrRefused() {
    long seed = 20_240_101;
    for (byte[] body : Bodies.mutated(seed, 5_000)) {
      for (String type : new String[] {"application/json", "text/csv"}) {
        assertThat(invocations.answer(type, body).status())
            .as("seed %d: %s", seed, new String(body, UTF_8))
            .isIn(200, 400);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/json",
        "application/json; charset=utf-8",
        "Application/JSON;charset=\"UTF-8\"",
        "text/csv",
        "text/csv; "
      })
  void takesJsonAndCsvInUtf8(String type) {
    assertThat(Invocations.refuse(type)).isNull();
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(
      strings = {
        "",
        "text/plain",
        "application/xml",
        "application/json; charset=latin1",
        "application/json; format=pandas-split",
        "application/jsonx",
        ";"
      })
  void takesNothingElse(String type) {
    assertThat(Objects.requireNonNull(Invocations.refuse(type)).status()).isEqualTo(415);
  }

  @Test
  void takesNoBodyThatIsCompressed() {
    for (String none : List.of("", "identity", "Identity", " identity , identity ")) {
      assertThat(Invocations.refuseEncoding(none)).as(none).isNull();
    }
    assertThat(Invocations.refuseEncoding(null)).isNull();
    for (String encoding : List.of("gzip", "br", "identity, gzip", "GZIP")) {
      Answer refused = Objects.requireNonNull(Invocations.refuseEncoding(encoding));
      assertThat(refused.status()).isEqualTo(415);
      assertThat(new String(refused.body(), UTF_8))
          .contains("takes no body with Content-Encoding '" + encoding + "'; send it as it is");
    }
  }

  @Test
  void withoutAChampionItIsNotReady() {
    Invocations nobody = new Invocations(() -> null, new Metrics());
    assertThat(nobody.answer("application/json", new byte[0]).status()).isEqualTo(503);
  }
}
