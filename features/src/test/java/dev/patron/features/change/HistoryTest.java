package dev.patron.features.change;

import static dev.patron.features.change.Event.delete;
import static dev.patron.features.change.Event.insert;
import static dev.patron.features.change.Event.truncate;
import static dev.patron.features.change.Event.update;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.patron.features.frame.Frame;
import dev.patron.features.history.History;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The rules of versions, one by one; SEMANTICS 10. */
class HistoryTest {

  @Test
  void eachChangeClosesAVersionAndOpensTheNext() {
    assertThat(versions(insert("a", 10, "first"), update("a", 20, "second")))
        .containsExactly("1: first [10, 20)", "2: second [20, null)");
  }

  @Test
  void deleteClosesAndLeavesAGapAndAReinsertOpensAgain() {
    assertThat(versions(insert("a", 10, "first"), delete("a", 20), insert("a", 30, "first")))
        .containsExactly("1: first [10, 20)", "2: first [30, null)");
  }

  @Test
  void truncateClosesEveryVersion() {
    assertThat(versions(insert("a", 10, "of a"), insert("b", 15, "of b"), truncate(20)))
        .containsExactly("1: of a [10, 20)", "1: of b [15, 20)");
  }

  @Test
  void transactionGivesOneVersionAtMost() {
    assertThat(
            versions(
                insert("a", 10, "first"),
                update("a", 20, "passing").at(20L),
                delete("a", 21).at(20L),
                insert("a", 22, "last").at(20L)))
        .containsExactly("1: first [10, 20)", "2: last [20, null)");
  }

  @Test
  void transactionWithoutNetEffectLeavesNoTrace() {
    assertThat(
            versions(
                insert("a", 10, "first"),
                delete("a", 20).at(20L),
                insert("a", 21, "first").at(20L),
                insert("b", 22, "passing").at(20L),
                delete("b", 23).at(20L)))
        .containsExactly("1: first [10, null)");
  }

  @Test
  void equalNeighboursAreOneVersion() {
    assertThat(
            versions(insert("a", 10, "first"), update("a", 20, "first"), update("a", 30, "second")))
        .containsExactly("1: first [10, 30)", "2: second [30, null)");
  }

  @Test
  void nullEqualsNullAndNothingElse() {
    assertThat(
            versions(
                insert("a", 10, "x").priced(null),
                update("a", 20, "x").priced(null),
                update("a", 30, "x").priced(0L)))
        .containsExactly("1: x [10, 30)", "2: x [30, null)");
  }

  @Test
  void untrackedColumnsHoldTheirLastValueWithinTheVersion() {
    Frame history =
        history(
            insert("a", 10, "first").noted("old"),
            update("a", 20, "first").noted("new"),
            update("a", 30, "second").noted("newer"));
    assertThat(history.value(0, "note")).isEqualTo("new");
    assertThat(history.value(0, "_sequence")).isEqualTo("20");
    assertThat(history.value(1, "note")).isEqualTo("newer");
  }

  @Test
  void lateEventSplitsAnInterval() {
    assertThat(
            versions(insert("a", 10, "first"), update("a", 30, "third"), update("a", 20, "second")))
        .containsExactly("1: first [10, 20)", "2: second [20, 30)", "3: third [30, null)");
  }

  @Test
  void lateDeleteReopensNothing() {
    assertThat(versions(insert("a", 10, "first"), insert("a", 30, "first"), delete("a", 20)))
        .containsExactly("1: first [10, 20)", "2: first [30, null)");
  }

  @Test
  void clockStepCannotMakeAnIntervalRunBackwards() {
    assertThat(
            versions(
                insert("a", 1, "first").at(10L),
                update("a", 2, "second").at(50L),
                update("a", 3, "third").at(20L),
                update("a", 4, "fourth").at(60L)))
        .containsExactly("1: first [10, 50)", "2: third [50, 60)", "3: fourth [60, null)");
  }

  @Test
  void surrogateKeyIsAHashOfTableKeyAndTheBeginning() {
    String first = surrogateKeys(insert("a", 10, "first")).get(0);
    assertThat(first)
        .as("MurmurHash3 x64 128, computed by another implementation")
        .isEqualTo("3594802c59dcbb74bb16cabcc7f875ee");
    assertThat(surrogateKeys(insert("a", 10, "another title"), update("a", 20, "second")))
        .as("stable over rebuilds with more data")
        .startsWith(first)
        .doesNotHaveDuplicates();
    assertThat(surrogateKeys(insert("b", 10, "first"))).doesNotContain(first);
  }

  @Test
  void historyNeedsToKnowWhen() {
    assertThatThrownBy(() -> history(insert("a", 10, "first").at(null)))
        .hasMessageContaining("table 'books'")
        .hasMessageContaining("time: COLUMN");
  }

  @Test
  void historyHasTheRowsColumnsThenTheVersions() {
    assertThat(history(insert("a", 10, "first")).schema().names())
        .containsExactly(
            "id",
            "title",
            "price",
            "note",
            "valid_from",
            "valid_to",
            "is_current",
            "version",
            "sk",
            "_sequence");
  }

  private static Frame history(Event... events) {
    return History.of(Event.fold(Event.BOOKS, List.of(events)));
  }

  private static List<String> versions(Event... events) {
    Frame history = history(events);
    List<String> versions = new ArrayList<>();
    for (int row = 0; row < history.rows(); row++) {
      versions.add(
          "%d: %s [%d, %s)"
              .formatted(
                  history.longs("version").get(row),
                  history.bytes("title").text(row),
                  history.longs("valid_from").get(row),
                  history.longs("valid_to").isNull(row)
                      ? null
                      : history.longs("valid_to").get(row)));
    }
    return versions;
  }

  private static List<String> surrogateKeys(Event... events) {
    List<String> keys = new ArrayList<>();
    for (List<@Nullable Object> row : history(events).select(List.of("sk")).toRows()) {
      keys.add(String.valueOf(row.get(0)));
    }
    return keys;
  }
}
