package dev.patron.benchmarks;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.FrameBuilder;
import dev.patron.features.frame.FrameCodec;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
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

/** Splitting, sorting, taking and encoding a frame of order lines, in nanoseconds a row. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class FrameBenchmark {
  private static final int ROWS = Frame.TARGET_ROWS;
  private static final List<String> KEY = List.of("customer_id");
  private static final Schema LINES =
      Schema.of()
          .with("customer_id", Type.LONG)
          .with("order_id", Type.STRING)
          .with("purchased_at", Type.TIMESTAMP)
          .with("amount", new Type.Decimal(18, 2));

  private Frame frame = Frame.empty(LINES);
  private byte[] encoded = new byte[0];
  private int[] order = new int[0];

  /** Lines of some thousand customers. */
  @Setup
  public void fill() throws IOException {
    SplittableRandom random = new SplittableRandom(42);
    FrameBuilder builder = new FrameBuilder(LINES);
    for (int row = 0; row < ROWS; row++) {
      builder.longs("customer_id").append(random.nextLong(5_000));
      builder.bytes("order_id").append("order-" + random.nextInt(1_000_000));
      builder.longs("purchased_at").append(random.nextLong(1L << 50));
      builder.longs("amount").append(random.nextLong(10_000));
    }
    frame = builder.build();
    order = frame.order(KEY);
    encoded = encode();
  }

  /** Into 64 buckets. */
  @Benchmark
  @OperationsPerInvocation(Frame.TARGET_ROWS)
  public Object split() {
    return frame.split(KEY, 64);
  }

  /** By customer and time. */
  @Benchmark
  @OperationsPerInvocation(Frame.TARGET_ROWS)
  public Object sort() {
    return frame.order(List.of("customer_id", "purchased_at"));
  }

  /** All rows in another order. */
  @Benchmark
  @OperationsPerInvocation(Frame.TARGET_ROWS)
  public Object take() {
    return frame.take(order);
  }

  /** To bytes. */
  @Benchmark
  @OperationsPerInvocation(Frame.TARGET_ROWS)
  public byte[] encode() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    FrameCodec.write(frame, new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  /** From bytes. */
  @Benchmark
  @OperationsPerInvocation(Frame.TARGET_ROWS)
  public Object decode() throws IOException {
    return FrameCodec.read(new DataInputStream(new ByteArrayInputStream(encoded)));
  }
}
