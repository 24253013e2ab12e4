package dev.patron.pipelines.stages;

import dev.patron.features.frame.Frame;
import dev.patron.pipelines.console.UsageException;
import dev.patron.pipelines.dataset.Dataset;
import dev.patron.pipelines.dataset.Setting;
import dev.patron.pipelines.dataset.Source;
import dev.patron.transforms.FindChanged;
import dev.patron.transforms.ToMessages;
import dev.patron.transforms.lake.ReadTable;
import dev.patron.transforms.lake.TableSnapshot;
import dev.patron.transforms.manifest.Manifest;
import dev.patron.transforms.read.NoSuchTopic;
import dev.patron.transforms.read.SourcePosition;
import dev.patron.transforms.read.Topics;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.kafka.KafkaIO;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/**
 * Writes changed scores to a topic. What is written is the difference between two versions of the
 * scores' table: the one that was written last, which a table of its own remembers, and the newest.
 * So a crash at any moment leaves no gap. What it may have broken off is written again as it was
 * begun, before what came since: its messages have ids by the version of the scores that they are
 * of, and so the same ones.
 */
public final class ScoresTopic implements AutoCloseable {
  /**
   * Remembers up to which version of which table scores went to each topic, see {@link SentScores}.
   */
  static final String TABLE = "_published";

  /** The property of the scores' table that names what its newest scores were computed from. */
  private static final String ORIGIN = "patron.origin";

  /** The most bytes that are sent at once, as Kafka's clients do unless told otherwise. */
  private static final int BATCH_BYTES = 16_384;

  private static final String CUSTOMER = "customer_id";

  private final String topic;
  private final Source.Kafka cluster;

  /** Stays connected from increment to increment. */
  private final Topics topics;

  private ScoresTopic(String topic, Source.Kafka cluster, Topics topics) {
    this.topic = topic;
    this.cluster = cluster;
    this.topics = topics;
  }

  /**
   * A topic of the cluster that the dataset reads from.
   *
   * @throws UsageException if it reads from none, or that has no such topic, or a table reads it
   */
  public static ScoresTopic of(Dataset dataset, String topic) throws IOException {
    checkName(dataset, topic);
    for (Dataset.Table table : dataset.tables()) {
      if (table.source() instanceof Source.Kafka kafka) {
        return of(table, kafka, topic);
      }
    }
    throw new UsageException(
        "--scoresTopic="
            + topic
            + ": no table of the dataset comes from Kafka, so there is no"
            + " cluster to write to");
  }

  private static ScoresTopic of(Dataset.Table table, Source.Kafka kafka, String topic)
      throws IOException {
    Topics topics;
    try {
      topics = new Topics(Feeds.cluster(kafka));
    } catch (IllegalArgumentException e) {
      throw new UsageException("table '" + table.name() + "': " + e.getMessage(), e);
    }
    boolean there = false;
    try {
      topics.id(topic);
      there = true;
      return new ScoresTopic(topic, kafka, topics);
    } catch (NoSuchTopic e) {
      throw new UsageException("--scoresTopic=" + topic + ": " + e.getMessage(), e);
    } finally {
      if (!there) {
        topics.close();
      }
    }
  }

  private static void checkName(Dataset dataset, String topic) {
    if (!Topics.isName(topic)) {
      throw new UsageException(
          "--scoresTopic="
              + topic
              + " is no topic's name; expected letters, digits, '.', '_' and '-'");
    }
    for (Dataset.Table table : dataset.tables()) {
      if (table.source() instanceof Source.Kafka kafka
          && kafka.topics().stream().map(Setting::reveal).anyMatch(topic::equals)) {
        throw new UsageException(
            "--scoresTopic="
                + topic
                + ": table '"
                + table.name()
                + "' reads this topic, so that scores would become its records; name another topic");
      }
    }
  }

  /**
   * Writes what was not written yet; a second time, nothing. A topic that was deleted and made
   * again, or is another cluster's, has none of it and gets all scores; so does one that got those
   * of a table that was deleted and made again, or of which an older copy was put back.
   */
  public void publish(Job job) throws IOException {
    TableSnapshot scores = job.latest(Score.SCORES);
    if (scores == null) {
      return;
    }
    SentScores sent = SentScores.to(topic, id(), job.table(TABLE), scores);
    OptionalLong last = sent.last();
    if (last.isPresent() && last.getAsLong() == scores.version()) {
      return;
    }
    if (last.isEmpty() && sent.whyAll() != null) {
      job.console().note("patron: " + sent.whyAll() + "; it gets all of them");
    }
    OptionalLong begun = sent.begun();
    if (begun.isPresent() && begun.getAsLong() < scores.version()) {
      OptionalLong earlier = last;
      boolean ended =
          Making.withOrWithout(
              job.table(Score.SCORES),
              begun.getAsLong(),
              then -> {
                if (then == null) {
                  return false;
                }
                send(job, then, earlier);
                sent.end(then);
                return true;
              });
      last = ended ? begun : last;
    }
    sent.begin(scores);
    send(job, scores, last);
    sent.end(scores);
    correct(job, sent, scores);
  }

  /**
   * Sends what is newer than these scores where another stream sent it before these came to their
   * end: one that slept meanwhile must not have the last word.
   */
  private void correct(Job job, SentScores sent, TableSnapshot scores) throws IOException {
    TableSnapshot mine = scores;
    while (sent.isOvertaken(mine)) {
      TableSnapshot newest = job.latest(Score.SCORES);
      if (newest == null || newest.version() <= mine.version()) {
        return;
      }
      send(job, newest, OptionalLong.of(mine.version()));
      mine = newest;
    }
  }

  private void send(Job job, TableSnapshot scores, OptionalLong last) throws IOException {
    long messages =
        Making.withOrWithout(
            job.table(Score.SCORES),
            last.orElse(-1),
            before -> {
              if (last.isPresent() && before == null) {
                job.console()
                    .note(
                        "patron: the scores that "
                            + topic
                            + " got last were vacuumed; it gets all of them");
              }
              return write(job, scores, before);
            });
    job.console()
        .note(String.format(Locale.ROOT, "patron: %,d changed scores to %s", messages, topic));
  }

  /** What the cluster calls the topic, unlike any other; null if it is too old to tell. */
  private @Nullable String id() throws IOException {
    try {
      return topics.id(topic);
    } catch (NoSuchTopic e) {
      // It was there, and may be made again.
      throw new IOException(
          "scores cannot be written to topic '" + topic + "': " + e.getMessage(),
          new UnknownTopicOrPartitionException(e.getMessage()));
    }
  }

  /** Writes what differs from the scores before, and says how many messages that are. */
  private long write(Job job, TableSnapshot scores, @Nullable TableSnapshot before)
      throws IOException {
    String origin = scores.properties().getOrDefault(ORIGIN, "version " + scores.version());
    Map<String, Object> properties = properties();
    Manifest told;
    try {
      told =
          job.run(
              "publish",
              (pipeline, findings) -> {
                PCollection<Frame> now = pipeline.apply("Read scores", ReadTable.of(scores));
                PCollection<Frame> then =
                    before == null
                        ? pipeline.apply("There were none", Create.empty(now.getCoder()))
                        : pipeline.apply("Read the scores written last", ReadTable.of(before));
                PCollectionTuple differing =
                    now.apply(
                        "Find changed scores",
                        new FindChanged(
                            then,
                            scores.schema(),
                            CUSTOMER,
                            List.of("as_of"),
                            job.buckets(scores.files())));
                PCollection<Frame> changed = differing.get(FindChanged.CHANGED);
                PCollection<Frame> gone = differing.get(FindChanged.GONE);
                findings.tell(
                    "rows",
                    "messages",
                    VarLongCoder.of(),
                    PCollectionList.of(changed)
                        .and(gone)
                        .apply("All that differ", Flatten.pCollections())
                        .apply(
                            "Count messages",
                            MapElements.into(TypeDescriptors.longs())
                                .via(frame -> (long) frame.rows())));
                PCollectionList.of(changed.apply("As messages", ToMessages.of(CUSTOMER, origin)))
                    .and(gone.apply("As tombstones", ToMessages.tombstones(CUSTOMER)))
                    .apply("All messages", Flatten.pCollections())
                    .apply(
                        "Write to " + topic,
                        KafkaIO.<String, String>write()
                            .withBootstrapServers(cluster.bootstrap().reveal())
                            .withTopic(topic)
                            .withKeySerializer(StringSerializer.class)
                            .withValueSerializer(StringSerializer.class)
                            .withProducerConfigUpdates(properties));
              });
    } catch (RuntimeException e) {
      // Beam's writer says how many records it failed to send, and not why.
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (cause instanceof KafkaException) {
          throw new IOException(
              "scores cannot be written to topic '" + topic + "': " + cause.getMessage(), cause);
        }
      }
      throw e;
    }
    return told.get("rows", "messages", VarLongCoder.of()).stream()
        .mapToLong(Long::longValue)
        .sum();
  }

  private Map<String, Object> properties() throws IOException {
    Map<String, Object> properties = new HashMap<>();
    for (Map.Entry<String, Setting> property : cluster.properties().entrySet()) {
      // What secures the connection is the same for readers and writers.
      if (property.getKey().matches("(sasl|ssl|security)\\..*")) {
        properties.put(property.getKey(), property.getValue().reveal());
      }
    }
    properties.put("enable.idempotence", true);
    properties.put("acks", "all");
    properties.put("max.block.ms", 30_000);
    // Kafka's client splits a batch that is too large for the topic by its own limit alone, and so
    // would send the same one again and again (KAFKA-8350).
    topics
        .maxMessageBytes(topic)
        .ifPresent(most -> properties.put("batch.size", Math.min(BATCH_BYTES, most / 2)));
    return properties;
  }

  /**
   * What the scores' table is to remember of scores that are about to become its version after
   * {@code before}: what was read of every source by now, and the version, for they may be computed
   * again of the same.
   */
  static Map<String, String> origin(Job job, @Nullable TableSnapshot before) {
    StringBuilder read = new StringBuilder();
    for (Dataset.Table table : job.dataset().tables()) {
      TableSnapshot bronze = job.latest(Ingest.bronze(table.name()));
      read.append('\n').append(table.name()).append(' ');
      read.append(
          bronze == null ? "" : bronze.properties().getOrDefault(SourcePosition.PROPERTY, ""));
    }
    return Map.of(
        ORIGIN, Fingerprint.of(before == null ? 0 : before.version() + 1, read.toString()));
  }

  /** Disconnects. */
  @Override
  public void close() {
    topics.close();
  }
}
