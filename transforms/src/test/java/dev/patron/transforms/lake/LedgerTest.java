package dev.patron.transforms.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several tables change together, once, or not at all. */
class LedgerTest {
  private static final Schema SCHEMA = Schema.of().with("id", Type.LONG);
  private static final String ORDERS = "silver/orders";
  private static final String CUSTOMERS = "silver/customers";

  private final Path folder;
  private final String warehouse;
  private final Ledger ledger;

  LedgerTest(@TempDir Path folder) {
    this.folder = folder;
    this.warehouse = folder.toString();
    this.ledger = Ledger.of(warehouse);
  }

  private Ledger.Change append(String table, long id) {
    LakeTable at = LakeTable.at(warehouse, table);
    DataFile file =
        DataFileWriter.write(
            at, SCHEMA, Map.of(), List.of(Frame.ofRows(SCHEMA, List.of(List.of(id)))));
    return new Ledger.Change(table, Commit.append(SCHEMA, List.of(file)));
  }

  private List<Object> ids(String table) {
    List<Object> ids = new ArrayList<>();
    TableScan.of(LakeTable.at(warehouse, table).snapshot(), List.of("id"))
        .forEach(frame -> frame.toRows().forEach(row -> ids.add(row.get(0))));
    ids.sort(null);
    return ids;
  }

  private List<String> intents() throws Exception {
    Path intents = folder.resolve("_ledger/_intents");
    if (!Files.exists(intents)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(intents)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(n -> !n.startsWith("."))
          .toList();
    }
  }

  @Test
  void whatBeganBeforeAFenceCannotBeDecidedBehindIt() {
    long seen = ledger.decide(-1, "refine", List.of(append(ORDERS, 1)));
    List<Ledger.Change> begun = List.of(append(ORDERS, 2));
    ledger.fence("vacuum");
    assertThatThrownBy(() -> ledger.decide(seen, "refine", begun))
        .isInstanceOfSatisfying(LakeException.class, e -> assertThat(e.isConflict()).isTrue());
    assertThat(ids(ORDERS)).containsExactly(1L);
    ledger.decide(ledger.open(), "refine", begun);
    assertThat(ids(ORDERS)).containsExactly(1L, 2L);
  }

  @Test
  void nothingWasEverDecidedInANewWarehouse() {
    assertThat(ledger.open()).isEqualTo(-1);
  }

  @Test
  void aDecisionChangesAllItsTables() throws Exception {
    long first = ledger.decide(-1, "refine", List.of(append(ORDERS, 1), append(CUSTOMERS, 2)));
    long second = ledger.decide(first, "refine", List.of(append(ORDERS, 3)));
    assertThat(ids(ORDERS)).containsExactly(1L, 3L);
    assertThat(ids(CUSTOMERS)).containsExactly(2L);
    assertThat(ledger.open()).isEqualTo(second).isGreaterThan(first);
    assertThat(intents()).isEmpty();
  }

  /** A decision with a number that a table has already would be taken for done. */
  @Test
  void aLedgerThatIsBehindItsTablesDecidesNothing() throws Exception {
    long first = ledger.decide(-1, "refine", List.of(append(ORDERS, 1), append(CUSTOMERS, 2)));
    ledger.decide(first, "refine", List.of(append(ORDERS, 3)));
    for (String lost : List.of("_ledger/_delta_log/00000000000000000001", "_ledger")) {
      try (Stream<Path> files = Files.walk(folder.resolve("_ledger"))) {
        files
            .sorted(Comparator.reverseOrder())
            .filter(file -> file.startsWith(folder.resolve(lost)) || file.toString().contains(lost))
            .forEach(file -> file.toFile().delete());
      }
      Ledger behind = Ledger.of(warehouse);
      long newest = behind.open();
      assertThat(newest).isEqualTo(lost.equals("_ledger") ? -1 : 0);
      assertThatThrownBy(() -> behind.decide(newest, "refine", List.of(append(ORDERS, 4))))
          .hasMessageContaining("_ledger: decision 1 changed silver/orders");
      assertThat(behind.lost(List.of(LakeTable.at(warehouse, ORDERS).snapshot())))
          .first()
          .asString()
          .contains("_ledger: decision 1 changed");
      assertThat(ids(ORDERS)).containsExactly(1L, 3L);
    }
  }

  @Test
  void aTableThatIsBehindItsDecisionsOrGoneIsTold() throws Exception {
    long first = ledger.decide(-1, "refine", List.of(append(ORDERS, 1), append(CUSTOMERS, 2)));
    TableSnapshot then = LakeTable.at(warehouse, ORDERS).snapshot();
    ledger.decide(first, "refine", List.of(append(ORDERS, 3)));
    assertThat(ledger.tables()).containsExactly(Map.entry(CUSTOMERS, 0L), Map.entry(ORDERS, 1L));
    assertThat(ledger.lost(List.of(then)))
        .satisfiesExactlyInAnyOrder(
            line -> assertThat(line).startsWith(ORDERS + ": its newest change is of decision 0"),
            line -> assertThat(line).startsWith(CUSTOMERS + ": it is gone"));
    ledger.acceptLoss(List.of(CUSTOMERS));
    assertThat(ledger.open()).isEqualTo(2);
    assertThat(ledger.lost(List.of(LakeTable.at(warehouse, ORDERS).snapshot()))).isEmpty();
  }

  /** As after a kill between the commits of two tables. */
  @Test
  void whoOpensTheWarehouseNextFinishesWhatWasDecided() throws Exception {
    List<Ledger.Change> changes = List.of(append(ORDERS, 1), append(CUSTOMERS, 2));
    ledger.decide(-1, "refine", changes);
    for (String undone : List.of("customers", "orders")) {
      rewind(undone);
      Files.createDirectories(folder.resolve("_ledger/_intents"));
      Files.write(
          folder.resolve("_ledger/_intents").resolve(intentOfLastDecision()), intentOf(changes));
      assertThat(Ledger.of(warehouse).open()).isEqualTo(0);
      assertThat(ids(ORDERS)).containsExactly(1L);
      assertThat(ids(CUSTOMERS)).containsExactly(2L);
      assertThat(intents()).isEmpty();
    }
  }

  /** As after a kill between writing down what is intended and deciding it. */
  @Test
  void whatWasIntendedButNotDecidedNeverHappens() throws Exception {
    long decided = ledger.decide(-1, "refine", List.of(append(ORDERS, 1)));
    Files.write(
        folder.resolve("_ledger/_intents").resolve("some"), intentOf(List.of(append(ORDERS, 2))));
    assertThat(Ledger.of(warehouse).open()).isEqualTo(decided);
    assertThat(ids(ORDERS)).containsExactly(1L);
  }

  @Test
  void ofTwoRunsAtOnceOneWinsAndTheOtherChangesNothing() throws Exception {
    long seen = ledger.decide(-1, "refine", List.of(append(ORDERS, 0)));
    int runs = 6;
    ExecutorService threads = Executors.newFixedThreadPool(runs);
    try {
      List<Callable<Boolean>> attempts = new ArrayList<>();
      for (int run = 1; run <= runs; run++) {
        List<Ledger.Change> changes = List.of(append(ORDERS, run), append(CUSTOMERS, run));
        attempts.add(
            () -> {
              try {
                Ledger.of(warehouse).decide(seen, "refine", changes);
                return true;
              } catch (LakeException e) {
                assertThat(e.isConflict()).isTrue();
                assertThat(e)
                    .hasMessageContaining("another run")
                    .hasMessageContaining("run it again");
                return false;
              }
            });
      }
      int winners = 0;
      for (Future<Boolean> attempt : threads.invokeAll(attempts)) {
        winners += attempt.get() ? 1 : 0;
      }
      assertThat(winners).isEqualTo(1);
    } finally {
      threads.shutdownNow();
    }
    assertThat(ids(ORDERS)).hasSize(2);
    assertThat(ids(CUSTOMERS)).hasSize(1);
    assertThat(intents()).isEmpty();
  }

  @Test
  void whatCannotBeCommittedIsNotDecided() throws Exception {
    Ledger.Change good = append(ORDERS, 1);
    Ledger.Change bad = new Ledger.Change(CUSTOMERS, good.commit());
    assertThatThrownBy(() -> ledger.decide(-1, "refine", List.of(good, bad)))
        .isInstanceOf(LakeException.class)
        .hasMessageContaining("was written for table silver/orders");
    Ledger.Change bare = new Ledger.Change(CUSTOMERS, Commit.append(Schema.of(), List.of()));
    assertThatThrownBy(() -> ledger.decide(-1, "refine", List.of(good, bare)))
        .isInstanceOf(LakeException.class)
        .hasMessage(CUSTOMERS + ": a table without columns cannot be committed");
    Schema row = Schema.of().with("b", Type.LONG).with("B", Type.LONG);
    Schema nested = Schema.of().with("n", new Type.ListOf(new Type.RowOf(row)));
    for (Schema twice : List.of(row, nested)) {
      Ledger.Change apart = new Ledger.Change(CUSTOMERS, Commit.append(twice, List.of()));
      assertThatThrownBy(() -> ledger.decide(-1, "ingest", List.of(good, apart)))
          .isInstanceOf(LakeException.class)
          .hasMessageMatching(
              CUSTOMERS
                  + ": columns '(n\\.)?b' and '(n\\.)?B' differ in case alone; a table can have one"
                  + " of them");
    }
    assertThat(ledger.open()).isEqualTo(-1);
    assertThat(LakeTable.at(warehouse, ORDERS).exists()).isFalse();
    assertThat(intents()).isEmpty();
  }

  private void rewind(String table) throws Exception {
    Path log = folder.resolve("silver").resolve(table).resolve("_delta_log");
    try (Stream<Path> files = Files.list(log)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
  }

  private String intentOfLastDecision() {
    return LakeTable.at(warehouse, Ledger.TABLE)
        .snapshot()
        .properties()
        .getOrDefault("patron.intent", "");
  }

  private byte[] intentOf(List<Ledger.Change> changes) throws Exception {
    String other = folder.resolve("other").toString();
    Path written = folder.resolve("other/_ledger/_intents/one");
    Ledger.of(other).write(new org.apache.hadoop.fs.Path(written.toUri()), changes);
    byte[] bytes = Files.readAllBytes(written);
    Files.delete(written);
    return bytes;
  }
}
