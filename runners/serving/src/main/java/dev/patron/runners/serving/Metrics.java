package dev.patron.runners.serving;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Counts for Prometheus, in its text format. Safe for any number of threads. */
final class Metrics {
  /** The content type of the format. */
  static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private static final double[] SECONDS = {
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10
  };
  private static final double NANOS = 1e9;

  private final Map<String, LongAdder> requests = new ConcurrentSkipListMap<>();
  private final LongAdder[] buckets = new LongAdder[SECONDS.length + 1];
  private final LongAdder nanos = new LongAdder();
  private final LongAdder predictions = new LongAdder();
  private final LongAdder reloads = new LongAdder();
  private final LongAdder failedReloads = new LongAdder();
  private final AtomicLong inFlight = new AtomicLong();

  Metrics() {
    for (int i = 0; i < buckets.length; i++) {
      buckets[i] = new LongAdder();
    }
  }

  /** A request came in. */
  void began() {
    inFlight.incrementAndGet();
  }

  /**
   * A request was answered, or its client went away.
   *
   * @param path one of the server's own, or "other"
   */
  void ended(String path, int status, long tookNanos) {
    inFlight.decrementAndGet();
    requests
        .computeIfAbsent("path=\"%s\",status=\"%d\"".formatted(path, status), k -> new LongAdder())
        .increment();
    if (path.equals("/invocations")) {
      int bucket = 0;
      while (bucket < SECONDS.length && tookNanos / NANOS > SECONDS[bucket]) {
        bucket++;
      }
      buckets[bucket].increment();
      nanos.add(tookNanos);
    }
  }

  void predicted(int rows) {
    predictions.add(rows);
  }

  void reloaded() {
    reloads.increment();
  }

  void failedToReload() {
    failedReloads.increment();
  }

  /** Everything, as Prometheus reads it. */
  String text(@Nullable Champions champions) {
    StringBuilder text = new StringBuilder();
    head(text, "patron_requests_total", "counter", "Requests by path and status.");
    requests.forEach(
        (labels, count) -> line(text, "patron_requests_total{" + labels + "}", count.sum()));
    head(
        text,
        "patron_request_seconds",
        "histogram",
        "Seconds from a request's head to the end of its answer, of /invocations.");
    long count = 0;
    for (int i = 0; i < SECONDS.length; i++) {
      count += buckets[i].sum();
      line(text, "patron_request_seconds_bucket{le=\"" + SECONDS[i] + "\"}", count);
    }
    count += buckets[SECONDS.length].sum();
    line(text, "patron_request_seconds_bucket{le=\"+Inf\"}", count);
    text.append(
        String.format(Locale.ROOT, "patron_request_seconds_sum %.9f\n", nanos.sum() / NANOS));
    line(text, "patron_request_seconds_count", count);
    one(text, "patron_requests_in_flight", "gauge", "Requests being answered.", inFlight.get());
    one(text, "patron_predictions_total", "counter", "Rows scored.", predictions.sum());
    one(text, "patron_reloads_total", "counter", "Champions or features loaded.", reloads.sum());
    one(
        text,
        "patron_reload_failures_total",
        "counter",
        "Champions or features that could not be loaded.",
        failedReloads.sum());
    one(
        text,
        "patron_customers",
        "gauge",
        "Customers that can be scored by their identity.",
        champions == null ? 0 : champions.customers());
    head(text, "patron_model_version", "gauge", "The version of each champion that scores.");
    if (champions != null) {
      line(text, "patron_model_version{model=\"segments\"}", champions.moment().segments());
      line(text, "patron_model_version{model=\"lifetime\"}", champions.moment().lifetime());
    }
    Runtime runtime = Runtime.getRuntime();
    one(
        text,
        "patron_heap_used_bytes",
        "gauge",
        "Heap in use.",
        runtime.totalMemory() - runtime.freeMemory());
    return text.toString();
  }

  private static void one(StringBuilder text, String name, String type, String help, long value) {
    head(text, name, type, help);
    line(text, name, value);
  }

  private static void head(StringBuilder text, String name, String type, String help) {
    for (String word : List.of("HELP " + name + " " + help, "TYPE " + name + " " + type)) {
      text.append("# ").append(word).append('\n');
    }
  }

  private static void line(StringBuilder text, String name, long value) {
    text.append(name).append(' ').append(value).append('\n');
  }
}
