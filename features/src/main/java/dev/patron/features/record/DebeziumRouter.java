package dev.patron.features.record;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.patron.features.tables.TableDefinition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Says which of several tables a Debezium record belongs to: the one that {@code source.table} (or
 * {@code __table} of an unwrapped record) names, else the one that the last part of the topic
 * names.
 */
public final class DebeziumRouter {
  /** The record belongs to none of the tables, or is no record at all. */
  public static final int NONE = -1;

  /** The record may belong to any of the tables: neither it nor a topic names one. */
  public static final int UNCLEAR = -2;

  private final DebeziumReader reader = new DebeziumReader();
  private final Map<String, Integer> tables = new HashMap<>();

  /**
   * Routes to these tables, by the names that their sources use.
   *
   * @throws IllegalArgumentException if two have the same
   */
  public DebeziumRouter(List<TableDefinition> tables) {
    for (int i = 0; i < tables.size(); i++) {
      String source = tables.get(i).format().sourceTable();
      Integer other = this.tables.put(source, i);
      if (other != null) {
        throw new IllegalArgumentException(
            "tables '%s' and '%s' both take the records of '%s'"
                .formatted(tables.get(other).name(), tables.get(i).name(), source));
      }
    }
  }

  /**
   * The position, among the tables, of the one that a record belongs to; or {@link #NONE} or {@link
   * #UNCLEAR}.
   *
   * @param topic the topic that delivered the record, or null
   * @param value the array that holds the record's value at {@code [from, to)}; null for a
   *     tombstone
   */
  public int route(@Nullable String topic, byte @Nullable [] value, int from, int to) {
    if (value != null) {
      try {
        reader.read(value, from, to, DebeziumReader.NONE);
      } catch (JsonProcessingException e) {
        // Decoding refuses it, and says why; all that matters here is where.
        return topic == null ? NONE : tables.getOrDefault(tableOf(topic), NONE);
      } catch (IOException e) {
        throw new UncheckedIOException("bytes in memory cannot fail to be read", e);
      }
      String table = reader.table();
      if (table != null) {
        return tables.getOrDefault(table, NONE);
      }
    }
    if (topic != null) {
      return tables.getOrDefault(tableOf(topic), NONE);
    }
    return value != null && reader.form() != DebeziumReader.Form.NOTICE ? UNCLEAR : NONE;
  }

  /** The last part of a topic's name. */
  static String tableOf(String topic) {
    return topic.substring(topic.lastIndexOf('.') + 1);
  }
}
