package dev.patron.pipelines.generate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bookstore that comes with Patron is what its README says that it is. */
class BundledBookstoreTest {
  private static final Path BUNDLED = Path.of("..", "..", "testdata", "bookstore");

  @Test
  void theCommandInItsReadmeMakesIt(@TempDir Path folder) throws IOException {
    Bookstore.generate(BookstoreOptions.of(2_000, 42, folder), orders -> {});
    Map<String, byte[]> bundled = new Shop(BUNDLED).contents();
    Map<String, byte[]> made = new Shop(folder).contents();
    assertThat(made.keySet()).isEqualTo(bundled.keySet());
    made.forEach((name, content) -> assertThat(content).as(name).isEqualTo(bundled.get(name)));
    assertThat(new String(made.getOrDefault("README.md", new byte[0]), StandardCharsets.UTF_8))
        .contains("./patron generate --customers=2000 --seed=42 --output=");
  }
}
