package dev.patron.pipelines.stages;

import dev.patron.features.rfm.RfmSegments;
import dev.patron.pipelines.console.Console;
import dev.patron.pipelines.console.UsageException;
import dev.patron.pipelines.dataset.Dataset;
import dev.patron.pipelines.engine.Engine;
import dev.patron.transforms.lake.DataFile;
import dev.patron.transforms.lake.DataFileCoder;
import dev.patron.transforms.lake.LakeException;
import dev.patron.transforms.lake.LakeTable;
import dev.patron.transforms.lake.Ledger;
import dev.patron.transforms.lake.TableSnapshot;
import dev.patron.transforms.manifest.Manifest;
import dev.patron.transforms.manifest.ManifestEntry;
import java.io.IOException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricQueryResults;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.joda.time.Duration;
import org.jspecify.annotations.Nullable;

/** What all stages of one command share: the shop, its warehouse, the engine, the user. */
public final class Job {
  /** Between two decisions of others there is more than enough time for one of these. */
  private static final int MOST_ATTEMPTS = 20;

  /** The folder of files that nobody needs after the run that wrote them. */
  static final String STAGING = "_staging";

  /** A bucket of this many bytes on disk stays far from filling a worker's memory. */
  private static final long BYTES_PER_BUCKET = 16L << 20;

  /** Up to so many buckets, all workers shall have something to do: one for each megabyte. */
  private static final int LEAST_BUCKETS = 8;

  private static final int MOST_BUCKETS = 1024;
  private static final Duration GLANCE = Duration.millis(250);

  private final Dataset dataset;
  private final String warehouse;
  private final PipelineOptions options;
  private final Engine.Opened engine;
  private final int buckets;
  private final Console console;
  private final Instant started;
  private final Ledger ledger;

  /** The newest decision that this job has seen. */
  private long decided;

  /**
   * A job. What a run before left unfinished is finished first.
   *
   * @param warehouse the folder or URI of the warehouse
   * @param options the options of every pipeline
   * @param engine what runs them
   * @param buckets into how many buckets records are shuffled; 0: as the data's size suggests
   * @param started when the user started it; it names the run and the date of ingestion
   * @throws UsageException if the warehouse is another dataset's
   */
  public Job(
      Dataset dataset,
      String warehouse,
      PipelineOptions options,
      Engine.Opened engine,
      int buckets,
      Console console,
      Instant started) {
    this.dataset = dataset;
    this.warehouse = warehouse;
    this.options = options;
    this.engine = engine;
    this.buckets = buckets;
    this.console = console;
    this.started = started;
    this.ledger = Ledger.of(warehouse);
    this.decided = ledger.open();
    SourceProgress.checkOwner(this);
  }

  /** The shop. */
  public Dataset dataset() {
    return dataset;
  }

  String warehouse() {
    return warehouse;
  }

  Console console() {
    return console;
  }

  /** Names this run in {@code ops/runs}. */
  String runId() {
    return started.toString();
  }

  /** Makes all these changes visible, or none. */
  void decide(String stage, List<Ledger.Change> changes) {
    if (!changes.isEmpty()) {
      decided = ledger.decide(decided, stage, changes);
    }
  }

  /**
   * Decides that nothing changes: whatever others began before can then not be decided any more.
   *
   * @return when, by the clock of the file system
   */
  Instant fence(String stage) {
    decided = ledger.decide(decided, stage, List.of());
    return ledger.decidedAt(decided);
  }

  /**
   * Makes all these changes visible whatever others decided since this job began, for tables that
   * only one stage writes and none reads: beside a stream, which decides every second, a stage of
   * minutes would never have its turn.
   */
  void decideBesideOthers(String stage, List<Ledger.Change> changes) {
    for (int attempt = 1; ; attempt++) {
      long newest = ledger.open();
      try {
        long number = ledger.decide(newest, stage, changes);
        // What else this job does rests on what it has seen, and fails if others decided since.
        decided = newest == decided ? number : decided;
        return;
      } catch (LakeException e) {
        if (!e.isConflict() || attempt == MOST_ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  /** The number of the newest decision of any run that this job has seen or made. */
  public long decided() {
    return decided;
  }

  /** Whether another run decided something since. */
  public boolean isOvertaken() {
    return ledger.open() != decided;
  }

  LocalDate ingestionDate() {
    return LocalDate.ofInstant(started, ZoneOffset.UTC);
  }

  /** A file of this run that nobody needs after it. */
  String staging(String name) {
    return warehouse + "/" + STAGING + "/" + name + "-" + runId().replace(':', '-');
  }

  LakeTable table(String name) {
    return LakeTable.at(warehouse, name);
  }

  /** The names of the RFM cells: the dataset's, or the standard ones. */
  RfmSegments segmentNames() {
    if (dataset.segments().isEmpty()) {
      return RfmSegments.STANDARD;
    }
    Map<String, List<String>> names = new LinkedHashMap<>();
    dataset
        .segments()
        .forEach((name, cells) -> names.put(name, cells.stream().map(String::valueOf).toList()));
    return RfmSegments.of(names);
  }

  /** The newest version of a table; null if it does not exist. */
  @Nullable TableSnapshot latest(String name) {
    return table(name).latest().orElse(null);
  }

  /** The number of buckets for so many bytes of Parquet. */
  int buckets(List<DataFile> files) {
    if (buckets > 0) {
      return buckets;
    }
    long bytes = files.stream().mapToLong(DataFile::bytes).sum();
    long least = Math.min(LEAST_BUCKETS, 1 + (bytes >> 20));
    return (int) Math.max(least, Math.min(MOST_BUCKETS, bytes / BYTES_PER_BUCKET));
  }

  /** What a stage's graph tells its driver. */
  static final class Findings {
    private final List<PCollection<ManifestEntry>> files = new ArrayList<>();
    private final List<PCollection<ManifestEntry>> others = new ArrayList<>();

    /** Tells what a transform has made for the driver. */
    void tell(PCollection<ManifestEntry> told) {
      others.add(told);
    }

    /** Tells these elements, all about one thing. */
    <T> void tell(String kind, String name, Coder<T> coder, PCollection<T> elements) {
      tell(kind + " of " + name, kind, element -> name, coder, elements);
    }

    /** Tells these elements, each about what this function names. */
    <T> void tell(
        String label,
        String kind,
        SerializableFunction<T, String> name,
        Coder<T> coder,
        PCollection<T> elements) {
      (coder instanceof DataFileCoder ? files : others)
          .add(elements.apply("Tell the driver the " + label, Manifest.entries(kind, name, coder)));
    }

    /**
     * All that was told. Engines begin with the first: with what is written, on the way to which
     * the rest comes by.
     */
    PCollectionList<ManifestEntry> all() {
      List<PCollection<ManifestEntry>> all = new ArrayList<>(files);
      all.addAll(others);
      return PCollectionList.of(all);
    }
  }

  /** Builds a stage's graph. */
  @FunctionalInterface
  interface Graph {
    void build(Pipeline pipeline, Findings findings);
  }

  /**
   * Builds a graph, runs it to its end while showing progress, and gives what it told.
   *
   * @param stage what progress calls it
   */
  Manifest run(String stage, Graph graph) throws IOException {
    return run(stage, graph, manifest -> manifest);
  }

  /** What the driver makes of what a graph told. */
  @FunctionalInterface
  interface Rest<T> {
    T of(Manifest manifest) throws IOException;
  }

  /**
   * As {@link #run(String, Graph)}, for a stage of which the driver does a part that takes time.
   *
   * @param rest what it does; the stage ends with it
   */
  <T> T run(String stage, Graph graph, Rest<T> rest) throws IOException {
    String file = staging(stage);
    Pipeline pipeline = Pipeline.create(options);
    engine.prepare(pipeline);
    Findings findings = new Findings();
    graph.build(pipeline, findings);
    findings
        .all()
        .apply("Gather what the driver needs", Flatten.pCollections())
        .apply("Write it down", Manifest.writeTo(file));
    long start = System.nanoTime();
    engine.begin(dataset.name() + ": " + stage);
    PipelineResult result = pipeline.run();
    while (result.waitUntilFinish(GLANCE) == null || !result.getState().isTerminal()) {
      console.progress(stage, rows(result), (System.nanoTime() - start) / 1e9);
    }
    if (result.getState() != PipelineResult.State.DONE) {
      throw new IllegalStateException(stage + " ended as " + result.getState());
    }
    return console.end(
        stage,
        rows(result),
        start,
        () -> {
          Manifest manifest = Manifest.read(file);
          Manifest.delete(file);
          return rest.of(manifest);
        });
  }

  /** Runs a graph, unless there is nothing for it to do: then it tells nothing. */
  Manifest runUnless(boolean idle, String stage, Graph graph) throws IOException {
    if (idle) {
      console.done(stage, 0, 0);
      return Manifest.EMPTY;
    }
    return run(stage, graph);
  }

  /** The rows that the pipeline has read so far, as the reading transforms count them. */
  private static long rows(PipelineResult result) {
    MetricQueryResults metrics =
        result
            .metrics()
            .queryMetrics(
                MetricsFilter.builder()
                    .addNameFilter(MetricNameFilter.named("patron", "rows read"))
                    .build());
    long rows = 0;
    for (MetricResult<Long> counter : metrics.getCounters()) {
      rows += counter.getAttempted();
    }
    return rows;
  }
}
