package dev.patron.transforms.lake;

import dev.patron.features.frame.Column;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.transforms.parquet.HadoopFiles;
import dev.patron.transforms.parquet.ParquetFrames;
import dev.patron.transforms.parquet.UnreadableFileException;
import java.io.Serializable;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * Columns of a table, of which some are in the files and the others in the log.
 *
 * @param schema the columns wanted, in order
 * @param inFiles those of them that are in the files
 */
record TableColumns(Schema schema, Schema inFiles) implements Serializable {
  static TableColumns of(TableFiles files, List<String> names) {
    Schema schema = files.schema().select(names);
    List<String> partitions = files.partitionColumns();
    return new TableColumns(
        schema, schema.select(names.stream().filter(name -> !partitions.contains(name)).toList()));
  }

  /** Reads the rows of a part of a file. */
  void read(TablePart part, Consumer<Frame> consumer) {
    try {
      ParquetFrames.read(
          part.path(),
          HadoopFiles.configuration(),
          inFiles.size() > 0 || schema.size() == 0 ? inFiles : ROWS_ALONE,
          part.from(),
          part.to(),
          frame -> consumer.accept(withPartition(frame, part)));
    } catch (UnreadableFileException e) {
      throw LakeException.damaged(part, e);
    }
  }

  /**
   * Reads those rows of a file that a look at some columns selects; see {@link
   * ParquetFrames#read(Path, Configuration, Schema, List, Function, Consumer)}.
   *
   * @throws IllegalArgumentException if one of the columns to look at is not in the files
   */
  void read(
      TablePart file, List<String> key, Function<Frame, int[]> selection, Consumer<Frame> rows) {
    try {
      ParquetFrames.read(
          file.path(),
          HadoopFiles.configuration(),
          inFiles,
          key,
          selection,
          frame -> rows.accept(withPartition(frame, file)));
    } catch (UnreadableFileException e) {
      throw LakeException.damaged(file, e);
    }
  }

  /** No file has this column: a frame of it tells how many rows there are. */
  private static final Schema ROWS_ALONE =
      Schema.of().with("_rows", dev.patron.features.frame.Type.BOOLEAN);

  private Frame withPartition(Frame frame, TablePart part) {
    if (schema.equals(inFiles)) {
      return frame;
    }
    Column[] columns = new Column[schema.size()];
    for (int i = 0; i < columns.length; i++) {
      Schema.Field field = schema.field(i);
      columns[i] =
          inFiles.has(field.name())
              ? frame.column(field.name())
              : PartitionValues.column(
                  field.type(), part.partition().get(field.name()), frame.rows());
    }
    return Frame.of(schema, columns);
  }
}
