package dev.patron.pipelines.stages;

import static org.assertj.core.api.Assertions.assertThat;

import dev.patron.features.frame.FrameBuilder;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.transforms.lake.Commit;
import dev.patron.transforms.lake.DataFile;
import dev.patron.transforms.lake.LakeTable;
import dev.patron.transforms.lake.TableSnapshot;
import dev.patron.transforms.lake.WriteFrames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a topic got of a table of scores, whatever becomes of the topic and of the table. */
class SentScoresTest {
  private static final Schema SCHEMA = Schema.of().with("customer_id", Type.LONG);

  @TempDir private Path folder;

  private LakeTable scores() {
    return LakeTable.at(folder.resolve("warehouse").toString(), "gold/customer_scores");
  }

  private LakeTable notes() {
    return LakeTable.at(folder.resolve("warehouse").toString(), "_published");
  }

  private SentScores sent(@Nullable String id) {
    return SentScores.to("t", id, notes(), scores().snapshot());
  }

  /** One more version, with other scores. */
  private TableSnapshot score() {
    FrameBuilder frame = new FrameBuilder(SCHEMA);
    frame.longs("customer_id").append(1);
    List<DataFile> files = new ArrayList<>();
    try (WriteFrames.Writing writing = WriteFrames.to(scores()).begin()) {
      writing.write(frame.build(), files::add);
      writing.finish(files::add);
    }
    scores().commit(Commit.overwrite(SCHEMA, files));
    return scores().snapshot();
  }

  private void send() {
    SentScores sent = sent("id");
    sent.begin(scores().snapshot());
    sent.end(scores().snapshot());
  }

  private Path path() {
    return Path.of(scores().path().toUri());
  }

  private static void delete(Path from) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file)));
      }
    }
  }

  private void putBack(Path copy) throws IOException {
    delete(path());
    copy(copy, path());
  }

  private void assertAllAreSentOnce(String why) {
    assertThat(sent("id").last()).isEmpty();
    assertThat(sent("id").begun()).isEmpty();
    assertThat(sent("id").whyAll()).isEqualTo(why);
    send();
    assertThat(sent("id").last()).hasValue(scores().snapshot().version());
    assertThat(sent("id").begun()).isEmpty();
    assertThat(sent("id").whyAll()).isNull();
  }

  @Test
  void aTopicGotWhatWasSentToItsEnd() {
    score();
    assertThat(sent("id").last()).isEmpty();
    assertThat(sent("id").whyAll()).isNull();
    send();
    assertThat(sent("id").last()).hasValue(0);
    assertThat(sent("id").begun()).isEmpty();
    TableSnapshot next = score();
    sent("id").begin(next);
    score();
    assertThat(sent("id").last()).hasValue(0);
    assertThat(sent("id").begun()).hasValue(1);
  }

  @Test
  void anotherTopicOfTheNameGotNothing() {
    score();
    send();
    assertThat(sent("another").last()).isEmpty();
    assertThat(sent("another").whyAll()).isEqualTo("t is not the topic that got scores before");
  }

  @Test
  void ofATableThatIsMadeAgainATopicGotNothing() throws IOException {
    score();
    score();
    send();
    delete(path());
    score();
    assertAllAreSentOnce("gold/customer_scores is not the table whose scores t got before");
  }

  @Test
  void ofATableThatIsPutBackATopicGotNothingAlsoWhereItHasComeAsFarAsItWas() throws IOException {
    score();
    send();
    Path saved = folder.resolve("saved");
    copy(path(), saved);
    for (int versions = 0; versions < 4; versions++) {
      score();
      send();
      score();
      sent("id").begin(scores().snapshot());
      putBack(saved);
      for (int more = 0; more < versions; more++) {
        score();
      }
      assertAllAreSentOnce("gold/customer_scores has other versions than those that t got");
      putBack(saved);
      send();
    }
  }

  @Test
  void whatWasNotedBeforeContentsWereIsGoneOnFrom() {
    TableSnapshot scored = score();
    notes()
        .commit(
            Commit.append(Schema.of().with("topic", Type.STRING), List.of())
                .withTransaction("scores to t id of " + scored.id(), 0)
                .withProperties(Map.of("patron.topic.t", "id", "patron.scores.t", scored.id())));
    assertThat(sent("id").last()).hasValue(0);
    score();
    assertThat(sent("id").last()).hasValue(0);
    send();
    assertThat(sent("id").last()).hasValue(1);
  }

  @Test
  void whatWasNotedBeforeTopicsAndTablesHadIdsIsGoneOnFrom() {
    score();
    notes()
        .commit(
            Commit.append(Schema.of().with("topic", Type.STRING), List.of())
                .withTransaction("scores to t", 0));
    assertThat(sent("id").last()).hasValue(0);
    assertThat(sent("another").last()).isEmpty();
  }

  /** STREAM.md says so: what was sent is noted beside the scores, and becomes as old with them. */
  @Test
  void aWholeWarehouseThatIsPutBackSendsAllWhereItsNotesAreDeleted() throws IOException {
    score();
    send();
    Path warehouse = folder.resolve("warehouse");
    Path copy = folder.resolve("copy");
    copy(warehouse, copy);
    score();
    send();
    delete(warehouse);
    copy(copy, warehouse);
    assertThat(sent("id").last()).hasValue(0);
    delete(Path.of(notes().path().toUri()));
    assertThat(sent("id").last()).isEmpty();
    assertThat(sent("id").whyAll()).isNull();
    send();
    assertThat(sent("id").last()).hasValue(0);
  }

  /** Who sleeps between its note and its messages wakes up behind another stream. */
  @Test
  void whoeverSentOlderScoresAfterNewerOnesIsTold() {
    TableSnapshot older = score();
    SentScores sleeping = sent("id");
    sleeping.begin(older);
    assertThat(sleeping.isOvertaken(older)).isFalse();

    TableSnapshot newer = score();
    sent("id").begin(newer);
    assertThat(sleeping.isOvertaken(older)).isTrue();
    sent("id").end(newer);
    sleeping.end(older);

    assertThat(sleeping.isOvertaken(older)).isTrue();
    assertThat(sent("id").last()).hasValue(newer.version());
    assertThat(sent("id").isOvertaken(newer)).isFalse();
  }
}
