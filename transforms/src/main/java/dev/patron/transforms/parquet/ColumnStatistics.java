package dev.patron.transforms.parquet;

import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.frame.Values;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.LocalDate;
import java.util.List;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.ColumnPath;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.io.api.Binary;
import org.jspecify.annotations.Nullable;

/**
 * What the footer of a file says of a scalar column. Of a file that has been read, Parquet leaves
 * out the bounds of doubles with NaN among them, and all it knows of texts whose bounds have more
 * than 4,096 bytes; of one that has just been written nothing is left out.
 *
 * @param least the least value, as {@link Values} have it; null where the file has no value, or
 *     does not say
 * @param greatest the greatest value, NaN being above all others; null as above
 * @param nulls the number of nulls; -1 where the file does not say
 */
public record ColumnStatistics(@Nullable Object least, @Nullable Object greatest, long nulls) {
  private static final ColumnStatistics UNKNOWN = new ColumnStatistics(null, null, -1);

  /** The statistics of these columns, in this order. */
  static List<ColumnStatistics> of(ParquetMetadata footer, Schema columns) {
    return columns.fields().stream().map(field -> of(footer, field)).toList();
  }

  private static ColumnStatistics of(ParquetMetadata footer, Schema.Field field) {
    ColumnPath path = ColumnPath.get(field.name());
    Statistics<?> all =
        Statistics.createStats(footer.getFileMetaData().getSchema().getType(field.name()));
    boolean bounded = true;
    for (BlockMetaData group : footer.getBlocks()) {
      for (ColumnChunkMetaData chunk : group.getColumns()) {
        if (chunk.getPath().equals(path)) {
          Statistics<?> some = chunk.getStatistics();
          if (!some.isNumNullsSet()) {
            return UNKNOWN;
          }
          bounded &= some.hasNonNullValue() || some.getNumNulls() == chunk.getValueCount();
          all.mergeStatistics(some);
        }
      }
    }
    return bounded && all.hasNonNullValue()
        ? new ColumnStatistics(
            value(field.type(), all.genericGetMin()),
            value(field.type(), all.genericGetMax()),
            all.getNumNulls())
        : new ColumnStatistics(null, null, all.getNumNulls());
  }

  private static Object value(Type type, Object bound) {
    if (type instanceof Type.Decimal decimal) {
      BigInteger unscaled =
          bound instanceof Binary bytes
              ? new BigInteger(bytes.getBytes())
              : BigInteger.valueOf(((Number) bound).longValue());
      return new BigDecimal(unscaled, decimal.scale());
    }
    return switch ((Type.Scalar) type) {
      case STRING -> ((Binary) bound).toStringUsingUTF8();
      case DOUBLE, BOOLEAN -> bound;
      case LONG -> ((Number) bound).longValue();
      case DATE -> LocalDate.ofEpochDay(((Number) bound).longValue());
      case TIMESTAMP -> Values.instant(((Number) bound).longValue());
    };
  }
}
