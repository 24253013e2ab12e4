package dev.patron.features.models;

import java.io.IOException;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Documents of a test. */
class DocumentsInMemory implements Documents {
  final TreeMap<String, String> texts = new TreeMap<>();

  @Override
  public @Nullable String read(String path) {
    return texts.get(path);
  }

  @Override
  public void write(String path, String text) throws IOException {
    texts.put(path, text);
  }

  @Override
  public List<String> list(String folder) {
    String prefix = folder + "/";
    return texts.keySet().stream()
        .filter(path -> path.startsWith(prefix))
        .map(path -> path.substring(prefix.length()))
        .map(path -> path.contains("/") ? path.substring(0, path.indexOf('/')) : path)
        .distinct()
        .toList();
  }
}
