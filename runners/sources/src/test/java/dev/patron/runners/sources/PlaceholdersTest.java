package dev.patron.runners.sources;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.patron.features.change.Events;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.record.BronzeFrames;
import dev.patron.features.record.RecordDecoder;
import dev.patron.features.tables.TableDefinition;
import dev.patron.features.tables.TableDefinition.Format;
import dev.patron.features.tables.TableDefinition.Format.Kind;
import io.debezium.config.Configuration;
import io.debezium.connector.postgresql.PostgresConnectorConfig;
import io.debezium.connector.postgresql.UnchangedToastedPlaceholder;
import io.debezium.connector.postgresql.UnchangedToastedReplicationMessageColumn;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Whether the placeholders that the connector has are those that are known. */
class PlaceholdersTest {
  private static final Type TEXTS = new Type.ListOf(Type.STRING);
  private static final Type NUMBERS = new Type.ListOf(Type.LONG);

  @Test
  void whateverTheConnectorWritesForAnUnchangedValueIsKnown() throws JsonProcessingException {
    UnchangedToastedPlaceholder connector =
        new UnchangedToastedPlaceholder(
            new PostgresConnectorConfig(Configuration.from(Map.of("topic.prefix", "shop"))));
    Map<Object, Type> columns =
        Map.of(
            UnchangedToastedReplicationMessageColumn.UNCHANGED_TOAST_VALUE, Type.STRING,
            UnchangedToastedReplicationMessageColumn.UNCHANGED_TEXT_ARRAY_TOAST_VALUE, TEXTS,
            UnchangedToastedReplicationMessageColumn.UNCHANGED_BINARY_ARRAY_TOAST_VALUE, TEXTS,
            UnchangedToastedReplicationMessageColumn.UNCHANGED_INT_ARRAY_TOAST_VALUE, NUMBERS,
            UnchangedToastedReplicationMessageColumn.UNCHANGED_BIGINT_ARRAY_TOAST_VALUE, NUMBERS,
            UnchangedToastedReplicationMessageColumn.UNCHANGED_HSTORE_TOAST_VALUE, Type.STRING,
            UnchangedToastedReplicationMessageColumn.UNCHANGED_UUID_TOAST_VALUE, TEXTS);
    ObjectMapper json = new ObjectMapper();
    for (Map.Entry<Object, Type> type : columns.entrySet()) {
      Object value = connector.getValue(type.getKey()).orElseThrow();
      assertUnchanged(type.getValue(), json.writeValueAsString(value));
      if (value instanceof Map) {
        // As hstore.handling.mode=json writes it.
        assertUnchanged(type.getValue(), json.writeValueAsString(json.writeValueAsString(value)));
      }
    }
    assertUnchanged(Type.STRING, json.writeValueAsString(connector.getToastPlaceholderBinary()));
  }

  private static void assertUnchanged(Type type, String value) {
    TableDefinition table =
        new TableDefinition(
            "books",
            TableDefinition.Keep.CURRENT,
            List.of("id"),
            List.of(),
            new Format(Kind.DEBEZIUM, ',', null, "books", "UTC"),
            null,
            Schema.of().with("id", Type.LONG).with("x", type),
            Map.of(),
            List.of());
    List<Frame> frames = new ArrayList<>();
    BronzeFrames bronze = new BronzeFrames(List.of(table), (at, frame) -> frames.add(frame));
    byte[] line =
        "{\"op\":\"u\",\"source\":{\"lsn\":1,\"ts_ms\":1},\"after\":{\"id\":1,\"x\":%s}}"
            .formatted(value)
            .getBytes(StandardCharsets.UTF_8);
    bronze.line("books.jsonl", 1, line, 0, line.length, null, null);
    bronze.flush();
    Frame rows = new RecordDecoder(table, table.declared()).decode(frames.get(0)).rows();
    assertThat(rows.toRows()).as(value).hasSize(1);
    assertThat(rows.value(0, "x")).as(value).isNull();
    assertThat(rows.value(0, Events.UNAVAILABLE)).as(value).isEqualTo(List.of("x"));
  }
}
