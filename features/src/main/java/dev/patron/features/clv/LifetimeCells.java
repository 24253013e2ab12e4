package dev.patron.features.clv;

import static java.util.Objects.requireNonNull;

import dev.patron.features.frame.BooleanColumn;
import dev.patron.features.frame.DoubleColumn;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.FrameBuilder;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import it.unimi.dsi.fastutil.longs.Long2LongMap;
import it.unimi.dsi.fastutil.longs.Long2LongOpenHashMap;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * All that a lifetime model is fitted on, counted from features frames: how many customers have
 * which (x, t_x, T), and which (paid days, mean amount) in either sense of {@link PaidDays}. What
 * comes out does not depend on the order of rows, frames or merges, to the last bit.
 *
 * <p>Mutable; partial counts are {@link #add}ed, and travel between workers as frames.
 */
public final class LifetimeCells {

  /**
   * How cells travel: purchase cells have {@code all_days}, {@code paid_days} and {@code
   * mean_amount} null, money cells have the three before them null.
   */
  public static final Schema SCHEMA =
      Schema.of()
          .with("repeat_purchases", Type.LONG)
          .with("repeat_recency_days", Type.LONG)
          .with("tenure_days", Type.LONG)
          .with("all_days", Type.BOOLEAN)
          .with("paid_days", Type.LONG)
          .with("mean_amount", Type.DOUBLE)
          .with("customers", Type.LONG);

  private static final Schema MONEY =
      SCHEMA.select(List.of("paid_days", "mean_amount", "customers"));

  private final Long2LongOpenHashMap purchases = new Long2LongOpenHashMap();
  private final Map<PaidDays, List<Frame>> money = new EnumMap<>(PaidDays.class);

  /** Counts of no customers. */
  public LifetimeCells() {
    for (PaidDays form : PaidDays.values()) {
      money.put(form, new ArrayList<>());
    }
  }

  private List<Frame> moneyFrames(PaidDays form) {
    return requireNonNull(money.get(form));
  }

  /** The columns that {@link #add(Frame)} looks at. */
  public static final List<String> INPUTS =
      List.of(
          "repeat_purchases",
          "repeat_recency_days",
          "tenure_days",
          PaidDays.REPEAT.days(),
          PaidDays.REPEAT.mean(),
          PaidDays.ALL.days(),
          PaidDays.ALL.mean());

  /**
   * Counts the customers of a frame with the columns {@link #INPUTS}.
   *
   * @throws IllegalArgumentException if a customer's numbers contradict one another
   */
  public LifetimeCells add(Frame features) {
    LongColumn x = features.longs("repeat_purchases");
    LongColumn tx = features.longs("repeat_recency_days");
    LongColumn tenure = features.longs("tenure_days");
    for (int row = 0; row < features.rows(); row++) {
      if (!x.isNull(row) && !tx.isNull(row) && !tenure.isNull(row)) {
        purchases.addTo(PurchaseCells.key(x.get(row), tx.get(row), tenure.get(row)), 1);
      }
    }
    for (PaidDays form : PaidDays.values()) {
      addMoney(features, form);
    }
    return this;
  }

  private void addMoney(Frame features, PaidDays form) {
    LongColumn paid = features.longs(form.days());
    DoubleColumn mean = features.doubles(form.mean());
    FrameBuilder rows = new FrameBuilder(MONEY);
    for (int row = 0; row < features.rows(); row++) {
      if (paid.isNull(row) || paid.get(row) <= 0) {
        continue;
      }
      double amount = mean.get(row);
      if (mean.isNull(row) || !(amount > 0) || Double.isInfinite(amount)) {
        throw new IllegalArgumentException(
            "%s is %s where %s is %d; a positive amount is wanted"
                .formatted(
                    form.mean(), mean.isNull(row) ? "null" : amount, form.days(), paid.get(row)));
      }
      rows.longs("paid_days").append(paid.get(row));
      rows.doubles("mean_amount").append(amount);
      rows.longs("customers").append(1);
    }
    if (rows.rows() > 0) {
      moneyFrames(form).add(rows.build());
    }
  }

  /** Adds all counts of another. */
  public LifetimeCells add(LifetimeCells other) {
    for (Long2LongMap.Entry cell : other.purchases.long2LongEntrySet()) {
      purchases.addTo(cell.getLongKey(), cell.getLongValue());
    }
    other.money.forEach((form, frames) -> moneyFrames(form).addAll(frames));
    return this;
  }

  /** Adds what {@link #toFrame} wrote. */
  public LifetimeCells addCells(Frame cells) {
    LongColumn x = cells.longs("repeat_purchases");
    LongColumn tx = cells.longs("repeat_recency_days");
    LongColumn tenure = cells.longs("tenure_days");
    LongColumn paid = cells.longs("paid_days");
    LongColumn customers = cells.longs("customers");
    for (int row = 0; row < cells.rows(); row++) {
      if (paid.isNull(row)) {
        purchases.addTo(
            PurchaseCells.key(x.get(row), tx.get(row), tenure.get(row)), customers.get(row));
      }
    }
    BooleanColumn allDays = (BooleanColumn) cells.column("all_days");
    for (PaidDays form : PaidDays.values()) {
      Frame paidCells =
          cells
              .select(MONEY.names())
              .filter(row -> !paid.isNull(row) && allDays.get(row) == (form == PaidDays.ALL));
      if (paidCells.rows() > 0) {
        moneyFrames(form).add(paidCells);
      }
    }
    return this;
  }

  /** The cells as a frame of {@link #SCHEMA} in canonical order. */
  public Frame toFrame() {
    FrameBuilder rows = new FrameBuilder(SCHEMA);
    purchases()
        .forEach(
            (x, txDays, tenureDays, customers) -> {
              rows.longs("repeat_purchases").append(x);
              rows.longs("repeat_recency_days").append(txDays);
              rows.longs("tenure_days").append(tenureDays);
              rows.column("all_days").appendNull();
              rows.column("paid_days").appendNull();
              rows.column("mean_amount").appendNull();
              rows.longs("customers").append(customers);
            });
    for (PaidDays form : PaidDays.values()) {
      MoneyCells paid = money(form);
      BooleanColumn.Builder allDays = (BooleanColumn.Builder) rows.column("all_days");
      for (int i = 0; i < paid.size(); i++) {
        rows.column("repeat_purchases").appendNull();
        rows.column("repeat_recency_days").appendNull();
        rows.column("tenure_days").appendNull();
        allDays.append(form == PaidDays.ALL);
        rows.longs("paid_days").append(paid.paidDays[i]);
        rows.doubles("mean_amount").append(paid.mean[i]);
        rows.longs("customers").append((long) paid.customers[i]);
      }
    }
    return rows.build();
  }

  /** The distinct (x, t_x, T). */
  public PurchaseCells purchases() {
    return PurchaseCells.of(purchases);
  }

  /** The distinct (paid days, mean amount). */
  public MoneyCells money(PaidDays form) {
    return MoneyCells.of(Frame.concat(MONEY, moneyFrames(form)));
  }
}
