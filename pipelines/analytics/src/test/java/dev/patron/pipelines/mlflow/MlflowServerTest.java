package dev.patron.pipelines.mlflow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.patron.pipelines.console.JobException;
import dev.patron.pipelines.console.UsageException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What is said to an MLflow server, against a script of requests and answers written down from
 * MLflow's REST documentation. No real server was there.
 */
class MlflowServerTest {
  private static final MlflowServer.Trained TRAINED =
      new MlflowServer.Trained(
          "book store",
          "lifetime",
          3,
          "/warehouse/models/lifetime/3",
          Map.of("MLmodel", "flavors: {}\n", "code/patron_model.py", "pass\n"),
          Map.of("seed", "42", "kind", "bg-nbd"),
          Map.of("customers", "2000", "loss.bg-nbd x gamma-gamma", "3.5", "kind", "bg-nbd"),
          "champion",
          Instant.ofEpochMilli(1_700_000_000_123L));

  /** A request that is expected next, and what it is answered. */
  private record Step(String request, String body, int status, String answer) {}

  private final List<Step> script = new ArrayList<>();
  private final List<String> wrong = new ArrayList<>();
  private HttpServer server;
  private @Nullable String authorization;
  private int next;

  @BeforeEach
  void listen() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private synchronized void answer(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
    String request = exchange.getRequestMethod() + " " + exchange.getRequestURI();
    Step step = next < script.size() ? script.get(next) : new Step("nothing", "", 500, "{}");
    next++;
    if (!step.request().equals(request) || !step.body().equals(body)) {
      wrong.add(
          "expected %s %s%nbut was %s %s".formatted(step.request(), step.body(), request, body));
    }
    authorization = exchange.getRequestHeaders().getFirst("Authorization");
    if (!"Bearer secret".equals(authorization)) {
      wrong.add("no token with " + request);
    }
    byte[] bytes = step.answer().getBytes(UTF_8);
    exchange.sendResponseHeaders(step.status(), bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private MlflowServer client() {
    Map<String, String> environment = new HashMap<>();
    environment.put(
        "MLFLOW_TRACKING_URI",
        "http://"
            + server.getAddress().getHostString()
            + ":"
            + server.getAddress().getPort()
            + "/");
    environment.put("MLFLOW_TRACKING_TOKEN", "secret");
    return requireNonNull(MlflowServer.of(environment));
  }

  private void expect(String request, String body, int status, String answer) {
    script.add(new Step(request, body, status, answer));
  }

  private void expectSearch(String runs) {
    expect(
        "POST /api/2.0/mlflow/runs/search",
        "{\"experiment_ids\":[\"7\"],\"filter\":\"attributes.start_time = 1700000000123\"}",
        200,
        runs);
  }

  private void expectRunAndVersion(String artifactUri, String source) {
    expectSearch("{\"runs\":[{\"info\":{\"run_id\":\"r0\",\"run_name\":\"segments/3\"}}]}");
    expect(
        "POST /api/2.0/mlflow/runs/create",
        "{\"experiment_id\":\"7\",\"run_name\":\"lifetime/3\",\"start_time\":1700000000123}",
        200,
        "{\"run\":{\"info\":{\"run_id\":\"r1\",\"artifact_uri\":\"" + artifactUri + "\"}}}");
    expect(
        "POST /api/2.0/mlflow/runs/log-batch",
        "{\"run_id\":\"r1\",\"params\":[{\"key\":\"kind\",\"value\":\"bg-nbd\"},"
            + "{\"key\":\"seed\",\"value\":\"42\"}],\"metrics\":["
            + "{\"key\":\"customers\",\"value\":2000.0,\"timestamp\":1700000000123,\"step\":0},"
            + "{\"key\":\"loss.bg-nbd x gamma-gamma\",\"value\":3.5,\"timestamp\":1700000000123,\"step\":0}],"
            + "\"tags\":[{\"key\":\"patron.model\",\"value\":\"lifetime\"}]}",
        200,
        "{}");
    if (artifactUri.startsWith("mlflow-artifacts:")) {
      expect(
          "PUT /api/2.0/mlflow-artifacts/artifacts/7/r1/artifacts/model/MLmodel",
          "flavors: {}\n",
          200,
          "{}");
      expect(
          "PUT /api/2.0/mlflow-artifacts/artifacts/7/r1/artifacts/model/code/patron_model.py",
          "pass\n",
          200,
          "{}");
    }
    expect(
        "POST /api/2.0/mlflow/runs/update",
        "{\"run_id\":\"r1\",\"status\":\"FINISHED\",\"end_time\":1700000000123}",
        200,
        "{}");
    expect(
        "POST /api/2.0/mlflow/registered-models/create",
        "{\"name\":\"book store-lifetime\"}",
        400,
        "{\"error_code\":\"RESOURCE_ALREADY_EXISTS\",\"message\":\"is there\"}");
    expect(
        "POST /api/2.0/mlflow/model-versions/create",
        "{\"name\":\"book store-lifetime\",\"source\":\"" + source + "\",\"run_id\":\"r1\"}",
        200,
        "{\"model_version\":{\"version\":\"12\"}}");
    expect(
        "POST /api/2.0/mlflow/registered-models/alias",
        "{\"name\":\"book store-lifetime\",\"alias\":\"champion\",\"version\":\"12\"}",
        200,
        "{}");
  }

  private void expectToldInFull(String run) {
    assertThat(wrong).isEmpty();
    assertThat(next).isEqualTo(script.size());
    assertThat(run).isEqualTo("r1");
  }

  @Test
  void aVersionBecomesARunWithFilesAndAVersionWithAnAlias() {
    expect(
        "GET /api/2.0/mlflow/experiments/get-by-name?experiment_name=book+store",
        "",
        200,
        "{\"experiment\":{\"experiment_id\":\"7\"}}");
    expectRunAndVersion(
        "mlflow-artifacts:/7/r1/artifacts", "mlflow-artifacts:/7/r1/artifacts/model");

    expectToldInFull(client().log(TRAINED).run());
  }

  @Test
  void aNewExperimentIsMadeAndFilesStayWhereTheServerCannotTakeThem() {
    expect(
        "GET /api/2.0/mlflow/experiments/get-by-name?experiment_name=book+store",
        "",
        404,
        "{\"error_code\":\"RESOURCE_DOES_NOT_EXIST\",\"message\":\"none\"}");
    expect(
        "POST /api/2.0/mlflow/experiments/create",
        "{\"name\":\"book store\"}",
        200,
        "{\"experiment_id\":\"7\"}");
    expectRunAndVersion("dbfs:/somewhere", "/warehouse/models/lifetime/3");

    expectToldInFull(client().log(TRAINED).run());
  }

  @Test
  void whatTheServerRefusesIsOneLine() {
    expect(
        "GET /api/2.0/mlflow/experiments/get-by-name?experiment_name=book+store",
        "",
        403,
        "{\"error_code\":\"PERMISSION_DENIED\",\"message\":\"no\"}\nmore");

    assertThatThrownBy(() -> client().log(TRAINED))
        .isInstanceOf(JobException.class)
        .hasMessage(
            "MLflow refused experiments/get-by-name with status 403:"
                + " {\"error_code\":\"PERMISSION_DENIED\",\"message\":\"no\"}");
  }

  @Test
  void whatTheServerHasIsNotLoggedAgain() {
    expect(
        "GET /api/2.0/mlflow/experiments/get-by-name?experiment_name=book+store",
        "",
        200,
        "{\"experiment\":{\"experiment_id\":\"7\"}}");
    expectSearch("{\"runs\":[{\"info\":{\"run_id\":\"r1\",\"run_name\":\"lifetime/3\"}}]}");
    expect(
        "GET /api/2.0/mlflow/model-versions/search?filter=run_id%3D%27r1%27",
        "", 200, "{\"model_versions\":[{\"name\":\"book store-lifetime\",\"version\":\"12\"}]}");
    expect(
        "POST /api/2.0/mlflow/registered-models/alias",
        "{\"name\":\"book store-lifetime\",\"alias\":\"champion\",\"version\":\"12\"}",
        200,
        "{}");

    expectToldInFull(client().log(TRAINED).run());
  }

  @Test
  void aliasesAreSetWhereTheyDifferAndTakenWhereTheyAreGone() {
    expect(
        "GET /api/2.0/mlflow/registered-models/get?name=book+store-lifetime",
        "",
        200,
        "{\"registered_model\":{\"aliases\":[{\"alias\":\"champion\",\"version\":\"11\"},"
            + "{\"alias\":\"challenger\",\"version\":\"12\"},{\"alias\":\"other\",\"version\":\"1\"}]}}");
    expect(
        "GET /api/2.0/mlflow/model-versions/search?filter=run_id%3D%27r1%27",
        "", 200, "{\"model_versions\":[{\"name\":\"book store-lifetime\",\"version\":\"12\"}]}");
    expect(
        "POST /api/2.0/mlflow/registered-models/alias",
        "{\"name\":\"book store-lifetime\",\"alias\":\"champion\",\"version\":\"12\"}",
        200,
        "{}");
    expect(
        "DELETE /api/2.0/mlflow/registered-models/alias",
        "{\"name\":\"book store-lifetime\",\"alias\":\"challenger\"}",
        200,
        "{}");

    client().align("book store", "lifetime", Map.of("champion", "r1"));
    expectToldInFull("r1");
  }

  @Test
  void aModelThatTheServerDoesNotHaveHasNoAliases() {
    expect(
        "GET /api/2.0/mlflow/registered-models/get?name=book+store-lifetime",
        "",
        404,
        "{\"error_code\":\"RESOURCE_DOES_NOT_EXIST\",\"message\":\"none\"}");

    client().align("book store", "lifetime", Map.of("champion", "r1"));
    expectToldInFull("r1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "file:/mlruns",
        "databricks",
        "http://",
        "http:///path",
        "http://127.0.0.1:99999",
        "http://127.0.0.1:0",
        "http://under_score:5000",
        "http://host:port",
        "http://a host",
        "http://host?to=1"
      })
  void anAddressThatCannotBeAServersIsRefusedAtOnce(String address) {
    assertThatThrownBy(() -> MlflowServer.of(Map.of("MLFLOW_TRACKING_URI", address)))
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith("MLFLOW_TRACKING_URI=" + address + " ")
        .hasMessageEndingWith("; name one as http://HOST:PORT, or unset it");
  }

  @Test
  void aPasswordInTheAddressIsRefusedAndNotRepeated() {
    assertThatThrownBy(() -> MlflowServer.of(Map.of("MLFLOW_TRACKING_URI", "http://me:pass@host")))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("MLFLOW_TRACKING_PASSWORD")
        .hasMessageNotContainingAny("pass@");
  }

  /** Mounted secrets end with a new line more often than not. */
  @Test
  void blanksAroundASecretAreNoPartOfIt() {
    assertThat(authorization("MLFLOW_TRACKING_TOKEN", " secret\r\n")).isEqualTo("Bearer secret");
    assertThat(
            authorization("MLFLOW_TRACKING_USERNAME", "me\n", "MLFLOW_TRACKING_PASSWORD", "pass\n"))
        .isEqualTo("Basic bWU6cGFzcw==");
  }

  @Test
  void whatIsBlankIsAbsent() {
    for (String blank : List.of("", " \n")) {
      assertThat(
              authorization(
                  "MLFLOW_TRACKING_TOKEN",
                  blank,
                  "MLFLOW_TRACKING_USERNAME",
                  "me",
                  "MLFLOW_TRACKING_PASSWORD",
                  "pass"))
          .isEqualTo("Basic bWU6cGFzcw==");
      assertThat(authorization("MLFLOW_TRACKING_TOKEN", blank, "MLFLOW_TRACKING_USERNAME", blank))
          .isNull();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"SECRET\nVALUE", "SECRET\u0000VALUE", "SECRET\u20acVALUE"})
  void aTokenThatCannotBeSentIsRefusedAtOnceAndNotRepeated(String token) {
    assertThatThrownBy(
            () ->
                MlflowServer.of(
                    Map.of(
                        "MLFLOW_TRACKING_URI",
                        "http://127.0.0.1:1",
                        "MLFLOW_TRACKING_TOKEN",
                        token)))
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith("MLFLOW_TRACKING_TOKEN ")
        .hasMessageNotContainingAny("SECRET", "VALUE")
        .hasNoCause();
  }

  /** What the first request has to say of who asks, with these variables set. */
  private @Nullable String authorization(String... variables) {
    Map<String, String> environment = new HashMap<>();
    environment.put("MLFLOW_TRACKING_URI", "http://127.0.0.1:" + server.getAddress().getPort());
    for (int i = 0; i < variables.length; i += 2) {
      environment.put(variables[i], variables[i + 1]);
    }
    MlflowServer client = requireNonNull(MlflowServer.of(environment));
    assertThatThrownBy(() -> client.log(TRAINED)).isInstanceOf(JobException.class);
    return authorization;
  }

  @Test
  void theEnvironmentNamesTheServerOrNone() {
    assertThat(MlflowServer.of(Map.of())).isNull();
    assertThatThrownBy(
            () ->
                requireNonNull(MlflowServer.of(Map.of("MLFLOW_TRACKING_URI", "http://127.0.0.1:1")))
                    .log(TRAINED))
        .isInstanceOf(JobException.class)
        .hasMessageContaining("does not answer");
  }
}
