package dev.patron.pipelines.training;

import dev.patron.features.evaluate.Accuracy;
import dev.patron.features.evaluate.Bootstrap;
import dev.patron.features.evaluate.Bootstrap.Interval;
import dev.patron.features.evaluate.Decile;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.FrameBuilder;
import dev.patron.features.tables.Tables;
import dev.patron.pipelines.training.BackTest.Line;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A back-test's lines as tables. */
public final class BackTestTables {
  private BackTestTables() {}

  /**
   * {@link Tables#BACKTEST}.
   *
   * @param asOf the observation time, in microseconds since the epoch
   */
  public static Frame measures(List<Line> lines, long asOf) {
    FrameBuilder out = new FrameBuilder(Tables.BACKTEST);
    for (Line line : lines) {
      out.longs("as_of").append(asOf);
      appendDay(out, line.cutoffDay());
      out.longs("window_days").append(line.windowDays());
      out.bytes("candidate").append(line.candidate());
      out.bytes("role").append(line.role());
      out.bytes("target").append(line.target());
      out.booleans("chosen").append(line.chosen());
      out.longs("customers").append(line.customers());
      out.doubles("expected_total").append(line.expectedTotal());
      out.doubles("actual_total").append(line.actualTotal());
      Accuracy accuracy = line.accuracy();
      Bootstrap.Intervals intervals = line.intervals();
      append(out, "mae", accuracy.mae(), intervals == null ? null : intervals.mae());
      append(out, "rmse", accuracy.rmse(), intervals == null ? null : intervals.rmse());
      append(out, "bias", accuracy.bias(), intervals == null ? null : intervals.bias());
      append(out, "spearman", accuracy.spearman());
      append(out, "gini", accuracy.gini(), intervals == null ? null : intervals.gini());
      append(out, "coverage", line.coverage());
    }
    return out.build();
  }

  private static void appendDay(FrameBuilder out, @Nullable Long day) {
    if (day == null) {
      out.column("cutoff").appendNull();
    } else {
      out.longs("cutoff").append(day);
    }
  }

  private static void append(
      FrameBuilder out, String name, @Nullable Double value, @Nullable Interval interval) {
    append(out, name, value);
    append(out, name + "_low", interval == null ? null : interval.low());
    append(out, name + "_high", interval == null ? null : interval.high());
  }

  private static void append(FrameBuilder out, String name, @Nullable Double value) {
    if (value == null) {
      out.column(name).appendNull();
    } else {
      out.doubles(name).append(value);
    }
  }

  /**
   * {@link Tables#BACKTEST_DECILES}.
   *
   * @param asOf the observation time, in microseconds since the epoch
   */
  public static Frame deciles(List<Line> lines, long asOf) {
    FrameBuilder out = new FrameBuilder(Tables.BACKTEST_DECILES);
    for (Line line : lines) {
      for (Decile decile : line.deciles()) {
        out.longs("as_of").append(asOf);
        appendDay(out, line.cutoffDay());
        out.bytes("candidate").append(line.candidate());
        out.bytes("target").append(line.target());
        out.longs("decile").append(decile.number());
        out.longs("customers").append(decile.customers());
        out.doubles("expected").append(decile.expected());
        out.doubles("actual").append(decile.actual());
      }
    }
    return out.build();
  }
}
