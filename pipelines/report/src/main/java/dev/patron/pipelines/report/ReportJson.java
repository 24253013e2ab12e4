package dev.patron.pipelines.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.io.SerializedString;
import dev.patron.features.accounts.Account;
import dev.patron.features.frame.Column;
import dev.patron.features.frame.Frame;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The one document that the page draws. A table is {@code {columns: [...], rows: [[...], ...]}};
 * numbers that are not finite are null; dates and instants are ISO 8601 text.
 *
 * <p>The text can stand inside a {@code script} element: {@code <}, {@code >}, {@code &} and the
 * line separators U+2028 and U+2029 are written as escapes.
 */
final class ReportJson {
  /** More cohorts than this are not legible in one chart; the newest are kept. */
  static final int COHORTS = 36;

  /** More months than this are not legible in one chart; the newest are kept. */
  static final int MONTHS = 120;

  private final JsonGenerator json;

  private ReportJson(JsonGenerator json) {
    this.json = json;
  }

  /** The document of this report. */
  static String write(ReportData data) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.setCharacterEscapes(new ScriptSafe());
      new ReportJson(json).report(data);
    } catch (IOException e) {
      throw new UncheckedIOException("a StringWriter refused text", e);
    }
    return text.toString();
  }

  private void report(ReportData data) throws IOException {
    json.writeStartObject();
    shop(data.shop());
    table("segments", data.segmentSummary());
    Frame revenue = data.revenueByMonth();
    table("revenue", revenue.slice(Math.max(0, revenue.rows() - MONTHS), revenue.rows()));
    cohorts(data.cohortRetention());
    table("migration", data.segmentMigration());
    migrationSince(data.segmentMigration(), data.shop().zone());
    json.writeArrayFieldStart("rfm");
    for (ReportData.RfmCell cell : data.rfm()) {
      json.writeStartObject();
      json.writeNumberField("r", cell.r());
      json.writeNumberField("fm", cell.fm());
      json.writeStringField("segment", cell.segment());
      json.writeNumberField("customers", cell.customers());
      number("revenue", cell.revenue());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayFieldStart("calibrations");
    for (ReportData.Calibration calibration : data.calibrations()) {
      calibration(calibration, data.shop().zone());
    }
    json.writeEndArray();
    json.writeArrayFieldStart("models");
    for (ReportData.ModelFacts model : data.models()) {
      json.writeStartObject();
      json.writeStringField("name", model.name());
      json.writeStringField("version", model.version());
      json.writeStringField("kind", model.kind());
      json.writeArrayFieldStart("warnings");
      for (String warning : model.warnings()) {
        json.writeString(warning);
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayFieldStart("quality");
    for (ReportData.TableQuality quality : data.quality()) {
      quality(quality);
    }
    json.writeEndArray();
    json.writeArrayFieldStart("versions");
    for (Map.Entry<String, Long> version : data.tableVersions().entrySet()) {
      json.writeStartObject();
      json.writeStringField("table", version.getKey());
      json.writeNumberField("version", version.getValue());
      json.writeEndObject();
    }
    json.writeEndArray();
    table("headlines", data.headlines());
    products(data.products());
    customers(data.customers());
    table("backTest", data.backTest());
    table("drift", data.drift());
    ReportData.Sliced slices = data.slices();
    if (slices == null) {
      json.writeNullField("slices");
    } else {
      json.writeFieldName("slices");
      new SlicesJson(json, COHORTS, MONTHS).write(slices);
    }
    json.writeEndObject();
  }

  private void shop(ReportData.Shop shop) throws IOException {
    json.writeObjectFieldStart("shop");
    json.writeStringField("dataset", shop.dataset());
    json.writeStringField("currency", shop.currency());
    json.writeStringField(
        "locale", shop.locale().equals(Locale.ROOT) ? "en" : shop.locale().toLanguageTag());
    json.writeStringField("zone", shop.zone().getId());
    Instant asOf = shop.asOf();
    if (asOf == null) {
      json.writeNullField("asOf");
      json.writeNullField("asOfDay");
      json.writeBooleanField("monthComplete", true);
    } else {
      LocalDate day = lastDay(asOf, shop.zone());
      json.writeStringField("asOf", asOf.toString());
      json.writeStringField("asOfDay", day.toString());
      json.writeBooleanField("monthComplete", day.equals(YearMonth.from(day).atEndOfMonth()));
    }
    json.writeNumberField("horizonDays", shop.horizonDays());
    json.writeEndObject();
  }

  /** The last day of which something was seen; midnight itself ends the day before. */
  private static LocalDate lastDay(Instant asOf, ZoneId zone) {
    return LocalDate.ofInstant(asOf.minusNanos(1), zone);
  }

  private void cohorts(Frame cohorts) throws IOException {
    int[] starts = cohorts.groups(List.of("cohort_month"));
    int all = starts.length - 1;
    int omitted = Math.max(0, all - COHORTS);
    json.writeNumberField("cohortsOmitted", omitted);
    Frame newest = cohorts.slice(starts[omitted], cohorts.rows());
    table("cohorts", newest.filter(row -> newest.longs("months_since").get(row) <= COHORTS));
  }

  /** The day of the scores before, in the shop's zone; null if there are none. */
  private void migrationSince(Frame migration, ZoneId zone) throws IOException {
    for (int row = 0; row < migration.rows(); row++) {
      if (migration.value(row, "from_as_of") instanceof Instant before) {
        json.writeStringField("migrationSince", lastDay(before, zone).toString());
        return;
      }
    }
    json.writeNullField("migrationSince");
  }

  private void customers(ReportData.Customers customers) throws IOException {
    Frame listed = customers.listed();
    json.writeObjectFieldStart("customers");
    json.writeNumberField("count", customers.count());
    json.writeBooleanField("tooMany", listed == null);
    json.writeBooleanField("personal", listed != null && CustomersJson.personal(listed));
    json.writeEndObject();
  }

  private void products(List<ReportData.Product> products) throws IOException {
    json.writeArrayFieldStart("products");
    for (ReportData.Product product : products) {
      json.writeStartObject();
      json.writeStringField("id", product.id());
      json.writeStringField("name", product.name());
      number("units", product.units());
      json.writeArrayFieldStart("prices");
      for (ReportData.Product.Price price : product.prices()) {
        json.writeStartObject();
        json.writeStringField("from", price.from().toString());
        Instant to = price.to();
        json.writeStringField("to", to == null ? null : to.toString());
        number("price", price.price());
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void calibration(ReportData.Calibration calibration, ZoneId zone) throws IOException {
    json.writeStartObject();
    json.writeStringField("cutOffDay", lastDay(calibration.cutOff(), zone).toString());
    json.writeNumberField("days", calibration.days());
    json.writeStringField("by", calibration.by().name().toLowerCase(Locale.ROOT));
    json.writeStringField("measure", calibration.measure().name().toLowerCase(Locale.ROOT));
    json.writeArrayFieldStart("groups");
    for (ReportData.Calibration.Group group : calibration.groups()) {
      json.writeStartObject();
      json.writeStringField("label", group.label());
      json.writeNumberField("customers", group.customers());
      number("predicted", group.predictedMean());
      number("actual", group.actualMean());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private void quality(ReportData.TableQuality quality) throws IOException {
    json.writeStartObject();
    json.writeStringField("table", quality.table());
    json.writeObjectFieldStart("counts");
    for (Map.Entry<Account.Count, Long> count : quality.counts().entrySet()) {
      json.writeNumberField(count.getKey().column(), count.getValue());
    }
    json.writeEndObject();
    json.writeArrayFieldStart("quarantined");
    for (Map.Entry<String, Long> reason : quality.quarantined().entrySet()) {
      json.writeStartObject();
      json.writeStringField("reason", reason.getKey());
      json.writeNumberField("records", reason.getValue());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private void table(String name, Frame frame) throws IOException {
    json.writeObjectFieldStart(name);
    json.writeArrayFieldStart("columns");
    for (String column : frame.schema().names()) {
      json.writeString(column);
    }
    json.writeEndArray();
    json.writeArrayFieldStart("rows");
    for (int row = 0; row < frame.rows(); row++) {
      json.writeStartArray();
      for (int i = 0; i < frame.schema().size(); i++) {
        cell(frame, row, i);
      }
      json.writeEndArray();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private void cell(Frame frame, int row, int position) throws IOException {
    Column column = frame.column(position);
    Object value = column.isNull(row) ? null : frame.value(row, position);
    if (value == null) {
      json.writeNull();
    } else if (value instanceof Long number) {
      json.writeNumber(number);
    } else if (value instanceof Double number) {
      finite(number);
    } else if (value instanceof Boolean truth) {
      json.writeBoolean(truth);
    } else {
      json.writeString(value.toString());
    }
  }

  private void number(String name, double value) throws IOException {
    json.writeFieldName(name);
    finite(value);
  }

  private void finite(double value) throws IOException {
    if (Double.isFinite(value)) {
      json.writeNumber(value);
    } else {
      json.writeNull();
    }
  }

  /** Writes as escapes what would end a script element or a line of a script. */
  private static final class ScriptSafe extends CharacterEscapes {
    private static final long serialVersionUID = 1;
    private static final SerializedString LINE_SEPARATOR = new SerializedString("\\u2028");
    private static final SerializedString PARAGRAPH_SEPARATOR = new SerializedString("\\u2029");

    private final int[] ascii = standardAsciiEscapesForJSON();

    ScriptSafe() {
      for (char c : "<>&".toCharArray()) {
        ascii[c] = ESCAPE_STANDARD;
      }
    }

    @Override
    public int[] getEscapeCodesForAscii() {
      return ascii.clone();
    }

    @Override
    public @Nullable SerializableString getEscapeSequence(int character) {
      return switch (character) {
        case '\u2028' -> LINE_SEPARATOR;
        case '\u2029' -> PARAGRAPH_SEPARATOR;
        default -> null;
      };
    }
  }
}
