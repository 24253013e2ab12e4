package dev.patron.features.slices;

import dev.patron.features.frame.Column;
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
    Schema schema = schema(lines.schema().type(OrderLines.PRODUCT));
    FrameBuilder out = new FrameBuilder(schema);
    Column products = lines.column(OrderLines.PRODUCT);
    for (int row = 0; row < lines.rows(); row++) {
      double units = lines.doubles("quantity").get(row);
      if (!products.isNull(row) && units > 0) {
        ExactSum sum = new ExactSum();
        sum.add(units);
        append(out, products, row, sum);
      }
    }
    return merge(out.build());
  }

  /** Partial sums joined: one row a product, by product. */
  public static Frame merge(Frame partials) {
    Frame sorted = partials.sort(List.of(OrderLines.PRODUCT));
    FrameBuilder out = new FrameBuilder(sorted.schema());
    int[] starts = sorted.groups(List.of(OrderLines.PRODUCT));
    for (int group = 0; group + 1 < starts.length; group++) {
      ExactSum sum = new ExactSum();
      for (int row = starts[group]; row < starts[group + 1]; row++) {
        sum.addBits(sorted.longs("units_high").get(row), sorted.longs("units_low").get(row));
      }
      append(out, sorted.column(OrderLines.PRODUCT), starts[group], sum);
    }
    return out.build();
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
    return rest.filter(
        row -> rest.longs("units_high").get(row) != 0 || rest.longs("units_low").get(row) != 0);
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

  private static void append(FrameBuilder out, Column products, int row, ExactSum sum) {
    out.column(OrderLines.PRODUCT).appendFrom(products, row);
    out.longs("units_high").append(sum.high());
    out.longs("units_low").append(sum.low());
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
