package dev.patron.transforms.lake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.frame.Values;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FileStatisticsTest {
  private static final String COLUMNS =
      "n: long, x: double, s: string, small: decimal(9,2), large: decimal(30,2), b: boolean";

  private static Schema schema(String columns) {
    return ((Type.RowOf) Type.parse("row<" + columns + ">")).schema();
  }

  private static FileStatistics of(String columns, List<?>... rows) {
    Schema schema = schema(columns);
    FileStatistics statistics = new FileStatistics(schema);
    for (List<?> row : rows) {
      statistics.add(Frame.ofRows(schema, List.of(row)));
    }
    return statistics;
  }

  @Test
  void scalarColumnsHaveBoundsAndCountsOfNulls() {
    FileStatistics statistics =
        of(
            "n: long, d: decimal(20,2), x: double, b: boolean, day: date, at: timestamp, s: string,"
                + " l: array<long>",
            Arrays.asList(
                5L,
                new BigDecimal("-1.50"),
                2.5,
                true,
                LocalDate.of(2024, 2, 29),
                Instant.parse("2024-02-29T12:00:00.000001Z"),
                "b\"",
                List.of(1L)),
            Arrays.asList(
                -5L,
                new BigDecimal("123456789012345678.90"),
                -0.5,
                null,
                LocalDate.of(1969, 12, 31),
                Instant.parse("1969-12-31T23:59:59.999999Z"),
                null,
                null));

    assertThat(statistics.rows()).isEqualTo(2);
    assertThat(statistics.json())
        .isEqualTo(
            "{\"numRecords\":2,\"minValues\":{\"n\":-5,\"d\":-1.50,\"x\":-0.5,"
                + "\"day\":\"1969-12-31\",\"at\":\"1969-12-31T23:59:59.999999Z\",\"s\":\"b\\\"\"},"
                + "\"maxValues\":{\"n\":5,\"d\":123456789012345678.90,\"x\":2.5,"
                + "\"day\":\"2024-02-29\",\"at\":\"2024-02-29T12:00:00.000001Z\",\"s\":\"b\\\"\"},"
                + "\"nullCount\":{\"n\":0,\"d\":0,\"x\":0,\"b\":1,\"day\":0,\"at\":0,\"s\":1}}");
    assertThat(FileStatistics.rows(statistics.json())).isEqualTo(2);
    assertThat(FileStatistics.bounds(statistics.json(), "n")).containsExactly(-5, 5);
    assertThat(FileStatistics.bounds(statistics.json(), "other")).isNull();
    assertThat(FileStatistics.bounds("{\"numRecords\":2,\"minValues\":{\"n\":1}}", "n")).isNull();
    assertThat(FileStatistics.bounds(null, "n")).isNull();
    assertThat(FileStatistics.isNull(statistics.json(), "s")).isFalse();
    assertThat(FileStatistics.isNull("{\"numRecords\":2,\"nullCount\":{\"s\":2}}", "s")).isTrue();
    assertThat(FileStatistics.isNull("{\"nullCount\":{\"s\":2}}", "s")).isFalse();
    assertThat(FileStatistics.isNull(null, "s")).isFalse();
    assertThat(FileStatistics.rows(null)).isEqualTo(-1);
    assertThat(FileStatistics.rows("{\"minValues\":{\"numRecords\":3}}")).isEqualTo(-1);
  }

  @Test
  void theRowsOfOneFrameHaveTheStatisticsOfTheSameRowsOneByOne() {
    Random random = new Random(20_261_130);
    for (int round = 0; round < 200; round++) {
      int oneInSoManyIsNull = random.nextBoolean() ? 3 : Integer.MAX_VALUE;
      List<List<@Nullable Object>> rows =
          Stream.generate(() -> row(random, oneInSoManyIsNull))
              .limit(1 + random.nextInt(30))
              .toList();
      FileStatistics together = new FileStatistics(schema(COLUMNS));
      together.add(Frame.ofRows(schema(COLUMNS), rows));

      assertThat(together.json())
          .as("round %d: %s", round, rows)
          .isEqualTo(of(COLUMNS, rows.toArray(List[]::new)).json());
    }
  }

  private static List<@Nullable Object> row(Random random, int oneInSoManyIsNull) {
    long n = random.nextInt(-20, 20);
    double x = random.nextInt(50) == 0 ? Double.NaN : random.nextBoolean() ? n / 4.0 : -0.0;
    List<@Nullable Object> row =
        Arrays.asList(
            n,
            x,
            "s" + random.nextInt(20),
            BigDecimal.valueOf(random.nextInt(-20, 20), 2),
            BigDecimal.valueOf(random.nextInt(-20, 20), 2),
            random.nextBoolean());
    row.replaceAll(value -> random.nextInt(oneInSoManyIsNull) == 0 ? null : value);
    return row;
  }

  @Test
  void boundsOfTimesAreMicrosecondsAndAllowForOnesThatWereCutToTheirMillisecond() {
    String ours =
        "{\"minValues\":{\"at\":\"2024-12-31T23:59:58.591183Z\"},"
            + "\"maxValues\":{\"at\":\"2024-12-31T23:59:59.999999Z\"}}";
    String sparks =
        "{\"minValues\":{\"at\":\"2025-01-01T00:59:58.591+01:00\"},"
            + "\"maxValues\":{\"at\":\"2024-12-31T23:59:59.999Z\"}}";
    String strange = "{\"minValues\":{\"at\":\"then\"},\"maxValues\":{\"at\":\"later\"}}";
    long low = Values.micros(Instant.parse("2024-12-31T23:59:58.591Z"));
    long high = Values.micros(Instant.parse("2024-12-31T23:59:59.999999Z"));

    assertThat(FileStatistics.bounds(ours, "at")).containsExactly(low + 183, high + 999);
    assertThat(FileStatistics.bounds(sparks, "at")).containsExactly(low, high);
    assertThat(FileStatistics.bounds(strange, "at")).isNull();
  }

  @Test
  void boundsThatReadersWouldMistakeAreLeftOut() {
    FileStatistics statistics =
        of(
            "x: double, y: double, day: date, none: long",
            Arrays.asList(Double.NaN, 1.0, LocalDate.of(12024, 1, 1), null),
            Arrays.asList(1.0, Double.NEGATIVE_INFINITY, LocalDate.of(2024, 1, 1), null));

    assertThat(statistics.json())
        .isEqualTo(
            "{\"numRecords\":2,\"minValues\":{\"day\":\"2024-01-01\"},\"maxValues\":{},"
                + "\"nullCount\":{\"x\":0,\"y\":0,\"day\":0,\"none\":2}}");
  }

  @Test
  void longTextIsCutToBoundsThatStillHold() {
    String text = "😀".repeat(40);
    String json = of("s: string", List.of(text)).json();

    assertThat(json)
        .contains("\"minValues\":{\"s\":\"" + "😀".repeat(32) + "\"}")
        .contains("\"maxValues\":{\"s\":\"" + "😀".repeat(32) + "\uDBFF\uDFFF\"}");
  }

  @Test
  void aDataFileSurvivesItsCoder() throws IOException {
    DataFile file =
        new DataFile(
            "silver/books",
            "day=__HIVE/part-1.parquet",
            12,
            34,
            56,
            Schema.of().with("a", new Type.ListOf(Type.parse("row<b: decimal(3,1)>"))),
            Collections.singletonMap("day", null),
            "{\"numRecords\":56}");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    DataFileCoder.of().encode(file, out);

    assertThat(DataFileCoder.of().decode(new ByteArrayInputStream(out.toByteArray())))
        .isEqualTo(file);
  }
}
