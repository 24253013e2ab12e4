package dev.patron.runners.serving;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.patron.features.frame.BytesColumn;
import dev.patron.features.frame.Column;
import dev.patron.features.frame.DoubleColumn;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.Type;
import dev.patron.features.frame.Values;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Scores as MLflow's answer: {@code {"predictions": [{...}, ...]}}, one object a row with the
 * columns of gold/customer_scores. Doubles are written so that they read back to the bit.
 */
final class Predictions {
  private static final JsonFactory JSON = new JsonFactory();
  private static final int BYTES_A_ROW = 400;

  private Predictions() {}

  /** The answer's bytes. */
  static byte[] json(Champions.Scores scored) {
    ByteArrayOutputStream bytes =
        new ByteArrayOutputStream(BYTES_A_ROW + BYTES_A_ROW * scored.rows());
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeArrayFieldStart("predictions");
      for (int row = 0; row < scored.rows(); row++) {
        write(json, scored, row);
      }
      json.writeEndArray();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static void write(JsonGenerator json, Champions.Scores scored, int row)
      throws IOException {
    Frame scores = scored.scores();
    int known = scored.place(row);
    json.writeStartObject();
    for (int i = 0; i < scores.schema().size(); i++) {
      String name = scores.schema().field(i).name();
      json.writeFieldName(name);
      if (known >= 0) {
        value(json, scores.schema().field(i).type(), scores.column(i), known);
      } else if (name.equals(FeatureRows.CUSTOMER)) {
        value(json, scores.schema().field(i).type(), scored.identities().column(0), row);
      } else {
        json.writeNull();
      }
    }
    json.writeEndObject();
  }

  private static void value(JsonGenerator json, Type type, Column column, int row)
      throws IOException {
    if (column.isNull(row)) {
      json.writeNull();
    } else if (column instanceof LongColumn longs) {
      if (type.equals(Type.TIMESTAMP)) {
        json.writeString(Values.instant(longs.get(row)).toString());
      } else {
        json.writeNumber(longs.get(row));
      }
    } else if (column instanceof DoubleColumn doubles) {
      json.writeNumber(doubles.get(row));
    } else {
      json.writeString(((BytesColumn) column).text(row));
    }
  }
}
