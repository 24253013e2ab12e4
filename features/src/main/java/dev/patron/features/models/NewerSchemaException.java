package dev.patron.features.models;

/** A model's document is sound, as far as can be told, but of a program that is newer than this. */
public final class NewerSchemaException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  NewerSchemaException(String message) {
    super(message);
  }
}
