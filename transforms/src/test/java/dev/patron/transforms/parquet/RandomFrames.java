package dev.patron.transforms.parquet;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.frame.Values;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Frames of any schema and content, the same ones for the same seed. */
public final class RandomFrames {
  private final Random random;

  public RandomFrames(long seed) {
    random = new Random(seed);
  }

  /** Up to {@code columns} columns, nested up to two levels deep. */
  public Schema schema(int columns) {
    return schema(1 + random.nextInt(columns), 2);
  }

  private Schema schema(int columns, int depth) {
    Schema schema = Schema.of();
    for (int i = 0; i < columns; i++) {
      schema = schema.with("c" + i, type(depth));
    }
    return schema;
  }

  private Type type(int depth) {
    return switch (random.nextInt(depth > 0 ? 10 : 8)) {
      case 0 -> Type.STRING;
      case 1 -> Type.LONG;
      case 2 -> Type.DOUBLE;
      case 3 -> Type.BOOLEAN;
      case 4 -> Type.DATE;
      case 5 -> Type.TIMESTAMP;
      case 6 -> decimal(1, 18);
      case 7 -> decimal(19, 38);
      case 8 -> new Type.ListOf(type(depth - 1));
      default -> new Type.RowOf(schema(1 + random.nextInt(3), depth - 1));
    };
  }

  private Type decimal(int from, int to) {
    int precision = from + random.nextInt(to - from + 1);
    return new Type.Decimal(precision, random.nextInt(precision + 1));
  }

  /** So many rows; about a fifth of the values are null. */
  public Frame frame(Schema schema, int rows) {
    List<List<@Nullable Object>> list = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      list.add(row(schema));
    }
    return Frame.ofRows(schema, list);
  }

  private List<@Nullable Object> row(Schema schema) {
    List<@Nullable Object> row = new ArrayList<>();
    schema.fields().forEach(field -> row.add(value(field.type())));
    return row;
  }

  private @Nullable Object value(Type type) {
    if (random.nextInt(5) == 0) {
      return null;
    }
    if (type instanceof Type.Decimal decimal) {
      BigInteger limit = BigInteger.TEN.pow(1 + random.nextInt(decimal.precision()));
      BigInteger digits = new BigInteger(130, random).mod(limit);
      return new BigDecimal(random.nextBoolean() ? digits : digits.negate(), decimal.scale());
    }
    if (type instanceof Type.ListOf list) {
      List<@Nullable Object> elements = new ArrayList<>();
      for (int i = random.nextInt(4); i > 0; i--) {
        elements.add(value(list.element()));
      }
      return elements;
    }
    if (type instanceof Type.RowOf nested) {
      return row(nested.schema());
    }
    return switch ((Type.Scalar) type) {
      case STRING -> text();
      case LONG -> random.nextBoolean() ? random.nextLong() : (long) random.nextInt(10);
      case DOUBLE ->
          switch (random.nextInt(8)) {
            case 0 -> Double.NaN;
            case 1 -> Double.NEGATIVE_INFINITY;
            case 2 -> -0.0;
            default -> random.nextGaussian() * 1e6;
          };
      case BOOLEAN -> random.nextBoolean();
      case DATE -> LocalDate.ofEpochDay(random.nextInt(200_000) - 100_000);
      case TIMESTAMP -> Values.instant(random.nextLong() / 1_000);
    };
  }

  private String text() {
    String[] alphabet = {"a", "Z", "0", " ", "\"", "\\", "\n", "é", "ß", "漢", "😀", "%", "\u0000"};
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(12); i > 0; i--) {
      text.append(alphabet[random.nextInt(alphabet.length)]);
    }
    return text.toString();
  }
}
