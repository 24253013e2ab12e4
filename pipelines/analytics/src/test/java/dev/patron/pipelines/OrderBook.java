package dev.patron.pipelines;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What happens to the order lines of a shop that corrects them, and what was true of it when. */
final class OrderBook {
  static final String HEADER = "id,customer,invoice,date,amount,status,op,at";
  private static final Instant BEGIN = Instant.parse("2024-01-05T00:00:00Z");

  private final Random random;

  OrderBook(Random random) {
    this.random = random;
  }

  /** One change an hour or so, each of another time. */
  List<String> events(int count) {
    List<String> events = new ArrayList<>();
    Map<Integer, String[]> table = new TreeMap<>();
    Instant now = BEGIN;
    for (int i = 0; i < count; i++) {
      now = now.plus(30 + random.nextInt(180), ChronoUnit.MINUTES);
      int id = random.nextInt(count / 4);
      String[] line = table.get(id);
      if (i == count / 2) {
        events.add(event(new String[] {"", "", "", "", "", ""}, "T", now));
        table.clear();
      } else if (line == null) {
        line = placed(id, now);
        table.put(id, line);
        events.add(event(line, "I", now));
      } else if (random.nextInt(4) == 0) {
        events.add(event(line, "D", now));
        table.remove(id);
      } else {
        correct(line, now);
        events.add(event(line, "U", now));
      }
    }
    return events;
  }

  /** Most are written down when they are placed, some much later, and a few before. */
  private String[] placed(int id, Instant now) {
    Instant date = now.minus(random.nextInt(4) * (long) random.nextInt(400) - 20, ChronoUnit.HOURS);
    return new String[] {
      String.valueOf(id), customer(), invoice(id), date.toString(), amount(), "new"
    };
  }

  private void correct(String[] line, Instant now) {
    switch (random.nextInt(5)) {
      case 0 -> line[1] = customer();
      case 1 -> line[2] = invoice(random.nextInt(100));
      case 2 -> line[3] = now.minus(random.nextInt(300), ChronoUnit.HOURS).toString();
      case 3 -> line[4] = amount();
      default -> line[5] = "shipped " + random.nextInt(3);
    }
  }

  private String customer() {
    return random.nextInt(9) == 0 ? "" : "c" + random.nextInt(40);
  }

  /** Two lines have one number, and some have none. */
  private String invoice(int id) {
    return random.nextInt(12) == 0 ? "" : String.valueOf(id / 2);
  }

  private String amount() {
    return random.nextInt(60) - 8 + ".25";
  }

  private static String event(String[] line, String op, Instant at) {
    return String.join(",", line) + "," + op + "," + at;
  }

  /** The lines as the table had them at a time, those of later dates left out, and a header. */
  List<String> asOf(List<String> events, String time) {
    Instant then = Instant.parse(time);
    Map<String, String> lines = new TreeMap<>();
    Map<String, @Nullable String> first = new TreeMap<>();
    for (String event : events) {
      String[] fields = event.split(",", -1);
      boolean known = !Instant.parse(fields[7]).isAfter(then);
      String line = String.join(",", List.of(fields).subList(0, 6));
      switch (fields[6]) {
        case "T" -> {
          if (known) {
            lines.clear();
          }
        }
        case "D" -> {
          if (known) {
            lines.remove(fields[0]);
          }
        }
        default -> {
          // What it is at first it was from its own time on.
          if (known || !first.containsKey(fields[0])) {
            lines.put(fields[0], line);
          }
          first.putIfAbsent(fields[0], line);
        }
      }
    }
    List<String> rows = new ArrayList<>(List.of("id,customer,invoice,date,amount,status"));
    for (String line : lines.values()) {
      if (!Instant.parse(line.split(",", -1)[3]).isAfter(then)) {
        rows.add(line);
      }
    }
    return rows;
  }
}
