package dev.patron.transforms.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.FrameDigest;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.transforms.parquet.RandomFrames;
import io.delta.kernel.internal.snapshot.LogSegment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LakeTableTest {
  private static final Schema BOOKS = schema("book_id: long, title: string");
  private static final Map<String, String> CHECKPOINTS = Map.of("delta.checkpointInterval", "2");

  private final Path folder;

  LakeTableTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private static Schema schema(String columns) {
    return ((Type.RowOf) Type.parse("row<" + columns + ">")).schema();
  }

  private LakeTable table(String name) {
    return LakeTable.at(folder.resolve("ware house ä%20").toString(), name);
  }

  private static Frame books(long... ids) {
    return Frame.ofRows(
        BOOKS, LongStream.of(ids).mapToObj(id -> List.of(id, "Título " + id)).toList());
  }

  private static DataFile file(LakeTable table, Frame frame) {
    return DataFileWriter.write(table, frame.schema(), Map.of(), List.of(frame));
  }

  private static FrameDigest digest(Frame frame) {
    FrameDigest digest = new FrameDigest();
    digest.add(frame, frame.schema().names().stream().sorted().toList());
    return digest;
  }

  private static void holds(LakeTable table, Frame frame) throws IOException {
    FrameDigest read = TableDigest.of(table.snapshot(), Set.of());
    assertThat(read.rows()).isEqualTo(frame.rows());
    assertThat(read.hex()).isEqualTo(digest(frame).hex());
    assertThat(table.snapshot().rows()).isEqualTo(frame.rows());
    assertThat(KernelReader.rows(table)).containsExactlyInAnyOrderElementsOf(frame.toRows());
  }

  @Test
  void aTableComesIntoBeingWithItsFirstCommit() throws IOException {
    LakeTable table = table("silver/books");
    assertThat(table.exists()).isFalse();
    assertThat(table.version()).isEmpty();
    assertThatThrownBy(table::snapshot)
        .isInstanceOf(LakeException.class)
        .hasMessageStartingWith("silver/books: there is no such table in ");

    DataFile file = file(table, books(1, 2));
    assertThat(table.exists()).isFalse();
    assertThat(table.commit(Commit.append(BOOKS, List.of(file))))
        .isEqualTo(new Commit.Result(0, false));

    assertThat(table.version()).hasValue(0);
    assertThat(table.snapshot().schema()).isEqualTo(BOOKS);
    assertThat(table.snapshot().files()).containsExactly(file);
    holds(table, books(1, 2));
  }

  @Test
  void aVersionIsReadOnceWhileItIsTheNewest() {
    LakeTable table = table("silver/books");
    table.commit(Commit.append(BOOKS, List.of(file(table, books(1)))));
    TableSnapshot first = table.snapshot();
    assertThat(table("silver/books").snapshot()).isSameAs(first);
    assertThat(table.snapshot(0)).isSameAs(first);

    table.commit(Commit.append(BOOKS, List.of(file(table, books(2)))));
    assertThat(table.snapshot().version()).isEqualTo(1);
    assertThat(table.snapshot(0).files()).isEqualTo(first.files());
  }

  @Test
  void aTableThatWasDeletedAndMadeAgainIsAnotherOne() throws IOException {
    LakeTable table = table("silver/books");
    table.commit(Commit.append(BOOKS, List.of(file(table, books(1)))));
    String id = table.snapshot().id();
    table.commit(
        Commit.append(BOOKS, List.of(file(table, books(2)))).withProperties(Map.of("a", "b")));
    holds(table, books(1, 2));
    assertThat(table.snapshot().id()).isEqualTo(id);

    try (Stream<Path> files = Files.walk(Path.of(table.path().toUri()))) {
      files.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
    }
    assertThat(table.exists()).isFalse();
    table.commit(Commit.append(BOOKS, List.of(file(table, books(3)))));
    assertThat(table.version()).hasValue(0);
    table.commit(Commit.append(BOOKS, List.of(file(table, books(4, 5)))));
    holds(table, books(3, 4, 5));
    assertThat(table.snapshot().id()).isNotEqualTo(id);
  }

  /** Tables of random commits, ours and another process's, with a checkpoint every third. */
  @Test
  void whatIsKnownOfATableAfterOurCommitsIsWhatItsLogSays() {
    for (long seed = 0; seed < 2; seed++) {
      Random random = new Random(seed);
      LakeTable table = table("known" + seed);
      Schema schema = BOOKS;
      table.commit(
          Commit.append(schema, List.of()).withProperties(Map.of("delta.checkpointInterval", "3")));
      for (int step = 1; step <= 14; step++) {
        if (random.nextInt(6) == 0) {
          schema = schema.with("c" + step, Type.LONG);
        }
        Commit commit = randomCommit(table, schema, random, step);
        if (random.nextInt(5) == 0) {
          assertThat(
                  DeltaLog.commit(
                      table.path(),
                      DeltaLog.latest(table.path()),
                      Commit.append(schema, commit.add()),
                      schema,
                      List.of(),
                      List.of()))
              .isPresent();
        } else {
          table.commit(commit);
        }
        assertIsAsTheLogSays(table.snapshot(), step);
        long earlier = Math.max(0, step - 1 - random.nextInt(4));
        assertThat(table.snapshot(earlier).files())
            .isEqualTo(new TableSnapshot(table, DeltaLog.at(table.path(), earlier)).files());
      }
    }
  }

  private static Commit randomCommit(LakeTable table, Schema schema, Random random, int step) {
    List<DataFile> present = table.snapshot().files();
    List<DataFile> added =
        random.nextInt(3) == 0
            ? List.of()
            : List.of(file(table, books(step)), file(table, books()));
    Commit commit =
        switch (random.nextInt(4)) {
          case 0 -> Commit.overwrite(schema, added);
          case 1 ->
              Commit.replace(schema, present.subList(0, random.nextInt(present.size() + 1)), added);
          default -> Commit.append(schema, added);
        };
    return random.nextBoolean()
        ? commit.withTransaction("a", step).withProperties(Map.of("p", "" + step))
        : commit;
  }

  private static void assertIsAsTheLogSays(TableSnapshot known, long version) {
    TableSnapshot read =
        new TableSnapshot(known.table(), DeltaLog.latest(known.table().path()).orElseThrow());
    assertThat(known.version()).isEqualTo(version).isEqualTo(read.version());
    assertThat(known.schema()).isEqualTo(read.schema());
    assertThat(known.properties()).isEqualTo(read.properties());
    assertThat(known.lastTransaction("a")).isEqualTo(read.lastTransaction("a"));
    assertThat(known.files()).isEqualTo(read.files());
    // Of the same log it would also find the same later.
    assertThat(new TableSnapshot(known.table(), known.delta()).files()).isEqualTo(read.files());
    LogSegment log = known.delta().getLogSegment();
    assertThat(log.getCheckpoints()).isEqualTo(read.delta().getLogSegment().getCheckpoints());
    assertThat(log.getDeltas()).isEqualTo(read.delta().getLogSegment().getDeltas());
    assertThat(log.getLastSeenChecksum())
        .isEqualTo(read.delta().getLogSegment().getLastSeenChecksum());
  }

  @Test
  void aTableMayHaveNoRows() throws IOException {
    LakeTable table = table("silver/none");
    table.commit(Commit.overwrite(BOOKS, List.of()));

    assertThat(table.snapshot().files()).isEmpty();
    holds(table, Frame.empty(BOOKS));
  }

  @Test
  void anyColumnsAreReadAsTheyWereWritten() throws IOException {
    for (long seed = 0; seed < 3; seed++) {
      RandomFrames random = new RandomFrames(seed);
      Schema schema = random.schema(10);
      LakeTable table = table("random" + seed);
      Frame first = random.frame(schema, 40);
      Frame second = random.frame(schema, 3);
      table.commit(
          Commit.append(schema, List.of(file(table, first), file(table, second)))
              .withProperties(CHECKPOINTS));

      assertThat(table.snapshot().schema()).as("seed %d", seed).isEqualTo(schema);
      holds(table, Frame.concat(schema, List.of(first, second)));
    }
  }

  @Test
  void fiftyCommitsLeaveFiftyVersionsAndCheckpoints() throws IOException {
    LakeTable table = table("silver/many");
    List<Frame> frames = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      Frame frame = books(i);
      frames.add(frame);
      table.commit(
          Commit.append(BOOKS, List.of(file(table, frame)))
              .withProperties(CHECKPOINTS)
              .withTransaction("orders", i));
    }

    assertThat(table.version()).hasValue(49);
    assertThat(table.lastTransaction("orders")).hasValue(49);
    assertThat(table.snapshot(9).rows()).isEqualTo(10);
    holds(table, Frame.concat(BOOKS, frames));
    try (var log = Files.list(Path.of(table.path().toUri().getPath(), "_delta_log"))) {
      List<String> names = log.map(file -> file.getFileName().toString()).toList();
      assertThat(names).contains("00000000000000000048.checkpoint.parquet");
      assertThat(names).noneMatch(name -> name.endsWith(".tmp") || name.endsWith(".lock"));
    }
  }

  @Test
  void anOverwriteLeavesOnlyTheNewRowsAndMayChangeTheColumns() throws IOException {
    LakeTable table = table("silver/overwritten");
    for (int i = 0; i < 3; i++) {
      table.commit(
          Commit.append(BOOKS, List.of(file(table, books(i)))).withProperties(CHECKPOINTS));
    }
    Schema other = schema("title: decimal(20,3), book_id: double, tags: array<string>");
    Frame frame = new RandomFrames(5).frame(other, 20);
    assertThatThrownBy(() -> table.commit(Commit.append(other, List.of(file(table, frame)))))
        .isInstanceOf(LakeException.class)
        .hasMessage(
            "silver/overwritten: column 'book_id' is long in the table and double in the new rows;"
                + " only overwriting the table can change it");

    table.commit(Commit.overwrite(other, List.of(file(table, frame))));
    assertThat(table.snapshot().schema()).isEqualTo(other);
    holds(table, frame);
    assertThat(table.snapshot(2).schema()).isEqualTo(BOOKS);
    assertThat(TableDigest.of(table.snapshot(2), Set.of()).hex())
        .isEqualTo(digest(books(0, 1, 2)).hex());

    Frame more = new RandomFrames(6).frame(other, 4);
    for (int i = 0; i < 3; i++) {
      table.commit(Commit.append(other, List.of(file(table, more))));
    }
    holds(table, Frame.concat(other, List.of(frame, more, more, more)));
  }

  @Test
  void newColumnsAreAddedAtTheEndAndAreNullBefore() throws IOException {
    LakeTable table = table("silver/grown");
    Schema old = schema("id: long, line: row<n: long>");
    Schema wide = schema("extra: string, line: row<price: decimal(9,2), n: long>, id: long");
    Schema merged = schema("id: long, line: row<n: long, price: decimal(9,2)>, extra: string");
    Frame before = Frame.ofRows(old, List.of(List.of(1L, List.of(7L)), Arrays.asList(2L, null)));
    Frame after =
        Frame.ofRows(
            wide, List.of(List.of("x", List.of(new java.math.BigDecimal("1.50"), 8L), 3L)));

    table.commit(Commit.append(old, List.of(file(table, before))).withProperties(CHECKPOINTS));
    table.commit(Commit.append(wide, List.of(file(table, after))));

    assertThat(table.snapshot().schema()).isEqualTo(merged);
    holds(
        table,
        Frame.ofRows(
            merged,
            List.of(
                Arrays.asList(1L, Arrays.asList(7L, null), null),
                Arrays.asList(2L, null, null),
                List.of(3L, List.of(8L, new java.math.BigDecimal("1.50")), "x"))));
    table.commit(Commit.append(old, List.of(file(table, before))));
    table.commit(Commit.append(old, List.of()));
    assertThat(table.snapshot().schema()).isEqualTo(merged);
    assertThat(table.snapshot().rows()).isEqualTo(5);
  }

  @Test
  void aReplacementRemovesTheGivenFilesAlone() throws IOException {
    LakeTable table = table("silver/replaced");
    List<DataFile> files = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      files.add(file(table, books(i)));
    }
    table.commit(Commit.append(BOOKS, files).withProperties(CHECKPOINTS));
    table.commit(Commit.replace(BOOKS, List.of(files.get(1)), List.of(file(table, books(11, 12)))));
    holds(table, books(0, 2, 11, 12));

    Commit again = Commit.replace(BOOKS, List.of(files.get(1)), List.of(file(table, books(13))));
    assertThatExceptionOfType(LakeException.class)
        .isThrownBy(() -> table.commit(again))
        .withMessage(
            "silver/replaced: another writer removed 1 of the files to be replaced meanwhile; run"
                + " again")
        .matches(LakeException::isConflict);
    holds(table, books(0, 2, 11, 12));
  }

  @Test
  void filesThatWereRearrangedHoldNothingNew() throws IOException {
    LakeTable table = table("silver/rearranged");
    DataFile first = file(table, books(1));
    DataFile second = file(table, books(2));
    DataFile both = file(table, books(1, 2));
    table.commit(Commit.append(BOOKS, List.of(first)));
    table.commit(Commit.append(BOOKS, List.of(second)));
    table.commit(Commit.rearrange(BOOKS, List.of(first, second), List.of(both)));
    holds(table, books(1, 2));
    assertThat(table.snapshot().addedSince(0).orElseThrow()).containsExactly(second);
    assertThat(table.snapshot().addedSince(1)).hasValue(List.of());
    assertThat(table.snapshot().addedSince(2)).hasValue(List.of());

    Files.delete(Path.of(table.path(second).toUri().getPath()));
    assertThat(table.snapshot().addedSince(0)).isEmpty();
    table.commit(Commit.replace(BOOKS, List.of(both), List.of(first)));
    assertThatThrownBy(() -> table.snapshot().addedSince(2))
        .isInstanceOf(LakeException.class)
        .hasMessage(
            "silver/rearranged: version 3 (WRITE by Kernel-4.0.1/Patron) takes away or changes rows"
                + " that other tables are made of; run again with --rebuild to make them of what it"
                + " has now");
  }

  @Test
  void aTransactionIsCommittedOnce() throws IOException {
    LakeTable table = table("silver/once");
    Commit first = Commit.append(BOOKS, List.of(file(table, books(1)))).withTransaction("run", 7);
    assertThat(table.commit(first)).isEqualTo(new Commit.Result(0, false));
    assertThat(table.commit(first)).isEqualTo(new Commit.Result(0, true));
    assertThat(
            table.commit(
                Commit.overwrite(BOOKS, List.of(file(table, books(2)))).withTransaction("run", 6)))
        .isEqualTo(new Commit.Result(0, true));
    assertThat(
            table.commit(
                Commit.append(BOOKS, List.of(file(table, books(3)))).withTransaction("run", 8)))
        .isEqualTo(new Commit.Result(1, false));

    assertThat(table.lastTransaction("run")).isEqualTo(OptionalLong.of(8));
    assertThat(table.lastTransaction("other")).isEmpty();
    holds(table, books(1, 3));
  }

  @Test
  void workThatBeganAtAnOlderVersionFails() throws IOException {
    LakeTable table = table("silver/version");
    table.commit(Commit.append(BOOKS, List.of(file(table, books(1)))).onVersion(-1));
    table.commit(Commit.append(BOOKS, List.of(file(table, books(2)))).onVersion(0));
    Commit stale = Commit.overwrite(BOOKS, List.of(file(table, books(3)))).onVersion(0);

    assertThatExceptionOfType(LakeException.class)
        .isThrownBy(() -> table.commit(stale))
        .withMessage(
            "silver/version: another writer changed it meanwhile (it is at version 1, this work"
                + " began at 0); run again")
        .matches(LakeException::isConflict);
    holds(table, books(1, 2));
  }

  @Test
  void propertiesAreKept() {
    LakeTable table = table("silver/properties");
    table.commit(
        Commit.append(BOOKS, List.of()).withProperties(Map.of("patron.offsets", "{\"0\": 5}")));
    table.commit(
        Commit.append(BOOKS, List.of()).withProperties(Map.of("patron.offsets", "{\"0\": 9}")));
    table.commit(Commit.append(BOOKS, List.of()));

    assertThat(table.snapshot().properties()).containsEntry("patron.offsets", "{\"0\": 9}");
    assertThat(table.snapshot(0).properties()).containsEntry("patron.offsets", "{\"0\": 5}");
    assertThatThrownBy(
            () -> table.commit(Commit.append(BOOKS, List.of()).withProperties(CHECKPOINTS)))
        .hasMessageContaining("delta.checkpointInterval can only be set when the table is created");
  }

  @Test
  void partitionColumnsAreInTheLogAndNotInTheFiles() throws IOException {
    LakeTable table = table("bronze/books");
    Schema schema = BOOKS.with("_ingested_on", Type.DATE);
    List<DataFile> files = new ArrayList<>();
    for (String day : new String[] {"2024-02-28", "2024-02-29", null}) {
      files.add(
          DataFileWriter.write(
              table,
              schema,
              java.util.Collections.singletonMap("_ingested_on", day),
              List.of(books(files.size()))));
    }
    table.commit(
        Commit.append(schema, files)
            .partitionedBy(List.of("_ingested_on"))
            .withProperties(CHECKPOINTS));
    for (int i = 0; i < 3; i++) {
      table.commit(Commit.append(schema, List.of()));
    }

    assertThat(files.get(0).path()).startsWith("_ingested_on=2024-02-28/part-");
    assertThat(table.snapshot().partitionColumns()).containsExactly("_ingested_on");
    assertThat(table.snapshot().files()).containsExactlyInAnyOrderElementsOf(files);
    holds(
        table,
        Frame.ofRows(
            schema,
            List.of(
                List.of(0L, "Título 0", java.time.LocalDate.of(2024, 2, 28)),
                List.of(1L, "Título 1", java.time.LocalDate.of(2024, 2, 29)),
                Arrays.asList(2L, "Título 2", null))));
    assertThatThrownBy(() -> table.commit(Commit.append(schema, List.of(file(table, books(9))))))
        .hasMessageContaining(
            "has values of partition columns [] where the table has [_ingested_on]");
  }

  @Test
  void aFileThatDoesNotFitTheTableIsRefused() {
    LakeTable table = table("silver/fit");
    table.commit(Commit.append(BOOKS, List.of(file(table, books(1)))));
    Schema other = schema("book_id: string");
    DataFile wrong = file(table, Frame.ofRows(other, List.of(List.of("x"))));

    assertThatThrownBy(() -> table.commit(Commit.append(BOOKS, List.of(wrong))))
        .isInstanceOf(LakeException.class)
        .hasMessageContaining("has column 'book_id' as string where the table has long");
    DataFile foreign = file(table("silver/elsewhere"), books(1));
    assertThatThrownBy(() -> table.commit(Commit.append(BOOKS, List.of(foreign))))
        .hasMessageContaining("was written for table silver/elsewhere");
    assertThatThrownBy(
            () ->
                DataFileWriter.write(
                    table, BOOKS, Map.of(), List.of(Frame.ofRows(other, List.of(List.of("x"))))))
        .hasMessage(
            "silver/fit: rows have a column book_id: string where the table has (book_id: long,"
                + " title: string)");
  }

  @Test
  void concurrentAppendsAllArriveAndConcurrentReplacementsOnce() throws Exception {
    LakeTable table = table("silver/threads");
    DataFile contested = file(table, books(0));
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Future<Commit.Result>> appends = new ArrayList<>();
      for (int i = 1; i <= 16; i++) {
        DataFile file = i == 1 ? contested : file(table, books(i));
        appends.add(
            threads.submit(
                () ->
                    table.commit(
                        Commit.append(BOOKS, List.of(file)).withProperties(Map.of("a", "b")))));
      }
      assertThat(versions(appends))
          .containsExactlyInAnyOrderElementsOf(LongStream.range(0, 16).boxed().toList());

      List<Future<Commit.Result>> replacements = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        DataFile file = file(table, books(100 + i));
        replacements.add(
            threads.submit(
                () -> table.commit(Commit.replace(BOOKS, List.of(contested), List.of(file)))));
      }
      assertThat(versions(replacements)).hasSize(1);
      assertThat(table.snapshot().rows()).isEqualTo(16);
      assertThat(KernelReader.rows(table)).hasSize(16);
    } finally {
      threads.shutdownNow();
    }
  }

  private static List<Long> versions(List<Future<Commit.Result>> commits) throws Exception {
    List<Long> versions = new ArrayList<>();
    for (Future<Commit.Result> commit : commits) {
      try {
        versions.add(commit.get().version());
      } catch (java.util.concurrent.ExecutionException e) {
        assertThat(e.getCause() instanceof LakeException lost && lost.isConflict()).isTrue();
      }
    }
    return versions;
  }

  @Test
  void whatStandsInTheWayIsToldInOneLine() throws IOException {
    Files.createDirectories(folder.resolve("w"));
    Files.writeString(folder.resolve("w/taken"), "x");
    LakeTable taken = LakeTable.at(folder.resolve("w").toString(), "taken");
    assertThatThrownBy(taken::exists)
        .isInstanceOf(LakeException.class)
        .hasMessage("taken: " + folder.resolve("w/taken") + " is a file, not a table");
    LakeTable below = LakeTable.at(folder.resolve("w/taken").toString(), "books");
    assertOneLine(() -> below.commit(Commit.append(BOOKS, List.of())), "books: ");
    assertOneLine(() -> file(below, books(1)), "books: a data file cannot be created: ");
    LakeTable unwritable = LakeTable.at("/proc/patron", "books");
    assertOneLine(() -> file(unwritable, books(1)), "books: a data file cannot be created: ");
    assertOneLine(
        () -> unwritable.commit(Commit.append(BOOKS, List.of())), "books: cannot be committed: ");
    assertOneLine(
        () -> table("w").commit(Commit.append(Schema.of().with("a b", Type.LONG), List.of())),
        "w: cannot be committed: ");

    LakeTable damaged = table("silver/damaged");
    damaged.commit(Commit.append(BOOKS, List.of(file(damaged, books(1)))));
    DataFile file = damaged.snapshot().files().get(0);
    Files.delete(Path.of(damaged.path().toUri().getPath(), file.path()));
    assertOneLine(
        () -> TableDigest.of(damaged.snapshot(), Set.of()),
        "silver/damaged: data file %s is missing or damaged: "
            .formatted(Path.of(file.path()).getFileName()));
    Files.writeString(
        Path.of(damaged.path().toUri().getPath(), "_delta_log/00000000000000000000.json"), "{oops");
    assertOneLine(() -> damaged.snapshot().files(), "silver/damaged: its files cannot be listed: ");
  }

  private static void assertOneLine(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String start) {
    assertThatExceptionOfType(LakeException.class)
        .isThrownBy(call)
        .withMessageStartingWith(start)
        .matches(e -> e.getMessage() != null && e.getMessage().lines().count() == 1);
  }

  @Test
  void theDigestLeavesOutColumnsAndDoesNotDependOnFilesOrOrder() {
    LakeTable one = table("silver/one");
    LakeTable other = table("silver/other");
    one.commit(Commit.append(BOOKS, List.of(file(one, books(1, 2, 3)))));
    Schema turned = schema("_file: string, title: string, book_id: long");
    other.commit(
        Commit.append(
            turned,
            List.of(
                file(other, Frame.ofRows(turned, List.of(List.of("a", "Título 3", 3L)))),
                file(
                    other,
                    Frame.ofRows(
                        turned,
                        List.of(List.of("b", "Título 2", 2L), List.of("c", "Título 1", 1L)))))));

    assertThat(TableDigest.of(other.snapshot(), Set.of("_file")).hex())
        .isEqualTo(TableDigest.of(one.snapshot(), Set.of("_file")).hex());
    assertThat(TableDigest.of(other.snapshot(), Set.of()).hex())
        .isNotEqualTo(TableDigest.of(one.snapshot(), Set.of()).hex());
  }
}
