package dev.patron.features.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.patron.features.accounts.Account.Count;
import dev.patron.features.frame.ColumnBuilder;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.frame.Values;
import dev.patron.features.tables.TableDefinition;
import dev.patron.features.tables.TableDefinition.Format.Kind;
import dev.patron.features.tables.TableDefinition.Role;
import dev.patron.features.tables.Tables;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows of files whose types are not those of bronze: none is lost, and none is changed. */
class FittedRowsTest {
  private static final TableDefinition PLAIN = Source.facts(Kind.PARQUET).table();

  private static Schema schema(String columns) {
    return ((Type.RowOf) Type.parse("row<" + columns + ">")).schema();
  }

  /** The rows, given as the file has them, as bronze has them. */
  private static Frame bronze(String own, String wanted, List<? extends List<?>> rows) {
    return bronze(
        new FittedRows(schema(own), schema(own), schema(wanted), Schema.of()), own, wanted, rows);
  }

  private static Frame bronze(
      FittedRows fitted, String own, String wanted, List<? extends List<?>> rows) {
    Frame read = asRead(schema(own), rows, fitted.reading());
    Frame bronze = fitted.fit(read);
    Frame whole = bronze.select(schema(wanted).names());
    for (Schema.Field field : Tables.BRONZE.fields()) {
      ColumnBuilder nulls = ColumnBuilder.of(field.type());
      for (int row = 0; row < rows.size(); row++) {
        if (field.name().equals("_offset")) {
          Values.append(nulls, field.type(), row + 1L);
        } else {
          nulls.appendNull();
        }
      }
      whole =
          whole.with(
              field.name(),
              field.type(),
              bronze.schema().has(field.name()) ? bronze.column(field.name()) : nulls.build());
    }
    return whole;
  }

  /** Numbers come out of the file as the type that they are read with. */
  private static Frame asRead(Schema own, List<? extends List<?>> rows, Schema reading) {
    Frame frame = Frame.ofRows(own, rows);
    for (Schema.Field field : own.fields()) {
      Type type = reading.type(field.name());
      if (!type.equals(field.type()) && type.toString().contains("decimal")) {
        ColumnBuilder column = ColumnBuilder.of(type);
        for (int row = 0; row < frame.rows(); row++) {
          Values.append(column, type, asDecimals(frame.value(row, field.name())));
        }
        frame = frame.with(field.name(), type, column.build());
      }
    }
    return frame.conform(reading);
  }

  private static @Nullable Object asDecimals(@Nullable Object value) {
    return value instanceof Long number
        ? (Object) BigDecimal.valueOf(number)
        : value instanceof List<?> values
            ? values.stream().map(FittedRowsTest::asDecimals).toList()
            : value;
  }

  private static Frame bronze(String own, String wanted, @Nullable Object... values) {
    return bronze(own, wanted, Arrays.stream(values).map(Arrays::asList).toList());
  }

  private static List<List<@Nullable Object>> decoded(Frame bronze, String columns) {
    Decoded decoded = new RecordDecoder(PLAIN, schema(columns)).decode(bronze);
    assertThat(decoded.quarantine().rows()).isZero();
    return decoded.rows().toRows();
  }

  @Test
  void whatFitsLiesInTheColumnAndWhatDoesNotInTheTextWhole() {
    Frame bronze =
        bronze(
            "a: long, b: string",
            "a: double, b: string",
            List.of(List.of(1L, "x"), Arrays.asList(null, "y"), List.of((1L << 53) + 1, "z")));
    assertThat(bronze.value(0, "a")).isEqualTo(1.0);
    assertThat(bronze.value(1, "b")).isEqualTo("y");
    assertThat(bronze.value(1, "_value")).isNull();
    assertThat(bronze.value(2, "a")).isNull();
    assertThat(bronze.value(2, "b")).isNull();
    assertThat(bronze.value(2, "_value")).isEqualTo("{\"a\":9007199254740993,\"b\":\"z\"}");
    assertThat(bronze.value(2, "_header")).isEqualTo("row<a: long, b: string>");
    assertThat(decoded(bronze, "a: decimal(20,1), b: string"))
        .extracting(row -> row.get(0))
        .containsExactly(new BigDecimal("1.0"), null, new BigDecimal("9007199254740993.0"));
  }

  @Test
  void whatIsWiderThanTheColumnIsReadAsTheTableHasIt() {
    for (Object[] each :
        new Object[][] {
          {"double", "long", "double", 2.5},
          {"double", "long", "double", 2.0},
          {"string", "long", "string", "0042"},
          {"decimal(9,4)", "decimal(9,2)", "decimal(9,4)", new BigDecimal("1.2345")},
          {"decimal(30,4)", "double", "decimal(30,4)", new BigDecimal("12345678901234567890.1234")},
          {"timestamp", "date", "timestamp", Instant.parse("2024-02-29T12:34:56.123456Z")},
          {"date", "timestamp", "date", LocalDate.parse("2024-02-29")},
          {"boolean", "string", "boolean", true},
          {"array<double>", "array<long>", "array<double>", List.of(1.0, 2.5)},
          {"row<a: string>", "row<a: long>", "row<a: string>", List.of("x")},
          {"row<a: long>", "long", "row<a: long>", List.of(3L)},
          {"long", "row<a: long>", "long", 3L},
        }) {
      Frame bronze = bronze("v: " + each[0], "v: " + each[1], each[3], null);
      assertThat(bronze.value(0, "v")).as(each[0] + " in " + each[1]).isNull();
      assertThat(decoded(bronze, "v: " + each[2]))
          .as(each[0] + " in " + each[1])
          .containsExactlyInAnyOrder(List.of(each[3]), Arrays.asList((Object) null));
    }
  }

  @Test
  void whatFitsIsKeptAsItWasReadBesideWhatDoesNot() {
    Frame bronze =
        bronze("a: long, b: string", "a: decimal(22,2), b: long", List.of(List.of(7L, "x")));
    assertThat(bronze.value(0, "_value")).isEqualTo("{\"a\":7.00,\"b\":\"x\"}");
    assertThat(bronze.value(0, "_header")).isEqualTo("row<a: long, b: string>");
    assertThat(decoded(bronze, "a: long, b: string")).containsExactly(List.of(7L, "x"));
  }

  @Test
  void whatIsKeptHasItsOwnValuesWhereverTheTableHasItsColumns() {
    Frame bronze = bronze("a: string, b: string", "a: long, b: string", List.of(List.of("x", "y")));
    List<String> names = new ArrayList<>(bronze.schema().names());
    names.remove("b");
    names.add("b");
    assertThat(decoded(bronze.select(names), "a: string, b: string"))
        .containsExactly(List.of("x", "y"));
  }

  @Test
  void whatTheTableDoesNotHoldIsRefusedByTheRecordWithItsText() {
    Frame bronze = bronze("v: string, w: long", "v: long, w: long", List.of(List.of("x", 7L)));
    Decoded decoded = new RecordDecoder(PLAIN, schema("v: long, w: long")).decode(bronze);
    assertThat(decoded.account().get(Count.READ)).isEqualTo(1);
    assertThat(decoded.account().get(Count.QUARANTINED)).isEqualTo(1);
    assertThat(decoded.quarantine().value(0, "reason")).isEqualTo("WRONG_TYPE");
    assertThat(decoded.quarantine().value(0, "detail"))
        .isEqualTo("column 'v': the text 'x' is no long");
    assertThat(decoded.quarantine().value(0, "_value")).isEqualTo("{\"v\":\"x\",\"w\":7}");
    assertThat(decoded.quarantine().value(0, "_offset")).isEqualTo(1L);
  }

  @Test
  void rowsHaveTheFieldsOfAllFiles() {
    String wanted = "n: array<row<a: long, b: double, c: string>>";
    Frame bronze =
        bronze(
            "n: array<row<b: long, a: long>>",
            wanted,
            List.of(Arrays.asList((Object) List.of(List.of(2L, 1L), Arrays.asList(3L, null)))));
    assertThat(bronze.value(0, "n"))
        .isEqualTo(List.of(Arrays.asList(1L, 2.0, null), Arrays.asList(null, 3.0, null)));
    // What the table has otherwise than bronze: fewer fields, and others.
    assertThat(decoded(bronze, "n: array<row<b: decimal(5,2), d: date>>"))
        .containsExactly(
            List.of(
                List.of(
                    Arrays.asList(new BigDecimal("2.00"), null),
                    Arrays.asList(new BigDecimal("3.00"), null))));
  }

  private static final Map<String, List<Object>> VALUES =
      Map.of(
          "long",
          List.of(7L, 1L, 20240229L, 9_000_000_000_000_066L, Long.MIN_VALUE),
          "double",
          List.of(7.0, 2.5, 1.0, 20240229.0, 9e15, Double.NaN, Double.NEGATIVE_INFINITY, -0.0),
          "decimal(9,2)",
          List.of(new BigDecimal("7.00"), new BigDecimal("20240.29")),
          "decimal(22,3)",
          List.of(new BigDecimal("7.000"), new BigDecimal("9000000000000066.000")),
          "string",
          List.of("7", "7.0", "007", "", "true", "NaN", "x", "2024-02-29", "20240229"),
          "boolean",
          List.of(true, false),
          "date",
          List.of(LocalDate.parse("2024-02-29"), LocalDate.parse("-0044-03-15")),
          "timestamp",
          List.of(
              Instant.parse("2024-02-29T00:00:00Z"),
              Instant.parse("2024-02-29T12:34:56.123456Z"),
              Instant.EPOCH.plus(Long.MIN_VALUE, ChronoUnit.MICROS)));

  /** What becomes of a record is a matter of its file's types and the table's, not of bronze's. */
  @ParameterizedTest
  @ValueSource(strings = {"%s", "array<%s>", "row<a: %s>", "array<row<a: %s, b: %s>>"})
  void whatTheTableHasDoesNotDependOnTheColumnsOfBronze(String outer) {
    for (String declared : VALUES.keySet()) {
      for (String own : VALUES.keySet()) {
        String expected = made(outer, own, own, declared);
        for (String bronze : VALUES.keySet()) {
          assertThat(made(outer, own, bronze, declared))
              .as("%s as %s, in bronze as %s", own, declared, bronze)
              .isEqualTo(expected);
        }
      }
    }
  }

  /** The rows and what was refused. */
  private static String made(String outer, String own, String bronze, String declared) {
    Schema columns =
        Schema.of().with("id", Type.LONG).with("v", Type.parse(outer.replace("%s", declared)));
    List<List<Object>> rows = new ArrayList<>();
    for (Object value : Objects.requireNonNull(VALUES.get(own))) {
      Object inner =
          outer.contains("b:")
              ? List.of(value, value)
              : outer.contains("row") ? List.of(value) : value;
      rows.add(List.of((long) rows.size(), outer.contains("array") ? List.of(inner) : inner));
    }
    String file = "id: long, v: " + outer.replace("%s", own);
    String table = "id: long, v: " + outer.replace("%s", bronze);
    Frame frame =
        bronze(
            new FittedRows(schema(file), schema(file), schema(table), columns), file, table, rows);
    Decoded decoded =
        new RecordDecoder(Source.facts(Kind.PARQUET).with(columns).table(), columns).decode(frame);
    List<String> found = new ArrayList<>();
    decoded.rows().toRows().forEach(row -> found.add(row.toString()));
    Frame refused = decoded.quarantine();
    for (int row = 0; row < refused.rows(); row++) {
      found.add(refused.value(row, "_offset") + ": " + refused.value(row, "reason"));
    }
    Collections.sort(found);
    return String.join("\n", found);
  }

  /** What a file has where nothing says the type: of the values, only that they are there. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "array<string> | array<date>",
        "array<string> | array<row<a: long>>",
        "row<a: string> | row<a: long, b: array<string>>",
        "array<array<string>> | array<array<long>>",
        "row<a: array<string>> | row<a: array<long>>",
      })
  void whatHasNoTypeIsKeptUntilThereIsOne(String whole, String type) {
    boolean isList = whole.startsWith("array");
    Object some =
        !whole.contains("row")
            ? List.of()
            : isList ? List.of() : Arrays.asList(whole.contains("array") ? List.of() : null);
    Object made = isList || !type.contains("b:") ? some : Arrays.asList((Object) null, null);
    List<List<@Nullable Object>> rows =
        List.of(Arrays.asList(1L, some), Arrays.asList(2L, (Object) null));
    String file = "id: long, V: " + whole;
    for (String table : List.of("id: long", "id: long, V: " + type, "id: long, V: date")) {
      FittedRows fitted =
          new FittedRows(schema("id: long"), schema(file), schema(table), Schema.of());
      if (fitted.reading().has("V") && !fitted.reading().type("V").equals(Type.parse(whole))) {
        // Bronze holds it as it is.
        assertThat(fitted.reading()).isEqualTo(schema(table));
        continue;
      }
      Frame bronze = bronze(fitted, file, table, rows);
      assertThat(bronze.value(0, "_header")).isEqualTo("row<id: long>");
      assertThat(bronze.value(1, "_header")).isNull();
      assertThat(decoded(bronze, "id: long, v: " + type))
          .containsExactlyInAnyOrder(Arrays.asList(1L, made), Arrays.asList(2L, null));
      assertThat(decoded(bronze, "id: long, v: string"))
          .containsExactlyInAnyOrder(Arrays.asList(1L, null), Arrays.asList(2L, null));
      SchemaEvidence evidence = new SchemaEvidence();
      evidence.observe(bronze, PLAIN);
      assertThat(evidence.resolve(PLAIN)).isEqualTo(schema(table));
    }
  }

  @Test
  void aFileWithoutAnyTypeIsKept() {
    FittedRows fitted =
        new FittedRows(Schema.of(), schema("v: array<string>"), Schema.of(), Schema.of());
    Frame fit = fitted.fit(Frame.ofRows(schema("v: array<string>"), List.of(List.of(List.of()))));
    assertThat(fit.value(0, "_value")).isEqualTo("{\"v\":[]}");
    assertThat(FittedRows.types(fit.bytes("_header").text(0))).isEqualTo(Schema.of());
  }

  @Test
  void theTypesOfWhatDoesNotFitAreEvidenceAsThoseOfWhatFits() {
    for (boolean together : new boolean[] {true, false}) {
      SchemaEvidence evidence = new SchemaEvidence();
      evidence.observe(bronze("v: long", "v: " + (together ? "double" : "long"), 1L, 2L), PLAIN);
      SchemaEvidence later = new SchemaEvidence();
      later.observe(bronze("v: double", "v: " + (together ? "double" : "long"), 2.0), PLAIN);
      if (together) {
        evidence.merge(later);
      } else {
        evidence.addLater(new SchemaEvidence(), PLAIN);
        evidence.addLater(later, PLAIN);
      }
      assertThat(evidence.resolve(PLAIN).toString()).isEqualTo("v: double");
    }
  }

  @Test
  void aRowThatGetsAFieldLaterHasItAndAColumnOfAnotherTypeKeepsItsOwn() {
    SchemaEvidence evidence = new SchemaEvidence();
    evidence.addLater(new SchemaEvidence(), PLAIN);
    SchemaEvidence first = new SchemaEvidence();
    first.observe(bronze("n: array<row<a: long>>", "n: array<row<a: long>>"), PLAIN);
    evidence.addLater(first, PLAIN);
    SchemaEvidence later = new SchemaEvidence();
    later.observe(
        bronze("n: array<row<a: long, b: date>>", "n: array<row<a: long, b: date>>"), PLAIN);
    evidence.addLater(later, PLAIN);
    assertThat(evidence.resolve(PLAIN).toString()).isEqualTo("n: array<row<a: long, b: date>>");
    SchemaEvidence other = new SchemaEvidence();
    other.observe(bronze("n: string", "n: array<row<a: long, b: date>>", "x", "y", "z"), PLAIN);
    evidence.addLater(other, PLAIN);
    assertThat(evidence.resolve(PLAIN).toString()).isEqualTo("n: array<row<a: long, b: date>>");
  }

  @Test
  void theTypeOfMostStaysThatWhateverComesLaterAndGetsNewFields() {
    for (String outer : List.of("v: %s", "v: row<a: %s>", "v: array<row<a: %s>>")) {
      String most = outer.formatted("string");
      String one = outer.formatted("long");
      Object text = nested(outer, "x");
      SchemaEvidence evidence = new SchemaEvidence();
      SchemaEvidence first = new SchemaEvidence();
      first.observe(bronze(most, most, text, text), PLAIN);
      first.observe(bronze(one, most, nested(outer, 7L)), PLAIN);
      assertThat(first.resolve(PLAIN).toString()).isEqualTo(most);
      evidence.addLater(first, PLAIN);
      assertThat(evidence.resolve(PLAIN).toString()).isEqualTo(most);
      SchemaEvidence later = new SchemaEvidence();
      Object number = nested(outer, 7L);
      later.observe(bronze(one, most, number, number, number, number, number), PLAIN);
      String grown = most.replace("a: string", "a: string, b: date");
      later.observe(bronze(grown, grown), PLAIN);
      evidence = SchemaEvidence.fromJson(evidence.toJson());
      evidence.addLater(later, PLAIN);
      assertThat(evidence.resolve(PLAIN).toString()).isEqualTo(grown);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "TIME | 2024-01-05 | timestamp | 2024-01-05T10:00:00Z | date | timestamp",
        "QUANTITY | 3 | double | 2.5 | long | double",
        "MONEY | 3 | 'decimal(20,2)' | 12.50 | 'decimal(18,0)' | 'decimal(20,2)'",
        "MONEY | 3.10 | 'decimal(22,4)' | 12.5000 | 'decimal(18,2)' | 'decimal(22,4)'"
      })
  void whatIsWrittenAsTextWidensByTheTypesThatComeLater(
      Role role, String text, String type, String value, String first, String then) {
    TableDefinition table = Source.facts(Kind.PARQUET).with("v", role).table();
    Object typed =
        switch (role) {
          case TIME -> Instant.parse(value);
          case QUANTITY -> Double.valueOf(value);
          default -> new BigDecimal(value);
        };
    SchemaEvidence texts = new SchemaEvidence();
    texts.observe(bronze("v: string", "v: string", text, text), table);
    SchemaEvidence others = new SchemaEvidence();
    others.observe(bronze("v: " + type, "v: string", typed), table);

    SchemaEvidence evidence = new SchemaEvidence();
    evidence.addLater(texts, table);
    assertThat(evidence.resolve(table).toString()).isEqualTo("v: " + first);
    evidence = SchemaEvidence.fromJson(evidence.toJson());
    evidence.addLater(others, table);
    assertThat(evidence.resolve(table).toString()).isEqualTo("v: " + then);

    SchemaEvidence other = new SchemaEvidence();
    other.addLater(others, table);
    other.addLater(texts, table);
    assertThat(other.resolve(table).toString()).isEqualTo("v: " + then);
  }

  @Test
  void aNoteThatDoesNotSayWhichTypeWasTakenKeepsItsOwn() {
    SchemaEvidence evidence =
        SchemaEvidence.fromJson(
            "{\"orders\":[[\"v\"]],\"columns\":{\"v\":{\"seen\":[],\"types\":{\"long\":0}}}}");
    SchemaEvidence texts = new SchemaEvidence();
    texts.observe(bronze("v: string", "v: long", "x", "y"), PLAIN);
    evidence.addLater(texts, PLAIN);
    assertThat(evidence.resolve(PLAIN).toString()).isEqualTo("v: long");
    SchemaEvidence fractions = new SchemaEvidence();
    fractions.observe(bronze("v: double", "v: long", 2.5), PLAIN);
    evidence.addLater(fractions, PLAIN);
    assertThat(evidence.resolve(PLAIN).toString()).isEqualTo("v: double");
  }

  @Test
  void whatIsKeptMayBeLargerThanARecordOfText() {
    String large = "x".repeat(RecordDecoder.MAX_RECORD_BYTES + 1);
    assertThat(decoded(bronze("v: string", "v: long", large), "v: string"))
        .isEqualTo(List.of(List.of(large)));
  }

  private static Object nested(String outer, Object value) {
    Object inner = outer.contains("row") ? List.of(value) : value;
    return outer.contains("array") ? List.of(inner) : inner;
  }

  @Test
  void aColumnOfWhichOnlyTheNameIsKnownTakesAnyTypeLater() {
    SchemaEvidence evidence = new SchemaEvidence();
    evidence.observe(bronze("a: long", "a: long", 1L), PLAIN);
    evidence.addNames(List.of("b", "A"));
    assertThat(evidence.resolve(PLAIN).toString()).isEqualTo("a: long, b: string");
    SchemaEvidence later = new SchemaEvidence();
    later.observe(bronze("a: long, b: date", "a: long, b: date"), PLAIN);
    evidence.addLater(later, PLAIN);
    assertThat(evidence.resolve(PLAIN).toString()).isEqualTo("a: long, b: date");
  }
}
