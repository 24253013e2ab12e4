package dev.patron.transforms.parquet;

import dev.patron.features.frame.ColumnBuilder;
import dev.patron.features.frame.ListColumn;
import dev.patron.features.frame.RowColumn;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.MessageType;
import org.jspecify.annotations.Nullable;

/**
 * Puts the values of physical columns together again, one top-level column at a time, straight into
 * builders: the record assembly of Melnik et al. 2010 ("Dremel: Interactive Analysis of Web-Scale
 * Datasets", section 4.3), without its automaton, because no two top-level columns share a leaf.
 */
abstract class Assembly {

  /** Appends the next value, whatever it is. */
  abstract void read(ColumnBuilder builder);

  /** Appends the next values, whatever they are; for what begins a row. */
  void readRows(ColumnBuilder builder, int rows) {
    for (int row = 0; row < rows; row++) {
      read(builder);
    }
  }

  /** Passes over the one entry that every leaf has where something above it is null or empty. */
  abstract void pass();

  /** Passes over the next values, whatever they are; for what begins a row. */
  abstract void passRows(int rows);

  /** A leaf whose levels tell whether this is there. */
  abstract LeafReader witness();

  /**
   * The leaves that are needed to read {@code wanted} from {@code shape}.
   *
   * @throws IllegalArgumentException if a column cannot be read as the type wanted
   */
  static void leaves(Shape shape, Type wanted, String name, Set<List<String>> leaves) {
    if (shape instanceof Shape.Leaf leaf) {
      if (leaf.isTyped() && !Leaves.isReadable(leaf.type(), wanted)) {
        throw mismatch(shape, wanted, name);
      }
      leaves.add(leaf.path());
    } else if (shape instanceof Shape.Repeated repeated && wanted instanceof Type.ListOf list) {
      leaves(repeated.element(), list.element(), name + "[]", leaves);
    } else if (shape instanceof Shape.Group group && wanted instanceof Type.RowOf row) {
      boolean any = false;
      for (Schema.Field field : row.schema().fields()) {
        int position = group.position(field);
        if (position >= 0) {
          leaves(group.fields().get(position), field.type(), name + "." + field.name(), leaves);
          any = true;
        }
      }
      if (!any) {
        leaves.add(firstLeaf(group).path());
      }
    } else {
      throw mismatch(shape, wanted, name);
    }
  }

  private static IllegalArgumentException mismatch(Shape shape, Type wanted, String name) {
    return new IllegalArgumentException(
        "column '%s' is %s where %s is wanted"
            .formatted(name, shape.isTyped() ? shape.type() : "without a type", wanted));
  }

  private static Shape.Leaf firstLeaf(Shape shape) {
    if (shape instanceof Shape.Leaf leaf) {
      return leaf;
    }
    return firstLeaf(
        shape instanceof Shape.Group group
            ? group.fields().get(0)
            : ((Shape.Repeated) shape).element());
  }

  /** The part of a file's schema that holds these leaves. */
  static MessageType prune(MessageType message, Set<List<String>> leaves) {
    return new MessageType(message.getName(), prune(message, List.of(), leaves));
  }

  private static List<org.apache.parquet.schema.Type> prune(
      GroupType group, List<String> path, Set<List<String>> leaves) {
    List<org.apache.parquet.schema.Type> kept = new ArrayList<>();
    for (org.apache.parquet.schema.Type field : group.getFields()) {
      List<String> inner = new ArrayList<>(path);
      inner.add(field.getName());
      if (field.isPrimitive()) {
        if (leaves.contains(inner)) {
          kept.add(field);
        }
      } else {
        List<org.apache.parquet.schema.Type> fields = prune(field.asGroupType(), inner, leaves);
        if (!fields.isEmpty()) {
          kept.add(field.asGroupType().withNewFields(fields));
        }
      }
    }
    return kept;
  }

  /** The assembly of one column from these readers of leaves. */
  static Assembly of(Shape shape, Type wanted, Function<List<String>, LeafReader> readers) {
    if (shape instanceof Shape.Leaf leaf) {
      return Leaves.of(leaf, wanted, readers.apply(leaf.path()));
    }
    if (shape instanceof Shape.Repeated repeated) {
      return new Lists(repeated, of(repeated.element(), ((Type.ListOf) wanted).element(), readers));
    }
    Shape.Group group = (Shape.Group) shape;
    Schema schema = ((Type.RowOf) wanted).schema();
    @Nullable Assembly[] fields = new Assembly[schema.size()];
    List<Assembly> present = new ArrayList<>();
    for (int i = 0; i < fields.length; i++) {
      int position = group.position(schema.field(i));
      if (position >= 0) {
        Assembly field = of(group.fields().get(position), schema.field(i).type(), readers);
        fields[i] = field;
        present.add(field);
      }
    }
    if (present.isEmpty()) {
      Shape.Leaf leaf = firstLeaf(group);
      Assembly structure = Leaves.structure(readers.apply(leaf.path()), group.repeats());
      return new Rows(group, fields, new Assembly[] {structure}, structure);
    }
    return new Rows(group, fields, present.toArray(Assembly[]::new), null);
  }

  /** Rows, field by field. */
  private static final class Rows extends Assembly {
    private final int present;
    private final @Nullable Assembly[] fields;
    private final Assembly[] passed;

    /** What says whether the row is there if no field of it is read; else null. */
    private final @Nullable Assembly structure;

    private final LeafReader witness;

    Rows(
        Shape.Group shape,
        @Nullable Assembly[] fields,
        Assembly[] passed,
        @Nullable Assembly structure) {
      this.present = shape.present();
      this.fields = fields;
      this.passed = passed;
      this.structure = structure;
      this.witness = passed[0].witness();
    }

    @Override
    void read(ColumnBuilder builder) {
      if (witness.definition() < present) {
        builder.appendNull();
        pass();
        return;
      }
      RowColumn.Builder rows = (RowColumn.Builder) builder;
      for (int i = 0; i < fields.length; i++) {
        Assembly field = fields[i];
        if (field == null) {
          rows.field(i).appendNull();
        } else {
          field.read(rows.field(i));
        }
      }
      if (structure != null) {
        structure.pass();
      }
      rows.endRow();
    }

    @Override
    void pass() {
      for (Assembly field : passed) {
        field.pass();
      }
    }

    @Override
    void passRows(int rows) {
      for (Assembly field : passed) {
        field.passRows(rows);
      }
    }

    @Override
    LeafReader witness() {
      return witness;
    }
  }

  /** Lists, element by element. */
  private static final class Lists extends Assembly {
    private final int present;
    private final int filled;
    private final int repeats;
    private final Assembly element;
    private final LeafReader witness;

    Lists(Shape.Repeated shape, Assembly element) {
      this.present = shape.present();
      this.filled = shape.filled();
      this.repeats = shape.repeats();
      this.element = element;
      this.witness = element.witness();
    }

    @Override
    void read(ColumnBuilder builder) {
      int level = witness.definition();
      if (level < present) {
        builder.appendNull();
        pass();
        return;
      }
      ListColumn.Builder lists = (ListColumn.Builder) builder;
      if (level < filled) {
        pass();
      } else {
        do {
          element.read(lists.elements());
        } while (witness.repetition() == repeats);
      }
      lists.endRow();
    }

    @Override
    void pass() {
      element.pass();
    }

    @Override
    void passRows(int rows) {
      element.passRows(rows);
    }

    @Override
    LeafReader witness() {
      return witness;
    }
  }

  /** Reads {@code count} nulls: a column that the file does not have. */
  static void nulls(ColumnBuilder builder, int count) {
    for (int i = 0; i < count; i++) {
      builder.appendNull();
    }
  }
}
