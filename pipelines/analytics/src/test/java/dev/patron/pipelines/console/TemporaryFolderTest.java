package dev.patron.pipelines.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TemporaryFolderTest {
  private static final String ADVICE =
      "; mend that, or name another with PATRON_JAVA_OPTS=-Djava.io.tmpdir=...";

  @TempDir private Path folder;

  @Test
  void nothingIsLeftInOneThatCanBeUsed() throws IOException {
    assertThatCode(() -> TemporaryFolder.check(folder)).doesNotThrowAnyException();
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void oneThatCannotIsNamedWithTheReason() {
    Path away = folder.resolve("away");
    assertThatThrownBy(() -> TemporaryFolder.check(away))
        .isInstanceOf(JobException.class)
        .hasMessage(
            "the temporary folder " + away + " cannot be used: there is no such folder" + ADVICE);
  }

  @Test
  void aFullDiskSaysSo() {
    assertThat(TemporaryFolder.problem(folder, new IOException("No space left on device")))
        .isEqualTo(
            "the temporary folder " + folder + " cannot be used: No space left on device" + ADVICE);
    assertThat(TemporaryFolder.problem(folder, new AccessDeniedException("patron1.tmp")))
        .contains("cannot be used: this user may not write to it; mend");
  }
}
