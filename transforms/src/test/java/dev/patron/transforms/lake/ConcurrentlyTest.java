package dev.patron.transforms.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConcurrentlyTest {
  @TempDir Path folder;

  /** Whoever cleans up after a failure must not meet files that are still written. */
  @Test
  void noWorkGoesOnWhenOneHasFailed() {
    CountDownLatch begun = new CountDownLatch(1);
    AtomicBoolean ended = new AtomicBoolean();
    List<Callable<Boolean>> works = new ArrayList<>();
    works.add(
        () -> {
          if (Runtime.getRuntime().availableProcessors() > 1) {
            begun.await();
          }
          throw new IllegalStateException("lost");
        });
    works.add(
        () -> {
          begun.countDown();
          try {
            Thread.sleep(60_000);
          } catch (InterruptedException e) {
            // What it has in hand it brings to an end.
            Thread.sleep(200);
          }
          ended.set(true);
          return true;
        });
    LakeTable table = LakeTable.at(folder.toString(), "silver/orders");
    assertThatThrownBy(() -> Concurrently.all(table, "its files cannot be read", works))
        .isInstanceOf(LakeException.class)
        .hasMessageContaining("its files cannot be read");
    // With one core the second has not begun.
    assertThat(ended.get()).isEqualTo(Runtime.getRuntime().availableProcessors() > 1);
  }
}
