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
import dev.patron.features.tables.Tables;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Rows of files whose types are not those of bronze: none is lost, and none is changed. */
class FittedRowsTest {
  private static final TableDefinition PLAIN = Source.facts(Kind.PARQUET).table();

  private static Schema schema(String columns) {
    return ((Type.RowOf) Type.parse("row<" + columns + ">")).schema();
  }

  /** The rows, given as the file has them, as bronze has them. */
  private static Frame bronze(String own, String wanted, List<? extends List<?>> rows) {
    FittedRows fitted = new FittedRows(schema(own), schema(wanted));
    Frame read = Frame.ofRows(schema(own), rows).conform(fitted.reading());
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
