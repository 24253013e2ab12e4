package dev.patron.pipelines.mlflow;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A server that remembers runs and versions as MLflow does, and fails when it is told to. */
public final class FakeMlflow implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpServer http;
  private final List<ObjectNode> runs = new ArrayList<>();
  private final List<ObjectNode> versions = new ArrayList<>();
  private final Map<String, String> aliases = new TreeMap<>();
  private String artifacts = "mlflow-artifacts:/1";
  private int requests;
  private int failing = Integer.MAX_VALUE;

  /** Listens on a port of its own. */
  public FakeMlflow() throws IOException {
    http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    http.createContext("/", this::answer);
    http.start();
  }

  /** What {@code MLFLOW_TRACKING_URI} has to say. */
  public String address() {
    return "http://127.0.0.1:" + http.getAddress().getPort();
  }

  /** From this request on, counted from now, it does what is asked and says that it did not. */
  public synchronized void failFrom(int request) {
    requests = 0;
    failing = request;
  }

  /** How many requests came since it was told when to fail. */
  public synchronized int requests() {
    return requests;
  }

  /** Where the artifacts of runs that are made from now on lie, without a slash at its end. */
  public synchronized void artifactsAt(String root) {
    artifacts = root;
  }

  /** As who has a look at the server moves an alias there by hand. */
  public synchronized void setAlias(String alias, String version) {
    aliases.put(alias, version);
  }

  /** The sources of all versions. */
  public synchronized List<String> sources() {
    return versions.stream().map(version -> version.path("source").asText()).toList();
  }

  /** All runs, as {@code NAME/VERSION STATUS}. */
  public synchronized List<String> runs() {
    return runs.stream()
        .map(run -> run.path("run_name").asText() + " " + run.path("status").asText())
        .toList();
  }

  /** All versions, as {@code REGISTERED/NUMBER of NAME/VERSION}. */
  public synchronized List<String> versions() {
    return versions.stream()
        .map(
            version ->
                "%s/%s of %s"
                    .formatted(
                        version.path("name").asText(),
                        version.path("version").asText(),
                        run(version.path("run_id").asText()).path("run_name").asText()))
        .toList();
  }

  /** The number of the version of each alias, as {@code REGISTERED@ALIAS}. */
  public synchronized Map<String, String> aliases() {
    return new TreeMap<>(aliases);
  }

  private ObjectNode run(String id) {
    return runs.stream()
        .filter(run -> run.path("run_id").asText().equals(id))
        .findFirst()
        .orElseThrow();
  }

  private synchronized void answer(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
    requests++;
    ObjectNode done = done(exchange, body.startsWith("{") ? JSON.readTree(body) : JSON.nullNode());
    byte[] bytes = (requests >= failing ? "{}" : done.toString()).getBytes(UTF_8);
    int status = !done.has("error_code") ? 200 : 400;
    exchange.sendResponseHeaders(requests >= failing ? 503 : status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private ObjectNode done(HttpExchange exchange, JsonNode asked) {
    ObjectNode answer = JSON.createObjectNode();
    String call = exchange.getRequestURI().getPath().replaceAll("^/api/2.0/mlflow/", "");
    switch (call) {
      case "experiments/get-by-name" -> answer.putObject("experiment").put("experiment_id", "1");
      case "runs/search" -> {
        ArrayNode found = answer.putArray("runs");
        String at = asked.path("filter").asText().replaceAll(".* = ", "");
        for (ObjectNode run : runs) {
          if (run.path("start_time").asText().equals(at)) {
            found.addObject().set("info", run);
          }
        }
      }
      case "runs/create" -> {
        ObjectNode run = asked.deepCopy();
        run.put("run_id", "r" + runs.size());
        run.put("artifact_uri", artifacts + "/r" + runs.size() + "/artifacts");
        run.put("status", "RUNNING");
        runs.add(run);
        answer.putObject("run").set("info", run);
      }
      case "runs/update" ->
          run(asked.path("run_id").asText()).put("status", asked.path("status").asText());
      case "model-versions/search" -> {
        String query = URLDecoder.decode(exchange.getRequestURI().getRawQuery(), UTF_8);
        ArrayNode found = answer.putArray("model_versions");
        versions.stream()
            .filter(version -> query.contains("'" + version.path("run_id").asText() + "'"))
            .forEach(found::add);
      }
      case "model-versions/create" -> {
        String source = asked.path("source").asText();
        String allowed = run(asked.path("run_id").asText()).path("artifact_uri").asText();
        if (source.matches("(file:|/).*") && !source.startsWith(allowed + "/")) {
          return answer
              .put("error_code", "INVALID_PARAMETER_VALUE")
              .put("message", "Invalid model version source: '" + source + "'");
        }
        ObjectNode version = asked.deepCopy();
        long before =
            versions.stream().filter(v -> v.path("name").equals(asked.path("name"))).count();
        versions.add(version.put("version", Long.toString(before + 1)));
        answer.set("model_version", version);
      }
      case "registered-models/get" -> {
        String name =
            URLDecoder.decode(exchange.getRequestURI().getRawQuery(), UTF_8)
                .replaceAll("^name=", "");
        if (versions.stream().noneMatch(v -> v.path("name").asText().equals(name))) {
          return answer.put("error_code", "RESOURCE_DOES_NOT_EXIST");
        }
        ArrayNode list = answer.putObject("registered_model").putArray("aliases");
        aliases.forEach(
            (alias, version) -> {
              if (alias.startsWith(name + "@")) {
                list.addObject()
                    .put("alias", alias.substring(name.length() + 1))
                    .put("version", version);
              }
            });
      }
      case "registered-models/alias" -> {
        String alias = asked.path("name").asText() + "@" + asked.path("alias").asText();
        if (exchange.getRequestMethod().equals("DELETE")) {
          aliases.remove(alias);
        } else {
          aliases.put(alias, asked.path("version").asText());
        }
      }
      default -> {}
    }
    return answer;
  }

  @Override
  public void close() {
    http.stop(0);
  }
}
