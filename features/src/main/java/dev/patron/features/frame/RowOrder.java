package dev.patron.features.frame;

import it.unimi.dsi.fastutil.ints.IntArrays;
import it.unimi.dsi.fastutil.ints.IntComparator;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Orders rows by several columns, as {@link Column#compare} orders values. Where the first column's
 * values are numbers, or texts whose first bytes make one, the rows are dealt out by the digits of
 * these, which asks no comparator; the other columns order what is then still equal, a few rows at
 * a time.
 */
final class RowOrder {
  /** As many rows are ordered by shifting them; more by merging. */
  private static final int FEW = 48;

  /** The first column's values as numbers of the same order. */
  private final long[] numbers;

  /** Rows in the order found so far. */
  private int[] order;

  private RowOrder(long[] numbers, int[] order) {
    this.numbers = numbers;
    this.order = order;
  }

  /** The order of so many rows by these columns, ascending, nulls first; stable. */
  static int[] of(Column[] by, int rows) {
    int[] order = new int[rows];
    Arrays.setAll(order, row -> row);
    if (by.length == 0 || rows < 2) {
      return order;
    }
    Column first = by[0];
    if (first instanceof ListColumn || first instanceof RowColumn) {
      IntArrays.mergeSort(order, comparator(by));
      return order;
    }
    RowOrder sorted = new RowOrder(new long[rows], order);
    int nulls = sorted.nullsFirst(first);
    boolean exact = sorted.number(first, nulls);
    sorted.deal(nulls);
    Column[] rest = exact ? Arrays.copyOfRange(by, 1, by.length) : by;
    if (rest.length > 0) {
      sorted.orderEqual(0, nulls, rest);
      sorted.orderEqual(nulls, rows, rest);
    }
    return sorted.order;
  }

  static IntComparator comparator(Column[] by) {
    // Most keys are whole numbers without nulls, which need no comparison of columns.
    long[] @Nullable [] numbers = new long[by.length][];
    for (int i = 0; i < by.length; i++) {
      numbers[i] = by[i] instanceof LongColumn longs && !longs.hasNulls() ? longs.values() : null;
    }
    return (a, b) -> {
      for (int i = 0; i < by.length; i++) {
        long[] of = numbers[i];
        int order = of == null ? by[i].compare(a, by[i], b) : Long.compare(of[a], of[b]);
        if (order != 0) {
          return order;
        }
      }
      return 0;
    };
  }

  private int nullsFirst(Column column) {
    if (!column.hasNulls()) {
      return 0;
    }
    int nulls = 0;
    for (int row = 0; row < order.length; row++) {
      if (column.isNull(row)) {
        order[nulls++] = row;
      }
    }
    int at = nulls;
    for (int row = 0; row < order.length; row++) {
      if (!column.isNull(row)) {
        order[at++] = row;
      }
    }
    return nulls;
  }

  /**
   * Numbers the rows that have a value.
   *
   * @return whether equal numbers mean equal values
   */
  private boolean number(Column column, int nulls) {
    if (column instanceof LongColumn longs) {
      for (int i = nulls; i < order.length; i++) {
        numbers[i] = longs.get(order[i]) ^ Long.MIN_VALUE;
      }
    } else if (column instanceof DoubleColumn doubles) {
      for (int i = nulls; i < order.length; i++) {
        long bits = Double.doubleToLongBits(doubles.get(order[i]));
        numbers[i] = bits ^ (bits < 0 ? -1 : Long.MIN_VALUE);
      }
    } else if (column instanceof BooleanColumn booleans) {
      for (int i = nulls; i < order.length; i++) {
        numbers[i] = booleans.get(order[i]) ? 1 : 0;
      }
    } else {
      BytesColumn texts = (BytesColumn) column;
      for (int i = nulls; i < order.length; i++) {
        numbers[i] = firstBytes(texts, order[i]);
      }
      return false;
    }
    return true;
  }

  private static long firstBytes(BytesColumn texts, int row) {
    byte[] bytes = texts.array();
    int from = texts.from(row);
    int length = Math.min(Long.BYTES, texts.length(row));
    long number = 0;
    for (int i = 0; i < length; i++) {
      number |= (bytes[from + i] & 0xffL) << (56 - 8 * i);
    }
    return number;
  }

  /**
   * Orders the rows that have a value by their numbers, which have no sign: byte by byte, the last
   * first.
   */
  private void deal(int nulls) {
    int rows = order.length;
    boolean ordered = true;
    long varied = 0;
    for (int i = nulls + 1; i < rows; i++) {
      ordered &= Long.compareUnsigned(numbers[i - 1], numbers[i]) <= 0;
      varied |= numbers[i - 1] ^ numbers[i];
    }
    if (ordered) {
      return;
    }
    long[] number = numbers;
    long[] nextNumber = new long[rows];
    int[] row = order;
    int[] nextRow = new int[rows];
    System.arraycopy(order, 0, nextRow, 0, nulls);
    for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
      if ((varied >>> shift & 0xff) == 0) {
        continue;
      }
      int[] at = new int[257];
      for (int i = nulls; i < rows; i++) {
        at[(int) (number[i] >>> shift & 0xff) + 1]++;
      }
      at[0] = nulls;
      for (int digit = 0; digit < 256; digit++) {
        at[digit + 1] += at[digit];
      }
      for (int i = nulls; i < rows; i++) {
        int to = at[(int) (number[i] >>> shift & 0xff)]++;
        nextNumber[to] = number[i];
        nextRow[to] = row[i];
      }
      long[] oldNumber = number;
      number = nextNumber;
      nextNumber = oldNumber;
      int[] oldRow = row;
      row = nextRow;
      nextRow = oldRow;
    }
    order = row;
    if (number != numbers) {
      System.arraycopy(number, 0, numbers, 0, rows);
    }
  }

  /** Orders the rows of equal numbers among {@code [from, to)}. */
  private void orderEqual(int from, int to, Column[] by) {
    long[] second = by[0] instanceof LongColumn longs && !longs.hasNulls() ? longs.values() : null;
    IntComparator all = comparator(by);
    IntComparator behind = comparator(Arrays.copyOfRange(by, 1, by.length));
    int[] room = null;
    for (int begin = from; begin < to; ) {
      int end = begin + 1;
      while (end < to && numbers[end] == numbers[begin]) {
        end++;
      }
      if (second != null && end - begin <= FEW) {
        shift(begin, end, second, behind);
      } else {
        if (room == null) {
          room = new int[order.length];
        }
        System.arraycopy(order, begin, room, begin, end - begin);
        IntArrays.mergeSort(order, begin, end, all, room);
      }
      begin = end;
    }
  }

  /** Orders a few rows by these numbers, and where they are equal by a comparator. */
  private void shift(int begin, int end, long[] second, IntComparator behind) {
    for (int i = begin + 1; i < end; i++) {
      int row = order[i];
      long number = second[row];
      int at = i;
      while (at > begin) {
        int other = order[at - 1];
        if (second[other] < number
            || (second[other] == number && behind.compare(other, row) <= 0)) {
          break;
        }
        order[at--] = other;
      }
      order[at] = row;
    }
  }
}
