package dev.patron.features.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.tables.TableDefinition.Applying;
import dev.patron.features.tables.TableDefinition.Format.Kind;
import dev.patron.features.tables.TableDefinition.Role;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FileColumnsTest {
  private static final Source PLAIN = Source.facts(Kind.PARQUET);

  private static Schema schema(String columns) {
    return columns.isEmpty()
        ? Schema.of()
        : ((Type.RowOf) Type.parse("row<" + columns + ">")).schema();
  }

  private static String columns(String present, Source source, String... files) {
    return FileColumns.of(
            Stream.of(files)
                .map(columns -> new FileColumns.Stated(schema(columns), List.of(), 1))
                .toList(),
            schema(present),
            List.of(),
            source.table())
        .toString();
  }

  @Test
  void allColumnsOfAllFilesInTheOrderInWhichTheyAreMet() {
    assertThat(columns("", PLAIN)).isEmpty();
    assertThat(columns("z: long", PLAIN, "a: long, b: boolean", "d: long, b: boolean, c: date"))
        .isEqualTo("a: long, b: boolean, d: long, c: date");
  }

  @Test
  void aColumnHoldsWhatAllFilesHaveIfAnyTypeDoes() {
    for (String[] types :
        List.of(
            new String[] {"long", "double", "double"},
            new String[] {"long", "decimal(5,2)", "decimal(21,2)"},
            new String[] {"decimal(5,1)", "decimal(6,4)", "decimal(8,4)"},
            new String[] {"date", "timestamp", "timestamp"},
            new String[] {"array<long>", "array<double>", "array<double>"},
            new String[] {
              "array<row<a: long, b: long>>",
              "array<row<b: double, c: string>>",
              "array<row<a: long, b: double, c: string>>"
            })) {
      assertThat(columns("", PLAIN, "x: " + types[0], "x: " + types[1]))
          .isEqualTo(columns("", PLAIN, "x: " + types[1], "x: " + types[0]))
          .isEqualTo("x: " + types[2]);
    }
  }

  @Test
  void whereNoTypeDoesItHoldsWhatMostRecordsHave() {
    List<FileColumns.Stated> files = new ArrayList<>();
    files.add(new FileColumns.Stated(schema("x: long"), List.of(), 5));
    files.add(new FileColumns.Stated(schema("x: string"), List.of(), 6));
    files.add(new FileColumns.Stated(schema("x: double"), List.of(), 2));
    for (int turn = 0; turn < files.size(); turn++) {
      Collections.rotate(files, 1);
      assertThat(FileColumns.of(files, Schema.of(), List.of(), PLAIN.table()).toString())
          .isEqualTo("x: string");
    }
    assertThat(columns("", PLAIN, "x: string", "x: long")).isEqualTo("x: long");
    assertThat(columns("", PLAIN, "x: long", "x: string")).isEqualTo("x: long");
  }

  @Test
  void eachFieldAndElementHoldsWhatMostRecordsHaveThere() {
    for (String outer : List.of("%s", "row<a: %s>", "array<%s>", "array<row<a: row<b: %s>>>")) {
      List<FileColumns.Stated> files = new ArrayList<>();
      for (Object[] file : new Object[][] {{"long", 1}, {"string", 1000}, {"double", 5}}) {
        String columns = "x: " + outer.formatted(file[0]);
        files.add(new FileColumns.Stated(schema(columns), List.of(), (int) file[1]));
      }
      for (int turn = 0; turn < files.size(); turn++) {
        Collections.rotate(files, 1);
        assertThat(FileColumns.of(files, Schema.of(), List.of(), PLAIN.table()).toString())
            .isEqualTo("x: " + outer.formatted("string"));
      }
    }
    // Rows of whatever fields are more than the longs.
    assertThat(
            columns(
                "",
                PLAIN,
                "x: long",
                "x: long",
                "x: row<a: long>",
                "x: row<b: date>",
                "x: row<a: string, c: date>"))
        .isEqualTo("x: row<a: long, c: date, b: date>");
  }

  @Test
  void aColumnHasTheTypeThatIsDeclaredIfItHoldsWhatAllFilesHave() {
    Source declared = PLAIN.with(schema("x: double, n: array<row<a: decimal(9,2), b: string>>"));
    assertThat(columns("", declared, "x: long, n: array<row<a: long>>"))
        .isEqualTo("x: double, n: array<row<a: decimal(9,2), b: string>>");
    assertThat(columns("", declared, "x: decimal(5,2), n: array<row<a: double, c: date>>"))
        .isEqualTo("x: decimal(5,2), n: array<row<a: double, c: date>>");
    assertThat(columns("", declared, "n: array<row<c: date, a: decimal(5,2)>>"))
        .isEqualTo("n: array<row<a: decimal(9,2), b: string, c: date>>");
  }

  @Test
  void aColumnThatTheTableHasKeepsItsTypeAndGetsWhatFieldsCome() {
    Source declared = PLAIN.with(schema("x: double"));
    assertThat(columns("x: long", declared, "x: double")).isEqualTo("x: long");
    assertThat(columns("x: row<a: long>", PLAIN, "x: row<b: row<c: date>, a: string>"))
        .isEqualTo("x: row<a: long, b: row<c: date>>");
  }

  @Test
  void aColumnWithoutAValueHasNoTypeUntilAFileGivesItOne() {
    List<FileColumns.Stated> files =
        List.of(
            new FileColumns.Stated(schema("a: long"), List.of("B", "c"), 1),
            new FileColumns.Stated(schema("b: string"), List.of(), 1));
    assertThat(FileColumns.of(files, Schema.of(), List.of(), PLAIN.table()).toString())
        .isEqualTo("a: long, B: string");
    assertThat(FileColumns.of(files, Schema.of(), List.of("b"), PLAIN.table()).toString())
        .isEqualTo("a: long, b: string");
    assertThat(FileColumns.untyped(files, Schema.of(), List.of(), PLAIN.table()))
        .containsExactly("c");
    assertThat(FileColumns.untyped(files, schema("c: date"), List.of(), PLAIN.table())).isEmpty();
  }

  @Test
  void ofNamesThatDifferInCaseAloneTheSmallestIsAColumn() {
    for (String[] files :
        List.of(
            new String[] {"id: long, n: array<row<b: long>>", "Id: long, N: array<row<B: long>>"},
            new String[] {
              "Id: long, n: array<row<B: long>>", "id: long, N: array<row<b: long>>"
            })) {
      assertThat(columns("", PLAIN, files)).isEqualTo("Id: long, N: array<row<B: long>>");
    }
  }

  @Test
  void thatWhichTheDatasetNamesOrTheTableHasIsAColumnBeforeOthers() {
    String[] files = {"ID: long, n: row<B: long>", "Id: long, N: row<b: long>"};
    assertThat(columns("", PLAIN.withKey("Id"), files)).isEqualTo("Id: long, N: row<B: long>");
    assertThat(columns("", PLAIN.withKey("id"), files)).isEqualTo("id: long, N: row<B: long>");
    assertThat(columns("", PLAIN.with(schema("Id: long, n: row<b: long>")), files))
        .isEqualTo("Id: long, n: row<b: long>");
    assertThat(columns("iD: long, n: row<b: long>", PLAIN.withKey("id"), files))
        .isEqualTo("iD: long, n: row<b: long>");
  }

  @Test
  void theDatasetNamesWhatItIsWithoutItsLinesAndItsCountryToo() {
    Source source =
        PLAIN
            .applying(new Applying(List.of(), List.of("op"), false))
            .with("lines.qty", Role.QUANTITY)
            .with("country", Role.PLACE);
    assertThat(
            columns(
                "",
                source,
                "OP: long, Lines: array<row<Qty: long, A: long>>, Country: string",
                "Op: long, LINES: array<row<QTY: long, a: long>>, COUNTRY: string"))
        .isEqualTo("op: long, lines: array<row<qty: long, A: long>>, country: string");
  }
}
