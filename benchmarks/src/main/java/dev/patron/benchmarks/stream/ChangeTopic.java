package dev.patron.benchmarks.stream;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.patron.testing.KafkaBroker;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * A topic of changes of customers, as Debezium writes them without schemas, {@link #BYTES} each.
 */
final class ChangeTopic {
  static final String NAME = "changes.public.customers";

  /** The size of a record's value. */
  static final int BYTES = 540;

  private static final int PARTITIONS = 6;
  private static final long FIRST_MILLIS = 1_767_225_600_000L;

  /** What {@code stream} is told of it. */
  static final String DATASET =
      """
      name: changes
      zone: UTC
      tables:
        customers:
          keep: current
          key: [customer_id]
          columns:
            customer_id: long
            email: string
            first_name: string
            last_name: string
            street: string
            city: string
            country_code: string
            row_time: timestamp
          from: { kafka: changes.public.customers, bootstrap: "${KAFKA_BOOTSTRAP}", format: debezium }
      """;

  private ChangeTopic() {}

  /** Makes the topic and fills it: each customer is created once, and then changed at random. */
  static void fill(KafkaBroker broker, long records, int customers) {
    broker.createTopic(NAME, PARTITIONS, Map.of());
    Random random = new Random(42);
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                broker.bootstrap(),
                ProducerConfig.BATCH_SIZE_CONFIG,
                1 << 17,
                ProducerConfig.LINGER_MS_CONFIG,
                20),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (long i = 0; i < records; i++) {
        boolean creates = i < customers;
        long customer = creates ? i : random.nextInt(customers);
        byte[] key = "{\"customer_id\":%d}".formatted(customer).getBytes(US_ASCII);
        // A full disk shows when the topic is read: it must have all records.
        var unused =
            producer.send(
                new ProducerRecord<>(
                    NAME, (int) (customer % PARTITIONS), key, value(i, customer, creates)));
      }
    }
  }

  /** The record of this number, which is its place in the database's log as well. */
  static byte[] value(long number, long customer, boolean creates) {
    long millis = FIRST_MILLIS + number;
    long position = 24_104_320 + number * 56;
    String head =
        ("{\"before\":null,\"after\":{\"customer_id\":%d,\"email\":\"reader%d@books.example\","
                + "\"first_name\":\"Robin\",\"last_name\":\"Reader\",\"city\":\"Weimar\","
                + "\"country_code\":\"DE\",\"row_time\":\"2026-01-01T00:00:00Z\",\"street\":\"")
            .formatted(customer, number);
    String tail =
        ("\"},\"source\":{\"version\":\"3.0.8.Final\",\"connector\":\"postgresql\","
                + "\"name\":\"changes\",\"ts_ms\":%d,\"snapshot\":\"false\",\"db\":\"shop\","
                + "\"ts_us\":%d,\"schema\":\"public\",\"table\":\"customers\",\"txId\":%d,"
                + "\"lsn\":%d,\"xmin\":null},\"transaction\":null,\"op\":\"%s\",\"ts_ms\":%d,"
                + "\"ts_us\":%d}")
            .formatted(
                millis,
                millis * 1_000,
                740 + number,
                position,
                creates ? "c" : "u",
                millis + 300,
                (millis + 300) * 1_000);
    return (head + "x".repeat(BYTES - head.length() - tail.length()) + tail).getBytes(US_ASCII);
  }
}
