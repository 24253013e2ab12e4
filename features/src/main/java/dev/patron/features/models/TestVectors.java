package dev.patron.features.models;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.patron.features.frame.BytesColumn;
import dev.patron.features.frame.ColumnBuilder;
import dev.patron.features.frame.DoubleColumn;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.FrameBuilder;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.Schema;
import dev.patron.features.models.ModelDocument.TestVector;
import java.util.ArrayList;
import java.util.List;

/** Test vectors: rows of frames as JSON and back, and their comparison to the bit. */
final class TestVectors {
  private TestVectors() {}

  /** The rows of a frame with the scores that go with them. */
  static List<TestVector> of(ObjectNode settings, Frame inputs, Frame outputs) {
    List<TestVector> vectors = new ArrayList<>();
    for (int row = 0; row < inputs.rows(); row++) {
      vectors.add(new TestVector(settings, row(inputs, row), row(outputs, row)));
    }
    return vectors;
  }

  private static ObjectNode row(Frame frame, int row) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    for (String name : frame.schema().names()) {
      if (frame.column(name).isNull(row)) {
        node.putNull(name);
      } else if (frame.column(name) instanceof LongColumn longs) {
        node.put(name, longs.get(row));
      } else if (frame.column(name) instanceof DoubleColumn doubles) {
        node.put(name, doubles.get(row));
      } else {
        node.put(name, frame.bytes(name).text(row));
      }
    }
    return node;
  }

  /** The input of one vector as a frame of one row. */
  static Frame input(TestVector vector, Schema schema) {
    return frame(vector.inputs(), schema);
  }

  private static Frame frame(ObjectNode row, Schema schema) {
    FrameBuilder builder = new FrameBuilder(schema);
    for (String name : schema.names()) {
      JsonNode value = ModelDocument.required(row, name);
      ColumnBuilder column = builder.column(name);
      if (value.isNull()) {
        column.appendNull();
      } else if (column instanceof LongColumn.Builder longs && value.isIntegralNumber()) {
        longs.append(value.longValue());
      } else if (column instanceof DoubleColumn.Builder doubles && value.isNumber()) {
        doubles.append(value.doubleValue());
      } else if (column instanceof BytesColumn.Builder texts && value.isTextual()) {
        texts.append(value.textValue());
      } else {
        throw new IllegalArgumentException(
            "a test vector holds %s as '%s' where %s is wanted"
                .formatted(value, name, schema.type(name)));
      }
    }
    return builder.build();
  }

  /**
   * Checks what scoring made of the input of one vector.
   *
   * @throws IllegalArgumentException if it is not what the vector says, to the bit
   */
  static void check(String model, int number, TestVector vector, Frame scored) {
    Frame wanted = frame(vector.outputs(), scored.schema());
    for (String name : scored.schema().names()) {
      if (!wanted.column(name).same(0, scored.column(name), 0)) {
        throw new IllegalArgumentException(
            "model '%s' does not score as it did when it was trained: test vector %d gives %s %s, not %s"
                    .formatted(model, number, name, scored.value(0, name), wanted.value(0, name))
                + "; the document was altered, or belongs to another version of this program");
      }
    }
  }
}
