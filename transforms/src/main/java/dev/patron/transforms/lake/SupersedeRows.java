package dev.patron.transforms.lake;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.KeyHashes;
import dev.patron.transforms.shuffle.ShownKeys;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.jspecify.annotations.Nullable;

/**
 * Takes the rows of some keys, as {@link KeyHashes} frames, out of a table: a file that has any is
 * written again without them. What becomes of it is told, and happens when it is committed. The
 * columns of the key are read first; a file without such a row costs nothing more.
 */
public final class SupersedeRows extends PTransform<PCollection<Frame>, PCollectionTuple> {
  private static final long serialVersionUID = 1L;

  /** The files to be removed. */
  public static final TupleTag<DataFile> REMOVED = new TupleTag<>() {};

  /** The files to be added in their place. */
  public static final TupleTag<DataFile> ADDED = new TupleTag<>() {};

  private final TableFiles files;
  private final List<String> key;

  private SupersedeRows(TableFiles files, List<String> key) {
    this.files = files;
    this.key = List.copyOf(key);
  }

  /**
   * Rows of this table, which has no partition columns.
   *
   * @param key the columns that a key consists of
   */
  public static SupersedeRows of(TableFiles files, List<String> key) {
    return new SupersedeRows(files, key);
  }

  @Override
  public PCollectionTuple expand(PCollection<Frame> keys) {
    ShownKeys superseded = ShownKeys.of("Show the keys to every writer", keys);
    return keys.getPipeline()
        .apply("Files of " + files.table().name(), FileBatches.of(files.files()))
        .apply(
            "Write again what stays",
            ParDo.of(
                    new Rewrite(
                        files.table(),
                        ReadFile.of(files, files.schema().names()),
                        ReadFile.of(files, key),
                        key,
                        superseded))
                .withSideInputs(superseded.view())
                .withOutputTags(ADDED, TupleTagList.of(REMOVED)));
  }

  private static final class Rewrite extends DoFn<List<DataFile>, DataFile> {
    private static final long serialVersionUID = 1L;

    private final LakeTable table;
    private final ReadFile columns;
    private final ReadFile keyColumns;
    private final List<String> key;
    private final ShownKeys superseded;

    Rewrite(
        LakeTable table,
        ReadFile columns,
        ReadFile keyColumns,
        List<String> key,
        ShownKeys superseded) {
      this.table = table;
      this.columns = columns;
      this.keyColumns = keyColumns;
      this.key = key;
      this.superseded = superseded;
    }

    @ProcessElement
    public void rewrite(ProcessContext context, MultiOutputReceiver out) {
      KeyHashes keys = superseded.in(context);
      for (DataFile file : context.element()) {
        if (Bucketed.mayHold(file, keys, key)) {
          rewrite(file, keys, out);
        }
      }
    }

    private void rewrite(DataFile file, KeyHashes keys, MultiOutputReceiver out) {
      long[] leaving = {0};
      keyColumns.rows(file, frame -> leaving[0] += keys.within(frame, key).rows());
      if (leaving[0] == 0) {
        return;
      }
      out.get(REMOVED).output(file);
      if (leaving[0] == file.rows()) {
        return;
      }
      try (DataFileWriter writer =
          DataFileWriter.open(
              table, columns.schema(), Map.<String, @Nullable String>of(), Bucketed.prefix(file))) {
        columns.rows(
            file,
            frame -> {
              Frame staying = keys.without(frame, key);
              if (staying.rows() > 0) {
                writer.write(staying);
              }
            });
        out.get(ADDED).output(writer.finish());
      }
    }
  }
}
