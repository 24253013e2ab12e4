package dev.patron.runners.serving;

import dev.patron.pipelines.commands.WarehousePlace;
import dev.patron.pipelines.console.Console;
import dev.patron.pipelines.console.JobException;
import dev.patron.pipelines.console.UsageException;
import dev.patron.transforms.lake.Warehouse;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** {@code serve}: scores over HTTP until it is told to stop. */
final class Serve {
  private static final int SUCCESS = 0;
  private static final int FAILURE = 1;

  private Serve() {}

  /**
   * Serves until the process is asked to end (SIGTERM, Ctrl-C); requests under way are answered
   * first. Does not return.
   */
  static void run(ServeOptions options, Console console) throws InterruptedException {
    Running running = start(options, System.getenv(), console);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(running, console), "stop-serving"));
    new CountDownLatch(1).await();
  }

  /**
   * A server that was asked to stop and did has done what it should, and says so by its exit
   * status. Left alone, the JVM would end with 128 and the signal's number, which systemd and
   * Kubernetes take for a crash. Nothing that others need is cut off: this process writes no files.
   */
  private static void stop(Running running, Console console) {
    boolean answered = running.stop();
    console.note(
        answered
            ? "stopped; what was asked is answered"
            : "stopped; some requests took too long and were left unanswered");
    Runtime.getRuntime().halt(answered ? SUCCESS : FAILURE);
  }

  /** A server that runs. */
  record Running(ScoringServer server, ChampionWatch champions) implements AutoCloseable {
    /** Stops, and says whether everything that was asked was answered. */
    boolean stop() {
      boolean answered = server.stop();
      champions.close();
      return answered;
    }

    @Override
    public void close() {
      stop();
    }
  }

  static Running start(ServeOptions options, Map<String, String> environment, Console console) {
    // JBoss's loggers find their way to the program's own only if they are told.
    System.setProperty("org.jboss.logging.provider", "slf4j");
    String warehouse = WarehousePlace.of(options);
    check("port", options.getPort(), 0, 65535);
    check("reloadSeconds", options.getReloadSeconds(), 1, 86400);
    check("maxBodyMegabytes", options.getMaxBodyMegabytes(), 1, 1024);
    check("requestSeconds", options.getRequestSeconds(), 1, 3600);
    check("maxConnections", options.getMaxConnections(), 2, 1_000_000);
    check("horizonDays", options.getHorizonDays(), 1, ServeOptions.MOST_HORIZON_DAYS);
    if (!(options.getDiscountRate() >= 0 && options.getDiscountRate() < 1)) {
      throw new UsageException(
          "--discountRate=" + options.getDiscountRate() + " must be at least 0 and below 1");
    }
    SSLContext tls = tls(options);
    String reference = options.getToken();
    BearerToken token = reference == null ? null : BearerToken.of(reference, environment);
    checkOpening(options, tls, token);
    if (!Warehouse.at(warehouse).exists("gold") && !Warehouse.at(warehouse).exists("models")) {
      throw new UsageException(
          "there is no warehouse in " + options.getWarehouse() + "; name a --warehouse=PATH");
    }
    Metrics metrics = new Metrics();
    ChampionWatch champions = new ChampionWatch(warehouse, options, metrics, console);
    champions.look();
    if (champions.get() == null) {
      console.note("there is no champion model yet; answering 503 until train has run");
    }
    ScoringServer server =
        new ScoringServer(
            options.getHost(),
            options.getPort(),
            tls,
            token,
            new ScoringServer.Limits(
                options.getMaxBodyMegabytes() << 20,
                options.getRequestSeconds(),
                options.getMaxConnections()),
            champions,
            metrics,
            console);
    try {
      server.start();
    } catch (RuntimeException e) {
      champions.close();
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new JobException(
          "cannot listen on %s:%d: %s"
              .formatted(options.getHost(), options.getPort(), cause.getMessage()));
    }
    champions.every(options.getReloadSeconds());
    console.note(
        "listening on %s://%s:%d"
            .formatted(tls == null ? "http" : "https", options.getHost(), server.port()));
    return new Running(server, champions);
  }

  private static void check(String option, int value, int least, int most) {
    if (value < least || value > most) {
      throw new UsageException(
          "--%s=%d must be between %d and %d".formatted(option, value, least, most));
    }
  }

  private static @Nullable SSLContext tls(ServeOptions options) {
    String certificate = options.getTlsCertificate();
    String key = options.getTlsKey();
    if (certificate == null && key == null) {
      return null;
    }
    if (certificate == null || key == null) {
      throw new UsageException("--tlsCertificate and --tlsKey go together; give both");
    }
    return PemFiles.context(certificate, key);
  }

  /** What others can reach asks for a token, and is not read on the way. */
  private static void checkOpening(
      ServeOptions options, @Nullable SSLContext tls, @Nullable BearerToken token) {
    boolean loopback;
    try {
      loopback = InetAddress.getByName(options.getHost()).isLoopbackAddress();
    } catch (UnknownHostException e) {
      throw new UsageException("--host=" + options.getHost() + " is no address of a machine", e);
    }
    if (!loopback && token == null) {
      throw new UsageException(
          "--host=%s lets other machines in; give a --token='${file:PATH}'"
              .formatted(options.getHost()));
    }
    if (!loopback && tls == null && !options.getBehindProxy()) {
      throw new UsageException(
          "--host=%s lets other machines in; give --tlsCertificate and --tlsKey, or --behindProxy"
              .formatted(options.getHost()));
    }
  }
}
