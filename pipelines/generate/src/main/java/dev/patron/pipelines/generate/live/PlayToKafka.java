package dev.patron.pipelines.generate.live;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Plays a bookstore's files to Kafka, as its shop would have: each table a topic of three
 * partitions. Topics that were empty before have each record at the offset that its file says.
 */
public final class PlayToKafka {
  /** A pause shorter than this costs more than it delays. */
  private static final long SHORTEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  private PlayToKafka() {}

  /**
   * Plays all of it, in the order of arrival.
   *
   * @param folder a bookstore
   * @param bootstrap the brokers to ask first, {@code HOST:PORT,...}
   * @param rate records a second; 0: as fast as the cluster takes them
   * @param sent is told after each record how many were sent
   * @return how many records there were
   * @throws IOException if the cluster does not take them
   */
  public static long play(Path folder, String bootstrap, double rate, LongConsumer sent)
      throws IOException {
    makeTopics(bootstrap);
    AtomicReference<Exception> failure = new AtomicReference<>();
    long records = 0;
    try (BookstoreFeed feed = BookstoreFeed.open(folder, null);
        KafkaProducer<byte[], byte[]> producer = producer(bootstrap)) {
      long start = System.nanoTime();
      for (FeedRecord record = feed.next(); record != null; record = feed.next()) {
        if (rate > 0) {
          waitUntil(start + (long) (records / rate * 1e9));
        }
        // What becomes of it is told to the callback.
        var unused =
            producer.send(
                new ProducerRecord<>(
                    record.topic(),
                    record.partition(),
                    Math.max(0, record.timestampMillis()),
                    record.key(),
                    record.value()),
                (metadata, e) -> {
                  if (e != null) {
                    failure.compareAndSet(null, e);
                  }
                });
        check(failure, bootstrap);
        records++;
        sent.accept(records);
      }
      producer.flush();
      check(failure, bootstrap);
    }
    return records;
  }

  private static void check(AtomicReference<Exception> failure, String bootstrap)
      throws IOException {
    Exception e = failure.get();
    if (e != null) {
      throw new IOException("Kafka at " + bootstrap + " takes no records: " + e.getMessage(), e);
    }
  }

  private static void waitUntil(long nanos) throws InterruptedIOException {
    long left = nanos - System.nanoTime();
    if (left < SHORTEST_PAUSE_NANOS) {
      return;
    }
    try {
      TimeUnit.NANOSECONDS.sleep(left);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while playing");
    }
  }

  private static KafkaProducer<byte[], byte[]> producer(String bootstrap) {
    // Idempotent by default: a repeated request leaves one record.
    return new KafkaProducer<>(
        Map.of(
            ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
            bootstrap,
            ProducerConfig.LINGER_MS_CONFIG,
            5,
            ProducerConfig.MAX_BLOCK_MS_CONFIG,
            30_000),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  private static void makeTopics(String bootstrap) throws IOException {
    // Records tell of years ago; a broker would delete them as expired.
    Map<String, String> keep = Map.of(TopicConfig.RETENTION_MS_CONFIG, "-1");
    try (Admin admin =
        Admin.create(
            Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrap,
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                30_000,
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                15_000))) {
      for (String topic :
          List.of(
              "bookstore.public.books",
              "bookstore.public.customers",
              BookstoreFeed.ORDERS_TOPIC,
              "__debezium-heartbeat.bookstore")) {
        make(
            admin,
            new NewTopic(topic, BookstoreFeed.PARTITIONS, (short) -1).configs(keep),
            bootstrap);
      }
    } catch (org.apache.kafka.common.KafkaException e) {
      throw new IOException(
          "Kafka at %s cannot be used: %s; see that --kafka=HOST:PORT is right"
              .formatted(
                  bootstrap, e.getCause() == null ? e.getMessage() : e.getCause().getMessage()),
          e);
    }
  }

  private static void make(Admin admin, NewTopic topic, String bootstrap) throws IOException {
    try {
      admin.createTopics(List.of(topic)).all().get();
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof TopicExistsException)) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        if (cause instanceof TimeoutException) {
          throw new IOException(
              "Kafka at %s does not answer (%s); see that it runs and can be reached from here"
                  .formatted(bootstrap, cause.getMessage()),
              cause);
        }
        throw new IOException(
            "topic %s cannot be made: %s".formatted(topic.name(), cause.getMessage()), cause);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while making topics");
    }
  }
}
