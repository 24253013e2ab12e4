package dev.patron.features.purchases;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import org.junit.jupiter.api.Test;

/** Which instants belong to a day, above all where clocks are set. */
class DaysTest {
  private static final Instant FROM = Instant.parse("1970-01-02T00:00:00Z");
  private static final Instant TO = Instant.parse("2040-01-01T00:00:00Z");

  private static long micros(String instant) {
    return Instant.parse(instant).toEpochMilli() * 1_000;
  }

  private static long day(String date) {
    return LocalDate.parse(date).toEpochDay();
  }

  /** At 00:01 on 1 November clocks showed 23:01 of 31 October again. */
  @Test
  void aDayThatHasBegunGoesOnWhereClocksAreSetBackOverMidnight() {
    Days days = new Days(ZoneId.of("America/St_Johns"));

    assertThat(days.day(micros("2009-11-01T02:29:59Z"))).isEqualTo(day("2009-10-31"));
    for (String instant :
        new String[] {
          "2009-11-01T02:30:00Z",
          "2009-11-01T02:31:00Z",
          "2009-11-01T03:00:00Z",
          "2009-11-01T03:29:59Z",
          "2009-11-01T03:30:00Z"
        }) {
      assertThat(days.day(micros(instant))).as(instant).isEqualTo(day("2009-11-01"));
    }
    assertThat(days.endOf(day("2009-10-31"))).isEqualTo(micros("2009-11-01T02:30:00Z") - 1);
  }

  /** In all zones, around each time that clocks are set back. */
  @Test
  void daysNeverDecreaseAndLieBetweenTheirEnds() {
    for (String name : ZoneId.getAvailableZoneIds()) {
      ZoneId zone = ZoneId.of(name);
      Days days = new Days(zone);
      ZoneRules rules = zone.getRules();
      for (ZoneOffsetTransition change = rules.nextTransition(FROM);
          change != null && change.getInstant().isBefore(TO);
          change = rules.nextTransition(change.getInstant())) {
        if (change.isOverlap()) {
          assertDays(days, change.toEpochSecond(), name);
        }
      }
    }
  }

  private static void assertDays(Days days, long changeSecond, String zone) {
    long before = Long.MIN_VALUE;
    for (long second = changeSecond - 14_400; second <= changeSecond + 14_400; second += 1_800) {
      long micros = second * 1_000_000;
      long day = days.day(micros);
      assertThat(day >= before && days.startOf(day) <= micros && micros <= days.endOf(day))
          .as("%s at %s", zone, Instant.ofEpochSecond(second))
          .isTrue();
      before = day;
    }
  }
}
