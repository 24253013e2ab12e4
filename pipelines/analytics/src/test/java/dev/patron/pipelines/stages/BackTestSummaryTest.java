package dev.patron.pipelines.stages;

import static org.assertj.core.api.Assertions.assertThat;

import dev.patron.features.evaluate.Accuracy;
import dev.patron.pipelines.training.BackTest;
import dev.patron.pipelines.training.BackTest.Line;
import dev.patron.pipelines.training.Kinds;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BackTestSummaryTest {
  private static Line line(
      String target, boolean chosen, @Nullable String day, @Nullable Double bias) {
    return new Line(
        "a model",
        "",
        chosen,
        target,
        day == null ? null : LocalDate.parse(day).toEpochDay(),
        91,
        10,
        1,
        1,
        new Accuracy(1, 1, bias, null, null),
        null,
        null,
        List.of());
  }

  private static @Nullable String warning(Line... lines) {
    BackTest.Choice choice = new BackTest.Choice(Kinds.DEFAULT, 0, 0, false, false, 1, List.of());
    return BackTestSummary.warning(new BackTest.Result(List.of(lines), choice, Map.of(), null));
  }

  @Test
  void aTotalThatWasFarOffOnTheNewestDaysIsTold() {
    assertThat(
            warning(
                line("spend", true, "2024-01-31", 0.01),
                line("spend", true, "2024-06-30", -0.426),
                line("spend", true, "2024-03-31", 0.01),
                line("spend", true, null, 0.01)))
        .isEqualTo(
            "of the 91 days after 2024-06-30 the forecast of all spend was 43 % too low; the report"
                + " and the model's card say more");
  }

  @Test
  void nothingIsToldOfWhatCameCloseOrWasNotChosen() {
    assertThat(
            warning(
                line("spend", true, "2024-06-30", 0.199),
                line("spend", false, "2024-06-30", 3.0),
                line("purchases", true, "2024-06-30", 3.0),
                line("spend", true, "2024-03-31", 3.0)))
        .isNull();
    assertThat(warning(line("spend", true, "2024-06-30", null))).isNull();
    assertThat(warning()).isNull();
  }
}
