package dev.patron.transforms.read;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.patron.features.frame.Frame;
import dev.patron.features.record.BronzeFrames;
import dev.patron.features.tables.TableDefinition;
import dev.patron.features.tables.TableDefinition.Format;
import dev.patron.features.tables.TableDefinition.Format.Kind;
import dev.patron.features.tables.TableDefinition.Keep;
import dev.patron.transforms.read.Topics.Expired;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** What is a loss, and what only looks like one; with Kafka's own stand-in for a broker. */
class TopicRecordsTest {
  private static final TopicPartition PARTITION = new TopicPartition("t", 0);
  private static final Duration SHORT = Duration.ofMillis(50);

  /** What was read last said of it. */
  private long passedOver;

  /** A partition that has records at those of the first {@code end} offsets. */
  private static MockConsumer<byte[], byte[]> log(long end, LongPredicate present) {
    MockConsumer<byte[], byte[]> consumer = new MockConsumer<>(OffsetResetStrategy.NONE);
    consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
    consumer.updateEndOffsets(Map.of(PARTITION, end));
    consumer.schedulePollTask(
        () ->
            LongStream.range(0, end)
                .filter(present)
                .forEach(
                    offset ->
                        consumer.addRecord(
                            new ConsumerRecord<>(
                                "t",
                                0,
                                offset,
                                null,
                                ("{\"a\":" + offset + "}").getBytes(UTF_8)))));
    return consumer;
  }

  private static TopicRange range(long from, long to, boolean compacted) {
    return range(from, to, compacted, Expired.FAIL);
  }

  private static TopicRange range(long from, long to, boolean compacted, Expired onExpired) {
    return new TopicRange("t", 0, from, -1, to, compacted, onExpired, "g");
  }

  private List<Long> read(
      Consumer<byte[], byte[]> committed, Consumer<byte[], byte[]> uncommitted, TopicRange range)
      throws IOException {
    TableDefinition table =
        new TableDefinition(
            "t",
            Keep.FACTS,
            List.of(),
            List.of(),
            new Format(Kind.JSONL, ',', null, "t", "UTC"),
            null,
            null,
            Map.of(),
            List.of());
    List<Frame> frames = new ArrayList<>();
    BronzeFrames bronze = new BronzeFrames(List.of(table), (any, frame) -> frames.add(frame));
    passedOver = new TopicRecords(() -> uncommitted, SHORT).read(committed, range, bronze);
    bronze.flush();
    List<Long> offsets = new ArrayList<>();
    for (Frame frame : frames) {
      for (int row = 0; row < frame.rows(); row++) {
        offsets.add(frame.longs("_offset").get(row));
      }
    }
    return offsets;
  }

  private static List<Long> offsets(long from, long to) {
    return LongStream.range(from, to).boxed().toList();
  }

  @Test
  void readsFromTheFirstOffsetToTheLastAndNothingBehindIt() throws IOException {
    assertThat(read(log(20, any -> true), log(0, any -> true), range(5, 12, false)))
        .isEqualTo(offsets(5, 12));
  }

  @Test
  void offsetsOfMarkersAndAbortedRecordsAreNoLoss() throws IOException {
    // The broker shows a committed reader neither the markers nor what was aborted.
    assertThat(read(log(20, at -> at % 4 != 3), log(0, any -> true), range(0, 19, false)))
        .isEqualTo(offsets(0, 19).stream().filter(at -> at % 4 != 3).toList());
  }

  @Test
  void aLongAbortedTransactionIsNoLoss() throws IOException {
    long end = 3L * TopicRecords.MARKERS;
    LongPredicate committed = at -> at < 10 || at > end - 10;
    assertThat(read(log(end, committed), log(end, any -> true), range(0, end, false))).hasSize(19);
  }

  @Test
  void whatACompactedTopicDroppedIsNoLoss() throws IOException {
    long end = 3L * TopicRecords.MARKERS;
    LongPredicate kept = at -> at < 10 || at > end - 10;
    assertThat(read(log(end, kept), log(end, kept), range(0, end, true))).hasSize(19);
  }

  @Test
  void aLongHoleThatNothingExplainsIsALoss() {
    long end = 3L * TopicRecords.MARKERS;
    LongPredicate kept = at -> at < 10 || at > end - 10;
    assertThatThrownBy(() -> read(log(end, kept), log(end, kept), range(0, end, false)))
        .isInstanceOf(LostRecordsException.class)
        .hasMessage(
            "t-0: the records from offset 10 to "
                + (end - 10)
                + " are missing; they were neither expired nor aborted: the cluster lost them, or"
                + " compacted them while the topic's cleanup.policy was another, which cannot be told"
                + " from a loss now; if so, set the policy back to compact,delete to read on");
  }

  @Test
  void recordsThatExpireWhileTheyAreReadAreToldFromALoss() {
    MockConsumer<byte[], byte[]> consumer = log(20, at -> at >= 8);
    consumer.updateBeginningOffsets(Map.of(PARTITION, 8L));
    assertThatThrownBy(() -> read(consumer, log(0, any -> true), range(2, 20, false)))
        .isInstanceOf(LostRecordsException.class)
        .hasMessage(
            "t-0: the records from offset 2 to 7 expired before they were read; keep them longer"
                + " (retention.ms, retention.bytes), or say expired: skip to go on without them");
  }

  @Test
  void recordsThatExpireWhileTheyAreReadArePassedOverWhereTheyMayBe() throws IOException {
    long oldest = 3L * TopicRecords.MARKERS;
    long end = oldest + 10;
    MockConsumer<byte[], byte[]> consumer = log(end, at -> at >= oldest);
    consumer.updateBeginningOffsets(Map.of(PARTITION, oldest));
    TopicRange range = range(2, end, false, Expired.SKIP);
    assertThat(read(consumer, log(0, any -> true), range)).isEqualTo(offsets(oldest, end));
    assertThat(passedOver).isEqualTo(oldest - 2);
  }

  @Test
  void aRangeThatExpiredAsAWholeIsPassedOver() throws IOException {
    MockConsumer<byte[], byte[]> consumer = log(20, at -> at >= 8);
    consumer.updateBeginningOffsets(Map.of(PARTITION, 8L));
    assertThat(read(consumer, log(0, any -> true), range(2, 6, false, Expired.SKIP))).isEmpty();
    assertThat(passedOver).isEqualTo(4);
  }

  @Test
  void recordsThatDoNotComeAreAnErrorAndNoEmptyAnswer() {
    assertThatThrownBy(() -> read(log(10, any -> true), log(0, any -> true), range(0, 15, false)))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("t-0: nothing came for 0 s at offset 10, with 5 offsets still");
  }

  @Test
  void anIncrementIsSharedFairly() {
    Map<String, Long> waiting = Map.of("a", 2L, "b", 100L, "c", 50L, "d", 0L);
    List<String> keys = List.of("a", "b", "c", "d");
    assertThat(Topics.fairly(keys, waiting, 1_000)).isEqualTo(waiting);
    assertThat(Topics.fairly(keys, waiting, 62))
        .isEqualTo(Map.of("a", 2L, "b", 30L, "c", 30L, "d", 0L));
    assertThat(Topics.fairly(keys, waiting, 1).values().stream().mapToLong(x -> x).sum())
        .isEqualTo(1);
  }
}
