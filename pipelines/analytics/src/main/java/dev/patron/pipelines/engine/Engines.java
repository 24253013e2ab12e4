package dev.patron.pipelines.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.apache.beam.sdk.options.PipelineOptions;

/** The engines that the class path brings. */
public final class Engines {
  private Engines() {}

  /** All of them. */
  public static List<Engine> all() {
    List<Engine> engines = new ArrayList<>();
    ServiceLoader.load(Engine.class).forEach(engines::add);
    return engines;
  }

  /** Gets the engine of these options' runner ready; a runner without one needs nothing. */
  public static Engine.Opened open(PipelineOptions options) {
    String runner = options.getRunner().getSimpleName();
    return all().stream()
        .filter(engine -> engine.runner().equals(runner))
        .findFirst()
        .map(engine -> engine.open(options))
        .orElse(() -> {});
  }
}
