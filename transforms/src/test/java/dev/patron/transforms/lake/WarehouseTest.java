package dev.patron.transforms.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WarehouseTest {
  private final Path folder;
  private final Warehouse warehouse;

  WarehouseTest(@TempDir Path folder) {
    this.folder = folder;
    this.warehouse = Warehouse.at(folder.resolve("not there yet").toString());
  }

  @Test
  void textIsWrittenReadListedAndDeleted() throws IOException {
    String model = "models/cltv/1/model.json";
    assertThat(warehouse.exists("")).isFalse();
    assertThat(warehouse.list("models")).isEmpty();

    warehouse.write(model, "{\"name\": \"größer\"}");
    warehouse.write(model, "{}\n");
    warehouse.write("models/cltv/1/card.md", "# é");

    assertThat(warehouse.exists(model)).isTrue();
    assertThat(warehouse.read(model)).isEqualTo("{}\n");
    assertThat(warehouse.read("models/cltv/1/card.md")).isEqualTo("# é");
    assertThat(warehouse.list("models/cltv/1")).containsExactly("card.md", "model.json");
    assertThat(warehouse.list("")).containsExactly("models");
    try (var files = Files.list(folder.resolve("not there yet/models/cltv/1"))) {
      assertThat(files).hasSize(2);
    }

    warehouse.delete("models/cltv");
    warehouse.delete("models/cltv");
    assertThat(warehouse.exists(model)).isFalse();
  }

  @Test
  void whatCannotBeDoneIsToldInOneLine() throws IOException {
    assertThatThrownBy(() -> warehouse.read("report/index.html"))
        .isInstanceOf(LakeException.class)
        .hasMessage(folder.resolve("not there yet/report/index.html") + ": there is no such file");
    Files.writeString(folder.resolve("file"), "x");
    assertThatThrownBy(() -> Warehouse.at(folder.resolve("file").toString()).write("a/b", "x"))
        .isInstanceOf(LakeException.class)
        .hasMessageStartingWith(folder.resolve("file") + "/a/b: cannot be written: ");
  }
}
