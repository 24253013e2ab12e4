package dev.patron.runners.sources;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.debezium.engine.ChangeEvent;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.format.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Debezium's engine with its PostgreSQL connector, writing what it would send to Kafka into files:
 * one record a line, some hundred lines a file.
 */
final class Connector {
  private static final int LINES = 400;

  /** How long to wait for what must come; nobody measures it. */
  private static final long PATIENCE_MILLIS = 240_000;

  private final JsonFactory factory = new JsonFactory();
  private final Path folder;
  private final Properties properties = new Properties();
  private final Map<String, Long> offsets = new HashMap<>();
  private final Map<String, Long> seen = new HashMap<>();
  private int lines;
  private int files;
  private JsonGenerator file;
  private DebeziumEngine<?> engine;
  private ExecutorService executor;
  private String failure;

  /**
   * @param name of the connector, its slot and its publication
   * @param folder where the files go
   * @param more what this connector is to do otherwise than Debezium does by itself
   */
  Connector(String name, PostgresServer server, Path folder, Map<String, String> more) {
    this.folder = folder;
    properties.putAll(
        Map.of(
            "name", name,
            "connector.class", "io.debezium.connector.postgresql.PostgresConnector",
            "offset.storage", "org.apache.kafka.connect.storage.MemoryOffsetBackingStore",
            "topic.prefix", name,
            "plugin.name", "pgoutput",
            "slot.name", name,
            "publication.name", name,
            "publication.autocreate.mode", "filtered",
            "skipped.operations", "none",
            "poll.interval.ms", "50"));
    properties.putAll(
        Map.of(
            "database.hostname", "127.0.0.1",
            "database.port", Integer.toString(server.port()),
            "database.user", "patron",
            "database.password", "unused",
            "database.dbname", "postgres",
            "signal.data.collection", "public.signals",
            "heartbeat.interval.ms", "500"));
    properties.putAll(more);
  }

  /** Starts, or starts again without knowing how far it had come: it takes another snapshot. */
  void start() throws IOException {
    Files.createDirectories(folder);
    executor = Executors.newSingleThreadExecutor();
    engine =
        DebeziumEngine.create(Json.class)
            .using(properties)
            .using(
                (success, message, error) -> {
                  if (!success) {
                    fail(message + ": " + error);
                  }
                })
            .notifying(this::write)
            .build();
    executor.execute(engine);
  }

  void stop() throws IOException, InterruptedException {
    engine.close();
    executor.shutdown();
    if (!executor.awaitTermination(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
      throw new IOException("the engine does not stop");
    }
    closeFile();
  }

  private synchronized void fail(String message) {
    failure = message;
    notifyAll();
  }

  private synchronized void closeFile() throws IOException {
    if (file != null) {
      file.close();
      file = null;
    }
  }

  private synchronized void write(ChangeEvent<String, String> event) {
    try {
      if (file == null) {
        file =
            factory
                .createGenerator(
                    Files.newBufferedWriter(
                        folder.resolve("records-%05d.jsonl".formatted(files++))))
                .setRootValueSeparator(null);
      }
      long offset = offsets.merge(event.destination(), 1L, Long::sum) - 1;
      file.writeStartObject();
      file.writeStringField("topic", event.destination());
      file.writeNumberField("partition", 0);
      file.writeNumberField("offset", offset);
      file.writeFieldName("key");
      file.writeRawValue(String.valueOf(event.key()));
      file.writeFieldName("value");
      file.writeRawValue(String.valueOf(event.value()));
      file.writeEndObject();
      file.writeRaw('\n');
      if (++lines % LINES == 0) {
        closeFile();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String value = String.valueOf(event.value());
    seen.merge(event.destination(), 1L, Long::sum);
    if (value.contains("\"snapshot\":\"incremental\"")) {
      seen.merge("incremental", 1L, Long::sum);
    }
    if (event.destination().endsWith(".public.marks")) {
      String mark = value.replaceAll("(?s).*\"mark\":\"([a-z0-9 ]+)\".*", "$1");
      seen.merge("mark " + mark, 1L, Long::sum);
    }
    notifyAll();
  }

  /** Waits until this row of the table of marks was delivered, and so all that was before it. */
  void awaitMark(String mark) throws InterruptedException {
    await("mark " + mark, counts -> counts.containsKey("mark " + mark));
  }

  /** Waits for this many rows of incremental snapshots. */
  void awaitIncremental(long rows) throws InterruptedException {
    await(rows + " rows", counts -> counts.getOrDefault("incremental", 0L) >= rows);
  }

  private synchronized void await(String what, Predicate<Map<String, Long>> until)
      throws InterruptedException {
    long deadline = System.currentTimeMillis() + PATIENCE_MILLIS;
    while (!until.test(seen)) {
      long left = deadline - System.currentTimeMillis();
      if (failure != null || left <= 0) {
        throw new IllegalStateException(
            "the connector did not deliver %s, but %s%s"
                .formatted(what, seen, failure == null ? "" : "; " + failure));
      }
      wait(left);
    }
  }
}
