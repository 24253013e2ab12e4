package dev.patron.transforms.read;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.Serializable;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Up to where the sources of a table have been read. It is committed with the rows, in one commit,
 * so that a crash can neither lose nor repeat a record; offsets kept in the cluster do not count.
 *
 * @param topics for each topic, what comes next
 * @param pages for each address of pages, what comes next
 */
public record SourcePosition(
    SortedMap<String, TopicPosition> topics, SortedMap<String, PagePosition> pages)
    implements Serializable {

  /** The table property that holds it, as {@link #toText} writes it. */
  public static final String PROPERTY = "patron.sources";

  /** Nothing was read yet. */
  public static final SourcePosition START = new SourcePosition(new TreeMap<>(), new TreeMap<>());

  private static final JsonFactory JSON = new JsonFactory();

  public SourcePosition {
    topics = Collections.unmodifiableSortedMap(new TreeMap<>(topics));
    pages = Collections.unmodifiableSortedMap(new TreeMap<>(pages));
  }

  /**
   * Where a topic was left.
   *
   * @param id what the cluster calls it; a topic that is deleted and made again has another
   * @param partitions by number
   */
  public record TopicPosition(String id, SortedMap<Integer, PartitionPosition> partitions)
      implements Serializable {
    public TopicPosition {
      partitions = Collections.unmodifiableSortedMap(new TreeMap<>(partitions));
    }

    /**
     * Of each partition the later place. Where both are the same the other one's epoch stays, which
     * is of the leader whose records were read.
     */
    private TopicPosition orLater(TopicPosition other) {
      TreeMap<Integer, PartitionPosition> latest = new TreeMap<>(partitions);
      other.partitions.forEach(
          (partition, theirs) ->
              latest.merge(partition, theirs, (own, any) -> own.next() > any.next() ? own : any));
      return new TopicPosition(id, latest);
    }
  }

  /**
   * Where a partition was left.
   *
   * @param next the first offset that was not read
   * @param epoch the leader epoch known then, -1 for none
   */
  public record PartitionPosition(long next, int epoch) implements Serializable {}

  /**
   * Where pages were left: within the last page, as more may come behind what was its end.
   *
   * @param page the address of the last page that was read; null: the first
   * @param records how many records of it were read
   * @param total how many records were read in all
   * @param last a hash of the last record of it that was read, so that it is known again; null:
   *     none of it was read, or by a version of Patron that kept no hash
   */
  public record PagePosition(@Nullable String page, long records, long total, @Nullable Long last)
      implements Serializable {
    /** Where nothing is known of the last record. */
    public PagePosition(@Nullable String page, long records, long total) {
      this(page, records, total, null);
    }
  }

  /** This position, or further on where the other one is; for a table that was ahead of others. */
  public SourcePosition orLater(SourcePosition other) {
    TreeMap<String, TopicPosition> latest = new TreeMap<>(topics);
    other.topics.forEach((name, topic) -> latest.merge(name, topic, TopicPosition::orLater));
    TreeMap<String, PagePosition> latestPages = new TreeMap<>(pages);
    other.pages.forEach(
        (name, page) ->
            latestPages.merge(
                name, page, (left, right) -> left.total() > right.total() ? left : right));
    return new SourcePosition(latest, latestPages);
  }

  /** Whether every topic was read at least as far as the other position says. */
  public boolean reaches(SourcePosition other) {
    return other.topics.entrySet().stream()
        .allMatch(
            topic ->
                topic.getValue().partitions().entrySet().stream()
                    .allMatch(at -> next(topic.getKey(), at.getKey()) >= at.getValue().next()));
  }

  /** The first offset of a partition that was not read; 0 if the partition is not known. */
  public long next(String topic, int partition) {
    TopicPosition at = topics.get(topic);
    PartitionPosition left = at == null ? null : at.partitions().get(partition);
    return left == null ? 0 : left.next();
  }

  /** This position, where what the other one knows replaces what is known here. */
  public SourcePosition with(SourcePosition later) {
    TreeMap<String, TopicPosition> newTopics = new TreeMap<>(topics);
    newTopics.putAll(later.topics);
    TreeMap<String, PagePosition> newPages = new TreeMap<>(pages);
    newPages.putAll(later.pages);
    return new SourcePosition(newTopics, newPages);
  }

  /** As one line of JSON; equal positions give equal text. */
  public String toText() {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeObjectFieldStart("topics");
      for (Map.Entry<String, TopicPosition> topic : topics.entrySet()) {
        json.writeObjectFieldStart(topic.getKey());
        json.writeStringField("id", topic.getValue().id());
        json.writeObjectFieldStart("next");
        for (Map.Entry<Integer, PartitionPosition> at : topic.getValue().partitions().entrySet()) {
          json.writeFieldName(at.getKey().toString());
          json.writeArray(new long[] {at.getValue().next(), at.getValue().epoch()}, 0, 2);
        }
        json.writeEndObject();
        json.writeEndObject();
      }
      json.writeEndObject();
      json.writeObjectFieldStart("pages");
      for (Map.Entry<String, PagePosition> pages : pages.entrySet()) {
        json.writeObjectFieldStart(pages.getKey());
        json.writeStringField("page", pages.getValue().page());
        json.writeNumberField("records", pages.getValue().records());
        Long last = pages.getValue().last();
        if (last != null) {
          // Before the total: earlier versions take the last number of another name for that.
          json.writeNumberField("last", last);
        }
        json.writeNumberField("total", pages.getValue().total());
        json.writeEndObject();
      }
      json.writeEndObject();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("a text in memory cannot fail to be written", e);
    }
    return text.toString();
  }

  /**
   * Reads what {@link #toText} wrote.
   *
   * @throws IllegalArgumentException if it is something else
   */
  public static SourcePosition parse(String text) {
    TreeMap<String, TopicPosition> topics = new TreeMap<>();
    TreeMap<String, PagePosition> pages = new TreeMap<>();
    try (JsonParser json = JSON.createParser(text)) {
      expect(json.nextToken(), JsonToken.START_OBJECT, text);
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        boolean isTopics = json.currentName().equals("topics");
        expect(json.nextToken(), JsonToken.START_OBJECT, text);
        while (json.nextToken() == JsonToken.FIELD_NAME) {
          String name = json.currentName();
          expect(json.nextToken(), JsonToken.START_OBJECT, text);
          if (isTopics) {
            topics.put(name, topic(json));
          } else {
            pages.put(name, page(json));
          }
        }
      }
    } catch (IOException | NumberFormatException e) {
      throw new IllegalArgumentException("no position of sources: " + text, e);
    }
    return new SourcePosition(topics, pages);
  }

  private static TopicPosition topic(JsonParser json) throws IOException {
    String id = "";
    TreeMap<Integer, PartitionPosition> partitions = new TreeMap<>();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      boolean isId = json.currentName().equals("id");
      json.nextToken();
      if (isId) {
        id = json.getText();
        continue;
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        int partition = Integer.parseInt(json.currentName());
        json.nextToken();
        long next = json.nextLongValue(-1);
        int epoch = json.nextIntValue(-1);
        json.nextToken();
        partitions.put(partition, new PartitionPosition(next, epoch));
      }
    }
    return new TopicPosition(id, partitions);
  }

  private static PagePosition page(JsonParser json) throws IOException {
    @Nullable String page = null;
    long records = 0;
    long total = 0;
    @Nullable Long last = null;
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      JsonToken value = json.nextToken();
      switch (name) {
        case "page" -> page = value == JsonToken.VALUE_NULL ? null : json.getText();
        case "records" -> records = json.getLongValue();
        case "last" -> last = json.getLongValue();
        default -> total = json.getLongValue();
      }
    }
    return new PagePosition(page, records, total, last);
  }

  private static void expect(@Nullable JsonToken found, JsonToken wanted, String text) {
    if (found != wanted) {
      throw new IllegalArgumentException("no position of sources: " + text);
    }
  }
}
