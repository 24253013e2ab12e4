package org.apache.beam.runners.spark;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.beam.runners.core.metrics.MetricsPusher;
import org.apache.beam.runners.spark.metrics.MetricsAccumulator;
import org.apache.beam.runners.spark.metrics.SparkBeamMetricSource;
import org.apache.beam.runners.spark.translation.EvaluationContext;
import org.apache.beam.runners.spark.translation.FrugalTranslator;
import org.apache.beam.runners.spark.translation.SparkContextFactory;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineRunner;
import org.apache.beam.sdk.metrics.MetricsEnvironment;
import org.apache.beam.sdk.metrics.MetricsOptions;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsValidator;
import org.apache.beam.sdk.util.construction.SplittableParDo;
import org.apache.beam.sdk.util.construction.graph.ProjectionPushdownOptimizer;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.metrics.MetricsSystem;

/**
 * The SparkRunner, for bounded pipelines, which keeps less in memory and on disks, see {@link
 * FrugalTranslator}. Everything else is Beam's. It lives in Beam's package because nothing of that
 * can be reached from elsewhere.
 */
public final class FrugalSparkRunner extends PipelineRunner<SparkPipelineResult> {
  private final SparkPipelineOptions options;

  private FrugalSparkRunner(SparkPipelineOptions options) {
    this.options = options;
  }

  /** A runner with these options, which are those of {@link SparkRunner}; Beam looks for this. */
  public static FrugalSparkRunner fromOptions(PipelineOptions options) {
    return new FrugalSparkRunner(
        PipelineOptionsValidator.validate(SparkPipelineOptions.class, options));
  }

  /**
   * Starts a pipeline.
   *
   * @throws IllegalArgumentException if one of its collections is unbounded
   */
  @Override
  public SparkPipelineResult run(Pipeline pipeline) {
    MetricsEnvironment.setMetricsSupported(true);
    SparkRunner.detectTranslationMode(pipeline, options);
    if (options.isStreaming()) {
      throw new IllegalArgumentException("a collection of the pipeline is unbounded");
    }
    SplittableParDo.convertReadBasedSplittableDoFnsToPrimitiveReadsIfNecessary(pipeline);
    ProjectionPushdownOptimizer.optimize(pipeline);
    pipeline.replaceAll(SparkTransformOverrides.getDefaultOverrides(false));
    SparkCommonPipelineOptions.prepareFilesToStage(options);
    JavaSparkContext spark = SparkContextFactory.getSparkContext(options);
    EvaluationContext context = new EvaluationContext(spark, pipeline, options);
    FrugalTranslator translator = new FrugalTranslator();
    SparkRunner.updateCacheCandidates(pipeline, translator, context);
    SparkRunner.initAccumulators(options, spark);
    ExecutorService driver = Executors.newSingleThreadExecutor();
    Future<?> running =
        driver.submit(
            () -> {
              pipeline.traverseTopologically(new SparkRunner.Evaluator(translator, context));
              context.computeOutputs();
            });
    driver.shutdown();
    SparkPipelineResult result = new SparkPipelineResult.BatchMode(running, spark);
    tellMetrics(result);
    return result;
  }

  private void tellMetrics(SparkPipelineResult result) {
    if (options.getEnableSparkMetricSinks()) {
      MetricsSystem metrics = SparkEnv.get().metricsSystem();
      SparkBeamMetricSource source = new SparkBeamMetricSource(options.getAppName() + ".Beam");
      // There is one already where the context has run a pipeline before.
      metrics.removeSource(source);
      metrics.registerSource(source);
    }
    new MetricsPusher(
            MetricsAccumulator.getInstance().value(), options.as(MetricsOptions.class), result)
        .start();
  }
}
