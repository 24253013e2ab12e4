package dev.patron.runners.serving;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.patron.features.models.ModelRegistry;
import dev.patron.pipelines.stages.Models;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real server on a port of its own, asked by a real client, and by sockets that mean harm. */
class ServerIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int TIMEOUT_MILLIS = 20_000;
  private static final String PASSWORD = "changeit";

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  @TempDir private Path folder;
  private ServedShop shop;
  private Serve.Running running;

  @BeforeEach
  void start() throws IOException {
    shop = ServedShop.write(folder.resolve("warehouse"));
    running = serve();
  }

  @AfterEach
  void stop() {
    running.close();
  }

  private Serve.Running serve(String... options) {
    return Serve.start(
        shop.options(options), Map.of("TOKEN", "0123456789abcdef"), ServedShop.quiet());
  }

  private HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + running.server().port() + path))
        .timeout(Duration.ofMillis(TIMEOUT_MILLIS));
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return client.send(to(path).build(), BodyHandlers.ofString());
  }

  private HttpRequest invocation(String type, byte[] body) {
    return to("/invocations")
        .header("Content-Type", type)
        .POST(HttpRequest.BodyPublishers.ofByteArray(body))
        .build();
  }

  private HttpResponse<String> post(String type, String body)
      throws IOException, InterruptedException {
    return client.send(invocation(type, body.getBytes(UTF_8)), BodyHandlers.ofString());
  }

  @Test
  void answersAsMlflowDoes() throws Exception {
    assertThat(get("/ping").statusCode()).isEqualTo(200);
    assertThat(get("/health").body()).isEqualTo("\n");
    assertThat(get("/version").statusCode()).isEqualTo(200);
    HttpResponse<String> scored =
        post("application/json", Bodies.records("dataframe_records", shop.features()));
    assertThat(scored.statusCode()).isEqualTo(200);
    assertThat(scored.headers().firstValue("Content-Type")).hasValue("application/json");
    InvocationsTest.assertEqualToTheBit(
        JSON.readTree(scored.body()).get("predictions"), shop.scores());
    assertThat(post("text/csv", "customer_id\n1\n").statusCode()).isEqualTo(200);
    assertThat(get("/metrics").body())
        .contains(
            "patron_requests_total{path=\"/invocations\",status=\"200\"} 2\n",
            "patron_request_seconds_count 2\n",
            "patron_predictions_total 301\n",
            "patron_model_version{model=\"lifetime\"} 1\n",
            "patron_customers 300\n");
  }

  @Test
  void refusesAsMlflowDoes() throws Exception {
    assertThat(post("application/json", "{}").statusCode()).isEqualTo(400);
    assertThat(post("text/plain", "x").statusCode()).isEqualTo(415);
    assertThat(get("/nowhere").statusCode()).isEqualTo(404);
    HttpResponse<String> wrongMethod = get("/invocations");
    assertThat(wrongMethod.statusCode()).isEqualTo(405);
    assertThat(wrongMethod.headers().firstValue("Allow")).hasValue("POST");
    HttpRequest delete = to("/ping").DELETE().build();
    assertThat(client.send(delete, BodyHandlers.ofString()).statusCode()).isEqualTo(405);
    HttpRequest zipped =
        HttpRequest.newBuilder(
                invocation("application/json", new byte[] {0x1f, (byte) 0x8b, 8, 0}),
                (name, value) -> true)
            .header("Content-Encoding", "gzip")
            .build();
    HttpResponse<String> encoded = client.send(zipped, BodyHandlers.ofString());
    assertThat(encoded.statusCode()).isEqualTo(415);
    assertThat(encoded.body()).contains("takes no body with Content-Encoding 'gzip'");
    assertThat(encoded.headers().firstValue("Accept-Encoding")).hasValue("identity");
    HttpRequest head = to("/ping").method("HEAD", HttpRequest.BodyPublishers.noBody()).build();
    assertThat(client.send(head, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
  }

  @Test
  void everyMalformedBodyIsAnsweredAndNoneIsAMistakeOfOurs() throws Exception {
    List<byte[]> bodies = new ArrayList<>(Bodies.malformed().values());
    int refused = bodies.size();
    bodies.addAll(Bodies.mutated(99, 300));
    for (int i = 0; i < bodies.size(); i++) {
      int status =
          client
              .send(invocation("application/json", bodies.get(i)), BodyHandlers.ofString())
              .statusCode();
      if (i < refused) {
        assertThat(status).isEqualTo(400);
      } else {
        assertThat(status).as(new String(bodies.get(i), UTF_8)).isIn(200, 400);
      }
    }
    assertThat(get("/ping").statusCode()).isEqualTo(200);
  }

  @Test
  void tooLargeBodiesAreNotTaken() throws Exception {
    running.close();
    running = serve("--maxBodyMegabytes=1");
    assertThat(
            raw(
                String.join(
                    "\r\n",
                    "POST /invocations HTTP/1.1",
                    "Host: x",
                    "Content-Type: application/json",
                    "Content-Length: 2097152",
                    "Expect: 100-continue",
                    "\r\n")))
        .startsWith("HTTP/1.1 413 ");
    String chunk = " ".repeat(1_300_000);
    assertThat(
            raw(
                String.join(
                    "\r\n",
                    "POST /invocations HTTP/1.1",
                    "Host: x",
                    "Content-Type: application/json",
                    "Transfer-Encoding: chunked",
                    "",
                    Integer.toHexString(chunk.length()),
                    chunk,
                    "0",
                    "\r\n")))
        .startsWith("HTTP/1.1 413 ");
    assertThat(get("/metrics").body())
        .contains("patron_requests_total{path=\"/invocations\",status=\"413\"} 2");
    byte[] large = ("{\"instances\": [" + " ".repeat(2 << 20) + "]}").getBytes(UTF_8);
    HttpRequest chunked =
        to("/invocations")
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large)))
            .build();
    // Who sends before it is told to continue may be cut off before it reads the answer.
    for (HttpRequest request : List.of(invocation("application/json", large), chunked)) {
      try {
        assertThat(client.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(413);
      } catch (IOException closedWhileSending) {
        assertThat(get("/ping").statusCode()).isEqualTo(200);
      }
    }
    String fits = "{\"instances\": [" + " ".repeat(1 << 19) + "]}";
    assertThat(post("application/json", fits).body()).isEqualTo("{\"predictions\":[]}");
  }

  private String raw(String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), running.server().port())) {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      OutputStream out = socket.getOutputStream();
      out.write(request.getBytes(UTF_8));
      out.flush();
      InputStream in = socket.getInputStream();
      byte[] buffer = new byte[65_536];
      StringBuilder answer = new StringBuilder();
      try {
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
          answer.append(new String(buffer, 0, read, UTF_8));
        }
      } catch (SocketException reset) {
        answer.append("(reset)");
      }
      return answer.toString();
    }
  }

  @Test
  void brokenRequestsEndAndDoNotHang() throws Exception {
    running.close();
    running = serve("--requestSeconds=1");
    String post = "POST /invocations HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
    List<String> requests =
        List.of(
            "nonsense\r\n\r\n",
            "GET\r\n\r\n",
            "GET / HTTP/9.9\r\n\r\n",
            "GET /ping HTTP/1.1\r\nbad header\r\n\r\n",
            "\u0000\u0001\u0002\r\n\r\n",
            "GET /" + "a".repeat(100_000) + " HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET /ping HTTP/1.1\r\n" + "X: y\r\n".repeat(5_000) + "\r\n",
            "GET /%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
            post + "Content-Length: -1\r\n\r\n",
            post + "Content-Length: x\r\n\r\n",
            post + "Content-Length: 99999999999999999999\r\n\r\n",
            post + "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
            post + "Transfer-Encoding: chunked\r\n\r\n5\r\nab",
            post + "Content-Length: 10\r\n\r\n{\"a\"",
            post + "Content-Length: 10\r\n",
            "GET /pi",
            "");
    List<CompletableFuture<String>> answers = new ArrayList<>();
    for (String request : requests) {
      answers.add(
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return raw(request);
                } catch (IOException e) {
                  return "hung: " + e;
                }
              },
              work -> new Thread(work).start()));
    }
    for (int i = 0; i < requests.size() - 1; i++) {
      assertThat(answers.get(i).get())
          .as(requests.get(i))
          .doesNotContain("HTTP/1.1 5", "hung", "HTTP/1.1 200");
    }
    assertThat(get("/ping").statusCode()).isEqualTo(200);
  }

  @Test
  void aBodyThatDripsIsCutOffInTime() throws Exception {
    running.close();
    running = serve("--requestSeconds=1");
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), running.server().port())) {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      OutputStream out = socket.getOutputStream();
      out.write(
          """
          POST /invocations HTTP/1.1
          Host: x
          Content-Type: text/csv
          Content-Length: 100000

          """
              .replace("\n", "\r\n")
              .getBytes(UTF_8));
      int sent = 0;
      boolean open = true;
      while (open && sent < 200) {
        try {
          out.write('a');
          out.flush();
          sent++;
          Thread.sleep(100);
        } catch (IOException closed) {
          open = false;
        }
      }
      assertThat(open).as("still open after %d drops", sent).isFalse();
    }
  }

  @Test
  void noRequestIsLostWhileAnotherChampionComesIn() throws Exception {
    running.champions().every(1);
    List<CompletableFuture<List<String>>> clients = new ArrayList<>();
    byte[] body = Bodies.ids(1).getBytes(UTF_8);
    long end = System.nanoTime() + Duration.ofSeconds(15).toNanos();
    AtomicBoolean seen = new AtomicBoolean();
    for (int i = 0; i < 4; i++) {
      clients.add(
          CompletableFuture.supplyAsync(
              () -> {
                List<String> wrong = new ArrayList<>();
                while (!seen.get() && System.nanoTime() < end) {
                  try {
                    HttpResponse<String> answer =
                        client.send(invocation("application/json", body), BodyHandlers.ofString());
                    if (answer.statusCode() != 200) {
                      wrong.add(answer.statusCode() + " " + answer.body());
                    }
                    if (answer.body().contains("lifetime/2")) {
                      seen.set(true);
                    }
                  } catch (IOException | InterruptedException e) {
                    wrong.add(e.toString());
                  }
                }
                return wrong;
              },
              work -> new Thread(work).start()));
    }
    Path document = folder.resolve("warehouse").resolve("models").resolve("lifetime/1/model.json");
    String other =
        Files.readString(document).replaceFirst("\"customers\" : \\d+", "\"customers\" : 4242");
    ServedShop.register(shop.warehouse(), "lifetime", other);
    for (CompletableFuture<List<String>> one : clients) {
      assertThat(one.get()).isEmpty();
    }
    assertThat(seen).as("the new champion answers").isTrue();
  }

  @Test
  void aChampionThatCannotBeReadLeavesTheOldOneAnswering() throws Exception {
    ModelRegistry registry = Models.of(shop.warehouse().toString());
    Path models = shop.warehouse().resolve("models/lifetime");
    Files.createDirectories(models.resolve("2"));
    Files.writeString(models.resolve("2/model.json"), "{");
    Files.writeString(models.resolve("aliases.json"), "{\"champion\": \"2\"}");
    running.champions().look();
    assertThat(post("application/json", Bodies.ids(1)).body()).contains("lifetime/1");
    assertThat(get("/metrics").body()).contains("patron_reload_failures_total 1\n");
    assertThat(registry.aliases("lifetime").champion()).isEqualTo(2);
  }

  @Test
  void withATokenOnlyProbesAreOpen() throws Exception {
    running.close();
    running = serve("--token=${TOKEN}");
    assertThat(get("/ping").statusCode()).isEqualTo(200);
    assertThat(get("/metrics").statusCode()).isEqualTo(401);
    HttpResponse<String> refused = post("application/json", Bodies.ids(1));
    assertThat(refused.statusCode()).isEqualTo(401);
    assertThat(refused.headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
    for (String header : List.of("Bearer wrong", "Basic 0123456789abcdef", "Bearer", "Bearer  ")) {
      HttpRequest request = to("/version").header("Authorization", header).build();
      assertThat(client.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(401);
    }
    HttpRequest right = to("/version").header("Authorization", "Bearer 0123456789abcdef").build();
    assertThat(client.send(right, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
  }

  @Test
  void speaksTlsWithTheFilesOfAnAuthority() throws Exception {
    KeyStore store = selfSigned();
    Path key = folder.resolve("key.pem");
    Path certificate = folder.resolve("chain.pem");
    pem(key, "PRIVATE KEY", store.getKey("server", PASSWORD.toCharArray()).getEncoded());
    pem(certificate, "CERTIFICATE", store.getCertificate("server").getEncoded());
    running.close();
    running = serve("--tlsKey=" + key, "--tlsCertificate=" + certificate);
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    HttpClient trusting = HttpClient.newBuilder().sslContext(context).build();
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create("https://127.0.0.1:" + running.server().port() + "/invocations"))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(Bodies.ids(1)))
            .build();
    assertThat(trusting.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
  }

  /** A certificate for 127.0.0.1, by the tool that comes with every JDK. */
  private KeyStore selfSigned() throws Exception {
    Path file = folder.resolve("store.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "server",
                "-keyalg",
                "EC",
                "-dname",
                "CN=test",
                "-ext",
                "san=ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass",
                PASSWORD)
            .redirectErrorStream(true)
            .start();
    String said = new String(keytool.getInputStream().readAllBytes(), UTF_8);
    assertThat(keytool.waitFor()).as(said).isZero();
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, PASSWORD.toCharArray());
    }
    // Only what stands as trusted is trusted.
    store.setCertificateEntry("trusted", store.getCertificate("server"));
    return store;
  }

  private static void pem(Path file, String what, byte[] content) throws IOException {
    Files.writeString(
        file,
        "-----BEGIN %s-----\n%s\n-----END %s-----\n"
            .formatted(what, Base64.getMimeEncoder().encodeToString(content), what));
  }

  @Test
  void aProcessThatIsToldToStopAnswersWhatItWasAskedAndSucceeds() throws Exception {
    running.close();
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "dev.patron.pipelines.Patron",
                "serve",
                "--port=0",
                "--warehouse=" + shop.warehouse())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (BufferedReader said =
        new BufferedReader(new InputStreamReader(process.getErrorStream(), UTF_8))) {
      Pattern listening = Pattern.compile("listening on http://127\\.0\\.0\\.1:(\\d+)");
      Optional<Integer> port =
          said.lines()
              .map(listening::matcher)
              .filter(Matcher::find)
              .map(line -> Integer.parseInt(line.group(1)))
              .findFirst();
      HttpRequest ping =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port.orElseThrow() + "/ping"))
              .build();
      assertThat(client.send(ping, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port.orElseThrow())) {
        socket.setSoTimeout(TIMEOUT_MILLIS);
        byte[] body = Bodies.ids(1).getBytes(UTF_8);
        String head =
            """
            POST /invocations HTTP/1.1
            Host: x
            Content-Type: application/json
            Expect: 100-continue
            Content-Length: %d

            """
                .formatted(body.length)
                .replace("\n", "\r\n");
        socket.getOutputStream().write(head.getBytes(UTF_8));
        BufferedReader answer =
            new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
        assertThat(answer.readLine()).as("is being answered").startsWith("HTTP/1.1 100");

        process.toHandle().destroy(); // unlike the process itself, it leaves the streams open
        HttpResponse<String> pinged = client.send(ping, BodyHandlers.ofString());
        while (!pinged.headers().allValues("Connection").contains("close")) {
          Thread.sleep(10);
          pinged = client.send(ping, BodyHandlers.ofString());
        }
        assertThat(pinged.statusCode()).isEqualTo(503);
        socket.getOutputStream().write(body);
        assertThat(answer.lines().toList())
            .contains("HTTP/1.1 200 OK", "Connection: close")
            .anyMatch(line -> line.startsWith("{\"predictions\":[{\"customer_id\":1,"));
      }
      assertThat(said.lines().toList()).contains("stopped; what was asked is answered");
      assertThat(process.waitFor()).isZero();
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void stopsWhenWhatWasAskedIsAnswered() throws Exception {
    List<CompletableFuture<HttpResponse<String>>> asked = new ArrayList<>();
    byte[] body = Bodies.split(shop.features()).getBytes(UTF_8);
    for (int i = 0; i < 20; i++) {
      asked.add(client.sendAsync(invocation("application/json", body), BodyHandlers.ofString()));
    }
    assertThat(asked.get(0).get().statusCode()).isEqualTo(200);
    running.close();
    for (CompletableFuture<HttpResponse<String>> one : asked) {
      try {
        assertThat(one.get().statusCode()).isIn(200, 503);
      } catch (ExecutionException neverArrived) {
        assertThat(neverArrived).hasCauseInstanceOf(IOException.class);
      }
    }
  }
}
