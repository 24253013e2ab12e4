package dev.patron.pipelines.commands;

import dev.patron.features.models.LifetimeDocument;
import dev.patron.features.models.ModelFiles;
import dev.patron.features.models.ModelRegistry;
import dev.patron.features.models.ModelRegistry.Aliases;
import dev.patron.features.models.ModelVersion;
import dev.patron.pipelines.console.Console;
import dev.patron.pipelines.console.JobException;
import dev.patron.pipelines.console.UsageException;
import dev.patron.pipelines.options.ModelOptions;
import dev.patron.pipelines.stages.Models;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The versions of the models of a warehouse: which there are, how they differ, which one scores.
 */
public final class ModelVersions {
  private static final List<String> ACTIONS =
      List.of("list", "show", "compare", "promote", "rollback");

  /** The one that is meant where none is named. */
  private static final String LIFETIME = LifetimeDocument.NAME;

  private final ModelRegistry registry;
  private final ModelOptions options;
  private final Console console;

  private ModelVersions(ModelRegistry registry, ModelOptions options, Console console) {
    this.registry = registry;
    this.options = options;
    this.console = console;
  }

  /** {@code models}. */
  public static void run(ModelOptions options, Console console) throws IOException {
    if (!ACTIONS.contains(options.getAction())) {
      throw new UsageException(
          "models cannot '%s'; it can %s"
              .formatted(options.getAction(), String.join(", ", ACTIONS)));
    }
    refuseWhatSaysNothing(options);
    boolean writes = List.of("promote", "rollback").contains(options.getAction());
    String warehouse = writes ? WarehousePlace.writable(options) : WarehousePlace.of(options);
    ModelRegistry registry = Models.of(warehouse);
    ModelVersions versions = new ModelVersions(registry, options, console);
    try {
      List<String> names = registry.list();
      if (names.isEmpty()) {
        throw new UsageException("there are no models in " + warehouse + " yet; run train first");
      }
      if (!names.contains(versions.model())) {
        throw new UsageException(
            "there is no model '%s' in %s; there are %s"
                .formatted(versions.model(), warehouse, String.join(", ", names)));
      }
      switch (options.getAction()) {
        case "show" -> versions.show();
        case "compare" -> versions.compare();
        case "promote" -> versions.promote();
        case "rollback" -> versions.rollback();
        default -> versions.list(names);
      }
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw new JobException(String.valueOf(e.getMessage()));
    }
  }

  /** Who types more than an action takes means something else by it. */
  private static void refuseWhatSaysNothing(ModelOptions options) {
    String action = options.getAction();
    if (action.equals("list")) {
      refuse(action, "model", options.getModel());
    }
    if (List.of("list", "rollback").contains(action)) {
      refuse(action, "version", options.getVersion());
    }
    if (!action.equals("compare")) {
      refuse(action, "second version", options.getAgainst());
    }
  }

  private static void refuse(String action, String what, @Nullable Object given) {
    if (given != null) {
      throw new UsageException(
          "models %s takes no %s; '%s' is too much".formatted(action, what, given));
    }
  }

  private void list(List<String> names) throws IOException {
    console.result(
        String.format(
            Locale.ROOT,
            "%-10s %7s  %-10s  %-12s  %s",
            "model",
            "version",
            "role",
            "kind",
            "as of"));
    for (String name : names) {
      Aliases aliases = registry.aliases(name);
      for (int number : registry.versions(name)) {
        String kind = "unreadable";
        String asOf = "";
        try {
          ModelVersion version = proven(name, number);
          kind = version.document().kind();
          asOf = version.document().training().path("asOf").asText();
        } catch (IllegalArgumentException e) {
          console.note("patron: " + e.getMessage());
        }
        console.result(
            String.format(
                Locale.ROOT,
                "%-10s %7d  %-10s  %-12s  %s",
                name,
                number,
                role(aliases, number),
                kind,
                asOf));
      }
      tellIfGone(name, "champion", aliases.champion());
      tellIfGone(name, "challenger", aliases.challenger());
    }
  }

  /** Who has a role and is not there would not be seen in a list of those who are. */
  private void tellIfGone(String name, String role, @Nullable Integer version) throws IOException {
    List<Integer> there = registry.versions(name);
    if (version != null && !there.contains(version)) {
      console.note(
          "patron: %s: %s %d is missing; restore models/%s/%d, %s"
              .formatted(
                  name,
                  role,
                  version,
                  name,
                  version,
                  there.isEmpty()
                      ? "or train again"
                      : "promote one of the versions " + there + ", or train again"));
    }
  }

  private static String role(Aliases aliases, int version) {
    if (isVersion(aliases.champion(), version)) {
      return "champion";
    }
    if (isVersion(aliases.challenger(), version)) {
      return "challenger";
    }
    return aliases.former().contains(version) ? "former" : "";
  }

  private static boolean isVersion(@Nullable Integer alias, int version) {
    return alias != null && alias == version;
  }

  private void show() throws IOException {
    int version = chosen(options.getVersion(), registry.aliases(model()).champion(), "champion");
    proven(model(), version);
    String lack = registry.damage(model(), version, ModelFiles.CARD);
    if (lack != null) {
      throw new JobException(lack);
    }
    registry.damages(model(), version).forEach(damage -> console.note("patron: " + damage));
    Map<String, String> files = registry.files(model(), version);
    console.result(files.getOrDefault(ModelFiles.CARD, "").stripTrailing());
  }

  private void compare() throws IOException {
    Aliases aliases = registry.aliases(model());
    int one = chosen(options.getVersion(), aliases.challenger(), "challenger");
    int other = chosen(options.getAgainst(), aliases.champion(), "champion");
    Map<String, String> ofOne = registry.measures(model(), one);
    Map<String, String> ofOther = registry.measures(model(), other);
    String heading = "%-56s %16s %16s";
    console.result(
        String.format(Locale.ROOT, heading, "measure", model() + "/" + one, model() + "/" + other));
    TreeSet<String> names = new TreeSet<>(ofOne.keySet());
    names.addAll(ofOther.keySet());
    for (String name : names) {
      console.result(
          String.format(
              Locale.ROOT,
              heading,
              name,
              ofOne.getOrDefault(name, ""),
              ofOther.getOrDefault(name, "")));
    }
  }

  private void promote() throws IOException {
    int version =
        chosen(options.getVersion(), registry.aliases(model()).challenger(), "challenger");
    proven(model(), version);
    registry.promote(model(), version);
    console.result("%s/%d is champion".formatted(model(), version));
  }

  private void rollback() throws IOException {
    List<Integer> former = registry.formerChampions(model());
    if (former.isEmpty()) {
      throw new UsageException(
          "model '%s' has no former champion to go back to; promote a version instead"
              .formatted(model()));
    }
    proven(model(), former.get(former.size() - 1));
    console.result("%s/%d is champion again".formatted(model(), registry.rollback(model())));
  }

  /** A version that can be read and scores as it did when it was trained. */
  private ModelVersion proven(String name, int number) throws IOException {
    ModelVersion version = registry.load(name, number);
    Models.prove(version);
    return version;
  }

  private String model() {
    String model = options.getModel();
    return model == null ? LIFETIME : model;
  }

  private int chosen(@Nullable Integer asked, @Nullable Integer alias, String role)
      throws IOException {
    if (asked != null && !registry.versions(model()).contains(asked)) {
      throw new UsageException(
          "there is no model %s/%d; %s has the versions %s"
              .formatted(model(), asked, model(), registry.versions(model())));
    }
    Integer version = asked == null ? alias : asked;
    if (version == null) {
      throw new UsageException("model '%s' has no %s; name a --version=N".formatted(model(), role));
    }
    return version;
  }
}
