package dev.patron.features.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.tables.TableDefinition.Format.Kind;
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
            Stream.of(files).map(FileColumnsTest::schema).toList(), schema(present), source.table())
        .toString();
  }

  @Test
  void allColumnsOfAllFilesWithTheTypesOfTheFirst() {
    assertThat(columns("", PLAIN)).isEmpty();
    assertThat(columns("z: long", PLAIN, "a: long, b: row<x: long>", "b: row<y: long>, c: date"))
        .isEqualTo("a: long, b: row<x: long>, c: date");
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
}
