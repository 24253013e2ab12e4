package dev.patron.transforms.lake;

import dev.patron.features.frame.Frame;
import java.util.List;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;

/**
 * Takes rows, or what is in them, out of a table, partitioned or not, whatever tells them: a file
 * that has any is written again without them, under the same partition. What becomes of it is told,
 * and happens when it is committed. Every file is read, those that change twice.
 */
public final class EraseRows extends PTransform<PBegin, PCollectionTuple> {
  private static final long serialVersionUID = 1L;

  /** The files to be removed. */
  public static final TupleTag<DataFile> REMOVED = new TupleTag<>() {};

  /** The files to be added in their place. */
  public static final TupleTag<DataFile> ADDED = new TupleTag<>() {};

  private final TableFiles files;
  private final SerializableFunction<Frame, Frame> staying;

  private EraseRows(TableFiles files, SerializableFunction<Frame, Frame> staying) {
    this.files = files;
    this.staying = staying;
  }

  /**
   * Rows of this table.
   *
   * @param staying gives the rows of a frame, with all columns, as they stay, in their order: the
   *     frame itself where nothing changes
   */
  public static EraseRows of(TableFiles files, SerializableFunction<Frame, Frame> staying) {
    return new EraseRows(files, staying);
  }

  @Override
  public PCollectionTuple expand(PBegin begin) {
    return begin
        .apply("Files of " + files.table().name(), FileBatches.of(files.files()))
        .apply(
            "Write again what stays",
            ParDo.of(
                    new Rewrite(files.table(), ReadFile.of(files, files.schema().names()), staying))
                .withOutputTags(ADDED, TupleTagList.of(REMOVED)));
  }

  private static final class Rewrite extends DoFn<List<DataFile>, DataFile> {
    private static final long serialVersionUID = 1L;

    private final LakeTable table;
    private final ReadFile columns;
    private final SerializableFunction<Frame, Frame> staying;

    Rewrite(LakeTable table, ReadFile columns, SerializableFunction<Frame, Frame> staying) {
      this.table = table;
      this.columns = columns;
      this.staying = staying;
    }

    @ProcessElement
    public void rewrite(@Element List<DataFile> batch, MultiOutputReceiver out) {
      for (DataFile file : batch) {
        rewrite(file, out);
      }
    }

    private void rewrite(DataFile file, MultiOutputReceiver out) {
      boolean[] changes = {false, false};
      columns.rows(
          file,
          frame -> {
            Frame left = staying.apply(frame);
            changes[0] |= !left.equals(frame);
            changes[1] |= left.rows() > 0;
          });
      if (!changes[0]) {
        return;
      }
      out.get(REMOVED).output(file);
      if (!changes[1]) {
        return;
      }
      try (DataFileWriter writer =
          DataFileWriter.open(table, columns.schema(), file.partition(), Bucketed.prefix(file))) {
        columns.rows(
            file,
            frame -> {
              Frame left = staying.apply(frame);
              if (left.rows() > 0) {
                writer.write(left);
              }
            });
        out.get(ADDED).output(writer.finish());
      }
    }
  }
}
