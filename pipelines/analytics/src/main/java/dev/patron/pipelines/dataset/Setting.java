package dev.patron.pipelines.dataset;

import java.io.Serializable;

/**
 * A text of the definition whose value may come from the environment or from a mounted secret. Only
 * {@link #reveal} gives the value; everything that prints a setting prints what the file says, for
 * example <code>${KAFKA_BOOTSTRAP}</code>.
 *
 * <p>Serializable, because workers that do not share the launcher's environment need the value.
 */
public final class Setting implements Serializable {
  private static final String HIDDEN = "(hidden)";

  private final String shown;
  private final String value;

  Setting(String shown, String value) {
    this.shown = shown;
    this.value = value;
  }

  /** A setting that stands in the file, or was made by a program, as it is. */
  public static Setting of(String text) {
    return new Setting(text, text);
  }

  /** This setting, showing nothing of a value that stands in the file itself. */
  Setting hidden() {
    return isReference() ? this : new Setting(HIDDEN, value);
  }

  /** Whether any part of the value came from outside the file. */
  boolean isReference() {
    return References.has(shown);
  }

  /** The value. Never write it to a table, a log, a plan or an error. */
  public String reveal() {
    return value;
  }

  @Override
  public boolean equals(Object other) {
    return this == other
        || (other instanceof Setting that && shown.equals(that.shown) && value.equals(that.value));
  }

  @Override
  public int hashCode() {
    return shown.hashCode();
  }

  /** What the file says, with references in place of values. */
  @Override
  public String toString() {
    return shown;
  }
}
