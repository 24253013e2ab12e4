package dev.patron.features.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class IntervalsTest {
  private static final List<String> KEY = List.of("book_id");
  private static final Schema SCHEMA =
      Schema.of()
          .with("book_id", Type.LONG)
          .with("valid_from", Type.TIMESTAMP)
          .with("valid_to", Type.TIMESTAMP)
          .with("is_current", Type.BOOLEAN)
          .with("version", Type.LONG);

  private static List<@Nullable Object> version(
      long book, int from, @Nullable Integer to, boolean current, long number) {
    return Arrays.asList(
        book,
        Instant.ofEpochSecond(from),
        to == null ? null : Instant.ofEpochSecond(to),
        current,
        number);
  }

  private static @Nullable String violation(List<?>... versions) {
    return Intervals.firstViolation(Frame.ofRows(SCHEMA, List.of(versions)), KEY);
  }

  @Test
  void versionsOneAfterTheOtherWithAGapAndAnOpenEndAreInOrder() {
    assertThat(
            violation(
                version(1, 30, null, true, 3),
                version(1, 10, 20, false, 1),
                version(2, 5, 6, false, 1),
                version(1, 20, 25, false, 2)))
        .isNull();
  }

  @Test
  void anEmptyVersionIsNamed() {
    assertThat(violation(version(7, 10, 10, false, 1)))
        .isEqualTo(
            "the version of book_id 7 from 1970-01-01T00:00:10Z is empty or ends before it begins");
  }

  @Test
  void versionsThatOverlapAreNamed() {
    assertThat(violation(version(1, 10, 20, false, 1), version(1, 19, null, true, 2)))
        .contains("begins before the version before it ends");
  }

  @Test
  void onlyTheLastVersionIsOpen() {
    assertThat(violation(version(1, 10, null, true, 1), version(1, 20, null, true, 2)))
        .contains("begins after a version that is still open");
  }

  @Test
  void theOpenVersionSaysSoAndNoOtherDoes() {
    assertThat(violation(version(1, 10, null, false, 1))).contains("is_current = false");
    assertThat(violation(version(1, 10, 20, true, 1))).contains("is_current = true");
  }

  @Test
  void versionsAreNumberedFromOne() {
    assertThat(violation(version(1, 10, 20, false, 2))).contains("number 2 where 1 is due");
  }

  @Test
  void aKeyWithSeveralRowsIsNamed() {
    Schema schema = Schema.of().with("book_id", Type.LONG);
    assertThat(
            Intervals.firstRepeated(
                Frame.ofRows(schema, List.of(List.of(3L), List.of(1L), List.of(3L))), KEY))
        .isEqualTo("book_id 3 has several rows");
    assertThat(
            Intervals.firstRepeated(Frame.ofRows(schema, List.of(List.of(3L), List.of(1L))), KEY))
        .isNull();
  }

  private static @Nullable String gap(List<Long> deleted, long truncates, List<?>... versions) {
    Schema key = Schema.of().with("book_id", Type.LONG);
    return Intervals.firstGapWithoutDelete(
        Frame.ofRows(SCHEMA, List.of(versions)),
        KEY,
        Frame.ofRows(key, deleted.stream().map(List::of).toList()),
        truncates);
  }

  @Test
  void everyGapNeedsADeleteOrATruncate() {
    List<?>[] reopened = {
      version(1, 10, 20, false, 1), version(1, 30, 40, false, 2), version(2, 0, null, true, 1)
    };
    assertThat(gap(List.of(1L, 1L), 0, reopened)).isNull();
    assertThat(gap(List.of(1L), 1, reopened)).isNull();
    assertThat(gap(List.of(), 2, reopened)).isNull();
    assertThat(gap(List.of(1L, 2L), 0, reopened))
        .isEqualTo("book_id 1 is gone 2 times but was deleted 1 times");
    assertThat(gap(List.of(), 0, version(1, 10, 20, false, 1), version(1, 20, null, true, 2)))
        .isNull();
  }
}
