package dev.patron.transforms.lake;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.KeyHashes;
import dev.patron.features.frame.Schema;
import dev.patron.transforms.shuffle.ShownKeys;
import java.util.List;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;

/**
 * Reads the rows of some keys, and no others; the keys, as {@link KeyHashes} frames, are only known
 * while the pipeline runs. Files whose names say that they have none of them are not opened.
 */
public final class ReadKeys extends PTransform<PCollection<Frame>, PCollection<Frame>> {
  private static final long serialVersionUID = 1L;

  private final LakeTable table;
  private final List<DataFile> files;
  private final ReadFile columns;
  private final List<String> key;

  private ReadKeys(TableFiles files, List<String> names, List<String> key) {
    this.table = files.table();
    this.files = files.files();
    this.columns = ReadFile.of(files, names);
    this.key = List.copyOf(key);
  }

  /**
   * All columns of a table's rows.
   *
   * @param key the columns that a key consists of
   */
  public static ReadKeys of(TableFiles files, List<String> key) {
    return new ReadKeys(files, files.schema().names(), key);
  }

  /** Some columns of a table's rows, those of the key among them. */
  public static ReadKeys of(TableFiles files, List<String> names, List<String> key) {
    return new ReadKeys(files, names, key);
  }

  /** The columns of the frames. */
  public Schema schema() {
    return columns.schema();
  }

  @Override
  public PCollection<Frame> expand(PCollection<Frame> keys) {
    ShownKeys wanted = ShownKeys.of("Show the keys to every reader", keys);
    return keys.getPipeline()
        .apply("Files of " + table.name(), FileBatches.of(files))
        .apply(
            "Read rows of these keys",
            ParDo.of(new Read(columns, key, wanted)).withSideInputs(wanted.view()));
  }

  private static final class Read extends DoFn<List<DataFile>, Frame> {
    private static final long serialVersionUID = 1L;

    private final ReadFile columns;
    private final List<String> key;
    private final ShownKeys wanted;
    private final Counter rows = Metrics.counter("patron", "rows read");

    Read(ReadFile columns, List<String> key, ShownKeys wanted) {
      this.columns = columns;
      this.key = key;
      this.wanted = wanted;
    }

    @ProcessElement
    public void read(ProcessContext context) {
      KeyHashes keys = wanted.in(context);
      for (DataFile file : context.element()) {
        if (Bucketed.mayHold(file, keys, key)) {
          columns.rows(
              file,
              key,
              looked -> {
                rows.inc(looked.rows());
                return keys.rowsWithin(looked, key);
              },
              context::output);
        }
      }
    }
  }
}
