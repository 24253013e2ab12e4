package dev.patron.features.record;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Reads what a record says about itself: text and numbers, or nothing where it is neither. */
final class ScalarReader {
  /** A number that was not given. */
  static final long ABSENT = Long.MIN_VALUE;

  private final Utf8 text = new Utf8();
  private final NumberText number = new NumberText();

  /** The text of a scalar; null for anything else. */
  @Nullable String string(JsonParser parser) throws IOException {
    JsonToken token = parser.currentToken();
    if (token == JsonToken.VALUE_NULL || !token.isScalarValue()) {
      parser.skipChildren();
      return null;
    }
    return parser.getText();
  }

  /** A 64-bit number, also written as text; {@link #ABSENT} for anything else. */
  long number(JsonParser parser) throws IOException {
    JsonToken token = parser.currentToken();
    if (token.isNumeric() || token == JsonToken.VALUE_STRING) {
      return text.take(parser) && number.read(text.array(), 0, text.length()) && number.fitsLong()
          ? number.toLong()
          : ABSENT;
    }
    parser.skipChildren();
    return ABSENT;
  }
}
