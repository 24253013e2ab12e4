package dev.patron.transforms.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogFilesTest {
  private static final Schema SCHEMA = Schema.of().with("id", Type.LONG);

  private final Path log;
  private final LakeTable table;

  LogFilesTest(@TempDir Path folder) {
    this.table = LakeTable.at(folder.toString(), "silver/orders");
    this.log = folder.resolve("silver/orders/_delta_log");
  }

  private void commit(int times) {
    for (int i = 0; i < times; i++) {
      DataFile file =
          DataFileWriter.write(
              table, SCHEMA, Map.of(), List.of(Frame.ofRows(SCHEMA, List.of(List.of((long) i)))));
      table.commit(Commit.append(SCHEMA, List.of(file)).withTransaction("test", i));
    }
  }

  private LogFiles files() throws Exception {
    return LogFiles.of(table.path());
  }

  private Path version(long version) {
    return log.resolve("%020d.json".formatted(version));
  }

  @Test
  void aLogThatIsWholeHasNoFault() throws Exception {
    assertThat(files().firstFault()).isEmpty();
    commit(13);
    assertThat(log.resolve("00000000000000000010.checkpoint.parquet")).exists();
    assertThat(files().commits()).hasSize(13);
    for (long version = 0; version < 13; version++) {
      assertThat(files().isEnoughFor(version)).isTrue();
      assertThat(files().firstFault(version)).isEmpty();
    }
  }

  @Test
  void whatACheckpointHoldsIsNotNeeded() throws Exception {
    commit(13);
    Files.delete(version(3));
    Files.write(version(4), new byte[0]);
    assertThat(files().firstFault()).isEmpty();
    assertThat(LongStream.range(0, 13).filter(version -> enough(version)))
        .containsExactly(0L, 1L, 2L, 10L, 11L, 12L);
    assertThat(files().firstMissing(9)).hasValue("_delta_log/00000000000000000003.json is missing");
    Files.write(version(11), new byte[0]);
    assertThat(files().firstFault()).hasValue("_delta_log/00000000000000000011.json is empty");
  }

  private boolean enough(long version) {
    try {
      return files().isEnoughFor(version);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aCommitThatIsNoJsonIsDamaged() throws Exception {
    commit(2);
    Files.writeString(version(1), Files.readString(version(1)) + "{\"add\":{\"path\":\"part");
    assertThat(files().firstFault()).hasValue("_delta_log/00000000000000000001.json is damaged");
    assertThat(files().firstFault(0)).isEmpty();
  }

  /** The Kernel would take the version before it for the newest. */
  @Test
  void theNewestCommitIsMissedWhereItsChecksumsAreThere() throws Exception {
    commit(3);
    Files.delete(version(2));
    assertThat(files().firstFault()).hasValue("_delta_log/00000000000000000002.json is missing");
    assertThatThrownBy(table::snapshot)
        .isInstanceOf(LakeException.class)
        .hasMessage(
            "silver/orders: its log cannot be read:"
                + " _delta_log/00000000000000000002.json is missing");
  }

  /** Parts of a checkpoint count when all of them are there. */
  @Test
  void aCheckpointInPartsIsOneWhenItIsWhole() throws Exception {
    commit(8);
    String part = "00000000000000000005.checkpoint.000000000%d.0000000002.parquet";
    Files.writeString(log.resolve(part.formatted(1)), "x");
    Files.delete(version(2));
    assertThat(files().isEnoughFor(7)).isFalse();
    Files.writeString(log.resolve(part.formatted(2)), "x");
    assertThat(files().isEnoughFor(7)).isTrue();
    assertThat(files().firstFault()).hasValue("_delta_log/" + part.formatted(1) + " is damaged");
  }
}
