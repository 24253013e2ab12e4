package dev.patron.transforms.parquet;

import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.tables.ColumnNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DateLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.ListLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.MapKeyValueTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.MapLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType;
import org.jspecify.annotations.Nullable;

/**
 * What a Parquet type means: values, rows and lists, whichever of Parquet's encodings of a list it
 * uses, with the definition levels at which each is there.
 */
sealed interface Shape {

  /**
   * The type of the column or element that this becomes.
   *
   * @throws IllegalStateException if it {@link #isTyped has none}
   */
  Type type();

  /** Whether anything says what its values are; nothing may where all of them are null. */
  boolean isTyped();

  /** The same type, with strings where there is none. */
  default Type whole() {
    if (this instanceof Leaf leaf) {
      Type given = leaf.given();
      return given == null ? Type.STRING : given;
    }
    if (this instanceof Repeated list) {
      return new Type.ListOf(list.element().whole());
    }
    Group group = (Group) this;
    List<Schema.Field> fields = new ArrayList<>();
    for (int i = 0; i < group.names().size(); i++) {
      fields.add(new Schema.Field(group.names().get(i), group.fields().get(i).whole()));
    }
    return new Type.RowOf(new Schema(fields));
  }

  /** The same with these physical columns being of this type, or of none. */
  default Shape typedAt(Set<List<String>> paths, @Nullable Type type) {
    if (this instanceof Leaf leaf) {
      return paths.contains(leaf.path())
          ? new Leaf(leaf.path(), leaf.primitive(), leaf.present(), type)
          : leaf;
    }
    return this instanceof Repeated list
        ? new Repeated(
            list.element().typedAt(paths, type), list.present(), list.filled(), list.repeats())
        : ((Group) this).typedAt(paths, type);
  }

  /** Whether this can be read as a type, or else has values that cannot. */
  default boolean mayBe(Type wanted) {
    if (this instanceof Repeated list && wanted instanceof Type.ListOf other) {
      return list.element().mayBe(other.element());
    }
    return isTyped() || this instanceof Leaf || wanted instanceof Type.RowOf;
  }

  /** The same with the names of fields that {@code wanted} has, see {@link Group#spelledAs}. */
  default Shape spelledAs(Type wanted) {
    if (this instanceof Group group && wanted instanceof Type.RowOf row) {
      return group.spelledAs(row.schema());
    }
    return this instanceof Repeated list && wanted instanceof Type.ListOf other
        ? new Repeated(
            list.element().spelledAs(other.element()),
            list.present(),
            list.filled(),
            list.repeats())
        : this;
  }

  /** One physical column. Its value is there at {@code present}. */
  record Leaf(List<String> path, PrimitiveType primitive, int present, @Nullable Type given)
      implements Shape {
    @Override
    public Type type() {
      Type type = given;
      if (type == null) {
        throw new IllegalStateException(path + " has no type");
      }
      return type;
    }

    @Override
    public boolean isTyped() {
      return given != null;
    }
  }

  /**
   * A group. It is null below {@code present}; entries at a repetition level above {@code repeats}
   * belong to the same one.
   */
  record Group(List<String> names, List<Shape> fields, int present, int repeats) implements Shape {
    @Override
    public Type type() {
      return new Type.RowOf(schema());
    }

    @Override
    public boolean isTyped() {
      return fields.stream().anyMatch(Shape::isTyped);
    }

    @Override
    public Group typedAt(Set<List<String>> paths, @Nullable Type type) {
      return new Group(
          names,
          fields.stream().map(field -> field.typedAt(paths, type)).toList(),
          present,
          repeats);
    }

    /** The columns that have a type. */
    Schema schema() {
      List<Schema.Field> typed = new ArrayList<>();
      for (int i = 0; i < names.size(); i++) {
        if (fields.get(i).isTyped()) {
          typed.add(new Schema.Field(names.get(i), fields.get(i).type()));
        }
      }
      return new Schema(typed);
    }

    /** The columns as they are {@link #whole}, but for those that can have no value. */
    Schema wholeSchema() {
      List<Schema.Field> whole = new ArrayList<>();
      for (int i = 0; i < names.size(); i++) {
        Shape field = fields.get(i);
        if (field.isTyped() || !(field instanceof Leaf)) {
          whole.add(new Schema.Field(names.get(i), field.whole()));
        }
      }
      return new Schema(whole);
    }

    /**
     * Which field to read a column from; -1 if there is none, or it has neither values nor the form
     * of the column.
     */
    int position(Schema.Field wanted) {
      int position = names.indexOf(wanted.name());
      return position >= 0 && fields.get(position).mayBe(wanted.type()) ? position : -1;
    }

    /** The names of the columns that have none. */
    List<String> untyped() {
      List<String> untyped = new ArrayList<>();
      for (int i = 0; i < names.size(); i++) {
        if (!fields.get(i).isTyped()) {
          untyped.add(names.get(i));
        }
      }
      return untyped;
    }

    /** The same with the names of {@code wanted}, where its own differ from them in case alone. */
    Group spelledAs(Schema wanted) {
      Map<String, String> spellings = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
      wanted.names().forEach(name -> spellings.put(name, name));
      List<String> spelled = new ArrayList<>();
      List<Shape> inner = new ArrayList<>();
      for (int i = 0; i < names.size(); i++) {
        String name = spellings.getOrDefault(names.get(i), names.get(i));
        Shape field = fields.get(i);
        spelled.add(name);
        inner.add(wanted.has(name) ? field.spelledAs(wanted.type(name)) : field);
      }
      return new Group(spelled, inner, present, repeats);
    }
  }

  /**
   * A list. It is null below {@code present}, empty below {@code filled}; an entry at repetition
   * level {@code repeats} continues it.
   */
  record Repeated(Shape element, int present, int filled, int repeats) implements Shape {
    @Override
    public Type type() {
      return new Type.ListOf(element.type());
    }

    @Override
    public boolean isTyped() {
      return element.isTyped();
    }
  }

  /**
   * The shape of a file's rows, with the names that tables can have, see {@link ColumnNames}.
   *
   * @throws IllegalArgumentException if a column has no counterpart, or if two would be one, with
   *     their names
   */
  static Group of(MessageType message) {
    return group(message, List.of(), 0, 0);
  }

  private static Group group(GroupType group, List<String> path, int definition, int repetition) {
    List<String> names = new ArrayList<>();
    List<Shape> fields = new ArrayList<>();
    for (org.apache.parquet.schema.Type field : group.getFields()) {
      names.add(field.getName());
      fields.add(field(field, path, definition, repetition));
    }
    List<String> normal = ColumnNames.normalise(names);
    checkSpellings(normal);
    return new Group(normal, fields, definition, repetition);
  }

  /** A table has room for the values of one of them alone. */
  private static void checkSpellings(List<String> names) {
    Map<String, String> taken = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (String name : names) {
      String other = taken.putIfAbsent(name, name);
      if (other != null) {
        throw new IllegalArgumentException(
            "columns '%s' and '%s' differ in case alone; rename one at its source"
                .formatted(other, name));
      }
    }
  }

  /** A field that may be optional, required or, by the oldest way to write a list, repeated. */
  private static Shape field(
      org.apache.parquet.schema.Type field, List<String> parent, int definition, int repetition) {
    List<String> path = append(parent, field.getName());
    return switch (field.getRepetition()) {
      case REQUIRED -> value(field, path, definition, repetition);
      case OPTIONAL -> value(field, path, definition + 1, repetition);
      case REPEATED ->
          new Repeated(
              value(field, path, definition + 1, repetition + 1),
              definition,
              definition + 1,
              repetition + 1);
    };
  }

  private static Shape value(
      org.apache.parquet.schema.Type field, List<String> path, int definition, int repetition) {
    if (field.isPrimitive()) {
      PrimitiveType primitive = field.asPrimitiveType();
      return new Leaf(path, primitive, definition, scalar(primitive, path));
    }
    GroupType group = field.asGroupType();
    LogicalTypeAnnotation meaning = group.getLogicalTypeAnnotation();
    boolean list = meaning instanceof ListLogicalTypeAnnotation;
    boolean map =
        meaning instanceof MapLogicalTypeAnnotation || meaning instanceof MapKeyValueTypeAnnotation;
    if ((list || map)
        && group.getFieldCount() == 1
        && group.getType(0).isRepetition(org.apache.parquet.schema.Type.Repetition.REPEATED)) {
      org.apache.parquet.schema.Type repeated = group.getType(0);
      List<String> inner = append(path, repeated.getName());
      Shape element =
          list && isWrapper(group, repeated)
              ? field(repeated.asGroupType().getType(0), inner, definition + 1, repetition + 1)
              : value(repeated, inner, definition + 1, repetition + 1);
      return new Repeated(element, definition, definition + 1, repetition + 1);
    }
    return group(group, path, definition, repetition);
  }

  /**
   * Whether the repeated group of a list only wraps the element, or is the element itself. The
   * rules are those of "Backward-compatibility rules" of Parquet's LogicalTypes.md.
   */
  private static boolean isWrapper(GroupType list, org.apache.parquet.schema.Type repeated) {
    if (repeated.isPrimitive()) {
      return false;
    }
    GroupType group = repeated.asGroupType();
    return group.getFieldCount() == 1
        && !group.getType(0).isRepetition(org.apache.parquet.schema.Type.Repetition.REPEATED)
        && !group.getName().equals("array")
        && !group.getName().equals(list.getName() + "_tuple");
  }

  private static Type scalar(PrimitiveType primitive, List<String> path) {
    LogicalTypeAnnotation meaning = primitive.getLogicalTypeAnnotation();
    if (meaning instanceof DecimalLogicalTypeAnnotation decimal) {
      if (decimal.getPrecision() > Type.Decimal.MAX_PRECISION) {
        // The text is exact, and the table may declare a type that holds what it has.
        return Type.STRING;
      }
      try {
        return new Type.Decimal(decimal.getPrecision(), decimal.getScale());
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "column '%s' is %s".formatted(String.join(".", path), e.getMessage()), e);
      }
    }
    return switch (primitive.getPrimitiveTypeName()) {
      case BOOLEAN -> Type.BOOLEAN;
      case INT32 -> meaning instanceof DateLogicalTypeAnnotation ? Type.DATE : Type.LONG;
      case INT64 -> meaning instanceof TimestampLogicalTypeAnnotation ? Type.TIMESTAMP : Type.LONG;
      case INT96 -> Type.TIMESTAMP;
      case FLOAT, DOUBLE -> Type.DOUBLE;
      case BINARY, FIXED_LEN_BYTE_ARRAY -> Type.STRING;
    };
  }

  private static List<String> append(List<String> path, String name) {
    List<String> longer = new ArrayList<>(path);
    longer.add(name);
    return List.copyOf(longer);
  }
}
