package dev.patron.pipelines.generate.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.patron.pipelines.generate.Bookstore;
import dev.patron.pipelines.generate.BookstoreOptions;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.net.URL;
import java.nio.file.Path;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PageServerTest {
  @Test
  void itFailsInEveryWayItSays(@TempDir Path shop) throws IOException {
    Bookstore.generate(BookstoreOptions.of(20, 7, shop), orders -> {});
    TreeMap<String, Integer> answers = new TreeMap<>();
    try (PageServer server = PageServer.start(shop, 0, 0, 0.7, 7)) {
      for (int i = 0; i < 30; i++) {
        answers.merge(answer(new URL(server.url() + "/books")), 1, Integer::sum);
      }
    }
    assertThat(answers.keySet()).containsExactly("broken off", "status 429", "status 500", "whole");
  }

  private static String answer(URL page) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) page.openConnection();
    // Who waits longer for the rest of a body was not told that none comes.
    connection.setReadTimeout(2_000);
    int status = connection.getResponseCode();
    if (status != 200) {
      return "status " + status;
    }
    try (InputStream body = connection.getInputStream()) {
      return body.readAllBytes().length == connection.getContentLength() ? "whole" : "broken off";
    } catch (SocketTimeoutException e) {
      return "stalls";
    }
  }
}
