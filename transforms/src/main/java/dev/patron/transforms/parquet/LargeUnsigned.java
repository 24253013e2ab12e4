package dev.patron.transforms.parquet;

import dev.patron.features.frame.Type;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.parquet.column.statistics.LongStatistics;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.schema.LogicalTypeAnnotation.IntLogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;

/**
 * Physical columns of unsigned integers of 64 bits that a long may not hold. Most hold none that is
 * so large, and their statistics say so; without statistics nobody knows.
 */
final class LargeUnsigned {
  /** What holds all of them. */
  static final Type TYPE = new Type.Decimal(20, 0);

  private LargeUnsigned() {}

  /** Their paths, in a file that is being read. */
  static Set<List<String>> in(ParquetFileReader reader) {
    Set<List<String>> large = new HashSet<>();
    for (BlockMetaData group : reader.getRowGroups()) {
      for (ColumnChunkMetaData chunk : group.getColumns()) {
        if (isUnsigned(chunk.getPrimitiveType()) && mayHoldLarge(chunk)) {
          large.add(List.of(chunk.getPath().toArray()));
        }
      }
    }
    return large;
  }

  private static boolean isUnsigned(PrimitiveType type) {
    return type.getPrimitiveTypeName() == PrimitiveTypeName.INT64
        && type.getLogicalTypeAnnotation() instanceof IntLogicalTypeAnnotation integer
        && !integer.isSigned();
  }

  private static boolean mayHoldLarge(ColumnChunkMetaData chunk) {
    Statistics<?> statistics = chunk.getStatistics();
    if (statistics instanceof LongStatistics bounds && bounds.hasNonNullValue()) {
      return bounds.getMin() < 0 || bounds.getMax() < 0;
    }
    return chunk.getValueCount() > 0 && statistics.getNumNulls() != chunk.getValueCount();
  }
}
