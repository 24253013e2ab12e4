package dev.patron.runners.serving;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;

/** What goes back to a client. */
final class Answer {
  private static final String JSON = "application/json";

  private final int status;
  private final String type;
  private final byte[] body;

  /**
   * An answer.
   *
   * @param status of HTTP
   * @param type of the content
   * @param body the content; not copied
   */
  Answer(int status, String type, byte[] body) {
    this.status = status;
    this.type = type;
    this.body = body;
  }

  int status() {
    return status;
  }

  String type() {
    return type;
  }

  byte[] body() {
    return body;
  }

  /** A successful answer. */
  static Answer json(byte[] body) {
    return new Answer(200, JSON, body);
  }

  /** Text, for people and probes. */
  static Answer text(String text) {
    return new Answer(200, "text/plain; charset=utf-8", text.getBytes(UTF_8));
  }

  /** What went wrong, in the form that MLflow gives it. */
  static Answer error(int status, String code, String message) {
    String body =
        JsonNodeFactory.instance
            .objectNode()
            .put("error_code", code)
            .put("message", message)
            .toString();
    return new Answer(status, JSON, body.getBytes(UTF_8));
  }
}
