package dev.patron.transforms.parquet;

import dev.patron.features.frame.BooleanColumn;
import dev.patron.features.frame.BytesColumn;
import dev.patron.features.frame.Column;
import dev.patron.features.frame.Decimals;
import dev.patron.features.frame.DoubleColumn;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.Type;
import java.io.IOException;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.column.values.ValuesWriter;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;

/** Puts the values of one physical column where Parquet encodes them, without a box for each. */
abstract class LeafWriter {
  private final ColumnDescriptor descriptor;

  private LeafWriter(ColumnDescriptor descriptor) {
    this.descriptor = descriptor;
  }

  static LeafWriter of(Type type, ColumnDescriptor descriptor) {
    if (type instanceof Type.Decimal decimal) {
      return decimal.fitsLong()
          ? new Numbers(descriptor)
          : new LongDecimals(descriptor, descriptor.getPrimitiveType().getTypeLength());
    }
    return switch ((Type.Scalar) type) {
      case STRING -> new Texts(descriptor);
      case LONG, TIMESTAMP, DATE -> new Numbers(descriptor);
      case DOUBLE -> new Doubles(descriptor);
      case BOOLEAN -> new Booleans(descriptor);
    };
  }

  /** The physical column. */
  final ColumnDescriptor descriptor() {
    return descriptor;
  }

  /** Appends a block of entries; those without a value are null. */
  final void write(Column column, ColumnLevels levels, LeafPages out) throws IOException {
    values(column, levels, out.values(), out.bounds());
    out.levels(levels);
  }

  /** Appends the values of those entries that have one, and tells their bounds. */
  abstract void values(Column column, ColumnLevels levels, ValuesWriter out, Statistics<?> bounds);

  /** Whole numbers; some take half of what a frame has for them. */
  private static final class Numbers extends LeafWriter {
    private final boolean isHalf;

    Numbers(ColumnDescriptor descriptor) {
      super(descriptor);
      this.isHalf = descriptor.getPrimitiveType().getPrimitiveTypeName() == PrimitiveTypeName.INT32;
    }

    @Override
    void values(Column column, ColumnLevels levels, ValuesWriter out, Statistics<?> bounds) {
      LongColumn numbers = (LongColumn) column;
      long least = Long.MAX_VALUE;
      long greatest = Long.MIN_VALUE;
      for (int i = 0; i < levels.size(); i++) {
        int row = levels.row(i);
        if (row >= 0) {
          long value = numbers.get(row);
          if (isHalf) {
            out.writeInteger(Math.toIntExact(value));
          } else {
            out.writeLong(value);
          }
          least = Math.min(least, value);
          greatest = Math.max(greatest, value);
        }
      }
      if (least > greatest) {
        return;
      }
      if (isHalf) {
        bounds.updateStats(Math.toIntExact(least));
        bounds.updateStats(Math.toIntExact(greatest));
      } else {
        bounds.updateStats(least);
        bounds.updateStats(greatest);
      }
    }
  }

  private static final class Doubles extends LeafWriter {
    Doubles(ColumnDescriptor descriptor) {
      super(descriptor);
    }

    @Override
    void values(Column column, ColumnLevels levels, ValuesWriter out, Statistics<?> bounds) {
      DoubleColumn doubles = (DoubleColumn) column;
      for (int i = 0; i < levels.size(); i++) {
        int row = levels.row(i);
        if (row >= 0) {
          out.writeDouble(doubles.get(row));
          // Parquet has rules of its own for what is no number and for the two zeros.
          bounds.updateStats(doubles.get(row));
        }
      }
    }
  }

  private static final class Booleans extends LeafWriter {
    Booleans(ColumnDescriptor descriptor) {
      super(descriptor);
    }

    @Override
    void values(Column column, ColumnLevels levels, ValuesWriter out, Statistics<?> bounds) {
      BooleanColumn booleans = (BooleanColumn) column;
      for (int i = 0; i < levels.size(); i++) {
        int row = levels.row(i);
        if (row >= 0) {
          out.writeBoolean(booleans.get(row));
          bounds.updateStats(booleans.get(row));
        }
      }
    }
  }

  private static final class Texts extends LeafWriter {
    Texts(ColumnDescriptor descriptor) {
      super(descriptor);
    }

    @Override
    void values(Column column, ColumnLevels levels, ValuesWriter out, Statistics<?> bounds) {
      BytesColumn texts = (BytesColumn) column;
      int least = -1;
      int greatest = -1;
      for (int i = 0; i < levels.size(); i++) {
        int row = levels.row(i);
        if (row < 0) {
          continue;
        }
        if (out instanceof PlainValues plain) {
          plain.write(texts.array(), texts.from(row), texts.length(row));
        } else {
          out.writeBytes(text(texts, row));
        }
        if (least < 0) {
          least = row;
          greatest = row;
        } else if (texts.compareBytes(row, least) < 0) {
          least = row;
        } else if (texts.compareBytes(row, greatest) > 0) {
          greatest = row;
        }
      }
      if (least >= 0) {
        bounds.updateStats(text(texts, least));
        bounds.updateStats(text(texts, greatest));
      }
    }

    private static Binary text(BytesColumn texts, int row) {
      // "Reused" makes whoever keeps a value (a dictionary, a bound) copy it: a constant one would
      // keep the array of the whole frame.
      return Binary.fromReusedByteArray(texts.array(), texts.from(row), texts.length(row));
    }
  }

  /** Unscaled values as the last bytes of their two's complement. */
  private static final class LongDecimals extends LeafWriter {
    private final int length;

    LongDecimals(ColumnDescriptor descriptor, int length) {
      super(descriptor);
      this.length = length;
    }

    @Override
    void values(Column column, ColumnLevels levels, ValuesWriter out, Statistics<?> bounds) {
      BytesColumn decimals = (BytesColumn) column;
      for (int i = 0; i < levels.size(); i++) {
        int row = levels.row(i);
        if (row >= 0) {
          byte[] sixteen = decimals.copy(row);
          sixteen[0] ^= (byte) 0x80;
          Binary value = Binary.fromConstantByteArray(sixteen, Decimals.BYTES - length, length);
          out.writeBytes(value);
          bounds.updateStats(value);
        }
      }
    }
  }
}
