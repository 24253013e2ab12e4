package dev.patron.transforms.read;

import dev.patron.features.record.BronzeFrames;
import dev.patron.transforms.read.Topics.Expired;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads exactly one range of offsets of a partition.
 *
 * <p>Beam's KafkaIO cannot do that on both runners: its bounded reads by count wait for ever where
 * offsets have no records, those by time do not end at an offset, and descriptors with stop offsets
 * make an unbounded splittable DoFn, which the Spark runner refuses. So it is a plain loop: seek,
 * poll until the position is behind the end, drop what lies behind it.
 *
 * <p>An offset without a record is no loss where the topic is compacted, and where transactions
 * leave their markers and their aborted records. A long hole in any other topic is looked at again,
 * uncommitted records included; if it is still one, its records are lost. What was compacted before
 * the topic's policy became another looks the same, so that the message says both.
 */
final class TopicRecords {
  /**
   * So many offsets in a row may be markers of transactions: each ends one, and so many rarely end
   * together without a record between.
   */
  static final int MARKERS = 1_000;

  private static final Duration POLL = Duration.ofMillis(500);

  private final Supplier<Consumer<byte[], byte[]>> uncommitted;
  private final Duration patience;

  /**
   * @param uncommitted makes a consumer that also sees what was aborted; asked only for what looks
   *     like a loss
   * @param patience how long nothing may come before that is an error
   */
  TopicRecords(Supplier<Consumer<byte[], byte[]>> uncommitted, Duration patience) {
    this.uncommitted = uncommitted;
    this.patience = patience;
  }

  /** Offsets {@code [from, to)} without a record. */
  private record Hole(long from, long to) {}

  /**
   * What of a range was not there.
   *
   * @param expired how many offsets expired and were passed over
   */
  private record Missing(List<Hole> holes, long expired) {}

  /**
   * Reads a range; the frames are not yet flushed.
   *
   * @param consumer reads what is committed
   * @return how many offsets expired after the range was fixed, and were passed over
   * @throws LostRecordsException if there are not all of its records, unless those that expired may
   *     be passed over
   */
  long read(Consumer<byte[], byte[]> consumer, TopicRange range, BronzeFrames bronze)
      throws IOException {
    Missing missing =
        poll(
            consumer,
            range,
            range.epoch(),
            record ->
                bronze.kafka(
                    record.topic(),
                    record.partition(),
                    record.offset(),
                    record.timestamp(),
                    record.key(),
                    record.value(),
                    RecordHeaders.json(record.headers())));
    if (!range.compacted()) {
      for (Hole hole : missing.holes()) {
        if (hole.to() - hole.from() > MARKERS) {
          explain(range, hole);
        }
      }
    }
    return missing.expired();
  }

  private interface Records {
    void take(ConsumerRecord<byte[], byte[]> record) throws IOException;
  }

  private Missing poll(Consumer<byte[], byte[]> consumer, TopicRange range, int epoch, Records to)
      throws IOException {
    TopicPartition partition = new TopicPartition(range.topic(), range.partition());
    List<Hole> holes = new ArrayList<>();
    long expired = 0;
    consumer.assign(List.of(partition));
    consumer.seek(
        partition,
        new OffsetAndMetadata(range.from(), epoch < 0 ? Optional.empty() : Optional.of(epoch), ""));
    long next = range.from();
    long heard = System.nanoTime();
    while (next < range.to()) {
      long before = next;
      ConsumerRecords<byte[], byte[]> records = ConsumerRecords.empty();
      try {
        records = consumer.poll(POLL);
      } catch (LogTruncationException e) {
        throw new LostRecordsException(
            "%s: what was read before offset %d is not what the topic has there now: the cluster lost records and took others in their place; read it into a new warehouse"
                .formatted(range.name(), next));
      } catch (OffsetOutOfRangeException e) {
        long oldest = oldest(consumer, range, next);
        consumer.seek(partition, oldest);
        expired += Math.min(oldest, range.to()) - next;
        next = Math.min(oldest, range.to());
      }
      for (ConsumerRecord<byte[], byte[]> record : records) {
        long offset = record.offset();
        if (next < Math.min(offset, range.to())) {
          holes.add(new Hole(next, Math.min(offset, range.to())));
        }
        next = offset + 1;
        if (offset >= range.to()) {
          break;
        }
        to.take(record);
      }
      long position = Math.min(consumer.position(partition), range.to());
      if (position > next) {
        holes.add(new Hole(next, position));
        next = position;
      }
      if (next > before) {
        heard = System.nanoTime();
      } else if (System.nanoTime() - heard > patience.toNanos()) {
        throw new NothingCameException(
            "%s: nothing came for %d s at offset %d, with %d offsets still to be read; is its leader running?"
                .formatted(range.name(), patience.toSeconds(), next, range.to() - next));
      }
    }
    return new Missing(joined(holes), expired);
  }

  /** Polls may end within a hole. */
  private static List<Hole> joined(List<Hole> holes) {
    List<Hole> joined = new ArrayList<>();
    for (Hole hole : holes) {
      int last = joined.size() - 1;
      if (last >= 0 && joined.get(last).to() == hole.from()) {
        joined.set(last, new Hole(joined.get(last).from(), hole.to()));
      } else {
        joined.add(hole);
      }
    }
    return joined;
  }

  /** Where the topic begins now, if that is behind the next offset and may be. */
  private static long oldest(Consumer<byte[], byte[]> consumer, TopicRange range, long next)
      throws LostRecordsException {
    List<TopicPartition> partition = List.of(new TopicPartition(range.topic(), range.partition()));
    long oldest = consumer.beginningOffsets(partition).getOrDefault(partition.get(0), next);
    if (oldest <= next) {
      long end = consumer.endOffsets(partition).getOrDefault(partition.get(0), next);
      throw Topics.cut(range.name(), range.to(), end);
    }
    if (range.onExpired() == Expired.FAIL) {
      throw Topics.expired(range.name(), next, oldest);
    }
    return oldest;
  }

  /** Finds out whether all that is missing was aborted or marks an end of a transaction. */
  private void explain(TopicRange range, Hole hole) throws IOException {
    TopicRange again =
        new TopicRange(
            range.topic(),
            range.partition(),
            hole.from(),
            -1,
            hole.to(),
            false,
            range.onExpired(),
            range.group());
    try (Consumer<byte[], byte[]> consumer = uncommitted.get()) {
      for (Hole rest : poll(consumer, again, -1, record -> {}).holes()) {
        if (rest.to() - rest.from() > MARKERS) {
          throw new LostRecordsException(
              "%s: the records from offset %d to %d are missing; they were neither expired nor aborted: the cluster lost them, or compacted them while the topic's cleanup.policy was another, which cannot be told from a loss now; if so, set the policy back to compact,delete to read on"
                  .formatted(range.name(), rest.from(), rest.to() - 1));
        }
      }
    }
  }
}
