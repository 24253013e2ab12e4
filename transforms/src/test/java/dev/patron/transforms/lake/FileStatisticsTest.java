package dev.patron.transforms.lake;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.frame.Values;
import dev.patron.transforms.parquet.ColumnSink;
import dev.patron.transforms.parquet.FrameSink;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.beam.sdk.io.FileIO;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileStatisticsTest {
  @TempDir private Path warehouse;

  private static final String COLUMNS =
      "n: long, x: double, s: string, small: decimal(9,2), large: decimal(30,2), b: boolean";

  private static Schema schema(String columns) {
    return ((Type.RowOf) Type.parse("row<" + columns + ">")).schema();
  }

  /** What the log says of a file of these rows, a frame each; it says it of both formats. */
  private String of(String columns, List<?>... rows) {
    String byColumns = of(columns, ColumnSink::of, rows);
    assertThat(of(columns, FrameSink::of, rows)).isEqualTo(byColumns);
    return byColumns;
  }

  private String of(String columns, Function<Schema, FileIO.Sink<Frame>> format, List<?>... rows) {
    Schema schema = schema(columns);
    LakeTable table = LakeTable.at(warehouse.toString(), "table");
    try (DataFileWriter writer = DataFileWriter.open(table, schema, Map.of(), "part-", format)) {
      for (List<?> row : rows) {
        writer.write(Frame.ofRows(schema, List.of(row)));
      }
      return Objects.requireNonNull(writer.finish().statistics());
    }
  }

  @Test
  void scalarColumnsHaveBoundsAndCountsOfNulls() {
    String statistics =
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

    assertThat(statistics)
        .isEqualTo(
            "{\"numRecords\":2,\"minValues\":{\"n\":-5,\"d\":-1.50,\"x\":-0.5,"
                + "\"day\":\"1969-12-31\",\"at\":\"1969-12-31T23:59:59.999999Z\",\"s\":\"b\\\"\"},"
                + "\"maxValues\":{\"n\":5,\"d\":123456789012345678.90,\"x\":2.5,"
                + "\"day\":\"2024-02-29\",\"at\":\"2024-02-29T12:00:00.000001Z\",\"s\":\"b\\\"\"},"
                + "\"nullCount\":{\"n\":0,\"d\":0,\"x\":0,\"b\":1,\"day\":0,\"at\":0,\"s\":1}}");
    assertThat(FileStatistics.rows(statistics)).isEqualTo(2);
    assertThat(FileStatistics.bounds(statistics, "n")).containsExactly(-5, 5);
    assertThat(FileStatistics.bounds(statistics, "other")).isNull();
    assertThat(FileStatistics.bounds("{\"numRecords\":2,\"minValues\":{\"n\":1}}", "n")).isNull();
    assertThat(FileStatistics.bounds(null, "n")).isNull();
    assertThat(FileStatistics.isNull(statistics, "s")).isFalse();
    assertThat(FileStatistics.isNull("{\"numRecords\":2,\"nullCount\":{\"s\":2}}", "s")).isTrue();
    assertThat(FileStatistics.isNull("{\"nullCount\":{\"s\":2}}", "s")).isFalse();
    assertThat(FileStatistics.isNull(null, "s")).isFalse();
    assertThat(FileStatistics.rows(null)).isEqualTo(-1);
    assertThat(FileStatistics.rows("{\"minValues\":{\"numRecords\":3}}")).isEqualTo(-1);
  }

  @Test
  void boundsAreThoseOfAComparisonOfAllValues() {
    Random random = new Random(20_261_130);
    for (int round = 0; round < 50; round++) {
      int oneInSoManyIsNull = random.nextBoolean() ? 3 : Integer.MAX_VALUE;
      List<?>[] rows =
          Stream.generate(() -> row(random, oneInSoManyIsNull))
              .limit(1 + random.nextInt(30))
              .toArray(List[]::new);
      String expected = expected(rows);

      assertThat(of(COLUMNS, ColumnSink::of, rows))
          .as("round %d: %s", round, List.of(rows))
          .isEqualTo(expected);
      // Parquet's footers know of a zero, not which of the two it was.
      assertThat(of(COLUMNS, FrameSink::of, rows).replace("-0.0,", "0.0,"))
          .as("round %d: %s", round, List.of(rows))
          .isEqualTo(expected.replace("-0.0,", "0.0,"));
    }
  }

  private static String expected(List<?>... rows) {
    List<String> least = new ArrayList<>();
    List<String> greatest = new ArrayList<>();
    List<String> nulls = new ArrayList<>();
    for (int i = 0; i < schema(COLUMNS).size(); i++) {
      int column = i;
      String name = "\"" + schema(COLUMNS).field(i).name() + "\":";
      List<Object> values =
          Stream.of(rows).<Object>map(row -> row.get(column)).filter(Objects::nonNull).toList();
      nulls.add(name + (rows.length - values.size()));
      if (!values.isEmpty()
          && !(values.get(0) instanceof Boolean)
          && !values.contains(Double.NaN)) {
        least.add(name + json(sorted(values).get(0)));
        greatest.add(name + json(sorted(values).get(values.size() - 1)));
      }
    }
    return "{\"numRecords\":%d,\"minValues\":{%s},\"maxValues\":{%s},\"nullCount\":{%s}}"
        .formatted(
            rows.length,
            String.join(",", least),
            String.join(",", greatest),
            String.join(",", nulls));
  }

  private static List<Object> sorted(List<Object> values) {
    return values.stream().sorted().toList();
  }

  private static String json(Object value) {
    return value instanceof String ? "\"" + value + "\"" : value.toString();
  }

  @Test
  void boundsAreThoseOfAllRowGroups() {
    Random random = new Random(20_261_130);
    String columns = "n: long, s: string";
    List<?>[] rows =
        IntStream.range(0, 24)
            .mapToObj(n -> Arrays.asList((long) -n, letters(random, 2 << 20)))
            .toArray(List[]::new);
    String numbers = "{\"numRecords\":24,\"minValues\":{\"n\":-23";

    assertThat(of(columns, ColumnSink::of, rows))
        .startsWith(numbers + ",\"s\":\"")
        .contains("\"maxValues\":{\"n\":0,\"s\":\"")
        .endsWith("\"nullCount\":{\"n\":0,\"s\":0}}");
    // Parquet's reader has nothing of a column whose bounds are that long.
    assertThat(of(columns, FrameSink::of, rows))
        .isEqualTo(numbers + "},\"maxValues\":{\"n\":0},\"nullCount\":{\"n\":0}}");
  }

  private static String letters(Random random, int count) {
    byte[] letters = new byte[count];
    random.nextBytes(letters);
    for (int i = 0; i < count; i++) {
      letters[i] = (byte) (' ' + (letters[i] & 63));
    }
    return new String(letters, US_ASCII);
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
    String statistics =
        of(
            "x: double, y: double, day: date, none: long",
            Arrays.asList(Double.NaN, 1.0, LocalDate.of(12024, 1, 1), null),
            Arrays.asList(1.0, Double.NEGATIVE_INFINITY, LocalDate.of(2024, 1, 1), null));

    assertThat(statistics)
        .isEqualTo(
            "{\"numRecords\":2,\"minValues\":{\"day\":\"2024-01-01\"},\"maxValues\":{},"
                + "\"nullCount\":{\"x\":0,\"y\":0,\"day\":0,\"none\":2}}");
  }

  @Test
  void longTextIsCutToBoundsThatStillHold() {
    String text = "😀".repeat(40);
    String json = of("s: string", List.of(text));

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
