package dev.patron.runners.serving;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A load for a server that runs already, by hand and without a build; customers have the numbers
 * from 1 on:
 *
 * <pre>
 * java runners/serving/src/test/java/dev/patron/runners/serving/Load.java PORT REQUESTS CONNECTIONS CUSTOMERS
 * </pre>
 *
 * Each connection asks for one customer at a time, by features and by identity in turn, and waits
 * for the answer. Prints requests a second, percentiles of the time to the whole answer, and how
 * many answers were not 200; the first of those is shown.
 */
public final class Load {
  private static final double MILLIS = 1e6;

  /** What a champion reads only where trees have a say in it. */
  private static final String OF_TREES =
      "\"mean_amount\":12.5,\"purchase_days_28\":1,\"purchase_days_91\":1,\"purchase_days_364\":1,"
          + "\"purchase_days_year_ago\":0,\"spend_91\":25.0,\"spend_364\":50.0,"
          + "\"first_day_amount\":10.0,\"last_day_amount\":15.0,\"gap_deviation_days\":null";

  private final int port;
  private final int requests;
  private final int customers;
  private final long[] nanos;
  private int errors;

  private Load(int port, int requests, int customers) {
    this.port = port;
    this.requests = requests;
    this.customers = customers;
    this.nanos = new long[requests];
  }

  /** Runs the load and prints what came of it. */
  public static void main(String[] words) throws InterruptedException {
    int errors =
        load(
            Integer.parseInt(words[0]),
            Integer.parseInt(words[1]),
            Integer.parseInt(words[2]),
            Integer.parseInt(words[3]));
    if (errors > 0) {
      System.exit(1);
    }
  }

  /**
   * Runs a load, prints what came of it, and returns how many requests were not answered by 200.
   */
  static int load(int port, int requests, int connections, int customers)
      throws InterruptedException {
    List<Load> loads = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    long start = System.nanoTime();
    for (int i = 0; i < connections; i++) {
      Load load = new Load(port, requests / connections, customers);
      loads.add(load);
      Thread thread = new Thread(load::run);
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    int errors = loads.stream().mapToInt(load -> load.errors).sum();
    long[] all = loads.stream().flatMapToLong(load -> Arrays.stream(load.nanos)).sorted().toArray();
    System.out.printf(
        Locale.ROOT,
        "%,d requests, %,.0f/s, p50 %.2f ms, p99 %.2f ms, p99.9 %.2f ms, most %.1f ms, errors %d%n",
        all.length,
        all.length / seconds,
        all[all.length / 2] / MILLIS,
        all[(int) (all.length * 0.99)] / MILLIS,
        all[(int) (all.length * 0.999)] / MILLIS,
        all[all.length - 1] / MILLIS,
        errors);
    return errors;
  }

  private void run() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setTcpNoDelay(true);
      OutputStream out = socket.getOutputStream();
      InputStream in = new BufferedInputStream(socket.getInputStream());
      for (int i = 0; i < requests; i++) {
        byte[] request = request(i);
        long start = System.nanoTime();
        out.write(request);
        Answered answered = answered(in);
        nanos[i] = System.nanoTime() - start;
        if (answered.status != 200 && errors++ == 0) {
          System.err.println(answered.status + " " + answered.body);
        }
      }
    } catch (IOException e) {
      System.err.println(e);
      errors++;
    }
  }

  private byte[] request(int i) {
    long x = i % 20;
    long toLast = x == 0 ? 0 : 300;
    String body =
        i % 2 == 0
            ? "{\"dataframe_records\":[{\"customer_id\":" + (1 + i % customers) + "}]}"
            : ("{\"dataframe_records\":[{\"customer_id\":%d,\"recency_days\":%d,\"frequency\":%d,"
                    + "\"monetary\":%d.5,\"tenure_days\":%d,\"repeat_purchases\":%d,"
                    + "\"repeat_recency_days\":%d,\"repeat_mean_amount\":12.5,"
                    + "\"repeat_paid_days\":%d,\"paid_mean_amount\":12.5,\"paid_days\":%d,"
                    + OF_TREES
                    + "}]}")
                .formatted(i, i % 300, x + 1, i % 500, toLast + i % 300, x, toLast, x, x + 1);
    byte[] bytes = body.getBytes(UTF_8);
    byte[] head =
        ("POST /invocations HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Content-Length: "
                + bytes.length
                + "\r\n\r\n")
            .getBytes(US_ASCII);
    byte[] request = Arrays.copyOf(head, head.length + bytes.length);
    System.arraycopy(bytes, 0, request, head.length, bytes.length);
    return request;
  }

  private record Answered(int status, String body) {}

  /** Reads one answer to its end. */
  private static Answered answered(InputStream in) throws IOException {
    int status = 0;
    int length = 0;
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      if (status == 0) {
        status = Integer.parseInt(line.substring(9, 12));
      } else if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
        length = Integer.parseInt(line.substring(15).strip());
      }
    }
    return new Answered(status, new String(in.readNBytes(length), UTF_8));
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new IOException("the server closed the connection");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }
}
