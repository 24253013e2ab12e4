package dev.patron.pipelines.generate;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;

/**
 * The shop's time, in microseconds since the epoch, UTC.
 *
 * @param opening when the shop's tables were first read: a snapshot, a day before the first sale
 * @param start midnight before the first sale
 * @param end midnight after the last sale
 * @param slices how many files time is cut into
 */
record Calendar(long opening, long start, long end, int slices) {
  static final long SECOND = 1_000_000;
  static final long MINUTE = 60 * SECOND;
  static final long HOUR = 60 * MINUTE;
  static final long DAY = 24 * HOUR;
  static final long WEEK = 7 * DAY;
  static final long YEAR = 365 * DAY;

  /** Customers at which the orders of a slice stay near a million: each buys about ten times. */
  private static final int CUSTOMERS_A_SLICE = 100_000;

  private static final DateTimeFormatter ISO =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'");

  /** How busy the hours of a day are. */
  private static final double[] HOURS = {
    3, 2, 1, 1, 1, 2, 4, 8, 10, 11, 12, 14, 15, 13, 11, 11, 12, 14, 17, 20, 22, 20, 13, 7
  };

  private static final double[] BUSY_BEFORE = new double[HOURS.length + 1];

  static {
    double total = 0;
    for (double hour : HOURS) {
      total += hour;
    }
    for (int i = 0; i < HOURS.length; i++) {
      BUSY_BEFORE[i + 1] = BUSY_BEFORE[i] + HOURS[i] / total;
    }
  }

  static Calendar of(BookstoreOptions options) {
    long start = midnight(options.start());
    int slices =
        Math.max(
            options.files(), (options.customers() + CUSTOMERS_A_SLICE - 1) / CUSTOMERS_A_SLICE);
    return new Calendar(start - DAY + 3 * HOUR, start, midnight(options.end()), slices);
  }

  private static long midnight(LocalDate date) {
    return date.toEpochDay() * DAY;
  }

  /** A file's share of time, {@code [from, to)}. */
  record Slice(int number, long from, long to) {
    boolean contains(long instant) {
      return instant >= from && instant < to;
    }
  }

  /** All of time, in order: the first slice begins before everything, the last never ends. */
  List<Slice> inSlices() {
    List<Slice> list = new ArrayList<>();
    for (int i = 0; i < slices; i++) {
      long from = i == 0 ? Long.MIN_VALUE : list.get(i - 1).to();
      long to = i == slices - 1 ? Long.MAX_VALUE : start + (end - start) / slices * (i + 1);
      list.add(new Slice(i, from, to));
    }
    return list;
  }

  /**
   * The same day at an hour at which people buy: instants of a day move, but keep their order and
   * never leave the day.
   */
  static long atABusyHour(long instant) {
    long day = Math.floorDiv(instant, DAY);
    double share = (double) Math.floorMod(instant, DAY) / DAY;
    int hour = 0;
    while (hour < HOURS.length - 1 && share >= BUSY_BEFORE[hour + 1]) {
      hour++;
    }
    double within = (share - BUSY_BEFORE[hour]) / (BUSY_BEFORE[hour + 1] - BUSY_BEFORE[hour]);
    return day * DAY + Math.min(DAY - 1, hour * HOUR + (long) (within * HOUR));
  }

  /** ISO 8601 with six digits of a second, as PostgreSQL's timestamptz comes through Debezium. */
  static String text(long instant) {
    return LocalDateTime.ofEpochSecond(
            Math.floorDiv(instant, SECOND),
            (int) Math.floorMod(instant, SECOND) * 1_000,
            ZoneOffset.UTC)
        .format(ISO);
  }
}
