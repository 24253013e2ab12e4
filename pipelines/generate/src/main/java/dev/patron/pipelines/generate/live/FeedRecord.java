package dev.patron.pipelines.generate.live;

import org.jspecify.annotations.Nullable;

/**
 * A record of the bookstore, as a topic holds it.
 *
 * @param table which table it tells of
 * @param topic the topic
 * @param partition the partition, below {@link BookstoreFeed#PARTITIONS}
 * @param timestampMillis when it arrived in the shop, milliseconds since the epoch
 * @param key the key as JSON; null for none
 * @param value the value as JSON, which may be broken; null for a tombstone
 */
@SuppressWarnings("ArrayRecordComponent") // Bytes on their way; nobody compares records.
record FeedRecord(
    String table,
    String topic,
    int partition,
    long timestampMillis,
    byte @Nullable [] key,
    byte @Nullable [] value) {}
