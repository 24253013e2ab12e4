package dev.patron.features.record;

import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Types that hold what others hold. */
final class WiderTypes {
  private WiderTypes() {}

  /**
   * The type of most records, and of others that can be held with them; of equally many the more
   * telling, see {@link #rank}.
   *
   * @param stated how many records there are of each type, by its name; at least one
   */
  static Type ofMost(Map<String, Long> stated) {
    List<Type> types = new ArrayList<>(stated.keySet().stream().sorted().map(Type::parse).toList());
    types.sort(
        Comparator.comparingLong((Type type) -> -stated.getOrDefault(type.toString(), 0L))
            .thenComparingInt(WiderTypes::rank));
    Type widest = types.get(0);
    for (Type type : types) {
      if (rank(type) == rank(widest)) {
        widest = wider(widest, type);
      }
    }
    return widest;
  }

  /** The type that holds both; where there is none, the more telling of the two. */
  private static Type wider(Type a, Type b) {
    if (a.equals(b)) {
      return a;
    }
    if (isNumber(a) && isNumber(b)) {
      if (a == Type.DOUBLE || b == Type.DOUBLE) {
        return Type.DOUBLE;
      }
      Type.Decimal first = decimal(a);
      Type.Decimal second = decimal(b);
      int places = Math.max(first.scale(), second.scale());
      int whole = Math.max(wholeDigits(first), wholeDigits(second));
      int precision = Math.min(Type.Decimal.MAX_PRECISION, whole + places);
      return new Type.Decimal(precision, Math.min(places, precision));
    }
    if (isTime(a) && isTime(b)) {
      return Type.TIMESTAMP;
    }
    if (a instanceof Type.ListOf first && b instanceof Type.ListOf second) {
      return new Type.ListOf(wider(first.element(), second.element()));
    }
    if (a instanceof Type.RowOf first && b instanceof Type.RowOf second) {
      return wider(first.schema(), second.schema());
    }
    return rank(a) <= rank(b) ? a : b;
  }

  private static Type wider(Schema a, Schema b) {
    Set<String> names = new LinkedHashSet<>(a.names());
    names.addAll(b.names());
    List<Schema.Field> fields = new ArrayList<>();
    for (String name : names) {
      Type type =
          !a.has(name)
              ? b.type(name)
              : !b.has(name) ? a.type(name) : wider(a.type(name), b.type(name));
      fields.add(new Schema.Field(name, type));
    }
    return new Type.RowOf(new Schema(fields));
  }

  /** A type with the fields within rows that only another has, behind its own. */
  static Type grown(Type type, Type other) {
    if (type instanceof Type.ListOf list && other instanceof Type.ListOf more) {
      return new Type.ListOf(grown(list.element(), more.element()));
    }
    if (type instanceof Type.RowOf row && other instanceof Type.RowOf more) {
      List<Schema.Field> fields = new ArrayList<>();
      for (Schema.Field field : row.schema().fields()) {
        String name = field.name();
        fields.add(
            more.schema().has(name)
                ? new Schema.Field(name, grown(field.type(), more.schema().type(name)))
                : field);
      }
      more.schema().fields().stream()
          .filter(field -> !row.schema().has(field.name()))
          .forEach(fields::add);
      return new Type.RowOf(new Schema(fields));
    }
    return type;
  }

  /**
   * Whether values of one type are, as they are, values of another: whole numbers where they are
   * not too large for it. Within rows the fields count that both have.
   */
  static boolean isWithin(Type narrow, Type wide) {
    if (narrow instanceof Type.ListOf list && wide instanceof Type.ListOf other) {
      return isWithin(list.element(), other.element());
    }
    if (narrow instanceof Type.RowOf row && wide instanceof Type.RowOf other) {
      return row.schema().fields().stream()
          .filter(field -> other.schema().has(field.name()))
          .allMatch(field -> isWithin(field.type(), other.schema().type(field.name())));
    }
    if (narrow instanceof Type.Decimal a && wide instanceof Type.Decimal b) {
      return a.scale() <= b.scale() && wholeDigits(a) <= wholeDigits(b);
    }
    return narrow.equals(wide)
        || (narrow == Type.LONG && (wide == Type.DOUBLE || wide instanceof Type.Decimal));
  }

  static int wholeDigits(Type number) {
    return decimal(number).precision() - decimal(number).scale();
  }

  static boolean isNumber(Type type) {
    return type == Type.LONG || type == Type.DOUBLE || type instanceof Type.Decimal;
  }

  static boolean isTime(Type type) {
    return type == Type.DATE || type == Type.TIMESTAMP;
  }

  static Type.Decimal decimal(Type type) {
    return type instanceof Type.Decimal decimal ? decimal : new Type.Decimal(19, 0);
  }

  private static int rank(Type type) {
    if (isNumber(type)) {
      return 0;
    }
    if (isTime(type)) {
      return 1;
    }
    return type == Type.BOOLEAN ? 2 : type == Type.STRING ? 3 : type instanceof Type.RowOf ? 4 : 5;
  }
}
