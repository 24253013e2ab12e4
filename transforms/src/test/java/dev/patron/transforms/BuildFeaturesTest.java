package dev.patron.transforms;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.frame.Values;
import dev.patron.features.purchases.CustomerFeatures;
import dev.patron.features.rfm.RfmCounts;
import dev.patron.features.rfm.RfmScores;
import dev.patron.features.rfm.RfmSegments;
import dev.patron.features.rfm.RfmTiles;
import dev.patron.features.tables.Tables;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.values.PCollection;
import org.junit.jupiter.api.Test;

class BuildFeaturesTest {
  private static final Schema PURCHASES = Tables.purchases(Type.LONG, Type.LONG, Type.DOUBLE);
  private static final long AS_OF = Values.micros(Instant.parse("2024-06-30T23:59:59Z"));

  private static Frame purchases() {
    Random random = new Random(3);
    List<List<?>> rows = new ArrayList<>();
    for (long order = 0; order < 120; order++) {
      rows.add(
          Arrays.asList(
              (long) random.nextInt(47),
              order,
              Instant.parse("2024-01-01T10:00:00Z").plusSeconds(86_400L * random.nextInt(100)),
              1L,
              1.0,
              5.0 * (1 + random.nextInt(3)),
              0.0,
              null,
              null));
    }
    return Frame.ofRows(PURCHASES, rows);
  }

  @Test
  void scoresAreThoseOfTheWholeShopHoweverItIsCut() {
    Frame purchases = purchases();
    Frame described = new CustomerFeatures(ZoneOffset.UTC, AS_OF).of(purchases);
    RfmScores byEdges = RfmScores.of(new RfmCounts().add(described), RfmSegments.STANDARD);
    Frame cuts = RfmTiles.cuts(described.select(RfmTiles.columns()));

    Pipeline pipeline = Expect.pipeline();
    PCollection<Frame> cut =
        pipeline.apply(
            "Purchases", Create.of(purchases.slice(0, 50), purchases.slice(50, purchases.rows())));
    BuildFeatures build =
        new BuildFeatures(PURCHASES, ZoneOffset.UTC, AS_OF, RfmSegments.STANDARD, 4);
    Expect.rows(
        "by edges",
        cut.apply("By edges", build).get(BuildFeatures.FEATURES),
        byEdges.score(described));
    Expect.rows(
        "by tiles",
        cut.apply("By tiles", build.scoredByTiles()).get(BuildFeatures.FEATURES),
        RfmTiles.score(described, cuts, RfmSegments.STANDARD));
    pipeline.run().waitUntilFinish();
  }
}
