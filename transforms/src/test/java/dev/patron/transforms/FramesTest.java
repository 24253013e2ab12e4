package dev.patron.transforms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.patron.features.frame.Type;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.logicaltypes.FixedPrecisionNumeric;
import org.apache.beam.sdk.schemas.logicaltypes.SqlTypes;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.values.Row;
import org.junit.jupiter.api.Test;

class FramesTest {
  private static final Schema LINE =
      Schema.builder().addNullableInt64Field("book").addNullableStringField("title").build();
  private static final Schema ORDER =
      Schema.builder()
          .addNullableInt64Field("id")
          .addNullableStringField("customer")
          .addNullableDoubleField("ratio")
          .addNullableBooleanField("gift")
          .addNullableField("total", Schema.FieldType.logicalType(FixedPrecisionNumeric.of(10, 2)))
          .addNullableField("day", Schema.FieldType.logicalType(SqlTypes.DATE))
          .addNullableField("at", Schema.FieldType.logicalType(SqlTypes.TIMESTAMP))
          .addNullableField(
              "lines", Schema.FieldType.array(Schema.FieldType.row(LINE).withNullable(true)))
          .build();

  @Test
  void rowsThatBecomeFramesComeBackAsTheyWere() {
    Row full =
        Row.withSchema(ORDER)
            .addValues(
                1L,
                "Zoë",
                0.5,
                true,
                new BigDecimal("12.34"),
                LocalDate.of(2024, 2, 29),
                Instant.parse("2024-02-29T12:00:00.123456Z"),
                List.of(Row.withSchema(LINE).addValues(7L, "Momo").build()))
            .build();
    Row empty = Row.nullRow(ORDER);
    Pipeline pipeline = AnyRunner.pipeline();
    PAssert.that(
            pipeline
                .apply(Create.of(full, empty).withRowSchema(ORDER))
                .apply("To frames", Frames.fromRows(ORDER))
                .apply("To rows", Frames.toRows(Frames.fromBeam(ORDER))))
        .containsInAnyOrder(full, empty);
    pipeline.run().waitUntilFinish();
  }

  @Test
  void smallNumbersWidenAndJodaInstantsBecomeTimestamps() {
    Schema beam =
        Schema.builder().addInt32Field("i").addFloatField("f").addDateTimeField("t").build();
    assertThat(Frames.fromBeam(beam).toString()).isEqualTo("i: long, f: double, t: timestamp");
    assertThat(Frames.fromBeam(Schema.builder().addDecimalField("d").build()).type("d"))
        .isEqualTo(new Type.Decimal(38, 9));
  }

  @Test
  void whatHasNoCounterpartIsRefusedWhenThePipelineIsBuilt() {
    Schema beam = Schema.builder().addByteArrayField("image").build();
    assertThatThrownBy(() -> Frames.fromRows(beam))
        .hasMessage("field 'image' has type BYTES, for which frames have no counterpart");
  }
}
