package dev.patron.features.change;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * The proof that order, batches and repetition do not matter: adversarial streams of each profile,
 * each delivered in ten random ways, against a sequential oracle that follows the rules sentence by
 * sentence. The ordinary build runs some; {@code mvn verify -Pproof} runs many, here and as whole
 * pipelines on both runners. A failure names the profile, the seed and the delivery; {@code
 * -Dproof.seed=N -Dproof.seeds=1} runs that one again.
 */
class ProofTest {
  private static final long FIRST = Long.getLong("proof.seed", 0);
  private static final int SEEDS = Integer.getInteger("proof.seeds", 150);
  private static final int DELIVERIES = 10;

  @SuppressWarnings("unused") // by name
  private static final Iterable<String> PROFILES = Adversary.PROFILES;

  @ParameterizedTest
  @FieldSource("PROFILES")
  void anyDeliveryOfAnyStreamGivesTheTablesOfTheOracle(String profile) {
    for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
      Adversary stream = Adversary.of(profile, seed);
      for (long delivery = 0; delivery < DELIVERIES; delivery++) {
        assertThat(stream.problemWhenFolded(delivery)).isNull();
      }
    }
  }

  @Test
  void theOracleAndTheFoldCanDisagree() {
    Adversary stream = Adversary.of("PLAIN", 3);
    Adversary other = Adversary.of("PLAIN", 4);
    assertThat(stream.current()).isNotEqualTo(other.current());
    assertThat(stream.history()).hasSizeGreaterThan(stream.current().size());
  }
}
