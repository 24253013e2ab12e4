package dev.patron.pipelines.stages;

import dev.patron.pipelines.options.TrainOptions;
import dev.patron.pipelines.training.BackTest;
import java.io.IOException;

/** The back-test by itself: every candidate at many days of the past, and nothing is trained. */
public final class Judge {
  private Judge() {}

  /** Writes {@code ops/backtest} and prints what was found. */
  public static void run(Job job, TrainOptions options) throws IOException {
    History history = new History(job, options);
    if (history.observed().customers() == 0) {
      job.console().note("backtest: no customer has a purchase, so there is nothing to judge");
      return;
    }
    BackTest.Result result =
        job.run(
            "backtest",
            history::gather,
            manifest ->
                History.judge(
                    job,
                    history.backTest(manifest),
                    history.observed().asOf(),
                    Models.champion(job, Models.LIFETIME)));
    job.console().result(BackTestSummary.of(result));
    if (history.share() < 1) {
      job.console()
          .note(
              "backtest: a seeded sample of %d of %d customers was looked at"
                  .formatted(
                      Math.round(history.share() * history.observed().customers()),
                      history.observed().customers()));
    }
  }
}
