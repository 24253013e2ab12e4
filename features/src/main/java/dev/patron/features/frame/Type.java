package dev.patron.features.frame;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The type of a column. The words are those of the dataset definition: string, long, double,
 * decimal(p,s), boolean, date, timestamp, and arrays and rows of them. Every column may hold nulls.
 */
public sealed interface Type extends Serializable
    permits Type.Scalar, Type.Decimal, Type.ListOf, Type.RowOf {

  /** Text, encoded as UTF-8. */
  Type STRING = Scalar.STRING;

  /** Signed 64-bit integer. */
  Type LONG = Scalar.LONG;

  /** IEEE 754 double precision. */
  Type DOUBLE = Scalar.DOUBLE;

  /** True or false. */
  Type BOOLEAN = Scalar.BOOLEAN;

  /** Days since 1970-01-01 in the proleptic Gregorian calendar. */
  Type DATE = Scalar.DATE;

  /** Microseconds since 1970-01-01T00:00:00Z. */
  Type TIMESTAMP = Scalar.TIMESTAMP;

  /** The types without parameters. */
  enum Scalar implements Type {
    STRING,
    LONG,
    DOUBLE,
    BOOLEAN,
    DATE,
    TIMESTAMP;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * An exact decimal number. Up to 18 digits it is held as an unscaled {@code long}, above that as
   * sixteen bytes.
   *
   * @param precision total digits, 1 to 38
   * @param scale digits after the point, 0 to {@code precision}
   */
  record Decimal(int precision, int scale) implements Type {
    /** The greatest precision that fits an unscaled {@code long}. */
    public static final int LONG_PRECISION = 18;

    /** The greatest precision of all; Delta Lake and Spark allow no more. */
    public static final int MAX_PRECISION = 38;

    public Decimal {
      if (precision < 1 || precision > MAX_PRECISION || scale < 0 || scale > precision) {
        throw new IllegalArgumentException(
            "decimal(%d,%d): precision must be 1 to 38 and scale 0 to precision"
                .formatted(precision, scale));
      }
    }

    /** Whether values are held as unscaled {@code long}s. */
    public boolean fitsLong() {
      return precision <= LONG_PRECISION;
    }

    @Override
    public String toString() {
      return "decimal(" + precision + "," + scale + ")";
    }
  }

  /**
   * An array column: each row holds a list of elements of one type.
   *
   * @param element the type of the elements
   */
  record ListOf(Type element) implements Type {
    @Override
    public String toString() {
      return "array<" + element + ">";
    }
  }

  /**
   * A nested row.
   *
   * @param schema the nested fields, in order
   */
  record RowOf(Schema schema) implements Type {
    @Override
    public String toString() {
      return "row<" + schema + ">";
    }
  }

  /**
   * Reads a type as a dataset definition writes it, for example {@code decimal(10,2)} or {@code
   * array<row<book_id: long, quantity: long>>}. {@code toString} is its inverse.
   *
   * @throws IllegalArgumentException with the position of what was not understood
   */
  static Type parse(String text) {
    return new TypeParser(text).parse();
  }

  /** A recursive-descent parser for {@link Type#parse}. */
  final class TypeParser {
    private final String text;
    private int at;

    private TypeParser(String text) {
      this.text = text;
    }

    private Type parse() {
      Type type = type();
      skipBlanks();
      if (at != text.length()) {
        throw unexpected("the end");
      }
      return type;
    }

    private Type type() {
      String word = word().toLowerCase(Locale.ROOT);
      switch (word) {
        case "decimal" -> {
          expect('(');
          int precision = number();
          expect(',');
          int scale = number();
          expect(')');
          return new Decimal(precision, scale);
        }
        case "array" -> {
          expect('<');
          Type element = type();
          expect('>');
          return new ListOf(element);
        }
        case "row" -> {
          expect('<');
          List<Schema.Field> fields = new ArrayList<>();
          do {
            String name = word();
            expect(':');
            fields.add(new Schema.Field(name, type()));
          } while (accept(','));
          expect('>');
          return new RowOf(new Schema(fields));
        }
        default -> {
          for (Scalar scalar : Scalar.values()) {
            if (scalar.toString().equals(word)) {
              return scalar;
            }
          }
          throw new IllegalArgumentException(
              "unknown type '"
                  + word
                  + "'; known are string, long, double, decimal(p,s), boolean, date, timestamp,"
                  + " array<TYPE> and row<NAME: TYPE, ...>");
        }
      }
    }

    private void skipBlanks() {
      while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
        at++;
      }
    }

    private boolean accept(char wanted) {
      skipBlanks();
      if (at < text.length() && text.charAt(at) == wanted) {
        at++;
        return true;
      }
      return false;
    }

    private void expect(char wanted) {
      if (!accept(wanted)) {
        throw unexpected("'" + wanted + "'");
      }
    }

    private String word() {
      skipBlanks();
      int start = at;
      while (at < text.length() && "<>(),:".indexOf(text.charAt(at)) < 0) {
        at++;
      }
      String word = text.substring(start, at).strip();
      if (word.isEmpty()) {
        throw unexpected("a name");
      }
      return word;
    }

    private int number() {
      String word = word();
      try {
        return Integer.parseInt(word);
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException("'" + word + "' is not a number in type '" + text + "'");
      }
    }

    private IllegalArgumentException unexpected(String wanted) {
      return new IllegalArgumentException(
          "type '" + text + "': expected " + wanted + " at position " + (at + 1));
    }
  }
}
