package dev.patron.transforms.read;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * The headers of a record as JSON: {@code {"trace": "5d0c"}}. Kafka's headers are bytes with a name
 * that may be repeated: a name that is has an array of its values, bytes that are not UTF-8 are
 * {@code {"base64": "..."}}.
 */
final class RecordHeaders {
  private static final JsonFactory FACTORY = new JsonFactory();

  private RecordHeaders() {}

  /** The JSON, or null if there are none. */
  static byte @Nullable [] json(Headers headers) throws IOException {
    if (!headers.iterator().hasNext()) {
      return null;
    }
    Map<String, List<Header>> byName = new LinkedHashMap<>();
    headers.forEach(
        header -> byName.computeIfAbsent(header.key(), any -> new ArrayList<>()).add(header));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = FACTORY.createGenerator(bytes)) {
      json.writeStartObject();
      for (Map.Entry<String, List<Header>> name : byName.entrySet()) {
        json.writeFieldName(name.getKey());
        boolean repeated = name.getValue().size() > 1;
        if (repeated) {
          json.writeStartArray();
        }
        for (Header header : name.getValue()) {
          write(header.value(), json);
        }
        if (repeated) {
          json.writeEndArray();
        }
      }
      json.writeEndObject();
    }
    return bytes.toByteArray();
  }

  private static void write(byte @Nullable [] value, JsonGenerator json) throws IOException {
    if (value == null) {
      json.writeNull();
      return;
    }
    try {
      json.writeString(UTF_8.newDecoder().decode(ByteBuffer.wrap(value)).toString());
    } catch (CharacterCodingException e) {
      json.writeStartObject();
      json.writeBinaryField("base64", value);
      json.writeEndObject();
    }
  }
}
