package dev.patron.transforms.read;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The records of a page, each on one line, and what comes next.
 *
 * @param records the records' text, without line ends
 * @param unfinished how many bytes the page has of a record that it stops within, as its last line,
 *     without a line end, is an object or array that is not closed; it is the last of the records.
 *     0: none
 * @param next the cursor in the page; null if there is none
 */
record PageBody(List<byte[]> records, int unfinished, @Nullable String next) {
  /** What status 204 says. */
  static final PageBody NOTHING = new PageBody(List.of(), 0, null);

  private static final JsonFactory JSON = new JsonFactory();
  private static final byte[] MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  /**
   * Reads a page: lines, an array, or an object with the records in one of its fields.
   *
   * @throws UnreadablePagesException if the page is not what the source says; the message says why
   */
  static PageBody read(PageSource source, byte[] page) throws IOException {
    if (FileRecords.isUtf16(page, page.length)) {
      throw new UnreadablePagesException("a page is UTF-16; only UTF-8 is read");
    }
    byte[] body = withoutMark(page);
    boolean isArray = first(body) == '[';
    if (source.records() == null && source.cursor() == null && !isArray) {
      return lines(body);
    }
    try (JsonParser json = JSON.createParser(body)) {
      if (source.records() == null && isArray) {
        json.nextToken();
        List<byte[]> records = array(json, body);
        checkEnds(json, "its array; expected one array, or a record a line");
        return new PageBody(records, 0, null);
      }
      return document(source, json, body);
    } catch (JsonProcessingException e) {
      throw new UnreadablePagesException("a page is no JSON: " + e.getOriginalMessage());
    }
  }

  /** Whether a page is HTML or XML, as no record begins with {@code <}. */
  static boolean isMarkup(byte[] page) {
    return first(withoutMark(page)) == '<';
  }

  /** A byte order mark is the page's, as it is a file's, and no record's. */
  private static byte[] withoutMark(byte[] page) {
    boolean marked =
        page.length >= MARK.length && Arrays.equals(page, 0, MARK.length, MARK, 0, MARK.length);
    return marked ? Arrays.copyOfRange(page, MARK.length, page.length) : page;
  }

  /** The first byte that is not blank, from 0 to 255; -1: there is none. */
  private static int first(byte[] body) {
    for (byte b : body) {
      if (b != ' ' && b != '\t' && b != '\r' && b != '\n') {
        return b & 0xff;
      }
    }
    return -1;
  }

  private static PageBody lines(byte[] body) {
    List<byte[]> lines = new ArrayList<>();
    int from = 0;
    for (int at = 0; at < body.length; at++) {
      if (body[at] == '\n') {
        int to = at > from && body[at - 1] == '\r' ? at - 1 : at;
        if (to > from) {
          lines.add(Arrays.copyOfRange(body, from, to));
        }
        from = at + 1;
      }
    }
    byte[] last = Arrays.copyOfRange(body, from, body.length);
    int start = first(last);
    if (start >= 0) {
      lines.add(last);
    }
    boolean open = (start == '{' || start == '[') && isOpen(last);
    return new PageBody(lines, open ? last.length : 0, null);
  }

  /** Whether an object, an array or a text of this line is not closed. */
  private static boolean isOpen(byte[] line) {
    int depth = 0;
    boolean inText = false;
    for (int at = 0; at < line.length; at++) {
      switch (line[at]) {
        case '"' -> inText = !inText;
        case '\\' -> at++;
        case '{', '[' -> depth += inText ? 0 : 1;
        case '}', ']' -> depth -= inText ? 0 : 1;
        default -> {}
      }
    }
    return inText || depth > 0;
  }

  /** What stands behind a page's own value would be lost. */
  private static void checkEnds(JsonParser json, String behind) throws IOException {
    if (json.nextToken() != null) {
      throw new UnreadablePagesException("a page has more behind " + behind);
    }
  }

  private static PageBody document(PageSource source, JsonParser json, byte[] body)
      throws IOException {
    String recordsPath = source.records() == null ? "data" : source.records();
    @Nullable List<byte[]> records = null;
    @Nullable String next = null;
    List<String> path = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    JsonToken token = json.nextToken();
    if (token != JsonToken.START_OBJECT) {
      throw new UnreadablePagesException(
          "a page is no object with the records in '" + recordsPath + "'");
    }
    while (true) {
      if (json.nextToken() == JsonToken.END_OBJECT) {
        if (path.isEmpty()) {
          break;
        }
        path.remove(path.size() - 1);
        continue;
      }
      String own = json.currentName();
      String name = String.join(".", path) + (path.isEmpty() ? "" : ".") + own;
      token = json.nextToken();
      boolean isCursor = name.equals(source.cursor());
      boolean isRecords = name.equals(recordsPath);
      boolean leads = leads(name, source, recordsPath);
      if ((isCursor || isRecords || leads) && !seen.add(name)) {
        throw new UnreadablePagesException("a page has '" + name + "' twice");
      }
      if (isRecords && token == JsonToken.START_ARRAY) {
        records = array(json, body);
      } else if (isCursor) {
        next = cursor(name, json);
      } else if (leads && token == JsonToken.START_OBJECT) {
        path.add(own);
      } else {
        json.skipChildren();
      }
    }
    checkEnds(json, "its object; expected one object");
    if (records == null) {
      throw new UnreadablePagesException("a page has no array '" + recordsPath + "'");
    }
    return new PageBody(records, 0, next);
  }

  /** The cursor that stands here; null if there is no next page. */
  private static @Nullable String cursor(String name, JsonParser json) throws IOException {
    JsonToken token = json.currentToken();
    if (token == JsonToken.VALUE_NULL || token == JsonToken.VALUE_FALSE) {
      return null;
    }
    if (token != JsonToken.VALUE_STRING && (token == null || !token.isNumeric())) {
      throw new UnreadablePagesException(
          "the cursor '"
              + name
              + "' of a page is "
              + (token == JsonToken.VALUE_TRUE ? "true" : "an object or an array")
              + "; expected a text or a number, or null on the last page");
    }
    return json.getText().isBlank() ? null : json.getText();
  }

  private static boolean leads(String name, PageSource source, String recordsPath) {
    return recordsPath.startsWith(name + ".")
        || (source.cursor() != null && source.cursor().startsWith(name + "."));
  }

  /** The elements of the array that begins here. */
  private static List<byte[]> array(JsonParser json, byte[] body) throws IOException {
    List<byte[]> records = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      int from = Math.toIntExact(json.currentTokenLocation().getByteOffset());
      json.skipChildren();
      json.finishToken();
      int to = Math.toIntExact(json.currentLocation().getByteOffset());
      byte[] record = Arrays.copyOfRange(body, from, to);
      for (int i = 0; i < record.length; i++) {
        // In JSON a line end stands only where a blank may stand.
        if (record[i] == '\n' || record[i] == '\r') {
          record[i] = ' ';
        }
      }
      records.add(record);
    }
    return records;
  }
}
