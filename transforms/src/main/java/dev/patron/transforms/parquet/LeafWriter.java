package dev.patron.transforms.parquet;

import dev.patron.features.frame.BooleanColumn;
import dev.patron.features.frame.BytesColumn;
import dev.patron.features.frame.Column;
import dev.patron.features.frame.Decimals;
import dev.patron.features.frame.DoubleColumn;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.Type;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;

/** Puts the values of one physical column where Parquet encodes them, without a box for each. */
abstract class LeafWriter {
  private static final VarHandle BIG_ENDIAN =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final ColumnDescriptor descriptor;
  private long[] numbers = new long[0];

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
  abstract void values(Column column, ColumnLevels levels, LeafValues out, Statistics<?> bounds);

  /** Room for the numbers of so many entries. */
  final long[] numbers(int entries) {
    if (numbers.length < entries) {
      numbers = new long[entries];
    }
    return numbers;
  }

  /** Whole numbers; some take half of what a frame has for them. */
  private static final class Numbers extends LeafWriter {
    private final boolean isHalf;

    Numbers(ColumnDescriptor descriptor) {
      super(descriptor);
      this.isHalf = descriptor.getPrimitiveType().getPrimitiveTypeName() == PrimitiveTypeName.INT32;
    }

    @Override
    void values(Column column, ColumnLevels levels, LeafValues out, Statistics<?> bounds) {
      LongColumn longs = (LongColumn) column;
      long[] numbers = numbers(levels.size());
      int count = 0;
      long least = Long.MAX_VALUE;
      long greatest = Long.MIN_VALUE;
      for (int i = 0; i < levels.size(); i++) {
        int row = levels.row(i);
        if (row >= 0) {
          long value = longs.get(row);
          numbers[count++] = value;
          if (value < least) {
            least = value;
          }
          if (value > greatest) {
            greatest = value;
          }
        }
      }
      if (count == 0) {
        return;
      }
      if (isHalf) {
        bounds.updateStats(Math.toIntExact(least));
        bounds.updateStats(Math.toIntExact(greatest));
      } else {
        bounds.updateStats(least);
        bounds.updateStats(greatest);
      }
      out.numbers(numbers, 0, count);
    }
  }

  private static final class Doubles extends LeafWriter {
    Doubles(ColumnDescriptor descriptor) {
      super(descriptor);
    }

    @Override
    void values(Column column, ColumnLevels levels, LeafValues out, Statistics<?> bounds) {
      DoubleColumn doubles = (DoubleColumn) column;
      long[] numbers = numbers(levels.size());
      int count = 0;
      long least = Long.MAX_VALUE;
      long greatest = Long.MIN_VALUE;
      for (int i = 0; i < levels.size(); i++) {
        int row = levels.row(i);
        if (row >= 0) {
          long bits = Double.doubleToLongBits(doubles.get(row));
          numbers[count++] = bits;
          long ordered = ordered(bits);
          if (ordered < least) {
            least = ordered;
          }
          if (ordered > greatest) {
            greatest = ordered;
          }
        }
      }
      if (count > 0) {
        bounds.updateStats(Double.longBitsToDouble(ordered(least)));
        bounds.updateStats(Double.longBitsToDouble(ordered(greatest)));
        out.numbers(numbers, 0, count);
      }
    }

    /**
     * A number for the bits of a double, and back, whose order is that of {@link Double#compare},
     * by which Parquet compares what it writes: minus zero before zero, and NaN last.
     */
    private static long ordered(long bits) {
      return bits ^ ((bits >> (Long.SIZE - 1)) & Long.MAX_VALUE);
    }
  }

  private static final class Booleans extends LeafWriter {
    Booleans(ColumnDescriptor descriptor) {
      super(descriptor);
    }

    @Override
    void values(Column column, ColumnLevels levels, LeafValues out, Statistics<?> bounds) {
      BooleanColumn booleans = (BooleanColumn) column;
      long[] numbers = numbers(levels.size());
      int count = 0;
      for (int i = 0; i < levels.size(); i++) {
        int row = levels.row(i);
        if (row >= 0) {
          numbers[count++] = booleans.get(row) ? 1 : 0;
          bounds.updateStats(booleans.get(row));
        }
      }
      out.numbers(numbers, 0, count);
    }
  }

  private static final class Texts extends LeafWriter {
    Texts(ColumnDescriptor descriptor) {
      super(descriptor);
    }

    @Override
    void values(Column column, ColumnLevels levels, LeafValues out, Statistics<?> bounds) {
      BytesColumn texts = (BytesColumn) column;
      byte[] array = texts.array();
      int least = -1;
      int greatest = -1;
      long lowest = Long.MAX_VALUE;
      long highest = Long.MIN_VALUE;
      for (int i = 0; i < levels.size(); i++) {
        int row = levels.row(i);
        if (row < 0) {
          continue;
        }
        int from = texts.from(row);
        int length = texts.length(row);
        out.bytes(array, from, length);
        long beginning = beginning(array, from, length);
        if (least < 0
            || beginning < lowest
            || (beginning == lowest && texts.compareBytes(row, least) < 0)) {
          least = row;
          lowest = beginning;
        }
        if (greatest < 0
            || beginning > highest
            || (beginning == highest && texts.compareBytes(row, greatest) > 0)) {
          greatest = row;
          highest = beginning;
        }
      }
      if (least >= 0) {
        bounds.updateStats(text(texts, least));
        bounds.updateStats(text(texts, greatest));
      }
    }

    /** The first eight bytes, or zeros, as a number in the order of the texts. */
    private static long beginning(byte[] array, int from, int length) {
      if (length >= Long.BYTES) {
        return (long) BIG_ENDIAN.get(array, from) ^ Long.MIN_VALUE;
      }
      long beginning = 0;
      for (int i = 0; i < length; i++) {
        beginning |= (array[from + i] & 0xFFL) << (Long.SIZE - Byte.SIZE * (i + 1));
      }
      return beginning ^ Long.MIN_VALUE;
    }

    private static Binary text(BytesColumn texts, int row) {
      // "Reused" makes a bound copy it: a constant one would keep the array of the whole frame.
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
    void values(Column column, ColumnLevels levels, LeafValues out, Statistics<?> bounds) {
      BytesColumn decimals = (BytesColumn) column;
      for (int i = 0; i < levels.size(); i++) {
        int row = levels.row(i);
        if (row >= 0) {
          byte[] sixteen = decimals.copy(row);
          sixteen[0] ^= (byte) 0x80;
          out.bytes(sixteen, Decimals.BYTES - length, length);
          bounds.updateStats(
              Binary.fromConstantByteArray(sixteen, Decimals.BYTES - length, length));
        }
      }
    }
  }
}
