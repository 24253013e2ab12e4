package dev.patron.transforms.read;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.Schema;
import dev.patron.features.record.BronzeFrames;
import dev.patron.features.tables.TableDefinition;
import java.io.IOException;
import java.io.Serializable;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.LongConsumer;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.IsolationLevel;
import org.jspecify.annotations.Nullable;

/**
 * Reads one part of a source after the other into bronze frames of the tables of its group. It
 * travels to a worker before it has read anything; {@link #close} ends its connections.
 */
final class SourceReader implements Serializable, AutoCloseable {
  private static final long serialVersionUID = 1;
  private static final Duration PATIENCE = Duration.ofMillis(2L * KafkaCluster.PATIENCE_MILLIS);

  private final LinkedHashMap<String, List<TableDefinition>> groups = new LinkedHashMap<>();
  private final LinkedHashMap<String, Schema> columns;
  private final LinkedHashMap<String, KafkaCluster> clusters;
  private final LinkedHashMap<String, SourcePosition> before;

  /** Connecting takes longer than a small increment: one consumer a cluster, while this lives. */
  private transient @Nullable Map<KafkaCluster, Consumer<byte[], byte[]>> consumers;

  /**
   * For these groups, see {@link LandRecords}.
   *
   * @throws IllegalArgumentException if tables cannot share a source, or one is named twice
   */
  SourceReader(
      Map<String, List<TableDefinition>> groups,
      Map<String, Schema> columns,
      Map<String, KafkaCluster> clusters,
      Map<String, SourcePosition> before) {
    this.columns = new LinkedHashMap<>(columns);
    this.clusters = new LinkedHashMap<>(clusters);
    this.before = new LinkedHashMap<>(before);
    Set<String> names = new HashSet<>();
    groups.forEach(
        (group, tables) -> {
          // Made here once, so that a mistake in the dataset is known before the run.
          new BronzeFrames(tables, (table, frame) -> {});
          for (TableDefinition table : tables) {
            if (!names.add(table.name())) {
              throw new IllegalArgumentException("table '" + table.name() + "' is in two groups");
            }
          }
          this.groups.put(group, List.copyOf(tables));
        });
    if (names.isEmpty()) {
      throw new IllegalArgumentException("no table reads anything");
    }
  }

  /** All tables, in the order of their groups. */
  List<TableDefinition> tables() {
    return groups.values().stream().flatMap(List::stream).toList();
  }

  /**
   * Reads a part to its end.
   *
   * @param sink receives each frame that is not empty, and the table it is of
   * @param expired receives how many offsets of a topic expired before they were read, if any did
   *     and may be passed over
   * @return the part; a file as it is left now
   * @throws IllegalArgumentException if the part is of a group or a cluster that is not known
   * @throws IOException if a topic cannot be read
   */
  SourcePart read(SourcePart part, BiConsumer<TableDefinition, Frame> sink, LongConsumer expired)
      throws IOException {
    List<TableDefinition> tables = groups.get(part.group());
    if (tables == null) {
      throw new IllegalArgumentException(
          "%s belongs to '%s', which is no group of tables: %s"
              .formatted(part, part.group(), groups.keySet()));
    }
    BronzeFrames.Sink frames =
        (table, frame) -> {
          Frame unread = unread(tables.get(table), part, frame);
          if (unread.rows() > 0) {
            sink.accept(tables.get(table), unread);
          }
        };
    if (part instanceof SourceFile file) {
      return new FileRecords(tables, columns.get(tables.get(0).name()), frames).read(file);
    }
    if (part instanceof StagedPages pages) {
      new FileRecords(tables, null, frames).read(pages);
    } else if (part instanceof TopicRange range) {
      KafkaCluster cluster = cluster(range);
      BronzeFrames bronze = new BronzeFrames(tables, frames);
      long passedOver =
          new TopicRecords(() -> cluster.consumer(IsolationLevel.READ_UNCOMMITTED), PATIENCE)
              .read(consumer(cluster), range, bronze);
      bronze.flush();
      if (passedOver > 0) {
        expired.accept(passedOver);
      }
    }
    return part;
  }

  private Frame unread(TableDefinition table, SourcePart part, Frame frame) {
    if (!(part instanceof TopicRange range)) {
      return frame;
    }
    long next =
        before
            .getOrDefault(table.name(), SourcePosition.START)
            .next(range.topic(), range.partition());
    if (next <= range.from()) {
      return frame;
    }
    LongColumn offset = frame.longs("_offset");
    return frame.filter(row -> offset.get(row) >= next);
  }

  private KafkaCluster cluster(TopicRange range) {
    KafkaCluster cluster = clusters.get(range.group());
    if (cluster == null) {
      throw new IllegalArgumentException("no cluster is known for " + range);
    }
    return cluster;
  }

  private Consumer<byte[], byte[]> consumer(KafkaCluster cluster) {
    Map<KafkaCluster, Consumer<byte[], byte[]>> open = consumers;
    if (open == null) {
      open = new HashMap<>();
      consumers = open;
    }
    return open.computeIfAbsent(cluster, any -> any.consumer(IsolationLevel.READ_COMMITTED));
  }

  @Override
  public void close() {
    if (consumers != null) {
      consumers.values().forEach(consumer -> consumer.close(Duration.ZERO));
      consumers = null;
    }
  }
}
