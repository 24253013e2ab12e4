package dev.patron.transforms.read;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.Schema;
import dev.patron.features.record.BronzeFrames;
import dev.patron.features.tables.TableDefinition;
import dev.patron.features.tables.Tables;
import java.util.ArrayList;
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
import org.jspecify.annotations.Nullable;

/**
 * Reads files into bronze frames, one output a table. A file is read once, by one worker, piece by
 * piece; its records are routed to the tables of its group. Frames of text formats have the columns
 * {@link Tables#BRONZE}; those of Parquet files have the files' columns before them.
 *
 * <p>Records keep their order within the frames of a file; frames come in any order. What cannot be
 * read of a file is a row with a {@code _fault}, which decoding refuses; it is never an error.
 */
public final class ReadRecords extends PTransform<PCollection<SourceFile>, PCollectionTuple> {
  private static final long serialVersionUID = 1;

  /** Each file, and {@link SourceFile#after how much} of it has been read now. */
  public static final TupleTag<SourceFile> PROGRESS = new TupleTag<>() {};

  private final LinkedHashMap<String, List<TableDefinition>> groups;
  private final LinkedHashMap<String, Schema> columns;
  private final LinkedHashMap<String, TupleTag<Frame>> tags = new LinkedHashMap<>();

  private ReadRecords(Map<String, List<TableDefinition>> groups, Map<String, Schema> columns) {
    this.groups = new LinkedHashMap<>();
    this.columns = new LinkedHashMap<>(columns);
    groups.forEach((group, tables) -> this.groups.put(group, List.copyOf(tables)));
    this.groups.values().forEach(this::addTags);
    if (tags.isEmpty()) {
      throw new IllegalArgumentException("no table reads files");
    }
  }

  private void addTags(List<TableDefinition> tables) {
    // Made here once, so that a mistake in the dataset is known before the run.
    new BronzeFrames(tables, (table, frame) -> {});
    for (TableDefinition table : tables) {
      TupleTag<Frame> tag = new TupleTag<>("bronze of " + table.name()) {};
      if (tags.put(table.name(), tag) != null) {
        throw new IllegalArgumentException(
            "table '" + table.name() + "' is in two groups of files");
      }
    }
  }

  /**
   * Reads the files of these groups.
   *
   * @param groups the tables that share files, by the name that {@link SourceFile#group} gives; all
   *     but Debezium's are alone
   * @throws IllegalArgumentException if tables cannot share files, or one is named twice
   */
  public static ReadRecords of(Map<String, List<TableDefinition>> groups) {
    return new ReadRecords(groups, Map.of());
  }

  /**
   * Reads the Parquet files of these tables with these columns; those of others with the columns
   * that each file has.
   */
  public ReadRecords withColumns(Map<String, Schema> byTable) {
    return new ReadRecords(groups, byTable);
  }

  /**
   * Where a table's frames are in the output.
   *
   * @throws IllegalArgumentException if the table reads no files
   */
  public TupleTag<Frame> tag(String table) {
    TupleTag<Frame> tag = tags.get(table);
    if (tag == null) {
      throw new IllegalArgumentException(
          "no table '" + table + "' among those that read files: " + tags.keySet());
    }
    return tag;
  }

  @Override
  public PCollectionTuple expand(PCollection<SourceFile> files) {
    return files
        .apply("Share the files among the workers", Reshuffle.viaRandomKey())
        .apply(
            "Read each file",
            ParDo.of(new Read(groups, columns, tags))
                .withOutputTags(PROGRESS, TupleTagList.of(new ArrayList<>(tags.values()))));
  }

  private static final class Read extends DoFn<SourceFile, SourceFile> {
    private static final long serialVersionUID = 1;

    private final LinkedHashMap<String, List<TableDefinition>> groups;
    private final LinkedHashMap<String, Schema> columns;
    private final LinkedHashMap<String, TupleTag<Frame>> tags;
    private final Counter rows = Metrics.counter("patron", "rows read");

    private Read(
        Map<String, List<TableDefinition>> groups,
        Map<String, Schema> columns,
        Map<String, TupleTag<Frame>> tags) {
      this.groups = new LinkedHashMap<>(groups);
      this.columns = new LinkedHashMap<>(columns);
      this.tags = new LinkedHashMap<>(tags);
    }

    @ProcessElement
    public void read(@Element SourceFile file, MultiOutputReceiver out) {
      List<TableDefinition> tables = groups.get(file.group());
      if (tables == null) {
        throw new IllegalArgumentException(
            "%s belongs to '%s', which is no group of tables: %s"
                .formatted(file.path(), file.group(), groups.keySet()));
      }
      @Nullable Schema wanted = columns.get(tables.get(0).name());
      long[] read = {file.after()};
      new FileRecords(
              tables,
              wanted,
              (table, frame) -> {
                rows.inc(frame.rows());
                LongColumn offsets = frame.longs("_offset");
                for (int row = 0; row < frame.rows(); row++) {
                  read[0] += offsets.isNull(row) ? 0 : 1;
                }
                out.get(tag(tables.get(table))).output(frame);
              })
          .read(file);
      out.get(PROGRESS).output(file.resumeAfter(read[0]));
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
