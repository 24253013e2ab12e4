package dev.patron.transforms.lake;

import dev.patron.features.frame.Schema;
import java.io.Serializable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.beam.sdk.coders.DefaultCoder;
import org.jspecify.annotations.Nullable;

/**
 * A Parquet file of a table, whether the table's log knows it already or not yet.
 *
 * @param table the table's name in its warehouse, as {@code silver/books}
 * @param path where it is below the table, unescaped; a whole URI for a file elsewhere
 * @param bytes its length
 * @param modifiedMillis when it was written, in milliseconds since the epoch
 * @param rows how many rows it has; -1 where the log does not say
 * @param schema its columns; for a file from the log, those of the table
 * @param partition the values, as text, of the table's partition columns, which are not in the file
 * @param statistics the bounds of its columns, as JSON of the Delta protocol; null if unknown
 */
@DefaultCoder(DataFileCoder.class)
public record DataFile(
    String table,
    String path,
    long bytes,
    long modifiedMillis,
    long rows,
    Schema schema,
    Map<String, @Nullable String> partition,
    @Nullable String statistics)
    implements Serializable {

  public DataFile {
    partition = Collections.unmodifiableMap(new LinkedHashMap<>(partition));
  }

  /**
   * No value of this column of whole numbers or times (microseconds since the epoch) is greater;
   * {@code Long.MAX_VALUE} where that is not known, {@code Long.MIN_VALUE} where all are null.
   */
  public long atMost(String column) {
    if (FileStatistics.isNull(statistics, column)) {
      return Long.MIN_VALUE;
    }
    long[] bounds = FileStatistics.bounds(statistics, column);
    return bounds == null ? Long.MAX_VALUE : bounds[1];
  }

  /** The same file, of whose columns no bounds are known. */
  DataFile withoutStatistics() {
    return new DataFile(table, path, bytes, modifiedMillis, rows, schema, partition, null);
  }
}
