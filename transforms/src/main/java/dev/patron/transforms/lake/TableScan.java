package dev.patron.transforms.lake;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * Columns of a table read without Beam, file after file: for the driver, which looks at a few
 * narrow columns or at small tables. Each iteration reads again; the frames of one file are in
 * memory at once.
 */
public final class TableScan implements Iterable<Frame> {
  private final TableFiles files;
  private final TableColumns columns;

  private TableScan(TableFiles files, List<String> names) {
    this.files = files;
    this.columns = TableColumns.of(files, names);
  }

  /**
   * These columns of a table.
   *
   * @throws IllegalArgumentException if there is no such column
   */
  public static TableScan of(TableSnapshot snapshot, List<String> names) {
    return of(snapshot.contents(), names);
  }

  /**
   * These columns of data files, whether they are committed or not.
   *
   * @throws IllegalArgumentException if there is no such column
   */
  public static TableScan of(TableFiles files, List<String> names) {
    return new TableScan(files, names);
  }

  /** All rows as one frame; for small tables. */
  public Frame all() {
    return Frame.concat(schema(), this);
  }

  /** The columns, in the order in which they were named. */
  public Schema schema() {
    return columns.schema();
  }

  @Override
  public Iterator<Frame> iterator() {
    Iterator<DataFile> remaining = files.files().iterator();
    return new Iterator<>() {
      private Iterator<Frame> frames = List.<Frame>of().iterator();

      @Override
      public boolean hasNext() {
        while (!frames.hasNext() && remaining.hasNext()) {
          List<Frame> read = new ArrayList<>();
          columns.read(TablePart.whole(files.table(), remaining.next()), read::add);
          frames = read.iterator();
        }
        return frames.hasNext();
      }

      @Override
      public Frame next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        return frames.next();
      }
    };
  }
}
