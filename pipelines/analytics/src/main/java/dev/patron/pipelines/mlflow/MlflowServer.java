package dev.patron.pipelines.mlflow;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.patron.pipelines.console.JobException;
import dev.patron.pipelines.console.UsageException;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An MLflow tracking server, spoken to over its REST API 2.0: MLflow's Java client has no call to
 * create a model version, and logs artifacts through a Python process. Every version that is
 * trained becomes a finished run with parameters, metrics and files, and a version of a registered
 * model {@code PREFIX-NAME}.
 */
public final class MlflowServer {
  /** The alias of the version that scores. */
  public static final String CHAMPION = "champion";

  /** The alias of the version that waits for promotion. */
  public static final String CHALLENGER = "challenger";

  private static final String API = "/api/2.0/mlflow/";
  private static final String ARTIFACTS = "/api/2.0/mlflow-artifacts/artifacts/";
  private static final String PROXIED = "mlflow-artifacts:/";
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int MOST_PORT = 65_535;
  private static final int MOST_METRICS = 900;
  private static final int MOST_TEXT = 500;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String root;
  private final @Nullable String authorization;
  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(20)).build();

  private MlflowServer(String root, @Nullable String authorization) {
    this.root = root;
    this.authorization = authorization;
  }

  /**
   * The server that the environment names by {@code MLFLOW_TRACKING_URI}, with {@code
   * MLFLOW_TRACKING_TOKEN}, or {@code MLFLOW_TRACKING_USERNAME} and {@code
   * MLFLOW_TRACKING_PASSWORD}. Blanks around them are no part of them, and what is blank is absent.
   *
   * @return null if it names none
   * @throws UsageException if what it names cannot be an HTTP server, or the token cannot be sent
   */
  public static @Nullable MlflowServer of(Map<String, String> environment) {
    String uri = environment.get("MLFLOW_TRACKING_URI");
    if (uri == null || uri.isBlank()) {
      return null;
    }
    String root = address(uri);
    String token = secret(environment, "MLFLOW_TRACKING_TOKEN");
    String user = secret(environment, "MLFLOW_TRACKING_USERNAME");
    if (!token.isEmpty()) {
      if (!token.matches("[ -~]+")) {
        // Said here, and without the value: whoever builds the request would repeat it.
        throw new UsageException(
            "MLFLOW_TRACKING_TOKEN has characters that cannot be sent, such as a line end or an"
                + " accent within it; set it to the token alone, or unset it");
      }
      return new MlflowServer(root, "Bearer " + token);
    }
    if (!user.isEmpty()) {
      String both = user + ":" + secret(environment, "MLFLOW_TRACKING_PASSWORD");
      return new MlflowServer(
          root,
          "Basic " + Base64.getEncoder().encodeToString(both.getBytes(StandardCharsets.UTF_8)));
    }
    return new MlflowServer(root, null);
  }

  /** Files that secrets are mounted from end with a new line; empty where there is none. */
  private static String secret(Map<String, String> environment, String variable) {
    return environment.getOrDefault(variable, "").strip();
  }

  /** Without a slash at its end. */
  private static String address(String text) {
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      throw refused(text, "is no address");
    }
    if (uri.getRawUserInfo() != null) {
      // It would stand in messages and in the registry.
      throw new UsageException(
          "MLFLOW_TRACKING_URI has a user in it; name the user in MLFLOW_TRACKING_USERNAME and"
              + " MLFLOW_TRACKING_PASSWORD");
    }
    if (!"http".equalsIgnoreCase(uri.getScheme()) && !"https".equalsIgnoreCase(uri.getScheme())) {
      throw refused(text, "is no HTTP server");
    }
    if (uri.getHost() == null) {
      throw refused(text, "names no host, or one that no name of a host is like");
    }
    if (uri.getPort() == 0 || uri.getPort() > MOST_PORT) {
      throw refused(text, "has no port from 1 to " + MOST_PORT);
    }
    if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
      throw refused(text, "goes on after its path");
    }
    return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
  }

  private static UsageException refused(String uri, String why) {
    return new UsageException(
        "MLFLOW_TRACKING_URI=" + uri + " " + why + "; name one as http://HOST:PORT, or unset it");
  }

  /** Where it is, as the user named it. */
  public String address() {
    return root;
  }

  /**
   * A version that was trained.
   *
   * @param experiment what runs are gathered under: the shop
   * @param model the name of the model
   * @param version its number here
   * @param folder where its files lie
   * @param files its files, by path
   * @param parameters how it was trained
   * @param measures how good it is; what is no number is left out
   * @param alias what it is: {@code champion} or {@code challenger}; null if neither
   * @param at when it was trained
   */
  public record Trained(
      String experiment,
      String model,
      int version,
      String folder,
      Map<String, String> files,
      Map<String, String> parameters,
      Map<String, String> measures,
      @Nullable String alias,
      Instant at) {}

  /**
   * What the server has of a version.
   *
   * @param run the id of its run
   * @param lack why it has no more than the run, in half a sentence; null if it has a version too
   */
  public record Logged(String run, @Nullable String lack) {}

  /**
   * Logs a version, unless the server has it: a run of its name that started when it was trained is
   * of it. What was left half logged is carried on.
   *
   * @throws JobException if the server cannot be reached, or refuses
   */
  public Logged log(Trained trained) {
    String experiment = experiment(trained.experiment());
    String name = registered(trained.experiment(), trained.model());
    JsonNode info = find(experiment, trained);
    if (info != null) {
      String run = info.path("run_id").asText();
      String number = version(name, run);
      if (number != null) {
        alias(name, number, trained.alias());
        return new Logged(run, null);
      }
    } else {
      ObjectNode create = JSON.createObjectNode();
      create.put("experiment_id", experiment);
      create.put("run_name", trained.model() + "/" + trained.version());
      create.put("start_time", trained.at().toEpochMilli());
      info = post("runs/create", create).path("run").path("info");
    }
    String run = info.path("run_id").asText();
    logBatch(run, trained);
    String artifacts = info.path("artifact_uri").asText();
    String kept = keep(artifacts, trained.files());
    ObjectNode update = JSON.createObjectNode();
    update.put("run_id", run);
    update.put("status", "FINISHED");
    update.put("end_time", trained.at().toEpochMilli());
    post("runs/update", update);

    register(name);
    ObjectNode version = JSON.createObjectNode();
    version.put("name", name);
    version.put("source", kept == null ? trained.folder() : kept);
    version.put("run_id", run);
    Answer made = send(json("model-versions/create", version));
    if (kept == null && made.says("INVALID_PARAMETER_VALUE")) {
      // For ever: no later training could do better.
      return new Logged(
          run,
          "it keeps files at %s, where this machine cannot write them, and takes none from %s"
              .formatted(artifacts, trained.folder()));
    }
    if (made.status() != 200) {
      throw made.refusal("model-versions/create");
    }
    alias(name, made.json().path("model_version").path("version").asText(), trained.alias());
    return new Logged(run, null);
  }

  /**
   * Makes who is champion and who challenger on the server what it is here; other aliases stay.
   *
   * @param experiment as it was when the versions were logged
   * @param model the name of the model
   * @param runs by alias the run of the version that has it; an alias that is not among them, or
   *     whose run has no version, has none on the server either
   * @throws JobException if the server cannot be reached, or refuses
   */
  public void align(String experiment, String model, Map<String, String> runs) {
    String name = registered(experiment, model);
    String call = "registered-models/get";
    Answer found =
        send(
            request(API + call + "?name=" + URLEncoder.encode(name, StandardCharsets.UTF_8)).GET());
    if (found.says("RESOURCE_DOES_NOT_EXIST")) {
      return;
    }
    if (found.status() != 200) {
      throw found.refusal(call);
    }
    Map<String, String> before = new TreeMap<>();
    for (JsonNode alias : found.json().path("registered_model").path("aliases")) {
      before.put(alias.path("alias").asText(), alias.path("version").asText());
    }
    for (String role : List.of(CHAMPION, CHALLENGER)) {
      String run = runs.get(role);
      String number = run == null ? null : version(name, run);
      if (number == null) {
        if (before.containsKey(role)) {
          dropAlias(name, role);
        }
      } else if (!number.equals(before.get(role))) {
        alias(name, number, role);
      }
    }
  }

  private static String registered(String experiment, String model) {
    return experiment + "-" + model;
  }

  /**
   * Puts files where the server keeps those of a run: through the server, or into a folder of this
   * machine. A client of MLflow's own does the same.
   *
   * @return the address of their folder; null where they cannot be put there from here
   */
  private @Nullable String keep(String artifacts, Map<String, String> files) {
    String kept = artifacts + "/model";
    if (artifacts.startsWith(PROXIED)) {
      String path = URI.create(kept).getPath().substring(1);
      new TreeMap<>(files).forEach((file, text) -> upload(path + "/" + file, text));
      return kept;
    }
    Path folder = folder(kept);
    if (folder == null) {
      return null;
    }
    try {
      for (Map.Entry<String, String> file : new TreeMap<>(files).entrySet()) {
        Path path = folder.resolve(file.getKey());
        Files.createDirectories(path.resolveSibling(""));
        Files.writeString(path, file.getValue());
      }
      return kept;
    } catch (IOException e) {
      return null;
    }
  }

  /** Null where an address is of no folder of this machine, or of one relative to the server's. */
  private static @Nullable Path folder(String address) {
    try {
      Path path = address.startsWith("file:") ? Path.of(URI.create(address)) : Path.of(address);
      return path.isAbsolute() ? path : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** What the server says of the run of a version; null if it has none. */
  private @Nullable JsonNode find(String experiment, Trained trained) {
    ObjectNode search = JSON.createObjectNode();
    search.putArray("experiment_ids").add(experiment);
    search.put("filter", "attributes.start_time = " + trained.at().toEpochMilli());
    for (JsonNode run : post("runs/search", search).path("runs")) {
      JsonNode info = run.path("info");
      if (info.path("run_name").asText().equals(trained.model() + "/" + trained.version())) {
        return info;
      }
    }
    return null;
  }

  /** The version that the server made of a run; null if it made none. */
  private @Nullable String version(String name, String run) {
    String call = "model-versions/search";
    Answer answer =
        send(
            request(
                    API
                        + call
                        + "?filter="
                        + URLEncoder.encode("run_id='" + run + "'", StandardCharsets.UTF_8))
                .GET());
    if (answer.status() != 200) {
      throw answer.refusal(call);
    }
    for (JsonNode version : answer.json().path("model_versions")) {
      if (version.path("name").asText().equals(name)) {
        return version.path("version").asText();
      }
    }
    return null;
  }

  private void alias(String name, String version, @Nullable String alias) {
    if (alias != null) {
      ObjectNode body = JSON.createObjectNode();
      body.put("name", name);
      body.put("alias", alias);
      body.put("version", version);
      post("registered-models/alias", body);
    }
  }

  private void dropAlias(String name, String alias) {
    String call = "registered-models/alias";
    ObjectNode body = JSON.createObjectNode();
    body.put("name", name);
    body.put("alias", alias);
    Answer answer =
        send(
            request(API + call)
                .header("Content-Type", "application/json")
                .method("DELETE", BodyPublishers.ofString(body.toString())));
    if (answer.status() != 200 && !answer.says("RESOURCE_DOES_NOT_EXIST")) {
      throw answer.refusal(call);
    }
  }

  private String experiment(String name) {
    Answer found =
        send(
            request(
                    API
                        + "experiments/get-by-name?experiment_name="
                        + URLEncoder.encode(name, StandardCharsets.UTF_8))
                .GET());
    if (found.status() == 200) {
      return found.json().path("experiment").path("experiment_id").asText();
    }
    if (!found.says("RESOURCE_DOES_NOT_EXIST")) {
      throw found.refusal("experiments/get-by-name");
    }
    return post("experiments/create", JSON.createObjectNode().put("name", name))
        .path("experiment_id")
        .asText();
  }

  private void register(String name) {
    Answer answer =
        send(json("registered-models/create", JSON.createObjectNode().put("name", name)));
    if (answer.status() != 200 && !answer.says("RESOURCE_ALREADY_EXISTS")) {
      throw answer.refusal("registered-models/create");
    }
  }

  private void logBatch(String run, Trained trained) {
    ObjectNode batch = JSON.createObjectNode();
    batch.put("run_id", run);
    ArrayNode parameters = batch.putArray("params");
    new TreeMap<>(trained.parameters())
        .forEach(
            (key, value) ->
                parameters
                    .addObject()
                    .put("key", key(key))
                    .put("value", value.substring(0, Math.min(MOST_TEXT, value.length()))));
    ArrayNode metrics = batch.putArray("metrics");
    Iterator<Map.Entry<String, Double>> numbers = numbers(trained.measures()).entrySet().iterator();
    for (int i = 0; i < MOST_METRICS && numbers.hasNext(); i++) {
      Map.Entry<String, Double> number = numbers.next();
      metrics
          .addObject()
          .put("key", key(number.getKey()))
          .put("value", number.getValue())
          .put("timestamp", trained.at().toEpochMilli())
          .put("step", 0);
    }
    batch.putArray("tags").addObject().put("key", "patron.model").put("value", trained.model());
    post("runs/log-batch", batch);
  }

  private static SortedMap<String, Double> numbers(Map<String, String> measures) {
    SortedMap<String, Double> numbers = new TreeMap<>();
    measures.forEach(
        (key, text) -> {
          if (text.matches("[-+]?[0-9]+([.][0-9]*)?([eE][-+]?[0-9]+)?")) {
            numbers.put(key, Double.valueOf(text));
          }
        });
    return numbers;
  }

  /** MLflow takes letters, digits, and _ - . space / in names. */
  private static String key(String name) {
    return name.replaceAll("[^A-Za-z0-9_./ -]", "_");
  }

  private void upload(String path, String text) {
    Answer answer =
        send(
            request(ARTIFACTS + path)
                .header("Content-Type", "application/octet-stream")
                .PUT(BodyPublishers.ofString(text)));
    if (answer.status() != 200) {
      throw answer.refusal("artifacts " + path);
    }
  }

  private JsonNode post(String call, JsonNode body) {
    Answer answer = send(json(call, body));
    if (answer.status() != 200) {
      throw answer.refusal(call);
    }
    return answer.json();
  }

  private HttpRequest.Builder json(String call, JsonNode body) {
    return request(API + call)
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(body.toString()));
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(root + path)).timeout(PATIENCE);
    return authorization == null ? request : request.header("Authorization", authorization);
  }

  private Answer send(HttpRequest.Builder request) {
    try {
      HttpResponse<String> response = client.send(request.build(), BodyHandlers.ofString());
      return new Answer(response.statusCode(), response.body());
    } catch (IOException e) {
      throw new JobException("MLflow at " + root + " does not answer: " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new JobException("interrupted while waiting for MLflow at " + root);
    }
  }

  private record Answer(int status, String body) {
    JsonNode json() {
      try {
        return JSON.readTree(body);
      } catch (JsonProcessingException e) {
        throw new JobException(
            "MLflow answered what is no JSON: " + body.lines().findFirst().orElse(""));
      }
    }

    boolean says(String code) {
      return body.contains("\"" + code + "\"");
    }

    JobException refusal(String call) {
      return new JobException(
          "MLflow refused %s with status %d: %s"
              .formatted(call, status, body.lines().findFirst().orElse("")));
    }
  }
}
