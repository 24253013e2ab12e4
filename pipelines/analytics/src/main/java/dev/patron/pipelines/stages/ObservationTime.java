package dev.patron.pipelines.stages;

import dev.patron.features.frame.Values;
import dev.patron.features.purchases.Days;
import dev.patron.pipelines.console.UsageException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;

/** The observation time, in microseconds since the epoch. */
final class ObservationTime {
  private ObservationTime() {}

  /**
   * Reads what a user wrote: an instant, or a date, which means its last microsecond in this zone.
   *
   * @param option the option that they wrote it behind
   * @throws UsageException if it is neither
   */
  static long parse(String option, String text, ZoneId zone) {
    try {
      return text.contains("T")
          ? Values.micros(Instant.parse(text))
          : new Days(zone).endOf(LocalDate.parse(text).toEpochDay());
    } catch (DateTimeParseException | ArithmeticException e) {
      throw new UsageException(
          "--"
              + option
              + "="
              + text
              + " is neither a date like 2024-12-31 nor an instant like 2024-12-31T12:00:00Z",
          e);
    }
  }

  /** The default: the end of the day on which something was bought last, returns left aside. */
  static long after(long newestPurchase, ZoneId zone) {
    Days days = new Days(zone);
    return days.endOf(days.day(newestPurchase));
  }
}
