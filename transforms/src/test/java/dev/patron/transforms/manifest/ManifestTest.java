package dev.patron.transforms.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.patron.features.accounts.Account;
import dev.patron.transforms.AnyRunner;
import dev.patron.transforms.shuffle.AccountCoder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.values.PCollectionList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManifestTest {
  @TempDir private Path folder;

  @Test
  void theDriverReadsWhatThePipelineTold() throws Exception {
    String file = folder.resolve("manifest").toString();
    Account account = new Account();
    account.count(Account.Count.READ, 5);
    Pipeline pipeline = AnyRunner.pipeline();
    PCollectionList.of(
            pipeline
                .apply("Words", Create.of("a", "b"))
                .apply(
                    "Tell words",
                    Manifest.entries("word", word -> "table " + word, StringUtf8Coder.of())))
        .and(
            pipeline
                .apply("Accounts", Create.of(account).withCoder(AccountCoder.of()))
                .apply("Tell accounts", Manifest.entries("account", "orders", AccountCoder.of())))
        .apply(Flatten.pCollections())
        .apply(Manifest.writeTo(file));
    pipeline.run().waitUntilFinish();

    Manifest manifest = Manifest.read(file);
    assertThat(manifest.get("word", "table a", StringUtf8Coder.of())).containsExactly("a");
    assertThat(manifest.get("account", "orders", AccountCoder.of())).isEqualTo(List.of(account));
    assertThat(manifest.get("account", "books", AccountCoder.of())).isEmpty();
    Manifest.delete(file);
    assertThatThrownBy(() -> Manifest.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("what the workers wrote is not in " + folder + " of this machine;");
  }

  @Test
  void aPipelineThatTellsNothingWritesAManifestAllTheSame() throws Exception {
    String file = folder.resolve("manifest").toString();
    Pipeline pipeline = AnyRunner.pipeline();
    pipeline
        .apply("No words", Create.empty(StringUtf8Coder.of()))
        .apply("Tell them", Manifest.entries("word", "words", StringUtf8Coder.of()))
        .apply(Manifest.writeTo(file));
    pipeline.run().waitUntilFinish();

    assertThat(Manifest.read(file).get("word", "words", StringUtf8Coder.of())).isEmpty();
  }
}
