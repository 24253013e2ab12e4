package dev.patron.transforms.read;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.Schema;
import dev.patron.features.record.BronzeFrames;
import dev.patron.features.tables.TableDefinition;
import dev.patron.features.tables.Tables;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.IsolationLevel;
import org.jspecify.annotations.Nullable;

/**
 * Reads files and topics into bronze frames, one output a table. A file or a range of a topic's
 * offsets is read once, by one worker, piece by piece; its records are routed to the tables of its
 * group. Frames of text formats have the columns {@link Tables#BRONZE}; those of Parquet files have
 * the files' columns before them.
 *
 * <p>Records keep their order within the frames of a file; frames come in any order. What cannot be
 * read of a file is a row with a {@code _fault}, which decoding refuses; it is never an error.
 */
public final class ReadRecords extends PTransform<PCollection<SourcePart>, PCollectionTuple> {
  private static final long serialVersionUID = 1;

  /** Each file, and {@link SourceFile#after how much} of it has been read now. */
  public static final TupleTag<SourceFile> PROGRESS = new TupleTag<>() {};

  private final LinkedHashMap<String, List<TableDefinition>> groups;
  private final LinkedHashMap<String, Schema> columns;
  private final LinkedHashMap<String, KafkaCluster> clusters;
  private final LinkedHashMap<String, SourcePosition> before;
  private final LinkedHashMap<String, TupleTag<Frame>> tags = new LinkedHashMap<>();

  private ReadRecords(
      Map<String, List<TableDefinition>> groups,
      Map<String, Schema> columns,
      Map<String, KafkaCluster> clusters,
      Map<String, SourcePosition> before) {
    this.groups = new LinkedHashMap<>();
    this.columns = new LinkedHashMap<>(columns);
    this.clusters = new LinkedHashMap<>(clusters);
    this.before = new LinkedHashMap<>(before);
    groups.forEach((group, tables) -> this.groups.put(group, List.copyOf(tables)));
    this.groups.values().forEach(this::addTags);
    if (tags.isEmpty()) {
      throw new IllegalArgumentException("no table reads anything");
    }
  }

  private void addTags(List<TableDefinition> tables) {
    // Made here once, so that a mistake in the dataset is known before the run.
    new BronzeFrames(tables, (table, frame) -> {});
    for (TableDefinition table : tables) {
      TupleTag<Frame> tag = new TupleTag<>("bronze of " + table.name()) {};
      if (tags.put(table.name(), tag) != null) {
        throw new IllegalArgumentException("table '" + table.name() + "' is in two groups");
      }
    }
  }

  /**
   * Reads the sources of these groups.
   *
   * @param groups the tables that share sources, by the name that {@link SourcePart#group} gives;
   *     all but Debezium's are alone
   * @throws IllegalArgumentException if tables cannot share a source, or one is named twice
   */
  public static ReadRecords of(Map<String, List<TableDefinition>> groups) {
    return new ReadRecords(groups, Map.of(), Map.of(), Map.of());
  }

  /**
   * Reads the Parquet files of these tables with these columns; those of others with the columns
   * that each file has.
   */
  public ReadRecords withColumns(Map<String, Schema> byTable) {
    return new ReadRecords(groups, byTable, clusters, before);
  }

  /** Reads the topics of these groups from these clusters. */
  public ReadRecords withClusters(Map<String, KafkaCluster> byGroup) {
    return new ReadRecords(groups, columns, byGroup, before);
  }

  /**
   * Gives each of these tables only what lies behind its own position: a table that shares a topic
   * may be ahead of another that was added to the dataset later.
   */
  public ReadRecords withPositions(Map<String, SourcePosition> byTable) {
    return new ReadRecords(groups, columns, clusters, byTable);
  }

  /**
   * Where a table's frames are in the output.
   *
   * @throws IllegalArgumentException if the table is in no group
   */
  public TupleTag<Frame> tag(String table) {
    TupleTag<Frame> tag = tags.get(table);
    if (tag == null) {
      throw new IllegalArgumentException(
          "no table '" + table + "' among those that are read: " + tags.keySet());
    }
    return tag;
  }

  @Override
  public PCollectionTuple expand(PCollection<SourcePart> parts) {
    return parts
        .apply("Share the sources among the workers", Reshuffle.viaRandomKey())
        .apply(
            "Read each source",
            ParDo.of(new Read(groups, columns, clusters, before, tags))
                .withOutputTags(PROGRESS, TupleTagList.of(new ArrayList<>(tags.values()))));
  }

  private static final class Read extends DoFn<SourcePart, SourceFile> {
    private static final long serialVersionUID = 1;
    private static final Duration PATIENCE = Duration.ofMillis(2L * KafkaCluster.PATIENCE_MILLIS);

    private final LinkedHashMap<String, List<TableDefinition>> groups;
    private final LinkedHashMap<String, Schema> columns;
    private final LinkedHashMap<String, KafkaCluster> clusters;
    private final LinkedHashMap<String, SourcePosition> before;
    private final LinkedHashMap<String, TupleTag<Frame>> tags;
    private final Counter rows = Metrics.counter("patron", "rows read");

    /** Connecting takes longer than a small increment: one consumer a cluster, while this lives. */
    private transient @Nullable Map<KafkaCluster, Consumer<byte[], byte[]>> consumers;

    private Read(
        Map<String, List<TableDefinition>> groups,
        Map<String, Schema> columns,
        Map<String, KafkaCluster> clusters,
        Map<String, SourcePosition> before,
        Map<String, TupleTag<Frame>> tags) {
      this.groups = new LinkedHashMap<>(groups);
      this.columns = new LinkedHashMap<>(columns);
      this.clusters = new LinkedHashMap<>(clusters);
      this.before = new LinkedHashMap<>(before);
      this.tags = new LinkedHashMap<>(tags);
    }

    @ProcessElement
    public void read(@Element SourcePart part, MultiOutputReceiver out) throws IOException {
      List<TableDefinition> tables = groups.get(part.group());
      if (tables == null) {
        throw new IllegalArgumentException(
            "%s belongs to '%s', which is no group of tables: %s"
                .formatted(part, part.group(), groups.keySet()));
      }
      long[] read = new long[1];
      BronzeFrames.Sink sink =
          (table, frame) -> {
            Frame unread = unread(tables.get(table), part, frame);
            rows.inc(unread.rows());
            LongColumn offsets = unread.longs("_offset");
            for (int row = 0; row < unread.rows(); row++) {
              read[0] += offsets.isNull(row) ? 0 : 1;
            }
            if (unread.rows() > 0) {
              out.get(tag(tables.get(table))).output(unread);
            }
          };
      if (part instanceof SourceFile file) {
        @Nullable Schema wanted = columns.get(tables.get(0).name());
        new FileRecords(tables, wanted, sink).read(file);
        out.get(PROGRESS).output(file.resumeAfter(file.after() + read[0]));
      } else if (part instanceof StagedPages pages) {
        new FileRecords(tables, null, sink).read(pages);
      } else if (part instanceof TopicRange range) {
        KafkaCluster cluster = cluster(range);
        BronzeFrames bronze = new BronzeFrames(tables, sink);
        new TopicRecords(() -> cluster.consumer(IsolationLevel.READ_UNCOMMITTED), PATIENCE)
            .read(consumer(cluster), range, bronze);
        bronze.flush();
      }
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

    @Teardown
    public void close() {
      if (consumers != null) {
        consumers.values().forEach(consumer -> consumer.close(Duration.ZERO));
        consumers = null;
      }
    }

    private TupleTag<Frame> tag(TableDefinition table) {
      TupleTag<Frame> tag = tags.get(table.name());
      if (tag == null) {
        throw new IllegalStateException("no output for table '" + table.name() + "'");
      }
      return tag;
    }
  }
}
