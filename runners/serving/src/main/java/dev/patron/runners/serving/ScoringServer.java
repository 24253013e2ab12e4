package dev.patron.runners.serving;

import dev.patron.pipelines.console.Console;
import io.undertow.Handlers;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.io.Receiver;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.GracefulShutdownHandler;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import io.undertow.util.StatusCodes;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.Options;
import org.xnio.XnioExecutor;

/**
 * MLflow's scoring protocol over HTTP: {@code GET /ping}, {@code /health}, {@code /version}, {@code
 * /metrics} and {@code POST /invocations}.
 *
 * <p>Small requests are answered by the thread that reads them, for a score takes some tens of
 * microseconds; large bodies go to other threads. What has not arrived in time is cut off, and the
 * memory that bodies may take together is bounded.
 */
final class ScoringServer implements AutoCloseable {
  private static final String INVOCATIONS = "/invocations";
  private static final Set<String> PROBES = Set.of("/ping", "/health");
  private static final Set<String> READ = Set.of("/ping", "/health", "/version", "/metrics");

  /** Bodies up to this many bytes are scored where they are read. */
  private static final int SMALL = 1 << 16;

  /** The share of the heap that large bodies may take; a parsed one takes many times its bytes. */
  private static final int HEAP_SHARE = 32;

  private static final int GRACE_SECONDS = 20;
  private static final int IDLE_SECONDS = 60;
  private static final int MAX_HEADER_BYTES = 16 << 10;

  private final Limits limits;
  private final @Nullable BearerToken token;
  private final ChampionWatch champions;
  private final Invocations invocations;
  private final Metrics metrics;
  private final Console console;
  private final Undertow undertow;
  private final GracefulShutdownHandler graceful;
  private final AtomicLong largeBytes = new AtomicLong();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final long mostLargeBytes;
  private volatile boolean stopping;

  /**
   * What a client may ask of the server.
   *
   * @param bodyBytes the longest body
   * @param requestSeconds the longest that one may take to arrive
   * @param connections the most at a time
   */
  record Limits(int bodyBytes, int requestSeconds, int connections) {}

  ScoringServer(
      String host,
      int port,
      @Nullable SSLContext tls,
      @Nullable BearerToken token,
      Limits limits,
      ChampionWatch champions,
      Metrics metrics,
      Console console) {
    this.limits = limits;
    this.token = token;
    this.champions = champions;
    this.invocations = new Invocations(champions, metrics);
    this.metrics = metrics;
    this.console = console;
    this.mostLargeBytes =
        Math.max(limits.bodyBytes(), Runtime.getRuntime().maxMemory() / HEAP_SHARE);
    graceful = Handlers.gracefulShutdown(Handlers.httpContinueRead(this::route));
    Undertow.Builder builder =
        Undertow.builder()
            .setIoThreads(Math.max(2, Runtime.getRuntime().availableProcessors()))
            .setWorkerThreads(Math.max(4, Runtime.getRuntime().availableProcessors()))
            // Above this a connection is closed without an answer: who sends only somewhat more
            // than is taken shall read why it is refused.
            .setServerOption(UndertowOptions.MAX_ENTITY_SIZE, 2L * limits.bodyBytes())
            .setServerOption(UndertowOptions.MAX_HEADER_SIZE, MAX_HEADER_BYTES)
            .setServerOption(UndertowOptions.REQUEST_PARSE_TIMEOUT, limits.requestSeconds() * 1000)
            .setServerOption(UndertowOptions.NO_REQUEST_TIMEOUT, IDLE_SECONDS * 1000)
            .setServerOption(UndertowOptions.RECORD_REQUEST_START_TIME, true)
            .setSocketOption(Options.WRITE_TIMEOUT, limits.requestSeconds() * 1000)
            .setSocketOption(Options.CONNECTION_HIGH_WATER, limits.connections())
            .setSocketOption(Options.CONNECTION_LOW_WATER, limits.connections() - 1)
            .setHandler(this::count);
    undertow =
        (tls == null
                ? builder.addHttpListener(port, host)
                : builder.addHttpsListener(port, host, tls))
            .build();
  }

  /** Begins to listen. */
  void start() {
    undertow.start();
  }

  /** The port that it listens on. */
  int port() {
    return ((InetSocketAddress) undertow.getListenerInfo().get(0).getAddress()).getPort();
  }

  private void count(HttpServerExchange exchange) throws Exception {
    metrics.began();
    leaveIfStopping(exchange);
    exchange.addExchangeCompleteListener(
        (ended, next) -> {
          String path = ended.getRequestPath();
          metrics.ended(
              READ.contains(path) || path.equals(INVOCATIONS) ? path : "other",
              ended.getStatusCode(),
              System.nanoTime() - ended.getRequestStartTime());
          next.proceed();
        });
    graceful.handleRequest(exchange);
  }

  private void route(HttpServerExchange exchange) {
    String path = exchange.getRequestPath();
    boolean reads = READ.contains(path);
    if (!reads && !path.equals(INVOCATIONS)) {
      send(exchange, Answer.error(404, "NOT_FOUND", "there is no " + printable(path)));
    } else if (token != null && !PROBES.contains(path) && !token.isIn(header(exchange))) {
      exchange.getResponseHeaders().put(Headers.WWW_AUTHENTICATE, "Bearer");
      send(exchange, Answer.error(401, "UNAUTHENTICATED", "a bearer token is wanted"));
    } else if (reads) {
      if (allows(exchange, Methods.GET, Methods.HEAD)) {
        read(exchange, path);
      }
    } else if (allows(exchange, Methods.POST)) {
      invoke(exchange);
    }
  }

  private static String printable(String path) {
    return path.length() > 100 ? path.substring(0, 100) + "..." : path;
  }

  private static @Nullable String header(HttpServerExchange exchange) {
    return exchange.getRequestHeaders().getFirst(Headers.AUTHORIZATION);
  }

  private boolean allows(HttpServerExchange exchange, HttpString... methods) {
    for (HttpString method : methods) {
      if (exchange.getRequestMethod().equals(method)) {
        return true;
      }
    }
    String allowed = String.join(", ", Arrays.stream(methods).map(HttpString::toString).toList());
    exchange.getResponseHeaders().put(Headers.ALLOW, allowed);
    send(
        exchange,
        Answer.error(405, "METHOD_NOT_ALLOWED", exchange.getRequestPath() + " takes " + allowed));
    return false;
  }

  private void read(HttpServerExchange exchange, String path) {
    Champions current = champions.get();
    switch (path) {
      case "/metrics" ->
          send(exchange, new Answer(200, Metrics.TYPE, Answer.text(metrics.text(current)).body()));
      case "/version" -> send(exchange, Answer.text(Version.TEXT + "\n"));
      default ->
          send(
              exchange,
              current == null
                  ? Answer.error(503, "TEMPORARILY_UNAVAILABLE", "there is no champion model yet")
                  : Answer.text("\n"));
    }
  }

  private void invoke(HttpServerExchange exchange) {
    String type = exchange.getRequestHeaders().getFirst(Headers.CONTENT_TYPE);
    Answer refused = Invocations.refuse(type);
    HeaderValues encodings = exchange.getRequestHeaders().get(Headers.CONTENT_ENCODING);
    if (refused == null && encodings != null) {
      refused = Invocations.refuseEncoding(String.join(", ", encodings));
      if (refused != null) {
        exchange.getResponseHeaders().put(Headers.ACCEPT_ENCODING, "identity");
      }
    }
    long length = exchange.getRequestContentLength();
    if (refused == null && length > limits.bodyBytes()) {
      refused = tooLarge();
    }
    if (refused != null || type == null) {
      send(exchange, refused == null ? tooLarge() : refused);
      return;
    }
    long reserved = length >= 0 && length <= SMALL ? 0 : length < 0 ? limits.bodyBytes() : length;
    if (largeBytes.addAndGet(reserved) > mostLargeBytes && reserved > 0) {
      largeBytes.addAndGet(-reserved);
      exchange.getResponseHeaders().put(Headers.RETRY_AFTER, "1");
      send(
          exchange,
          Answer.error(503, "TEMPORARILY_UNAVAILABLE", "too many large requests at a time"));
      return;
    }
    if (reserved > 0) {
      exchange.addExchangeCompleteListener(
          (ended, next) -> {
            largeBytes.addAndGet(-reserved);
            next.proceed();
          });
    }
    receive(exchange, type);
  }

  /** Takes the body as it comes, without waiting in a thread, and cuts off one that is late. */
  private void receive(HttpServerExchange exchange, String type) {
    XnioExecutor.Key late =
        exchange
            .getIoThread()
            .executeAfter(
                () -> IoUtils.safeClose(exchange.getConnection()),
                limits.requestSeconds(),
                TimeUnit.SECONDS);
    Receiver receiver = exchange.getRequestReceiver();
    receiver.setMaxBufferSize(limits.bodyBytes());
    receiver.receiveFullBytes(
        (received, body) -> {
          late.remove();
          if (body.length <= SMALL) {
            score(received, type, body);
          } else {
            HttpHandler scoring = dispatched -> score(dispatched, type, body);
            received.dispatch(scoring);
          }
        },
        (failed, e) -> {
          late.remove();
          if (e instanceof Receiver.RequestToLargeException) {
            send(failed, tooLarge());
          } else {
            IoUtils.safeClose(failed.getConnection());
          }
        });
  }

  private Answer tooLarge() {
    return Answer.error(
        413, "REQUEST_TOO_LARGE", "a body has at most " + limits.bodyBytes() + " bytes");
  }

  private void score(HttpServerExchange exchange, String type, byte[] body) {
    Answer answer;
    try {
      answer = invocations.answer(type, body);
    } catch (RuntimeException | StackOverflowError e) {
      console.note("a request could not be scored, which is a mistake of this program:");
      console.trace(e);
      answer = Answer.error(500, "INTERNAL_ERROR", "the request could not be scored");
    }
    send(exchange, answer);
  }

  /** The answer says that the connection ends, so that its client asks another server next. */
  private void leaveIfStopping(HttpServerExchange exchange) {
    if (stopping) {
      exchange.setPersistent(false);
    }
  }

  private void send(HttpServerExchange exchange, Answer answer) {
    exchange.setStatusCode(answer.status());
    leaveIfStopping(exchange);
    exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, answer.type());
    if (answer.status() == StatusCodes.REQUEST_ENTITY_TOO_LARGE) {
      exchange.setPersistent(false); // the rest of the body is not waited for
    }
    exchange.getResponseSender().send(ByteBuffer.wrap(answer.body()));
  }

  /**
   * Takes no more requests, ends those that are under way, and stops; once is enough.
   *
   * @return whether all of them were answered in time
   */
  boolean stop() {
    if (!closed.compareAndSet(false, true)) {
      return true;
    }
    graceful.shutdown();
    stopping = true;
    boolean answered = false;
    try {
      answered = graceful.awaitShutdown(GRACE_SECONDS * 1000L);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    // Not before: this closes every connection, also of those who wait for an answer.
    undertow.getListenerInfo().forEach(Undertow.ListenerInfo::suspend);
    undertow.stop();
    return answered;
  }

  @Override
  public void close() {
    stop();
  }
}
