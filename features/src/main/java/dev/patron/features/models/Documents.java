package dev.patron.features.models;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Texts under relative paths with slashes, wherever they are kept. */
public interface Documents {

  /** The text at a path; null if there is none. */
  @Nullable String read(String path) throws IOException;

  /** Writes a text whole, in place of what was there. Readers see the old one or the new one. */
  void write(String path, String text) throws IOException;

  /**
   * The names of the files and folders right under a folder, in any order; none if it is absent.
   */
  List<String> list(String folder) throws IOException;
}
