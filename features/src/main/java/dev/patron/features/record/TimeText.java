package dev.patron.features.record;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.Serializable;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.chrono.IsoEra;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A date or a time of a day as text: ISO 8601 (also with a blank for the {@code T}), and whatever
 * pattern the dataset gives. Holds what it read last. Years are 1 to 9999; what is finer than a
 * microsecond is cut off.
 */
final class TimeText {
  static final long MICROS_PER_DAY = 86_400_000_000L;

  private static final long FIRST_DAY = LocalDate.of(1, 1, 1).toEpochDay();
  private static final long LAST_DAY = LocalDate.of(9999, 12, 31).toEpochDay();

  /** What text turned out to be. */
  enum Found {
    DATE,
    TIMESTAMP,
    /** A date or time before the year 1 or after the year 9999. */
    OUT_OF_RANGE,
    NOTHING
  }

  /** How numbers count time. */
  enum Unit implements Serializable {
    SECONDS(1_000_000),
    MILLIS(1_000),
    MICROS(1);

    private final long micros;

    Unit(long micros) {
      this.micros = micros;
    }

    long micros() {
      return micros;
    }
  }

  private final ZoneId zone;
  private final boolean isUtc;
  private final @Nullable Unit unit;
  private final @Nullable DateTimeFormatter pattern;

  private long day;
  private long micros;
  private boolean midnight;

  /**
   * How one dataset writes its times.
   *
   * @param timeFormat a pattern, {@code seconds}, {@code millis} or {@code micros}; null for ISO
   * @param zone the zone of times written without one
   * @throws IllegalArgumentException if either is not understood
   */
  TimeText(@Nullable String timeFormat, String zone) {
    try {
      this.zone = ZoneId.of(zone);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("unknown time zone '" + zone + "'", e);
    }
    this.isUtc = this.zone.normalized().equals(ZoneOffset.UTC);
    this.unit = unit(timeFormat);
    this.pattern = timeFormat == null || unit != null ? null : pattern(timeFormat);
  }

  private static @Nullable Unit unit(@Nullable String timeFormat) {
    for (Unit unit : Unit.values()) {
      if (unit.name().toLowerCase(Locale.ROOT).equals(timeFormat)) {
        return unit;
      }
    }
    return null;
  }

  private static DateTimeFormatter pattern(String timeFormat) {
    try {
      // A year of an era alone is none to the strict resolver, which knows that there is no 31
      // April.
      return new DateTimeFormatterBuilder()
          .appendPattern(timeFormat)
          .parseDefaulting(ChronoField.ERA, IsoEra.CE.getValue())
          .toFormatter(Locale.ENGLISH)
          .withResolverStyle(ResolverStyle.STRICT);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "timeFormat '%s' is no pattern of dates and times, nor seconds, millis or micros: %s"
              .formatted(timeFormat, e.getMessage()),
          e);
    }
  }

  /** How numbers count time, where the dataset says so. */
  @Nullable Unit unit() {
    return unit;
  }

  /** Days since the epoch: the date as it is written, whatever the zone. */
  long day() {
    return day;
  }

  /** Whether what was read is a date alone, or midnight of a date. */
  boolean isWholeDay() {
    return midnight;
  }

  /** Microseconds since the epoch, after a {@link Found#DATE} (its first) or a timestamp. */
  long micros() {
    return micros;
  }

  /** Whether a date lies in the years 1 to 9999. */
  static boolean isDay(long day) {
    return day >= FIRST_DAY && day <= LAST_DAY;
  }

  /** Whether an instant lies in the years 1 to 9999. */
  static boolean isInstant(long micros) {
    return isDay(Math.floorDiv(micros, MICROS_PER_DAY));
  }

  /** The first instant of a day in the zone of times written without one. */
  long startOf(long epochDay) {
    return local(LocalDate.ofEpochDay(epochDay).atStartOfDay());
  }

  /** Reads the bytes {@code [from, to)}. */
  Found read(byte[] bytes, int from, int to) {
    DateTimeFormatter own = pattern;
    if (own != null) {
      Found found = parse(new String(bytes, from, to - from, UTF_8), own);
      if (found != Found.NOTHING) {
        return found;
      }
    }
    return iso(bytes, from, to);
  }

  private Found parse(String text, DateTimeFormatter own) {
    try {
      TemporalAccessor parsed =
          own.parseBest(text, ZonedDateTime::from, LocalDateTime::from, LocalDate::from);
      if (parsed instanceof LocalDate date) {
        return foundDate(date.toEpochDay());
      }
      if (parsed instanceof ZonedDateTime time) {
        return foundTime(
            time.toLocalDateTime(),
            Math.addExact(
                Math.multiplyExact(time.toEpochSecond(), 1_000_000L),
                time.get(ChronoField.MICRO_OF_SECOND)));
      }
      LocalDateTime time = (LocalDateTime) parsed;
      return foundTime(time, local(time));
    } catch (DateTimeParseException e) {
      return Found.NOTHING;
    } catch (ArithmeticException e) {
      return Found.OUT_OF_RANGE;
    }
  }

  private long local(LocalDateTime time) {
    long second = time.toEpochSecond(isUtc ? ZoneOffset.UTC : zone.getRules().getOffset(time));
    return Math.multiplyExact(second, 1_000_000L) + time.get(ChronoField.MICRO_OF_SECOND);
  }

  private Found foundDate(long epochDay) {
    if (!isDay(epochDay)) {
      return Found.OUT_OF_RANGE;
    }
    day = epochDay;
    micros = startOf(epochDay);
    midnight = true;
    return Found.DATE;
  }

  private Found foundTime(LocalDateTime written, long epochMicros) {
    if (!isInstant(epochMicros)) {
      return Found.OUT_OF_RANGE;
    }
    micros = epochMicros;
    day = written.toLocalDate().toEpochDay();
    midnight = written.toLocalTime().equals(LocalTime.MIDNIGHT);
    return Found.TIMESTAMP;
  }

  /** yyyy-MM-dd, optionally with [T ]HH:mm[:ss[.fraction]] and optionally a zone or offset. */
  private Found iso(byte[] bytes, int from, int to) {
    boolean signed = to > from && (bytes[from] == '-' || bytes[from] == '+');
    int start = signed ? from + 1 : from;
    int yearEnd = start;
    while (yearEnd < to && isDigit(bytes[yearEnd])) {
      yearEnd++;
    }
    int yearDigits = yearEnd - start;
    if (yearDigits == 8 && yearEnd == to && !signed) {
      return date(
          digits(bytes, start, 4), digits(bytes, start + 4, 2), digits(bytes, start + 6, 2));
    }
    if (yearDigits < 4
        || yearDigits > 10
        || to - yearEnd < 6
        || bytes[yearEnd] != '-'
        || bytes[yearEnd + 3] != '-'
        || !areDigits(bytes, yearEnd + 1, 2)
        || !areDigits(bytes, yearEnd + 4, 2)) {
      return Found.NOTHING;
    }
    int month = digits(bytes, yearEnd + 1, 2);
    int dayOfMonth = digits(bytes, yearEnd + 4, 2);
    int at = yearEnd + 6;
    if (yearDigits > 4 || signed) {
      return Found.OUT_OF_RANGE;
    }
    int year = digits(bytes, start, 4);
    if (at == to || (at + 1 == to && bytes[at] == 'Z')) {
      return date(year, month, dayOfMonth);
    }
    if (year == 0) {
      return Found.OUT_OF_RANGE;
    }
    if (!isDate(year, month, dayOfMonth)
        || (bytes[at] != 'T' && bytes[at] != ' ' && bytes[at] != 't')
        || to - at < 6
        || !areDigits(bytes, at + 1, 2)
        || bytes[at + 3] != ':'
        || !areDigits(bytes, at + 4, 2)) {
      return Found.NOTHING;
    }
    int hour = digits(bytes, at + 1, 2);
    int minute = digits(bytes, at + 4, 2);
    int second = 0;
    int fraction = 0;
    at += 6;
    if (at < to && bytes[at] == ':') {
      if (to - at < 3 || !areDigits(bytes, at + 1, 2)) {
        return Found.NOTHING;
      }
      second = digits(bytes, at + 1, 2);
      at += 3;
      if (at < to && (bytes[at] == '.' || bytes[at] == ',')) {
        int first = ++at;
        for (; at < to && isDigit(bytes[at]); at++) {
          if (at - first < 6) {
            fraction = 10 * fraction + (bytes[at] - '0');
          }
        }
        if (at == first || at - first > 9) {
          return Found.NOTHING;
        }
        for (int places = at - first; places < 6; places++) {
          fraction *= 10;
        }
      }
    }
    if (hour > 23 || minute > 59 || second > 59) {
      return Found.NOTHING;
    }
    LocalDateTime written =
        LocalDateTime.of(
            LocalDate.of(year, month, dayOfMonth),
            LocalTime.of(hour, minute, second, fraction * 1_000));
    if (at == to) {
      return foundTime(written, local(written));
    }
    int offset = offsetSeconds(bytes, at, to);
    if (offset == NO_OFFSET) {
      return Found.NOTHING;
    }
    return foundTime(
        written, (written.toEpochSecond(ZoneOffset.UTC) - offset) * 1_000_000 + fraction);
  }

  private static final int NO_OFFSET = Integer.MIN_VALUE;

  /** Z, +hh, +hhmm, +hh:mm or +hh:mm:ss, after an optional blank. */
  private static int offsetSeconds(byte[] bytes, int from, int to) {
    int at = bytes[from] == ' ' ? from + 1 : from;
    if (to - at == 1 && (bytes[at] == 'Z' || bytes[at] == 'z')) {
      return 0;
    }
    if (to - at < 3 || (bytes[at] != '+' && bytes[at] != '-') || !areDigits(bytes, at + 1, 2)) {
      return NO_OFFSET;
    }
    int sign = bytes[at] == '-' ? -1 : 1;
    int seconds = digits(bytes, at + 1, 2) * 3600;
    at += 3;
    for (int part = 60; at < to; part /= 60) {
      if (bytes[at] == ':') {
        at++;
      }
      if (part == 0 || to - at < 2 || !areDigits(bytes, at, 2)) {
        return NO_OFFSET;
      }
      seconds += digits(bytes, at, 2) * part;
      at += 2;
    }
    return seconds > 18 * 3600 ? NO_OFFSET : sign * seconds;
  }

  private Found date(int year, int month, int dayOfMonth) {
    if (year == 0) {
      return Found.OUT_OF_RANGE;
    }
    return isDate(year, month, dayOfMonth)
        ? foundDate(LocalDate.of(year, month, dayOfMonth).toEpochDay())
        : Found.NOTHING;
  }

  private static boolean isDate(int year, int month, int dayOfMonth) {
    return month >= 1
        && month <= 12
        && dayOfMonth >= 1
        && dayOfMonth <= YearMonth.of(year, month).lengthOfMonth();
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  private static boolean areDigits(byte[] bytes, int from, int count) {
    for (int i = from; i < from + count; i++) {
      if (!isDigit(bytes[i])) {
        return false;
      }
    }
    return true;
  }

  private static int digits(byte[] bytes, int from, int count) {
    int value = 0;
    for (int i = from; i < from + count; i++) {
      value = 10 * value + (bytes[i] - '0');
    }
    return value;
  }

  /** A time of day, or a span of time, as ISO 8601 writes a local time. */
  static String timeOfDay(long nanos) {
    long rest = Math.abs(nanos);
    long second = rest / 1_000_000_000;
    long fraction = rest % 1_000_000_000;
    StringBuilder text = new StringBuilder(nanos < 0 ? "-" : "");
    text.append("%02d:%02d:%02d".formatted(second / 3600, second / 60 % 60, second % 60));
    if (fraction % 1_000 != 0) {
      text.append(".%09d".formatted(fraction));
    } else if (fraction != 0) {
      text.append(".%06d".formatted(fraction / 1_000));
    }
    return text.toString();
  }
}
