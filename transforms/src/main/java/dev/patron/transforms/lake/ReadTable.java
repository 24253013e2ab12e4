package dev.patron.transforms.lake;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.transforms.parquet.HadoopFiles;
import dev.patron.transforms.parquet.ParquetFrames;
import dev.patron.transforms.parquet.UnreadableFileException;
import dev.patron.transforms.shuffle.FrameCoder;
import java.util.ArrayList;
import java.util.List;
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

  /** About so many bytes of a file are read in one go. */
  private static final long PART_BYTES = 64L << 20;

  private final ArrayList<TablePart> parts;
  private final TableColumns columns;

  private ReadTable(List<TablePart> parts, TableColumns columns) {
    this.parts = new ArrayList<>(parts);
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

  static ReadTable of(TableFiles files, List<String> names, long partBytes) {
    ArrayList<TablePart> parts = new ArrayList<>();
    for (DataFile file : files.files()) {
      if (file.rows() != 0) {
        parts.addAll(split(files.table(), file, partBytes));
      }
    }
    return new ReadTable(parts, TableColumns.of(files, names));
  }

  private static List<TablePart> split(LakeTable table, DataFile file, long partBytes) {
    TablePart whole = TablePart.whole(table, file);
    if (file.bytes() <= partBytes) {
      return List.of(whole);
    }
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
      throw LakeException.because(file.table(), "a data file is missing or damaged", e);
    }
    return parts;
  }

  int parts() {
    return parts.size();
  }

  /** The columns of the frames. */
  public Schema schema() {
    return columns.schema();
  }

  @Override
  public PCollection<Frame> expand(PBegin begin) {
    if (parts.isEmpty()) {
      return begin.apply("No files", Create.empty(FrameCoder.of()));
    }
    PCollection<TablePart> work =
        begin.apply("List files", Create.of(parts).withCoder(TablePart.CODER));
    if (parts.size() > 1) {
      work = work.apply("Spread files over workers", Reshuffle.viaRandomKey());
    }
    return work.apply("Read files", ParDo.of(new ReadPart(columns)));
  }

  /** Reads one part of a file. */
  static final class ReadPart extends DoFn<TablePart, Frame> {
    private static final long serialVersionUID = 1L;

    private final TableColumns columns;
    private final Counter rows = Metrics.counter("patron", "rows read");

    ReadPart(TableColumns columns) {
      this.columns = columns;
    }

    @ProcessElement
    public void read(@Element TablePart part, OutputReceiver<Frame> frames) {
      columns.read(
          part,
          frame -> {
            rows.inc(frame.rows());
            frames.output(frame);
          });
    }
  }
}
