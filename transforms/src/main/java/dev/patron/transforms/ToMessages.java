package dev.patron.transforms;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.NullableCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.jspecify.annotations.Nullable;

/**
 * Makes a message of each row: the text of its key, and the row as a JSON object with an {@code id}
 * before its columns. Equal rows of equal origins give equal ids, however often they are made, and
 * others give others. Of a row that is gone, a tombstone: its key and null.
 */
public final class ToMessages
    extends PTransform<PCollection<Frame>, PCollection<KV<String, @Nullable String>>> {
  private static final JsonFactory JSON = new JsonFactory();
  private static final int ID_BYTES = 16;

  private final String key;
  private final @Nullable String origin;

  private ToMessages(String key, @Nullable String origin) {
    this.key = key;
    this.origin = origin;
  }

  /**
   * Messages of these rows.
   *
   * @param key the column that identifies a row
   * @param origin what the rows were computed from
   */
  public static ToMessages of(String key, String origin) {
    return new ToMessages(key, origin);
  }

  /**
   * Tombstones of these rows, which are gone.
   *
   * @param key the column that identifies a row
   */
  public static ToMessages tombstones(String key) {
    return new ToMessages(key, null);
  }

  @Override
  public PCollection<KV<String, @Nullable String>> expand(PCollection<Frame> rows) {
    return rows.apply("A message a row", ParDo.of(new Make(key, origin)))
        .setCoder(KvCoder.of(StringUtf8Coder.of(), NullableCoder.of(StringUtf8Coder.of())));
  }

  private static final class Make extends DoFn<Frame, KV<String, @Nullable String>> {
    private final String key;
    private final @Nullable String origin;

    private Make(String key, @Nullable String origin) {
      this.key = key;
      this.origin = origin;
    }

    @ProcessElement
    public void make(@Element Frame rows, OutputReceiver<KV<String, @Nullable String>> messages) {
      for (int row = 0; row < rows.rows(); row++) {
        String name = String.valueOf(rows.value(row, key));
        messages.output(
            KV.of(name, origin == null ? null : message(json(rows, row), name + "\n" + origin)));
      }
    }
  }

  /** What a row says is part of its id: of equal origin it may have been computed otherwise. */
  private static String message(String row, String origin) {
    return "{\"id\":\"" + digest(origin + "\n" + row) + "\"," + row.substring(1);
  }

  /** A row as an object of its columns. */
  private static String json(Frame rows, int row) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      for (Schema.Field field : rows.schema().fields()) {
        json.writeFieldName(field.name());
        Object value = rows.value(row, field.name());
        if (value == null) {
          json.writeNull();
        } else if (value instanceof Long number) {
          json.writeNumber(number);
        } else if (value instanceof Double number) {
          json.writeNumber(number);
        } else if (value instanceof BigDecimal number) {
          json.writeNumber(number);
        } else if (value instanceof Boolean flag) {
          json.writeBoolean(flag);
        } else {
          // Texts, and instants in ISO 8601.
          json.writeString(value.toString());
        }
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("a text in memory cannot fail to be written", e);
    }
    return text.toString();
  }

  private static String digest(String text) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
      return HexFormat.of().formatHex(hash, 0, ID_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
