package dev.patron.features.record;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.patron.features.frame.Frame;
import dev.patron.features.tables.TableDefinition;
import dev.patron.features.tables.TableDefinition.Format.Kind;
import dev.patron.features.tables.Tables;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class BronzeFramesTest {
  private static final Source FEED = Source.feed("id");

  private static List<String> strings(Frame frame, String column) {
    List<String> values = new ArrayList<>();
    for (int row = 0; row < frame.rows(); row++) {
      values.add(String.valueOf(frame.value(row, column)));
    }
    return values;
  }

  @Test
  void aPlainLineIsKeptAsItCameWithItsFileAndLine() {
    Frame bronze = Source.facts(Kind.JSONL).bronze("{\"a\": 1}", "", "no json");
    assertThat(bronze.schema()).isEqualTo(Tables.BRONZE);
    assertThat(bronze.toRows())
        .containsExactly(
            Arrays.asList(Source.FILE, 0L, 1L, null, null, "{\"a\": 1}", Source.FILE, null, null),
            Arrays.asList(Source.FILE, 0L, 2L, null, null, "", Source.FILE, null, null),
            Arrays.asList(Source.FILE, 0L, 3L, null, null, "no json", Source.FILE, null, null));
  }

  @Test
  void aWrappedLineAndKafkaGiveTheSameRow() {
    String key = "{\"id\": 1 }";
    String value = "{ \"op\":\"c\", \"after\":{\"id\":1}}";
    Frame file =
        FEED.bronze(
            "{\"run\":1,\"topic\":\"shop.books\",\"headers\":{\"topic\":\"a\"},\"partition\":2,"
                + "\"offset\":7,\"timestamp\":1700000000123,\"key\":"
                + key
                + ",\"value\":"
                + value
                + " }");
    List<Frame> frames = new ArrayList<>();
    BronzeFrames kafka =
        new BronzeFrames(List.of(FEED.table()), (table, frame) -> frames.add(frame));
    kafka.kafka(
        "shop.books",
        2,
        7,
        1_700_000_000_123L,
        key.getBytes(UTF_8),
        value.getBytes(UTF_8),
        "{\"topic\":\"a\"}".getBytes(UTF_8));
    kafka.flush();
    assertThat(strings(file, "_file")).containsExactly(Source.FILE);
    List<String> same =
        List.of("_source", "_partition", "_offset", "_event_time", "_key", "_value", "_header");
    assertThat(file.select(same)).isEqualTo(frames.get(0).select(same));
    assertThat(strings(file, "_value")).containsExactly(value);
    assertThat(strings(file, "_key")).containsExactly(key);
    assertThat(strings(file, "_event_time")).containsExactly("2023-11-14T22:13:20.123Z");
  }

  @Test
  void noHeadersAreNullHoweverTheyAreWritten() {
    Frame bronze =
        FEED.bronze(
            "{\"topic\":\"t\",\"partition\":0,\"offset\":1,\"value\":1,\"headers\":{}}",
            "{\"topic\":\"t\",\"partition\":0,\"offset\":2,\"value\":1,\"headers\":[]}",
            "{\"topic\":\"t\",\"partition\":0,\"offset\":3,\"value\":1,\"headers\":null}",
            "{\"topic\":\"t\",\"partition\":0,\"offset\":4,\"headers\":[\"a\"],\"value\":1}");
    assertThat(strings(bronze, "_header")).containsExactly("null", "null", "null", "[\"a\"]");
  }

  @Test
  void wrappedScalarsAreCutOutExactly() {
    Frame bronze =
        FEED.bronze(
            "{\"topic\":\"t\",\"partition\":0,\"offset\":1,\"key\":12,\"value\":\"a \\\" b\"}",
            "{\"topic\":\"t\",\"partition\":0,\"offset\":2,\"key\":\"k\",\"value\":null}",
            "{\"topic\":\"t\",\"partition\":0,\"offset\":3,\"key\":null,\"value\":1.5}");
    assertThat(strings(bronze, "_key")).containsExactly("12", "\"k\"", "null");
    assertThat(strings(bronze, "_value")).containsExactly("\"a \\\" b\"", "null", "1.5");
  }

  @Test
  void aTombstoneKeepsItsNullAndIsIgnored() {
    Decoded decoded =
        FEED.decode(
            "{\"topic\":\"shop.books\",\"partition\":0,\"offset\":1,\"key\":{\"id\":1},\"value\":null}");
    assertThat(decoded.account()).hasToString("read=1, ignored=1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "  ", "\\n\\t"})
  void aBlankValueIsIgnoredFromAFileAsFromKafka(String text) {
    Decoded decoded =
        FEED.decode(
            "{\"topic\":\"shop.books\",\"partition\":0,\"offset\":1,\"key\":{\"id\":1},\"value\":\""
                + text
                + "\"}");
    assertThat(decoded.account()).hasToString("read=1, ignored=1");
    List<Frame> frames = new ArrayList<>();
    BronzeFrames kafka =
        new BronzeFrames(List.of(FEED.table()), (table, frame) -> frames.add(frame));
    kafka.kafka(
        "shop.books",
        0,
        1,
        0,
        "{\"id\":1}".getBytes(UTF_8),
        text.translateEscapes().getBytes(UTF_8),
        null);
    kafka.flush();
    assertThat(FEED.decode(frames.get(0)).account()).hasToString("read=1, ignored=1");
  }

  @Test
  void aBlankValueGoesToTheTableOfItsTopicAsATombstoneDoes() {
    List<TableDefinition> tables = List.of(FEED.table("books"), FEED.table("authors"));
    List<Integer> rows = new ArrayList<>();
    BronzeFrames bronze =
        new BronzeFrames(
            tables,
            (table, frame) -> {
              assertThat(table).isEqualTo(1);
              rows.add(frame.rows());
            });
    byte[] line =
        "{\"topic\":\"x.y.authors\",\"partition\":0,\"offset\":1,\"key\":null,\"value\":\"\"}"
            .getBytes(UTF_8);
    bronze.line("f", 1, line, 0, line.length, null, null);
    bronze.kafka("x.y.authors", 0, 2, 0, null, new byte[0], null);
    bronze.kafka("x.y.authors", 0, 3, 0, null, " ".getBytes(UTF_8), null);
    bronze.kafka("x.y.authors", 0, 4, 0, null, null, null);
    bronze.flush();
    assertThat(rows).containsExactly(4);
  }

  @Test
  void bytesThatAreNotUtf8AreKeptReadablyAndRefused() {
    Source csv = Source.facts(Kind.CSV);
    Frame bronze = csv.bronze("name,n\ncaf\u00E9,1\ntea,2\n".getBytes(ISO_8859_1));
    assertThat(strings(bronze, "_value")).containsExactly("caf\\xE9,1", "tea,2");
    Decoded decoded = csv.decode(bronze);
    assertThat(decoded.account()).hasToString("read=2, quarantined=1");
    assertThat(strings(decoded.quarantine(), "reason")).containsExactly("MALFORMED");
    assertThat(strings(decoded.quarantine(), "detail")).containsExactly("not UTF-8");
  }

  @Test
  void aCsvRecordKnowsItsHeader() {
    Frame bronze = Source.facts(Kind.CSV).bronze("a,b", "1,2");
    assertThat(strings(bronze, "_header")).containsExactly("a,b");
    assertThat(strings(bronze, "_offset")).containsExactly("2");
  }

  @Test
  void recordsOfSharedFilesGoToTheirTablesAndStrangersToTheFirst() {
    List<TableDefinition> tables = List.of(FEED.table("books"), FEED.table("authors"));
    List<List<String>> values = List.of(new ArrayList<>(), new ArrayList<>());
    BronzeFrames bronze =
        new BronzeFrames(
            tables, (table, frame) -> values.get(table).addAll(strings(frame, "_value")));
    List<String> lines =
        List.of(
            "{\"before\":null,\"after\":{\"table\":\"books\"},\"source\":{\"table\":\"authors\"},\"op\":\"c\"}",
            "{\"id\":1,\"__op\":\"c\",\"__table\":\"authors\"}",
            "{\"topic\":\"x.y.authors\",\"partition\":0,\"offset\":1,\"key\":null,\"value\":null}",
            "{\"topic\":\"x.y.authors\",\"partition\":0,\"offset\":2,\"key\":null,\"value\":{\"id\":2}}",
            "{\"topic\":\"x.y.authors\",\"partition\":0,\"offset\":3,\"key\":null,"
                + "\"value\":{\"after\":{},\"source\":{\"table\":\"books\"}}}",
            "{\"after\":{},\"source\":{\"table\":\"elsewhere\"}}",
            "{\"ts_ms\":1}",
            "",
            "broken");
    for (int i = 0; i < lines.size(); i++) {
      byte[] line = lines.get(i).getBytes(UTF_8);
      bronze.line("f", i + 1, line, 0, line.length, null, null);
    }
    bronze.flush();
    assertThat(values.get(1)).hasSize(4).endsWith("{\"id\":2}");
    assertThat(values.get(0))
        .hasSize(5)
        .startsWith("{\"after\":{},\"source\":{\"table\":\"books\"}}");
  }

  @Test
  void aRecordThatCouldBeAnyTablesIsRefusedRatherThanGuessed() {
    List<TableDefinition> tables = List.of(FEED.table("books"), FEED.table("authors"));
    List<Frame> frames = new ArrayList<>();
    BronzeFrames bronze = new BronzeFrames(tables, (table, frame) -> frames.add(frame));
    byte[] line = "{\"id\":1,\"__op\":\"c\"}".getBytes(UTF_8);
    bronze.line("f", 1, line, 0, line.length, null, null);
    bronze.flush();
    assertThat(strings(frames.get(0), "_fault"))
        .containsExactly(
            "MISSING_SOURCE: the record does not say which table it belongs to: books or authors");
  }

  @Test
  void onlyDebeziumRecordsCanShareTheirFiles() {
    Source jsonl = Source.facts(Kind.JSONL);
    assertThatThrownBy(
            () ->
                new BronzeFrames(List.of(jsonl.table("a"), jsonl.table("b")), (table, frame) -> {}))
        .hasMessage(
            "tables 'a' and 'b' read the same files: only Debezium records say which table they"
                + " belong to");
  }

  @Test
  void framesAreCutByRowsAndByBytes() {
    List<Integer> sizes = new ArrayList<>();
    BronzeFrames bronze =
        new BronzeFrames(
            List.of(Source.facts(Kind.JSONL).table()), (table, frame) -> sizes.add(frame.rows()));
    byte[] small = "{}".getBytes(UTF_8);
    for (int i = 0; i < Frame.TARGET_ROWS + 1; i++) {
      bronze.line("f", i, small, 0, 2, null, null);
    }
    byte[] large = "x".repeat(1 << 20).getBytes(UTF_8);
    for (int i = 0; i < 20; i++) {
      bronze.line("f", i, large, 0, large.length, null, null);
    }
    bronze.flush();
    assertThat(sizes).hasSizeGreaterThan(2).startsWith(Frame.TARGET_ROWS, 16);
  }

  @ParameterizedTest
  @EnumSource(
      value = Kind.class,
      names = {"JSONL", "DEBEZIUM"})
  void aKeyNeedNotBeTextWhereItSaysNothing(Kind kind) {
    List<Frame> frames = new ArrayList<>();
    Source source = kind == Kind.JSONL ? Source.facts(kind) : FEED;
    BronzeFrames kafka =
        new BronzeFrames(List.of(source.table()), (table, frame) -> frames.add(frame));
    byte[] number = {0, 0, 0, 0, 0, 0, 0, (byte) 200};
    kafka.kafka("shop.books", 0, 7, 0, number, "{\"a\":1}".getBytes(UTF_8), null);
    kafka.kafka("shop.books", 0, 8, 0, null, number, null);
    kafka.flush();
    assertThat(strings(frames.get(0), "_fault"))
        .containsExactly(
            kind == Kind.JSONL ? "null" : "MALFORMED: its key is not UTF-8",
            "MALFORMED: not UTF-8");
  }
}
