package dev.patron.transforms;

import dev.patron.features.change.ChangeSpec;
import dev.patron.features.change.Events;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.frame.Values;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Change events of a table of books, by seed: every op, key changes with placeholders, truncates,
 * second deliveries, in frames cut at random.
 */
final class ChangeEvents {
  static final Schema ROW =
      Schema.of().with("id", Type.STRING).with("title", Type.STRING).with("note", Type.STRING);
  static final ChangeSpec BOOKS =
      new ChangeSpec("books", ROW, List.of("id"), List.of("title"), false);

  private final Random random;
  private final List<List<@Nullable Object>> events = new ArrayList<>();
  private long position = 1;

  private ChangeEvents(long seed) {
    random = new Random(seed);
  }

  static List<Frame> frames(long seed) {
    ChangeEvents changes = new ChangeEvents(seed);
    for (int i = 0; i < 1_000; i++) {
      changes.next();
    }
    return changes.cut();
  }

  static Frame all(List<Frame> frames) {
    return Frame.concat(Events.schema(ROW), frames);
  }

  private void next() {
    position++;
    String id = "book " + random.nextInt(120);
    switch (random.nextInt(40)) {
      case 0 -> {
        if (random.nextInt(10) == 0) {
          add('t', null, false);
        }
      }
      case 1, 2, 3 -> add('d', id, false);
      case 4, 5, 6, 7 -> add('r', id, false);
      case 8, 9, 10 -> {
        add('d', id, false);
        add('c', "book " + random.nextInt(120), true);
      }
      case 11, 12, 13, 14, 15 -> add('c', id, false);
      default -> add('u', id, random.nextBoolean());
    }
  }

  private void add(char op, @Nullable String id, boolean placeholder) {
    boolean image = op != 'd' && op != 't';
    int deliveries = 1 + random.nextInt(5) / 4;
    for (int i = 0; i < deliveries; i++) {
      List<@Nullable Object> event = new ArrayList<>();
      event.add(id);
      event.add(image ? "title " + random.nextInt(4) : null);
      event.add(image && !placeholder ? "note " + random.nextInt(100) : null);
      event.add(String.valueOf(op));
      event.add("%019d".formatted(position));
      event.add(Long.toString(position));
      event.add(Values.instant(position / 3));
      event.add(Values.instant(position + random.nextInt(30)));
      event.add("books");
      event.add(0L);
      event.add((long) events.size());
      event.add(placeholder ? List.of("note") : null);
      events.add(event);
    }
  }

  private List<Frame> cut() {
    Collections.shuffle(events, random);
    List<Frame> frames = new ArrayList<>();
    for (int from = 0, to; from < events.size(); from = to) {
      to = Math.min(events.size(), from + 1 + random.nextInt(300));
      frames.add(Frame.ofRows(Events.schema(ROW), events.subList(from, to)));
    }
    frames.add(Frame.ofRows(Events.schema(ROW), List.of()));
    return frames;
  }
}
