package dev.patron.transforms.parquet;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.patron.features.frame.BooleanColumn;
import dev.patron.features.frame.BytesColumn;
import dev.patron.features.frame.ColumnBuilder;
import dev.patron.features.frame.Decimals;
import dev.patron.features.frame.DoubleColumn;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Base64;
import java.util.UUID;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.EnumLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.IntLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.JsonLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.StringLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.UUIDLogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;

/** How single values get from Parquet's types into those of a frame. */
final class Leaves {
  private static final long MICROS_PER_DAY = 86_400_000_000L;
  private static final int JULIAN_DAY_OF_EPOCH = 2_440_588;

  /** Every integer up to this size is a double of its own. */
  private static final long EXACT_IN_DOUBLE = 1L << 53;

  /** Numbers that are taken from a page at a time. */
  private static final int ROOM = 512;

  private Leaves() {}

  /** Whether a value of one type can be read as another without losing anything. */
  static boolean isReadable(Type from, Type to) {
    if (from.equals(to)) {
      return true;
    }
    if (to instanceof Type.Decimal wide) {
      if (from instanceof Type.Decimal narrow) {
        return wide.scale() >= narrow.scale()
            && wide.precision() - wide.scale() >= narrow.precision() - narrow.scale();
      }
      return from == Type.LONG;
    }
    return from == Type.LONG && to == Type.DOUBLE;
  }

  /** An assembly that reads nothing, but keeps step with the rows at this repetition level. */
  static Assembly structure(LeafReader reader, int repeats) {
    return new Leaf(reader, Integer.MAX_VALUE) {
      @Override
      void value(ColumnBuilder builder) {
        throw new IllegalStateException("a column of the structure has no value");
      }

      @Override
      void pass() {
        do {
          super.pass();
        } while (reader.repetition() > repeats);
      }
    };
  }

  /** An assembly that reads nothing but nulls, of whatever type is wanted. */
  private static Assembly nothing(LeafReader reader) {
    return new Leaf(reader, Integer.MAX_VALUE) {
      @Override
      void value(ColumnBuilder builder) {
        throw new IllegalStateException("a column without a type has no value");
      }
    };
  }

  /** The assembly of one physical column; {@link #isReadable} has been asked before. */
  static Assembly of(Shape.Leaf leaf, Type wanted, LeafReader reader) {
    if (!leaf.isTyped()) {
      return nothing(reader);
    }
    int present = leaf.present();
    LogicalTypeAnnotation meaning = leaf.primitive().getLogicalTypeAnnotation();
    PrimitiveTypeName physical = leaf.primitive().getPrimitiveTypeName();
    boolean unsigned = meaning instanceof IntLogicalTypeAnnotation i && !i.isSigned();
    if (wanted instanceof Type.Decimal decimal) {
      int scale = leaf.type() instanceof Type.Decimal from ? from.scale() : 0;
      int scaleUp = decimal.scale() - scale;
      return new DecimalLeaf(reader, present, physical, unsigned, decimal, scaleUp);
    }
    return switch (physical) {
      case BOOLEAN -> new BooleanLeaf(reader, present);
      case INT32 ->
          wanted == Type.DOUBLE
              ? new IntAsDoubleLeaf(reader, present, unsigned)
              : new IntLeaf(reader, present, unsigned);
      case INT64 -> {
        if (meaning instanceof TimestampLogicalTypeAnnotation timestamp
            && timestamp.getUnit() != TimeUnit.MICROS) {
          yield new TimestampLeaf(reader, present, timestamp.getUnit());
        }
        yield wanted == Type.DOUBLE
            ? new LongAsDoubleLeaf(reader, present, unsigned)
            : new LongLeaf(reader, present, unsigned);
      }
      case INT96 -> new Int96Leaf(reader, present);
      case FLOAT -> new FloatLeaf(reader, present);
      case DOUBLE -> new DoubleLeaf(reader, present);
      case BINARY, FIXED_LEN_BYTE_ARRAY -> {
        if (meaning instanceof UUIDLogicalTypeAnnotation) {
          yield new UuidLeaf(reader, present);
        }
        if (meaning instanceof DecimalLogicalTypeAnnotation decimal) {
          yield new DecimalTextLeaf(reader, present, decimal.getScale());
        }
        boolean text =
            meaning instanceof StringLogicalTypeAnnotation
                || meaning instanceof EnumLogicalTypeAnnotation
                || meaning instanceof JsonLogicalTypeAnnotation;
        yield text ? new TextLeaf(reader, present) : new Base64Leaf(reader, present);
      }
    };
  }

  /** One physical column. */
  private abstract static class Leaf extends Assembly {
    final LeafReader reader;
    private final int present;

    Leaf(LeafReader reader, int present) {
      this.reader = reader;
      this.present = present;
    }

    abstract void value(ColumnBuilder builder);

    /** The bytes of the value; they are gone with the next one. */
    final ByteBuffer bytes() {
      PageValues values = reader.values();
      values.nextBytes();
      return ByteBuffer.wrap(values.array, values.from, values.to - values.from);
    }

    @Override
    final void read(ColumnBuilder builder) {
      if (reader.definition() == present) {
        value(builder);
      } else {
        builder.appendNull();
      }
      reader.next();
    }

    @Override
    final void readRows(ColumnBuilder builder, int rows) {
      int left = rows;
      while (left > 0) {
        int run = reader.run(present, left);
        if (run == 0) {
          read(builder);
          left--;
        } else {
          values(builder, run);
          reader.next(run);
          left -= run;
        }
      }
    }

    /** Appends so many values. */
    void values(ColumnBuilder builder, int count) {
      for (int i = 0; i < count; i++) {
        value(builder);
      }
    }

    @Override
    void pass() {
      reader.pass();
    }

    @Override
    void passRows(int rows) {
      reader.passRows(rows);
    }

    @Override
    final LeafReader witness() {
      return reader;
    }
  }

  private static final class BooleanLeaf extends Leaf {
    BooleanLeaf(LeafReader reader, int present) {
      super(reader, present);
    }

    @Override
    void value(ColumnBuilder builder) {
      ((BooleanColumn.Builder) builder).append(reader.values().nextBoolean());
    }
  }

  private static final class IntLeaf extends Leaf {
    private final long mask;

    IntLeaf(LeafReader reader, int present, boolean unsigned) {
      super(reader, present);
      mask = unsigned ? 0xFFFF_FFFFL : -1L;
    }

    @Override
    void value(ColumnBuilder builder) {
      ((LongColumn.Builder) builder).append(reader.values().nextInt() & mask);
    }
  }

  private static final class IntAsDoubleLeaf extends Leaf {
    private final long mask;

    IntAsDoubleLeaf(LeafReader reader, int present, boolean unsigned) {
      super(reader, present);
      mask = unsigned ? 0xFFFF_FFFFL : -1L;
    }

    @Override
    void value(ColumnBuilder builder) {
      ((DoubleColumn.Builder) builder).append((double) (reader.values().nextInt() & mask));
    }
  }

  private static final class LongLeaf extends Leaf {
    private final boolean unsigned;
    private final long[] room = new long[ROOM];

    LongLeaf(LeafReader reader, int present, boolean unsigned) {
      super(reader, present);
      this.unsigned = unsigned;
    }

    @Override
    void value(ColumnBuilder builder) {
      append((LongColumn.Builder) builder, reader.values().nextLong());
    }

    @Override
    void values(ColumnBuilder builder, int count) {
      LongColumn.Builder longs = (LongColumn.Builder) builder;
      for (int done = 0; done < count; ) {
        int more = Math.min(count - done, room.length);
        reader.values().nextLongs(room, 0, more);
        if (unsigned) {
          for (int i = 0; i < more; i++) {
            append(longs, room[i]);
          }
        } else {
          longs.append(room, more);
        }
        done += more;
      }
    }

    private void append(LongColumn.Builder longs, long value) {
      longs.append(unsigned ? checked(value) : value);
    }
  }

  /** An unsigned integer of which statistics say that a long holds it. */
  private static long checked(long unsigned) {
    if (unsigned < 0) {
      throw new ArithmeticException(
          Long.toUnsignedString(unsigned) + " is greater than any long (2^63 - 1)");
    }
    return unsigned;
  }

  private static final class LongAsDoubleLeaf extends Leaf {
    private final boolean unsigned;

    LongAsDoubleLeaf(LeafReader reader, int present, boolean unsigned) {
      super(reader, present);
      this.unsigned = unsigned;
    }

    @Override
    void value(ColumnBuilder builder) {
      long next = reader.values().nextLong();
      long value = unsigned ? checked(next) : next;
      if (value > EXACT_IN_DOUBLE || value < -EXACT_IN_DOUBLE) {
        throw new ArithmeticException(value + " is wanted as a double, which would change it");
      }
      ((DoubleColumn.Builder) builder).append((double) value);
    }
  }

  private static final class FloatLeaf extends Leaf {
    FloatLeaf(LeafReader reader, int present) {
      super(reader, present);
    }

    @Override
    void value(ColumnBuilder builder) {
      ((DoubleColumn.Builder) builder).append(reader.values().nextFloat());
    }
  }

  private static final class DoubleLeaf extends Leaf {
    private final double[] room = new double[ROOM];

    DoubleLeaf(LeafReader reader, int present) {
      super(reader, present);
    }

    @Override
    void value(ColumnBuilder builder) {
      ((DoubleColumn.Builder) builder).append(reader.values().nextDouble());
    }

    @Override
    void values(ColumnBuilder builder, int count) {
      for (int done = 0; done < count; ) {
        int more = Math.min(count - done, room.length);
        reader.values().nextDoubles(room, 0, more);
        ((DoubleColumn.Builder) builder).append(room, more);
        done += more;
      }
    }
  }

  private static final class TimestampLeaf extends Leaf {
    private final boolean millis;

    TimestampLeaf(LeafReader reader, int present, TimeUnit unit) {
      super(reader, present);
      millis = unit == TimeUnit.MILLIS;
    }

    @Override
    void value(ColumnBuilder builder) {
      long value = reader.values().nextLong();
      ((LongColumn.Builder) builder)
          .append(millis ? Math.multiplyExact(value, 1_000L) : Math.floorDiv(value, 1_000L));
    }
  }

  /** Hive's, Impala's and old Spark's timestamps: nanoseconds of a day, and a Julian day number. */
  private static final class Int96Leaf extends Leaf {
    Int96Leaf(LeafReader reader, int present) {
      super(reader, present);
    }

    @Override
    void value(ColumnBuilder builder) {
      ByteBuffer bytes = bytes().order(ByteOrder.LITTLE_ENDIAN);
      long nanosOfDay = bytes.getLong();
      long day = bytes.getInt() - (long) JULIAN_DAY_OF_EPOCH;
      ((LongColumn.Builder) builder)
          .append(
              Math.addExact(
                  Math.multiplyExact(day, MICROS_PER_DAY), Math.floorDiv(nanosOfDay, 1_000L)));
    }
  }

  private static final class TextLeaf extends Leaf {
    TextLeaf(LeafReader reader, int present) {
      super(reader, present);
    }

    @Override
    void value(ColumnBuilder builder) {
      PageValues values = reader.values();
      values.nextBytes();
      ((BytesColumn.Builder) builder).append(values.array, values.from, values.to);
    }
  }

  /** Decimals that no decimal of ours holds. */
  private static final class DecimalTextLeaf extends Leaf {
    private final int scale;

    DecimalTextLeaf(LeafReader reader, int present, int scale) {
      super(reader, present);
      this.scale = scale;
    }

    @Override
    void value(ColumnBuilder builder) {
      PageValues values = reader.values();
      values.nextBytes();
      BigInteger unscaled = new BigInteger(values.array, values.from, values.to - values.from);
      ((BytesColumn.Builder) builder).append(new BigDecimal(unscaled, scale).toPlainString());
    }
  }

  private static final class Base64Leaf extends Leaf {
    Base64Leaf(LeafReader reader, int present) {
      super(reader, present);
    }

    @Override
    void value(ColumnBuilder builder) {
      PageValues values = reader.values();
      values.nextBytes();
      byte[] bytes = Arrays.copyOfRange(values.array, values.from, values.to);
      byte[] text = Base64.getEncoder().encode(bytes);
      ((BytesColumn.Builder) builder).append(text, 0, text.length);
    }
  }

  private static final class UuidLeaf extends Leaf {
    UuidLeaf(LeafReader reader, int present) {
      super(reader, present);
    }

    @Override
    void value(ColumnBuilder builder) {
      ByteBuffer bytes = bytes();
      String text = new UUID(bytes.getLong(), bytes.getLong()).toString();
      ((BytesColumn.Builder) builder).append(text.getBytes(US_ASCII), 0, text.length());
    }
  }

  private static final class DecimalLeaf extends Leaf {
    private final long[] room = new long[ROOM];
    private final PrimitiveTypeName physical;
    private final boolean unsigned;
    private final Type.Decimal wanted;
    private final BigInteger factor;
    private final BigInteger limit;
    private final boolean sameScale;
    private final long longLimit;

    DecimalLeaf(
        LeafReader reader,
        int present,
        PrimitiveTypeName physical,
        boolean unsigned,
        Type.Decimal wanted,
        int scaleUp) {
      super(reader, present);
      this.physical = physical;
      this.unsigned = unsigned;
      this.wanted = wanted;
      this.factor = BigInteger.TEN.pow(scaleUp);
      this.limit = BigInteger.TEN.pow(wanted.precision());
      this.longLimit = wanted.fitsLong() ? limit.longValueExact() : 0;
      this.sameScale = scaleUp == 0;
    }

    @Override
    void value(ColumnBuilder builder) {
      switch (physical) {
        case INT32 -> {
          int value = reader.values().nextInt();
          append(builder, unsigned ? Integer.toUnsignedLong(value) : value);
        }
        case INT64 -> appendLong(builder, reader.values().nextLong());
        default -> {
          PageValues values = reader.values();
          values.nextBytes();
          append(builder, values.array, values.from, values.to);
        }
      }
    }

    @Override
    void values(ColumnBuilder builder, int count) {
      if (physical != PrimitiveTypeName.INT64) {
        super.values(builder, count);
        return;
      }
      for (int done = 0; done < count; ) {
        int more = Math.min(count - done, room.length);
        reader.values().nextLongs(room, 0, more);
        for (int i = 0; i < more; i++) {
          appendLong(builder, room[i]);
        }
        done += more;
      }
    }

    private void appendLong(ColumnBuilder builder, long value) {
      if (unsigned && value < 0) {
        append(builder, new BigInteger(Long.toUnsignedString(value)));
      } else {
        append(builder, value);
      }
    }

    private void append(ColumnBuilder builder, long unscaled) {
      if (sameScale && unscaled > -longLimit && unscaled < longLimit) {
        ((LongColumn.Builder) builder).append(unscaled);
      } else {
        append(builder, BigInteger.valueOf(unscaled));
      }
    }

    private void append(ColumnBuilder builder, byte[] bytes, int from, int to) {
      if (to - from <= Long.BYTES) {
        long unscaled = from == to ? 0 : bytes[from];
        for (int i = from + 1; i < to; i++) {
          unscaled = unscaled << 8 | (bytes[i] & 0xFF);
        }
        append(builder, unscaled);
      } else {
        append(builder, new BigInteger(bytes, from, to - from));
      }
    }

    private void append(ColumnBuilder builder, BigInteger unscaled) {
      BigInteger scaled = sameScale ? unscaled : unscaled.multiply(factor);
      if (scaled.abs().compareTo(limit) >= 0) {
        throw new ArithmeticException(
            "a value of " + scaled.abs().toString().length() + " digits does not fit " + wanted);
      }
      if (wanted.fitsLong()) {
        ((LongColumn.Builder) builder).append(scaled.longValueExact());
      } else {
        byte[] encoded = Decimals.encode(scaled);
        ((BytesColumn.Builder) builder).append(encoded, 0, encoded.length);
      }
    }
  }
}
