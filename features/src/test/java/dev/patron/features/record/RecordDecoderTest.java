package dev.patron.features.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.patron.features.change.Events;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.tables.TableDefinition.Applying;
import dev.patron.features.tables.TableDefinition.Change;
import dev.patron.features.tables.TableDefinition.Format.Kind;
import dev.patron.features.tables.TableDefinition.Role;
import dev.patron.features.tables.TableDefinition.Rule;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecordDecoderTest {
  private static final Schema BOOKS =
      Schema.of()
          .with("id", Type.LONG)
          .with("title", Type.STRING)
          .with("price", new Type.Decimal(10, 2));
  private static final Source FEED = Source.feed("id").with(BOOKS);
  private static final String SOURCE =
      "{\"table\":\"books\",\"lsn\":100,\"ts_ms\":1700000000000,\"ts_us\":1700000000000123}";

  private static String event(String op, String before, String after, String source) {
    return "{\"before\":%s,\"after\":%s,\"source\":%s,\"op\":\"%s\",\"ts_ms\":1700000000500}"
        .formatted(before, after, source, op);
  }

  private static String create(String after) {
    return event("c", "null", after, SOURCE);
  }

  private static String wrapped(String key, String value) {
    return "{\"topic\":\"shop.books\",\"partition\":3,\"offset\":9,\"key\":%s,\"value\":%s}"
        .formatted(key, value);
  }

  private static List<Object> row(Frame rows, String... columns) {
    return rows.select(Arrays.asList(columns)).toRows().get(0);
  }

  private static @Nullable Object only(Decoded decoded, String column) {
    assertThat(decoded.quarantine().toRows()).isEmpty();
    assertThat(decoded.rows().rows()).isEqualTo(1);
    return decoded.rows().value(0, column);
  }

  @Nested
  class ChangeEvents {

    @Test
    void anEventHasItsImagePositionInstantAndDelivery() {
      Decoded decoded =
          FEED.decode(
              wrapped("{\"id\":1}", create("{\"id\":1,\"title\":\"é\",\"price\":\"1.50\"}")));
      assertThat(decoded.rows().schema()).isEqualTo(Events.schema(BOOKS));
      assertThat(decoded.rows().toRows().get(0).toString())
          .isEqualTo(
              "[1, é, 1.50, c, 8000000000000064, 100, 2023-11-14T22:13:20.000123Z,"
                  + " 2023-11-14T22:13:20.500Z, shop.books, 3, 9, null]");
      assertThat(decoded.account()).hasToString("read=1");
    }

    @Test
    void keyAndValueMayBeTextThatHoldsThem() {
      String value = create("{\"id\":1,\"title\":\"\\\"é\\\"\",\"price\":\"1.50\"}");
      String schema = "{\"schema\":null,\"payload\":%s}";
      List<Object> expected =
          row(FEED.decode(wrapped("{\"id\":1}", value)).rows(), "id", "title", "price", "_op");
      for (String written : List.of(value, schema.formatted(value))) {
        assertThat(
                row(
                    FEED.decode(wrapped(quoted("{\"id\":1}"), quoted(written))).rows(),
                    "id",
                    "title",
                    "price",
                    "_op"))
            .isEqualTo(expected);
      }
      assertThat(FEED.refusal(wrapped(quoted("{\"id\":2}"), quoted(value))))
          .startsWith("KEY_MISMATCH");
      assertThat(FEED.refusal(wrapped("null", "\"{no\"")))
          .isEqualTo("MALFORMED: not JSON: a single value where one object is wanted");
    }

    private static String quoted(String json) {
      return "\"" + json.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }

    @Test
    void aPlainFileHasNoTopicSoThatItsNameNeverMatters() {
      Decoded decoded = FEED.decode(create("{\"id\":1}"));
      assertThat(row(decoded.rows(), Events.TOPIC, Events.PARTITION, Events.OFFSET))
          .containsExactly(null, null, null);
    }

    @Test
    void fieldsMayComeInAnyOrder() {
      Decoded decoded =
          FEED.decode(
              "{\"ts_us\":5,\"op\":\"u\",\"source\":"
                  + SOURCE
                  + ",\"after\":{\"price\":2,\"id\":7},\"before\":null}");
      assertThat(row(decoded.rows(), "id", "price", "_op").toString()).isEqualTo("[7, 2.00, u]");
    }

    @Test
    void blanksBetweenTokensChangeNothing() {
      String compact = create("{\"id\":7,\"title\":\"t\"}");
      String afterFirst = compact.replace("\"before\":null,", "");
      List<Object> expected = row(FEED.decode(compact).rows(), "id", "title", "_op");
      for (String written :
          List.of(
              afterFirst,
              compact.replace("{\"before\"", " { \"before\""),
              compact.replace("\"before\":", "\"before\" :"),
              compact.replace("null,", "null ,"),
              afterFirst.replace("\"after\":", "\"after\": "))) {
        assertThat(row(FEED.decode(written).rows(), "id", "title", "_op"))
            .as(written)
            .isEqualTo(expected);
      }
    }

    @Test
    void aRowWhoseFirstColumnIsCalledBeforeIsNoEnvelope() {
      assertThat(FEED.refusal("{\"before\":\"noon\",\"id\":1}"))
          .isEqualTo("MISSING_SOURCE: neither an envelope nor __op or __deleted");
      assertThat(FEED.refusal("{\"before\":nul")).startsWith("MALFORMED: not JSON");
      assertThat(FEED.refusal("{\"after\":")).startsWith("MALFORMED: not JSON");
    }

    @Test
    void aRowWhoseFirstColumnsAreNullAndCalledLikeImagesIsNoEnvelope() {
      Schema schema =
          Schema.of()
              .with("before", Type.STRING)
              .with("after", Type.STRING)
              .with("source", Type.STRING)
              .with("id", Type.LONG);
      Source source = Source.feed("id").with(schema);
      String metadata = "\"__op\":\"c\",\"__table\":\"books\",\"__lsn\":1,\"__source_ts_ms\":1}";
      for (String first :
          List.of(
              "\"before\":null,\"id\":1,",
              "\"after\":null,\"id\":1,",
              "\"before\" : null, \"id\":1,",
              "\"before\":null,\"after\":null,\"id\":1,",
              "\"after\":null,\"before\":null,\"source\":null,\"id\":1,")) {
        Decoded decoded = source.decode("{" + first + metadata);
        assertThat(row(decoded.rows(), "before", "after", "id", "_op", "_sequence"))
            .as(first)
            .containsExactly(null, null, 1L, "c", "1");
        assertThat(decoded.account()).as(first).hasToString("read=1");
      }
      Decoded decoded =
          source.decode(
              "{\"before\":null,\"after\":\"noon\",\"source\":\"web\",\"id\":1," + metadata,
              "{\"id\":2,\"before\":\"x\"," + metadata);
      assertThat(decoded.rows().select(List.of("before", "after", "source", "id")).toRows())
          .containsExactly(
              Arrays.asList(null, "noon", "web", 1L), Arrays.asList("x", null, null, 2L));
      assertThat(source.refusal("{\"before\":null,\"id\":1}"))
          .isEqualTo("MISSING_SOURCE: neither an envelope nor __op or __deleted");
      assertThat(Source.facts(Kind.DEBEZIUM).decode("{\"before\":null,\"id\":1}").rows().toRows())
          .containsExactly(Arrays.asList(null, 1L));
    }

    @Test
    void anEnvelopeMayHaveFieldsThatNobodyKnows() {
      String added = "\"headers\":{\"a\":1},";
      String compact = create("{\"id\":7,\"title\":\"t\"}");
      for (String written :
          List.of(
              compact.replace("\"after\"", added + "\"after\""),
              compact.replace("\"op\"", added + "\"op\""))) {
        Decoded decoded = FEED.decode(written);
        assertThat(row(decoded.rows(), "id", "title", "_op").toString())
            .as(written)
            .isEqualTo("[7, t, c]");
      }
    }

    @Test
    void theSecondItemOfTheSequenceStandsInForTheLsn() {
      String source =
          "{\"table\":\"books\",\"lsn\":null,\"sequence\":\"[\\\"7\\\",\\\"99\\\"]\",\"ts_ms\":1}";
      assertThat(only(FEED.decode(event("r", "null", "{\"id\":1}", source)), "_sequence"))
          .isEqualTo("99");
      String first = "{\"table\":\"books\",\"sequence\":\"[null,\\\"98\\\"]\",\"ts_ms\":1}";
      assertThat(only(FEED.decode(event("r", "null", "{\"id\":1}", first)), "_sequence"))
          .isEqualTo("98");
    }

    @Test
    void positionsAbove2To53StayExact() {
      String source = "{\"table\":\"books\",\"lsn\":9007199254740993,\"ts_ms\":1}";
      assertThat(only(FEED.decode(event("c", "null", "{\"id\":1}", source)), "_sequence"))
          .isEqualTo("9007199254740993");
    }

    @Test
    void mysqlFilesCompareByTheirNumber() {
      List<String> positions = new ArrayList<>();
      for (String place :
          List.of(
              "999999\",\"pos\":5,\"row\":1",
              "999999\",\"pos\":40,\"row\":0",
              "1000000\",\"pos\":4")) {
        String source = "{\"table\":\"books\",\"file\":\"bin.000%s,\"ts_ms\":1}".formatted(place);
        Decoded decoded = FEED.decode(event("c", "null", "{\"id\":1}", source));
        positions.add(String.valueOf(only(decoded, "_position")));
      }
      assertThat(positions).isSorted().doesNotHaveDuplicates();
      String source =
          "{\"table\":\"books\",\"file\":\"bin.000003\",\"pos\":154,\"row\":2,\"ts_ms\":1}";
      assertThat(only(FEED.decode(event("c", "null", "{\"id\":1}", source)), "_sequence"))
          .isEqualTo("bin.000003, 154, 2");
    }

    @Test
    void aMysqlSnapshotRowWithoutAFileStandsBeforeTheWholeLog() {
      String source = "{\"table\":\"books\",\"file\":\"\",\"pos\":0,\"row\":0,\"ts_ms\":0}";
      Decoded snapshot = FEED.decode(event("r", "null", "{\"id\":1}", source));
      String first = source.replace("\"\"", "\"bin.000001\"").replace("\"pos\":0", "\"pos\":4");
      Decoded change = FEED.decode(event("c", "null", "{\"id\":1}", first));
      assertThat(List.of(only(snapshot, "_position"), only(change, "_position")))
          .asInstanceOf(InstanceOfAssertFactories.list(String.class))
          .isSorted()
          .doesNotHaveDuplicates();
      assertThat(FEED.refusal(event("c", "null", "{\"id\":1}", source)))
          .startsWith("MISSING_POSITION");
    }

    @Test
    void sqlServersLogNumbersCompareGroupByGroup() {
      String source =
          "{\"table\":\"books\",\"commit_lsn\":\"%s\",\"change_lsn\":%s,"
              + "\"event_serial_no\":%s,\"ts_ms\":1}";
      List<String> positions = new ArrayList<>();
      for (String row :
          List.of(
              source.formatted("00000027:00000ac0:0002", "null", "null"),
              source.formatted("00000027:00000ac0:0002", "\"00000027:00000AB0:0003\"", "1"),
              source.formatted("00000027:00000ac0:0002", "\"00000027:00000ab0:0003\"", "2"),
              source.formatted("00000027:00000ac0:0002", "\"00000027:00000ab1:0001\"", "1"),
              source.formatted("00000027:00000ac0:000a", "\"00000027:00000001:0001\"", "1"),
              source.formatted("ff000000:00000000:0000", "\"NULL\"", "1"))) {
        positions.add(
            String.valueOf(only(FEED.decode(event("u", "null", "{\"id\":1}", row)), "_position")));
      }
      assertThat(positions).isSorted().doesNotHaveDuplicates();
      String row = source.formatted("00000027:00000ac0:0002", "\"00000027:00000ab0:0003\"", "2");
      assertThat(only(FEED.decode(event("u", "null", "{\"id\":1}", row)), "_sequence"))
          .isEqualTo("00000027:00000ac0:0002, 00000027:00000ab0:0003, 2");
      assertThat(
              FEED.refusal(
                  event("u", "null", "{\"id\":1}", source.formatted("no lsn", "null", "1"))))
          .startsWith("WRONG_TYPE");
    }

    @Test
    void oraclesChangesStandWhereTheirTransactionWasCommitted() {
      String source =
          "{\"table\":\"books\",\"scn\":\"%s\",\"commit_scn\":%s,\"rs_id\":%s,\"ssn\":%s,\"ts_ms\":1}";
      List<String> positions = new ArrayList<>();
      for (String row :
          List.of(
              source.formatted("990", "null", "null", "null"),
              source.formatted("990", "\"990\"", "\" 0x000018.00003a2f.0010 \"", "0"),
              source.formatted("990", "\"990\"", "\" 0x000018.00003a2f.0010 \"", "1"),
              source.formatted("990", "\"990\"", "\" 0x000019.00000001.0010 \"", "0"),
              source.formatted("985", "\"1000\"", "\" 0x000001.00000001.0010 \"", "0"))) {
        positions.add(
            String.valueOf(only(FEED.decode(event("u", "null", "{\"id\":1}", row)), "_position")));
      }
      assertThat(positions).isSorted().doesNotHaveDuplicates();
      String row = source.formatted("985", "\"1000\"", "\" 0x000001.00000001.0010 \"", "0");
      assertThat(only(FEED.decode(event("u", "null", "{\"id\":1}", row)), "_sequence"))
          .isEqualTo("1000, 985, 0x000001.00000001.0010, 0");
    }

    @Test
    void unwrappedRowsMayCarryThePositionsOfAnyDatabase() {
      Decoded decoded =
          FEED.decode(
              "{\"id\":1,\"__op\":\"u\",\"__source_ts_ms\":1,\"__commit_lsn\":\"00000027:00000ac0:0002\","
                  + "\"__source_change_lsn\":\"00000027:00000ab0:0003\",\"__event_serial_no\":2}",
              "{\"id\":1,\"__op\":\"u\",\"__source_ts_ms\":1,\"__scn\":\"985\",\"__source_commit_scn\":\"1000\"}");
      assertThat(decoded.rows().select(List.of("_sequence")).toRows())
          .containsExactly(
              List.of("00000027:00000ac0:0002, 00000027:00000ab0:0003, 2"),
              List.of("1000, 985, , 0"));
    }

    @Test
    void aDeleteHasItsKeyAloneWhateverItsImageInvents() {
      String before = "{\"id\":2,\"title\":\"\",\"price\":\"no number\"}";
      assertThat(
              row(
                  FEED.decode(event("d", before, "null", SOURCE)).rows(),
                  "id",
                  "title",
                  "price",
                  "_op"))
          .containsExactly(2L, null, null, "d");
      assertThat(
              row(
                  FEED.decode(wrapped("{\"id\":3}", event("d", before, "null", SOURCE))).rows(),
                  "id",
                  "title"))
          .containsExactly(3L, null);
      assertThat(
              row(
                  FEED.decode(
                          "{\"id\":4,\"title\":\"\",\"price\":\"\",\"__op\":\"d\",\"__deleted\":\"true\",\"__source_lsn\":5,\"__source_ts_ms\":6}")
                      .rows(),
                  "id",
                  "title",
                  "_op"))
          .containsExactly(4L, null, "d");
    }

    @Test
    void aTruncateIsAnEventWithoutAKey() {
      Decoded decoded = FEED.decode(wrapped("null", event("t", "null", "null", SOURCE)));
      assertThat(row(decoded.rows(), "id", "_op")).containsExactly(null, "t");
    }

    @Test
    void unwrappedRecordsCarryTheirMetadataInTwoUnderscores() {
      Decoded decoded =
          FEED.decode(
              "{\"id\":1,\"title\":\"a\",\"__deleted\":\"false\",\"__op\":\"r\",\"__table\":\"books\",\"__source_lsn\":5,"
                  + "\"__source_ts_ms\":1700000000000,\"__ts_ms\":1700000000500}");
      assertThat(
              row(decoded.rows(), "id", "title", "_op", "_sequence", "_instant", "_delivered_at")
                  .toString())
          .isEqualTo("[1, a, r, 5, 2023-11-14T22:13:20Z, 2023-11-14T22:13:20.500Z]");
      assertThat(decoded.account()).hasToString("read=1");
      assertThat(
              only(
                  FEED.decode(
                      "{\"id\":1,\"__deleted\":\"false\",\"__lsn\":5,\"__source_ts_us\":6}"),
                  "_op"))
          .isEqualTo("u");
    }

    @Test
    void anUnwrappedTableMayHaveColumnsNamedLikeAnEnvelope() {
      Source source =
          Source.feed("id").with(Schema.of().with("op", Type.STRING).with("id", Type.LONG));
      Decoded decoded =
          source.decode("{\"op\":\"x\",\"id\":1,\"__op\":\"c\",\"__lsn\":5,\"__source_ts_ms\":6}");
      assertThat(row(decoded.rows(), "op", "_op")).containsExactly("x", "c");
      String schema =
          "{\"type\":\"struct\",\"fields\":[{\"type\":\"string\",\"field\":\"op\"},"
              + "{\"type\":\"string\",\"field\":\"source\"},{\"type\":\"int64\",\"field\":\"id\"}]}";
      Decoded described =
          source.decode(
              "{\"schema\":"
                  + schema
                  + ",\"payload\":{\"op\":\"x\",\"source\":\"web\",\"id\":1,\"__op\":\"c\",\"__lsn\":5,\"__source_ts_ms\":6}}");
      assertThat(row(described.rows(), "op", "_op")).containsExactly("x", "c");
    }

    @Test
    void whatIsNotForTheTableIsIgnoredAndCounted() {
      Decoded decoded =
          FEED.decode(
              "",
              "   ",
              wrapped("{\"id\":1}", "null"),
              "{\"ts_ms\":1}",
              "{\"status\":\"BEGIN\",\"id\":\"1\",\"event_count\":null,\"data_collections\":null,\"ts_ms\":1}",
              event("m", "null", "null", "{\"table\":\"\"}"),
              event("c", "null", "{\"id\":1}", "{\"table\":\"others\",\"lsn\":1,\"ts_ms\":1}"),
              "{\"id\":1,\"__op\":\"c\",\"__table\":\"others\"}",
              "{\"topic\":\"a.others\",\"partition\":0,\"offset\":0,\"key\":null,\"value\":{\"id\":1,\"__op\":\"c\"}}");
      assertThat(decoded.account()).hasToString("read=9, ignored=9");
    }

    @Test
    void transactionMarkersAreIgnoredWithAndWithoutATime() {
      String begin =
          "{\"status\":\"BEGIN\",\"id\":\"571:53195829\",\"event_count\":null,\"data_collections\":null%s}";
      String end =
          "{\"status\":\"END\",\"id\":\"571:53195832\",\"event_count\":1,\"data_collections\":"
              + "[{\"data_collection\":\"public.books\",\"event_count\":1}]%s}";
      assertThat(
              FEED.decode(
                      begin.formatted(""),
                      end.formatted(""),
                      begin.formatted(",\"ts_ms\":1486500577125"),
                      end.formatted(",\"ts_ms\":1486500577691"))
                  .account())
          .hasToString("read=4, ignored=4");
      assertThat(FEED.refusal(begin.formatted(",\"title\":\"t\""))).startsWith("MISSING_SOURCE");
      assertThat(FEED.refusal("{\"status\":\"new\",\"id\":1,\"event_count\":2,\"ts_ms\":3}"))
          .startsWith("MISSING_SOURCE");
    }

    @Test
    void theRecordsKeyFillsAndChecksTheImage() {
      assertThat(only(FEED.decode(wrapped("{\"id\":1}", create("{\"title\":\"t\"}"))), "id"))
          .isEqualTo(1L);
      assertThat(only(FEED.decode(wrapped("1", create("{\"title\":\"t\"}"))), "id")).isEqualTo(1L);
      assertThat(
              only(
                  FEED.decode(
                      wrapped(
                          "{\"schema\":{\"type\":\"struct\",\"fields\":[{\"type\":\"int64\",\"field\":\"id\"}]},\"payload\":{\"id\":1}}",
                          create("{\"title\":\"t\"}"))),
                  "id"))
          .isEqualTo(1L);
    }

    @Test
    void embeddedSchemasChangeNothingButWhatTheySay() {
      String schema =
          "{\"type\":\"struct\",\"fields\":[{\"type\":\"struct\",\"field\":\"after\",\"fields\":["
              + "{\"type\":\"int64\",\"field\":\"id\"},{\"type\":\"string\",\"field\":\"title\"},"
              + "{\"type\":\"bytes\",\"name\":\"org.apache.kafka.connect.data.Decimal\",\"parameters\":{\"scale\":\"2\"},\"field\":\"price\"}]},"
              + "{\"type\":\"struct\",\"field\":\"source\",\"fields\":[]},{\"type\":\"string\",\"field\":\"op\"}]}";
      String line =
          "{\"schema\":"
              + schema
              + ",\"payload\":"
              + create("{\"id\":1,\"title\":\"t\",\"price\":\"AJY=\"}")
              + "}";
      String reversed =
          "{\"payload\":"
              + create("{\"id\":1,\"title\":\"t\",\"price\":\"AJY=\"}")
              + ",\"schema\":"
              + schema
              + "}";
      Frame expected = FEED.decode(create("{\"id\":1,\"title\":\"t\",\"price\":1.50}")).rows();
      // Twice, since the second time the schema is known by its bytes.
      Frame twice = FEED.decode(line, line + " ").rows();
      assertThat(twice.slice(0, 1)).isEqualTo(expected);
      assertThat(twice.slice(1, 2)).isEqualTo(expected);
      assertThat(FEED.decode(reversed).rows()).isEqualTo(expected);
      // JSON's other ways to write the same.
      for (String written :
          List.of(
              line.replace("{\"schema\"", " { \t\"schema\""),
              line.replace("{\"schema\"", "{\"\\u0073chema\""),
              line.replace("{\"schema\"", "{\"s\\u0063hema\""),
              reversed.replace("{\"payload\"", "{\"\\u0070ayload\""),
              reversed.replace("{\"payload\"", "{\"p\\u0061yload\""))) {
        assertThat(FEED.decode(written).rows()).as(written).isEqualTo(expected);
      }
    }

    @Test
    void placeholdersAreNullAndNamed() {
      Source source =
          Source.feed("id")
              .with(
                  Schema.of()
                      .with("id", Type.LONG)
                      .with("text", Type.STRING)
                      .with("blob", Type.STRING)
                      .with("price", new Type.Decimal(10, 2))
                      .with("tags", new Type.ListOf(Type.STRING))
                      .with("numbers", new Type.ListOf(Type.LONG))
                      .with("not", new Type.ListOf(Type.STRING)));
      String p = "\"__debezium_unavailable_value\"";
      Decoded decoded =
          source.decode(
              create(
                  "{\"id\":1,\"text\":%s,\"blob\":\"X19kZWJleml1bV91bmF2YWlsYWJsZV92YWx1ZQ==\",\"price\":%s,\"tags\":[%s],\"numbers\":[%s],\"not\":[%s,\"b\"]}"
                      .formatted(p, p, p, p, p)));
      assertThat(
              row(
                  decoded.rows(),
                  "text",
                  "blob",
                  "price",
                  "tags",
                  "numbers",
                  "not",
                  "_unavailable"))
          .containsExactly(
              null,
              null,
              null,
              null,
              null,
              List.of("__debezium_unavailable_value", "b"),
              List.of("text", "blob", "price", "tags", "numbers"));
    }

    /** As Debezium's connector for PostgreSQL writes them, a shape for each type of a column. */
    @Test
    void placeholdersOfEveryTypeAreKnown() {
      String p = "\"__debezium_unavailable_value\"";
      String bytes = "__debezium_unavailable_value".chars().boxed().toList().toString();
      String base64 = "\"X19kZWJleml1bV91bmF2YWlsYWJsZV92YWx1ZQ==\"";
      String uuid =
          "\"%s\""
              .formatted(UUID.nameUUIDFromBytes("__debezium_unavailable_value".getBytes(UTF_8)));
      Schema columns =
          Schema.of()
              .with("id", Type.LONG)
              .with("ints", new Type.ListOf(Type.LONG))
              .with("days", new Type.ListOf(Type.DATE))
              .with("uuids", new Type.ListOf(Type.STRING))
              .with("blobs", new Type.ListOf(Type.STRING))
              .with("labels", new Type.RowOf(Schema.of().with("a", Type.STRING)))
              .with("map", Type.STRING)
              .with("json", Type.STRING)
              .with("price", new Type.Decimal(10, 2));
      String image =
          "{\"id\":1,\"ints\":%s,\"days\":%s,\"uuids\":[%s],\"blobs\":[%s],\"labels\":{%s:%s},\"map\":{%s:%s},\"json\":\"%s\",\"price\":{%s:%s}%s}";
      String json = "{%s:%s}".formatted(p, p).replace("\"", "\\\"");
      Source source = Source.feed("id").with(columns);
      for (String place : List.of("", ",\"__op\":\"u\",\"__lsn\":1,\"__source_ts_ms\":1")) {
        String row = image.formatted(bytes, bytes, uuid, base64, p, p, p, p, json, p, p, place);
        Decoded decoded = source.decode(place.isEmpty() ? create(row) : row);
        assertThat(decoded.quarantine().toRows()).isEmpty();
        assertThat(row(decoded.rows(), columns.names().toArray(String[]::new)))
            .containsExactly(1L, null, null, null, null, null, null, null, null);
        assertThat(decoded.rows().value(0, Events.UNAVAILABLE))
            .isEqualTo(columns.names().subList(1, columns.size()));
        assertThat(decoded.account()).hasToString("read=1");
      }
    }

    @Test
    void aMapThatItsSchemaDescribesHasAPlaceholderToo() {
      String schema =
          "{\"type\":\"struct\",\"fields\":[{\"type\":\"struct\",\"field\":\"after\",\"fields\":["
              + "{\"type\":\"int64\",\"field\":\"id\"},{\"type\":\"map\",\"keys\":{\"type\":\"string\"},\"values\":{\"type\":\"string\"},\"field\":\"map\"}]},"
              + "{\"type\":\"struct\",\"field\":\"source\",\"fields\":[]},{\"type\":\"string\",\"field\":\"op\"}]}";
      String line = "{\"schema\":" + schema + ",\"payload\":%s}";
      String p = "\"__debezium_unavailable_value\"";
      Decoded decoded =
          Source.feed("id")
              .decode(
                  line.formatted(create("{\"id\":1,\"map\":{%s: %s}}".formatted(p, p))),
                  line.formatted(create("{\"id\":2,\"map\":{%s:%s,\"a\":null}}".formatted(p, p))));
      assertThat(decoded.rows().select(List.of("map", Events.UNAVAILABLE)).toRows())
          .containsExactly(
              Arrays.asList(null, List.of("map")),
              Arrays.asList("{%s:%s,\"a\":null}".formatted(p, p), null));
    }

    @Test
    void whatOnlyResemblesAPlaceholderIsData() {
      String p = "\"__debezium_unavailable_value\"";
      List<Long> bytes = "__debezium_unavailable_value".chars().mapToObj(Long::valueOf).toList();
      List<Long> longer = new ArrayList<>(bytes);
      longer.add(0L);
      List<Long> other = new ArrayList<>(bytes);
      other.set(27, 0L);
      String base64 = "X19kZWJleml1bV91bmF2YWlsYWJsZV92YWx1ZQ==";
      String uuid =
          UUID.nameUUIDFromBytes("__debezium_unavailable_value".getBytes(UTF_8)).toString();
      Source source =
          Source.feed("id")
              .with(
                  Schema.of()
                      .with("id", Type.LONG)
                      .with("ints", new Type.ListOf(Type.LONG))
                      .with("texts", new Type.ListOf(Type.STRING))
                      .with("labels", new Type.RowOf(Schema.of().with("a", Type.STRING)))
                      .with(
                          "rows",
                          new Type.ListOf(new Type.RowOf(Schema.of().with("a", Type.STRING)))));
      for (List<Long> ints : List.of(longer, other, bytes.subList(0, 27), List.of(95L))) {
        assertThat(only(source.decode(create("{\"id\":1,\"ints\":" + ints + "}")), "ints"))
            .isEqualTo(ints);
      }
      for (List<String> texts : List.of(List.of(base64, "b"), List.of(uuid, uuid))) {
        String json = "[\"" + String.join("\",\"", texts) + "\"]";
        assertThat(only(source.decode(create("{\"id\":1,\"texts\":" + json + "}")), "texts"))
            .isEqualTo(texts);
      }
      String texts = bytes.toString();
      Decoded numbers =
          Source.facts(Kind.JSONL)
              .with(Schema.of().with("ints", new Type.ListOf(Type.LONG)))
              .decode("{\"ints\":" + texts + "}");
      assertThat(only(numbers, "ints")).isEqualTo(bytes);
      Decoded labels =
          source.decode(
              create("{\"id\":1,\"labels\":{%s:%s,\"a\":\"x\"}}".formatted(p, p)),
              create("{\"id\":2,\"labels\":{\"a\":\"x\",%s:%s}}".formatted(p, p)),
              create("{\"id\":3,\"labels\":{%s:\"x\"}}".formatted(p)),
              create("{\"id\":4,\"rows\":[{%s:%s}]}".formatted(p, p)));
      assertThat(labels.rows().select(List.of("labels", "rows", Events.UNAVAILABLE)).toRows())
          .hasToString(
              "[[[x], null, null], [[x], null, null], [[null], null, null], [null, [[null]], null]]");
      assertThat(labels.account()).hasToString("read=4, unknown_column=4");
    }

    @Test
    void unknownColumnsAreCountedAndLeftOut() {
      assertThat(
              FEED.decode(create("{\"id\":1,\"genre\":\"x\",\"era\":null,\"more\":{\"a\":[1]}}"))
                  .account())
          .hasToString("read=1, unknown_column=2");
    }

    @Test
    void whatDiffersFromAColumnInCaseAloneIsUnknown() {
      Decoded decoded =
          Source.feed("id")
              .decode(
                  create("{\"id\":1,\"Title\":\"t\",\"title\":\"u\",\"n\":{\"a\":1,\"A\":2}}"),
                  create("{\"id\":2,\"title\":\"u\"}"));
      assertThat(decoded.rows().select(List.of("id", "Title", "n")).toRows())
          .hasToString("[[1, t, [2]], [2, null, null]]");
      assertThat(decoded.rows().schema().has("title")).isFalse();
      assertThat(decoded.account()).hasToString("read=2, unknown_column=3");
    }

    @Test
    void factsTakeTheImagesAndIgnoreTheRest() {
      Source facts = Source.facts(Kind.DEBEZIUM).with(BOOKS);
      Decoded decoded =
          facts.decode(
              create("{\"id\":1,\"title\":\"__debezium_unavailable_value\"}"),
              event("d", "{\"id\":1}", "null", SOURCE),
              event("t", "null", "null", SOURCE),
              "{\"id\":2,\"title\":\"flattened\"}");
      assertThat(decoded.rows().schema()).isEqualTo(BOOKS);
      assertThat(decoded.rows().toRows())
          .containsExactly(Arrays.asList(1L, null, null), Arrays.asList(2L, "flattened", null));
      assertThat(decoded.account()).hasToString("read=4, ignored=2, unknown_value=1");
    }
  }

  @Nested
  class Refusals {

    @Test
    void purchasesOfImpossibleYearsAreRefused() {
      Source csv = Source.facts(Kind.CSV).with("at", Role.TIME);
      assertThat(csv.refusal("at", "2023-01-01", "9999-12-31"))
          .isEqualTo("WRONG_TYPE: column 'at': 9999-12-31 is out of range, the years 1900 to 2199");
      assertThat(csv.refusal("at", "2023-01-01T10:00:00Z", "0001-01-01T00:00:00Z"))
          .contains("0001-01-01T00:00:00Z is out of range");
      assertThat(csv.decode("at", "1900-01-01", "2199-12-31").rows().rows()).isEqualTo(2);
    }

    @Test
    void amountsThatNoPurchaseHasAreRefused() {
      Source csv = Source.facts(Kind.CSV).with("amount", Role.MONEY).with("n", Role.QUANTITY);
      for (String amount : List.of("1e18", "1e30", "-1e300", "99999999999999", "1e999999999")) {
        Decoded decoded = csv.decode("amount,n", "12.50,1", amount + ",1");
        assertThat(decoded.rows().toRows().toString()).as(amount).isEqualTo("[[12.50, 1]]");
        assertThat(decoded.quarantine().value(0, "reason")).isEqualTo("WRONG_TYPE");
      }
      assertThat(csv.refusal("amount,n", "12.50,1", "1e300,1"))
          .isEqualTo("WRONG_TYPE: column 'amount': '1E+300' does not fit decimal(18,2)");
      assertThat(csv.refusal("amount,n", "12.50,1", "1e11,2", "1e12,1"))
          .isEqualTo(
              "WRONG_TYPE: column 'amount': 1.0E12 is out of range, numbers below 1000000000000");
      assertThat(csv.refusal("amount,n", "5,1.5", "5,1e300"))
          .isEqualTo(
              "WRONG_TYPE: column 'n': 1.0E300 is out of range, numbers below 1000000000000");
      assertThat(csv.refusal("amount,n", "0.123456,1", "100000000.1,1"))
          .endsWith("column 'amount': 100000000.100000 is out of range, numbers below 100000000");
      assertThat(csv.decode("amount,n", "999999999999.99,999999999999").rows().rows()).isEqualTo(1);
    }

    @Test
    void amountsOfOrderLinesAndPricesOfChangesAreJudgedToo() {
      Source lines = Source.facts(Kind.JSONL).with("lines.price", Role.MONEY);
      assertThat(
              lines.refusal(
                  "{\"lines\":[{\"price\":1.5},{\"price\":null}]}",
                  "{\"lines\":null}",
                  "{\"lines\":[{\"price\":2},{\"price\":99999999999999.5}]}"))
          .isEqualTo(
              "WRONG_TYPE: column 'lines.price': 99999999999999.5 is out of range, numbers below"
                  + " 1000000000000");
      Source feed =
          Source.feed("id")
              .with(Schema.of().with("id", Type.LONG).with("price", Type.DOUBLE))
              .with("price", Role.MONEY);
      assertThat(feed.refusal(create("{\"id\":1,\"price\":1e300}")))
          .startsWith("WRONG_TYPE: column 'price': 1.0E300 is out of range");
      assertThat(feed.decode(event("d", "{\"id\":1,\"price\":1e300}", "null", SOURCE)).account())
          .hasToString("read=1");
    }

    @Test
    void whatIsNoJsonObjectIsMalformed() {
      assertThat(FEED.refusal("{\"id\":"))
          .startsWith("MALFORMED: not JSON: Unexpected end-of-input");
      assertThat(FEED.refusal("[1]"))
          .isEqualTo("MALFORMED: not JSON: an array where one object is wanted");
      assertThat(FEED.refusal("17"))
          .isEqualTo("MALFORMED: not JSON: a single value where one object is wanted");
      assertThat(FEED.refusal(create("{\"id\":1}") + "{}"))
          .isEqualTo("MALFORMED: not JSON: more than one object");
      assertThat(FEED.refusal(create("{\"id\":1,\"title\":\"a\",\"title\":\"b\"}")))
          .isEqualTo("MALFORMED: column 'title': the field occurs twice");
      assertThat(FEED.refusal(create("{\"id\":1,\"title\":\"\\ud83d\"}")))
          .isEqualTo("WRONG_TYPE: column 'title': half of a surrogate pair is not text");
      assertThat(FEED.refusal(wrapped("{\"id\":1,}", create("{\"id\":1}"))))
          .startsWith("MALFORMED");
    }

    @Test
    void aRecordBrokenInTheMiddleOfNestedRowsDoesNotTouchItsNeighbours() {
      Source source =
          Source.facts(Kind.JSONL)
              .with(
                  Schema.of()
                      .with("id", Type.LONG)
                      .with(
                          "lines",
                          new Type.ListOf(
                              new Type.RowOf(
                                  Schema.of()
                                      .with("n", Type.LONG)
                                      .with("tags", new Type.ListOf(Type.STRING))))));
      Decoded decoded =
          source.decode(
              "{\"id\":1,\"lines\":[{\"n\":1,\"tags\":[\"a\"]},{\"tags\":null}]}",
              "{\"id\":2,\"lines\":[{\"n\":1},{\"n\":2,\"tags\":[\"b\",",
              "{\"id\":3,\"lines\":[{\"tags\":[\"c\",\"d\"],\"n\":5}]}");
      assertThat(decoded.rows().toRows().toString())
          .isEqualTo("[[1, [[1, [a]], [null, null]]], [3, [[5, [c, d]]]]]");
      assertThat(decoded.account()).hasToString("read=3, quarantined=1");
    }

    @Test
    void anUnknownOpIsRefused() {
      assertThat(FEED.refusal(event("x", "null", "{\"id\":1}", SOURCE)))
          .isEqualTo("UNKNOWN_OP: op 'x'");
      assertThat(FEED.refusal("{\"after\":{\"id\":1},\"source\":" + SOURCE + "}"))
          .isEqualTo("UNKNOWN_OP: no op");
    }

    @Test
    void aMissingSourceIsRefused() {
      assertThat(FEED.refusal("{\"before\":null,\"after\":{\"id\":1},\"op\":\"c\"}"))
          .isEqualTo("MISSING_SOURCE: no source");
      assertThat(FEED.refusal("{\"id\":1}"))
          .isEqualTo("MISSING_SOURCE: neither an envelope nor __op or __deleted");
    }

    @Test
    void aMissingImageIsRefused() {
      assertThat(FEED.refusal(event("u", "{\"id\":1}", "null", SOURCE)))
          .isEqualTo("MISSING_IMAGE: no row after op 'u'");
    }

    @Test
    void aMissingKeyIsRefused() {
      assertThat(FEED.refusal(create("{\"title\":\"t\"}")))
          .isEqualTo("MISSING_KEY: column 'id' is null or absent");
      assertThat(FEED.refusal(wrapped("{\"id\":null}", create("{\"id\":null}"))))
          .startsWith("MISSING_KEY");
      assertThat(FEED.refusal(event("d", "null", "null", SOURCE))).startsWith("MISSING_KEY");
      assertThat(Source.facts(Kind.JSONL).withKey("id").with(BOOKS).refusal("{\"title\":\"t\"}"))
          .isEqualTo("MISSING_KEY: column 'id' is null");
    }

    @Test
    void aKeyThatContradictsTheRowIsRefused() {
      assertThat(FEED.refusal(wrapped("{\"id\":1}", create("{\"id\":2}"))))
          .isEqualTo("KEY_MISMATCH: column 'id' is 1 in the key and 2 in the row");
    }

    @Test
    void aMissingPositionOrTimestampIsRefused() {
      assertThat(
              FEED.refusal(event("c", "null", "{\"id\":1}", "{\"table\":\"books\",\"ts_ms\":1}")))
          .startsWith("MISSING_POSITION");
      assertThat(FEED.refusal(event("c", "null", "{\"id\":1}", "{\"table\":\"books\",\"lsn\":1}")))
          .startsWith("MISSING_TIMESTAMP");
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        quoteCharacter = '`',
        value = {
          "'lsn':9223372036854775808|source.lsn: '9223372036854775808' is no 64-bit integer",
          "'lsn':1.5|source.lsn: '1.5' is no 64-bit integer",
          "'lsn':'x'|source.lsn: 'x' is no 64-bit integer",
          "'lsn':{'long':100}|source.lsn: an object is no 64-bit integer",
          "'lsn':{'long':100},'sequence':'[null,\\\"100\\\"]'|source.lsn: an object is no 64-bit integer",
          "'lsn':null,'sequence':'[null,\\\"1e30\\\"]'|source.sequence: '1e30' is no 64-bit integer",
          "'lsn':null,'sequence':{'string':'[]'}|source.sequence: an object is no text",
          "'file':'bin.3','pos':true,'row':0|source.pos: 'true' is no 64-bit integer",
          "'file':'bin.3','pos':4,'row':0.5|source.row: '0.5' is no 64-bit integer",
          "'commit_lsn':'1:a','change_lsn':null,'event_serial_no':[1]|source.event_serial_no: an array is no 64-bit integer",
          "'commit_lsn':'no lsn','change_lsn':null|source.commit_lsn: 'no lsn' is no log sequence number",
          "'scn':'10000000000000000001'|source.scn: '10000000000000000001' is no 64-bit integer",
          "'scn':'5','commit_scn':'10000000000000000001'|source.commit_scn: '10000000000000000001' is no 64-bit integer"
        })
    void aPositionThatIsNoNumberIsOfTheWrongType(String place, String detail) {
      String source = "{'table':'books',%s,'ts_ms':1}".formatted(place).replace('\'', '"');
      assertThat(FEED.refusal(event("c", "null", "{\"id\":1}", source)))
          .isEqualTo("WRONG_TYPE: " + detail);
    }

    @Test
    void whatIsNoPartOfThePositionMayBeAnything() {
      String source = "{\"table\":\"books\",\"lsn\":7,\"row\":\"x\",\"scn\":{},\"ts_ms\":1}";
      assertThat(only(FEED.decode(event("c", "null", "{\"id\":1}", source)), "_sequence"))
          .isEqualTo("7");
    }

    @Test
    void aListOrARowThatIsAbsentIsNull() {
      Schema nested =
          Schema.of()
              .with("id", Type.LONG)
              .with("tags", Type.parse("array<string>"))
              .with("lines", Type.parse("array<row<sku:string>>"))
              .with("place", Type.parse("row<city:string>"));
      for (String row :
          List.of("{\"id\":1}", "{\"id\":1,\"tags\":null,\"lines\":null,\"place\":null}")) {
        Frame event = Source.feed("id").with(nested).decode(create(row)).rows();
        Frame fact = Source.facts(Kind.JSONL).with(nested).decode(row).rows();
        for (Frame rows : List.of(event, fact)) {
          assertThat(row(rows, "id", "tags", "lines", "place"))
              .as(row)
              .containsExactly(1L, null, null, null);
        }
      }
    }

    @Test
    void aRefusedRecordKeepsItsTextAndPlace() {
      String line = wrapped("{\"id\":1}", "{\"op\":1");
      Frame quarantine = FEED.decode(line).quarantine();
      assertThat(quarantine.value(0, "_value")).isEqualTo(line);
      assertThat(quarantine.value(0, "_offset")).isEqualTo(1L);
      assertThat(quarantine.value(0, "_file")).isEqualTo(Source.FILE);
    }

    @Test
    void oneBadRecordLeavesItsNeighboursAlone() {
      Decoded decoded =
          FEED.decode(create("{\"id\":1}"), create("{\"id\":\"one\"}"), "", create("{\"id\":3}"));
      assertThat(decoded.rows().select(List.of("id")).toRows())
          .containsExactly(List.of(1L), List.of(3L));
      assertThat(decoded.account()).hasToString("read=4, ignored=1, quarantined=1");
      assertThat(decoded.account().residual()).isEqualTo(2);
    }
  }

  @Nested
  class TypedValues {

    /**
     * It shows nothing of its column's type, so that whatever that becomes must have room for it.
     */
    @Test
    void anObjectWithoutFieldsIsNoValueUnlessTheDatasetSaysWhatItIs() {
      Source json = Source.facts(Kind.JSONL);
      assertThat(json.decode("{\"x\":{},\"y\":{\"z\":{}},\"l\":[{},{}]}").rows().toRows())
          .hasToString("[[[null, null], null, [null]]]");
      for (String other : List.of("7", "\"t\"", "true", "1.5", "[1]")) {
        Decoded decoded = json.decode("{\"x\":{}}", "{\"x\":" + other + "}");
        assertThat(decoded.account()).as(other).hasToString("read=2");
        assertThat(decoded.rows().value(0, "x")).as(other).isNull();
      }
      assertThat(json.decode("{\"x\":{}}", "{\"x\":{\"a\":1}}").rows().toRows())
          .hasToString("[[[null]], [[1]]]");
      assertThat(json.with("x", Role.MONEY).refusal("{\"x\":{}}"))
          .isEqualTo("WRONG_TYPE: column 'x': an object is no decimal(18,2)");
      assertThat(json.with(Schema.of().with("x", Type.STRING)).refusal("{\"x\":{}}"))
          .isEqualTo("WRONG_TYPE: column 'x': an object is no string");
    }

    private String read(Type type, String json) {
      return read(Source.facts(Kind.JSONL), type, json);
    }

    /** A value as it is read, or why it is refused. */
    private String read(Source source, Type type, String json) {
      Source typed = source.with(Schema.of().with("x", type));
      Decoded decoded = typed.decode("{\"x\":" + json + "}");
      return decoded.rows().rows() == 1
          ? String.valueOf(decoded.rows().value(0, "x"))
          : decoded.quarantine().value(0, "reason") + "";
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        value = {
          "long|9007199254740993|9007199254740993",
          "long|-9223372036854775808|-9223372036854775808",
          "long|9223372036854775808|WRONG_TYPE",
          "long|1.5|WRONG_TYPE",
          "long|1.0|1",
          "long|1e2|100",
          "long|1e999999999|WRONG_TYPE",
          "long|\"12\"|12",
          "long|\"x\"|WRONG_TYPE",
          "long|true|WRONG_TYPE",
          "long|[1]|WRONG_TYPE",
          "double|0.1|0.1",
          "double|1E308|1.0E308",
          "double|1e400|WRONG_TYPE",
          "double|9007199254740992|9.007199254740992E15",
          "double|9007199254740993|WRONG_TYPE",
          "double|\"NaN\"|WRONG_TYPE",
          "double|\"Infinity\"|WRONG_TYPE",
          "boolean|true|true",
          "boolean|1|true",
          "boolean|2|WRONG_TYPE",
          "boolean|\"FALSE\"|false",
          "string|12.50|12.50",
          "string|false|false",
          "string|{}|WRONG_TYPE",
          "decimal(10,2)|\"1.5\"|1.50",
          "decimal(10,2)|1|1.00",
          "decimal(10,2)|\"-1E1\"|-10.00",
          "decimal(10,2)|1.005|WRONG_TYPE",
          "decimal(10,2)|1.500|1.50",
          "decimal(10,2)|99999999.99|99999999.99",
          "decimal(10,2)|100000000|WRONG_TYPE",
          "decimal(10,2)|\"1000\"|1000.00",
          "decimal(38,2)|123456789012345678901234567890.25|123456789012345678901234567890.25",
          "decimal(38,0)|1e38|WRONG_TYPE",
          "decimal(10,2)|1e999999999|WRONG_TYPE",
          "decimal(10,2)|\"x\"|WRONG_TYPE",
          "date|18321|2020-02-29",
          "date|\"2020-02-29\"|2020-02-29",
          "date|\"2020-02-29Z\"|2020-02-29",
          "date|\"2020-02-30\"|WRONG_TYPE",
          "date|\"2020-02-29T00:00:00Z\"|2020-02-29",
          "date|\"2020-02-29T01:00:00Z\"|WRONG_TYPE",
          "date|-719162|0001-01-01",
          "date|-719163|WRONG_TYPE",
          "date|\"0000-12-31\"|WRONG_TYPE",
          "date|\"10000-01-01\"|WRONG_TYPE",
          "timestamp|1700000000123|2023-11-14T22:13:20.123Z",
          "timestamp|1700000000123456|2023-11-14T22:13:20.123456Z",
          "timestamp|99999999999999|5138-11-16T09:46:39.999Z",
          "timestamp|\"2023-11-14T22:13:20+02:00\"|2023-11-14T20:13:20Z",
          "timestamp|\"2023-11-14 22:13:20.1234567\"|2023-11-14T22:13:20.123456Z",
          "timestamp|\"2023-11-14\"|2023-11-14T00:00:00Z",
          "timestamp|\"2023-11-14T24:00:00Z\"|WRONG_TYPE",
          "timestamp|\"12345-01-01T00:00:00Z\"|WRONG_TYPE",
          "timestamp|\"-0044-03-15T00:00:00Z\"|WRONG_TYPE",
          "timestamp|999999999999999999999|WRONG_TYPE",
        })
    void aValueIsHeldExactlyOrRefused(String type, String json, String expected) {
      assertThat(read(Type.parse(type), json)).isEqualTo(expected);
    }

    @Test
    void withoutDeclarationOrMeaningTextIsNoNumber() {
      Source json = Source.facts(Kind.JSONL);
      assertThat(json.refusal("{\"x\":1}", "{\"x\":\"2\"}"))
          .isEqualTo("WRONG_TYPE: column 'x': the text '2' is no long");
      assertThat(json.with("x", Role.QUANTITY).decode("{\"x\":1}", "{\"x\":\"2\"}").account())
          .hasToString("read=2");
    }

    @Test
    void anIdentityNeverLosesItsLeadingZeros() {
      Source csv = Source.facts(Kind.CSV).with("x", Role.IDENTITY);
      RecordDecoder decoder =
          new RecordDecoder(csv.table(), Schema.of().with("x", Type.LONG).with("y", Type.STRING));
      Decoded decoded = decoder.decode(csv.bronze("x,y", "7,a", "007,b"));
      assertThat(decoded.account()).hasToString("read=2, quarantined=1");
    }

    @Test
    void timesWithoutAZoneAreTheDatasetsOwn() {
      Source berlin = Source.facts(Kind.JSONL).withTimes(null, "Europe/Berlin");
      assertThat(read(berlin, Type.TIMESTAMP, "\"2024-07-01T00:00:00\""))
          .isEqualTo("2024-06-30T22:00:00Z");
      assertThat(read(berlin, Type.TIMESTAMP, "\"2024-07-01\"")).isEqualTo("2024-06-30T22:00:00Z");
      assertThat(read(berlin, Type.DATE, "\"2024-07-01 00:00:00\"")).isEqualTo("2024-07-01");
      assertThat(read(berlin, Type.TIMESTAMP, "\"2024-07-01T00:00:00Z\""))
          .isEqualTo("2024-07-01T00:00:00Z");
    }

    @Test
    void theTimeFormatSaysHowTimesAreWritten() {
      assertThat(
              read(
                  Source.facts(Kind.JSONL).withTimes("seconds", "UTC"),
                  Type.TIMESTAMP,
                  "1700000000"))
          .isEqualTo("2023-11-14T22:13:20Z");
      assertThat(
              read(
                  Source.facts(Kind.JSONL).withTimes("micros", "UTC"),
                  Type.TIMESTAMP,
                  "-14182940000000"))
          .isEqualTo("1969-07-20T20:17:40Z");
      assertThat(
              read(
                  Source.facts(Kind.JSONL).withTimes("dd.MM.yyyy HH:mm", "Europe/Berlin"),
                  Type.TIMESTAMP,
                  "\"01.07.2024 02:00\""))
          .isEqualTo("2024-07-01T00:00:00Z");
      assertThatThrownBy(
              () -> read(Source.facts(Kind.JSONL).withTimes("no pattern", "UTC"), Type.DATE, "1"))
          .hasMessageContaining("timeFormat 'no pattern'");
    }

    @Test
    void debeziumCountsDatesInDaysWhateverItsTimestampsCount() {
      for (String unit : List.of("millis", "micros")) {
        Source debezium = Source.facts(Kind.DEBEZIUM).withTimes(unit, "UTC");
        assertThat(read(debezium, Type.DATE, "18321")).isEqualTo("2020-02-29");
        assertThat(read(debezium, Type.DATE, "-719162")).isEqualTo("0001-01-01");
        assertThat(read(debezium, Type.DATE, "\"18321\"")).isEqualTo("2020-02-29");
      }
      Source millis = Source.facts(Kind.DEBEZIUM).withTimes("millis", "UTC");
      assertThat(read(millis, Type.DATE, "1582934400000")).isEqualTo("2020-02-29");
    }

    @Test
    void debeziumDecimalsComeInFourForms() {
      Source debezium = Source.facts(Kind.DEBEZIUM);
      Type money = new Type.Decimal(10, 2);
      assertThat(read(debezium, money, "\"1.50\"")).isEqualTo("1.50");
      assertThat(read(debezium, money, "1.5")).isEqualTo("1.50");
      assertThat(read(debezium, money, "\"AJY=\"")).isEqualTo("1.50");
      assertThat(read(debezium, money, "\"/2o=\"")).isEqualTo("-1.50");
      assertThat(read(debezium, money, "{\"scale\":1,\"value\":\"Dw==\"}")).isEqualTo("1.50");
      assertThat(read(debezium, Type.STRING, "{\"scale\":20,\"value\":\"AQ==\"}"))
          .isEqualTo("0.00000000000000000001");
      assertThat(read(debezium, new Type.Decimal(10, 0), "\"1000\"")).isEqualTo("1000");
      // The digits of an unconstrained numeric have no point.
      assertThat(read(debezium, money, "\"1000\"")).isEqualTo("1000.00");
      assertThat(read(debezium, money, "\"10000000\"")).isEqualTo("10000000.00");
      assertThat(read(Source.facts(Kind.JSONL), money, "\"AJY=\"")).isEqualTo("WRONG_TYPE");
    }

    /** A decimal whose schema says so is base64, whatever it looks like and wherever it goes. */
    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        value = {
          "double|2|MDk=|123.45",
          "double|2|1000|-26672.12",
          "double|0|AJY=|150.0",
          "double|0|IAAAAAAAAQ==|WRONG_TYPE",
          "double|2|1.5|WRONG_TYPE",
          "long|0|AJY=|150",
          "long|0|1000|-2667212",
          "long|2|AJY=|WRONG_TYPE",
          "long|2|LuA=|120",
          "long|0|AIAAAAAAAAAA|WRONG_TYPE",
          "string|2|1000|-26672.12",
        })
    void decimalsOfASchemaAreNumbersOfAnyType(
        String type, int scale, String base64, String expected) {
      Type declared =
          switch (type) {
            case "double" -> Type.DOUBLE;
            case "long" -> Type.LONG;
            default -> Type.STRING;
          };
      String schema =
          """
          {"type":"struct","fields":[{"type":"bytes","field":"x",\
          "name":"org.apache.kafka.connect.data.Decimal","parameters":{"scale":"%d"}}]}\
          """
              .formatted(scale);
      Decoded decoded =
          Source.facts(Kind.DEBEZIUM)
              .with(Schema.of().with("x", declared))
              .decode("{\"schema\":%s,\"payload\":{\"x\":\"%s\"}}".formatted(schema, base64));
      assertThat(
              decoded.rows().rows() == 1
                  ? String.valueOf(decoded.rows().value(0, "x"))
                  : decoded.quarantine().value(0, "reason"))
          .isEqualTo(expected);
    }

    @Test
    void decimalsOfAVaryingScaleAreNumbersOfAnyType() {
      Source debezium = Source.facts(Kind.DEBEZIUM);
      assertThat(read(debezium, Type.DOUBLE, "{\"scale\":1,\"value\":\"Dw==\"}")).isEqualTo("1.5");
      assertThat(read(debezium, Type.LONG, "{\"scale\":1,\"value\":\"Dw==\"}"))
          .isEqualTo("WRONG_TYPE");
      assertThat(read(debezium, Type.LONG, "{\"scale\":1,\"value\":\"AJY=\"}")).isEqualTo("15");
      assertThat(read(debezium, Type.LONG, "{\"scale\":-2,\"value\":\"Dw==\"}")).isEqualTo("1500");
    }

    @Test
    void base64WithoutASchemaNeedsADeclaredScale() {
      assertThat(
              Source.feed("id")
                  .with("price", Role.MONEY)
                  .refusal(create("{\"id\":1,\"price\":\"AJY=\"}")))
          .startsWith("WRONG_TYPE: column 'price'");
    }

    @Test
    void embeddedSchemasSayWhatNumbersMean() {
      List<String> expected = new ArrayList<>();
      List<String> found = new ArrayList<>();
      for (String meaning :
          List.of(
              "int32|io.debezium.time.Date|18321|2020-02-29",
              "int32|org.apache.kafka.connect.data.Date|18321|2020-02-29",
              "int64|io.debezium.time.Timestamp|-14182940000|1969-07-20T20:17:40Z",
              "int64|io.debezium.time.MicroTimestamp|-14182940000000|1969-07-20T20:17:40Z",
              "int64|io.debezium.time.NanoTimestamp|-14182940000000000|1969-07-20T20:17:40Z",
              "int64|org.apache.kafka.connect.data.Timestamp|-14182940000|1969-07-20T20:17:40Z",
              "string|io.debezium.time.ZonedTimestamp|\"2020-02-29T01:00:00+01:00\"|2020-02-29T00:00:00Z",
              "string|io.debezium.time.IsoTimestamp|\"2020-02-29T00:00:00Z\"|2020-02-29T00:00:00Z",
              "string|io.debezium.time.IsoDate|\"2020-02-29Z\"|2020-02-29",
              "int32|io.debezium.time.Time|3723004|01:02:03.004000",
              "int64|io.debezium.time.MicroTime|86400000000|24:00:00",
              "int64|io.debezium.time.NanoTime|1000|00:00:00.000001",
              "int64|io.debezium.time.NanoTime|3600000000001|01:00:00.000000001",
              "int64|io.debezium.time.NanoTime|-1000000001|-00:00:01.000000001",
              "int64|io.debezium.time.NanoTime|86400000000000|24:00:00",
              "int32|org.apache.kafka.connect.data.Time|1000|00:00:01",
              "string|io.debezium.data.Json|\"{\\\"a\\\":1}\"|{\"a\":1}",
              "map|none|{\"a\":\"b\"}|{\"a\":\"b\"}",
              "string|io.debezium.data.Uuid|\"c0ffee00-0000-4000-8000-000000000001\"|c0ffee00-0000-4000-8000-000000000001",
              "string|io.debezium.data.Enum|\"small\"|small",
              "string|io.debezium.time.ZonedTime|\"01:02:03Z\"|01:02:03Z",
              "int32|io.debezium.time.Year|1969|1969",
              "int64|io.debezium.time.MicroDuration|86400000000|86400000000",
              "bytes|io.debezium.data.Bits|\"AQ==\"|AQ==",
              "bytes|none|\"AQ==\"|AQ==")) {
        String[] parts = meaning.split("\\|", 4);
        String schema =
            "{\"type\":\"struct\",\"fields\":[{\"type\":\"%s\",\"name\":\"%s\",\"field\":\"x\"}]}"
                .formatted(parts[0], parts[1]);
        Decoded decoded =
            Source.facts(Kind.DEBEZIUM)
                .decode("{\"schema\":" + schema + ",\"payload\":{\"x\":" + parts[2] + "}}");
        expected.add(parts[3]);
        found.add(String.valueOf(only(decoded, "x")));
      }
      assertThat(found).isEqualTo(expected);
    }
  }

  /** SEMANTICS 17: what changes in the midst of a feed whose records say their types. */
  @Nested
  class SchemasThatChange {
    private static String record(String fields, String row) {
      String schema =
          "{\"type\":\"struct\",\"fields\":[{\"type\":\"struct\",\"field\":\"after\",\"fields\":["
              + "{\"type\":\"int64\",\"field\":\"id\"}"
              + fields
              + "]},{\"type\":\"struct\",\"field\":\"source\",\"fields\":[]},"
              + "{\"type\":\"string\",\"field\":\"op\"}]}";
      return "{\"schema\":" + schema + ",\"payload\":" + create("{\"id\":1" + row + "}") + "}";
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"type\":\"struct\"}", "{\"fields\":[]}"})
    void aSchemaWithoutFieldsSaysNothing(String schema) {
      Decoded decoded =
          decoded(
              "{\"schema\":" + schema + ",\"payload\":" + create("{\"id\":1,\"x\":\"a\"}") + "}");
      assertThat(values(decoded)).containsExactly("a");
    }

    private static String of(String type, String value) {
      return record(",{\"type\":\"%s\",\"field\":\"x\"}".formatted(type), ",\"x\":" + value);
    }

    private static Decoded decoded(String... lines) {
      return Source.feed("id").decode(lines);
    }

    private static List<Object> values(Decoded decoded) {
      List<Object> values = new ArrayList<>();
      decoded.rows().select(List.of("x")).toRows().forEach(row -> values.add(row.get(0)));
      return values;
    }

    @Test
    void aColumnThatAppearsMidwayIsNullBefore() {
      Decoded decoded = decoded(record("", ""), of("string", "\"new\""));
      assertThat(values(decoded)).containsExactly(null, "new");
    }

    @Test
    void anIntegerWidensToALongAndADoubleWhereExact() {
      assertThat(values(decoded(of("int32", "1"), of("int64", "9007199254740993"))))
          .containsExactly(1L, 9007199254740993L);
      Decoded toDouble =
          decoded(of("int64", "9007199254740993"), of("double", "0.5"), of("int64", "4"));
      assertThat(values(toDouble)).containsExactly(0.5, 4.0);
      assertThat(toDouble.quarantine().value(0, "detail"))
          .isEqualTo("column 'x': '9007199254740993' is an integer that no double holds");
    }

    @Test
    void anIntegerOfMoreThan64BitsIsADoubleWhereExact() {
      Source json = Source.facts(Kind.JSONL);
      String fraction = "{\"x\":1.5e3}";
      Decoded decoded =
          json.decode(
              fraction,
              "{\"x\":18446744073709551616}",
              "{\"x\":18446744073709551617}",
              "{\"x\":-100000000000000000001}");
      assertThat(values(decoded)).containsExactly(1500.0, 0x1p64);
      assertThat(decoded.quarantine().toRows()).hasSize(2);
      assertThat(decoded.quarantine().value(0, "detail"))
          .isEqualTo("column 'x': '18446744073709551617' is an integer that no double holds");
      assertThat(json.refusal(fraction, "{\"x\":1" + "0".repeat(400) + "}"))
          .contains("is out of the range of a double");
      assertThat(
              Source.facts(Kind.CSV)
                  .with(Schema.of().with("x", Type.DOUBLE))
                  .refusal("x", "12345678901234567891"))
          .isEqualTo(
              "WRONG_TYPE: column 'x': '12345678901234567891' is an integer that no double holds");
    }

    @Test
    void aDecimalWidensToMoreDigits() {
      String two =
          record(
              ",{\"type\":\"bytes\",\"name\":\"org.apache.kafka.connect.data.Decimal\",\"field\":\"x\","
                  + "\"parameters\":{\"scale\":\"2\",\"connect.decimal.precision\":\"10\"}}",
              ",\"x\":\"AJY=\"");
      String three = two.replace("\"scale\":\"2\"", "\"scale\":\"3\"");
      assertThat(values(decoded(two, three)).toString()).isEqualTo("[1.500, 0.150]");
    }

    @Test
    void anyOtherChangeRefusesTheRecordAndNoOther() {
      Decoded decoded = decoded(of("int64", "1"), of("string", "\"many\""), of("boolean", "true"));
      assertThat(values(decoded)).containsExactly(1L);
      assertThat(decoded.quarantine().select(List.of("reason", "detail")).toRows().toString())
          .isEqualTo(
              "[[WRONG_TYPE, column 'x': the text 'many' is no long],"
                  + " [WRONG_TYPE, column 'x': true is no long]]");
    }

    @Test
    void arraysSayWhatTheirElementsMean() {
      String tags =
          record(
              ",{\"type\":\"array\",\"items\":{\"type\":\"bytes\",\"name\":\"org.apache.kafka.connect.data.Decimal\","
                  + "\"parameters\":{\"scale\":\"2\"}},\"field\":\"x\"}",
              ",\"x\":[\"AJY=\",null]");
      assertThat(values(decoded(tags)).toString()).isEqualTo("[[1.50, null]]");
    }
  }

  @Nested
  class FlatRows {
    private static final Change CHANGE =
        new Change(List.of("row_time", "n"), "row_status", List.of("delete"), null);
    private static final Schema COLUMNS =
        Schema.of()
            .with("id", Type.STRING)
            .with("name", Type.STRING)
            .with("row_time", Type.TIMESTAMP)
            .with("n", Type.LONG);
    private static final Source FLAT =
        Source.feed("id").with(Kind.JSONL).with(CHANGE).with(COLUMNS);

    @Test
    void aFlatRowIsAnUpsertOrADelete() {
      Decoded decoded =
          FLAT.decode(
              "{\"id\":\"a\",\"name\":\"x\",\"row_time\":\"2024-01-01T00:00:00Z\",\"n\":9,\"row_status\":\"insert\"}",
              "{\"id\":\"a\",\"name\":\"y\",\"row_time\":\"2024-01-01T00:00:00Z\",\"n\":10}",
              "{\"id\":\"a\",\"name\":\"z\",\"row_time\":\"2024-01-02T00:00:00Z\",\"n\":1,\"row_status\":\"delete\"}");
      assertThat(decoded.account()).hasToString("read=3");
      assertThat(
              decoded
                  .rows()
                  .select(
                      List.of(
                          "id", "name", "_op", "_sequence", "_instant", "_delivered_at", "_topic"))
                  .toRows()
                  .toString())
          .isEqualTo(
              "[[a, x, u, 2024-01-01T00:00:00Z, 9, 2024-01-01T00:00:00Z, null, null],"
                  + " [a, y, u, 2024-01-01T00:00:00Z, 10, 2024-01-01T00:00:00Z, null, null],"
                  + " [a, null, d, 2024-01-02T00:00:00Z, 1, 2024-01-02T00:00:00Z, null, null]]");
      assertThat(decoded.rows().schema()).isEqualTo(Events.schema(COLUMNS));
      List<Object> positions = new ArrayList<>();
      decoded
          .rows()
          .select(List.of("_position"))
          .toRows()
          .forEach(row -> positions.add(row.get(0)));
      assertThat(positions.toString()).isEqualTo(positions.stream().sorted().toList().toString());
    }

    @Test
    void aFlatRowMayTruncateTheTableAndNeedsNoKeyForIt() {
      Source source =
          FLAT.with(
              new Change(
                  List.of("row_time", "n"),
                  "row_status",
                  List.of("D"),
                  List.of("T", "wipe"),
                  null));
      Decoded decoded =
          source.decode(
              "{\"row_time\":\"2024-01-01\",\"n\":1,\"row_status\":\"T\"}",
              "{\"id\":\"a\",\"name\":\"x\",\"row_time\":\"2024-01-02\",\"n\":1,\"row_status\":\"wipe\"}",
              "{\"row_time\":\"2024-01-03\",\"n\":1,\"row_status\":\"D\"}",
              "{\"row_status\":\"T\",\"n\":1}");
      assertThat(decoded.account()).hasToString("read=4, quarantined=2");
      assertThat(decoded.rows().select(List.of("name", "_op", "_sequence")).toRows().toString())
          .isEqualTo("[[null, t, 2024-01-01T00:00:00Z, 1], [null, t, 2024-01-02T00:00:00Z, 1]]");
      assertThat(decoded.quarantine().select(List.of("reason", "detail")).toRows().toString())
          .isEqualTo(
              "[[MISSING_KEY, column 'id' is null], [MISSING_POSITION, column 'row_time' is null]]");
    }

    @Test
    void whatTheTableIsWithoutMayStillOrderItsChanges() {
      Source source = FLAT.applying(new Applying(List.of(), List.of("row_time", "n"), false));
      Decoded decoded =
          source.decode(
              "{\"id\":\"a\",\"name\":\"x\",\"row_time\":\"2024-01-01\",\"n\":7,\"other\":1}",
              "{\"id\":\"a\",\"name\":\"y\",\"row_time\":\"2024-01-01\",\"n\":\"no number\"}");
      assertThat(decoded.rows().schema())
          .isEqualTo(Events.schema(COLUMNS.select(List.of("id", "name"))));
      assertThat(decoded.rows().value(0, "_sequence")).isEqualTo("2024-01-01T00:00:00Z, 7");
      assertThat(decoded.account()).hasToString("read=2, quarantined=1, unknown_column=1");
    }

    @Test
    void anOrderThatIsNullIsRefused() {
      assertThat(FLAT.refusal("{\"id\":\"a\",\"row_time\":\"2024-01-01T00:00:00Z\"}"))
          .isEqualTo("MISSING_POSITION: column 'n' is null");
    }

    @Test
    void theTimeMayBeAColumnOfItsOwn() {
      Source source = FLAT.with(new Change(List.of("n"), null, List.of(), "row_time"));
      assertThat(
              only(source.decode("{\"id\":\"a\",\"n\":1,\"row_time\":\"2024-01-01\"}"), "_instant"))
          .hasToString("2024-01-01T00:00:00Z");
      assertThat(source.refusal("{\"id\":\"a\",\"n\":1}"))
          .isEqualTo("MISSING_TIMESTAMP: column 'row_time' is null");
    }

    @Test
    void aFeedThatNothingOrdersIsAMistakeOfTheDataset() {
      assertThatThrownBy(() -> Source.feed("id").with(Kind.CSV).with(BOOKS).decode("id", "1"))
          .hasMessageContaining("give it change: { sequence: COLUMN }");
      assertThatThrownBy(
              () -> FLAT.with(new Change(List.of("nowhere"), null, List.of(), null)).decode("{}"))
          .hasMessageContaining("change.sequence names column 'nowhere'");
    }
  }

  @Nested
  class CsvRecords {
    private static final Source CSV = Source.facts(Kind.CSV);

    @Test
    void anEmptyFieldIsNull() {
      assertThat(CSV.decode("a,b,c", "1,,\"\"").rows().toRows())
          .containsExactly(Arrays.asList(1L, null, null));
    }

    @Test
    void aLineOfAnotherWidthIsMalformed() {
      assertThat(CSV.refusal("a,b", "1,2,3"))
          .isEqualTo("MALFORMED: 3 fields where the header has 2");
      assertThat(CSV.refusal("a,b", "1")).isEqualTo("MALFORMED: 1 fields where the header has 2");
      assertThat(CSV.refusal("a,b", "1,\"x")).isEqualTo("MALFORMED: a quote is astray");
    }

    @Test
    void columnsGoByTheirNamesInTheHeader() {
      Source typed = CSV.with(Schema.of().with("a", Type.LONG).with("b", Type.STRING));
      Decoded decoded = typed.decode(" b ,\"a\",extra", "x,1,?", "y,2,");
      assertThat(decoded.rows().toRows()).containsExactly(List.of(1L, "x"), List.of(2L, "y"));
      assertThat(decoded.account()).hasToString("read=2, unknown_column=1");
    }

    @Test
    void aPlaceMayBeMissingInAHeader() {
      Source placed = CSV.with(Schema.of().with("a", Type.LONG)).with("country", Role.PLACE);
      assertThat(placed.decode("a", "1").rows().rows()).isEqualTo(1);
    }

    @Test
    void aRefusalNamesTheColumnAndTheValue() {
      assertThat(CSV.with("a", Role.MONEY).refusal("a,b", "1.5,x", "many,y"))
          .isEqualTo("WRONG_TYPE: column 'a': 'many' is no decimal(18,1)");
    }
  }

  @Nested
  class ParquetRows {
    private static final Source PARQUET = Source.facts(Kind.PARQUET);

    private Frame bronze(Frame own) {
      Frame frame = own;
      Frame place = Source.facts(Kind.JSONL).bronze("x\n".repeat(own.rows()).strip().split("\n"));
      for (Schema.Field field : place.schema().fields()) {
        frame = frame.with(field.name(), field.type(), place.column(field.name()));
      }
      return frame;
    }

    @Test
    void columnsAreTakenAsTheyAre() {
      Schema schema = Schema.of().with("b", Type.LONG).with("a", Type.STRING);
      Frame bronze = bronze(Frame.ofRows(schema, List.of(List.of(1L, "x"), List.of(2L, "y"))));
      Decoded decoded = PARQUET.decode(bronze);
      assertThat(decoded.rows().schema()).isEqualTo(schema);
      assertThat(decoded.rows().toRows()).containsExactly(List.of(1L, "x"), List.of(2L, "y"));
    }

    @Test
    void aTypeThatWidensExactlyIsTakenAndAnyOtherRefused() {
      Frame bronze =
          bronze(
              Frame.ofRows(
                  Schema.of().with("x", Type.LONG), List.of(List.of(1L), List.of((1L << 53) + 1))));
      Decoded wider =
          PARQUET.with(Schema.of().with("x", Type.DOUBLE).with("y", Type.LONG)).decode(bronze);
      assertThat(wider.rows().toRows()).containsExactly(Arrays.asList(1.0, null));
      assertThat(wider.account()).hasToString("read=2, quarantined=1");
      Decoded other =
          PARQUET
              .with(Schema.of().with("x", Type.TIMESTAMP).with("y", new Type.ListOf(Type.LONG)))
              .decode(bronze);
      assertThat(other.account().residual()).isEqualTo(2);
    }

    @Test
    void amountsThatAreNoNumbersAreRefused() {
      Frame bronze =
          bronze(
              Frame.ofRows(
                  Schema.of().with("x", Type.DOUBLE),
                  List.of(List.of(1.5), List.of(Double.NaN), List.of(Double.NEGATIVE_INFINITY))));
      Decoded decoded = PARQUET.with("x", Role.MONEY).decode(bronze);
      assertThat(decoded.rows().toRows()).containsExactly(List.of(1.5));
      assertThat(decoded.account()).hasToString("read=3, quarantined=2");
    }

    @Test
    void textWithAMeaningIsReadAccordingly() {
      Frame bronze =
          bronze(
              Frame.ofRows(
                  Schema.of().with("at", Type.STRING), List.of(List.of("2024-01-01 10:00:00"))));
      Source source = PARQUET.with("at", Role.TIME);
      assertThat(only(source.decode(bronze), "at")).hasToString("2024-01-01T10:00:00Z");
    }
  }

  @Nested
  class Rules {
    private Decoded decode(Rule rule, String... lines) {
      return FEED.with(rule)
          .decode(Arrays.stream(lines).map(RecordDecoderTest::create).toArray(String[]::new));
    }

    @Test
    void boundsAreInclusiveAndExact() {
      Rule rule = new Rule("price", "price", false, 0.01, 0.30, List.of(), null, false);
      Decoded decoded =
          decode(
              rule,
              "{\"id\":1,\"price\":\"0.01\"}",
              "{\"id\":2,\"price\":\"0.30\"}",
              "{\"id\":3,\"price\":\"0.00\"}",
              "{\"id\":4,\"price\":\"0.31\"}",
              "{\"id\":5}");
      assertThat(decoded.rows().select(List.of("id")).toRows())
          .containsExactly(List.of(1L), List.of(2L), List.of(5L));
      assertThat(decoded.quarantine().select(List.of("reason", "detail")).toRows())
          .containsExactly(List.of("RULE", "price"), List.of("RULE", "price"));
    }

    @Test
    void aDropIsCountedAndNotKept() {
      Rule rule = new Rule("named", "title", true, null, null, List.of("a", "b"), "[ab]", true);
      Decoded decoded =
          decode(rule, "{\"id\":1,\"title\":\"a\"}", "{\"id\":2,\"title\":\"ab\"}", "{\"id\":3}");
      assertThat(decoded.account()).hasToString("read=3, dropped=2");
      assertThat(decoded.quarantine().rows()).isZero();
    }

    @Test
    void aDeleteAndAnUnchangedValueBreakNoRule() {
      Rule rule = new Rule("named", "title", true, null, null, List.of(), null, false);
      assertThat(
              FEED.with(rule)
                  .decode(
                      event("d", "{\"id\":1}", "null", SOURCE),
                      create("{\"id\":2,\"title\":\"__debezium_unavailable_value\"}"))
                  .account())
          .hasToString("read=2");
    }

    @Test
    void aNullThatMeansUnchangedBreaksNoRule() {
      Rule rule = new Rule("named", "title", true, null, null, List.of(), null, false);
      Source ignoring = FEED.with(rule).applying(new Applying(List.of(), List.of(), true));
      assertThat(ignoring.decode(event("u", "null", "{\"id\":1,\"title\":null}", SOURCE)).account())
          .hasToString("read=1");
      assertThat(ignoring.refusal(create("{\"id\":1,\"title\":null}"))).isEqualTo("RULE: named");
    }

    @Test
    void aRuleThatCannotBeAskedIsAMistakeOfTheDataset() {
      assertThatThrownBy(
              () -> decode(new Rule("r", "title", false, 1.0, null, List.of(), null, false), "{}"))
          .hasMessage("rule 'r' bounds column 'title', which is no number but string");
      assertThatThrownBy(
              () -> decode(new Rule("r", "none", false, null, null, List.of(), null, false), "{}"))
          .hasMessageStartingWith("rule 'r' looks at column 'none'");
    }
  }

  @Test
  void theCutIntoFramesChangesNothing() {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      lines.add(
          switch (i % 6) {
            case 0 -> create("{\"id\":" + i + ",\"title\":\"t\"}");
            case 1 -> event("d", "{\"id\":" + i + "}", "null", SOURCE);
            case 2 -> wrapped("{\"id\":" + i + "}", create("{\"id\":" + i + ",\"price\":\"x\"}"));
            case 3 ->
                "{\"id\":" + i + ",\"title\":\"\",\"__op\":\"d\",\"__lsn\":1,\"__source_ts_ms\":2}";
            case 4 -> "{\"broken\":[{";
            default -> create("{\"id\":" + i + ",\"title\":\"__debezium_unavailable_value\"}");
          });
    }
    Frame bronze = FEED.bronze(lines.toArray(String[]::new));
    Decoded whole = FEED.decode(bronze);
    RecordDecoder decoder = new RecordDecoder(FEED.table(), BOOKS);
    List<Frame> rows = new ArrayList<>();
    List<Frame> quarantines = new ArrayList<>();
    for (int row = 0; row < bronze.rows(); row++) {
      Decoded one = decoder.decode(bronze.slice(row, row + 1));
      rows.add(one.rows());
      quarantines.add(one.quarantine());
    }
    assertThat(Frame.concat(decoder.rowSchema(), rows)).isEqualTo(whole.rows());
    assertThat(Frame.concat(whole.quarantine().schema(), quarantines))
        .isEqualTo(whole.quarantine());
    assertThat(whole.account()).hasToString("read=60, quarantined=20");
  }

  @Test
  void aDecoderTravels() throws Exception {
    RecordDecoder decoder = new RecordDecoder(FEED.table(), BOOKS);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(decoder);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      RecordDecoder arrived = (RecordDecoder) in.readObject();
      Frame bronze = FEED.bronze(create("{\"id\":1}"));
      assertThat(arrived.decode(bronze).rows()).isEqualTo(decoder.decode(bronze).rows());
    }
  }

  /** Whatever bytes come, every record has one fate and none an exception. */
  @Test
  void noDamageToARecordIsAnException() {
    String good = wrapped("{\"id\":1}", create("{\"id\":1,\"title\":\"é\\n\",\"price\":\"1.50\"}"));
    java.util.Random random = new java.util.Random(7);
    for (Source source :
        List.of(
            FEED,
            Source.facts(Kind.JSONL),
            Source.facts(Kind.DEBEZIUM).with(BOOKS),
            Source.facts(Kind.CSV))) {
      for (int i = 0; i < 2_000; i++) {
        byte[] bytes = ("id,title\n" + good).getBytes(UTF_8);
        for (int damage = random.nextInt(4); damage >= 0; damage--) {
          int at = random.nextInt(bytes.length);
          if (random.nextBoolean()) {
            bytes[at] = (byte) "{}[]\",:0-e\n\\".charAt(random.nextInt(12));
          } else if (random.nextBoolean()) {
            bytes[at] = (byte) random.nextInt(256);
          } else {
            bytes = Arrays.copyOf(bytes, at + 1);
          }
        }
        Frame bronze = source.bronze(bytes);
        Decoded decoded = source.decode(bronze);
        assertThat(decoded.account().residual())
            .as("%s", new String(bytes, UTF_8))
            .isEqualTo(decoded.rows().rows());
      }
    }
  }
}
