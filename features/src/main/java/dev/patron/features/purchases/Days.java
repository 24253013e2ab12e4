package dev.patron.features.purchases;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;

/**
 * Calendar days of a shop's time zone. Days are numbered from 1970-01-01, and never decrease: where
 * clocks were set back over midnight, as in Newfoundland until 2011 from 00:01 to 23:01, the new
 * day had begun and goes on.
 */
public final class Days {
  private static final long MICROS_PER_SECOND = 1_000_000L;
  private static final long SECONDS_PER_DAY = 86_400L;

  private final ZoneId zone;
  private final ZoneRules rules;
  private final boolean fixed;
  private final int fixedOffsetSeconds;
  private final boolean stepsBack;

  /** The days of this zone. */
  public Days(ZoneId zone) {
    this.zone = zone;
    this.rules = zone.getRules();
    this.fixed = rules.isFixedOffset();
    this.fixedOffsetSeconds = fixed ? rules.getOffset(Instant.EPOCH).getTotalSeconds() : 0;
    this.stepsBack = rules.getTransitions().stream().anyMatch(Days::leavesADayThatHasBegun);
  }

  /** Few zones ever did so, so that the others need not be asked for each instant. */
  private static boolean leavesADayThatHasBegun(ZoneOffsetTransition change) {
    return change.isOverlap()
        && change
            .getDateTimeBefore()
            .minusNanos(1)
            .toLocalDate()
            .isAfter(change.getDateTimeAfter().toLocalDate());
  }

  /** The day on which an instant, in microseconds since the epoch, falls. */
  public long day(long micros) {
    long second = Math.floorDiv(micros, MICROS_PER_SECOND);
    if (fixed) {
      return Math.floorDiv(second + fixedOffsetSeconds, SECONDS_PER_DAY);
    }
    long local = second + rules.getOffset(Instant.ofEpochSecond(second)).getTotalSeconds();
    long day = Math.floorDiv(local, SECONDS_PER_DAY);
    return stepsBack && micros >= startOf(day + 1) ? day + 1 : day;
  }

  /** The first microsecond of a day. */
  public long startOf(long day) {
    return LocalDate.ofEpochDay(day).atStartOfDay(zone).toEpochSecond() * MICROS_PER_SECOND;
  }

  /** The last microsecond of a day, which is the observation time that a bare date means. */
  public long endOf(long day) {
    return startOf(day + 1) - 1;
  }

  /** The months since year 0 of the month in which a day lies. */
  public static long month(long day) {
    LocalDate date = LocalDate.ofEpochDay(day);
    return date.getYear() * 12L + date.getMonthValue() - 1;
  }

  /** The first day of a month numbered as by {@link #month}. */
  public static long firstDayOfMonth(long month) {
    return LocalDate.of((int) Math.floorDiv(month, 12L), (int) Math.floorMod(month, 12L) + 1, 1)
        .toEpochDay();
  }

  /** UTC's days, for what has no zone. */
  public static Days utc() {
    return new Days(ZoneOffset.UTC);
  }
}
