package dev.patron.pipelines.stages;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.patron.pipelines.console.Console;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Who waits for a transaction is told once, and of those that pass by not at all. */
class OpenTransactionsTest {
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private final PrintStream err = new PrintStream(said, true, UTF_8);
  private final Console console = new Console(err, err, false);
  private final OpenTransactions transactions = new OpenTransactions();

  private static Feeds.News news(Map<String, Long> held) {
    return new Feeds.News(List.of(), Map.of(), Map.of(), Map.of(), Map.of(), held, Set.of());
  }

  /** What is said when the next look finds these transactions. */
  private String look(Map<String, Long> held) {
    said.reset();
    transactions.tellWhatStays(news(held), console);
    return said.toString(UTF_8);
  }

  @Test
  void theSecondLookTellsAndNoLaterOne() {
    assertThat(look(Map.of("t-0", 5L))).isEmpty();
    assertThat(look(Map.of("t-0", 5L)))
        .isEqualTo(
            "patron: t-0: a transaction is open since offset 5, and nothing behind that can be read"
                + " before it is committed or aborted\n");
    assertThat(look(Map.of("t-0", 5L))).isEmpty();
    assertThat(look(Map.of("t-0", 9L))).isEmpty();
    assertThat(look(Map.of("t-0", 9L))).contains("offset 9");
  }

  @Test
  void shortTransactionsAreNotToldOf() {
    for (long offset = 0; offset < 10; offset++) {
      assertThat(look(Map.of("t-0", offset))).isEmpty();
    }
    assertThat(look(Map.of())).isEmpty();
    assertThat(look(Map.of("t-0", 9L))).isEmpty();
  }

  @Test
  void theLastLookTellsOfAllThatWereNotToldOfYet() {
    assertThat(look(Map.of("t-0", 5L))).isEmpty();
    assertThat(look(Map.of("t-0", 5L))).isNotEmpty();
    said.reset();
    transactions.tell(news(Map.of("t-0", 5L, "t-1", 7L)), console);
    assertThat(said.toString(UTF_8)).startsWith("patron: t-1: ").hasLineCount(1);
  }
}
