package dev.patron.transforms.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a clean-up deletes, and what it leaves. Times are set by hand: hour after hour. */
class VacuumTest {
  private static final Schema SCHEMA = Schema.of().with("id", Type.LONG);
  private static final Instant MIDNIGHT = Instant.parse("2024-05-01T00:00:00Z");

  private final Path folder;
  private final LakeTable table;

  VacuumTest(@TempDir Path folder) {
    this.folder = folder.resolve("silver/orders");
    this.table = LakeTable.at(folder.toString(), "silver/orders");
  }

  private DataFile file(long id) {
    return DataFileWriter.write(
        table, SCHEMA, Map.of(), List.of(Frame.ofRows(SCHEMA, List.of(List.of(id)))));
  }

  private void overwrite(int hour, long id) throws Exception {
    DataFile file = file(id);
    long version = table.commit(Commit.overwrite(SCHEMA, List.of(file))).version();
    age(folder.resolve(file.path()), hour);
    age(folder.resolve("_delta_log/%020d.json".formatted(version)), hour);
  }

  private static void age(Path file, int hour) throws Exception {
    Files.setLastModifiedTime(file, FileTime.from(hour(hour)));
  }

  private static Instant hour(int hour) {
    return MIDNIGHT.plusSeconds(3600L * hour);
  }

  private long dataFiles() throws Exception {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.getFileName().toString().startsWith("part-")).count();
    }
  }

  /** A stream commits, and takes its temporary files away, while somebody cleans up. */
  @Test
  void filesThatComeAndGoMeanwhileAreNoFault() throws Exception {
    overwrite(1, 1);
    AtomicBoolean done = new AtomicBoolean();
    Thread writer =
        new Thread(
            () -> {
              for (int i = 0; !done.get(); i++) {
                try {
                  Path folderOfADay = Files.createDirectories(folder.resolve("day=" + i % 3));
                  Path file = Files.createFile(folderOfADay.resolve("." + i + ".tmp"));
                  Files.delete(file);
                  Files.delete(folderOfADay);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              }
            });
    writer.start();
    try {
      for (int i = 0; i < 1_000; i++) {
        assertThat(Vacuum.of(table, MIDNIGHT).files()).isZero();
      }
    } finally {
      done.set(true);
      writer.join();
    }
  }

  @Test
  void filesOfVersionsThatWereReplacedBeforeTheCutOffGo() throws Exception {
    overwrite(1, 1);
    overwrite(2, 2);
    overwrite(3, 3);
    assertThat(Vacuum.of(table, hour(10)).files()).isEqualTo(2);
    assertThat(dataFiles()).isEqualTo(1);
    assertThat(TableScan.of(table.snapshot(), List.of("id")).all().toRows())
        .containsExactly(List.of(3L));
  }

  @Test
  void theVersionThatWasTheNewestAtTheCutOffCanStillBeRead() throws Exception {
    overwrite(1, 1);
    overwrite(2, 2);
    overwrite(5, 3);
    assertThat(Vacuum.of(table, hour(3)).files()).isEqualTo(1);
    assertThat(TableScan.of(table.snapshot(1), List.of("id")).all().toRows())
        .containsExactly(List.of(2L));
  }

  @Test
  void whatACrashedRunHasLeftGoesWhenItIsOld() throws Exception {
    overwrite(1, 1);
    DataFile orphan = file(7);
    age(folder.resolve(orphan.path()), 2);
    assertThat(Vacuum.of(table, hour(1)).files()).isZero();
    assertThat(dataFiles()).isEqualTo(2);
    assertThat(Vacuum.of(table, hour(3)).files()).isEqualTo(1);
    assertThat(dataFiles()).isEqualTo(1);
  }

  @Test
  void aTableThatDoesNotExistHasNothingToFree() throws Exception {
    Files.createDirectories(folder);
    DataFile orphan = file(7);
    age(folder.resolve(orphan.path()), 2);
    assertThat(Vacuum.of(table, hour(3)).files()).isEqualTo(1);
  }

  /** Nobody can read them, whatever files are left. */
  @Test
  void versionsWhoseCommitsAreGoneNeedNoFiles() throws Exception {
    for (int i = 0; i < 12; i++) {
      overwrite(1 + i, i);
    }
    Files.delete(folder.resolve("_delta_log/00000000000000000003.json"));
    assertThat(Vacuum.of(table, hour(5)).files()).isEqualTo(3);
    assertThat(TableScan.of(table.snapshot(10), List.of("id")).all().toRows())
        .containsExactly(List.of(10L));
    assertThatThrownBy(() -> table.snapshot(5))
        .isInstanceOf(LakeException.class)
        .hasMessage(
            "silver/orders: version 5 cannot be read any more:"
                + " _delta_log/00000000000000000003.json is missing; its newest is 11");
  }

  @Test
  void aLogThatLacksACommitIsTold() throws Exception {
    for (int i = 0; i < 6; i++) {
      overwrite(1 + i, i);
    }
    Files.delete(folder.resolve("_delta_log/00000000000000000003.json"));
    LakeTable unread = LakeTable.at(folder.resolve("../..").toString(), "silver/orders");
    assertThatThrownBy(() -> Vacuum.of(unread, hour(10)))
        .isInstanceOf(LakeException.class)
        .hasMessage(
            "silver/orders: its log cannot be read: _delta_log/00000000000000000003.json is"
                + " missing");
    assertThat(dataFiles()).isEqualTo(6);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 100, 1_500})
  void aCheckpointThatIsCutIsNamed(int bytes) throws Exception {
    for (int i = 0; i < 12; i++) {
      overwrite(1 + i, i);
    }
    Path checkpoint = folder.resolve("_delta_log/00000000000000000010.checkpoint.parquet");
    Files.write(checkpoint, java.util.Arrays.copyOf(Files.readAllBytes(checkpoint), bytes));
    age(folder.resolve("_delta_log/00000000000000000011.json"), 20);
    assertThatThrownBy(() -> Vacuum.of(table, hour(10)))
        .isInstanceOf(LakeException.class)
        .hasMessageContaining("00000000000000000010.checkpoint.parquet is damaged");
  }

  @Nested
  class AllButTheNewest {
    /** Later than this test runs, so that no file is too new. */
    private static final Instant AFTER_ALL = hour(2_000_000);

    private static final Schema PEOPLE = Schema.of().with("name", Type.STRING);

    private void write(Commit.Kind kind, String name) {
      DataFile file =
          DataFileWriter.write(
              table, PEOPLE, Map.of(), List.of(Frame.ofRows(PEOPLE, List.of(List.of(name)))));
      table.commit(
          kind == Commit.Kind.APPEND
              ? Commit.append(PEOPLE, List.of(file))
              : Commit.overwrite(PEOPLE, List.of(file)));
    }

    private List<String> log() throws Exception {
      try (Stream<Path> files = Files.list(folder.resolve("_delta_log"))) {
        return files
            .map(file -> file.getFileName().toString())
            .filter(name -> !name.startsWith("."))
            .sorted()
            .toList();
      }
    }

    /** All that the log says, its checkpoint too. */
    private String said() throws Exception {
      StringBuilder text = new StringBuilder();
      for (String name : log()) {
        Path file = folder.resolve("_delta_log").resolve(name);
        if (name.endsWith(".parquet")) {
          try (ParquetReader<Group> rows =
              ParquetReader.builder(
                      new GroupReadSupport(), new org.apache.hadoop.fs.Path(file.toUri()))
                  .build()) {
            for (Group row = rows.read(); row != null; row = rows.read()) {
              text.append(row);
            }
          }
        } else {
          text.append(Files.readString(file));
        }
      }
      return text.toString();
    }

    private List<List<Object>> rows() {
      return TableScan.of(table.snapshot(), List.of("name")).all().toRows();
    }

    /** However many commits and checkpoints there are before. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 9, 10, 11, 20, 21})
    void noWordIsLeft(int commits) throws Exception {
      for (int i = 0; i < commits; i++) {
        write(i % 3 == 0 ? Commit.Kind.APPEND : Commit.Kind.OVERWRITE, "Ada " + i);
      }
      write(Commit.Kind.OVERWRITE, "Bob");
      Vacuum.allButNewest(table, AFTER_ALL);
      assertThat(said()).contains("Bob").doesNotContain("Ada");
      assertThat(log())
          .allMatch(
              name -> name.startsWith("%020d".formatted(commits)) || name.startsWith("_last"));
      assertThat(dataFiles()).isEqualTo(1);
      assertThat(rows()).isEqualTo(List.of(List.of("Bob")));
      assertThatThrownBy(() -> table.snapshot(commits - 1).files())
          .isInstanceOf(LakeException.class);

      // Once more nothing happens, and the table goes on.
      Vacuum.allButNewest(table, AFTER_ALL);
      write(Commit.Kind.APPEND, "Cleo");
      assertThat(rows()).hasSize(2);
      assertThat(table.version()).hasValue(commits + 1);
      Vacuum.allButNewest(table, AFTER_ALL);
      assertThat(rows()).hasSize(2);
    }

    @Test
    void whatBrokeOffIsDoneAgain() throws Exception {
      for (int i = 0; i < 13; i++) {
        write(Commit.Kind.OVERWRITE, "Ada " + i);
      }
      write(Commit.Kind.OVERWRITE, "Bob");
      Path log = folder.resolve("_delta_log");
      Path kept = folder.resolveSibling("kept");
      Files.createDirectories(kept);
      for (String name : log()) {
        Files.copy(log.resolve(name), kept.resolve(name));
      }
      Vacuum.allButNewest(table, AFTER_ALL);
      // Killed while it deleted: half of the earlier versions are still there.
      try (Stream<Path> files = Files.list(kept)) {
        for (Path file :
            files.filter(file -> file.toString().matches(".*/0*1?[02468][.].*")).toList()) {
          if (!Files.exists(log.resolve(file.getFileName()))) {
            Files.copy(file, log.resolve(file.getFileName()));
          }
        }
      }
      Vacuum.allButNewest(table, AFTER_ALL);
      assertThat(said()).contains("Bob").doesNotContain("Ada");
      assertThat(rows()).isEqualTo(List.of(List.of("Bob")));
    }

    /** As a stream knows a table that another process cleans up, up to a checkpoint or beyond. */
    @ParameterizedTest
    @ValueSource(ints = {3, 11, 14})
    void whoKnewTheTableReadsItAnew(int commits) throws Exception {
      for (long id = 0; id < commits; id++) {
        table.commit(Commit.append(SCHEMA, List.of(file(id))));
        assertThat(table.version()).isPresent();
      }
      DeltaLog.forgetBefore(DeltaLog.latest(table.path()).orElseThrow());
      assertThat(table.snapshot().files()).hasSize(commits);
      assertThat(table.lastTransaction("nobody")).isEmpty();
      table.commit(Commit.append(SCHEMA, List.of(file(commits))));
      assertThat(table.snapshot().rows()).isEqualTo(commits + 1);
    }

    @Test
    void aTableThatDoesNotExistHasNothing() {
      assertThat(Vacuum.allButNewest(table, AFTER_ALL).files()).isZero();
    }
  }
}
