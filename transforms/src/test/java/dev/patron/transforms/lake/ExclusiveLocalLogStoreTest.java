package dev.patron.transforms.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delta.storage.HadoopFileSystemLogStore;
import io.delta.storage.LogStore;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExclusiveLocalLogStoreTest {
  private static final Configuration CONFIGURATION = new Configuration();

  /** Hadoop's own listing, which asks for every file. */
  private static final class Plain extends HadoopFileSystemLogStore {
    private Plain() {
      super(CONFIGURATION);
    }

    @Override
    public void write(
        Path path, Iterator<String> actions, Boolean overwrite, Configuration configuration) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Boolean isPartialWriteVisible(Path path, Configuration configuration) {
      return true;
    }
  }

  private static List<String> list(LogStore log, Path from) throws IOException {
    List<String> files = new ArrayList<>();
    log.listFrom(from, CONFIGURATION)
        .forEachRemaining((FileStatus file) -> files.add(file.toString()));
    return files;
  }

  @Test
  void aLogIsListedFromAVersionOnAsHadoopListsIt(@TempDir java.nio.file.Path folder)
      throws IOException {
    for (String name :
        List.of(
            "00000000000000000009.json",
            "00000000000000000010.json",
            ".00000000000000000010.json.crc",
            "00000000000000000010.checkpoint.parquet",
            "00000000000000000011.json",
            ".00000000000000000012.json.5d0c.tmp",
            "_last_checkpoint")) {
      Files.writeString(folder.resolve(name), name);
    }
    Path from = new Path(folder.toString(), "00000000000000000010.json");
    List<String> listed = list(new ExclusiveLocalLogStore(CONFIGURATION), from);
    assertThat(listed).isEqualTo(list(new Plain(), from)).hasSize(3);
  }

  @Test
  void aLogThatIsNotThereIsSaidToBe(@TempDir java.nio.file.Path folder) {
    Path from = new Path(folder.resolve("absent").toString(), "0.json");
    assertThatThrownBy(() -> list(new ExclusiveLocalLogStore(CONFIGURATION), from))
        .isInstanceOf(FileNotFoundException.class);
  }
}
