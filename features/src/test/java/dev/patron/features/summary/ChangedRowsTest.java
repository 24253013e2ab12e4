package dev.patron.features.summary;

import static org.assertj.core.api.Assertions.assertThat;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ChangedRowsTest {
  private static final Schema SCORES =
      Schema.of().with("customer_id", Type.LONG).with("as_of", Type.LONG).with("cltv", Type.DOUBLE);

  private static Frame scores(List<List<@Nullable Object>> rows) {
    return Frame.ofRows(SCORES, rows);
  }

  @Test
  void rowsThatAreNewOrOtherAreChangedAndNoOthers() {
    Frame before =
        scores(
            List.of(
                List.of(1L, 7L, 10.0),
                List.of(2L, 7L, 20.0),
                Arrays.asList(3L, 7L, null),
                List.of(4L, 7L, 0.0)));
    Frame now =
        scores(
            List.of(
                List.of(5L, 8L, 1.0),
                Arrays.asList(3L, 8L, null),
                List.of(2L, 8L, 20.0),
                List.of(1L, 8L, 10.5),
                List.of(4L, 8L, -0.0)));
    assertThat(ChangedRows.between(before, now, "customer_id", List.of("as_of")).toRows())
        .containsExactly(List.of(5L, 8L, 1.0), List.of(1L, 8L, 10.5), List.of(4L, 8L, -0.0));
  }

  @Test
  void beforeThereWasATableEveryRowIsNew() {
    Frame now = scores(List.of(List.of(1L, 7L, 1.0)));
    assertThat(ChangedRows.between(scores(List.of()), now, "customer_id", List.of("as_of")))
        .isEqualTo(now);
  }

  @Test
  void rowsWhoseKeysAreNotThereAnyMoreAreGone() {
    Frame before = scores(List.of(List.of(1L, 7L, 10.0), List.of(2L, 7L, 20.0)));
    Frame now = scores(List.of(List.of(3L, 8L, 1.0), List.of(2L, 8L, 0.5)));
    assertThat(ChangedRows.gone(before, now, "customer_id").toRows())
        .containsExactly(List.of(1L, 7L, 10.0));
  }
}
