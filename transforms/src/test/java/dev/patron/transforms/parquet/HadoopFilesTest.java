package dev.patron.transforms.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HadoopFilesTest {
  @Test
  void aPlainPathIsALocalOneInWhichNoCharacterIsSpecial() {
    assertThat(HadoopFiles.path("/Volumes/main/shop/x").toUri().toString())
        .isEqualTo("file:/Volumes/main/shop/x");
    assertThat(HadoopFiles.path("/data/a b/50%25:c#d?e").toUri().getPath())
        .isEqualTo("/data/a b/50%25:c#d?e");
    assertThat(HadoopFiles.path("warehouse").toUri().getPath())
        .isEqualTo(java.nio.file.Path.of("warehouse").toAbsolutePath().toString());
    assertThat(HadoopFiles.path("./a:b/c").toUri().getPath()).endsWith("/a:b/c");
  }

  @Test
  void aUriKeepsItsScheme() {
    assertThat(HadoopFiles.path("file:/data/x").toUri().toString()).isEqualTo("file:/data/x");
    assertThat(HadoopFiles.path("file:///data/x").toUri().getPath()).isEqualTo("/data/x");
    Path cloud = HadoopFiles.path("abfss://lake@account.dfs.core.windows.net/shop");
    assertThat(cloud.toUri().getScheme()).isEqualTo("abfss");
    assertThat(HadoopFiles.display(cloud))
        .isEqualTo("abfss://lake@account.dfs.core.windows.net/shop");
    assertThat(HadoopFiles.display(HadoopFiles.path("/data/x y"))).isEqualTo("/data/x y");
  }

  @Test
  void noChecksumFilesAppear(@TempDir java.nio.file.Path folder) throws IOException {
    Path file = HadoopFiles.path(folder.resolve("a b%20c").toString());
    try (OutputStream out = file.getFileSystem(HadoopFiles.configuration()).create(file)) {
      out.write(1);
    }
    try (var files = Files.list(folder)) {
      assertThat(files.map(f -> f.getFileName().toString())).containsExactly("a b%20c");
    }
  }

  private static PlainLocalFileSystem local(Path file) throws IOException {
    return (PlainLocalFileSystem) file.getFileSystem(HadoopFiles.configuration());
  }

  @Test
  void aFullDiskIsAnExceptionLikeAnyOther() throws IOException {
    assumeTrue(Files.exists(java.nio.file.Path.of("/dev/full")), "Linux has a full disk to try");
    Path file = HadoopFiles.path("/dev/full");
    try (OutputStream out = local(file).createOutputStream(file, true)) {
      assertThatThrownBy(() -> out.write(new byte[1 << 16]))
          .isInstanceOf(IOException.class)
          .hasMessage("/dev/full: No space left on device");
    }
  }
}
