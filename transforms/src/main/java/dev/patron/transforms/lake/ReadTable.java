package dev.patron.transforms.lake;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.transforms.parquet.HadoopFiles;
import dev.patron.transforms.parquet.ParquetFrames;
import dev.patron.transforms.parquet.UnreadableFileException;
import dev.patron.transforms.shuffle.FrameCoder;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.ListCoder;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;

/**
 * Reads the rows of a table, as they are in one snapshot: whatever is committed while the pipeline
 * runs is not seen. Large files are read in several parts.
 */
public final class ReadTable extends PTransform<PBegin, PCollection<Frame>> {
  private static final long serialVersionUID = 1L;

  /**
   * About so many bytes are read in one go. Engines charge for every element: small files are read
   * together. On Spark all frames of an element are on the heap at once, and they are ten times as
   * large as what is compressed in a file.
   */
  private static final long PART_BYTES = 8L << 20;

  private final ArrayList<List<TablePart>> batches;
  private final TableColumns columns;

  private ReadTable(List<List<TablePart>> batches, TableColumns columns) {
    this.batches = new ArrayList<>(batches);
    this.columns = columns;
  }

  /**
   * All columns of a snapshot.
   *
   * @throws LakeException if the table cannot be read
   */
  public static ReadTable of(TableSnapshot snapshot) {
    return of(snapshot.contents());
  }

  /**
   * Some columns of a snapshot, in this order.
   *
   * @throws LakeException if the table cannot be read
   * @throws IllegalArgumentException if there is no such column
   */
  public static ReadTable of(TableSnapshot snapshot, List<String> names) {
    return of(snapshot.contents(), names, PART_BYTES);
  }

  /**
   * All columns of these files, committed or not.
   *
   * @throws LakeException if one cannot be read
   */
  public static ReadTable of(TableFiles files) {
    return of(files, files.schema().names(), PART_BYTES);
  }

  /**
   * Some columns of what may not be committed yet.
   *
   * @throws IllegalArgumentException if there is no such column
   */
  public static ReadTable of(TableFiles files, List<String> names) {
    return of(files, names, PART_BYTES);
  }

  static ReadTable of(TableFiles files, List<String> names, long partBytes) {
    List<List<TablePart>> batches = new ArrayList<>();
    List<TablePart> batch = new ArrayList<>();
    long bytes = 0;
    for (DataFile file : files.files()) {
      if (file.rows() == 0) {
        continue;
      }
      if (file.bytes() > partBytes) {
        split(files.table(), file, partBytes).forEach(part -> batches.add(List.of(part)));
        continue;
      }
      if (bytes + file.bytes() > partBytes && !batch.isEmpty()) {
        batches.add(batch);
        batch = new ArrayList<>();
        bytes = 0;
      }
      batch.add(TablePart.whole(files.table(), file));
      bytes += file.bytes();
    }
    if (!batch.isEmpty()) {
      batches.add(batch);
    }
    return new ReadTable(batches, TableColumns.of(files, names));
  }

  private static List<TablePart> split(LakeTable table, DataFile file, long partBytes) {
    TablePart whole = TablePart.whole(table, file);
    List<TablePart> parts = new ArrayList<>();
    try {
      List<ParquetFrames.RowGroup> groups =
          ParquetFrames.rowGroups(whole.path(), HadoopFiles.configuration());
      int from = 0;
      long bytes = 0;
      for (int to = 1; to <= groups.size(); to++) {
        bytes += groups.get(to - 1).bytes();
        if (bytes >= partBytes || to == groups.size()) {
          parts.add(whole.groups(from, to));
          from = to;
          bytes = 0;
        }
      }
    } catch (UnreadableFileException e) {
      throw LakeException.damaged(whole, e);
    }
    return parts;
  }

  int batches() {
    return batches.size();
  }

  /** The columns of the frames. */
  public Schema schema() {
    return columns.schema();
  }

  @Override
  public PCollection<Frame> expand(PBegin begin) {
    if (batches.isEmpty()) {
      return begin.apply("No files", Create.empty(FrameCoder.of()));
    }
    PCollection<List<TablePart>> work =
        begin.apply("List files", Create.of(batches).withCoder(ListCoder.of(TablePart.CODER)));
    if (batches.size() > 1) {
      work = work.apply("Spread files over workers", Reshuffle.viaRandomKey());
    }
    return work.apply("Read files", ParDo.of(new ReadParts(columns)));
  }

  /** Reads parts of files. */
  static final class ReadParts extends DoFn<List<TablePart>, Frame> {
    private static final long serialVersionUID = 1L;

    private final TableColumns columns;
    private final Counter rows = Metrics.counter("patron", "rows read");

    ReadParts(TableColumns columns) {
      this.columns = columns;
    }

    @ProcessElement
    public void read(@Element List<TablePart> parts, OutputReceiver<Frame> frames) {
      for (TablePart part : parts) {
        columns.read(
            part,
            frame -> {
              rows.inc(frame.rows());
              frames.output(frame);
            });
      }
    }
  }
}
