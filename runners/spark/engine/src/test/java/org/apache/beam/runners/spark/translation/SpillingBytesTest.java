package org.apache.beam.runners.spark.translation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpillingBytesTest {
  @TempDir Path folder;

  private File file() {
    return folder.resolve("spilled").toFile();
  }

  @Test
  void fewStayInMemory() {
    try (SpillingBytes bytes = new SpillingBytes(this::file)) {
      bytes.add(new byte[] {1, 2});
      bytes.add(new byte[0]);
      assertThat(bytes.iterator()).toIterable().containsExactly(new byte[] {1, 2}, new byte[0]);
      assertThat(file()).doesNotExist();
    }
  }

  @Test
  void manyComeBackFromAFileInTheirOrderAndLeaveNothingBehind() {
    Random random = new Random(1);
    List<byte[]> arrays = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      byte[] array = new byte[random.nextInt(1 << 20)];
      random.nextBytes(array);
      arrays.add(array);
    }
    try (SpillingBytes bytes = new SpillingBytes(this::file)) {
      arrays.forEach(bytes::add);
      assertThat(file()).exists();
      assertThat(bytes.iterator()).toIterable().containsExactlyElementsOf(arrays);
    }
    assertThat(file()).doesNotExist();
  }

  @Test
  void whatIsNeverReadLeavesNothingBehind() {
    try (SpillingBytes bytes = new SpillingBytes(this::file)) {
      bytes.add(new byte[20 << 20]);
      assertThat(file()).exists();
    }
    assertThat(file()).doesNotExist();
  }
}
