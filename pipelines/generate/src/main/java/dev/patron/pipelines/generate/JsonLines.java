package dev.patron.pipelines.generate;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.io.SerializedString;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A file of JSON, one value a line. */
final class JsonLines implements Closeable {
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private final OutputStream out;
  private final JsonGenerator json;
  private long lines;

  JsonLines(OutputStream out) throws IOException {
    this.out = out;
    json = new JsonFactory().createGenerator(line);
    json.setRootValueSeparator(new SerializedString(""));
  }

  /** Where the next line is written to. */
  JsonGenerator json() {
    return json;
  }

  /** The number of lines that are finished. */
  long lines() {
    return lines;
  }

  /** Ends the line. */
  void end() throws IOException {
    end(false);
  }

  /** Ends the line, by cutting off a part of it if told so; what is left of it. */
  byte[] end(boolean cut) throws IOException {
    json.flush();
    byte[] whole = line.toByteArray();
    line.reset();
    int length = whole.length;
    if (cut) {
      // Between two ASCII characters, so that what is left is still text.
      length = length * 2 / 3;
      while (whole[length] < 0 || whole[length - 1] < 0) {
        length--;
      }
    }
    out.write(whole, 0, length);
    out.write('\n');
    lines++;
    return Arrays.copyOf(whole, length);
  }

  /** Writes the members of an object. */
  static void members(JsonGenerator json, List<String> names, List<@Nullable Object> values)
      throws IOException {
    for (int i = 0; i < names.size(); i++) {
      json.writeFieldName(names.get(i));
      Object value = values.get(i);
      if (value == null) {
        json.writeNull();
      } else if (value instanceof Long number) {
        json.writeNumber(number);
      } else if (value instanceof Double number) {
        json.writeNumber(number);
      } else if (value instanceof Boolean flag) {
        json.writeBoolean(flag);
      } else {
        json.writeString((String) value);
      }
    }
  }

  @Override
  public void close() throws IOException {
    try (out) {
      json.close();
    }
  }
}
