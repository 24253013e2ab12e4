package dev.patron.features.record;

import dev.patron.features.change.Events;
import dev.patron.features.frame.Schema;
import dev.patron.features.tables.TableDefinition;
import dev.patron.features.tables.TableDefinition.Change;
import dev.patron.features.tables.TableDefinition.Format.Kind;
import dev.patron.features.tables.TableDefinition.Keep;
import dev.patron.features.tables.TableDefinition.Role;
import org.jspecify.annotations.Nullable;

/** What is known of a table before its first record: which columns to read, and how. */
final class TableReading {
  final TableDefinition table;
  final Kind kind;
  final boolean isFacts;

  /** The table's columns, and those that it is to be without. */
  final Schema schema;

  /** The columns that each record is read with: also those that only say what happened and when. */
  final Schema read;

  /** The columns of what comes out. */
  final Schema rowSchema;

  final Schema keySchema;

  /** For each column read, whether it is part of the key. */
  final boolean[] isKey;

  /** For each column read, whether text may stand for a number. */
  final ValueReader.TextNumbers[] fromText;

  /** For change rows without an envelope, what their columns say; else null. */
  final @Nullable FlatChanges flat;

  final RowRules rules;
  final ImpossibleAmounts impossibleAmounts;
  final ValueReader values;

  /**
   * @param schema the columns to read
   * @throws IllegalArgumentException if the table's definition asks for what these columns cannot
   *     give
   */
  TableReading(TableDefinition table, Schema schema) {
    this.table = table;
    this.schema = schema;
    this.kind = table.format().kind();
    this.isFacts = table.keep() == Keep.FACTS;
    Change change = isFacts ? null : table.change();
    if (!isFacts && change == null && kind != Kind.DEBEZIUM) {
      throw new IllegalArgumentException(
          "table '%s' is a change feed, but nothing says how its %s records order their changes:"
                  .formatted(table.name(), kind)
              + " give it change: { sequence: COLUMN }");
    }
    if (!isFacts && table.key().isEmpty()) {
      throw new IllegalArgumentException(
          "table '" + table.name() + "' is a change feed without a key");
    }
    for (String key : table.key()) {
      if (!schema.has(key)) {
        throw new IllegalArgumentException(
            "table '%s': key column '%s' is not among %s"
                .formatted(table.name(), key, schema.names()));
      }
    }
    this.read = change == null ? schema : schema.and(FlatChanges.hidden(change, schema));
    Schema row = table.row(schema);
    this.rowSchema = isFacts ? row : Events.schema(row);
    this.keySchema = schema.select(table.key());
    this.isKey = new boolean[read.size()];
    this.fromText = new ValueReader.TextNumbers[read.size()];
    for (int i = 0; i < read.size(); i++) {
      String name = read.field(i).name();
      isKey[i] = table.key().contains(name);
      fromText[i] = fromText(table, name);
    }
    TimeText times = new TimeText(table.format().timeFormat(), table.format().zone());
    this.values = new ValueReader(times, kind == Kind.DEBEZIUM);
    this.flat = change == null ? null : new FlatChanges(table, change, read, times);
    this.rules = new RowRules(schema, table.rules());
    this.impossibleAmounts = new ImpossibleAmounts(table, schema);
  }

  private static ValueReader.TextNumbers fromText(TableDefinition table, String column) {
    Schema declared = table.declared();
    Role role = table.roles().get(column);
    if (declared != null && declared.has(column)) {
      return ValueReader.TextNumbers.DECLARED;
    }
    if (role == Role.MONEY
        || role == Role.QUANTITY
        || table.roles().keySet().stream().anyMatch(path -> path.startsWith(column + "."))) {
      return ValueReader.TextNumbers.LENIENT;
    }
    return (role != null && role != Role.PLACE) || table.format().kind() == Kind.CSV
        ? ValueReader.TextNumbers.STRICT
        : ValueReader.TextNumbers.REFUSED;
  }
}
