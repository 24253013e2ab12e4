package dev.patron.features.record;

import dev.patron.features.frame.BytesColumn;
import dev.patron.features.frame.Column;
import dev.patron.features.frame.DoubleColumn;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.frame.Values;
import dev.patron.features.tables.TableDefinition.Rule;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** The rules that a dataset makes for the rows of a table (SEMANTICS 16, RULE). */
final class RowRules {

  private record Check(Rule rule, Type type, @Nullable Pattern pattern, Set<String> allowed) {}

  private final List<Check> checks = new ArrayList<>();

  /**
   * The rules of a table with these columns.
   *
   * @throws IllegalArgumentException if a rule asks for what its column cannot have
   */
  RowRules(Schema schema, List<Rule> rules) {
    for (Rule rule : rules) {
      if (!schema.has(rule.column())) {
        throw new IllegalArgumentException(
            "rule '%s' looks at column '%s', which is not among %s"
                .formatted(rule.name(), rule.column(), schema.names()));
      }
      Type type = schema.type(rule.column());
      boolean isNumber = type == Type.LONG || type == Type.DOUBLE || type instanceof Type.Decimal;
      if ((rule.min() != null || rule.max() != null) && !isNumber) {
        throw new IllegalArgumentException(
            "rule '%s' bounds column '%s', which is no number but %s"
                .formatted(rule.name(), rule.column(), type));
      }
      checks.add(new Check(rule, type, pattern(rule), Set.copyOf(rule.in())));
    }
  }

  private static @Nullable Pattern pattern(Rule rule) {
    String matches = rule.matches();
    if (matches == null) {
      return null;
    }
    try {
      return Pattern.compile(matches);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "rule '%s': '%s' is no regular expression: %s"
              .formatted(rule.name(), matches, e.getDescription()),
          e);
    }
  }

  /** Whether there are no rules. */
  boolean isEmpty() {
    return checks.isEmpty();
  }

  /**
   * The first rule that refuses each row, or null.
   *
   * @param applies whether a row is there to be judged at all
   * @param unavailable whether the value of a column, named by its position, is not known
   */
  @Nullable Rule[] refusals(Frame rows, IntPredicate applies, Unavailable unavailable) {
    @Nullable Rule[] refusals = new Rule[rows.rows()];
    for (Check check : checks) {
      int position = rows.schema().position(check.rule().column());
      Column column = rows.column(position);
      IntPredicate passes = passes(check, column);
      for (int row = 0; row < refusals.length; row++) {
        if (refusals[row] == null
            && applies.test(row)
            && !passes.test(row)
            && !unavailable.is(row, check.rule().column())) {
          refusals[row] = check.rule();
        }
      }
    }
    return refusals;
  }

  /** Says where a null only means that the value did not change. */
  @FunctionalInterface
  interface Unavailable {
    boolean is(int row, String column);
  }

  private static IntPredicate passes(Check check, Column column) {
    IntPredicate bounds = bounds(check, column);
    Pattern pattern = check.pattern();
    boolean needsText = pattern != null || !check.allowed().isEmpty();
    return row -> {
      if (column.isNull(row)) {
        return !check.rule().notNull();
      }
      if (!bounds.test(row)) {
        return false;
      }
      if (!needsText) {
        return true;
      }
      String text = text(check.type(), column, row);
      return (check.allowed().isEmpty() || check.allowed().contains(text))
          && (pattern == null || pattern.matcher(text).matches());
    };
  }

  private static String text(Type type, Column column, int row) {
    if (type == Type.STRING) {
      return ((BytesColumn) column).text(row);
    }
    Object value = Objects.requireNonNull(Values.get(type, column, row));
    return value instanceof BigDecimal decimal ? decimal.toPlainString() : value.toString();
  }

  private static IntPredicate bounds(Check check, Column column) {
    Double min = check.rule().min();
    Double max = check.rule().max();
    if (min == null && max == null) {
      return row -> true;
    }
    if (column instanceof DoubleColumn doubles) {
      double least = min == null ? Double.NEGATIVE_INFINITY : min;
      double greatest = max == null ? Double.POSITIVE_INFINITY : max;
      return row -> doubles.get(row) >= least && doubles.get(row) <= greatest;
    }
    int scale = check.type() instanceof Type.Decimal decimal ? decimal.scale() : 0;
    if (column instanceof LongColumn longs) {
      // Bounds are what the definition writes: 0.01 is the decimal, not the double nearest to it.
      BigInteger least = unscaled(min, scale, RoundingMode.CEILING);
      BigInteger greatest = unscaled(max, scale, RoundingMode.FLOOR);
      if ((least != null && least.bitLength() >= Long.SIZE && least.signum() > 0)
          || (greatest != null && greatest.bitLength() >= Long.SIZE && greatest.signum() < 0)) {
        return row -> false;
      }
      long from =
          least == null || least.bitLength() >= Long.SIZE ? Long.MIN_VALUE : least.longValue();
      long to =
          greatest == null || greatest.bitLength() >= Long.SIZE
              ? Long.MAX_VALUE
              : greatest.longValue();
      return row -> longs.get(row) >= from && longs.get(row) <= to;
    }
    return row -> {
      BigDecimal value = (BigDecimal) Objects.requireNonNull(Values.get(check.type(), column, row));
      return (min == null || value.compareTo(BigDecimal.valueOf(min)) >= 0)
          && (max == null || value.compareTo(BigDecimal.valueOf(max)) <= 0);
    };
  }

  private static @Nullable BigInteger unscaled(
      @Nullable Double bound, int scale, RoundingMode mode) {
    return bound == null
        ? null
        : BigDecimal.valueOf(bound).movePointRight(scale).setScale(0, mode).toBigInteger();
  }
}
