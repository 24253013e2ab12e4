package dev.patron.pipelines.stages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.patron.features.frame.FrameBuilder;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.transforms.lake.Commit;
import dev.patron.transforms.lake.DataFile;
import dev.patron.transforms.lake.LakeTable;
import dev.patron.transforms.lake.WriteFrames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Earlier versions of a table, which others may take away at any moment. */
class MakingTest {
  private static final Schema SCHEMA = Schema.of().with("customer_id", Type.LONG);

  @TempDir private Path folder;

  private final List<Boolean> there = new ArrayList<>();

  private LakeTable table() {
    return LakeTable.at(folder.resolve("warehouse").toString(), "gold/customer_scores");
  }

  @BeforeEach
  void aTableOfOneVersion() {
    FrameBuilder frame = new FrameBuilder(SCHEMA);
    frame.longs("customer_id").append(1);
    List<DataFile> files = new ArrayList<>();
    try (WriteFrames.Writing writing = WriteFrames.to(table()).begin()) {
      writing.write(frame.build(), files::add);
      writing.finish(files::add);
    }
    table().commit(Commit.overwrite(SCHEMA, files));
  }

  private void deleteDataFiles() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of(table().path().toUri()))) {
      for (Path file : files.filter(path -> path.toString().endsWith(".parquet")).toList()) {
        Files.delete(file);
      }
    }
  }

  @Test
  void whatIsVacuumedBetweenTheLookAndTheReadIsDoneWithout() throws IOException {
    String done =
        Making.withOrWithout(
            table(),
            table().snapshot().version(),
            then -> {
              there.add(then != null);
              if (then != null) {
                deleteDataFiles();
                throw new IllegalStateException("a data file is missing");
              }
              return "without";
            });
    assertThat(done).isEqualTo("without");
    assertThat(there).containsExactly(true, false);
  }

  @Test
  void whatFailsThoughTheVersionIsThereFails() {
    long version = table().snapshot().version();
    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                Making.withOrWithout(
                    table(),
                    version,
                    then -> {
                      there.add(then != null);
                      throw new IllegalStateException("another fault");
                    }))
        .withMessage("another fault");
    assertThat(there).containsExactly(true);
  }

  @Test
  void whatFailsWithoutAnyVersionIsNotDoneAgain() {
    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                Making.withOrWithout(
                    table(),
                    -1,
                    then -> {
                      there.add(then != null);
                      throw new IllegalStateException("another fault");
                    }));
    assertThat(there).containsExactly(false);
  }
}
