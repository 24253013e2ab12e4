package dev.patron.pipelines.generate;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** The list of everything that went wrong on the way, one line each, as it happened. */
final class FaultLog implements Closeable {
  private final JsonLines lines;

  FaultLog(Output output) throws IOException {
    lines = new JsonLines(output.zipped("truth/faults.jsonl.gz"));
  }

  /** A place in a file; lines and rows count from 1. */
  record Place(String table, String form, String file, long line) {}

  /** A change or order that arrived late, too early, or again, or was changed on the way. */
  void moved(Place place, String fault, long key) throws IOException {
    begin(place, fault).writeNumberField("key", key);
    end();
  }

  /** Something that befell a whole table. */
  void ofTable(Place place, String fault) throws IOException {
    begin(place, fault);
    end();
  }

  /** A record that must be quarantined for this reason; text is the whole line. */
  void broken(Place place, Damage reason, byte[] text) throws IOException {
    JsonGenerator json = begin(place, "malformed");
    json.writeStringField("reason", reason.name());
    json.writeStringField("text", new String(text, StandardCharsets.UTF_8));
    end();
  }

  private JsonGenerator begin(Place place, String fault) throws IOException {
    JsonGenerator json = lines.json();
    json.writeStartObject();
    json.writeStringField("fault", fault);
    json.writeStringField("table", place.table());
    json.writeStringField("form", place.form());
    json.writeStringField("file", place.file());
    json.writeNumberField("line", place.line());
    return json;
  }

  private void end() throws IOException {
    lines.json().writeEndObject();
    lines.end();
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
