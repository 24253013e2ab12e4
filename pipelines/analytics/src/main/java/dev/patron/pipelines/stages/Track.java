package dev.patron.pipelines.stages;

import com.fasterxml.jackson.databind.JsonNode;
import dev.patron.features.models.LifetimeDocument;
import dev.patron.features.models.ModelDocument;
import dev.patron.features.models.ModelFiles;
import dev.patron.features.models.ModelRegistry;
import dev.patron.pipelines.console.Console;
import dev.patron.pipelines.console.JobException;
import dev.patron.pipelines.console.UsageException;
import dev.patron.pipelines.mlflow.MlflowServer;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Tells an MLflow server of every version that it has not been told of. The last thing that a
 * training does: no model and no score waits for a server that they do not need, and what one
 * training could not tell, the next one does. The registry remembers what was told; of what it does
 * not know, such as a version from before it remembered, or one whose process was killed meanwhile,
 * the server is asked. Who is champion and challenger it is asked at each training: promoting and
 * rolling back say nothing to it.
 */
public final class Track {
  private final @Nullable MlflowServer server;

  private Track(@Nullable MlflowServer server) {
    this.server = server;
  }

  /**
   * For the server that this environment names, or for none.
   *
   * @throws UsageException if what it names cannot be a server
   */
  public static Track of(Map<String, String> environment) {
    return new Track(MlflowServer.of(environment));
  }

  /**
   * Logs what is registered and not yet logged, the oldest first, and then makes champions and
   * challengers of the server those of the registry.
   *
   * @throws JobException if the server cannot be reached, or refuses; the models stay as they are
   */
  public void run(Job job) throws IOException {
    run(Models.of(job), job.dataset().name(), job.warehouse() + "/models/", job.console());
  }

  /**
   * The same of a registry.
   *
   * @param experiment what runs are gathered under
   * @param root where the registry is, with a slash at its end
   */
  void run(ModelRegistry models, String experiment, String root, Console console)
      throws IOException {
    if (server != null) {
      tellAll(server, models, experiment, root, console);
    }
  }

  private static void tellAll(
      MlflowServer server, ModelRegistry models, String experiment, String root, Console console)
      throws IOException {
    Deque<Untold> left = new ArrayDeque<>();
    try {
      for (String name : List.of(Models.LIFETIME, Models.SEGMENTS)) {
        for (int version : models.versions(name)) {
          if (!models.tracked(name, version).containsKey(server.address())) {
            left.add(new Untold(name, version));
          }
        }
      }
      while (!left.isEmpty()) {
        tell(server, models, left.element(), experiment, root, console);
        left.remove();
      }
      for (String name : List.of(Models.LIFETIME, Models.SEGMENTS)) {
        if (!models.versions(name).isEmpty()) {
          server.align(experiment, name, roles(server, models, name));
        }
      }
    } catch (JobException e) {
      throw new JobException(
          left.isEmpty()
              ? e.getMessage()
                  + "; the models are trained and logged, and who is champion or challenger there"
                  + " may not be so any more: the next training says it"
              : "%s; the models are trained, and not logged are %s: the next training logs them"
                  .formatted(
                      e.getMessage(),
                      left.stream().map(Untold::toString).collect(Collectors.joining(", "))));
    } catch (IllegalArgumentException e) {
      throw new JobException(String.valueOf(e.getMessage()));
    }
  }

  private record Untold(String name, int version) {
    @Override
    public String toString() {
      return name + "/" + version;
    }
  }

  /** By alias the run that the server has of the version with it. */
  private static Map<String, String> roles(MlflowServer server, ModelRegistry models, String name)
      throws IOException {
    ModelRegistry.Aliases aliases = models.aliases(name);
    Map<String, String> roles = new TreeMap<>();
    if (aliases.champion() != null) {
      roles.put(MlflowServer.CHAMPION, run(server, models, name, aliases.champion()));
    }
    if (aliases.challenger() != null) {
      roles.put(MlflowServer.CHALLENGER, run(server, models, name, aliases.challenger()));
    }
    roles.values().removeIf(String::isEmpty);
    return roles;
  }

  /** Empty where the server has none. */
  private static String run(MlflowServer server, ModelRegistry models, String name, int version)
      throws IOException {
    return models.tracked(name, version).getOrDefault(server.address(), "");
  }

  private static void tell(
      MlflowServer server,
      ModelRegistry models,
      Untold untold,
      String experiment,
      String root,
      Console console)
      throws IOException {
    MlflowServer.Trained trained;
    try {
      trained = trained(models, untold.name(), untold.version(), experiment, root);
    } catch (IllegalArgumentException e) {
      // What nobody can read any more must not keep back what was trained after it.
      console.note("patron: " + e.getMessage() + "; it is not logged to MLflow");
      return;
    }
    MlflowServer.Logged logged = server.log(trained);
    models.track(untold.name(), untold.version(), server.address(), logged.run());
    if (logged.lack() != null) {
      console.note(
          "patron: MLflow at %s has a run of %s, but no version: %s"
              .formatted(server.address(), untold, logged.lack()));
    }
  }

  private static MlflowServer.Trained trained(
      ModelRegistry models, String name, int version, String experiment, String root)
      throws IOException {
    ModelDocument document = models.load(name, version).document();
    // A server keeps what it is told: half a version would stand there for the whole one.
    List<String> damages = models.damages(name, version);
    if (!damages.isEmpty()) {
      throw new IllegalArgumentException(damages.get(0));
    }
    Map<String, String> files = models.files(name, version);
    ModelRegistry.Aliases aliases = models.aliases(name);
    Integer itself = version;
    return new MlflowServer.Trained(
        experiment,
        name,
        version,
        root + name + "/" + version,
        files,
        parameters(document.training()),
        models.measures(name, version),
        itself.equals(aliases.champion())
            ? MlflowServer.CHAMPION
            : itself.equals(aliases.challenger()) ? MlflowServer.CHALLENGER : null,
        trainedAt(document, files.getOrDefault(ModelFiles.MLMODEL, "")));
  }

  /** Runs have the name of their start. */
  private static Instant trainedAt(ModelDocument document, String mlmodel) {
    try {
      return Instant.parse(String.valueOf(ModelFiles.runId(mlmodel)));
    } catch (DateTimeParseException e) {
      return LifetimeDocument.asOf(document);
    }
  }

  private static Map<String, String> parameters(JsonNode training) {
    Map<String, String> parameters = new TreeMap<>();
    parameters.put("as_of", training.path("asOf").asText());
    parameters.put("horizon_days", training.path("horizonDays").asText());
    parameters.put("discount_rate", training.path("discountRate").asText());
    parameters.put("seed", training.path("seed").asText());
    training
        .path("data")
        .fields()
        .forEachRemaining(
            table -> parameters.put("data." + table.getKey(), table.getValue().asText()));
    return parameters;
  }
}
