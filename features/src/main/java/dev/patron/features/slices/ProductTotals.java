package dev.patron.features.slices;

import dev.patron.features.frame.Column;
import dev.patron.features.frame.ColumnBuilder;
import dev.patron.features.frame.DoubleColumn;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.FrameBuilder;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.purchases.OrderLines;
import dev.patron.features.summary.ExactSum;
import java.util.List;

/** Units sold of each product: partial sums over order lines, and the best sellers of them. */
public final class ProductTotals {
  private ProductTotals() {}

  /** The schema of partial sums, for products of this type. */
  public static Schema schema(Type product) {
    return Schema.of()
        .with(OrderLines.PRODUCT, product)
        .with("units_high", Type.LONG)
        .with("units_low", Type.LONG);
  }

  /**
   * Units by product. Lines without a product are left out, and so are returns.
   *
   * @param lines as {@link OrderLines#takeApart} gives them
   */
  public static Frame partial(Frame lines) {
    Frame units = lines.select(List.of(OrderLines.PRODUCT, "quantity"));
    Column products = units.column(OrderLines.PRODUCT);
    DoubleColumn quantities = units.doubles("quantity");
    Frame sold =
        units
            .filter(row -> !products.isNull(row) && quantities.get(row) > 0)
            .sort(List.of(OrderLines.PRODUCT));
    DoubleColumn each = sold.doubles("quantity");
    return sums(sold, (sum, row) -> sum.add(each.get(row)));
  }

  /** Partial sums joined: one row a product, by product. */
  public static Frame merge(Frame partials) {
    Frame sorted = partials.sort(List.of(OrderLines.PRODUCT));
    LongColumn high = sorted.longs("units_high");
    LongColumn low = sorted.longs("units_low");
    return sums(sorted, (sum, row) -> sum.addBits(high.get(row), low.get(row)));
  }

  /** One row a product of rows that are in the order of products. */
  private static Frame sums(Frame sorted, Addition addition) {
    FrameBuilder out = new FrameBuilder(schema(sorted.schema().type(OrderLines.PRODUCT)));
    ColumnBuilder product = out.column(OrderLines.PRODUCT);
    LongColumn.Builder high = out.longs("units_high");
    LongColumn.Builder low = out.longs("units_low");
    Column products = sorted.column(OrderLines.PRODUCT);
    int[] starts = sorted.groups(List.of(OrderLines.PRODUCT));
    for (int group = 0; group + 1 < starts.length; group++) {
      ExactSum sum = new ExactSum();
      for (int row = starts[group]; row < starts[group + 1]; row++) {
        addition.add(sum, row);
      }
      product.appendFrom(products, starts[group]);
      high.append(sum.high());
      low.append(sum.low());
    }
    return out.build();
  }

  /** Adds a row to a sum. */
  private interface Addition {
    void add(ExactSum sum, int row);
  }

  /**
   * The sums that remain when those of some lines are taken away.
   *
   * @param all merged sums that these lines are among
   * @param some their merged sums
   */
  public static Frame difference(Frame all, Frame some) {
    Frame negative =
        some.with("units_high", Type.LONG, LongColumn.of(halves(some, true)))
            .with("units_low", Type.LONG, LongColumn.of(halves(some, false)));
    Frame rest = merge(Frame.concat(all.schema(), List.of(all, negative)));
    LongColumn high = rest.longs("units_high");
    LongColumn low = rest.longs("units_low");
    return rest.filter(row -> high.get(row) != 0 || low.get(row) != 0);
  }

  /** The halves of the negative sums. */
  private static long[] halves(Frame sums, boolean high) {
    long[] halves = new long[sums.rows()];
    for (int row = 0; row < halves.length; row++) {
      ExactSum sum = new ExactSum();
      sum.subtractBits(sums.longs("units_high").get(row), sums.longs("units_low").get(row));
      halves[row] = high ? sum.high() : sum.low();
    }
    return halves;
  }

  /**
   * The products of which most was sold, with {@code units}, most first; of equals the first in the
   * order of products.
   *
   * @param merged one row a product
   * @param most how many, at most
   */
  public static Frame best(Frame merged, int most) {
    Schema schema =
        Schema.of()
            .with(OrderLines.PRODUCT, merged.schema().type(OrderLines.PRODUCT))
            .with("units", Type.DOUBLE);
    Frame sorted = merged.sort(List.of(OrderLines.PRODUCT));
    double[] units = new double[sorted.rows()];
    for (int row = 0; row < units.length; row++) {
      ExactSum sum = new ExactSum();
      sum.addBits(sorted.longs("units_high").get(row), sorted.longs("units_low").get(row));
      units[row] = sum.value();
    }
    int[] order =
        sorted.order(
            (a, b) -> {
              int more = Double.compare(units[b], units[a]);
              return more != 0 ? more : Integer.compare(a, b);
            });
    FrameBuilder out = new FrameBuilder(schema);
    for (int i = 0; i < Math.min(most, order.length); i++) {
      out.column(OrderLines.PRODUCT).appendFrom(sorted.column(OrderLines.PRODUCT), order[i]);
      out.doubles("units").append(units[order[i]]);
    }
    return out.build();
  }
}
