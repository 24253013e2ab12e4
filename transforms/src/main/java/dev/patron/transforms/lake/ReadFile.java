package dev.patron.transforms.lake;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import java.io.Serializable;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/** Reads data files of a table one by one, within a DoFn that is told which. */
public final class ReadFile implements Serializable {
  private static final long serialVersionUID = 1L;

  private final LakeTable table;
  private final TableColumns columns;

  private ReadFile(LakeTable table, TableColumns columns) {
    this.table = table;
    this.columns = columns;
  }

  /**
   * These columns of files of this table.
   *
   * @throws IllegalArgumentException if there is no such column
   */
  public static ReadFile of(TableFiles files, List<String> names) {
    return new ReadFile(files.table(), TableColumns.of(files, names));
  }

  /** The columns of the frames. */
  public Schema schema() {
    return columns.schema();
  }

  /**
   * Gives the rows of a file, frame by frame.
   *
   * @throws LakeException if it is missing or damaged
   */
  public void rows(DataFile file, Consumer<Frame> rows) {
    columns.read(TablePart.whole(table, file), rows);
  }

  /**
   * Gives the rows of a file that a look at some columns selects, frame by frame.
   *
   * @param key the columns to look at
   * @param selection gets the key of rows that follow each other, and gives the numbers of those
   *     that are wanted, ascending
   * @throws LakeException if it is missing or damaged
   */
  public void rows(
      DataFile file, List<String> key, Function<Frame, int[]> selection, Consumer<Frame> rows) {
    columns.read(TablePart.whole(table, file), key, selection, rows);
  }
}
