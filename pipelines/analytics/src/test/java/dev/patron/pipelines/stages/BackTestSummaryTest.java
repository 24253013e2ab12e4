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
    return line(target, chosen, day, bias, 1, 1);
  }

  private static Line line(
      String target,
      boolean chosen,
      @Nullable String day,
      @Nullable Double bias,
      double expected,
      double actual) {
    return new Line(
        "a model",
        "",
        chosen,
        target,
        day == null ? null : LocalDate.parse(day).toEpochDay(),
        91,
        10,
        expected,
        actual,
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
    assertThat(warning(line("spend", true, "2024-06-30", null, 0, 0)))
        .as("of nothing nothing was forecast")
        .isNull();
    assertThat(warning()).isNull();
  }

  /** Of nothing no share can be told, and a shop that has closed is the worst that can happen. */
  @Test
  void aForecastOfWhatDidNotComeAtAllIsTold() {
    assertThat(warning(line("spend", true, "2024-06-30", null, 12_345.678, 0)))
        .isEqualTo(
            "of the 91 days after 2024-06-30 the forecast of all spend was 12,345.68 where 0 came;"
                + " the report and the model's card say more");
    BackTest.Choice choice = new BackTest.Choice(Kinds.DEFAULT, 0, 0, false, false, 1, List.of());
    assertThat(
            BackTestSummary.of(
                new BackTest.Result(
                    List.of(line("spend", true, null, null, 12_345.678, 0)),
                    choice,
                    Map.of(),
                    null)))
        .contains(" 0 came ");
  }
}
