package dev.patron.transforms.read;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.patron.transforms.read.Pages.Fetched;
import dev.patron.transforms.read.SourcePosition.PagePosition;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class PagesTest {
  /** Long enough for a busy machine. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final Path folder;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, String> pages = new HashMap<>();
  private final Map<String, Charset> charsets = new HashMap<>();
  private final Map<String, String> links = new HashMap<>();
  private final ArrayDeque<Failure> failures = new ArrayDeque<>();
  private final List<HttpExchange> requests = new ArrayList<>();
  private final List<Duration> pauses = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  private interface Failure {
    void answer(HttpExchange exchange) throws IOException;
  }

  PagesTest(@TempDir Path folder) throws IOException {
    this.folder = folder;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.setExecutor(threads);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
    threads.shutdownNow();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      requests.add(exchange);
      Failure failure = failures.poll();
      if (failure != null) {
        failure.answer(exchange);
        return;
      }
      String address = exchange.getRequestURI().toString();
      String body = pages.get(address);
      String link = links.get(address);
      if (link != null) {
        exchange.getResponseHeaders().set("Link", link);
      }
      byte[] bytes =
          body == null ? new byte[0] : body.getBytes(charsets.getOrDefault(address, UTF_8));
      exchange.sendResponseHeaders(body == null ? 404 : 200, bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  private static Failure status(int status, @Nullable String retryAfter) {
    return exchange -> {
      if (retryAfter != null) {
        exchange.getResponseHeaders().set("Retry-After", retryAfter);
      }
      exchange.sendResponseHeaders(status, -1);
    };
  }

  private static Failure brokenOff() {
    return exchange -> {
      exchange.sendResponseHeaders(200, 1_000);
      exchange.getResponseBody().write("{\"a\":1}\n{\"a\":2}\n{\"a".getBytes(UTF_8));
    };
  }

  private String url(String path) {
    return "http://localhost:" + server.getAddress().getPort() + path;
  }

  private PageSource byLink(String path) {
    return new PageSource("the shop", url(path), Map.of(), null, "cursor", null);
  }

  private PageSource byCursor(String path) {
    return new PageSource("the shop", url(path), Map.of(), "meta.next", "after", "data.rows");
  }

  private Fetched fetch(PageSource source, @Nullable PagePosition before, long most)
      throws IOException {
    return fetch(new Pages(source, pauses::add, PATIENCE), before, most);
  }

  private Fetched fetch(Pages of, @Nullable PagePosition before, long most) throws IOException {
    return of.fetch(before, most, folder.resolve("pages").toString(), notes::add);
  }

  private Fetched fetch(PageSource source) throws IOException {
    return fetch(source, null, Long.MAX_VALUE);
  }

  /** A place without what is known of the last record. */
  private static PagePosition place(PagePosition at) {
    return new PagePosition(at.page(), at.records(), at.total());
  }

  private static Fetched place(Fetched fetched) {
    return new Fetched(fetched.records(), place(fetched.after()), fetched.more());
  }

  private List<String> lines() throws IOException {
    return Files.readAllLines(folder.resolve("pages"));
  }

  @Test
  void linksLeadFromPageToPage() throws IOException {
    pages.put("/a?k=1", "{\"a\":1}\r\n\n{\"a\":2}\n");
    links.put("/a?k=1", "</a?k=1>; rel=\"first\", <b?k=1&c=2>; title=\"x\"; rel=\"next last\"");
    pages.put("/b?c=2&k=1", "[ {\"a\":\n3},\n \"x\", 4.5 ]");
    Fetched fetched = fetch(byLink("/a?k=1"));
    assertThat(lines()).containsExactly("{\"a\":1}", "{\"a\":2}", "{\"a\": 3}", "\"x\"", "4.5");
    // What the definition's own address says may be secret and is not remembered.
    assertThat(place(fetched)).isEqualTo(new Fetched(5, new PagePosition("/b?c=2", 3, 5), false));
  }

  @Test
  void aLinkIsKnownHoweverItIsWritten() throws IOException {
    pages.put("/b", "2\n");
    for (String link :
        List.of(
            "</b>; rel=\"Next\"",
            "</b>;REL=next",
            "</b> ; Rel = NEXT ; title=x",
            "</b>; rel = \"last\tnext\"",
            "</c>; title=\"; rel=next\"; rel=last, </b>; rel=next",
            "</c>; title=\"<d>; rel=\\\"next\\\", <e>; rel=next\"; rel=first, </b>; rel=next",
            "</b>; title=\"a, <c>; rel=prev\"; rel=\"next\"",
            "</c>; rev=next, </b>; rel=next; rel=prev")) {
      pages.put("/a", "1\n");
      links.put("/a", link);
      assertThat(fetch(byLink("/a")).records()).as(link).isEqualTo(2);
    }
    for (String link :
        List.of(
            "</b>; rel=nextafter",
            "</b>; rel=prev; rel=next",
            "</b>; xrel=next",
            "</b>; title=\"</b>; rel=next\"",
            "</b>; title=\"; rel=next\"")) {
      links.put("/a", link);
      assertThat(fetch(byLink("/a")).records()).as(link).isEqualTo(1);
    }
  }

  /** A source as a definition makes it, with references in place of values. */
  private PageSource shown(String path, String secret, String reference) {
    return new PageSource(
        url(path).replace(secret, reference), url(path), Map.of(), null, "cursor", null);
  }

  private List<String> asked() {
    return requests.stream().map(exchange -> exchange.getRequestURI().toString()).toList();
  }

  @Test
  void aLinkIsFollowedAsItStands() throws IOException {
    pages.put("/a?page=1&size=2", "1\n2\n");
    links.put("/a?page=1&size=2", "<%s>; rel=\"next\"".formatted(url("/a?page=2&size=2")));
    pages.put("/a?page=2&size=2", "3\n4\n");
    links.put("/a?page=2&size=2", "<?token=a%2Bb%3D>; rel=\"next\"");
    pages.put("/a?token=a%2Bb%3D", "5\n");
    links.put("/a?token=a%2Bb%3D", "</a>; rel=\"next\"");
    pages.put("/a", "6\n");
    Fetched fetched = fetch(shown("/a?page=1&size=2", "none", "none"), null, 5);
    assertThat(lines()).containsExactly("1", "2", "3", "4", "5");
    assertThat(fetched.after()).isEqualTo(new PagePosition("/a", 0, 5));
    PagePosition third = new PagePosition("/a?token=a%2Bb%3D", 0, 4);
    assertThat(fetch(shown("/a?page=1&size=2", "none", "none"), third, 2).records()).isEqualTo(2);
    assertThat(lines()).containsExactly("5", "6");
  }

  @Test
  void aSecretParameterIsSentOnAndNotKept() throws IOException {
    PageSource source = shown("/a?size=1&key=s%20t", "s%20t", "${KEY}");
    pages.put("/a?size=1&key=s%20t", "1\n");
    // One server repeats it in its own way, the other leaves it out, a third gives another.
    links.put("/a?size=1&key=s%20t", "</a?key=s+t&size=1&page=2>; rel=\"next\"");
    pages.put("/a?size=1&page=2&key=s%20t", "2\n");
    links.put("/a?size=1&page=2&key=s%20t", "</a?size=1&page=3>; rel=\"next\"");
    pages.put("/a?size=1&page=3&key=s%20t", "3\n");
    links.put("/a?size=1&page=3&key=s%20t", "</a?page=4&key=once>; rel=\"next\"");
    pages.put("/a?page=4&key=once", "4\n");
    assertThat(fetch(source, null, 1).after())
        .isEqualTo(new PagePosition("/a?size=1&page=2", 0, 1));
    assertThat(place(fetch(source).after()))
        .isEqualTo(new PagePosition("/a?page=4&key=once", 1, 4));
    assertThat(lines()).containsExactly("1", "2", "3", "4");
  }

  @Test
  void aPathThatLooksLikeAHostStaysAPath() throws IOException {
    pages.put("/a", "1\n");
    links.put("/a", "<%s>; rel=next".formatted(url("//elsewhere.example/b")));
    pages.put("//elsewhere.example/b", "2\n");
    assertThat(fetch(byLink("/a")).records()).isEqualTo(2);
  }

  @Test
  void cursorsLeadFromPageToPage() throws IOException {
    pages.put(
        "/a?k=1",
        "{\"data\":{\"n\":2,\"rows\":[{\"a\":1},{\"a\":2}]},\"meta\":{\"next\":\"x y\"}}");
    pages.put("/a?k=1&after=x+y", "{\"meta\":{\"next\":7},\"data\":{\"rows\":[]}}");
    pages.put("/a?k=1&after=7", "{\"meta\":{\"next\":null},\"data\":{\"rows\":[[3]]}}");
    Fetched fetched = fetch(byCursor("/a?k=1"));
    assertThat(lines()).containsExactly("{\"a\":1}", "{\"a\":2}", "[3]");
    assertThat(place(fetched)).isEqualTo(new Fetched(3, new PagePosition("7", 1, 3), false));
  }

  @Test
  void readingGoesOnWithinThePageThatWasTheLast() throws IOException {
    pages.put("/a", "1\n2\n");
    PagePosition left = fetch(byLink("/a")).after();
    assertThat(fetch(byLink("/a"), left, 100)).isEqualTo(new Fetched(0, left, false));
    pages.put("/a", "1\n2\n3\n");
    links.put("/a", "</b>; rel=next");
    pages.put("/b", "4\n");
    Fetched rest = fetch(byLink("/a"), left, 100);
    assertThat(lines()).containsExactly("3", "4");
    assertThat(place(rest.after())).isEqualTo(new PagePosition("/b", 1, 4));
  }

  @Test
  void aPageThatHoldsOtherRecordsThanWereReadIsToldOnce() throws IOException {
    pages.put("/a", "1\n2\n");
    links.put("/a", "</a?page=2>; rel=next");
    pages.put("/a?page=2", "3\n4\n");
    PagePosition left = fetch(byLink("/a")).after();
    assertThat(notes).isEmpty();
    // Three records a page now, of seven: reading on behind the second leaves out 5.
    pages.put("/a?page=2", "4\n5\n6\n");
    Pages shop = new Pages(byLink("/a"), pauses::add, PATIENCE);
    fetch(shop, left, 100);
    fetch(shop, left, 100);
    assertThat(notes)
        .containsExactly(
            "the shop, page /a?page=2: its record 2 is not as it was read; if its pages have another"
                + " size or order than then, records are left out or read twice: read them into a"
                + " new warehouse");
    notes.clear();
    pages.put("/a?page=2", "3\n4\n5\n");
    assertThat(fetch(byLink("/a"), left, 100).records()).isEqualTo(1);
    assertThat(notes).isEmpty();
  }

  /** A time of serving, or a link that is signed anew for each answer, is no news. */
  @Test
  void aLastRecordThatIsAnotherEachTimeIsToldOnceAndLeavesThePlaceAsItWas() throws IOException {
    pages.put("/a", "1\n2\n");
    Pages shop = new Pages(byLink("/a"), pauses::add, PATIENCE);
    PagePosition left = fetch(shop, null, 100).after();
    for (int look = 0; look < 3; look++) {
      pages.put("/a", "1\n" + (7 + look) + "\n");
      assertThat(fetch(shop, left, 100)).isEqualTo(new Fetched(0, left, false));
    }
    assertThat(notes).hasSize(1);
  }

  @Test
  void theSameHoldsOfPagesBehindACursor() throws IOException {
    pages.put("/a", "{\"data\":{\"rows\":[{\"a\":1},{\"a\":2}]}}");
    PagePosition left = fetch(byCursor("/a")).after();
    pages.put("/a", "{\"data\":{\"rows\":[{\"a\":0},{\"a\":1},{\"a\":2}]}}");
    assertThat(fetch(byCursor("/a"), left, 100).records()).isEqualTo(1);
    assertThat(notes).singleElement().asString().startsWith("the shop: its record 2 is not as");
  }

  @Test
  void aRecordIsTheSameHoweverItsLineEnds() throws IOException {
    for (String end : List.of("", "\r", " ", "\n", "\r\n")) {
      pages.put("/a", "1\n{\"a\":2}" + end);
      PagePosition left = fetch(byLink("/a")).after();
      pages.put("/a", "1\n{\"a\":2}\r\n3\n");
      assertThat(fetch(byLink("/a"), left, 100).records()).isEqualTo(1);
      assertThat(lines()).containsExactly("3");
      assertThat(notes).isEmpty();
    }
  }

  @Test
  void aPositionOfAnEarlierVersionIsGoneOnFrom() throws IOException {
    pages.put("/a", "1\n3\n4\n");
    assertThat(fetch(byLink("/a"), new PagePosition(null, 2, 2), 100).records()).isEqualTo(1);
    assertThat(lines()).containsExactly("4");
  }

  @Test
  void aRecordThatTheLastPageStopsInIsReadWhenItIsFinished() throws IOException {
    String half = "{\"a\":\"\\\"}\",\"b\":[2";
    for (String rest : List.of("", " ", half, half.substring(0, 6), "{", " [")) {
      notes.clear();
      pages.put("/a", "{\"a\":1}\n" + rest);
      Pages source = new Pages(byLink("/a"), pauses::add, PATIENCE);
      PagePosition left = fetch(source, null, 100).after();
      assertThat(place(left)).as(rest).isEqualTo(new PagePosition(null, 1, 1));
      assertThat(fetch(source, left, 100).records()).isZero();
      assertThat(notes)
          .as(rest)
          .hasSize(rest.isBlank() ? 0 : 1)
          .allMatch(
              ("the shop: its last page stops within a record (%d bytes), which is read when it is"
                          + " finished")
                      .formatted(rest.length())
                  ::equals);
      pages.put("/a", "{\"a\":1}\n" + rest + "]}\n3\n");
      assertThat(fetch(source, left, 100).records()).isEqualTo(2);
      assertThat(lines()).containsExactly(rest + "]}", "3");
    }
  }

  @Test
  void aLastLineWithoutALineEndIsARecord() throws IOException {
    for (String last : List.of("{\"a\":{\"b\":[\"{\"]}}", "7", "<html>\"", "{\"a\":1}}")) {
      pages.put("/a", "{\"a\":1}\n" + last);
      PagePosition left = fetch(byLink("/a")).after();
      assertThat(lines()).containsExactly("{\"a\":1}", last);
      pages.put("/a", "{\"a\":1}\n" + last + "\n");
      assertThat(fetch(byLink("/a"), left, 100)).isEqualTo(new Fetched(0, left, false));
    }
  }

  @Test
  void aLastLineIsARecordWhateverItBeginsWith() throws IOException {
    for (String last : List.of("\u00e9t\u00e9", "\u20ac", "\ud83d\udcda")) {
      pages.put("/a", "{\"a\":1}\n" + last);
      assertThat(fetch(byLink("/a")).records()).as(last).isEqualTo(2);
      assertThat(lines()).containsExactly("{\"a\":1}", last);
    }
  }

  @Test
  void aByteOrderMarkIsNoPartOfAPage() throws IOException {
    String mark = "\ufeff";
    for (String page : List.of("1\n{\"a\":2}", "1\n{\"a\":2}\n", "[1,{\"a\":2}]")) {
      pages.put("/a", mark + page);
      links.put("/a", "</b>; rel=next");
      pages.put("/b", mark + "[3]");
      assertThat(fetch(byLink("/a")).records()).as(page).isEqualTo(3);
      assertThat(lines()).containsExactly("1", "{\"a\":2}", "3");
    }
    pages.put("/c", mark + "{\"data\":{\"rows\":[1,{\"a\":2}]}}");
    assertThat(fetch(byCursor("/c")).records()).isEqualTo(2);
    assertThat(lines()).containsExactly("1", "{\"a\":2}");
    pages.put("/d", mark);
    assertThat(fetch(byLink("/d")).records()).isZero();
  }

  @Test
  void pagesInUtf16AreRefused() {
    charsets.put("/a", UTF_16);
    charsets.put("/b", UTF_16LE);
    pages.put("/a", "[1,2]");
    pages.put("/b", "\ufeff{\"a\":1}\n");
    for (String page : List.of("/a", "/b")) {
      for (PageSource source : List.of(byLink(page), byCursor(page))) {
        assertThatThrownBy(() -> fetch(source))
            .isInstanceOf(UnreadablePagesException.class)
            .hasMessage("the shop: a page is UTF-16; only UTF-8 is read");
      }
    }
  }

  @Test
  void aPageThatLeadsOnIsReadToItsEnd() throws IOException {
    pages.put("/a", "{\"a\":1}\n{\"a\"");
    links.put("/a", "</b>; rel=next");
    pages.put("/b", "3\n");
    assertThat(fetch(byLink("/a")).records()).isEqualTo(3);
    assertThat(lines()).containsExactly("{\"a\":1}", "{\"a\"", "3");
    assertThat(notes).isEmpty();
  }

  private void circle() {
    pages.put("/a", "{\"data\":{\"rows\":[1]},\"meta\":{\"next\":\"x\"}}");
    pages.put("/a?after=x", "{\"data\":{\"rows\":[2]},\"meta\":{\"next\":\"y\"}}");
    pages.put("/a?after=y", "{\"data\":{\"rows\":[3]},\"meta\":{\"next\":\"x\"}}");
  }

  private static final String IN_A_CIRCLE =
      "the shop, page y: it leads back to page x, which was read before; pages in a circle never"
          + " end";

  @Test
  @Timeout(60)
  void pagesInACircleAreAnError() {
    circle();
    assertThatThrownBy(() -> fetch(byCursor("/a")))
        .isInstanceOf(UnreadablePagesException.class)
        .hasMessage(IN_A_CIRCLE);
    links.put("/b", "</c>; rel=next");
    pages.put("/b", "1\n");
    links.put("/c", "</b>; rel=next");
    pages.put("/c", "1\n");
    assertThatThrownBy(() -> fetch(byLink("/b")))
        .hasMessage(
            "the shop, page /c: it leads back to page /b, which was read before; pages in a circle"
                + " never end");
  }

  @Test
  void aCircleIsSeenAcrossIncrements() throws IOException {
    circle();
    Pages source = new Pages(byCursor("/a"), pauses::add, PATIENCE);
    PagePosition second = fetch(source, null, 1).after();
    PagePosition third = fetch(source, second, 1).after();
    assertThatThrownBy(() -> fetch(source, third, 1)).hasMessage(IN_A_CIRCLE);
    // An increment that failed is done again.
    assertThat(fetch(source, second, 1).after()).isEqualTo(third);
    assertThat(fetch(source, null, 1).after()).isEqualTo(second);
  }

  @Test
  void aPageThatLeadsToItselfIsTheLast() throws IOException {
    pages.put("/a", "1\n");
    links.put("/a", "</a>; rel=next");
    Fetched fetched = fetch(byLink("/a"));
    assertThat(place(fetched)).isEqualTo(new Fetched(1, new PagePosition(null, 1, 1), false));
    assertThat(fetch(byLink("/a"), fetched.after(), 100).records()).isZero();
  }

  @Test
  void aPageIsKnownAgainUnderAnyOfItsAddresses() throws IOException {
    PageSource source = shown("/a?key=k&size=1", "key=k", "key=${KEY}");
    for (String link : List.of("/a?size=1", "/a?key=k&size=1", "/a?size=1&key=k", "?size=1")) {
      pages.put("/a?key=k&size=1", "1\n");
      links.put("/a?key=k&size=1", "<%s>; rel=next".formatted(link));
      pages.put("/a?size=1&key=k", "1\n");
      links.put("/a?size=1&key=k", "<%s>; rel=next".formatted(link));
      assertThat(fetch(source).records()).as(link).isEqualTo(1);
    }
    failures.add(redirect("/b"));
    pages.put("/b", "1\n");
    links.put("/b", "</b>; rel=next");
    assertThat(fetch(byLink("/c")).records()).isEqualTo(1);
  }

  @Test
  void anIncrementEndsWithAPage() throws IOException {
    pages.put("/a", "1\n2\n");
    links.put("/a", "</b>; rel=next");
    pages.put("/b", "3\n");
    Fetched some = fetch(byLink("/a"), null, 1);
    assertThat(place(some)).isEqualTo(new Fetched(2, new PagePosition("/b", 0, 2), true));
    assertThat(place(fetch(byLink("/a"), some.after(), 1).after()))
        .isEqualTo(new PagePosition("/b", 1, 3));
  }

  @Test
  void whatMayPassIsTriedAgainWithLongerPauses() throws IOException {
    pages.put("/a", "1\n");
    failures.addAll(List.of(status(500, null), brokenOff(), status(503, null), status(408, null)));
    assertThat(fetch(byLink("/a")).records()).isEqualTo(1);
    assertThat(lines()).containsExactly("1");
    assertThat(pauses)
        .containsExactly(
            Duration.ofMillis(250),
            Duration.ofMillis(500),
            Duration.ofSeconds(1),
            Duration.ofSeconds(2));
  }

  @Test
  @Timeout(60)
  void anAnswerThatStallsIsTriedAgain() throws IOException {
    pages.put("/a", "1\n");
    CountDownLatch end = new CountDownLatch(1);
    Failure withoutEnd =
        exchange -> {
          exchange.sendResponseHeaders(200, 1_000);
          exchange.getResponseBody().write("{\"a\":1}\n".getBytes(UTF_8));
          exchange.getResponseBody().flush();
          await(end);
        };
    failures.addAll(List.of(withoutEnd, exchange -> await(end)));
    try {
      assertThat(fetch(byLink("/a")).records()).isEqualTo(1);
    } finally {
      end.countDown();
    }
    assertThat(lines()).containsExactly("1");
    assertThat(pauses).hasSize(2);
    assertThat(notes)
        .containsExactly("the shop: nothing came for 2 s; asking again in 1 s, 8 times at most");
  }

  @Test
  void aLongAnswerIsNoStall() throws IOException {
    failures.add(
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          for (int i = 0; i < 6; i++) {
            exchange.getResponseBody().write("1\n".getBytes(UTF_8));
            exchange.getResponseBody().flush();
            await(new CountDownLatch(1), PATIENCE.dividedBy(4));
          }
        });
    assertThat(fetch(byLink("/a")).records()).isEqualTo(6);
    assertThat(pauses).isEmpty();
  }

  private static void await(CountDownLatch end) {
    await(end, Duration.ofMinutes(10));
  }

  private static void await(CountDownLatch end, Duration most) {
    try {
      end.await(most.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void aRateLimitSaysHowLongToWait() throws IOException {
    pages.put("/a", "1\n");
    failures.add(status(429, "7"));
    failures.add(
        exchange -> {
          exchange.getResponseHeaders().set("Retry-After", "Fri, 31 Dec 1999 23:59:59 GMT");
          exchange.sendResponseHeaders(429, -1);
        });
    assertThat(fetch(byLink("/a")).records()).isEqualTo(1);
    assertThat(pauses).containsExactly(Duration.ofSeconds(7), Duration.ofMillis(500));
  }

  @Test
  void nobodyIsAskedAgainSoonerThanUsual() throws IOException {
    pages.put("/a", "1\n");
    failures.addAll(List.of(status(503, "0"), status(503, "-5"), status(503, "2")));
    assertThat(fetch(byLink("/a")).records()).isEqualTo(1);
    assertThat(pauses)
        .containsExactly(Duration.ofMillis(250), Duration.ofMillis(500), Duration.ofSeconds(2));
  }

  @Test
  void aLongWaitIsToldOnce() throws IOException {
    pages.put("/a", "1\n");
    links.put("/a", "</b>; rel=next");
    pages.put("/b", "2\n");
    failures.addAll(List.of(status(503, null), status(429, "1")));
    fetch(byLink("/a"));
    assertThat(notes).isEmpty();
    failures.addAll(List.of(status(429, "300"), status(429, "200"), status(500, null)));
    assertThat(fetch(byLink("/a")).records()).isEqualTo(2);
    assertThat(notes)
        .containsExactly(
            "the shop: it answered with status 429; asking again in 300 s, 8 times at most");
  }

  @Test
  void whatIsWrongWithALaterPageNamesIt() {
    String shown = url("/a?key=${KEY}");
    PageSource source = new PageSource(shown, url("/a?key=k"), Map.of(), null, "cursor", null);
    pages.put("/a?key=k", "1\n");
    links.put("/a?key=k", "</b?page=2&key=k>; rel=next");
    assertThatThrownBy(() -> fetch(source))
        .hasMessage(shown + ", page /b?page=2: it answered with status 404");
    pages.put("/b?page=2&key=k", "[{\"a\":1},{\"a\"");
    assertThatThrownBy(() -> fetch(source))
        .hasMessageStartingWith(shown + ", page /b?page=2: a page is no JSON: Unexpected end")
        .hasNoCause();
  }

  @Test
  void aLinkOrRedirectionThatIsNoAddressIsSaidToBe() {
    pages.put("/a", "1\n");
    links.put("/a", "<http://[bad/%zz>; rel=\"next\"");
    assertThatThrownBy(() -> fetch(byLink("/a")))
        .isInstanceOf(UnreadablePagesException.class)
        .hasMessage(
            "the shop: it leads to what is no address: Expected closing bracket for IPv6 address");
    failures.add(redirect("/b c?key=k"));
    assertThatThrownBy(() -> fetch(byLink("/a")))
        .isInstanceOf(UnreadablePagesException.class)
        .hasMessage("the shop: it leads to what is no address: Illegal character in path");
  }

  @Test
  void anAddressThatCannotBeAskedIsSaidWithoutItsSecrets() {
    for (String url :
        List.of("http://host/a?key=k 2", "http://under_score/a?key=k", "http:///a?key=k")) {
      PageSource source = new PageSource("the shop", url, Map.of(), null, "cursor", null);
      assertThatThrownBy(() -> fetch(source))
          .hasMessageStartingWith("the shop: its address cannot be asked: ")
          .hasMessageNotContaining("key=k");
    }
  }

  @Test
  void aLimitOfHoursIsAnErrorAndNoWait() {
    failures.add(status(429, "7200"));
    assertThatThrownBy(() -> fetch(byLink("/a")))
        .isInstanceOf(IOException.class)
        .hasMessage("the shop: it asks to come back in 7200 s; run again then");
    assertThat(pauses).isEmpty();
  }

  @Test
  void afterEightAttemptsItGivesUp() {
    for (int i = 0; i < 8; i++) {
      failures.add(status(500, null));
    }
    assertThatThrownBy(() -> fetch(byLink("/a")))
        .hasMessage(
            "the shop: it answered with status 500, 8 times in a row; run again to go on from where"
                + " it was left");
    assertThat(requests).hasSize(8);
  }

  @Test
  void whatWillNotPassIsAnErrorAtOnce() {
    assertThatThrownBy(() -> fetch(byLink("/none")))
        .isInstanceOf(IOException.class)
        .hasMessage("the shop: it answered with status 404");
    assertThat(requests).hasSize(1);
  }

  @Test
  void aPageThatShrankIsALoss() throws IOException {
    pages.put("/a", "1\n2\n");
    PagePosition left = fetch(byLink("/a")).after();
    pages.put("/a", "1\n");
    assertThatThrownBy(() -> fetch(byLink("/a"), left, 100))
        .isInstanceOf(LostRecordsException.class)
        .hasMessage(
            "the shop: a page of which 2 records were read has only 1 now; pages must only grow");
  }

  @Test
  void pagesOfAnotherFormAreSaidToBe() {
    pages.put("/a", "closed");
    assertThatThrownBy(() -> fetch(byCursor("/a")))
        .hasMessageStartingWith("the shop: a page is no JSON: Unrecognized token 'closed'");
    pages.put("/a", "<html>");
    assertThatThrownBy(() -> fetch(byCursor("/a")))
        .hasMessageStartingWith(
            "the shop: it answered with HTML or XML, which holds no records, 8");
    pages.put("/a", "{\"data\":[]}");
    assertThatThrownBy(() -> fetch(byCursor("/a")))
        .hasMessage("the shop: a page has no array 'data.rows'");
    pages.put("/a", "[]");
    assertThatThrownBy(() -> fetch(byCursor("/a")))
        .hasMessage("the shop: a page is no object with the records in 'data.rows'");
  }

  @Test
  void whatStandsBehindAPageIsNotPassedOver() {
    for (String page : List.of("[1,2]\n[3,4]", "[1] {\"a\":2}", "[1],")) {
      pages.put("/a", page);
      assertThatThrownBy(() -> fetch(byLink("/a")))
          .as(page)
          .isInstanceOf(UnreadablePagesException.class)
          .hasMessageStartingWith("the shop: a page ");
    }
    pages.put("/a", "[1,2]\n[3,4]");
    assertThatThrownBy(() -> fetch(byLink("/a")))
        .hasMessage(
            "the shop: a page has more behind its array; expected one array, or a record a line");
    pages.put("/a", "{\"data\":{\"rows\":[1]}}\n{\"data\":{\"rows\":[2]}}");
    assertThatThrownBy(() -> fetch(byCursor("/a")))
        .isInstanceOf(UnreadablePagesException.class)
        .hasMessage("the shop: a page has more behind its object; expected one object");
  }

  @Test
  void aFieldThatAPageHasTwiceIsNotPassedOver() {
    pages.put("/a", "{\"data\":{\"rows\":[1],\"rows\":[2]}}");
    assertThatThrownBy(() -> fetch(byCursor("/a")))
        .isInstanceOf(UnreadablePagesException.class)
        .hasMessage("the shop: a page has 'data.rows' twice");
    pages.put("/a", "{\"data\":{\"rows\":[1]},\"data\":{\"rows\":[2]}}");
    assertThatThrownBy(() -> fetch(byCursor("/a"))).hasMessage("the shop: a page has 'data' twice");
    pages.put("/a", "{\"data\":{\"rows\":[1]},\"meta\":{\"next\":1,\"next\":null}}");
    assertThatThrownBy(() -> fetch(byCursor("/a")))
        .hasMessage("the shop: a page has 'meta.next' twice");
  }

  @Test
  void whatARecordHasTwiceIsTheRecordsOwnMatter() throws IOException {
    pages.put("/a", "{\"data\":{\"x\":1,\"x\":2,\"rows\":[{\"a\":1,\"a\":2}]}}");
    fetch(byCursor("/a"));
    assertThat(lines()).containsExactly("{\"a\":1,\"a\":2}");
  }

  @Test
  void thePageWhoseCursorSaysThatThereIsNoneIsTheLast() throws IOException {
    for (String cursor : List.of("null", "false", "\"\"", "\" \"")) {
      pages.put("/a", "{\"data\":{\"rows\":[1]},\"meta\":{\"next\":" + cursor + "}}");
      assertThat(fetch(byCursor("/a")).records()).as(cursor).isEqualTo(1);
    }
  }

  @Test
  void aPageWhoseLinkIsEmptyLeadsToItselfAndIsTheLast() throws IOException {
    pages.put("/o/a?x=1", "1\n");
    links.put("/o/a?x=1", "<>; rel=next");
    pages.put("/o/", "2\n");
    assertThat(fetch(byLink("/o/a?x=1")).records()).isEqualTo(1);
  }

  @Test
  void aCursorThatIsTrueIsRefused() {
    pages.put("/a", "{\"data\":{\"rows\":[1]},\"meta\":{\"next\":true}}");
    assertThatThrownBy(() -> fetch(byCursor("/a")))
        .isInstanceOf(UnreadablePagesException.class)
        .hasMessageContaining("the cursor 'meta.next' of a page is true; expected a text");
  }

  @Test
  void aCursorThatIsNoTextAndNoNumberIsRefused() {
    for (String cursor : List.of("{\"href\":\"/a?after=2\"}", "[2]")) {
      pages.put("/a", "{\"data\":{\"rows\":[1]},\"meta\":{\"next\":" + cursor + "}}");
      assertThatThrownBy(() -> fetch(byCursor("/a")))
          .as(cursor)
          .isInstanceOf(UnreadablePagesException.class)
          .hasMessage(
              "the shop: the cursor 'meta.next' of a page is an object or an array; expected a text"
                  + " or a number, or null on the last page");
    }
  }

  @Test
  void aBodyThatIsEncodedIsRefused() throws IOException {
    failures.add(encoded("gzip"));
    assertThatThrownBy(() -> fetch(byLink("/a")))
        .isInstanceOf(UnreadablePagesException.class)
        .hasMessage(
            "the shop: it sends its body with Content-Encoding 'gzip', which nobody asked for;"
                + " only bodies as they are can be read");
    assertThat(requests).hasSize(1);
    failures.add(encoded("Identity"));
    assertThat(fetch(byLink("/a")).records()).isEqualTo(1);
  }

  private static Failure encoded(String how) {
    return exchange -> {
      exchange.getResponseHeaders().set("Content-Encoding", how);
      exchange.sendResponseHeaders(200, 2);
      exchange.getResponseBody().write("1\n".getBytes(UTF_8));
    };
  }

  @Test
  void aLinkOfAnotherContextLeadsNowhere() throws IOException {
    pages.put("/a", "1\n");
    pages.put("/b", "2\n");
    for (String anchor : List.of("/other", "#part", "http://elsewhere.example/a", "http://[")) {
      links.put("/a", "</c>; rel=\"next\"; anchor=\"%s\", </b>; rel=\"next\"".formatted(anchor));
      assertThat(fetch(byLink("/a")).records()).as(anchor).isEqualTo(2);
      links.put("/a", "</b>; anchor=\"%s\"; rel=\"next\"".formatted(anchor));
      assertThat(fetch(byLink("/a")).records()).as(anchor).isEqualTo(1);
    }
    for (String anchor : List.of("/a", "", url("/a"))) {
      links.put("/a", "</b>; anchor=\"%s\"; rel=\"next\"".formatted(anchor));
      assertThat(fetch(byLink("/a")).records()).as(anchor).isEqualTo(2);
    }
  }

  @Test
  void headersAndPasswordsGoToTheirHostAndNowhereElse() throws IOException {
    pages.put("/a", "1\n");
    String url = url("/a").replace("http://", "http://user:pass@");
    PageSource source =
        new PageSource("the shop", url, Map.of("X-Key", "secret"), null, "cursor", null);
    fetch(source);
    assertThat(requests.get(0).getRequestHeaders().getFirst("X-Key")).isEqualTo("secret");
    assertThat(requests.get(0).getRequestHeaders().getFirst("Authorization"))
        .isEqualTo("Basic dXNlcjpwYXNz");
    links.put("/a", "<http://elsewhere.example/a>; rel=next");
    assertThatThrownBy(() -> fetch(source))
        .hasMessage("the shop: a page leads to another host, elsewhere.example; refused");
    assertThat(Objects.toString(source)).isEqualTo("the shop");
  }

  private static Failure redirect(String to) {
    return exchange -> {
      exchange.getResponseHeaders().set("Location", to);
      exchange.sendResponseHeaders(302, -1);
    };
  }

  @Test
  void redirectionsAreFollowedWithinTheService() throws IOException {
    failures.addAll(List.of(redirect("b/c"), redirect(url("/d/e?x=1"))));
    pages.put("/d/e?x=1", "1\n");
    links.put("/d/e?x=1", "<f>; rel=next");
    pages.put("/d/f", "2\n");
    assertThat(fetch(shown("/a", "none", "none")).records()).isEqualTo(2);
    assertThat(asked()).containsExactly("/a", "/b/c", "/d/e?x=1", "/d/f");
    assertThat(pauses).isEmpty();
  }

  @Test
  void redirectionsTakeNoSecretElsewhere() throws IOException {
    HttpServer other =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    other.createContext("/", this::answer);
    other.start();
    try {
      int port = other.getAddress().getPort();
      failures.add(redirect("http://localhost:" + port + "/a?key=k"));
      assertThatThrownBy(() -> fetch(byLink("/a")))
          .isInstanceOf(IOException.class)
          .hasMessage("the shop: it redirects to another host, localhost:" + port + "; refused");
      failures.add(redirect(url("/a").replace("localhost", "127.0.0.1")));
      assertThatThrownBy(() -> fetch(byLink("/a")))
          .hasMessageStartingWith("the shop: it redirects to another host, 127.0.0.1:");
      failures.add(redirect("ftp://localhost/a"));
      assertThatThrownBy(() -> fetch(byLink("/a")))
          .hasMessage("the shop: it redirects to ftp://localhost; refused");
    } finally {
      other.stop(0);
    }
    assertThat(requests).hasSize(3);
  }

  @Test
  void redirectionsThatNeverEndAreAnError() {
    for (int i = 0; i < 20; i++) {
      failures.add(redirect("/a"));
    }
    assertThatThrownBy(() -> fetch(byLink("/a")))
        .hasMessage("the shop: it redirects more than 5 times in a row");
    assertThat(requests).hasSize(6);
    assertThat(pauses).isEmpty();
  }

  private static boolean mayGo(String from, String to) {
    return Pages.mayGo(URI.create(from), URI.create(to));
  }

  @Test
  void theSameHostIsTheSameServiceAlsoBehindTls() {
    assertThat(mayGo("http://shop.example/a", "https://shop.example/a")).isTrue();
    assertThat(mayGo("http://shop.example:8080/a", "https://SHOP.example:8443/b")).isTrue();
    assertThat(mayGo("https://shop.example/a", "https://shop.example:443/b")).isTrue();
    assertThat(mayGo("https://shop.example/a", "http://shop.example/a")).isFalse();
    assertThat(mayGo("http://shop.example/a", "http://shop.example:8080/a")).isFalse();
    assertThat(mayGo("https://shop.example/a", "https://shop.example:8443/a")).isFalse();
    assertThat(mayGo("http://shop.example/a", "http://shop.example.org/a")).isFalse();
    assertThat(mayGo("http://shop.example/a", "mailto:somebody")).isFalse();
  }

  /** Its lines were taken for broken records, and the records at their places never read. */
  @Test
  void aPageThatSaysThatTheServiceIsClosedIsNoPageOfRecords() throws IOException {
    pages.put("/a", "1\n2\n");
    failures.add(
        exchange -> {
          byte[] closed = "\n<!DOCTYPE html>\n<p>Back soon\n".getBytes(UTF_8);
          exchange.sendResponseHeaders(200, closed.length);
          exchange.getResponseBody().write(closed);
        });

    Fetched fetched = fetch(byLink("/a"));

    assertThat(lines()).containsExactly("1", "2");
    assertThat(place(fetched)).isEqualTo(new Fetched(2, new PagePosition(null, 2, 2), false));
    assertThat(pauses).hasSize(1);
  }

  /** A cursor that is the time of asking never ends. */
  @Test
  void pagesWithoutRecordsThatLeadOnAreTakenForTheEnd() throws IOException {
    pages.put("/c", "{\"meta\":{\"next\":\"1\"},\"data\":{\"rows\":[7]}}");
    for (int page = 1; page < 1_100; page++) {
      pages.put(
          "/c?after=" + page,
          "{\"meta\":{\"next\":\"%d\"},\"data\":{\"rows\":[%s]}}"
              .formatted(page + 1, page == 10 ? "8" : ""));
    }
    Pages source = new Pages(byCursor("/c"), pauses::add, PATIENCE);

    Fetched fetched = fetch(source, null, Long.MAX_VALUE);

    assertThat(lines()).containsExactly("7", "8");
    assertThat(place(fetched)).isEqualTo(new Fetched(2, new PagePosition("1011", 0, 2), false));
    assertThat(notes)
        .containsExactly(
            "the shop: 1000 pages in a row without a record lead on; taken for the end, until the"
                + " next look");

    // Whoever goes on looking does not ask for a thousand each time.
    requests.clear();
    fetched = fetch(source, fetched.after(), Long.MAX_VALUE);
    assertThat(place(fetched)).isEqualTo(new Fetched(0, new PagePosition("1031", 0, 2), false));
    assertThat(asked()).hasSize(20).startsWith("/c?after=1011").endsWith("/c?after=1030");
    pages.put("/c?after=1031", "{\"meta\":{\"next\":\"1032\"},\"data\":{\"rows\":[9]}}");
    fetched = fetch(source, fetched.after(), Long.MAX_VALUE);
    assertThat(place(fetched)).isEqualTo(new Fetched(1, new PagePosition("1052", 0, 3), false));
    assertThat(notes).hasSize(1);
  }

  /** A cursor that is a time, and was far behind. */
  @Test
  void aLastPageShowsThatPagesDoNotLeadOnForEver() throws IOException {
    pages.put("/c", "{\"meta\":{\"next\":\"1\"},\"data\":{\"rows\":[7]}}");
    for (int page = 1; page < 1_100; page++) {
      pages.put(
          "/c?after=" + page,
          "{\"meta\":{\"next\":\"%d\"},\"data\":{\"rows\":[]}}".formatted(page + 1));
    }
    String end = "{\"meta\":{},\"data\":{\"rows\":[8]}}";
    pages.put("/c?after=1011", end);
    Pages source = new Pages(byCursor("/c"), pauses::add, PATIENCE);

    Fetched fetched = fetch(source, null, Long.MAX_VALUE);
    assertThat(place(fetched)).isEqualTo(new Fetched(1, new PagePosition("1001", 0, 1), false));
    fetched = fetch(source, fetched.after(), Long.MAX_VALUE);
    assertThat(place(fetched)).isEqualTo(new Fetched(1, new PagePosition("1011", 1, 2), false));

    pages.put("/c?after=1011", end.replace("{}", "{\"next\":\"1012\"}"));
    pages.put("/c?after=1090", end);
    fetched = fetch(source, fetched.after(), Long.MAX_VALUE);
    assertThat(place(fetched)).isEqualTo(new Fetched(1, new PagePosition("1090", 1, 3), false));
  }

  /** What many services say where there is nothing new. */
  @Test
  void noContentIsALastPageWithoutRecords() throws IOException {
    failures.add(status(204, null));
    Fetched fetched = fetch(byCursor("/c"));
    assertThat(place(fetched)).isEqualTo(new Fetched(0, new PagePosition(null, 0, 0), false));
  }
}
