package dev.patron.features.models;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Model versions under {@code models/NAME/VERSION/}, and which of them is champion and which
 * challenger ({@code models/NAME/aliases.json}). A version is never altered; it exists once its
 * {@code model.json} does, which is written last. What tracking servers have of it stands beside
 * its files ({@code mlflow.json}) and is no part of it.
 *
 * <p>One writer at a time: whoever trains or promotes.
 */
public final class ModelRegistry {
  private static final String ROOT = "models";
  private static final String ALIASES = "aliases.json";
  private static final String TRACKED = "mlflow.json";
  private static final String NUMBER = "[1-9][0-9]{0,8}";
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private final Documents documents;

  /** The registry in this place. */
  public ModelRegistry(Documents documents) {
    this.documents = documents;
  }

  /**
   * Which versions have a role.
   *
   * @param champion the version that scores; null before the first promotion
   * @param challenger the version that waits for promotion; null if none does
   * @param former earlier champions, the latest last
   */
  public record Aliases(
      @Nullable Integer champion, @Nullable Integer challenger, List<Integer> former) {
    public Aliases {
      former = List.copyOf(former);
    }

    /** All versions that have or had a role. */
    private List<Integer> known() {
      return Stream.concat(Stream.of(champion, challenger), former.stream())
          .filter(Objects::nonNull)
          .toList();
    }
  }

  /** The names of all models that have a version, or had one with a role, in order. */
  public List<String> list() throws IOException {
    List<String> names = new ArrayList<>();
    for (String name : documents.list(ROOT)) {
      if (!versions(name).isEmpty() || !aliases(name).known().isEmpty()) {
        names.add(name);
      }
    }
    return names.stream().sorted().toList();
  }

  /** The versions of a model, ascending; empty if there is no such model. */
  public List<Integer> versions(String name) throws IOException {
    List<Integer> versions = new ArrayList<>();
    for (String entry : documents.list(ROOT + "/" + name)) {
      if (entry.matches(NUMBER)
          && documents.read(ROOT + "/" + name + "/" + entry + "/" + ModelFiles.MODEL) != null) {
        versions.add(Integer.valueOf(entry));
      }
    }
    Collections.sort(versions);
    return versions;
  }

  /** The files of a version, by name, as far as they are there. */
  public Map<String, String> files(String name, int version) throws IOException {
    Map<String, String> files = new TreeMap<>();
    for (String file : ModelFiles.ALL) {
      String text = documents.read(path(name, version, file));
      if (text != null) {
        files.put(file, text);
      }
    }
    return files;
  }

  /** What is wrong with the files of a version, a line each; none if it is whole. */
  public List<String> damages(String name, int version) throws IOException {
    List<String> damages = new ArrayList<>();
    for (String file : ModelFiles.ALL) {
      String damage = damage(name, version, file);
      if (damage != null) {
        damages.add(damage);
      }
    }
    return damages;
  }

  /**
   * Whether a file of a version is missing, empty or not what it should be, and what to do. {@code
   * model.json} has to say more of itself when it is loaded.
   *
   * @param file its name, as {@link ModelFiles} has it
   * @return null if nothing is wrong that can be seen
   */
  public @Nullable String damage(String name, int version, String file) throws IOException {
    String text = documents.read(path(name, version, file));
    String wrong = wrong(file, text);
    return wrong == null
        ? null
        : "%s %s; restore it, or train again".formatted(path(name, version, file), wrong);
  }

  private static @Nullable String wrong(String file, @Nullable String text) {
    if (text == null) {
      return "is missing";
    }
    if (text.isBlank()) {
      return "is empty";
    }
    return switch (file) {
      case ModelFiles.METRICS -> {
        try {
          yield json(text).isObject() && !json(text).isEmpty() ? null : "holds no measures";
        } catch (IllegalArgumentException e) {
          yield e.getMessage();
        }
      }
      case ModelFiles.CARD -> text.startsWith("#") ? null : "is no card";
      case ModelFiles.MLMODEL -> text.startsWith("flavors:") ? null : "is no MLmodel";
      default -> null;
    };
  }

  /**
   * The measures of a version's {@code metrics.json} that are a single value, by their path with
   * dots.
   *
   * @throws IllegalArgumentException if there is no such version, or its metrics are no JSON
   */
  public Map<String, String> measures(String name, int version) throws IOException {
    load(name, version);
    Map<String, String> measures = new TreeMap<>();
    collect("", metrics(name, version), measures);
    return measures;
  }

  /**
   * A version's {@code metrics.json}; a missing node where there is none.
   *
   * @throws IllegalArgumentException that names the file if it is no JSON
   */
  public JsonNode metrics(String name, int version) throws IOException {
    String path = path(name, version, ModelFiles.METRICS);
    String text = documents.read(path);
    if (text == null) {
      return JSON.missingNode();
    }
    try {
      return json(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          path + " " + e.getMessage() + "; restore it, or train again", e);
    }
  }

  /** What is wrong is told without Jackson's words, which quote the file and fill many lines. */
  private static JsonNode json(String text) {
    try {
      JsonNode node = JSON.readTree(text);
      if (node.isMissingNode()) {
        throw new IllegalArgumentException("is empty");
      }
      return node;
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "is not JSON (line %d)".formatted(e.getLocation().getLineNr()), e);
    }
  }

  private static void collect(String path, JsonNode node, Map<String, String> into) {
    if (node.isObject()) {
      node.fields()
          .forEachRemaining(
              field ->
                  collect(
                      path.isEmpty() ? field.getKey() : path + "." + field.getKey(),
                      field.getValue(),
                      into));
    } else if (node.isFloatingPointNumber()) {
      into.put(path, String.format(Locale.ROOT, "%.6g", node.doubleValue()));
    } else if (node.isValueNode() && !node.isNull()) {
      into.put(path, node.asText());
    }
  }

  /**
   * Adds a version and makes it challenger. Training again on the same data must not make a new
   * version: if the latest one has the same {@code model.json}, it stays as it is; the other files
   * tell of the run that made them and of the champion of that day, but those that are missing,
   * empty or damaged are written again. What was left unfinished by a process that was killed is
   * finished.
   *
   * @param files as {@link ModelFiles} makes them
   * @return the number of the version that holds this model
   */
  public int register(String name, Map<String, String> files) throws IOException {
    String model = files.get(ModelFiles.MODEL);
    if (model == null) {
      throw new IllegalArgumentException("a version of '" + name + "' needs a model.json");
    }
    ModelDocument document = ModelDocument.parse(model);
    if (!document.name().equals(name)) {
      throw new IllegalArgumentException(
          "a model '%s' cannot be a version of '%s'".formatted(document.name(), name));
    }
    List<Integer> versions = versions(name);
    int latest = versions.isEmpty() ? 0 : versions.get(versions.size() - 1);
    Aliases aliases = aliases(name);
    if (latest > 0 && model.equals(documents.read(path(name, latest, ModelFiles.MODEL)))) {
      for (Map.Entry<String, String> file : new TreeMap<>(files).entrySet()) {
        if (damage(name, latest, file.getKey()) != null) {
          documents.write(path(name, latest, file.getKey()), file.getValue());
        }
      }
      if (!aliases.known().contains(latest)) {
        write(name, new Aliases(aliases.champion(), latest, aliases.former()));
      }
      return latest;
    }
    int next = 1 + Math.max(latest, aliases.known().stream().max(Integer::compare).orElse(0));
    for (Map.Entry<String, String> file : new TreeMap<>(files).entrySet()) {
      if (!file.getKey().equals(ModelFiles.MODEL)) {
        documents.write(path(name, next, file.getKey()), file.getValue());
      }
    }
    documents.write(path(name, next, ModelFiles.MODEL), model);
    write(name, new Aliases(aliases.champion(), next, aliases.former()));
    return next;
  }

  /**
   * Who is champion and who challenger; nobody where there is no {@code aliases.json}.
   *
   * @throws IllegalArgumentException that names the file and what to do if it cannot be understood:
   *     who trained anew and wrote over it would lose the history
   */
  public Aliases aliases(String name) throws IOException {
    String text = documents.read(ROOT + "/" + name + "/" + ALIASES);
    if (text == null) {
      return new Aliases(null, null, List.of());
    }
    try {
      JsonNode node = json(text);
      if (!node.has("champion")) {
        throw new IllegalArgumentException("names no champion");
      }
      JsonNode versions = node.path("former");
      if (!versions.isArray() && !versions.isMissingNode()) {
        throw new IllegalArgumentException("names " + versions + ", which is no list");
      }
      List<Integer> former = new ArrayList<>();
      for (JsonNode one : versions) {
        former.add(version(one));
      }
      return new Aliases(
          versionOrNone(node.path("champion")), versionOrNone(node.path("challenger")), former);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "models/%s/%s %s; restore it, or write {\"champion\": \"N\"} into it with one of the versions %s"
              .formatted(name, ALIASES, e.getMessage(), versions(name)),
          e);
    }
  }

  private static @Nullable Integer versionOrNone(JsonNode node) {
    return node.isMissingNode() || node.isNull() ? null : (Integer) version(node);
  }

  private static int version(JsonNode node) {
    if (!node.asText().matches(NUMBER)) {
      throw new IllegalArgumentException("names " + node + ", which is no version");
    }
    return Integer.parseInt(node.asText());
  }

  /** The version that scores; null if no version was promoted yet. */
  public @Nullable ModelVersion champion(String name) throws IOException {
    Integer champion = aliases(name).champion();
    return champion == null ? null : load(name, champion);
  }

  /**
   * A version of a model.
   *
   * @throws IllegalArgumentException if there is none, or it cannot be read
   */
  public ModelVersion load(String name, int version) throws IOException {
    String text = documents.read(path(name, version, ModelFiles.MODEL));
    if (text == null) {
      throw new IllegalArgumentException(
          "there is no model %s/%d; %s has the versions %s"
              .formatted(name, version, name, versions(name)));
    }
    try {
      return new ModelVersion(name, version, ModelDocument.parse(text));
    } catch (NewerSchemaException e) {
      throw new NewerSchemaException("models/%s/%d: %s".formatted(name, version, e.getMessage()));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "models/%s/%d: %s".formatted(name, version, e.getMessage()), e);
    }
  }

  /**
   * Makes a version champion; the one before becomes a former champion.
   *
   * @throws IllegalArgumentException if there is no such version
   */
  public void promote(String name, int version) throws IOException {
    load(name, version);
    Aliases aliases = aliases(name);
    Integer champion = aliases.champion();
    if (champion != null && champion == version) {
      return;
    }
    List<Integer> former = new ArrayList<>(aliases.former());
    if (champion != null) {
      former.add(champion);
    }
    Integer challenger = aliases.challenger();
    write(
        name,
        new Aliases(
            version, challenger != null && challenger == version ? null : challenger, former));
  }

  /** The former champions whose versions are still there, the latest last. */
  public List<Integer> formerChampions(String name) throws IOException {
    List<Integer> there = versions(name);
    return aliases(name).former().stream().filter(there::contains).toList();
  }

  /**
   * Makes the latest former champion that is still there champion again; those that are gone are no
   * former champions any more.
   *
   * @return its version
   * @throws IllegalStateException if there is none
   */
  public int rollback(String name) throws IOException {
    List<Integer> former = new ArrayList<>(formerChampions(name));
    if (former.isEmpty()) {
      throw new IllegalStateException(
          "model '%s' has no former champion to go back to".formatted(name));
    }
    int back = former.remove(former.size() - 1);
    write(name, new Aliases(back, aliases(name).challenger(), former));
    return back;
  }

  /**
   * The runs that tracking servers are known to have of a version: by the server's address the
   * run's id.
   *
   * @throws IllegalArgumentException that names the file and what to do if it is no JSON
   */
  public SortedMap<String, String> tracked(String name, int version) throws IOException {
    SortedMap<String, String> runs = new TreeMap<>();
    String path = path(name, version, TRACKED);
    String text = documents.read(path);
    if (text != null) {
      try {
        json(text)
            .fields()
            .forEachRemaining(run -> runs.put(run.getKey(), run.getValue().asText()));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            path + " " + e.getMessage() + "; delete it, and the server is asked what it has", e);
      }
    }
    return runs;
  }

  /** Remembers that a tracking server has this run of a version. */
  public void track(String name, int version, String server, String run) throws IOException {
    SortedMap<String, String> runs = tracked(name, version);
    runs.put(server, run);
    ObjectNode node = JSON.createObjectNode();
    runs.forEach(node::put);
    documents.write(path(name, version, TRACKED), ModelDocument.write(node));
  }

  private void write(String name, Aliases aliases) throws IOException {
    ObjectNode node = JSON.createObjectNode();
    node.put("champion", text(aliases.champion()));
    node.put("challenger", text(aliases.challenger()));
    ArrayNode former = node.putArray("former");
    aliases.former().forEach(version -> former.add(text(version)));
    documents.write(ROOT + "/" + name + "/" + ALIASES, ModelDocument.write(node));
  }

  private static @Nullable String text(@Nullable Integer version) {
    return version == null ? null : version.toString();
  }

  private static String path(String name, int version, String file) {
    return ROOT + "/" + name + "/" + version + "/" + file;
  }
}
