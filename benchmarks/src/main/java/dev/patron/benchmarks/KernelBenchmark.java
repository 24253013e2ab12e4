package dev.patron.benchmarks;

import dev.patron.features.change.ChangeFold;
import dev.patron.features.change.ChangeSpec;
import dev.patron.features.change.Events;
import dev.patron.features.change.Folded;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.FrameBuilder;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.history.History;
import dev.patron.features.purchases.CustomerFeatures;
import dev.patron.features.purchases.Purchases;
import java.time.ZoneOffset;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The folds of changes, lines and purchases, in nanoseconds an input row. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class KernelBenchmark {
  private static final int ROWS = 100_000;
  private static final long DAY = 86_400_000_000L;
  private static final Schema BOOK =
      Schema.of()
          .with("book_id", Type.LONG)
          .with("title", Type.STRING)
          .with("price", new Type.Decimal(10, 2));
  private static final Schema LINES =
      Schema.of()
          .with("customer_id", Type.LONG)
          .with("order_id", Type.LONG)
          .with("purchased_at", Type.TIMESTAMP)
          .with("product", Type.LONG)
          .with("quantity", Type.DOUBLE)
          .with("amount", new Type.Decimal(18, 2));

  private final ChangeFold fold =
      new ChangeFold(
          new ChangeSpec("books", BOOK, List.of("book_id"), List.of("title", "price"), false));
  private Frame events = Frame.empty(Events.schema(BOOK));
  private Frame truncates = Frame.empty(Events.schema(BOOK));
  private Frame lines = Frame.empty(LINES);
  private Frame purchases = Frame.empty(LINES);

  /** About four events a book, and two and a half lines an order. */
  @Setup
  public void fill() {
    SplittableRandom random = new SplittableRandom(42);
    FrameBuilder changes = new FrameBuilder(Events.schema(BOOK));
    for (int row = 0; row < ROWS; row++) {
      long book = random.nextLong(ROWS / 4);
      changes.longs("book_id").append(book);
      changes.bytes("title").append("Title " + book);
      changes.longs("price").append(random.nextLong(5_000));
      changes.bytes(Events.OP).append("u");
      changes.bytes(Events.POSITION).append("%016x".formatted(random.nextLong(1L << 40)));
      changes.bytes(Events.SEQUENCE).append(Integer.toString(row));
      changes.longs(Events.INSTANT).append(row * 1_000L);
      changes.longs(Events.DELIVERED_AT).append(row * 1_000L);
      changes.column(Events.TOPIC).appendNull();
      changes.column(Events.PARTITION).appendNull();
      changes.column(Events.OFFSET).appendNull();
      changes.column(Events.UNAVAILABLE).appendNull();
    }
    events = changes.build();
    truncates = Frame.empty(Events.schema(BOOK));
    FrameBuilder sold = new FrameBuilder(LINES);
    for (int row = 0; row < ROWS; row++) {
      long order = random.nextLong(ROWS * 2 / 5);
      sold.longs("customer_id").append(order % 4_000);
      sold.longs("order_id").append(order);
      sold.longs("purchased_at").append(order * DAY / 50);
      sold.longs("product").append(random.nextLong(1_000));
      sold.doubles("quantity").append(1);
      sold.longs("amount").append(random.nextLong(5_000));
    }
    lines = sold.build();
    purchases = Purchases.of(lines, ZoneOffset.UTC);
  }

  /** Events into current rows. */
  @Benchmark
  @OperationsPerInvocation(ROWS)
  public Object applyChanges() {
    return fold.fold(events, truncates).current();
  }

  /** Events into versions. */
  @Benchmark
  @OperationsPerInvocation(ROWS)
  public Object keepHistory() {
    Folded folded = fold.fold(events, truncates);
    return History.of(folded);
  }

  /** Lines into purchases. */
  @Benchmark
  @OperationsPerInvocation(ROWS)
  public Object gatherPurchases() {
    return Purchases.of(lines, ZoneOffset.UTC);
  }

  /** Purchases into features; an operation is a line of theirs. */
  @Benchmark
  @OperationsPerInvocation(ROWS)
  public Object describeCustomers() {
    return new CustomerFeatures(ZoneOffset.UTC, 1_000_000 * DAY).of(purchases);
  }
}
