package dev.patron.runners.serving;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** {@code POST /invocations}: bytes in, an answer out; knows nothing of connections. */
final class Invocations {
  private static final String CSV = "text/csv";
  private static final String JSON = "application/json";

  private final Supplier<@Nullable Champions> champions;
  private final Metrics metrics;

  Invocations(Supplier<@Nullable Champions> champions, Metrics metrics) {
    this.champions = champions;
    this.metrics = metrics;
  }

  /** What is wrong with a content type, before the body is read; null if nothing is. */
  static @Nullable Answer refuse(@Nullable String contentType) {
    String[] parts = contentType == null ? new String[] {""} : contentType.split(";", -1);
    String type = parts[0].strip().toLowerCase(Locale.ROOT);
    if (!type.equals(CSV) && !type.equals(JSON)) {
      return unsupported(
          "this server takes application/json and text/csv, not "
              + (contentType == null ? "a body without Content-Type" : "'" + type + "'"));
    }
    List<String> unknown = new ArrayList<>();
    for (int i = 1; i < parts.length; i++) {
      String parameter = parts[i].strip().toLowerCase(Locale.ROOT).replace("\"", "");
      if (parameter.startsWith("charset=")) {
        if (!parameter.equals("charset=utf-8")) {
          return unsupported("this server takes UTF-8 only, not '" + parameter + "'");
        }
      } else if (!parameter.isEmpty()) {
        unknown.add(parameter);
      }
    }
    return unknown.isEmpty()
        ? null
        : unsupported("unknown parameters of the content type: " + String.join(", ", unknown));
  }

  /** What is wrong with a body's encoding, before it is read; null if it comes as it is. */
  static @Nullable Answer refuseEncoding(@Nullable String contentEncoding) {
    if (contentEncoding == null) {
      return null;
    }
    for (String coding : contentEncoding.split(",", -1)) {
      if (!coding.isBlank() && !coding.strip().equalsIgnoreCase("identity")) {
        return unsupported(
            "this server takes no body with Content-Encoding '"
                + contentEncoding
                + "'; send it as it is");
      }
    }
    return null;
  }

  private static Answer unsupported(String message) {
    return Answer.error(415, "UNSUPPORTED_MEDIA_TYPE", message);
  }

  /** Scores a body whose content type was not refused. */
  Answer answer(String contentType, byte[] body) {
    Champions current = champions.get();
    if (current == null) {
      return Answer.error(
          503, "TEMPORARILY_UNAVAILABLE", "there is no champion model yet; run train");
    }
    try {
      SentRows rows =
          contentType.strip().toLowerCase(Locale.ROOT).startsWith(CSV)
              ? SentRows.ofCsv(utf8(body))
              : SentRows.ofJson(body);
      Champions.Scores scores = current.score(rows);
      metrics.predicted(rows.rows().size());
      return Answer.json(Predictions.json(scores));
    } catch (BadRequest e) {
      return Answer.error(400, "BAD_REQUEST", String.valueOf(e.getMessage()));
    }
  }

  private static String utf8(byte[] body) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
    } catch (CharacterCodingException e) {
      throw new BadRequest("the body is not UTF-8");
    }
  }
}
