package dev.patron.pipelines;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.patron.pipelines.console.Console;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConsoleTest {
  private static final String RENEWED = "\rtrain ";

  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final long start = System.nanoTime() - TimeUnit.SECONDS.toNanos(90);

  @Test
  void aStageEndsWithTheWorkOfItsDriver() throws IOException {
    String made =
        train(
            false,
            () -> {
              assertThat(err.toString(UTF_8)).isEmpty();
              return "a model";
            });

    assertThat(made).isEqualTo("a model");
    assertThat(err.toString(UTF_8)).matches("train +9\\d\\.\\d s +900 rows +\\d+ rows/s\\R");
  }

  @Test
  void aTerminalShowsThatTheDriverIsAtWork() throws IOException {
    train(
        true,
        () -> {
          while (err.toString(UTF_8).split(RENEWED).length < 4) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
          }
          return "a model";
        });

    assertThat(err.toString(UTF_8)).endsWith(System.lineSeparator()).containsOnlyOnce("\n");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aStageThatFailsHasNoEnd(boolean terminal) {
    assertThatThrownBy(
            () ->
                train(
                    terminal,
                    () -> {
                      throw new IOException("the disk is full");
                    }))
        .isInstanceOf(IOException.class)
        .hasMessage("the disk is full");
    assertThat(err.toString(UTF_8)).doesNotContain("\n");
  }

  private String train(boolean terminal, Console.Work<String> work) throws IOException {
    PrintStream stream = new PrintStream(err, true, UTF_8);
    return new Console(stream, stream, terminal).end("train", 900, start, work);
  }

  @Test
  void whatHoldsIsSaidOnceInAllIncrements() {
    PrintStream stream = new PrintStream(err, true, UTF_8);
    Console increments = new Console(stream, stream, false).withoutStages();
    increments.noteOnce("drift 0.2");
    increments.noteOnce("drift 0.2");
    increments.noteOnce("drift 0.3");
    increments.noteOnce("recency", "recency 0.2");
    increments.noteOnce("recency", "recency 0.3");
    increments.note("increment 2");
    increments.note("increment 2");
    assertThat(err.toString(UTF_8).lines())
        .containsExactly("drift 0.2", "drift 0.3", "recency 0.2", "increment 2", "increment 2");
  }
}
