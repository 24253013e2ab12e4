package dev.patron.features.purchases;

import dev.patron.features.frame.BytesColumn;
import dev.patron.features.frame.Column;
import dev.patron.features.frame.ColumnBuilder;
import dev.patron.features.frame.DoubleColumn;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.FrameBuilder;
import dev.patron.features.frame.ListColumn;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.RowColumn;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.tables.Tables;
import java.io.Serializable;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Facts taken apart into order lines of one shape, whatever a shop's facts look like: {@code
 * customer_id, order_id, purchased_at, product, quantity, amount}.
 *
 * <p>Of a table that keeps versions ({@link #ofVersions}) every version gives lines of its own, and
 * these say how long they were true: {@code since} and {@code until}, half open, null while they
 * are. The first version of a row is true from the row's own time on, for it was written down
 * later, at the latest by a snapshot of the table; a later one is a change, and true from then on.
 *
 * <p>Where the price is looked up, {@code product} names what is to be looked up and {@code amount}
 * stays null until {@link #price} has the prices.
 */
public final class OrderLines implements Serializable {
  /** The column that a price is looked up by, in the lines. */
  public static final String PRODUCT = "product";

  /** The column, of lines of versions, with the time from which a line is true. */
  static final String SINCE = "since";

  /** The column, of lines of versions, with the time from which a line is true no more. */
  static final String UNTIL = "until";

  private final Schema facts;
  private final boolean versions;
  private final PurchaseColumns columns;
  private final ZoneId zone;
  private final Schema lineFields;
  private final Schema schema;
  private final Type amountType;

  /**
   * A kernel for facts of this schema.
   *
   * @param zone the zone whose midnight a date means, and whose days are orders where there is no
   *     order column
   * @param looked the type of the looked-up price; null where no price is looked up
   * @throws IllegalArgumentException if a column is missing or its type cannot be used
   */
  public OrderLines(Schema facts, PurchaseColumns columns, ZoneId zone, @Nullable Type looked) {
    this(facts, columns, zone, looked, false);
  }

  private OrderLines(
      Schema facts, PurchaseColumns columns, ZoneId zone, @Nullable Type looked, boolean versions) {
    this.facts = facts;
    this.versions = versions;
    this.columns = columns;
    this.zone = zone;
    this.lineFields =
        columns.lines() == null
            ? facts
            : ((Type.RowOf) ((Type.ListOf) facts.type(columns.lines())).element()).schema();
    Type money;
    if (columns.amount() != null) {
      money = lineFields.type(columns.amount());
    } else if (columns.price() != null) {
      money = lineFields.type(columns.price());
    } else if (looked != null) {
      money = looked;
    } else {
      throw new IllegalArgumentException("the type of the looked-up price is needed");
    }
    this.amountType = Money.typeOf(money);
    Schema line =
        Schema.of()
            .with("customer_id", facts.type(columns.customer()))
            .with("order_id", columns.order() == null ? Type.STRING : facts.type(columns.order()))
            .with("purchased_at", Type.TIMESTAMP)
            .with(
                PRODUCT,
                columns.product() == null ? Type.STRING : lineFields.type(columns.product()))
            .with("quantity", Type.DOUBLE)
            .with("amount", amountType);
    this.schema = versions ? line.with(SINCE, Type.TIMESTAMP).with(UNTIL, Type.TIMESTAMP) : line;
  }

  /**
   * A kernel for the versions of a table that keeps its history.
   *
   * @param history its schema, with the columns of {@link Tables#HISTORY}; all else as for {@link
   *     #OrderLines}
   */
  public static OrderLines ofVersions(
      Schema history, PurchaseColumns columns, ZoneId zone, @Nullable Type looked) {
    return new OrderLines(history, columns, zone, looked, true);
  }

  /** The columns of the lines. */
  public Schema schema() {
    return schema;
  }

  /** The type of amounts: {@link Money#typeOf} of the source's. */
  public Type amountType() {
    return amountType;
  }

  /**
   * Whether facts that these columns identify are whole orders each, so that none has a line in
   * another fact.
   *
   * @param factKey empty: nothing identifies a fact
   */
  public boolean areWholeOrders(List<String> factKey) {
    return columns.order() != null && factKey.equals(List.of(columns.order()));
  }

  /** Those of these facts that have no time; they are no purchases. Of versions, the open ones. */
  public Frame withoutTime(Frame frame) {
    Frame now = open(frame);
    return now.filter(now.longs(columns.time())::isNull);
  }

  private Frame open(Frame frame) {
    return versions ? frame.filter(frame.longs("valid_to")::isNull) : frame;
  }

  /**
   * The order lines of these facts, in order. Facts without a time are left out, and versions that
   * were no more when their time came; an order without lines gives one row that stands for it,
   * without a quantity. Customers and orders whose text is empty are null.
   */
  public Frame takeApart(Frame frame) {
    Days days = new Days(zone);
    Column customers = frame.column(columns.customer());
    @Nullable Column orders = columns.order() == null ? null : frame.column(columns.order());
    LongColumn times = frame.longs(columns.time());
    boolean dates = facts.type(columns.time()).equals(Type.DATE);
    FrameBuilder builder = new FrameBuilder(schema);
    LongColumn.Builder at = builder.longs("purchased_at");
    @Nullable Validity validity = versions ? new Validity(frame) : null;

    @Nullable ListColumn lists = columns.lines() == null ? null : frame.lists(columns.lines());
    LineColumns lines = lineColumns(frame, lists);
    for (int row = 0; row < frame.rows(); row++) {
      if (times.isNull(row)) {
        continue;
      }
      long micros = dates ? days.startOf(times.get(row)) : times.get(row);
      if (validity != null && !validity.isEverTrue(row, micros)) {
        continue;
      }
      int from = lists == null ? row : lists.from(row);
      int to = lists == null ? row + 1 : lists.to(row);
      // Who asks for nothing has still placed an order.
      int rows = Math.max(1, to - from);
      for (int line = from; line < from + rows; line++) {
        appendIdentity(builder.column(0), customers, row);
        if (orders != null) {
          appendIdentity(builder.column(1), orders, row);
        } else {
          ((BytesColumn.Builder) builder.column(1))
              .append(LocalDate.ofEpochDay(days.day(micros)).toString());
        }
        at.append(micros);
        if (line < to) {
          lines.append(line, builder);
        } else {
          LineColumns.appendNone(builder);
        }
        if (validity != null) {
          validity.append(row, micros, builder);
        }
      }
    }
    return builder.build();
  }

  /** How long the versions of a frame were true, of rows with times of their own. */
  private static final class Validity {
    private final LongColumn from;
    private final LongColumn to;
    private final LongColumn version;

    Validity(Frame history) {
      from = history.longs("valid_from");
      to = history.longs("valid_to");
      version = history.longs("version");
    }

    private long since(int row, long at) {
      return version.get(row) == 1 ? at : Math.max(at, from.get(row));
    }

    boolean isEverTrue(int row, long at) {
      return to.isNull(row) || since(row, at) < to.get(row);
    }

    void append(int row, long at, FrameBuilder builder) {
      builder.longs(SINCE).append(since(row, at));
      builder.column(builder.schema().position(UNTIL)).appendFrom(to, row);
    }
  }

  /**
   * Those of these lines that count at a time.
   *
   * @param lines as {@link #takeApart} gives them
   * @param time in microseconds since the epoch
   */
  public static Frame asOf(Frame lines, long time) {
    if (!lines.schema().has(SINCE)) {
      LongColumn at = lines.longs("purchased_at");
      return lines.filter(row -> at.get(row) <= time);
    }
    LongColumn since = lines.longs(SINCE);
    LongColumn until = lines.longs(UNTIL);
    return lines.filter(
        row -> since.get(row) <= time && (until.isNull(row) || until.get(row) > time));
  }

  /** An empty text names nobody: the rows of all whom it might mean have nothing in common. */
  private static void appendIdentity(ColumnBuilder to, Column from, int row) {
    if (from instanceof BytesColumn texts && texts.length(row) == 0) {
      to.appendNull();
    } else {
      to.appendFrom(from, row);
    }
  }

  /** The columns of the lines: the facts' own, or those of the rows in their lists. */
  private LineColumns lineColumns(Frame frame, @Nullable ListColumn lists) {
    return new LineColumns(
        lists == null
            ? frame::column
            : name -> ((RowColumn) lists.elements()).field(lineFields.position(name)));
  }

  /** A column and what its values mean. */
  private record Typed(Type type, Column column) {}

  /** The columns of one line, wherever they lie. */
  private final class LineColumns {
    private final @Nullable Typed product;
    private final @Nullable Typed quantity;
    private final @Nullable Typed amount;
    private final @Nullable Typed price;

    private LineColumns(Function<String, Column> column) {
      product = typed(columns.product(), column);
      quantity = typed(columns.quantity(), column);
      amount = typed(columns.amount(), column);
      price = typed(columns.price(), column);
    }

    private @Nullable Typed typed(@Nullable String name, Function<String, Column> column) {
      return name == null ? null : new Typed(lineFields.type(name), column.apply(name));
    }

    private static void appendNone(FrameBuilder builder) {
      for (int column = 3; column <= 5; column++) {
        builder.column(column).appendNull();
      }
    }

    private double units(int line) {
      return quantity == null || quantity.column().isNull(line)
          ? 1
          : Money.toDouble(quantity.type(), quantity.column(), line);
    }

    private boolean isImpossible(int line) {
      return price != null
          && OrderLines.this.isImpossible(price.type(), price.column(), line, units(line));
    }

    private void append(int line, FrameBuilder builder) {
      ColumnBuilder products = builder.column(3);
      if (product == null) {
        products.appendNull();
      } else {
        products.appendFrom(product.column(), line);
      }
      double units = units(line);
      ((DoubleColumn.Builder) builder.column(4)).append(units);
      ColumnBuilder amounts = builder.column(5);
      if (amount != null) {
        appendAmount(amounts, amount.type(), amount.column(), line);
      } else if (price != null) {
        appendProduct(amounts, price.type(), price.column(), line, units);
      } else {
        amounts.appendNull();
      }
    }
  }

  private void appendAmount(ColumnBuilder amounts, Type type, Column column, int row) {
    if (column.isNull(row)) {
      amounts.appendNull();
    } else if (amountType.equals(Type.DOUBLE)) {
      ((DoubleColumn.Builder) amounts).append(Money.toDouble(type, column, row));
    } else if (column instanceof LongColumn longs) {
      ((LongColumn.Builder) amounts).append(longs.get(row));
    } else {
      Money.append(amounts, amountType, Money.toDecimal(type, column, row));
    }
  }

  private void appendProduct(
      ColumnBuilder amounts, Type type, Column prices, int row, double units) {
    if (prices.isNull(row) || isImpossible(type, prices, row, units)) {
      amounts.appendNull();
    } else if (amountType.equals(Type.DOUBLE)) {
      ((DoubleColumn.Builder) amounts).append(Money.toDouble(type, prices, row) * units);
    } else if (prices instanceof LongColumn longs && units == Math.rint(units)) {
      ((LongColumn.Builder) amounts).append(Math.multiplyExact(longs.get(row), (long) units));
    } else {
      Money.append(
          amounts,
          amountType,
          Money.toDecimal(type, prices, row).multiply(BigDecimal.valueOf(units)));
    }
  }

  /** Price and quantity are possible each by itself; what they make nobody may have paid. */
  private boolean isImpossible(Type type, Column prices, int row, double units) {
    return !prices.isNull(row)
        && !(Math.abs(Money.toDouble(type, prices, row) * units) < Money.limit(amountType));
  }

  /**
   * Those of these facts that have a line whose price times its quantity is not within {@link
   * Money#limit}: its amount is null, and counts as none.
   */
  public Frame withImpossibleProduct(Frame frame) {
    if (columns.price() == null) {
      return frame.filter(row -> false);
    }
    Frame now = open(frame);
    @Nullable ListColumn lists = columns.lines() == null ? null : now.lists(columns.lines());
    LineColumns lines = lineColumns(now, lists);
    return now.filter(
        row -> {
          int to = lists == null ? row + 1 : lists.to(row);
          for (int line = lists == null ? row : lists.from(row); line < to; line++) {
            if (lines.isImpossible(line)) {
              return true;
            }
          }
          return false;
        });
  }

  /**
   * Those of these lines whose looked-up price times their quantity is not within {@link
   * Money#limit}.
   *
   * @param price the name of the column that has the price
   */
  public Frame withImpossibleProduct(Frame lines, String price) {
    Type type = lines.schema().type(price);
    Column prices = lines.column(price);
    DoubleColumn quantities = lines.doubles("quantity");
    @Nullable LongColumn until = versions ? lines.longs(UNTIL) : null;
    return lines.filter(
        row ->
            (until == null || until.isNull(row))
                && !quantities.isNull(row)
                && isImpossible(type, prices, row, quantities.get(row)));
  }

  /**
   * Lines whose price was looked up, with their amounts.
   *
   * @param lines lines with one more column, the price
   * @param price the name of that column; where it is null, or the amount would not be within
   *     {@link Money#limit}, the amount stays null
   */
  public Frame price(Frame lines, String price) {
    Type type = lines.schema().type(price);
    Column prices = lines.column(price);
    DoubleColumn quantities = lines.doubles("quantity");
    ColumnBuilder amounts = ColumnBuilder.of(amountType);
    for (int row = 0; row < lines.rows(); row++) {
      if (quantities.isNull(row)) {
        amounts.appendNull();
      } else {
        appendProduct(amounts, type, prices, row, quantities.get(row));
      }
    }
    return lines.with("amount", amountType, amounts.build()).select(schema.names());
  }
}
