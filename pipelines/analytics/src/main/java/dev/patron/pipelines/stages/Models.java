package dev.patron.pipelines.stages;

import com.fasterxml.jackson.databind.JsonNode;
import dev.patron.features.frame.Schema;
import dev.patron.features.models.Documents;
import dev.patron.features.models.LifetimeDocument;
import dev.patron.features.models.ModelDocument;
import dev.patron.features.models.ModelRegistry;
import dev.patron.features.models.ModelVersion;
import dev.patron.features.models.NewerSchemaException;
import dev.patron.features.models.SegmentDocument;
import dev.patron.pipelines.console.JobException;
import dev.patron.transforms.lake.Warehouse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The models of a warehouse. */
public final class Models {
  /** The K-Means segments. */
  static final String SEGMENTS = SegmentDocument.NAME;

  /** The lifetime value. */
  static final String LIFETIME = LifetimeDocument.NAME;

  private Models() {}

  static ModelRegistry of(Job job) {
    return of(job.warehouse());
  }

  /** The registry of a warehouse. */
  public static ModelRegistry of(String warehouse) {
    return new ModelRegistry(new InWarehouse(Warehouse.at(warehouse)));
  }

  /**
   * The version that scores, proven to score as it did when it was trained.
   *
   * @return null if no version was promoted yet
   * @throws JobException if it cannot be read, or scores differently
   */
  static @Nullable ModelVersion champion(Job job, String name) throws IOException {
    try {
      ModelVersion champion = of(job).champion(name);
      if (champion != null) {
        prove(champion);
      }
      return champion;
    } catch (IllegalArgumentException e) {
      throw new JobException(String.valueOf(e.getMessage()));
    }
  }

  /**
   * The champion that a training has to beat or to continue. One that is gone or cannot be read any
   * more does neither, and says so: training is what puts another in its place.
   *
   * @param lost what it can do no more, for the note
   * @return null if there is none, or none that can be read
   * @throws JobException if it cannot be read who is champion, or if that one was made by a newer
   *     program than this
   */
  static @Nullable ModelVersion defender(Job job, String name, String lost) throws IOException {
    ModelRegistry models = of(job);
    Integer version;
    try {
      version = models.aliases(name).champion();
    } catch (IllegalArgumentException e) {
      throw new JobException(String.valueOf(e.getMessage()));
    }
    if (version == null) {
      return null;
    }
    try {
      ModelVersion champion = models.load(name, version);
      prove(champion);
      return champion;
    } catch (NewerSchemaException e) {
      throw new JobException(String.valueOf(e.getMessage()));
    } catch (IllegalArgumentException e) {
      job.console()
          .note(
              "train: champion %s/%d %s, and what is trained now takes its place: %s"
                  .formatted(name, version, lost, e.getMessage()));
      return null;
    }
  }

  /**
   * Reads a version whole and compares what it scores with its test vectors.
   *
   * @throws IllegalArgumentException if anything differs
   */
  public static void prove(ModelVersion version) {
    try {
      if (version.name().equals(SEGMENTS)) {
        SegmentDocument.read(version.document());
      } else {
        LifetimeDocument.read(version.document());
      }
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "models/%s: %s".formatted(version.reference(), e.getMessage()), e);
    }
  }

  /**
   * Checks that a table has what a version reads.
   *
   * @throws JobException that names every column that is missing or of another type
   */
  static void check(ModelVersion version, Schema features) {
    try {
      version.document().check(features);
    } catch (IllegalArgumentException e) {
      throw new JobException(
          "models/%s: %s; run features, or train again"
              .formatted(version.reference(), e.getMessage()));
    }
  }

  /**
   * The versions that score now, of which there are as many as models that a score needs; none
   * before both were promoted. Reads who is champion, not the champions: a stream that has nothing
   * else to do asks every few seconds.
   *
   * @throws JobException if it cannot be read who is champion, which is not to be taken for nobody
   */
  public static List<String> champions(Job job) throws IOException {
    ModelRegistry models = of(job);
    List<String> champions = new ArrayList<>();
    try {
      for (String name : List.of(SEGMENTS, LIFETIME)) {
        Integer version = models.aliases(name).champion();
        if (version != null) {
          champions.add(name + "/" + version);
        }
      }
    } catch (IllegalArgumentException e) {
      throw new JobException(String.valueOf(e.getMessage()));
    }
    return champions.size() < 2 ? List.of() : champions;
  }

  /**
   * The metrics of a version; a missing node where there are none.
   *
   * @throws JobException that names the file if it cannot be read
   */
  static JsonNode metrics(Job job, ModelVersion version) throws IOException {
    try {
      return of(job).metrics(version.name(), version.version());
    } catch (IllegalArgumentException e) {
      throw new JobException(String.valueOf(e.getMessage()));
    }
  }

  /** Every version of every model, as {@code lifetime/1}. */
  static List<String> versions(Job job) throws IOException {
    List<String> versions = new ArrayList<>();
    for (String name : List.of(SEGMENTS, LIFETIME)) {
      of(job).versions(name).forEach(version -> versions.add(name + "/" + version));
    }
    return versions;
  }

  /**
   * The greatest id that a registered version gave to a segment; 0 where there is none. Versions
   * trained on the same data do not count: who is killed after registering one, or goes back to the
   * champion before it, and trains again, makes the same one.
   */
  static int greatestSegmentId(Job job, Map<String, String> data) throws IOException {
    ModelRegistry models = of(job);
    int greatest = 0;
    for (int version : models.versions(SEGMENTS)) {
      greatest = Math.max(greatest, greatestSegmentId(models, version, data));
    }
    return greatest;
  }

  /** Of one version; 0 too where it cannot be read, and so scores nothing. */
  private static int greatestSegmentId(ModelRegistry models, int version, Map<String, String> data)
      throws IOException {
    try {
      ModelDocument document = models.load(SEGMENTS, version).document();
      Map<String, String> learntFrom = new TreeMap<>();
      document
          .training()
          .path("data")
          .fields()
          .forEachRemaining(table -> learntFrom.put(table.getKey(), table.getValue().asText()));
      return learntFrom.equals(data)
          ? 0
          : Arrays.stream(SegmentDocument.ids(document)).max().orElse(0);
    } catch (IllegalArgumentException e) {
      return 0;
    }
  }

  private record InWarehouse(Warehouse warehouse) implements Documents {
    @Override
    public @Nullable String read(String path) {
      return warehouse.exists(path) ? warehouse.read(path) : null;
    }

    @Override
    public void write(String path, String text) {
      warehouse.write(path, text);
    }

    @Override
    public List<String> list(String folder) {
      return warehouse.list(folder);
    }
  }
}
