package dev.patron.benchmarks.stream;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.patron.testing.KafkaBroker;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Orders of a bookstore's customers as they come in, at an even pace, with the time that it is. */
final class LiveShop {
  static final String TOPIC = "bookstore.orders";

  private static final int PARTITIONS = 3;
  private static final long FIRST_ORDER = 1_000_000_000L;

  private LiveShop() {}

  /**
   * An order.
   *
   * @param millis when it was sent, as its record says
   */
  record Order(long customer, int partition, long offset, long millis) {}

  /**
   * Plays orders.
   *
   * @param rate a second
   * @return all of them, in the order sent
   */
  static List<Order> play(KafkaBroker broker, int customers, int rate, long seconds)
      throws InterruptedException {
    Random random = new Random(7);
    List<Order> orders = new ArrayList<>();
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                broker.bootstrap(),
                ProducerConfig.LINGER_MS_CONFIG,
                5),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      long start = System.nanoTime();
      for (long i = 0; i < rate * seconds; i++) {
        long early = start + i * TimeUnit.SECONDS.toNanos(1) / rate - System.nanoTime();
        if (early > TimeUnit.MILLISECONDS.toNanos(2)) {
          TimeUnit.NANOSECONDS.sleep(early);
        }
        long customer = 1L + random.nextInt(customers);
        int partition = (int) (customer % PARTITIONS);
        long millis = System.currentTimeMillis();
        byte[] order = order(FIRST_ORDER + i, customer, 1 + random.nextInt(50), millis);
        // The callback runs in one thread, and the producer waits for it when it closes.
        var unused =
            producer.send(
                new ProducerRecord<>(TOPIC, partition, millis, null, order),
                (sent, failure) -> {
                  if (failure == null) {
                    synchronized (orders) {
                      orders.add(new Order(customer, partition, sent.offset(), millis));
                    }
                  }
                });
      }
    }
    if (orders.size() != rate * seconds) {
      throw new IllegalStateException(
          "%,d of %,d orders were sent".formatted(orders.size(), rate * seconds));
    }
    return orders;
  }

  private static byte[] order(long id, long customer, int book, long millis) {
    Instant at = Instant.ofEpochMilli(millis).truncatedTo(ChronoUnit.MILLIS);
    return ("{\"order_id\":%d,\"order_timestamp\":\"%s\",\"customer_id\":%d,\"quantity\":1,"
            + "\"total\":12.50,\"books\":[{\"book_id\":%d,\"quantity\":1,\"subtotal\":12.50}]}")
        .formatted(id, at, customer, book)
        .getBytes(US_ASCII);
  }
}
