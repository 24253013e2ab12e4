package dev.patron.pipelines.stages;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.pipelines.console.UsageException;
import dev.patron.pipelines.dataset.Dataset;
import dev.patron.pipelines.dataset.Setting;
import dev.patron.pipelines.dataset.Source;
import dev.patron.transforms.FindChanged;
import dev.patron.transforms.ToMessages;
import dev.patron.transforms.lake.Commit;
import dev.patron.transforms.lake.LakeTable;
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
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/**
 * Writes changed scores to a topic. What is written is the difference between two versions of the
 * scores' table: the one that was written last, which a table of its own remembers, and the newest.
 * So a crash at any moment leaves no gap; what is written again after it has the same ids.
 */
public final class ScoresTopic {
  /** Remembers, as Delta transactions, up to which version scores went to each topic. */
  static final String TABLE = "_published";

  private static final Schema SCHEMA = Schema.of().with("topic", Type.STRING);
  private static final String CUSTOMER = "customer_id";

  private final String topic;
  private final Source.Kafka cluster;

  private ScoresTopic(String topic, Source.Kafka cluster) {
    this.topic = topic;
    this.cluster = cluster;
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
        try (Topics topics = new Topics(Feeds.cluster(kafka))) {
          topics.require(topic);
        } catch (NoSuchTopic e) {
          throw new UsageException("--scoresTopic=" + topic + ": " + e.getMessage(), e);
        } catch (IllegalArgumentException e) {
          throw new UsageException("table '" + table.name() + "': " + e.getMessage(), e);
        }
        return new ScoresTopic(topic, kafka);
      }
    }
    throw new UsageException(
        "--scoresTopic="
            + topic
            + ": no table of the dataset comes from Kafka, so there is no"
            + " cluster to write to");
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

  /** Writes what was not written yet; a second time, nothing. */
  public void publish(Job job) throws IOException {
    TableSnapshot scores = job.latest(Score.SCORES);
    LakeTable published = job.table(TABLE);
    String application = "scores to " + topic;
    OptionalLong last = published.lastTransaction(application);
    if (scores == null || (last.isPresent() && last.getAsLong() >= scores.version())) {
      return;
    }
    @Nullable TableSnapshot before =
        last.isPresent() ? Making.at(job.table(Score.SCORES), last.getAsLong()) : null;
    if (last.isPresent() && before == null) {
      job.console()
          .note(
              "patron: the scores that " + topic + " got last were vacuumed; it gets all of them");
    }
    long messages = write(job, scores, before);
    job.console()
        .note(String.format(Locale.ROOT, "patron: %,d changed scores to %s", messages, topic));
    published.commit(
        Commit.append(SCHEMA, List.of()).withTransaction(application, scores.version()));
  }

  /** Writes what differs from the scores before, and says how many messages that are. */
  private long write(Job job, TableSnapshot scores, @Nullable TableSnapshot before)
      throws IOException {
    String inputs = inputs(job, scores.version());
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
                PCollection<Frame> changed =
                    now.apply(
                        "Find changed scores",
                        new FindChanged(
                            then,
                            scores.schema(),
                            CUSTOMER,
                            List.of("as_of"),
                            job.buckets(scores.files())));
                findings.tell(
                    "rows",
                    "messages",
                    VarLongCoder.of(),
                    changed.apply(
                        "Count messages",
                        MapElements.into(TypeDescriptors.longs())
                            .via(frame -> (long) frame.rows())));
                changed
                    .apply("As messages", new ToMessages(CUSTOMER, inputs))
                    .apply(
                        "Write to " + topic,
                        KafkaIO.<String, String>write()
                            .withBootstrapServers(cluster.bootstrap().reveal())
                            .withTopic(topic)
                            .withKeySerializer(StringSerializer.class)
                            .withValueSerializer(StringSerializer.class)
                            .withProducerConfigUpdates(properties()));
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

  private Map<String, Object> properties() {
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
    return properties;
  }

  /** Names what the scores were computed from: what was read of every source, and the version. */
  private static String inputs(Job job, long version) {
    StringBuilder text = new StringBuilder().append(version);
    for (Dataset.Table table : job.dataset().tables()) {
      TableSnapshot bronze = job.latest(Ingest.bronze(table.name()));
      text.append('\n').append(table.name()).append(' ');
      text.append(
          bronze == null ? "" : bronze.properties().getOrDefault(SourcePosition.PROPERTY, ""));
    }
    return text.toString();
  }
}
