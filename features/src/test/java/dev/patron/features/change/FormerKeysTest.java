package dev.patron.features.change;

import static org.assertj.core.api.Assertions.assertThat;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import org.junit.jupiter.api.Test;

class FormerKeysTest {
  private static final Schema EVENTS =
      Schema.of()
          .with("id", Type.LONG)
          .with(Events.OP, Type.STRING)
          .with(Events.POSITION, Type.STRING);

  /** Events as {@code "id op position"}, found in two frames. */
  private static SortedSet<String> of(Set<String> known, String... events) {
    List<Frame> frames = new ArrayList<>();
    for (String event : events) {
      String[] words = event.split(" ", -1);
      frames.add(
          Frame.ofRows(EVENTS, List.of(List.of(Long.valueOf(words[0]), words[1], words[2]))));
    }
    FormerKeys keys = new FormerKeys("id", known::contains);
    frames.forEach(keys::observe);
    frames.forEach(keys::search);
    return keys.found();
  }

  @Test
  void whatTheKeyWasAndWhatItBecame() {
    String[] events = {"5 c 10", "5 d 20", "17 c 20", "17 d 30", "40 c 30", "6 c 40"};
    assertThat(of(Set.of("17"), events)).containsExactly("40", "5");
    assertThat(of(Set.of("5"), events)).containsExactly("17");
    assertThat(of(Set.of("6"), events)).isEmpty();
  }

  @Test
  void keysThatAreKnownAreNotFound() {
    assertThat(of(Set.of("5", "17"), "5 d 20", "17 c 20")).isEmpty();
  }

  @Test
  void twoInsertsAtOnePositionAreTwoRows() {
    assertThat(of(Set.of("17"), "5 c 20", "17 c 20", "6 u 20", "7 d 21")).isEmpty();
  }
}
