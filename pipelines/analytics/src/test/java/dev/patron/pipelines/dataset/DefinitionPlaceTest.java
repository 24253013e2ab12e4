package dev.patron.pipelines.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.patron.transforms.read.SourceFile;
import dev.patron.transforms.read.SourceFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A definition is a file or a URI, and what it names relatively is beside it. */
final class DefinitionPlaceTest {
  private static final String SHOP =
      """
      tables:
        orders:
          keep: facts
          from: { files: %s }
      """;

  private static final String PAGES =
      """
      tables:
        orders:
          keep: facts
          from:
            rest: "https://shop.example/orders"
            headers: { Authorization: "${file:%s}" }
      """;

  private final Path folder;

  DefinitionPlaceTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private static String remote(Path local) {
    return "remote://host" + local;
  }

  private Path write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private static Dataset parse(String file) {
    return DatasetFile.parse(file, Map.of());
  }

  private static List<String> locations(String file) {
    return ((Source.Files) parse(file).table("orders").source()).locations();
  }

  /** The paths that a warehouse would remember. */
  private static List<String> found(String file) throws IOException {
    List<String> paths = new ArrayList<>();
    for (String location : locations(file)) {
      SourceFiles.expand(location, "orders").stream().map(SourceFile::path).forEach(paths::add);
    }
    return paths;
  }

  private static String header(String file) {
    Source.Rest pages = (Source.Rest) parse(file).table("orders").source();
    return pages.headers().values().iterator().next().reveal();
  }

  private static String problem(String file) {
    return catchThrowableOfType(DatasetException.class, () -> parse(file)).getMessage();
  }

  // ---- Files

  @Test
  void relativeFilesAreBesideTheDefinitionOnItsFileSystem() throws IOException {
    write("shop/orders/1.csv", "a\n1\n");
    Path yaml = write("shop/dataset.yaml", SHOP.formatted("orders/*.csv"));

    assertThat(locations(remote(yaml)))
        .containsExactly(remote(folder.resolve("shop")) + "/orders/*.csv");
    assertThat(found(remote(yaml))).containsExactly(remote(folder.resolve("shop/orders/1.csv")));
  }

  @Test
  void absolutePathsAndUrisStayWhatTheyAre() throws IOException {
    write("local.csv", "a\n1\n");
    Path yaml =
        write(
            "shop/dataset.yaml",
            SHOP.formatted("[%s/local.csv, \"hdfs://name/t.csv\"]".formatted(folder)));

    assertThat(locations(remote(yaml))).containsExactly(folder + "/local.csv", "hdfs://name/t.csv");
  }

  @Test
  void aFileSystemsRootIsAFolderAsAnyOther() {
    for (String root : List.of("/", "remote:/", "remote://host/")) {
      Folder of = Folder.of(new org.apache.hadoop.fs.Path(root + "dataset.yaml"));
      assertThat(of.resolve("a.csv")).isEqualTo(root + "a.csv");
      assertThat(of.resolvePattern("*.csv")).isEqualTo(root + "*.csv");
    }
  }

  @Test
  void theBracketsOfAHostStay() {
    Folder of = Folder.of(new org.apache.hadoop.fs.Path("hdfs://[::1]:8020/in [1]/dataset.yaml"));
    assertThat(of.resolvePattern("*.csv")).isEqualTo("hdfs://[::1]:8020/in \\[1\\]/*.csv");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b", "50%", "a%20b", "in [2024] {a,b}* ?", "a#b", "ä€", "back\\slash"})
  void noCharacterOfAFolderIsSpecial(String name) throws IOException {
    Path csv = write(name + "/1.csv", "a\n1\n");
    write(name + "/token", "secret");
    String yaml = write(name + "/dataset.yaml", SHOP.formatted("\"*.csv\"")).toString();
    String pages = write(name + "/pages.yaml", PAGES.formatted("token")).toString();

    // Whichever way the definition was named, it is the same local file to a warehouse.
    assertThat(found(yaml)).containsExactly(csv.toString());
    assertThat(found("file:" + yaml)).containsExactly(csv.toString());
    assertThat(found("file://" + yaml)).containsExactly(csv.toString());
    assertThat(found("remote://host" + yaml)).containsExactly("remote://host" + csv);
    for (String way : List.of("", "file:", "file://", "remote://host")) {
      assertThat(header(way + pages)).isEqualTo("secret");
    }
  }

  @Test
  void aRelativePathStartsWhereTheProgramDoes() throws IOException {
    Path csv = write("1.csv", "a\n1\n");
    Path yaml = write("dataset.yaml", SHOP.formatted("\"*.csv\""));
    String relative = Path.of("").toAbsolutePath().relativize(yaml).toString();

    assertThat(relative).startsWith("..");
    assertThat(found(relative)).containsExactly(csv.toString());
    write("dataset.yaml", "zone: Mars");
    assertThat(problem(relative)).contains(" at " + relative + ":1:7;");
  }

  @Test
  void aLinkedFolderKeepsTheNameThatItWasGiven() throws IOException {
    write("real/1.csv", "a\n1\n");
    write("real/token", "secret");
    write("real/dataset.yaml", SHOP.formatted("\"*.csv\""));
    write("real/pages.yaml", PAGES.formatted("token"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("real"));

    assertThat(found(link + "/dataset.yaml")).containsExactly(link + "/1.csv");
    assertThat(header(link + "/pages.yaml")).isEqualTo("secret");
  }

  @Test
  void theNameOfADatasetIsThatOfItsFile() throws IOException {
    Path yaml = write("corner shop.yaml", SHOP.formatted("\"*.csv\""));

    assertThat(parse(remote(yaml)).name()).isEqualTo("corner shop");
    assertThat(parse(yaml.toString()).name()).isEqualTo("corner shop");
  }

  // ---- Secrets

  @Test
  void secretsAreBesideTheDefinitionOnItsFileSystem() throws IOException {
    write("shop/secrets/token", "hunter2\n");
    Path local = write("local", "hunter3");
    String yaml = remote(folder.resolve("shop/dataset.yaml"));

    write("shop/dataset.yaml", PAGES.formatted("secrets/token"));
    assertThat(header(yaml)).isEqualTo("hunter2");
    write("shop/dataset.yaml", PAGES.formatted("../local"));
    assertThat(header(yaml)).isEqualTo("hunter3");
    write("shop/dataset.yaml", PAGES.formatted(local));
    assertThat(header(yaml)).isEqualTo("hunter3");
    write("shop/dataset.yaml", PAGES.formatted(remote(local)));
    assertThat(header(yaml)).isEqualTo("hunter3");
    assertThat(header(folder.resolve("shop/dataset.yaml").toString())).isEqualTo("hunter3");
  }

  static Stream<Arguments> secretsThatCannotBeRead() {
    return Stream.of(
        Arguments.of("none", "does not exist"),
        Arguments.of("bytes", "is not UTF-8 text"),
        Arguments.of("large", "is larger than 65536 bytes"),
        Arguments.of(".", "is a folder"),
        Arguments.of("foo://x/y", "cannot be read (No FileSystem for scheme \"foo\")"),
        Arguments.of("remote://closed/y", "cannot be read (Connection refused)"));
  }

  @ParameterizedTest
  @MethodSource("secretsThatCannotBeRead")
  void aSecretThatCannotBeReadIsNamed(String secret, String why) throws IOException {
    Files.write(folder.resolve("bytes"), new byte[] {(byte) 0xc3, 0x28});
    write("large", "x".repeat(65 * 1024));
    String yaml = remote(write("dataset.yaml", PAGES.formatted(secret)));

    assertThat(problem(yaml))
        .isEqualTo(
            "tables.orders.from.headers.Authorization needs the file '%s', which %s at %s:6:33;"
                    .formatted(secret, why, yaml)
                + " ${file:PATH} is relative to the definition");
  }

  // ---- What is wrong with the definition

  @Test
  void aProblemsPlaceIsTheUriAsItWasWritten() throws IOException {
    String yaml = remote(write("dataset.yaml", "zone: Mars")).replace("//host/", "//host//./");

    assertThat(problem(yaml))
        .contains("zone is 'Mars', which is no time zone at " + yaml + ":1:7;");
  }

  @Test
  void aDefinitionThatCannotBeReadIsOneLine() throws IOException {
    Files.write(folder.resolve("binary.yaml"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
    write("large.yaml", "#".repeat(1024 * 1024 + 1));
    write("dataset.yaml", SHOP.formatted("\"*.csv\""));

    assertRefused(remote(folder.resolve("none.yaml")), "does not exist");
    assertRefused(remote(folder), "is a folder");
    assertRefused(remote(folder.resolve("binary.yaml")), "is not UTF-8 text");
    assertRefused(remote(folder.resolve("large.yaml")), "is larger than 1 MiB");
    assertRefused(
        "remote://forbidden" + folder + "/dataset.yaml",
        "cannot be read (Permission denied: user=clerk, access=READ)");
    assertRefused("remote://closed/dataset.yaml", "cannot be read (Connection refused)");
    assertRefused("foo://x", "cannot be read (No FileSystem for scheme \"foo\")");
    assertRefused(
        "hdfs://nohost.invalid/dataset.yaml",
        "cannot be read (the host nohost.invalid is not known; see that its name is right and that"
            + " this machine's network can look it up)");
    assertRefused(
        "file://host/dataset.yaml",
        "cannot be read (Wrong FS: file://host/dataset.yaml, expected: file:///)");
  }

  private static void assertRefused(String file, String why) {
    assertThat(problem(file))
        .isEqualTo("%s %s; expected the YAML file of a dataset definition".formatted(file, why));
  }
}
