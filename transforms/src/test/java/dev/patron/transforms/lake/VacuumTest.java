package dev.patron.transforms.lake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
}
