package dev.patron.benchmarks.compare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The assignment to the nearest centroid as SQL, with the parameters of a model document. */
final class Segments {
  private Segments() {}

  /** An expression for the segment's number, from 1; the nearest, and the lower of two as near. */
  static String sql(Path models) throws IOException {
    JsonNode parameters =
        new ObjectMapper()
            .readTree(models.resolve("segments/1/model.json").toFile())
            .path("parameters");
    List<String> distances = new ArrayList<>();
    for (JsonNode segment : parameters.path("segments")) {
      List<String> squares = new ArrayList<>();
      for (int i = 0; i < parameters.path("measures").size(); i++) {
        squares.add(
            String.format(
                Locale.ROOT,
                "power((ln(1 + greatest(cast(%s as double), 0)) - %se0) / %se0 - (%se0), 2)",
                parameters.path("measures").get(i).asText(),
                parameters.path("means").get(i).asText(),
                parameters.path("standardDeviations").get(i).asText(),
                segment.path("centroid").get(i).asText()));
      }
      distances.add("(" + String.join(" + ", squares) + ")");
    }
    StringBuilder nearest = new StringBuilder("case");
    for (int i = 0; i < distances.size() - 1; i++) {
      List<String> others = new ArrayList<>(distances);
      others.remove(i);
      nearest
          .append(" when ")
          .append(distances.get(i))
          .append(" <= least(")
          .append(
              String.join(", ", others.size() > 1 ? others : List.of(others.get(0), others.get(0))))
          .append(") then ")
          .append(i + 1);
    }
    return nearest + " else " + distances.size() + " end";
  }
}
