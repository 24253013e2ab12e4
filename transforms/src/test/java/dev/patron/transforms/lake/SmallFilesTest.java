package dev.patron.transforms.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which files become one, and that rows stay what they are. */
class SmallFilesTest {
  private static final Schema SCHEMA =
      Schema.of().with("id", Type.LONG).with("country", Type.STRING);

  private final Path folder;
  private final LakeTable table;

  SmallFilesTest(@TempDir Path folder) {
    this.folder = folder.resolve("bronze/orders");
    this.table = LakeTable.at(folder.toString(), "bronze/orders");
  }

  private TableSnapshot tableOf(int files) {
    List<DataFile> written = new ArrayList<>();
    for (long id = 0; id < files; id++) {
      String country = id % 2 == 0 ? "DE" : "FR";
      written.add(
          DataFileWriter.write(
              table,
              SCHEMA,
              Map.of("country", country),
              List.of(Frame.ofRows(SCHEMA, List.of(List.of(id, country))))));
    }
    return committed(Commit.overwrite(SCHEMA, written).partitionedBy(List.of("country")));
  }

  private TableSnapshot committed(Commit commit) {
    table.commit(commit);
    return table.latest().orElseThrow();
  }

  @Test
  void filesOfEachPartitionBecomeOne() {
    TableSnapshot many = tableOf(9);
    String rows = TableDigest.of(many, Set.of()).hex();

    TableSnapshot joined = committed(SmallFiles.join(many, 3).orElseThrow());

    assertThat(joined.files()).hasSize(2);
    assertThat(TableDigest.of(joined, Set.of()).hex()).isEqualTo(rows);
  }

  @Test
  void fewAreLeftAlone() {
    assertThat(SmallFiles.join(tableOf(9), 5)).isEmpty();
  }

  @Test
  void joinedFilesAreNoLargerThanTheyShouldBeAndOneLeftOverStays() {
    TableSnapshot many = tableOf(10);
    String rows = TableDigest.of(many, Set.of()).hex();
    long two = 2 * many.files().get(0).bytes() - 1;

    // Five files of each country: two and two, and the fifth is left.
    TableSnapshot joined = committed(SmallFiles.join(many, 3, two).orElseThrow());

    assertThat(joined.files().stream().map(DataFile::rows)).containsOnly(1L, 2L).hasSize(6);
    assertThat(TableDigest.of(joined, Set.of()).hex()).isEqualTo(rows);
  }

  @Test
  void aFileThatCannotBeReadIsNamed() throws Exception {
    TableSnapshot many = tableOf(9);
    String lost = many.files().get(4).path();
    Files.delete(folder.resolve(lost));

    assertThatThrownBy(() -> SmallFiles.join(many, 3))
        .isInstanceOf(LakeException.class)
        .hasMessageContaining(lost);
  }
}
