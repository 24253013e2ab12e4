package dev.patron.pipelines.query;

import dev.patron.pipelines.console.UsageException;
import java.nio.file.Path;
import java.util.Locale;

/** How an answer is written. */
enum Format {
  TABLE,
  CSV,
  JSON,
  /** Written by DuckDB itself, and to a file alone. */
  PARQUET;

  /**
   * Writes it as text.
   *
   * @throws UsageException if it is no text
   */
  ResultWriter writer() {
    return switch (this) {
      case TABLE -> new TableAnswer();
      case CSV -> new CsvAnswer();
      case JSON -> new JsonAnswer();
      case PARQUET -> throw new UsageException("--format=parquet needs an --output=FILE");
    };
  }

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The format of this word.
   *
   * @throws UsageException if there is none
   */
  static Format of(String word) {
    for (Format format : values()) {
      if (format.word().equals(word.toLowerCase(Locale.ROOT))) {
        return format;
      }
    }
    throw new UsageException(
        "--format=" + word + " is unknown; known are table, csv, json and parquet");
  }

  /**
   * The format that a file's name ends in; a table if it has no ending.
   *
   * @throws UsageException if it has another ending
   */
  static Format ofFile(Path file) {
    String name = file.getFileName() == null ? "" : file.getFileName().toString();
    String ending = name.substring(Math.max(name.lastIndexOf('.'), 0)).toLowerCase(Locale.ROOT);
    if (!ending.startsWith(".") || ending.equals(name.toLowerCase(Locale.ROOT))) {
      return TABLE;
    }
    for (Format format : values()) {
      if (ending.equals("." + format.word())) {
        return format;
      }
    }
    throw new UsageException(
        "--output="
            + file
            + ": the ending "
            + ending
            + " says no format; known are .table, .csv, .json and .parquet, or name a --format");
  }
}
