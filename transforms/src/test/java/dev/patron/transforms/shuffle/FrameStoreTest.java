package dev.patron.transforms.shuffle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.util.SerializableUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FrameStoreTest {
  private static final Schema SCHEMA = Schema.of().with("id", Type.LONG).with("text", Type.STRING);
  private static final int ROWS = 1000;

  @TempDir private Path folder;

  private static Frame frame(long seed) {
    return Frame.ofRows(
        SCHEMA,
        LongStream.range(0, ROWS)
            .mapToObj(i -> List.<Object>of(seed * ROWS + i, "text of " + seed + " and " + i))
            .toList());
  }

  @Test
  void whatFitsTheBudgetNeverGoesToTheDisk() throws Exception {
    try (FrameStore store = FrameStore.in(folder, 100 * frame(0).heapBytes())) {
      List<Frame> waiting = keep(store, 50);
      assertThat(waiting).isEqualTo(IntStream.range(0, 50).mapToObj(i -> frame(i)).toList());
      assertThat(store.writtenBytes()).isZero();
    }
  }

  @Test
  void whatDoesNotFitComesBackFromTheDiskAsItWas() throws Exception {
    try (FrameStore store = new FrameStore(folder, 3 * frame(0).heapBytes(), 100_000)) {
      List<Frame> waiting = keep(store, 20);
      assertThat(store.writtenBytes()).isGreaterThan(15 * frame(0).heapBytes() / 2);
      for (int i = 19; i >= 0; i--) {
        assertThat(waiting.get(i)).isEqualTo(frame(i));
        assertThat(waiting.get(i).select(List.of("text")))
            .isEqualTo(frame(i).select(List.of("text")));
      }
    }
  }

  @Test
  void severalThreadsSeeTheSameFrames() throws Exception {
    try (FrameStore store = new FrameStore(folder, 2 * frame(0).heapBytes(), 50_000)) {
      List<Frame> waiting = keep(store, 20);
      List<Integer> wrong =
          IntStream.range(0, 80)
              .parallel()
              .map(i -> i * 7 % 20)
              .filter(i -> !waiting.get(i).equals(frame(i)))
              .boxed()
              .toList();
      assertThat(wrong).isEmpty();
    }
  }

  @Test
  void aFrameThatWaitsAlreadyKeepsItsNumber() {
    try (FrameStore store = FrameStore.in(folder, 0)) {
      long id = store.put(frame(1));
      Frame waiting = store.get(id);
      assertThat(store.put(waiting)).isEqualTo(id);
      assertThat(store.get(id)).isSameAs(waiting);
      assertThat(store.size()).isEqualTo(1);
    }
  }

  @Test
  void whatNobodyCanReachIsForgotten() throws Exception {
    try (FrameStore store = new FrameStore(folder, 0, 100_000)) {
      Frame last = keep(store, 30).get(29);
      long end = System.nanoTime() + 20_000_000_000L;
      while (store.size() > 1 && System.nanoTime() < end) {
        System.gc();
        Thread.onSpinWait();
      }
      assertThat(store.size()).isEqualTo(1);
      assertThat(last).isEqualTo(frame(29));
    }
  }

  @Test
  void whatNobodyCanReachLeavesTheHeapWithoutGoingToTheDisk() throws Exception {
    try (FrameStore store = FrameStore.in(folder, 30 * frame(0).heapBytes())) {
      for (int round = 0; round < 5; round++) {
        assertThat(keep(store, 20)).hasSize(20);
      }
      assertThat(store.writtenBytes()).isZero();
    }
  }

  @Test
  void filesHaveNoNamesWhileTheyAreUsed() throws Exception {
    try (FrameStore store = FrameStore.in(folder, 0);
        Stream<Path> files = Files.list(folder)) {
      assertThat(keep(store, 5)).hasSize(5);
      assertThat(files).isEmpty();
    }
  }

  @Test
  void aFolderThatCannotBeWrittenIsNamedWithAWayOut() {
    try (FrameStore store = FrameStore.in(folder.resolve("missing"), 0)) {
      assertThatThrownBy(() -> store.put(frame(1)))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("missing")
          .hasMessageContaining("-Djava.io.tmpdir");
    }
  }

  @Test
  void theCoderAndItsCopiesGiveTheFrameBack() throws Exception {
    WaitingFrameCoder coder = WaitingFrameCoder.in(FrameStore.in(folder, 0));
    WaitingFrameCoder copy = SerializableUtils.clone(coder);
    Frame waiting =
        CoderUtils.decodeFromByteArray(copy, CoderUtils.encodeToByteArray(coder, frame(7)));
    assertThat(waiting).isEqualTo(frame(7));
    coder.close();
    assertThatThrownBy(() -> CoderUtils.encodeToByteArray(copy, frame(7)))
        .hasMessageContaining("closed");
  }

  private static List<Frame> keep(FrameStore store, int count) {
    List<Frame> waiting = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      waiting.add(store.get(store.put(frame(i))));
    }
    return waiting;
  }
}
