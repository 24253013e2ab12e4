package dev.patron.pipelines.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A stream that is let down waits ten minutes, however often it can ask meanwhile. */
class PatienceTest {
  private long now = Long.MAX_VALUE - Duration.ofMinutes(1).toNanos();
  private final Patience patience = new Patience(() -> now);

  /** How many failures in a row are borne, if each comes so long after the one before. */
  private int borne(Duration apart) {
    int borne = 0;
    while (!patience.isLost()) {
      borne++;
      now += apart.toNanos();
    }
    return borne;
  }

  @Test
  void itLastsTenMinutesWhetherTriesAreShortOrLong() {
    assertThat(borne(Duration.ofSeconds(1))).isEqualTo(600);
    patience.renew();
    assertThat(borne(Duration.ofSeconds(35))).isEqualTo(18);
  }

  @Test
  void whatTakesLongIsTriedSomeTimesAllTheSame() {
    assertThat(borne(Duration.ofMinutes(15))).isEqualTo(Patience.FEWEST_TRIES);
  }

  @Test
  void aTryThatGoesWellBeginsItAnew() {
    assertThat(borne(Duration.ofMinutes(2))).isEqualTo(5);
    patience.renew();
    assertThat(patience.isLost()).isFalse();
    assertThat(borne(Duration.ofMinutes(2))).isEqualTo(5);
  }

  @Test
  void aStreamThatLooksRarelyTriesAgainSooner() {
    assertThat(Patience.pause(Duration.ofSeconds(5))).isEqualTo(Duration.ofSeconds(5));
    assertThat(Patience.pause(Duration.ofHours(1))).isEqualTo(Duration.ofMinutes(1));
  }
}
