package dev.patron.pipelines.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Values from the environment and from mounted files are used and never printed. */
final class SecretsTest {
  private static final String SECRET = "hunter2-correct-horse";
  private static final Map<String, String> ENVIRONMENT = Map.of("SECRET", SECRET);

  private static final String SOURCES =
      """
      tables:
        books:
          keep: current
          key: [id]
          from:
            kafka: books
            bootstrap: "${SECRET}:9092"
            format: debezium
            properties: { sasl.jaas.config: "password=${file:token}", client.id: hunter2-inline }
        orders:
          keep: facts
          from:
            rest: "https://user:${file:token}@shop.example/orders"
            page: { cursor: next, parameter: seite }
            headers: { Authorization: "Bearer ${file:token}" }
      """;

  private final Path folder;

  SecretsTest(@TempDir Path folder) throws IOException {
    this.folder = folder;
    Files.writeString(folder.resolve("token"), SECRET + "\r\n");
  }

  private String definition(String yaml) throws IOException {
    return Files.writeString(folder.resolve("dataset.yaml"), yaml).toString();
  }

  @Test
  void aSecretIsRevealedToWhoAsksForIt() throws IOException {
    Dataset dataset = DatasetFile.parse(definition(SOURCES), ENVIRONMENT);

    assertThat(dataset.table("books").source())
        .isInstanceOfSatisfying(
            Source.Kafka.class,
            kafka -> {
              assertThat(kafka.bootstrap().reveal()).isEqualTo(SECRET + ":9092");
              assertThat(kafka.properties().values())
                  .extracting(Setting::reveal)
                  .containsExactly("password=" + SECRET, "hunter2-inline");
            });
    assertThat(dataset.table("orders").source())
        .isInstanceOfSatisfying(
            Source.Rest.class,
            rest -> {
              assertThat(rest.url().reveal())
                  .isEqualTo("https://user:" + SECRET + "@shop.example/orders");
              assertThat(rest.page()).isEqualTo(new Source.Rest.Page("next", "seite", null));
              assertThat(rest.headers().get("Authorization"))
                  .extracting(Setting::reveal)
                  .isEqualTo("Bearer " + SECRET);
            });
  }

  @Test
  void nothingPrintsASecret() throws IOException {
    Dataset dataset = DatasetFile.parse(definition(SOURCES), ENVIRONMENT);

    assertThat(dataset.toString())
        .doesNotContain("hunter2")
        .contains("${SECRET}:9092", "Bearer ${file:token}", "client.id=(hidden)");
  }

  @Test
  void noRefusalHoldsASecret() throws IOException {
    List<String> broken =
        List.of(
            "name: \"" + "x".repeat(101) + "${SECRET}\"",
            "zone: ${SECRET}",
            "currency: ${SECRET}",
            "locale: \"${SECRET}_x\"",
            SOURCES.replace("https://", "ftp://"),
            SOURCES.replace("https://user", "https:// user"),
            SOURCES.replace("kafka: books", "kafka: \"${SECRET}/books\""),
            SOURCES.replace("seite", "\"${SECRET}?\""),
            SOURCES.replace("format: debezium", "format: ${SECRET}"),
            SOURCES.replace("page: { cursor: next, parameter: seite }", "timeFormat: ${SECRET}"),
            SOURCES.replace(
                "page: { cursor: next, parameter: seite }",
                "format: csv\n      delimiter: ${SECRET}"),
            SOURCES.replace("kafka: books", "files: \"${SECRET}\""),
            SOURCES.replace("kafka: books", "kafka: \"${file:token}\""),
            SOURCES.replace("key: [id]", "key: [\"${SECRET}\"]"),
            SOURCES.replace("key: [id]", "key: [\"${file:token}\"]"),
            SOURCES.replace("${file:token}", "${file:none-${SECRET}}"),
            SOURCES.replace("${file:token}", "${file:.}"));
    for (String yaml : broken) {
      String file = definition(yaml);
      DatasetException refusal =
          catchThrowableOfType(DatasetException.class, () -> DatasetFile.parse(file, ENVIRONMENT));
      assertThat(refusal).as(yaml).isNotNull();
      StringWriter trace = new StringWriter();
      refusal.printStackTrace(new PrintWriter(trace));
      assertThat(trace.toString()).doesNotContain("hunter2");
      assertThat(refusal.problems()).allSatisfy(line -> assertThat(line).doesNotContain("\n"));
    }
  }

  @Test
  void whatAReferenceGivesIsNotReadAgain() throws IOException {
    Dataset dataset =
        DatasetFile.parse(
            definition(SOURCES), Map.of("SECRET", "${file:token}", "OTHER", "unused"));

    assertThat(dataset.table("books").source())
        .isInstanceOfSatisfying(
            Source.Kafka.class,
            kafka -> assertThat(kafka.bootstrap().reveal()).isEqualTo("${file:token}:9092"));
  }

  @Test
  void mountedFilesThatCannotBeReadAreNamed() throws IOException {
    Files.write(folder.resolve("bytes"), new byte[] {(byte) 0xc3, 0x28});
    Files.writeString(folder.resolve("large"), "x".repeat(65 * 1024));
    Map<String, String> whyByFile =
        Map.of(
            "none", "does not exist",
            "bytes", "is not UTF-8 text",
            "large", "is larger than 65536 bytes",
            ".", "is a folder");
    for (Map.Entry<String, String> why : whyByFile.entrySet()) {
      String file = definition(SOURCES.replace("${SECRET}", "${file:" + why.getKey() + "}"));
      assertThat(
              catchThrowableOfType(
                  DatasetException.class, () -> DatasetFile.parse(file, ENVIRONMENT)))
          .hasMessage(
              "tables.books.from.bootstrap needs the file '%s', which %s at %s:7:18;"
                      .formatted(why.getKey(), why.getValue(), file)
                  + " ${file:PATH} is relative to the definition");
    }
  }
}
