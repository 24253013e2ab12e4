package dev.patron.pipelines.stages;

import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.transforms.lake.Commit;
import dev.patron.transforms.lake.DataFile;
import dev.patron.transforms.lake.LakeTable;
import dev.patron.transforms.lake.TableSnapshot;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Which version of the scores a topic got, and which was begun to be sent there, as a table of its
 * own remembers by Delta transactions. A version is one table's, and one content's: of a table that
 * was deleted and made again, or of which an older copy was put back, the topic got none.
 */
final class SentScores {
  /** The property that holds, with a topic's name behind it, the id that it had last. */
  private static final String TOPIC = "patron.topic.";

  /**
   * The same, for the table whose scores were sent or begun to be sent there last: its id, and a
   * word behind it if the versions of that table were not the first that the topic got.
   */
  private static final String TABLE = "patron.scores.";

  /** The property that holds, with an application behind it, what its version had in it. */
  private static final String CONTENT = "patron.content.";

  /** Before an application's name, for what was begun. */
  private static final String SENDING = "sending ";

  private static final Schema SCHEMA = Schema.of().with("topic", Type.STRING);

  private final String topic;
  private final @Nullable String id;
  private final LakeTable notes;
  private final TableSnapshot scores;

  /** What the table whose versions these are is called in the notes. */
  private final String table;

  private final @Nullable String whyAll;

  private SentScores(
      String topic,
      @Nullable String id,
      LakeTable notes,
      TableSnapshot scores,
      String table,
      @Nullable String whyAll) {
    this.topic = topic;
    this.id = id;
    this.notes = notes;
    this.scores = scores;
    this.table = table;
    this.whyAll = whyAll;
  }

  /**
   * What a topic got of the scores.
   *
   * @param id what the cluster calls the topic; null if it is too old to tell
   * @param notes the table that remembers it, which may not exist yet
   * @param scores the newest
   */
  static SentScores to(String topic, @Nullable String id, LakeTable notes, TableSnapshot scores) {
    Map<String, String> known = properties(notes);
    String before = known.get(TOPIC + topic);
    String whyAll =
        before != null && id != null && !before.equals(id)
            ? topic + " is not the topic that got scores before"
            : null;
    String table = known.get(TABLE + topic);
    if (table == null) {
      SentScores sent = new SentScores(topic, id, notes, scores, scores.id(), whyAll);
      sent.takeOver(before == null ? "scores to " + topic : sent.ofAnyTable());
      return sent.unlessPutBack();
    }
    if (!table.equals(scores.id()) && !table.startsWith(scores.id() + " ")) {
      return new SentScores(topic, id, notes, scores, scores.id(), whyAll)
          .anew(" is not the table whose scores " + topic + " got before");
    }
    return new SentScores(topic, id, notes, scores, table, whyAll).unlessPutBack();
  }

  private SentScores unlessPutBack() {
    return isAsNoted(application()) && isAsNoted(SENDING + application())
        ? this
        : anew(" has other versions than those that " + topic + " got");
  }

  /** With a name for the table that it never had: a transaction's number cannot become smaller. */
  private SentScores anew(String why) {
    return new SentScores(
        topic,
        id,
        notes,
        scores,
        scores.id() + " since " + (notes.version().orElse(-1) + 1),
        whyAll == null ? scores.table().name() + why : whyAll);
  }

  private String application() {
    return ofAnyTable() + " of " + table;
  }

  private String ofAnyTable() {
    return "scores to " + topic + (id == null ? "" : " " + id);
  }

  private Map<String, String> names() {
    Map<String, String> names = new HashMap<>(Map.of(TABLE + topic, table));
    if (id != null) {
      names.put(TOPIC + topic, id);
    }
    return names;
  }

  private static Map<String, String> properties(LakeTable table) {
    return table.latest().map(TableSnapshot::properties).orElse(Map.of());
  }

  /** Whether the version that was noted is still what it was, as far as can be told. */
  private boolean isAsNoted(String noted) {
    OptionalLong version = notes.lastTransaction(noted);
    if (version.isEmpty()) {
      return true;
    }
    if (version.getAsLong() > scores.version()) {
      return false;
    }
    // Earlier versions of this program did not note what was in it.
    String content = properties(notes).getOrDefault(CONTENT + noted, "");
    TableSnapshot then = Making.at(scores.table(), version.getAsLong());
    return !content.startsWith(version.getAsLong() + " ")
        || then == null
        || content.equals(content(then));
  }

  /** A version, and what it has in it: every data file has a name that no other ever had. */
  private static String content(TableSnapshot version) {
    List<String> files = version.files().stream().map(DataFile::path).toList();
    return version.version() + " " + Fingerprint.of(files);
  }

  /**
   * Goes on from what was noted before tables were told apart, or even topics. That it is of the
   * same ones is the best guess, once.
   */
  private void takeOver(String earlier) {
    for (String kind : List.of("", SENDING)) {
      OptionalLong version = notes.lastTransaction(kind + earlier);
      if (version.isPresent()) {
        notes.commit(
            Commit.append(SCHEMA, List.of())
                .withTransaction(kind + application(), version.getAsLong())
                .withProperties(names()));
      }
    }
  }

  /** Why the topic {@link #last got none}, though scores went there before; null if none did. */
  @Nullable String whyAll() {
    return whyAll;
  }

  /** The version that the topic got last; empty if none. */
  OptionalLong last() {
    return notes.lastTransaction(application());
  }

  /** A version newer than the last one that was begun to be sent; empty if none. */
  OptionalLong begun() {
    OptionalLong begun = notes.lastTransaction(SENDING + application());
    return begun.isPresent() && begun.getAsLong() > last().orElse(-1)
        ? begun
        : OptionalLong.empty();
  }

  /**
   * Whether somebody else has begun to send newer scores than these, so that what was sent of these
   * since may stand behind them in the topic.
   */
  boolean isOvertaken(TableSnapshot scores) {
    return notes.lastTransaction(SENDING + application()).orElse(-1) > scores.version()
        || last().orElse(-1) > scores.version();
  }

  /** Notes that these scores are about to be sent. */
  void begin(TableSnapshot sending) {
    note(SENDING + application(), sending);
  }

  /** Notes that these scores were sent, all of them. */
  void end(TableSnapshot sent) {
    note(application(), sent);
  }

  private void note(String noted, TableSnapshot version) {
    Map<String, String> properties = new HashMap<>(names());
    properties.put(CONTENT + noted, content(version));
    notes.commit(
        Commit.append(SCHEMA, List.of())
            .withTransaction(noted, version.version())
            .withProperties(properties));
  }
}
