package dev.patron.pipelines.stages;

import static org.assertj.core.api.Assertions.assertThat;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.FrameBuilder;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.transforms.RegatherPurchases;
import dev.patron.transforms.lake.Commit;
import dev.patron.transforms.lake.DataFile;
import dev.patron.transforms.lake.DataFileWriter;
import dev.patron.transforms.lake.LakeTable;
import dev.patron.transforms.lake.TableSnapshot;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What tables that are made of others promise of their rows. */
class PromisesTest {
  private static final Schema SCHEMA =
      Schema.of().with("customer_id", Type.LONG).with("order_id", Type.LONG);

  @TempDir private Path folder;
  private final List<DataFile> files = new ArrayList<>();
  private LakeTable purchases = LakeTable.at("", "silver/purchases");

  @BeforeEach
  void place() {
    purchases = LakeTable.at(folder.toString(), "silver/purchases");
  }

  /** One file more. */
  private void add(@Nullable Long... customersAndOrders) {
    FrameBuilder rows = new FrameBuilder(SCHEMA);
    for (int i = 0; i < customersAndOrders.length; i += 2) {
      append(rows, "customer_id", customersAndOrders[i]);
      append(rows, "order_id", customersAndOrders[i + 1]);
    }
    Frame frame = rows.build();
    files.add(DataFileWriter.write(purchases, SCHEMA, Map.of(), List.of(frame)));
  }

  private static void append(FrameBuilder rows, String column, @Nullable Long value) {
    if (value == null) {
      rows.longs(column).appendNull();
    } else {
      rows.longs(column).append(value);
    }
  }

  private TableSnapshot committed(Map<String, String> properties) {
    purchases.commit(Commit.overwrite(SCHEMA, files).withProperties(properties));
    return purchases.snapshot();
  }

  @Test
  void anOrderOfACustomerIsOneRow() {
    add(1L, 10L, 2L, 10L);
    add(1L, 11L, 2L, 10L);
    assertThat(Promises.firstBroken(committed(Promises.unique(RegatherPurchases.KEY))))
        .contains("customer_id 2, order_id 10 has several rows");
  }

  @Test
  void whatHasNoCustomerOrNoNumberMayBeAlike() {
    add(1L, null, 1L, null, null, 10L);
    add(null, 10L, null, null, null, null, 1L, 10L);
    assertThat(Promises.firstBroken(committed(Promises.unique(RegatherPurchases.KEY)))).isEmpty();
  }

  @Test
  void aTableThatPromisesNothingBreaksNothing() {
    add(1L, 10L, 1L, 10L);
    TableSnapshot older = committed(Map.of());
    assertThat(Promises.firstBroken(older)).isEmpty();
    assertThat(Lineage.broken(older)).isEmpty();
  }

  @Test
  void rowsThatWereNotCountedAreFound() {
    add(1L, 10L, 1L, 11L);
    Map<String, String> counted = Lineage.counted(files);
    assertThat(Lineage.broken(committed(counted))).isEmpty();
    add(1L, 12L);
    assertThat(Lineage.broken(committed(Map.of())))
        .containsExactly(
            "silver/purchases: it has 3 rows where its account says 2; run --rebuild makes it anew");
  }

  /** Files of other tools need not say it; what comes of them would be no count. */
  @Test
  void whereAFileDoesNotSayItsRowsTheyAreNotCounted() {
    add(1L, 10L);
    assertThat(Lineage.broken(committed(Lineage.counted(files)))).isEmpty();
    DataFile file = files.get(0);
    DataFile unknown =
        new DataFile(
            file.table(),
            file.path(),
            file.bytes(),
            file.modifiedMillis(),
            -1,
            file.schema(),
            file.partition(),
            null);
    add(1L, 11L);
    assertThat(Lineage.broken(committed(Lineage.counted(List.of(unknown))))).isEmpty();
  }
}
