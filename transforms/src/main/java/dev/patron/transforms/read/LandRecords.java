package dev.patron.transforms.read;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.record.SchemaEvidence;
import dev.patron.features.tables.TableDefinition;
import dev.patron.features.tables.Tables;
import dev.patron.transforms.lake.DataFile;
import dev.patron.transforms.lake.DataFileCoder;
import dev.patron.transforms.lake.WriteFrames;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Reads files, pages and topics into data files of bronze tables. A file or a range of a topic's
 * offsets is read once, by one worker, piece by piece; its records are routed to the tables of its
 * group. Frames of text formats have the columns {@link Tables#BRONZE}; those of Parquet files have
 * the files' columns before them.
 *
 * <p>Records keep their order within a source; sources come in any order. What cannot be read of a
 * file is a row with a {@code _fault}, which decoding refuses; it is never an error.
 *
 * <p>Reading and writing are one step: an engine that keeps what several steps read, as Spark does,
 * would keep all records for the sake of their number.
 */
public final class LandRecords extends PTransform<PCollection<SourcePart>, PCollectionTuple> {
  private static final long serialVersionUID = 1;

  /** Each file, and {@link SourceFile#after how much} of it has been read now. */
  public static final TupleTag<SourceFile> PROGRESS = new TupleTag<>() {};

  /** The data files written; each knows its table. */
  public static final TupleTag<DataFile> FILES = new TupleTag<>() {};

  /**
   * By the name of a table whose columns are not declared, what was seen of them: {@link
   * SchemaEvidence} as JSON, to be merged in any order.
   */
  public static final TupleTag<KV<String, String>> EVIDENCE = new TupleTag<>() {};

  /** Of {@link #EVIDENCE}. */
  public static final KvCoder<String, String> EVIDENCE_CODER =
      KvCoder.of(StringUtf8Coder.of(), StringUtf8Coder.of());

  private final Map<String, List<TableDefinition>> groups;
  private final LinkedHashMap<String, WriteFrames> bronze;
  private final Map<String, Schema> columns;
  private final Map<String, KafkaCluster> clusters;
  private final Map<String, SourcePosition> before;
  private final SourceReader reader;

  private LandRecords(
      Map<String, List<TableDefinition>> groups,
      Map<String, WriteFrames> bronze,
      Map<String, Schema> columns,
      Map<String, KafkaCluster> clusters,
      Map<String, SourcePosition> before) {
    this.groups = groups;
    this.bronze = new LinkedHashMap<>(bronze);
    this.columns = columns;
    this.clusters = clusters;
    this.before = before;
    this.reader = new SourceReader(groups, columns, clusters, before);
    for (TableDefinition table : reader.tables()) {
      if (!bronze.containsKey(table.name())) {
        throw new IllegalArgumentException(
            "table '" + table.name() + "' has nowhere to be written to: " + bronze.keySet());
      }
    }
  }

  /**
   * Reads the sources of these groups.
   *
   * @param groups the tables that share sources, by the name that {@link SourcePart#group} gives;
   *     all but Debezium's are alone
   * @param bronze where the records of each table go, by its name
   * @throws IllegalArgumentException if tables cannot share a source, or one is named twice or has
   *     nowhere to go
   */
  public static LandRecords of(
      Map<String, List<TableDefinition>> groups, Map<String, WriteFrames> bronze) {
    return new LandRecords(groups, bronze, Map.of(), Map.of(), Map.of());
  }

  /**
   * Reads the Parquet files of these tables with these columns; those of others with the columns
   * that each file has.
   */
  public LandRecords withColumns(Map<String, Schema> byTable) {
    return new LandRecords(groups, bronze, byTable, clusters, before);
  }

  /** Reads the topics of these groups from these clusters. */
  public LandRecords withClusters(Map<String, KafkaCluster> byGroup) {
    return new LandRecords(groups, bronze, columns, byGroup, before);
  }

  /**
   * Gives each of these tables only what lies behind its own position: a table that shares a topic
   * may be ahead of another that was added to the dataset later.
   */
  public LandRecords withPositions(Map<String, SourcePosition> byTable) {
    return new LandRecords(groups, bronze, columns, clusters, byTable);
  }

  @Override
  public PCollectionTuple expand(PCollection<SourcePart> parts) {
    PCollectionTuple landed =
        parts
            .apply("Share the sources among the workers", Reshuffle.viaRandomKey())
            .apply(
                "Write each source to bronze",
                ParDo.of(new Land(reader, bronze))
                    .withOutputTags(PROGRESS, TupleTagList.of(FILES).and(EVIDENCE)));
    landed.get(PROGRESS).setCoder(SerializableCoder.of(SourceFile.class));
    landed.get(FILES).setCoder(DataFileCoder.of());
    landed.get(EVIDENCE).setCoder(EVIDENCE_CODER);
    return landed;
  }

  private static final class Land extends DoFn<SourcePart, SourceFile> {
    private static final long serialVersionUID = 1;
    private static final Instant ALWAYS = GlobalWindow.INSTANCE.maxTimestamp();

    private final SourceReader reader;
    private final LinkedHashMap<String, WriteFrames> bronze;
    private final Counter rows = Metrics.counter("patron", "rows read");
    private transient Map<String, Landing> landings;

    private Land(SourceReader reader, Map<String, WriteFrames> bronze) {
      this.reader = reader;
      this.bronze = new LinkedHashMap<>(bronze);
    }

    @StartBundle
    public void start() {
      landings = new TreeMap<>();
    }

    @ProcessElement
    public void land(@Element SourcePart part, MultiOutputReceiver out) throws IOException {
      long read =
          reader.read(
              part,
              (table, frame) -> {
                rows.inc(frame.rows());
                landings
                    .computeIfAbsent(table.name(), name -> landing(table))
                    .add(frame, out.get(FILES));
              });
      if (part instanceof SourceFile file) {
        out.get(PROGRESS).output(file.resumeAfter(file.after() + read));
      }
    }

    private Landing landing(TableDefinition table) {
      WriteFrames to = bronze.get(table.name());
      if (to == null) {
        throw new IllegalStateException("nowhere to write table '" + table.name() + "' to");
      }
      return new Landing(table, to.begin(), table.declared() == null ? new SchemaEvidence() : null);
    }

    @FinishBundle
    public void finish(FinishBundleContext context) {
      landings.forEach(
          (name, landing) -> {
            landing.writing.finish(
                file -> context.output(FILES, file, ALWAYS, GlobalWindow.INSTANCE));
            if (landing.seen != null) {
              context.output(
                  EVIDENCE, KV.of(name, landing.seen.toJson()), ALWAYS, GlobalWindow.INSTANCE);
            }
          });
      landings.clear();
    }

    @Teardown
    public void close() {
      reader.close();
      if (landings != null) {
        landings.values().forEach(landing -> landing.writing.close());
      }
    }
  }

  /**
   * The records of one table in a bundle.
   *
   * @param seen of its columns; null: they are declared
   */
  private record Landing(
      TableDefinition table, WriteFrames.Writing writing, @Nullable SchemaEvidence seen) {

    void add(Frame frame, DoFn.OutputReceiver<DataFile> files) {
      if (seen != null) {
        seen.observe(frame, table);
      }
      writing.write(frame, files::output);
    }
  }
}
