package dev.patron.pipelines.commands;

import dev.patron.pipelines.console.Console;
import dev.patron.pipelines.console.UsageException;
import dev.patron.pipelines.options.FeatureOptions;
import dev.patron.pipelines.options.HorizonOptions;
import dev.patron.pipelines.options.IngestOptions;
import dev.patron.pipelines.options.RefineOptions;
import dev.patron.pipelines.options.RunOptions;
import dev.patron.pipelines.options.ScoreOptions;
import dev.patron.pipelines.options.SilverOptions;
import dev.patron.pipelines.options.TrainOptions;
import dev.patron.pipelines.stages.Compact;
import dev.patron.pipelines.stages.Features;
import dev.patron.pipelines.stages.Ingest;
import dev.patron.pipelines.stages.Job;
import dev.patron.pipelines.stages.Judge;
import dev.patron.pipelines.stages.Models;
import dev.patron.pipelines.stages.Publish;
import dev.patron.pipelines.stages.Refine;
import dev.patron.pipelines.stages.Score;
import dev.patron.pipelines.stages.Track;
import dev.patron.pipelines.stages.Train;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/** The main job, and each of its stages by itself. */
public final class Run {
  private Run() {}

  /** {@code run}: every stage, one after the other. */
  public static void all(RunOptions options, Console console) throws IOException {
    checkRefine(options);
    checkTrain(options);
    try (OpenShop shop = new OpenShop(options, console)) {
      Job job = shop.job();
      boolean trains =
          job.dataset().purchases() != null
              && (options.getRetrain() || Models.champions(job).isEmpty());
      Track track = Track.of(trains ? System.getenv() : Map.of());
      if (options.getReplay()) {
        Refine.replay(job);
      }
      Refine.run(job, Ingest.prepare(job), options);
      if (job.dataset().purchases() == null) {
        console.note(
            "The dataset says nothing of purchases, so there are no measures of customers.");
      } else {
        measure(job, options, trains, console);
      }
      Compact.run(job, options.getMostSmallFiles());
      track.run(job);
    }
  }

  private static void measure(Job job, RunOptions options, boolean trains, Console console)
      throws IOException {
    Features.run(job, options.getAsOf(), options.getNtile());
    if (trains) {
      Train.run(job, options);
    } else {
      tellWhatTrainsNothing(options, console);
    }
    Score.run(job, options);
    Publish.run(job, options.getHorizonDays());
  }

  /** Whoever asks for other models gets those that are there. */
  private static void tellWhatTrainsNothing(TrainOptions options, Console console) {
    TrainOptions usual = PipelineOptionsFactory.as(TrainOptions.class);
    List<String> ignored = new ArrayList<>();
    if (options.getK() != usual.getK()) {
      ignored.add("--k=" + options.getK());
    }
    if (options.getCutoffs() != usual.getCutoffs()) {
      ignored.add("--cutoffs=" + options.getCutoffs());
    }
    if (options.getSampleCustomers() != usual.getSampleCustomers()) {
      ignored.add("--sampleCustomers=" + options.getSampleCustomers());
    }
    if (!ignored.isEmpty()) {
      console.note(
          "patron: there are champions, so that nothing is trained and %s is of no use; --retrain"
                  .formatted(String.join(" ", ignored))
              + " trains");
    }
  }

  /** {@code ingest}. */
  public static void ingest(IngestOptions options, Console console) throws IOException {
    try (OpenShop shop = new OpenShop(options, console)) {
      if (options.getReplay()) {
        Refine.replay(shop.job());
      }
      Ingest.commit(shop.job(), Ingest.prepare(shop.job()));
    }
  }

  /** {@code refine}. */
  public static void refine(RefineOptions options, Console console) throws IOException {
    checkRefine(options);
    try (OpenShop shop = new OpenShop(options, console)) {
      Refine.run(shop.job(), Ingest.nothing(shop.job()), options);
      Compact.run(shop.job(), options.getMostSmallFiles());
    }
  }

  /** {@code features}. */
  public static void features(FeatureOptions options, Console console) throws IOException {
    Features.check(options.getAsOf());
    try (OpenShop shop = new OpenShop(options, console)) {
      Features.run(shop.job(), options.getAsOf(), options.getNtile());
    }
  }

  /** {@code train}. */
  public static void train(TrainOptions options, Console console) throws IOException {
    checkTrain(options);
    Track track = Track.of(System.getenv());
    try (OpenShop shop = new OpenShop(options, console)) {
      Features.checkWritten(shop.job(), options.getAsOf());
      Train.run(shop.job(), options);
      track.run(shop.job());
    }
  }

  /** {@code backtest}. */
  public static void backtest(TrainOptions options, Console console) throws IOException {
    checkTrain(options);
    try (OpenShop shop = new OpenShop(options, console)) {
      Features.checkWritten(shop.job(), options.getAsOf());
      Judge.run(shop.job(), options);
    }
  }

  /** {@code score}. */
  public static void score(ScoreOptions options, Console console) throws IOException {
    checkScore(options);
    try (OpenShop shop = new OpenShop(options, console)) {
      Features.checkWritten(shop.job(), options.getAsOf());
      Score.run(shop.job(), options);
    }
  }

  /** {@code publish}. */
  public static void publish(ScoreOptions options, Console console) throws IOException {
    checkScore(options);
    try (OpenShop shop = new OpenShop(options, console)) {
      Features.checkWritten(shop.job(), options.getAsOf());
      Score.checkWritten(shop.job(), options.getAsOf());
      Publish.run(shop.job(), options.getHorizonDays());
    }
  }

  private static void checkScore(ScoreOptions options) {
    checkHorizon(options);
    Features.check(options.getAsOf());
  }

  static void checkRefine(RefineOptions options) {
    if (!(options.getMaxQuarantined() >= 0 && options.getMaxQuarantined() <= 1)) {
      throw new UsageException(
          "--maxQuarantined=" + options.getMaxQuarantined() + " must be between 0 and 1");
    }
    if (options.getMostSmallFiles() < 1) {
      throw new UsageException(
          "--mostSmallFiles=" + options.getMostSmallFiles() + " must be 1 or more");
    }
    checkSilver(options);
  }

  static void checkSilver(SilverOptions options) {
    if (options.getBroadcastLimit() < 0) {
      throw new UsageException(
          "--broadcastLimit=" + options.getBroadcastLimit() + " must not be negative");
    }
    Refine.check(options.getKnownAt());
  }

  private static void checkTrain(TrainOptions options) {
    checkHorizon(options);
    Features.check(options.getAsOf());
    if (options.getK() < 0) {
      throw new UsageException("--k=" + options.getK() + " must not be negative");
    }
    if (options.getCutoffs() < 1 || options.getCutoffs() > 50) {
      throw new UsageException("--cutoffs=" + options.getCutoffs() + " must be from 1 to 50");
    }
    if (options.getSampleCustomers() < 1) {
      throw new UsageException(
          "--sampleCustomers=" + options.getSampleCustomers() + " must be 1 or more");
    }
  }

  static void checkHorizon(HorizonOptions options) {
    if (options.getHorizonDays() < 1
        || options.getHorizonDays() > HorizonOptions.MOST_HORIZON_DAYS) {
      throw new UsageException(
          "--horizonDays=%d must be from 1 to %d"
              .formatted(options.getHorizonDays(), HorizonOptions.MOST_HORIZON_DAYS));
    }
    if (!(options.getDiscountRate() >= 0 && options.getDiscountRate() < 1)) {
      throw new UsageException(
          "--discountRate=" + options.getDiscountRate() + " must be at least 0 and below 1");
    }
  }
}
