package dev.patron.pipelines.stages;

import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.record.SchemaEvidence;
import dev.patron.features.tables.ColumnNames;
import dev.patron.features.tables.TableDefinition;
import dev.patron.features.tables.TableDefinition.Role;
import dev.patron.pipelines.console.Console;
import dev.patron.pipelines.console.UsageException;
import dev.patron.pipelines.dataset.Purchases;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The columns of a table of which no record was seen yet: those that the dataset names, with the
 * types that their roles suggest. A shop may open before its first sale.
 */
final class AssumedColumns {
  private AssumedColumns() {}

  /**
   * The columns that evidence shows; without any, those that the dataset names.
   *
   * @throws UsageException if the sources have names that a table cannot tell apart
   */
  static Schema where(
      SchemaEvidence evidence, TableDefinition table, @Nullable Purchases purchases) {
    if (evidence.isEmpty() && table.declared() == null) {
      return of(table, purchases);
    }
    checkDelimiter(evidence, table);
    try {
      return withoutUnseenKeys(evidence.resolve(table), evidence, table);
    } catch (IllegalArgumentException e) {
      throw apart(table, e);
    }
  }

  /**
   * Adds what later records show to evidence of earlier ones, telling of names that make no column
   * of their own, and of columns without a name of their own.
   *
   * @throws UsageException as {@link #where} does
   */
  static void add(
      SchemaEvidence evidence, SchemaEvidence more, TableDefinition table, Console console) {
    boolean nameless = evidence.hasNameless();
    try {
      Set<String> spellings = evidence.addLater(more, table);
      if (!spellings.isEmpty()) {
        boolean one = spellings.size() == 1;
        console.note(
            "patron: table '%s': '%s' %s in case alone, which the tables' readers do not tell apart:"
                    .formatted(
                        table.name(),
                        String.join("', '", spellings),
                        one ? "differs from another name" : "differ from other names")
                + " kept in bronze/%s alone; rename %s source"
                    .formatted(table.name(), one ? "it at its" : "them at their"));
      }
      if (evidence.hasNameless() && !nameless) {
        console.note(
            "patron: table '%s': a column has values and no name of its own in its header: kept in bronze/%s alone; name it at its source"
                .formatted(table.name(), table.name()));
      }
    } catch (IllegalArgumentException e) {
      throw apart(table, e);
    }
  }

  private static UsageException apart(TableDefinition table, IllegalArgumentException e) {
    return new UsageException("table '" + table.name() + "': " + e.getMessage(), e);
  }

  /**
   * The columns without those that only the dataset's key names, so that a misspelt one is found
   * like any other, where headers or files say which columns there are. Records of JSON each say it
   * for themselves: of a stream the first may be a broken one, and Debezium's may have their keys
   * beside them.
   */
  private static Schema withoutUnseenKeys(
      Schema columns, SchemaEvidence evidence, TableDefinition table) {
    boolean stated =
        switch (table.format().kind()) {
          case CSV, PARQUET -> true;
          case JSONL, DEBEZIUM -> false;
        };
    if (!stated || table.declared() != null) {
      return columns;
    }
    Set<String> seen =
        new HashSet<>(ColumnNames.normalise(new LinkedHashSet<>(evidence.sourceNames())));
    return new Schema(
        columns.fields().stream()
            .filter(field -> seen.contains(field.name()) || !table.key().contains(field.name()))
            .toList());
  }

  /** A file that is cut at the wrong places has one column, named by its whole header. */
  private static void checkDelimiter(SchemaEvidence evidence, TableDefinition table) {
    List<String> names = evidence.sourceNames();
    if (table.format().kind() != TableDefinition.Format.Kind.CSV || names.size() != 1) {
      return;
    }
    for (String delimiter : List.of(";", "\t", "|", ",")) {
      if (names.get(0).contains(delimiter)) {
        String shown = delimiter.replace("\t", "\\t");
        throw new UsageException(
            "table '%s': the CSV header '%s' is one column; if '%s' separates its values, say"
                    .formatted(table.name(), names.get(0).replace("\t", "\\t"), shown)
                + " delimiter: \""
                + shown
                + "\" in from");
      }
    }
  }

  private static Schema of(TableDefinition table, @Nullable Purchases purchases) {
    Set<String> names = new LinkedHashSet<>(table.key());
    names.addAll(table.track());
    TableDefinition.Change change = table.change();
    if (change != null) {
      names.addAll(change.sequence());
      addIfNamed(names, change.operation());
      addIfNamed(names, change.time());
    }
    table.rules().forEach(rule -> names.add(rule.column()));
    boolean bought = purchases != null && purchases.table().equals(table.name());
    List<String> ofLines = new ArrayList<>();
    if (purchases != null && bought) {
      names.add(purchases.customer());
      addIfNamed(names, purchases.order());
      names.add(purchases.time());
      List<String> amounts = new ArrayList<>();
      addIfNamed(amounts, purchases.quantity());
      if (purchases.money() instanceof Purchases.Amount money) {
        amounts.add(money.column());
      } else if (purchases.money() instanceof Purchases.Price money) {
        amounts.add(money.column());
      } else if (purchases.money() instanceof Purchases.PriceFrom money) {
        amounts.add(money.key());
      }
      (purchases.lines() == null ? names : ofLines).addAll(amounts);
    } else if (purchases != null
        && purchases.money() instanceof Purchases.PriceFrom money
        && money.table().equals(table.name())) {
      names.add(money.column());
    }
    // Identities that stand in no other place are those that the dataset calls personal; a place is
    // its country.
    table
        .roles()
        .forEach(
            (column, role) -> {
              if ((role == Role.IDENTITY || role == Role.PLACE) && !column.contains(".")) {
                names.add(column);
              }
            });
    Schema schema = Schema.of();
    for (String name : names) {
      schema = schema.with(name, type(table.roles().get(name)));
    }
    if (purchases != null && purchases.lines() != null && bought) {
      Schema line = Schema.of();
      for (String name : ofLines) {
        line = line.with(name, type(table.roles().get(purchases.lineColumn(name))));
      }
      schema = schema.with(purchases.lines(), new Type.ListOf(new Type.RowOf(line)));
    }
    return schema;
  }

  private static void addIfNamed(Collection<String> names, @Nullable String name) {
    if (name != null) {
      names.add(name);
    }
  }

  private static Type type(@Nullable Role role) {
    if (role == null) {
      return Type.STRING;
    }
    return switch (role) {
      case IDENTITY, PLACE -> Type.STRING;
      case MONEY -> new Type.Decimal(18, 2);
      case QUANTITY -> Type.LONG;
      case TIME -> Type.TIMESTAMP;
    };
  }
}
