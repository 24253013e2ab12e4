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
 * A load for a server that runs already, by hand and without a build:
 *
 * <pre>
 * java runners/serving/src/test/java/dev/patron/runners/serving/Load.java PORT REQUESTS CONNECTIONS CUSTOMERS
 * </pre>
 *
 * Each connection asks for one customer at a time, by features and by identity in turn, and waits
 * for the answer. Prints requests a second, percentiles of the time to the whole answer, and how
 * many answers were not 200.
 */
public final class Load {
  private static final double MILLIS = 1e6;

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

  /** Runs the load. */
  public static void main(String[] words) throws InterruptedException {
    int port = Integer.parseInt(words[0]);
    int requests = Integer.parseInt(words[1]);
    int connections = Integer.parseInt(words[2]);
    int customers = Integer.parseInt(words[3]);
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
        loads.stream().mapToInt(load -> load.errors).sum());
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
        errors += answered(in) == 200 ? 0 : 1;
        nanos[i] = System.nanoTime() - start;
      }
    } catch (IOException e) {
      System.err.println(e);
      errors++;
    }
  }

  private byte[] request(int i) {
    long x = i % 20;
    String body =
        i % 2 == 0
            ? "{\"dataframe_records\":[{\"customer_id\":" + (1 + i % customers) + "}]}"
            : ("{\"dataframe_records\":[{\"customer_id\":%d,\"recency_days\":%d,\"frequency\":%d,"
                    + "\"monetary\":%d.5,\"tenure_days\":%d,\"repeat_purchases\":%d,"
                    + "\"repeat_recency_days\":%d,\"repeat_mean_amount\":12.5,"
                    + "\"repeat_paid_days\":%d}]}")
                .formatted(i, i % 300, x + 1, i % 500, 400 + i % 300, x, x == 0 ? 0 : 300, x);
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

  /** Reads one answer to its end and gives its status. */
  private static int answered(InputStream in) throws IOException {
    int status = 0;
    int length = 0;
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      if (status == 0) {
        status = Integer.parseInt(line.substring(9, 12));
      } else if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
        length = Integer.parseInt(line.substring(15).strip());
      }
    }
    in.skipNBytes(length);
    return status;
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
