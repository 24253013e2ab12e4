package dev.patron.benchmarks.stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * The Kafka client alone: polls all records of the topic and parses their keys and values with the
 * JSON parser that Patron has, which nobody who reads them can do without.
 */
public final class ReadAlone {
  private ReadAlone() {}

  /** {@code ReadAlone BOOTSTRAP}. */
  public static void main(String[] arguments) throws IOException {
    ObjectMapper json = new ObjectMapper();
    long records = 0;
    long position = 0;
    long newest = 0;
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                arguments[0],
                ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                5_000),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(ChangeTopic.NAME).stream()
              .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      long all = consumer.endOffsets(partitions).values().stream().mapToLong(Long::longValue).sum();
      while (records < all) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(500))) {
          records++;
          JsonNode key = json.readTree(record.key());
          JsonNode value = json.readTree(record.value());
          position = Math.max(position, value.path("source").path("lsn").asLong());
          newest = Math.max(newest, key.path("customer_id").asLong());
        }
      }
    }
    System.err.println(records + " records up to " + position + " of " + newest + " customers");
  }
}
