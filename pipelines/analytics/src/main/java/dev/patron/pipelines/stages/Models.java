package dev.patron.pipelines.stages;

import dev.patron.features.models.Documents;
import dev.patron.features.models.LifetimeDocument;
import dev.patron.features.models.ModelRegistry;
import dev.patron.features.models.ModelVersion;
import dev.patron.features.models.SegmentDocument;
import dev.patron.features.segments.SegmentModel;
import dev.patron.transforms.lake.Warehouse;
import java.io.IOException;
import java.util.List;
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

  /** The segments that score now; null before the first promotion. */
  static @Nullable SegmentModel champion(Job job) throws IOException {
    ModelVersion champion = of(job).champion(SEGMENTS);
    return champion == null ? null : SegmentDocument.read(champion.document());
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
