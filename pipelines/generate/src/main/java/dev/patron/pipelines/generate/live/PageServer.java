package dev.patron.pipelines.generate.live;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Offers a bookstore over HTTP, page by page: {@code /customers}, {@code /books} and {@code
 * /orders}, the records in the order of arrival. Two forms lead from page to page:
 *
 * <ul>
 *   <li>the header {@code Link: <...>; rel="next"}, the records being lines;
 *   <li>with {@code form=cursor}, an object {@code {"data": [...], "next": CURSOR}} whose cursor
 *       goes into the parameter {@code cursor}.
 * </ul>
 *
 * {@code size} says how many records a page has, 500 if nothing is said. The last page leads
 * nowhere, and grows while the shop does.
 *
 * <p>It can fail on purpose, as services do: errors 500, refusals 429 with {@code Retry-After}, and
 * bodies that break off, by chance from a seed.
 */
public final class PageServer implements AutoCloseable {
  private static final int PAGE = 500;
  private static final int LARGEST_PAGE = 100_000;

  private final HttpServer server;
  private final ExecutorService threads;
  private final Map<String, Spool> tables;
  private final double rate;
  private final double failures;
  private final long seed;
  private final long start = System.nanoTime();
  private final AtomicLong requests = new AtomicLong();

  private PageServer(
      HttpServer server, Map<String, Spool> tables, double rate, double failures, long seed) {
    this.server = server;
    this.threads = Executors.newFixedThreadPool(4);
    this.tables = tables;
    this.rate = rate;
    this.failures = failures;
    this.seed = seed;
  }

  /**
   * Serves a bookstore on this machine until it is closed.
   *
   * @param folder the bookstore
   * @param port where to listen; 0: any free port
   * @param rate how many records a second each table grows by; 0: all are there at once
   * @param failures the share of requests that fail on purpose, from 0 to below 1
   * @param seed where chance starts
   */
  public static PageServer start(Path folder, int port, double rate, double failures, long seed)
      throws IOException {
    Map<String, Spool> tables = new LinkedHashMap<>();
    for (String table : List.of("customers", "books", "orders")) {
      try (BookstoreFeed feed = BookstoreFeed.open(folder, table)) {
        tables.put(table, Spool.of(feed));
      }
    }
    HttpServer http =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    PageServer pages = new PageServer(http, tables, rate, failures, seed);
    http.setExecutor(pages.threads);
    http.createContext("/", pages::answer);
    http.start();
    return pages;
  }

  /** Where it is, as {@code http://localhost:8080}. */
  public String url() {
    return "http://localhost:" + server.getAddress().getPort();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String table = exchange.getRequestURI().getPath().replaceFirst("^/", "");
      Spool records = tables.get(table);
      if (records == null) {
        send(exchange, 404, "no table '" + table + "'; there are " + tables.keySet());
        return;
      }
      SplittableRandom chance =
          new SplittableRandom(seed * 0x9E3779B97F4A7C15L + requests.getAndIncrement());
      Map<String, String> parameters = parameters(exchange.getRequestURI().getRawQuery());
      long from;
      int size;
      try {
        from = Long.parseLong(parameters.getOrDefault("cursor", "0"));
        size = Integer.parseInt(parameters.getOrDefault("size", String.valueOf(PAGE)));
      } catch (NumberFormatException e) {
        send(exchange, 400, "cursor and size are numbers");
        return;
      }
      if (from < 0 || size < 1 || size > LARGEST_PAGE) {
        send(exchange, 400, "no such page");
        return;
      }
      boolean fails = chance.nextDouble() < failures;
      int way = chance.nextInt(3);
      if (fails && way == 0) {
        send(exchange, 500, "out of order, on purpose");
        return;
      }
      if (fails && way == 1) {
        exchange.getResponseHeaders().set("Retry-After", "1");
        send(exchange, 429, "too many requests, on purpose");
        return;
      }
      page(exchange, records, from, size, parameters, fails);
    }
  }

  private void page(
      HttpExchange exchange,
      Spool records,
      long from,
      int size,
      Map<String, String> parameters,
      boolean breaksOff)
      throws IOException {
    long there = records.size();
    if (rate > 0) {
      there = Math.min(there, (long) ((System.nanoTime() - start) / 1e9 * rate));
    }
    long to = Math.max(from, Math.min(there, from + size));
    boolean more = to == from + size && to < there;
    boolean byCursor = "cursor".equals(parameters.get("form"));
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    if (byCursor) {
      body.writeBytes("{\"data\":[".getBytes(UTF_8));
    }
    for (long i = from; i < to; i++) {
      if (byCursor && i > from) {
        body.write(',');
      }
      body.writeBytes(records.get(i));
      if (!byCursor) {
        body.write('\n');
      }
    }
    if (byCursor) {
      body.writeBytes(("],\"next\":" + (more ? "\"" + to + "\"" : "null") + "}").getBytes(UTF_8));
    } else if (more) {
      exchange
          .getResponseHeaders()
          .set(
              "Link",
              "<%s?cursor=%d&size=%d>; rel=\"next\""
                  .formatted(exchange.getRequestURI().getPath(), to, size));
    }
    exchange
        .getResponseHeaders()
        .set("Content-Type", byCursor ? "application/json" : "application/x-ndjson");
    byte[] bytes = body.toByteArray();
    exchange.sendResponseHeaders(200, bytes.length == 0 ? -1 : bytes.length);
    OutputStream out = exchange.getResponseBody();
    out.write(bytes, 0, breaksOff ? bytes.length / 2 : bytes.length);
    out.flush();
    if (!breaksOff) {
      out.close();
    }
    // Who closes the exchange and not the body closes the connection: its reader sees that no more
    // comes. A body that is closed early leaves the connection open (JDK 17), and the reader waits.
  }

  private static Map<String, String> parameters(String query) {
    Map<String, String> parameters = new LinkedHashMap<>();
    for (String parameter : query == null ? new String[0] : query.split("&", -1)) {
      int equals = parameter.indexOf('=');
      if (equals > 0) {
        parameters.put(parameter.substring(0, equals), parameter.substring(equals + 1));
      }
    }
    return parameters;
  }

  private static void send(HttpExchange exchange, int status, String text) throws IOException {
    byte[] bytes = (text + "\n").getBytes(UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(bytes);
    }
  }

  /** Stops serving. */
  @Override
  public void close() throws IOException {
    server.stop(0);
    threads.shutdownNow();
    for (Spool table : tables.values()) {
      table.close();
    }
  }
}
