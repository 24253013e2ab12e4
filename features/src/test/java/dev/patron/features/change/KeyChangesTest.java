package dev.patron.features.change;

import static dev.patron.features.change.Event.delete;
import static dev.patron.features.change.Event.insert;
import static dev.patron.features.change.Event.update;
import static org.assertj.core.api.Assertions.assertThat;

import dev.patron.features.frame.Frame;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which keys must be folded together; SEMANTICS 6. */
class KeyChangesTest {
  private static final Frame EVENTS =
      Event.frame(
          List.of(
              insert("a", 1, "first").noted("long text"),
              delete("a", 2),
              insert("b", 2, "first").without("note"),
              update("b", 3, "third").without("note"),
              delete("b", 4),
              insert("c", 4, "third").without("note"),
              insert("d", 2, "another, at the same position"),
              delete("e", 5),
              insert("f", 5, "key change without placeholders")));

  @Test
  void insertsWithPlaceholdersSayWhereKeysMayHaveChanged() {
    assertThat(KeyChanges.positions(EVENTS))
        .containsExactly("0000000000000000002", "0000000000000000004");
  }

  @Test
  void deletesAndInsertsWithPlaceholdersThereAreLinked() {
    assertThat(KeyChanges.linkedKeys(EVENTS, List.of("id"), KeyChanges.positions(EVENTS)).toRows())
        .containsExactly(List.of("a"), List.of("b"), List.of("b"), List.of("c"));
  }

  @Test
  void withoutPositionsNothingIsLinked() {
    assertThat(KeyChanges.linkedKeys(EVENTS, List.of("id"), Set.of()).rows()).isZero();
  }
}
