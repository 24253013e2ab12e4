package dev.patron.runners.serving;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.patron.pipelines.console.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is refused before anything listens. */
class ServeOptionsTest {
  private static final Map<String, String> ENVIRONMENT =
      Map.of("TOKEN", "0123456789abcdef", "SHORT", "hunter2");

  @TempDir static Path folder;
  private static ServedShop shop;

  @BeforeAll
  static void write() throws IOException {
    shop = ServedShop.write(folder);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "--host=0.0.0.0 | --host=0.0.0.0 lets other machines in; give a --token='${file:PATH}'",
        "--host=0.0.0.0 --token=${TOKEN} | --host=0.0.0.0 lets other machines in; give"
            + " --tlsCertificate and --tlsKey, or --behindProxy",
        "--host=:: --behindProxy=true | --host=:: lets other machines in; give a"
            + " --token='${file:PATH}'",
        "--token=0123456789abcdef | --token takes a reference and not the token itself, which every"
            + " process could see: '${NAME}' or '${file:PATH}'",
        "--token=${NOPE} | --token=${NOPE}: there is no such variable",
        "--token=${SHORT} | --token=${SHORT}: the token must be 16 or more printable ASCII"
            + " characters without blanks",
        "--token=${file:/nope} | --token=${file:/nope}: it cannot be read",
        "--tlsKey=key.pem | --tlsCertificate and --tlsKey go together; give both",
        "--tlsKey=/nope --tlsCertificate=/nope | --tlsCertificate=/nope cannot be read",
        "--port=70000 | --port=70000 must be between 0 and 65535",
        "--reloadSeconds=0 | --reloadSeconds=0 must be between 1 and 86400",
      })
  void saysWhatIsWrong(String options, String message) {
    assertThatThrownBy(
            () ->
                Serve.start(shop.options(options.split(" ")), ENVIRONMENT, ServedShop.quiet())
                    .close())
        .isInstanceOf(UsageException.class)
        .hasMessage(message);
  }

  @Test
  void aWarehouseMustBeThere() {
    assertThatThrownBy(
            () ->
                Serve.start(
                    shop.options("--warehouse=" + folder.resolve("nowhere")),
                    ENVIRONMENT,
                    ServedShop.quiet()))
        .isInstanceOf(UsageException.class);
  }

  @Test
  void filesThatAreNoPemAreNamed() throws IOException {
    Path file = Files.writeString(folder.resolve("no.pem"), "nothing");
    assertThatThrownBy(() -> PemFiles.context(file.toString(), file.toString()))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("no.pem");
  }
}
