package dev.patron.features.frame;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.stream.Collectors;

/** Named, typed columns in order. Immutable; equal by names and types in order. */
public final class Schema implements Serializable {

  /**
   * One column.
   *
   * @param name unique within its schema
   * @param type its type
   */
  public record Field(String name, Type type) implements Serializable {
    @Override
    public String toString() {
      return name + ": " + type;
    }
  }

  private final List<Field> fields;
  private final HashMap<String, Integer> positions;

  /**
   * A schema of these fields in this order.
   *
   * @throws IllegalArgumentException if a name is empty or occurs twice
   */
  public Schema(List<Field> fields) {
    this.fields = List.copyOf(fields);
    this.positions = new HashMap<>();
    for (int i = 0; i < this.fields.size(); i++) {
      String name = this.fields.get(i).name();
      if (name.isEmpty()) {
        throw new IllegalArgumentException("a column without a name in " + fields);
      }
      if (positions.put(name, i) != null) {
        throw new IllegalArgumentException("column '" + name + "' occurs twice in " + fields);
      }
    }
  }

  /** Starts a schema; {@code Schema.of().with("id", Type.LONG).with("name", Type.STRING)}. */
  public static Schema of() {
    return new Schema(List.of());
  }

  /** This schema with one more column at the end. */
  public Schema with(String name, Type type) {
    List<Field> longer = new ArrayList<>(fields);
    longer.add(new Field(name, type));
    return new Schema(longer);
  }

  /** This schema followed by the other's columns. */
  public Schema and(Schema other) {
    List<Field> longer = new ArrayList<>(fields);
    longer.addAll(other.fields);
    return new Schema(longer);
  }

  /** The named columns, in the order in which they are named. */
  public Schema select(List<String> names) {
    return new Schema(names.stream().map(this::field).toList());
  }

  /** The columns, in order. */
  public List<Field> fields() {
    return fields;
  }

  /** The names of the columns, in order. */
  public List<String> names() {
    return fields.stream().map(Field::name).toList();
  }

  /** The number of columns. */
  public int size() {
    return fields.size();
  }

  /** Whether there is a column of this name. */
  public boolean has(String name) {
    return positions.containsKey(name);
  }

  /** The column at this position. */
  public Field field(int position) {
    return fields.get(position);
  }

  /**
   * The column of this name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public Field field(String name) {
    return fields.get(position(name));
  }

  /**
   * The type of the named column.
   *
   * @throws IllegalArgumentException if there is none
   */
  public Type type(String name) {
    return field(name).type();
  }

  /**
   * The position of the named column, from 0.
   *
   * @throws IllegalArgumentException if there is none
   */
  public int position(String name) {
    Integer position = positions.get(name);
    if (position == null) {
      throw new IllegalArgumentException("no column '" + name + "' among " + names());
    }
    return position;
  }

  @Override
  public boolean equals(Object other) {
    return this == other || (other instanceof Schema that && fields.equals(that.fields));
  }

  @Override
  public int hashCode() {
    return fields.hashCode();
  }

  /** As a dataset definition writes the inside of a row: {@code id: long, name: string}. */
  @Override
  public String toString() {
    return fields.stream().map(Field::toString).collect(Collectors.joining(", "));
  }
}
