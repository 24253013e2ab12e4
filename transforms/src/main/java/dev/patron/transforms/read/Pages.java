package dev.patron.transforms.read;

import dev.patron.transforms.parquet.HadoopFiles;
import dev.patron.transforms.read.SourcePosition.PagePosition;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.commons.codec.digest.MurmurHash3;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;

/**
 * Fetches what is new of pages over HTTP. Each page says where the next one is, so the program that
 * starts a pipeline fetches them, one after the other, into a file that the pipeline reads; the
 * position behind them is committed with the rows.
 *
 * <p>Requests that fail for a reason that may pass (no connection, a body that breaks off or
 * stalls, 408, 429, 5xx) are repeated after a pause that doubles, or as long as {@code Retry-After}
 * says if that is longer.
 *
 * <p>Pages are append-only: the last one may grow and lead on later, and none may shrink.
 */
public final class Pages {
  private static final int ATTEMPTS = 8;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);

  /** From here on a user is told what is waited for. */
  private static final Duration LONG_PAUSE = Duration.ofSeconds(10);

  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int MOST_REDIRECTIONS = 5;
  private static final int MOST_EMPTY = 1_000;

  /** So many at each further look: few requests, and yet faster than a cursor that is a time. */
  private static final int EMPTY_AGAIN = 20;

  private static final Set<Integer> REDIRECTIONS = Set.of(301, 302, 303, 307, 308);

  private final PageSource source;
  private final URI first;

  /** The first address's parameters that the definition does not show as they are. */
  private final List<String> secrets;

  private final HttpClient client;
  private final Pause pause;
  private final Duration patience;

  /** The pages that were read up to where they were left, to see when they lead in a circle. */
  private final Set<String> wereRead = new HashSet<>();

  private @Nullable PagePosition left;

  /** Where a page was last said to stop within a record; once is enough. */
  private @Nullable PagePosition saidToStop;

  /** Where the last record was last said to differ. */
  private @Nullable PagePosition saidToDiffer;

  /**
   * Whether a thousand pages without a record led on, and none since was the last; that many are
   * not asked for at each look.
   */
  private boolean leadsOnForEver;

  /** How time passes; tests do not wait. */
  @FunctionalInterface
  interface Pause {
    void sleep(Duration duration) throws InterruptedException;
  }

  /**
   * Pages of this source.
   *
   * @throws IllegalArgumentException if its address is none; the message is one line without it
   */
  public Pages(PageSource source) {
    this(source, duration -> Thread.sleep(duration.toMillis()), PATIENCE);
  }

  Pages(PageSource source, Pause pause, Duration patience) {
    this.source = source;
    this.pause = pause;
    this.patience = patience;
    this.first = first(source);
    this.secrets = new ArrayList<>(parameters(first.getRawQuery()));
    this.secrets.removeAll(parameters(source.name().replaceFirst("[^?]*\\??", "")));
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(patience)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
  }

  private static URI first(PageSource source) {
    String problem = "it has no host";
    try {
      URI first = new URI(source.url());
      if (first.getHost() != null) {
        return first;
      }
    } catch (URISyntaxException e) {
      // Not its message, which repeats the address.
      problem = e.getReason();
    }
    throw new IllegalArgumentException(source + ": its address cannot be asked: " + problem);
  }

  /**
   * What was fetched.
   *
   * @param records how many records are in the file; if none, there is no file
   * @param after where the source is left when they are committed
   * @param more whether there may be more, because the most that may be fetched was
   */
  public record Fetched(long records, PagePosition after, boolean more) {}

  /**
   * Fetches pages until there is no next one, or a thousand in a row had no record; from then on
   * the first that has none is the end of each look.
   *
   * @param before where the source was left; null: at its beginning
   * @param most so many records at most, but whole pages
   * @param file the file to write, as lines
   * @param notes takes what a user should know, a line each
   * @throws LostRecordsException if a page has fewer records than were read of it
   * @throws UnreadablePagesException if the source does not answer, or not with pages
   * @throws IOException if the file cannot be written
   */
  public Fetched fetch(
      @Nullable PagePosition before, long most, String file, Consumer<String> notes)
      throws IOException {
    PagePosition at = before == null ? new PagePosition(null, 0, 0) : before;
    if (!at.equals(left)) {
      wereRead.clear();
    }
    left = null;
    Path path = HadoopFiles.path(file);
    FileSystem files = path.getFileSystem(HadoopFiles.configuration());
    long records = 0;
    boolean more = true;
    int empty = 0;
    try (OutputStream out = new LazyFile(files, path)) {
      while (more && records < most) {
        Page page = read(at.page(), notes);
        more = page.next() != null;
        List<byte[]> found = page.body().records();
        // Whoever writes the last page may be in the middle of a line; any other is as it will be.
        boolean stopsWithin = !more && page.body().unfinished() > 0;
        int there = found.size() - (stopsWithin ? 1 : 0);
        if (there < at.records()) {
          throw new LostRecordsException(
              "%s: a page of which %d records were read has only %d now; pages must only grow"
                  .formatted(name(at.page()), at.records(), there));
        }
        noteUnlessSame(at, found, notes);
        for (byte[] record : found.subList((int) at.records(), there)) {
          out.write(record);
          out.write('\n');
          records++;
        }
        long total = at.total() + there - at.records();
        boolean isSame = there == at.records() && at.last() != null;
        at =
            more
                ? new PagePosition(page.next(), 0, total)
                : isSame
                    // A record that a service serves otherwise each time is no news.
                    ? at
                    : new PagePosition(
                        at.page(), there, total, there == 0 ? null : hash(found.get(there - 1)));
        empty = found.isEmpty() ? empty + 1 : 0;
        leadsOnForEver &= more;
        if (leadsOnForEver && empty == EMPTY_AGAIN) {
          more = false;
        } else if (more && empty == MOST_EMPTY) {
          // A cursor that is a time leads on for ever; the next look goes on from here.
          more = false;
          leadsOnForEver = true;
          notes.accept(
              "%s: %d pages in a row without a record lead on; taken for the end, until the next look"
                  .formatted(source, empty));
        }
        if (stopsWithin && !at.equals(saidToStop)) {
          saidToStop = at;
          notes.accept(
              "%s: its last page stops within a record (%d bytes), which is read when it is finished"
                  .formatted(source, page.body().unfinished()));
        }
      }
    }
    left = at;
    return new Fetched(records, at, more);
  }

  /**
   * Says so where the last record that was read is not where it was: records are counted, and where
   * a service changes the size of its pages the same count is another place. A record that a
   * service serves otherwise than before looks no different, and is none to end a run for.
   */
  private void noteUnlessSame(PagePosition at, List<byte[]> found, Consumer<String> notes) {
    if (at.last() != null
        && at.last() != hash(found.get((int) at.records() - 1))
        && !at.equals(saidToDiffer)) {
      saidToDiffer = at;
      notes.accept(
          ("%s: its record %d is not as it was read; if its pages have another size or order than"
                  + " then, records are left out or read twice: read them into a new warehouse")
              .formatted(name(at.page()), at.records()));
    }
  }

  /** Of a record's bytes but for the blanks behind it, as a last line may yet get its line end. */
  private static long hash(byte[] record) {
    int length = record.length;
    while (length > 0 && (record[length - 1] == ' ' || record[length - 1] == '\r')) {
      length--;
    }
    return MurmurHash3.hash128x64(record, 0, length, 0)[0];
  }

  /**
   * A page.
   *
   * @param next what the next one is called in a position; null: this is the last
   */
  private record Page(PageBody body, @Nullable String next) {}

  /** Reads a page. What is wrong with it is said with its name. */
  private Page read(@Nullable String page, Consumer<String> notes) throws IOException {
    try {
      Answer answer = get(address(page), note -> notes.accept(name(page) + ": " + note));
      if (answer.isNothing()) {
        return new Page(PageBody.NOTHING, null);
      }
      PageBody body = PageBody.read(source, answer.body());
      @Nullable String next = source.cursor() == null ? link(answer) : body.next();
      Set<String> own = names(page, answer);
      wereRead.addAll(own);
      if (next == null || own.contains(next)) {
        return new Page(body, null);
      }
      if (wereRead.contains(next)) {
        throw new UnreadablePagesException(
            "it leads back to page %s, which was read before; pages in a circle never end"
                .formatted(next));
      }
      return new Page(body, next);
    } catch (UnreadablePagesException e) {
      throw new UnreadablePagesException(name(page) + ": " + e.getMessage());
    }
  }

  /** What a page that leads to this one may call it: as it was asked for, or as it was found. */
  private Set<String> names(@Nullable String page, Answer answer) {
    if (source.cursor() != null) {
      return page == null ? Set.of() : Set.of(page);
    }
    Set<String> names = new HashSet<>();
    names.add(page == null ? withoutSecrets(first) : page);
    names.add(withoutSecrets(answer.address()));
    return names;
  }

  /** What messages call a page: it shows no more than the definition and the table's log do. */
  private String name(@Nullable String page) {
    return page == null ? source.name() : source + ", page " + page;
  }

  // ---- Where pages are

  /** The address of a page: of the first, behind a cursor, or as a link said. */
  private URI address(@Nullable String page) {
    if (page == null) {
      return first;
    }
    if (source.cursor() == null) {
      // Not resolved: a path that begins with "//" would be taken for another host.
      return withSecrets(URI.create(first.getScheme() + "://" + first.getRawAuthority() + page));
    }
    String parameter = source.parameter() + "=" + URLEncoder.encode(page, StandardCharsets.UTF_8);
    String query = first.getRawQuery();
    return with(first, query == null ? parameter : query + "&" + parameter);
  }

  private static URI with(URI address, @Nullable String query) {
    String text = address.toString().replaceFirst("[?#].*", "");
    return URI.create(query == null || query.isEmpty() ? text : text + "?" + query);
  }

  /**
   * Where a link leads, without the secrets that it repeats: the position is written to a table's
   * log.
   */
  private @Nullable String link(Answer answer) throws IOException {
    for (String header : answer.links()) {
      String link = LinkHeader.next(header, anchor -> isPage(anchor, answer.address()));
      if (link != null) {
        URI next = resolve(answer.address(), link);
        if (!host(next).equals(host(first)) && !host(next).equals(host(answer.address()))) {
          throw new UnreadablePagesException(
              "a page leads to another host, " + host(next) + "; refused");
        }
        return withoutSecrets(next);
      }
    }
    return null;
  }

  /** Whether what a link is from, by this reference, is the page that it came with. */
  private boolean isPage(String anchor, URI page) {
    try {
      URI from = resolve(page, anchor);
      return from.getRawFragment() == null
          && host(from).equals(host(page))
          && withoutSecrets(from).equals(withoutSecrets(page));
    } catch (UnreadablePagesException e) {
      return false;
    }
  }

  /** With its port, unless that is the scheme's own. */
  private static String host(URI address) {
    int own = "https".equalsIgnoreCase(address.getScheme()) ? 443 : 80;
    String host = String.valueOf(address.getHost()).toLowerCase(Locale.ROOT);
    return address.getPort() < 0 || address.getPort() == own
        ? host
        : host + ":" + address.getPort();
  }

  /** Whether a redirection may take the headers along: to the same service, or behind TLS. */
  static boolean mayGo(URI from, URI to) {
    if (from.getScheme().equalsIgnoreCase(to.getScheme())) {
      return host(from).equals(host(to));
    }
    return from.getScheme().equalsIgnoreCase("http")
        && "https".equalsIgnoreCase(to.getScheme())
        && from.getHost().equalsIgnoreCase(to.getHost());
  }

  private static URI resolve(URI page, String link) throws UnreadablePagesException {
    if (link.isEmpty()) {
      // Java takes it for the folder, RFC 3986 (4.4) for the page itself.
      return page;
    }
    try {
      // Java takes "?page=2" for a page of the folder, RFC 3986 (5.2.2) for one of the page's path.
      return page.resolve(new URI(link.startsWith("?") ? page.getRawPath() + link : link));
    } catch (URISyntaxException e) {
      throw new UnreadablePagesException("it leads to what is no address: " + e.getReason());
    }
  }

  private String withoutSecrets(URI address) {
    List<String> shown = new ArrayList<>(parameters(address.getRawQuery()));
    // A server may write what it repeats in its own way: "+" for "%20", say.
    List<String> hidden = secrets.stream().map(Pages::decoded).toList();
    shown.removeIf(parameter -> hidden.contains(decoded(parameter)));
    String path = address.getRawPath().isEmpty() ? "/" : address.getRawPath();
    return path + (shown.isEmpty() ? "" : "?" + String.join("&", shown));
  }

  /**
   * The address as the server gave it, and the secrets of the first one that it lacks: they were
   * left out of the position, or by the server, which does not repeat a key. Nothing else is added,
   * as a link is the whole answer.
   */
  private URI withSecrets(URI address) {
    List<String> all = new ArrayList<>(parameters(address.getRawQuery()));
    List<String> names = all.stream().map(Pages::parameterName).toList();
    for (String secret : secrets) {
      if (!names.contains(parameterName(secret))) {
        all.add(secret);
      }
    }
    return with(address, String.join("&", all));
  }

  private static String parameterName(String parameter) {
    return decoded(parameter.replaceFirst("=.*", ""));
  }

  private static String decoded(String parameter) {
    return URLDecoder.decode(parameter, StandardCharsets.UTF_8);
  }

  private static List<String> parameters(@Nullable String query) {
    return query == null || query.isEmpty() ? List.of() : Arrays.asList(query.split("&", -1));
  }

  // ---- Asking

  @SuppressWarnings("ArrayRecordComponent") // Nobody compares answers.
  private record Answer(URI address, byte[] body, List<String> links, boolean isNothing) {}

  private Answer get(URI address, Consumer<String> notes) throws IOException {
    Duration wait = FIRST_PAUSE;
    String problem = "";
    boolean told = false;
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      Optional<Duration> asked = Optional.empty();
      boolean stalled = false;
      try {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        HttpResponse<Void> response = follow(address, body);
        int status = response.statusCode();
        if (status == 204) {
          return new Answer(response.uri(), new byte[0], List.of(), true);
        }
        if (status == 200) {
          checkIsPlain(response);
          if (!PageBody.isMarkup(body.toByteArray())) {
            List<String> links = response.headers().allValues("Link");
            return new Answer(response.uri(), body.toByteArray(), links, false);
          }
          // What stands before a service, and says that it is closed, may say so with status 200.
          problem = "it answered with HTML or XML, which holds no records";
        } else {
          problem = "it answered with status " + status;
        }
        if (status != 200 && status != 408 && status != 429 && status < 500) {
          throw new UnreadablePagesException(problem);
        }
        asked = retryAfter(response);
        if (asked.isPresent() && asked.get().compareTo(LONGEST_PAUSE) > 0) {
          throw new UnreadablePagesException(
              "it asks to come back in %d s; run again then".formatted(asked.get().toSeconds()));
        }
      } catch (InterruptedException e) {
        throw interrupted();
      } catch (UnreadablePagesException e) {
        throw e;
      } catch (IOException e) {
        // The client's message may repeat the address.
        Throwable cause = e.getCause() == null ? e : e.getCause();
        stalled = cause instanceof HttpTimeoutException;
        problem =
            stalled
                ? "nothing came for " + patience.toSeconds() + " s"
                : "no answer (" + cause.getClass().getSimpleName() + ")";
      }
      if (attempt < ATTEMPTS) {
        // A server that asks for no pause, or names a time that has passed, is not well all the
        // same.
        Duration usual = wait;
        Duration next = asked.filter(pause -> pause.compareTo(usual) > 0).orElse(usual);
        if (!told && (stalled || next.compareTo(LONG_PAUSE) >= 0)) {
          told = true;
          notes.accept(
              "%s; asking again in %d s, %d times at most"
                  .formatted(problem, Math.max(1, next.toSeconds()), ATTEMPTS));
        }
        pause(next);
        wait = wait.multipliedBy(2);
      }
    }
    throw new UnreadablePagesException(
        "%s, %d times in a row; run again to go on from where it was left"
            .formatted(problem, ATTEMPTS));
  }

  /** What is encoded would be taken for a record. Nothing was said of accepting it. */
  private static void checkIsPlain(HttpResponse<?> response) throws UnreadablePagesException {
    for (String encoding : response.headers().allValues("Content-Encoding")) {
      if (!encoding.isBlank() && !encoding.strip().equalsIgnoreCase("identity")) {
        throw new UnreadablePagesException(
            "it sends its body with Content-Encoding '"
                + encoding.strip()
                + "', which nobody asked for; only bodies as they are can be read");
      }
    }
  }

  /**
   * The answer behind redirections. The client's own way takes the headers, and so their secrets,
   * along to any host.
   */
  private HttpResponse<Void> follow(URI address, ByteArrayOutputStream body)
      throws IOException, InterruptedException {
    URI at = address;
    for (int redirections = 0; redirections <= MOST_REDIRECTIONS; redirections++) {
      body.reset();
      HttpResponse<Void> response = send(request(at), body);
      Optional<String> location = response.headers().firstValue("Location");
      if (location.isEmpty() || !REDIRECTIONS.contains(response.statusCode())) {
        return response;
      }
      URI to = resolve(at, location.get());
      if (!mayGo(at, to)) {
        boolean sameScheme = at.getScheme().equalsIgnoreCase(to.getScheme());
        throw new UnreadablePagesException(
            "it redirects to "
                + (sameScheme ? "another host, " : to.getScheme() + "://")
                + host(to)
                + "; refused");
      }
      at = to;
    }
    throw new UnreadablePagesException(
        "it redirects more than " + MOST_REDIRECTIONS + " times in a row");
  }

  /**
   * Sends a request and takes the whole answer, however long it is, as long as it does not stall:
   * the client's own timeout ends where a body begins.
   */
  private HttpResponse<Void> send(HttpRequest request, ByteArrayOutputStream body)
      throws IOException, InterruptedException {
    AtomicLong heard = new AtomicLong(System.nanoTime());
    CompletableFuture<HttpResponse<Void>> answer =
        client.sendAsync(
            request,
            HttpResponse.BodyHandlers.ofByteArrayConsumer(
                part -> {
                  part.ifPresent(body::writeBytes);
                  heard.set(System.nanoTime());
                }));
    try {
      while (true) {
        long remaining = patience.toNanos() - (System.nanoTime() - heard.get());
        if (remaining <= 0) {
          throw new HttpTimeoutException("it stalls");
        }
        try {
          return answer.get(remaining, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
          // Unless more was heard meanwhile, nothing is left now.
        }
      }
    } catch (ExecutionException e) {
      throw new IOException("no answer", e.getCause());
    } finally {
      // Disconnects, unless the answer is there.
      answer.cancel(true);
    }
  }

  private HttpRequest request(URI address) throws IOException {
    String user = first.getRawUserInfo();
    URI bare =
        URI.create(
            address.getRawUserInfo() == null
                ? address.toString()
                : address.toString().replace(address.getRawUserInfo() + "@", ""));
    HttpRequest.Builder request = HttpRequest.newBuilder(bare).GET();
    try {
      source.headers().forEach(request::setHeader);
    } catch (IllegalArgumentException e) {
      // Without its message, which repeats the header.
      throw new UnreadablePagesException("a header of its definition cannot be sent");
    }
    if (user != null) {
      byte[] plain = String.valueOf(first.getUserInfo()).getBytes(StandardCharsets.UTF_8);
      request.setHeader("Authorization", "Basic " + Base64.getEncoder().encodeToString(plain));
    }
    return request.build();
  }

  /** In seconds, or as a time, which counts from the server's own clock. */
  private static Optional<Duration> retryAfter(HttpResponse<?> response) {
    Optional<String> header = response.headers().firstValue("Retry-After");
    if (header.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Duration.ofSeconds(Long.parseLong(header.get().strip())));
    } catch (NumberFormatException e) {
      try {
        DateTimeFormatter format = DateTimeFormatter.RFC_1123_DATE_TIME;
        ZonedDateTime then = ZonedDateTime.parse(header.get().strip(), format);
        return response
            .headers()
            .firstValue("Date")
            .map(date -> Duration.between(ZonedDateTime.parse(date, format), then));
      } catch (DateTimeException unreadable) {
        return Optional.empty();
      }
    }
  }

  private void pause(Duration wanted) throws IOException {
    try {
      pause.sleep(wanted);
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  private InterruptedIOException interrupted() {
    Thread.currentThread().interrupt();
    return new InterruptedIOException("interrupted while reading " + source);
  }

  /** A file that is made when something is written to it. */
  private static final class LazyFile extends OutputStream {
    private final FileSystem files;
    private final Path path;
    private @Nullable OutputStream out;

    private LazyFile(FileSystem files, Path path) {
      this.files = files;
      this.path = path;
    }

    private OutputStream out() throws IOException {
      OutputStream open = out;
      if (open == null) {
        open = new java.io.BufferedOutputStream(files.create(path, true), 1 << 16);
        out = open;
      }
      return open;
    }

    @Override
    public void write(int b) throws IOException {
      out().write(b);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      out().write(bytes, from, length);
    }

    @Override
    public void close() throws IOException {
      if (out != null) {
        out.close();
      }
    }
  }
}
