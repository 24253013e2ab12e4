package dev.patron.features.record;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.patron.features.accounts.Account.Count;
import dev.patron.features.change.Events;
import dev.patron.features.frame.BytesColumn;
import dev.patron.features.frame.Column;
import dev.patron.features.frame.ColumnBuilder;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.ListColumn;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.tables.TableDefinition.Role;
import dev.patron.features.tables.TableDefinition.Rule;
import java.time.LocalDate;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Takes, of the rows that records made, those that are accepted and that no rule refuses. */
final class KeptRows {
  private static final byte[] UPDATE = {'u'};
  private static final long MICROS_PER_DAY = 86_400_000_000L;
  private static final long FIRST_DAY = LocalDate.of(1900, 1, 1).toEpochDay();
  private static final long END_DAY = LocalDate.of(2200, 1, 1).toEpochDay();

  private final TableReading reading;
  private final Verdicts verdicts;
  private final RowsInWork rows;

  KeptRows(TableReading reading, Verdicts verdicts, RowsInWork rows) {
    this.reading = reading;
    this.verdicts = verdicts;
    this.rows = rows;
  }

  /**
   * The rows that are kept, with their events.
   *
   * @param image every row that was begun
   * @param recordKeys the keys beside them; null where records have none
   */
  Frame of(Frame image, @Nullable Frame recordKeys) {
    if (reading.schema.size() == 0) {
      refuseAll();
    }
    int[] kept = new int[rows.built];
    int[] images = new int[rows.built];
    int count = 0;
    boolean allImages = true;
    for (int i = 0; i < rows.built; i++) {
      if (rows.accepted[i]) {
        kept[count] = i;
        images[count] = rows.imageless[i] ? -1 : i;
        allImages &= !rows.imageless[i];
        count++;
      }
    }
    boolean all = count == rows.built;
    kept = all ? kept : Arrays.copyOf(kept, count);
    images = all ? images : Arrays.copyOf(images, count);
    Column[] columns = new Column[reading.schema.size()];
    for (int i = 0; i < columns.length; i++) {
      if (reading.isKey[i]) {
        columns[i] = keyColumn(image, recordKeys, i, kept);
      } else {
        columns[i] = all && allImages ? image.column(i) : image.column(i).take(images);
      }
    }
    Frame rowsKept = Frame.of(reading.schema, columns);
    Frame result = rowsKept;
    if (!reading.isFacts) {
      Frame eventsBuilt = rows.events.build();
      Frame eventsKept = all ? eventsBuilt : eventsBuilt.take(kept);
      for (Schema.Field field : Events.COLUMNS.fields()) {
        result = result.with(field.name(), field.type(), eventsKept.column(field.name()));
      }
    }
    return ruled(result, kept);
  }

  /** A row without columns is none. */
  private void refuseAll() {
    for (int i = 0; i < rows.built; i++) {
      if (rows.accepted[i]) {
        rows.accepted[i] = false;
        verdicts.refuse(
            rows.bronzeRow[i], Reason.MALFORMED, "no record of this table has a column");
      }
    }
  }

  private Column keyColumn(Frame image, @Nullable Frame recordKeys, int position, int[] kept) {
    Column fromImage = image.column(position);
    if (recordKeys == null) {
      return kept.length == rows.built ? fromImage : fromImage.take(kept);
    }
    Column fromKey = recordKeys.column(reading.read.field(position).name());
    ColumnBuilder column = ColumnBuilder.of(reading.read.field(position).type());
    for (int i : kept) {
      column.appendFrom(fromKey.isNull(i) ? fromImage : fromKey, i);
    }
    return column.build();
  }

  private Frame ruled(Frame result, int[] kept) {
    boolean[] refused = new boolean[kept.length];
    if (reading.isFacts) {
      refuseImpossibleTimes(result, kept, refused);
    }
    reading.impossibleAmounts.find(
        result,
        (row, problem) -> {
          if (!refused[row]) {
            refused[row] = true;
            verdicts.refuse(rows.bronzeRow[kept[row]], Reason.WRONG_TYPE, problem);
          }
        });
    if (!reading.rules.isEmpty()) {
      ListColumn unavailable = reading.isFacts ? null : result.lists(Events.UNAVAILABLE);
      BytesColumn ops =
          reading.table.applying().ignoreNullUpdates() ? result.bytes(Events.OP) : null;
      @Nullable Rule[] refusals =
          reading.rules.refusals(
              result,
              row -> !rows.imageless[kept[row]],
              (row, column) ->
                  isUnavailable(unavailable, row, column)
                      || (ops != null && ops.is(row, UPDATE) && result.column(column).isNull(row)));
      for (int row = 0; row < kept.length; row++) {
        Rule rule = refusals[row];
        if (rule != null && !refused[row]) {
          refused[row] = true;
          if (rule.drop()) {
            verdicts.account().count(Count.DROPPED);
          } else {
            verdicts.refuse(rows.bronzeRow[kept[row]], Reason.RULE, rule.name());
          }
        }
      }
    }
    for (int row = 0; row < kept.length; row++) {
      if (!refused[row]) {
        verdicts.account().count(Count.UNKNOWN_COLUMN, rows.unknown[kept[row]]);
        verdicts
            .account()
            .count(Count.UNKNOWN_VALUE, reading.isFacts ? rows.placeholders[kept[row]] : 0);
      }
    }
    Frame accepted = result.filter(row -> !refused[row]);
    return reading.table.applying().without().isEmpty()
        ? accepted
        : accepted.select(reading.rowSchema.names());
  }

  /**
   * Stand-ins for an unknown time, such as 9999-12-31 and 0001-01-01, must not become the
   * observation time or the age of a customer.
   */
  private void refuseImpossibleTimes(Frame result, int[] kept, boolean[] refused) {
    for (int i = 0; i < reading.schema.size(); i++) {
      Schema.Field field = reading.schema.field(i);
      if (reading.table.roles().get(field.name()) != Role.TIME
          || !(result.column(i) instanceof LongColumn times)) {
        continue;
      }
      long unit = field.type() == Type.DATE ? 1 : MICROS_PER_DAY;
      for (int row = 0; row < kept.length; row++) {
        if (!times.isNull(row)
            && (times.get(row) < FIRST_DAY * unit || times.get(row) >= END_DAY * unit)) {
          refused[row] = true;
          verdicts.refuse(
              rows.bronzeRow[kept[row]],
              Reason.WRONG_TYPE,
              "column '%s': %s is out of range, the years 1900 to 2199"
                  .formatted(field.name(), result.value(row, i)));
        }
      }
    }
  }

  private static boolean isUnavailable(@Nullable ListColumn unavailable, int row, String column) {
    if (unavailable == null || unavailable.isNull(row)) {
      return false;
    }
    BytesColumn names = (BytesColumn) unavailable.elements();
    byte[] wanted = column.getBytes(UTF_8);
    for (int i = unavailable.from(row); i < unavailable.to(row); i++) {
      if (names.is(i, wanted)) {
        return true;
      }
    }
    return false;
  }
}
