package dev.patron.transforms.parquet;

import dev.patron.features.frame.BooleanColumn;
import dev.patron.features.frame.BytesColumn;
import dev.patron.features.frame.Column;
import dev.patron.features.frame.Decimals;
import dev.patron.features.frame.DoubleColumn;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.Type;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnWriter;
import org.apache.parquet.io.api.Binary;

/** Puts the values of one physical column where Parquet encodes them, without a box for each. */
abstract class LeafWriter {
  private final ColumnDescriptor descriptor;
  private final int present;

  private LeafWriter(ColumnDescriptor descriptor) {
    this.descriptor = descriptor;
    this.present = descriptor.getMaxDefinitionLevel();
  }

  static LeafWriter of(Type type, ColumnDescriptor descriptor) {
    if (type instanceof Type.Decimal decimal) {
      int bytes = descriptor.getPrimitiveType().getTypeLength();
      return decimal.fitsLong()
          ? new ShortDecimals(descriptor, bytes)
          : new LongDecimals(descriptor, bytes);
    }
    return switch ((Type.Scalar) type) {
      case STRING -> new Texts(descriptor);
      case LONG, TIMESTAMP -> new Longs(descriptor);
      case DATE -> new Dates(descriptor);
      case DOUBLE -> new Doubles(descriptor);
      case BOOLEAN -> new Booleans(descriptor);
    };
  }

  /** The physical column. */
  final ColumnDescriptor descriptor() {
    return descriptor;
  }

  /** Appends a block of entries; those without a value are null. */
  final void write(Column column, ColumnLevels levels, ColumnWriter out) {
    for (int i = 0; i < levels.size(); i++) {
      int row = levels.row(i);
      if (row < 0) {
        out.writeNull(levels.repetition(i), levels.definition(i));
      } else {
        write(column, row, out, levels.repetition(i), present);
      }
    }
  }

  abstract void write(Column column, int row, ColumnWriter out, int repetition, int definition);

  private static final class Longs extends LeafWriter {
    Longs(ColumnDescriptor descriptor) {
      super(descriptor);
    }

    @Override
    void write(Column column, int row, ColumnWriter out, int repetition, int definition) {
      out.write(((LongColumn) column).get(row), repetition, definition);
    }
  }

  private static final class Dates extends LeafWriter {
    Dates(ColumnDescriptor descriptor) {
      super(descriptor);
    }

    @Override
    void write(Column column, int row, ColumnWriter out, int repetition, int definition) {
      out.write(Math.toIntExact(((LongColumn) column).get(row)), repetition, definition);
    }
  }

  private static final class Doubles extends LeafWriter {
    Doubles(ColumnDescriptor descriptor) {
      super(descriptor);
    }

    @Override
    void write(Column column, int row, ColumnWriter out, int repetition, int definition) {
      out.write(((DoubleColumn) column).get(row), repetition, definition);
    }
  }

  private static final class Booleans extends LeafWriter {
    Booleans(ColumnDescriptor descriptor) {
      super(descriptor);
    }

    @Override
    void write(Column column, int row, ColumnWriter out, int repetition, int definition) {
      out.write(((BooleanColumn) column).get(row), repetition, definition);
    }
  }

  private static final class Texts extends LeafWriter {
    Texts(ColumnDescriptor descriptor) {
      super(descriptor);
    }

    @Override
    void write(Column column, int row, ColumnWriter out, int repetition, int definition) {
      BytesColumn texts = (BytesColumn) column;
      // "Reused" makes whoever keeps a value (a dictionary, a bound) copy it: a constant one would
      // keep the array of the whole frame.
      out.write(
          Binary.fromReusedByteArray(texts.array(), texts.from(row), texts.length(row)),
          repetition,
          definition);
    }
  }

  /** Unscaled values as the last bytes of their two's complement. */
  private static final class ShortDecimals extends LeafWriter {
    private final byte[] bytes;

    ShortDecimals(ColumnDescriptor descriptor, int length) {
      super(descriptor);
      this.bytes = new byte[length];
    }

    @Override
    void write(Column column, int row, ColumnWriter out, int repetition, int definition) {
      long unscaled = ((LongColumn) column).get(row);
      for (int i = bytes.length - 1; i >= 0; i--) {
        bytes[i] = (byte) unscaled;
        unscaled >>= 8;
      }
      out.write(Binary.fromReusedByteArray(bytes), repetition, definition);
    }
  }

  private static final class LongDecimals extends LeafWriter {
    private final int length;

    LongDecimals(ColumnDescriptor descriptor, int length) {
      super(descriptor);
      this.length = length;
    }

    @Override
    void write(Column column, int row, ColumnWriter out, int repetition, int definition) {
      byte[] sixteen = ((BytesColumn) column).copy(row);
      sixteen[0] ^= (byte) 0x80;
      out.write(
          Binary.fromConstantByteArray(sixteen, Decimals.BYTES - length, length),
          repetition,
          definition);
    }
  }
}
