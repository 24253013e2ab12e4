package dev.patron.transforms.read;

import dev.patron.transforms.read.Topics.Expired;

/**
 * The records of a partition of a topic whose offsets are in {@code [from, to)}. Where the cluster
 * is, {@link LandRecords#withClusters} says, so that a range can be printed.
 *
 * @param topic the topic
 * @param partition the partition, from 0
 * @param from the first offset
 * @param epoch the leader epoch that was known at {@code from}; -1 for none. With it the broker
 *     tells whether what lies before {@code from} is still what was read
 * @param to the offset behind the last
 * @param compacted whether the topic is compacted, or may be: then offsets without a record are no
 *     sign of loss
 * @param onExpired what becomes of records that expire before they are read
 * @param group the group of tables that its records belong to, see {@link LandRecords}
 */
public record TopicRange(
    String topic,
    int partition,
    long from,
    int epoch,
    long to,
    boolean compacted,
    Expired onExpired,
    String group)
    implements SourcePart {

  public TopicRange {
    if (from < 0 || to < from) {
      throw new IllegalArgumentException(
          "%s-%d: no range of offsets from %d to %d".formatted(topic, partition, from, to));
    }
  }

  /** How many offsets it has; there are no more records than that. */
  public long offsets() {
    return to - from;
  }

  /** How messages name the partition, as Kafka does. */
  String name() {
    return topic + "-" + partition;
  }
}
