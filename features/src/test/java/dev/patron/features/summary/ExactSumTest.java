package dev.patron.features.summary;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class ExactSumTest {
  @Test
  void whatWasAddedCanBeTakenAwayInAnyOrder() {
    Random random = new Random(1);
    for (int round = 0; round < 200; round++) {
      ExactSum kept = new ExactSum();
      ExactSum gone = new ExactSum();
      ExactSum all = new ExactSum();
      for (int i = 0; i < 20; i++) {
        double value = (random.nextDouble() - 0.5) * Math.pow(10, random.nextInt(12));
        all.add(value);
        (random.nextBoolean() ? kept : gone).add(value);
      }
      all.subtractBits(gone.high(), gone.low());
      assertThat(all.high()).isEqualTo(kept.high());
      assertThat(all.low()).isEqualTo(kept.low());
    }
  }
}
