package dev.patron.transforms.read;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.record.CustomerRecords;
import dev.patron.features.record.SchemaEvidence;
import dev.patron.features.tables.TableDefinition;
import dev.patron.features.tables.Tables;
import dev.patron.transforms.lake.DataFile;
import dev.patron.transforms.lake.DataFileCoder;
import dev.patron.transforms.lake.WriteFrames;
import dev.patron.transforms.manifest.Manifest;
import dev.patron.transforms.manifest.ManifestEntry;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.PCollection;
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
 * <p>Reading and writing are one step with one output, which is for the driver: an engine that
 * keeps what has several outputs or readers, as Spark does, would keep all records for the sake of
 * their number, and a second worker would read a source again while the first is still at it.
 */
public final class LandRecords
    extends PTransform<PCollection<SourcePart>, PCollection<ManifestEntry>> {
  /**
   * How many workers can have a share. Each tells the driver what it read, and an embedded runner
   * copies all that was told by then: of ten thousand small files, each for itself, for a minute.
   */
  private static final int MOST_SHARES = 256;

  private static final long serialVersionUID = 1;

  private static final String PROGRESS = "progress";
  private static final String FILES = "files";
  private static final String EVIDENCE = "evidence";
  private static final String LEFT_OUT = "left out";
  private static final String EXPIRED = "expired";

  private final Map<String, List<TableDefinition>> groups;
  private final LinkedHashMap<String, WriteFrames> bronze;
  private final Map<String, Schema> columns;
  private final Map<String, KafkaCluster> clusters;
  private final Map<String, SourcePosition> before;
  private final HashMap<String, CustomerRecords> unwanted;
  private final SourceReader reader;

  private LandRecords(
      Map<String, List<TableDefinition>> groups,
      Map<String, WriteFrames> bronze,
      Map<String, Schema> columns,
      Map<String, KafkaCluster> clusters,
      Map<String, SourcePosition> before,
      Map<String, CustomerRecords> unwanted) {
    this.groups = groups;
    this.bronze = new LinkedHashMap<>(bronze);
    this.columns = columns;
    this.clusters = clusters;
    this.before = before;
    this.unwanted = new HashMap<>(unwanted);
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
    return new LandRecords(groups, bronze, Map.of(), Map.of(), Map.of(), Map.of());
  }

  /**
   * Reads the Parquet files of these tables with these columns; those of others with the columns
   * that each file has.
   */
  public LandRecords withColumns(Map<String, Schema> byTable) {
    return new LandRecords(groups, bronze, byTable, clusters, before, unwanted);
  }

  /** Reads the topics of these groups from these clusters. */
  public LandRecords withClusters(Map<String, KafkaCluster> byGroup) {
    return new LandRecords(groups, bronze, columns, byGroup, before, unwanted);
  }

  /**
   * Gives each of these tables only what lies behind its own position: a table that shares a topic
   * may be ahead of another that was added to the dataset later.
   */
  public LandRecords withPositions(Map<String, SourcePosition> byTable) {
    return new LandRecords(groups, bronze, columns, clusters, byTable, unwanted);
  }

  /** Leaves these records of these tables out: they are read, and go nowhere. */
  public LandRecords without(Map<String, CustomerRecords> byTable) {
    return new LandRecords(groups, bronze, columns, clusters, before, byTable);
  }

  /** Each file that was read, and {@link SourceFile#after how much} of it has been read now. */
  public static List<SourceFile> progress(Manifest manifest) {
    return manifest.get(PROGRESS, FILES, SerializableCoder.of(SourceFile.class));
  }

  /** The data files that were written to the table of the lake with this name. */
  public static List<DataFile> files(Manifest manifest, String bronze) {
    return manifest.get(FILES, bronze, DataFileCoder.of());
  }

  /** What was seen of a table's columns; empty if they are declared, or there was no record. */
  public static SchemaEvidence evidence(Manifest manifest, String table) {
    SchemaEvidence seen = new SchemaEvidence();
    manifest
        .get(EVIDENCE, table, StringUtf8Coder.of())
        .forEach(json -> seen.merge(SchemaEvidence.fromJson(json)));
    return seen;
  }

  /** How many records of a table were left out. */
  public static long leftOut(Manifest manifest, String table) {
    return manifest.get(LEFT_OUT, table, VarLongCoder.of()).stream()
        .mapToLong(Long::longValue)
        .sum();
  }

  /**
   * For each partition of a topic, how many of its offsets among these parts expired after the
   * parts were fixed and before they were read, and were passed over; those that have none are left
   * out.
   */
  public static SortedMap<String, Long> expired(Manifest manifest, List<SourcePart> parts) {
    TreeMap<String, Long> expired = new TreeMap<>();
    for (SourcePart part : parts) {
      if (part instanceof TopicRange range) {
        List<Long> offsets = manifest.get(EXPIRED, range.name(), VarLongCoder.of());
        if (!offsets.isEmpty()) {
          expired.put(range.name(), offsets.stream().mapToLong(Long::longValue).sum());
        }
      }
    }
    return expired;
  }

  @Override
  public PCollection<ManifestEntry> expand(PCollection<SourcePart> parts) {
    return parts
        .apply(
            "Share the sources among the workers",
            Reshuffle.<SourcePart>viaRandomKey().withNumBuckets(MOST_SHARES))
        .apply("Write each source to bronze", ParDo.of(new Land(reader, bronze, unwanted)))
        .setCoder(Manifest.coder());
  }

  private static final class Land extends DoFn<SourcePart, ManifestEntry> {
    private static final long serialVersionUID = 1;
    private static final Instant END_OF_TIME = GlobalWindow.INSTANCE.maxTimestamp();

    private final SourceReader reader;
    private final LinkedHashMap<String, WriteFrames> bronze;
    private final HashMap<String, CustomerRecords> unwanted;
    private final Counter rows = Metrics.counter("patron", "rows read");
    private transient Map<String, Landing> landings;

    private Land(
        SourceReader reader,
        Map<String, WriteFrames> bronze,
        Map<String, CustomerRecords> unwanted) {
      this.reader = reader;
      this.bronze = new LinkedHashMap<>(bronze);
      this.unwanted = new HashMap<>(unwanted);
    }

    @StartBundle
    public void start() {
      landings = new TreeMap<>();
    }

    @ProcessElement
    public void land(@Element SourcePart part, OutputReceiver<ManifestEntry> out)
        throws IOException {
      SourcePart read =
          reader.read(
              part,
              (table, frame) -> {
                rows.inc(frame.rows());
                landings
                    .computeIfAbsent(table.name(), name -> landing(table))
                    .add(frame, file -> out.output(entry(file)));
              },
              expired -> out.output(expired((TopicRange) part, expired)));
      if (read instanceof SourceFile file) {
        out.output(Manifest.entry(PROGRESS, FILES, SerializableCoder.of(SourceFile.class), file));
      }
    }

    private Landing landing(TableDefinition table) {
      WriteFrames to = bronze.get(table.name());
      if (to == null) {
        throw new IllegalStateException("nowhere to write table '" + table.name() + "' to");
      }
      return new Landing(
          table,
          to.begin(),
          unwanted.get(table.name()),
          table.declared() == null ? new SchemaEvidence() : null);
    }

    private static ManifestEntry expired(TopicRange range, long offsets) {
      return Manifest.entry(EXPIRED, range.name(), VarLongCoder.of(), offsets);
    }

    private static ManifestEntry entry(DataFile file) {
      return Manifest.entry(FILES, file.table(), DataFileCoder.of(), file);
    }

    @FinishBundle
    public void finish(FinishBundleContext context) {
      landings.forEach(
          (name, landing) -> {
            landing.writing.finish(
                file -> context.output(entry(file), END_OF_TIME, GlobalWindow.INSTANCE));
            if (landing.leftOut > 0) {
              context.output(
                  Manifest.entry(LEFT_OUT, name, VarLongCoder.of(), landing.leftOut),
                  END_OF_TIME,
                  GlobalWindow.INSTANCE);
            }
            if (landing.seen != null) {
              context.output(
                  Manifest.entry(EVIDENCE, name, StringUtf8Coder.of(), landing.seen.toJson()),
                  END_OF_TIME,
                  GlobalWindow.INSTANCE);
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

  /** The records of one table in a bundle. */
  private static final class Landing {
    private final TableDefinition table;
    private final WriteFrames.Writing writing;
    private final @Nullable CustomerRecords unwanted;

    /** Of its columns; null: they are declared. */
    private final @Nullable SchemaEvidence seen;

    private long leftOut;

    Landing(
        TableDefinition table,
        WriteFrames.Writing writing,
        @Nullable CustomerRecords unwanted,
        @Nullable SchemaEvidence seen) {
      this.table = table;
      this.writing = writing;
      this.unwanted = unwanted;
      this.seen = seen;
    }

    void add(Frame read, Consumer<DataFile> ended) {
      Frame frame = unwanted == null ? read : unwanted.without(read);
      leftOut += read.rows() - frame.rows();
      if (seen != null) {
        seen.observe(frame, table);
      }
      writing.write(frame, ended);
    }
  }
}
