package dev.patron.features.record;

import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/** Types that hold what others hold. */
final class WiderTypes {
  private static final Type ANY_LIST = new Type.ListOf(Type.STRING);
  private static final Type ANY_ROW = new Type.RowOf(Schema.of());

  private WiderTypes() {}

  /** How many records state a type, or have it in one place of theirs. */
  private record Stated(Type type, long records) {}

  /**
   * The type of most records, and of others that can be held with them; of equally many the more
   * telling, see {@link #rank}. So it is decided for each field within rows and the elements of
   * lists, whatever is beside them.
   *
   * @param stated how many records there are of each type, by its name; at least one
   * @param taken the type that there was before, which no number of others takes the place of; null
   *     if there was none
   */
  static Type ofMost(Map<String, Long> stated, @Nullable Type taken) {
    return ofMost(
        stated.keySet().stream()
            .sorted()
            .map(type -> new Stated(Type.parse(type), stated.getOrDefault(type, 0L)))
            .sorted(
                Comparator.comparingLong((Stated each) -> -each.records())
                    .thenComparingInt(each -> rank(each.type())))
            .toList(),
        taken);
  }

  private static Type ofMost(List<Stated> stated, @Nullable Type taken) {
    Map<Type, Long> forms = new LinkedHashMap<>();
    stated.forEach(each -> forms.merge(form(each.type()), each.records(), Long::sum));
    Type most = taken;
    for (Type form : forms.keySet()) {
      if (most == null || (taken == null && isBefore(form, most, forms))) {
        most = form;
      }
    }
    int rank = rank(Objects.requireNonNull(most));
    List<Stated> alike = stated.stream().filter(each -> rank(each.type()) == rank).toList();
    if (most instanceof Type.ListOf) {
      return new Type.ListOf(
          ofMost(
              alike.stream()
                  .map(each -> new Stated(((Type.ListOf) each.type()).element(), each.records()))
                  .toList(),
              taken == null ? null : ((Type.ListOf) taken).element()));
    }
    if (most instanceof Type.RowOf) {
      return ofMostRows(alike, taken == null ? Schema.of() : ((Type.RowOf) taken).schema());
    }
    Type widest = most;
    for (Stated each : alike) {
      widest = wider(widest, each.type());
    }
    return widest;
  }

  private static Type ofMostRows(List<Stated> rows, Schema taken) {
    Map<String, List<Stated>> fields = new LinkedHashMap<>();
    taken.names().forEach(name -> fields.put(name, new ArrayList<>()));
    for (Stated row : rows) {
      for (Schema.Field field : ((Type.RowOf) row.type()).schema().fields()) {
        fields
            .computeIfAbsent(field.name(), name -> new ArrayList<>())
            .add(new Stated(field.type(), row.records()));
      }
    }
    List<Schema.Field> found = new ArrayList<>();
    fields.forEach(
        (name, stated) ->
            found.add(
                new Schema.Field(name, ofMost(stated, taken.has(name) ? taken.type(name) : null))));
    return new Type.RowOf(new Schema(found));
  }

  /** Scalars are counted by their types; of rows and lists, whatever is in them, all together. */
  private static Type form(Type type) {
    return type instanceof Type.ListOf ? ANY_LIST : type instanceof Type.RowOf ? ANY_ROW : type;
  }

  private static boolean isBefore(Type form, Type other, Map<Type, Long> records) {
    long more = records.getOrDefault(form, 0L) - records.getOrDefault(other, 0L);
    return more > 0 || (more == 0 && rank(form) < rank(other));
  }

  /** The type that holds both of two numbers, or both of two times; of others they are equal. */
  private static Type wider(Type a, Type b) {
    if (a.equals(b)) {
      return a;
    }
    if (!isNumber(a) || !isNumber(b)) {
      return Type.TIMESTAMP;
    }
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

  /**
   * What a column of one type is when another is found: that, wherever it {@code holds} what there
   * was, and with the fields within rows that only it has.
   */
  static Type stays(Type before, Type found, BiPredicate<Type, Type> holds) {
    if (before instanceof Type.ListOf list && found instanceof Type.ListOf other) {
      return new Type.ListOf(stays(list.element(), other.element(), holds));
    }
    if (before instanceof Type.RowOf row && found instanceof Type.RowOf other) {
      List<Schema.Field> fields = new ArrayList<>();
      for (Schema.Field field : row.schema().fields()) {
        String name = field.name();
        fields.add(
            other.schema().has(name)
                ? new Schema.Field(name, stays(field.type(), other.schema().type(name), holds))
                : field);
      }
      return grown(new Type.RowOf(new Schema(fields)), found);
    }
    return holds.test(found, before) ? found : before;
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
