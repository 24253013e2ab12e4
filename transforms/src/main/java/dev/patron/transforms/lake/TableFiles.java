package dev.patron.transforms.lake;

import dev.patron.features.frame.Schema;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Data files of a table, whether all of them are committed or not: what can be read.
 *
 * @param table the table
 * @param schema its columns, partition columns included
 * @param partitionColumns the columns whose values are not in the files
 * @param files the files
 */
public record TableFiles(
    LakeTable table, Schema schema, List<String> partitionColumns, List<DataFile> files) {

  public TableFiles {
    partitionColumns = List.copyOf(partitionColumns);
    files = List.copyOf(files);
  }

  /**
   * A table as it will be when these files are appended.
   *
   * @param before what it is; null if it does not exist
   * @param schema the columns of the files; those that the table does not have yet come behind its
   *     own, also within rows
   * @throws LakeException if one has another type than in the table
   */
  public static TableFiles appended(
      LakeTable table,
      @Nullable TableSnapshot before,
      Schema schema,
      List<String> partitionColumns,
      List<DataFile> added) {
    if (before == null) {
      return new TableFiles(table, schema, partitionColumns, added);
    }
    Schema all = SchemaEvolution.merge(table.name(), before.schema(), schema);
    List<DataFile> files = new ArrayList<>(before.files());
    files.addAll(added);
    return new TableFiles(table, all, before.partitionColumns(), files);
  }
}
