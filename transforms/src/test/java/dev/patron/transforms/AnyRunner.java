package dev.patron.transforms;

import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/**
 * The runner that the laws of the transforms are tested on: the DirectRunner here, and an embedded
 * Spark in {@code runners/portability}, which runs these same tests again.
 */
public final class AnyRunner {
  private AnyRunner() {}

  /** An empty pipeline; the system property {@code patron.test.pipeline} has its options. */
  public static Pipeline pipeline() {
    String options =
        System.getProperty("patron.test.pipeline", "--runner=DirectRunner --targetParallelism=2");
    return Pipeline.create(PipelineOptionsFactory.fromArgs(options.split(" ", -1)).create());
  }
}
