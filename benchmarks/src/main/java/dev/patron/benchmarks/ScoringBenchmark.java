package dev.patron.benchmarks;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.FrameBuilder;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.join.AsOfJoin;
import dev.patron.features.models.CustomerScorer;
import dev.patron.features.models.LifetimeDocument;
import dev.patron.features.models.ModelDocument;
import dev.patron.features.models.ModelVersion;
import dev.patron.features.models.SegmentDocument;
import dev.patron.features.segments.SegmentModel;
import dev.patron.features.tables.Tables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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

/**
 * The as-of join and the scores, in nanoseconds an input row. Models are the documents of {@code
 * testdata/models}, so it is run from the project's root.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ScoringBenchmark {
  private static final int LINES = 100_000;
  private static final int CUSTOMERS = 20_000;
  private static final int BOOKS = 5_000;
  private static final int VERSIONS = 5;
  private static final int DAYS = 1_096;
  private static final long DAY = 86_400_000_000L;

  private final AsOfJoin join =
      new AsOfJoin(
          List.of("product"),
          "purchased_at",
          List.of("book_id"),
          List.of(new AsOfJoin.Taken("price", "_price")),
          false);
  private AsOfJoin.@Nullable Index versions;
  private Frame lines = Frame.empty(Schema.of());
  private Frame customers = Frame.empty(Schema.of());
  private @Nullable CustomerScorer scorer;
  private @Nullable SegmentModel segments;

  /** Five versions a book; customers of three years, most of whom bought a few times. */
  @Setup
  public void fill() throws IOException {
    SplittableRandom random = new SplittableRandom(42);
    FrameBuilder books =
        new FrameBuilder(
            Schema.of()
                .with("book_id", Type.LONG)
                .with("price", new Type.Decimal(10, 2))
                .and(Tables.HISTORY));
    for (long book = 0; book < BOOKS; book++) {
      for (int version = 0; version < VERSIONS; version++) {
        boolean last = version == VERSIONS - 1;
        long from = version * DAYS / VERSIONS * DAY;
        books.longs("book_id").append(book);
        books.longs("price").append(random.nextLong(5_000));
        books.longs("valid_from").append(from);
        if (last) {
          books.column("valid_to").appendNull();
        } else {
          books.longs("valid_to").append((version + 1) * DAYS / VERSIONS * DAY);
        }
        books.booleans("is_current").append(last);
        books.longs("version").append(version + 1);
        books.bytes("sk").append(book + "-" + version);
        books.column("_sequence").appendNull();
      }
    }
    versions = join.index(books.build());
    FrameBuilder facts =
        new FrameBuilder(
            Schema.of().with("product", Type.LONG).with("purchased_at", Type.TIMESTAMP));
    for (int line = 0; line < LINES; line++) {
      facts.longs("product").append(random.nextLong(BOOKS));
      facts.longs("purchased_at").append(random.nextLong(DAYS * DAY));
    }
    lines = facts.build();
    customers = customers(random);

    ModelVersion segment = model("segments", "schema-1-kmeans.json");
    ModelVersion lifetime = model("lifetime", "schema-1-bg-nbd.json");
    scorer =
        new CustomerScorer(
            segment, lifetime, LifetimeDocument.asOf(lifetime.document()), 365, 0.01, 42);
    segments = SegmentDocument.read(segment.document());
  }

  private static Frame customers(SplittableRandom random) {
    FrameBuilder builder =
        new FrameBuilder(Tables.customerFeatures(Type.LONG, new Type.Decimal(18, 2)));
    for (long customer = 0; customer < CUSTOMERS; customer++) {
      long tenure = 1 + random.nextLong(DAYS);
      long repeats = Math.min(tenure, (long) (-Math.log(random.nextDouble()) * 6));
      long recency = repeats == 0 ? 0 : Math.max(repeats, random.nextLong(tenure) + 1);
      for (Schema.Field field : builder.schema().fields()) {
        switch (field.name()) {
          case "customer_id" -> builder.longs(field.name()).append(customer);
          case "recency_days" -> builder.longs(field.name()).append(tenure - recency);
          case "frequency" -> builder.longs(field.name()).append(repeats + 1);
          case "monetary" ->
              builder.longs(field.name()).append((repeats + 1) * (500 + random.nextLong(5_000)));
          case "tenure_days" -> builder.longs(field.name()).append(tenure);
          case "repeat_purchases", "repeat_paid_days" ->
              builder.longs(field.name()).append(repeats);
          case "repeat_recency_days" -> builder.longs(field.name()).append(recency);
          case "repeat_mean_amount" -> {
            if (repeats == 0) {
              builder.column(field.name()).appendNull();
            } else {
              builder.doubles(field.name()).append(5 + random.nextDouble() * 50);
            }
          }
          case "as_of" -> builder.longs(field.name()).append(DAYS * DAY);
          default -> builder.column(field.name()).appendNull();
        }
      }
    }
    return builder.build();
  }

  private static ModelVersion model(String name, String document) throws IOException {
    return new ModelVersion(
        name, 1, ModelDocument.parse(Files.readString(Path.of("testdata", "models", document))));
  }

  /** Look up the version of a book that was valid when a line was bought. */
  @Benchmark
  @OperationsPerInvocation(LINES)
  public AsOfJoin.Joined joinAsOf() {
    return Objects.requireNonNull(versions).join(lines);
  }

  /** Assign customers to segments. */
  @Benchmark
  @OperationsPerInvocation(CUSTOMERS)
  public Frame assignSegments() {
    return Objects.requireNonNull(segments).assign(customers);
  }

  /** Segment, probability to be alive, purchases, value and its interval. */
  @Benchmark
  @OperationsPerInvocation(CUSTOMERS)
  public Frame scoreCustomers() {
    return Objects.requireNonNull(scorer).score(customers);
  }
}
