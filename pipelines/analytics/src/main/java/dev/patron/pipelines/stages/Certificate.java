package dev.patron.pipelines.stages;

import dev.patron.transforms.lake.Vacuum;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What {@code forget} did, to be kept and to be given to whoever asked for it. */
final class Certificate {
  private final Job job;
  private final Map<String, String> digests;
  private final Collection<String> unknown;
  private final Collection<String> otherKeys;
  private final TreeMap<String, Long> erased = new TreeMap<>();
  private Vacuum.Freed freed = new Vacuum.Freed(0, 0);

  /**
   * A certificate of nothing yet.
   *
   * @param digests of the customers who were found here, by identity
   * @param unknown the identities that no table has
   * @param otherKeys identities that theirs may have been before, or become
   */
  Certificate(
      Job job,
      Map<String, String> digests,
      Collection<String> unknown,
      Collection<String> otherKeys) {
    this.job = job;
    this.digests = new TreeMap<>(digests);
    this.unknown = unknown;
    this.otherKeys = otherKeys;
  }

  /** So many rows of a table are gone. */
  void erased(String table, long rows) {
    if (rows > 0) {
      erased.merge(table, rows, Long::sum);
    }
  }

  /** Files were deleted. */
  void freed(Vacuum.Freed more) {
    freed = freed.and(more);
  }

  /** What is kept until it is finished: of what a run that is killed had begun. */
  String begun() {
    StringBuilder text = new StringBuilder();
    line(text, "Erasure begun by run %s, and not finished; run forget again.", job.runId());
    digests.values().forEach(digest -> line(text, "  %s", digest));
    line(text, "Rows found:");
    erased.forEach((table, rows) -> line(text, "  %-32s %,12d", table, rows));
    return text.toString();
  }

  /** Its file in the warehouse. */
  String file() {
    return "certificates/forget-" + job.runId().replace(':', '-') + ".txt";
  }

  /**
   * The text, of several lines.
   *
   * @param named whether it names the customers, which what is kept must not
   * @param models the versions of models that were trained before, as {@code lifetime/1}
   */
  String render(boolean named, List<String> models) {
    StringBuilder text = new StringBuilder();
    line(text, "Certificate of erasure, run %s", job.runId());
    line(text, "Shop '%s', warehouse %s", job.dataset().name(), job.warehouse());
    line(text, "");
    if (digests.isEmpty()) {
      line(text, "No customer was forgotten.");
    } else {
      line(text, "Forgotten: %,d", digests.size());
      digests.forEach(
          (identity, digest) -> line(text, "  %s%s", named ? identity + "  " : "", digest));
    }
    if (!unknown.isEmpty()) {
      line(text, "In no table, and nothing to forget: %,d", unknown.size());
      unknown.forEach(identity -> line(text, "  %s", named ? identity : "(not kept)"));
    }
    if (digests.isEmpty()) {
      return text.toString();
    }
    if (!otherKeys.isEmpty()) {
      line(text, "Their keys may have changed from or to these; if they are the same persons, ask");
      line(text, "for them too: %,d", otherKeys.size());
      otherKeys.forEach(identity -> line(text, "  %s", named ? identity : "(not kept)"));
    }
    line(text, "");
    line(text, "Rows erased:");
    erased.forEach((table, rows) -> line(text, "  %-32s %,12d", table, rows));
    if (erased.isEmpty()) {
      line(text, "  none; an earlier run had erased them");
    }
    line(text, "Files deleted: %,d (%,d bytes)", freed.files(), freed.bytes());
    line(text, "");
    line(
        text,
        "Bronze and every table with customers was read again afterwards: nothing of them is left;");
    line(text, "quarantine was made anew from bronze.");
    line(
        text,
        "Earlier versions of the tables cannot be read any more. Counts that earlier runs made of");
    line(text, "everybody stay: gold/segment_migration, gold/headlines, ops; they hold no rows.");
    line(
        text,
        "What sources deliver of them later is left out, by their digests in %s.",
        ForgottenCustomers.TABLE);
    line(text, "Not covered: the sources themselves, topics that scores were written to, copies.");
    if (!models.isEmpty()) {
      line(
          text,
          "Trained before, on rows that may have been theirs, of which they hold none: %s.",
          String.join(", ", models));
    }
    return text.toString();
  }

  private static void line(StringBuilder text, String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
