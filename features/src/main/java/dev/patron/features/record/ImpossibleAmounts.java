package dev.patron.features.record;

import dev.patron.features.frame.Column;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.ListColumn;
import dev.patron.features.frame.RowColumn;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.frame.Values;
import dev.patron.features.purchases.Money;
import dev.patron.features.tables.TableDefinition;
import dev.patron.features.tables.TableDefinition.Role;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds amounts, prices and quantities that no purchase has, such as 1e300: one of them would make
 * every sum that it goes into worthless, or overflow it.
 */
final class ImpossibleAmounts {
  /** Takes a row that has such a number, and what is to be said of it. */
  interface Finding {
    void row(int row, String problem);
  }

  /**
   * A column of numbers, or a field of the rows of a list.
   *
   * @param field where it stands in these rows; -1 for a column
   */
  private record Place(String path, int column, int field, Type type) {}

  private final List<Place> places = new ArrayList<>();

  /** Looks at what the purchases take from these columns. */
  ImpossibleAmounts(TableDefinition table, Schema schema) {
    table
        .roles()
        .forEach(
            (path, role) -> {
              if (role == Role.MONEY || role == Role.QUANTITY) {
                add(path, schema);
              }
            });
  }

  private void add(String path, Schema schema) {
    if (schema.has(path)) {
      add(new Place(path, schema.position(path), -1, schema.type(path)));
      return;
    }
    int point = path.indexOf('.');
    String outer = point < 0 ? path : path.substring(0, point);
    String inner = path.substring(point + 1);
    if (schema.has(outer)
        && schema.type(outer) instanceof Type.ListOf list
        && list.element() instanceof Type.RowOf row
        && row.schema().has(inner)) {
      int field = row.schema().position(inner);
      add(new Place(path, schema.position(outer), field, row.schema().type(inner)));
    }
  }

  private void add(Place place) {
    Type type = place.type();
    if (type == Type.LONG || type == Type.DOUBLE || type instanceof Type.Decimal) {
      places.add(place);
    }
  }

  /** Finds the rows, each once for every such number. */
  void find(Frame rows, Finding finding) {
    for (Place place : places) {
      Column column = rows.column(place.column());
      if (place.field() < 0) {
        for (int row = 0; row < rows.rows(); row++) {
          judge(place, column, row, row, finding);
        }
        continue;
      }
      ListColumn lists = (ListColumn) column;
      Column numbers = ((RowColumn) lists.elements()).field(place.field());
      for (int row = 0; row < rows.rows(); row++) {
        if (!lists.isNull(row)) {
          for (int i = lists.from(row); i < lists.to(row); i++) {
            judge(place, numbers, i, row, finding);
          }
        }
      }
    }
  }

  private static void judge(Place place, Column numbers, int at, int row, Finding finding) {
    if (!Money.isWithinLimit(place.type(), numbers, at)) {
      finding.row(
          row,
          "column '%s': %s is out of range, numbers below %s"
              .formatted(
                  place.path(),
                  Values.get(place.type(), numbers, at),
                  BigDecimal.valueOf(Money.limit(place.type())).toPlainString()));
    }
  }
}
