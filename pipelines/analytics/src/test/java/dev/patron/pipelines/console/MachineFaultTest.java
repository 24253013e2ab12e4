package dev.patron.pipelines.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.stream.Stream;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class MachineFaultTest {
  static Stream<Arguments> whatOnlyNamesAPlace() {
    return Stream.of(
        Arguments.of(
            new NoSuchFileException("/a"),
            "/a: there is no such file or folder, and none can be made there; see that the path is"
                + " right, or name another"),
        Arguments.of(
            new AccessDeniedException("/a"),
            "/a: this user may not read or write it; allow it, or name another place"),
        Arguments.of(new NotDirectoryException("/a"), "/a is not a folder; name a folder"),
        Arguments.of(
            new FileAlreadyExistsException("/a"),
            "/a is there already; remove it, or name another place"),
        Arguments.of(
            new DirectoryNotEmptyException("/a"),
            "/a cannot be used (DirectoryNotEmptyException); name another place"),
        Arguments.of(
            new UnknownHostException("nohost.invalid: Name or service not known"),
            "the host nohost.invalid is not known; see that its name is right and that this"
                + " machine's network can look it up"));
  }

  @ParameterizedTest
  @MethodSource("whatOnlyNamesAPlace")
  void aNameAloneBecomesASentence(IOException e, String reason) {
    assertThat(MachineFault.explain(e)).isEqualTo(reason);
    assertThat(MachineFault.explain(new IllegalStateException(new UncheckedIOException(e))))
        .isEqualTo(reason);
  }

  @Test
  void whatSaysMoreIsLeftAsItIs() {
    assertThat(MachineFault.explain(new FileSystemException("/a", null, "No space left on device")))
        .isEqualTo("/a: No space left on device");
    assertThat(MachineFault.explain(new IOException("first\nsecond"))).isEqualTo("first");
  }

  @Test
  void ofAnyFailureThereIsAReason() {
    assertThat(MachineFault.reason(new IOException(new NoSuchFileException("/a"))))
        .startsWith("/a: there is no such file");
    assertThat(MachineFault.reason(new IllegalStateException(new RuntimeException(" one\ntwo"))))
        .isEqualTo("one");
    assertThat(MachineFault.reason(new IllegalStateException(" ")))
        .isEqualTo("IllegalStateException");
    assertThat(MachineFault.reason(new IllegalStateException())).isEqualTo("IllegalStateException");
  }

  @Test
  void tooLittleMemoryIsSaidWithWhatGivesMore() {
    assertThat(MachineFault.explain(new IllegalStateException(new OutOfMemoryError("heap"))))
        .matches("the memory of its JVM, [\\d,.]+ MB, is too little; give it more with .*-Xmx.*");
  }

  @Test
  void ofAClusterItIsWhatWeSayOfIt() {
    IOException away =
        new IOException("Kafka at x does not answer", new TimeoutException("Timed out"));
    assertThat(MachineFault.explain(away)).isEqualTo("Kafka at x does not answer");
    assertThat(MachineFault.explain(new IllegalStateException(away)))
        .isEqualTo("Kafka at x does not answer");
    assertThat(MachineFault.explain(new TimeoutException("Timed out"))).isNull();
  }

  @Test
  void aMistakeOfTheProgramHasNone() {
    assertThat(MachineFault.explain(new IllegalStateException("who?"))).isNull();
    assertThat(MachineFault.explain(new IOException(new NullPointerException()))).isNull();
    assertThat(MachineFault.explain(new IOException())).isNull();
  }
}
