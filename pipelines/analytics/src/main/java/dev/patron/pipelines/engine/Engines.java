package dev.patron.pipelines.engine;

import dev.patron.pipelines.console.UsageException;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.StreamingOptions;

/** The engines that the class path brings. */
public final class Engines {
  private Engines() {}

  /** All of them. */
  public static List<Engine> all() {
    List<Engine> engines = new ArrayList<>();
    ServiceLoader.load(Engine.class).forEach(engines::add);
    return engines;
  }

  /**
   * Gets the engine of these options' runner ready; a runner without one needs nothing.
   *
   * @throws UsageException if pipelines are to run as a runner's own streams
   */
  public static Engine.Opened open(PipelineOptions options) {
    if (options.as(StreamingOptions.class).isStreaming()) {
      throw new UsageException(
          "--streaming=true is of no use here: streams are read by bounded pipelines, one after"
              + " the other; the command is 'stream'");
    }
    String runner = options.getRunner().getSimpleName();
    return all().stream()
        .filter(engine -> engine.runner().equals(runner))
        .findFirst()
        .map(engine -> engine.open(options))
        .orElse(() -> {});
  }
}
