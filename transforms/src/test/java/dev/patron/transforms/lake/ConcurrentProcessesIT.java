package dev.patron.transforms.lake;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Writers in processes of their own at one table, and at one log file. */
class ConcurrentProcessesIT {
  private static final Schema NUMBERS = Schema.of().with("n", Type.LONG);
  private static final int PROCESSES = 3;
  private static final int COMMITS = 25;

  private final Path folder;

  ConcurrentProcessesIT(@TempDir Path folder) {
    this.folder = folder;
  }

  /** Appends to a table, and creates log files under a lock, as fast as it can. */
  static final class Writer {
    public static void main(String[] arguments) throws IOException {
      LakeTable table = LakeTable.at(arguments[0], "numbers");
      int from = Integer.parseInt(arguments[1]) * COMMITS;
      for (int i = from; i < from + COMMITS; i++) {
        Frame frame = Frame.ofRows(NUMBERS, List.of(List.of((long) i)));
        DataFile file = DataFileWriter.write(table, NUMBERS, Map.of(), List.of(frame));
        table.commit(
            Commit.append(NUMBERS, List.of(file))
                .withProperties(Map.of("delta.checkpointInterval", "5")));
      }
      int won = 0;
      for (int i = 0; i < 300; i++) {
        Path temporary = Files.createTempFile(Path.of(arguments[0]), "try", null);
        try {
          ExclusiveLocalLogStore.publishUnderLock(temporary, Path.of(arguments[0], "version-" + i));
          won++;
        } catch (java.nio.file.FileAlreadyExistsException lost) {
          Files.delete(temporary);
        }
      }
      System.out.println("won " + won);
    }
  }

  @Test
  void everyCommitOfEveryProcessIsThereOnce() throws IOException, InterruptedException {
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < PROCESSES; i++) {
      processes.add(
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:TieredStopAtLevel=1",
                  "-cp",
                  System.getProperty("java.class.path"),
                  Writer.class.getName(),
                  folder.toString(),
                  String.valueOf(i))
              .redirectError(new File(folder.toFile(), "errors" + i))
              .start());
    }
    int won = 0;
    for (int i = 0; i < PROCESSES; i++) {
      String told = new String(processes.get(i).getInputStream().readAllBytes(), UTF_8);
      assertThat(processes.get(i).waitFor())
          .as(Files.readString(folder.resolve("errors" + i)))
          .isZero();
      won += Integer.parseInt(told.strip().substring("won ".length()));
    }

    LakeTable table = LakeTable.at(folder.toString(), "numbers");
    assertThat(won).isEqualTo(300);
    assertThat(table.version()).hasValue((long) PROCESSES * COMMITS - 1);
    assertThat(TableDigest.of(table.snapshot(), Set.of()).rows())
        .isEqualTo((long) PROCESSES * COMMITS);
    assertThat(KernelReader.rows(table)).doesNotHaveDuplicates().hasSize(PROCESSES * COMMITS);
  }
}
