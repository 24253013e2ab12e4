package dev.patron.pipelines.stages;

import dev.patron.features.frame.BytesColumn;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.LongColumn;
import dev.patron.transforms.lake.TableFiles;
import dev.patron.transforms.lake.TableScan;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a user is told of refused records: how many for which reason, and the first of them, by its
 * place, whatever the order in which they came.
 */
final class Refusals {
  private static final int LONGEST_DETAIL = 200;
  private static final List<String> COLUMNS =
      List.of("_source", "_partition", "_offset", "_file", "reason", "detail");
  private static final Comparator<Refusal> BY_PLACE =
      Comparator.comparing(Refusal::source)
          .thenComparing(Refusal::partition)
          .thenComparing(Refusal::offset)
          .thenComparing(Refusal::reason)
          .thenComparing(Refusal::detail);

  private final TreeMap<String, Long> counts = new TreeMap<>();
  private @Nullable Refusal first;

  private Refusals() {}

  /** Looks through the data files of a quarantine table, committed or not. */
  static Refusals in(TableFiles quarantine) {
    Refusals refusals = new Refusals();
    TableScan.of(quarantine, COLUMNS).forEach(refusals::add);
    return refusals;
  }

  private void add(Frame frame) {
    BytesColumn sources = frame.bytes("_source");
    LongColumn partitions = frame.longs("_partition");
    LongColumn offsets = frame.longs("_offset");
    BytesColumn files = frame.bytes("_file");
    BytesColumn reasons = frame.bytes("reason");
    BytesColumn details = frame.bytes("detail");
    for (int row = 0; row < frame.rows(); row++) {
      counts.merge(reasons.text(row), 1L, Long::sum);
      String source = sources.isNull(row) ? "" : sources.text(row);
      boolean isOfFile = !files.isNull(row) && files.text(row).equals(source);
      Refusal refusal =
          new Refusal(
              source,
              isOfFile || partitions.isNull(row) ? -1 : partitions.get(row),
              offsets.isNull(row) ? -1 : offsets.get(row),
              reasons.text(row),
              details.isNull(row) ? "" : details.text(row));
      if (first == null || BY_PLACE.compare(refusal, first) < 0) {
        first = refusal;
      }
    }
  }

  /** As {@code MALFORMED 2, RULE 1; first sales.csv:7: the detail}; one line. */
  @Override
  public String toString() {
    String reasons =
        counts.entrySet().stream()
            .map(count -> String.format(Locale.ROOT, "%s %,d", count.getKey(), count.getValue()))
            .collect(Collectors.joining(", "));
    Refusal example = first;
    return example == null ? reasons : reasons + "; the first: " + example;
  }

  /**
   * One refused record; without a place within its source, the source as a whole.
   *
   * @param partition -1 in what has none, a file
   */
  private record Refusal(String source, long partition, long offset, String reason, String detail) {
    @Override
    public String toString() {
      String line = detail.replaceAll("\\s+", " ").strip();
      if (line.length() > LONGEST_DETAIL) {
        line = line.substring(0, LONGEST_DETAIL) + "...";
      }
      String place =
          offset < 0 ? source : source + (partition < 0 ? ":" : "[" + partition + "]:") + offset;
      return line.contains(source) ? line : place + ": " + line;
    }
  }

  /** The number of refused records for each reason. */
  SortedMap<String, Long> counts() {
    return counts;
  }
}
