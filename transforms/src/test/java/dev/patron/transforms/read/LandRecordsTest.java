package dev.patron.transforms.read;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.record.Decoded;
import dev.patron.features.record.RecordDecoder;
import dev.patron.features.record.SchemaEvidence;
import dev.patron.features.tables.TableDefinition;
import dev.patron.features.tables.TableDefinition.Format.Kind;
import dev.patron.features.tables.Tables;
import dev.patron.transforms.AnyRunner;
import dev.patron.transforms.parquet.FrameSink;
import dev.patron.transforms.parquet.HadoopFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LandRecordsTest {
  private final Path folder;

  LandRecordsTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private static TableDefinition table(String name, Kind kind) {
    return Landed.facts(name, kind, null);
  }

  private SourceFile file(String name, byte[] bytes) throws IOException {
    Path file = Files.write(folder.resolve(name), bytes);
    return SourceFile.whole(file.toString(), bytes.length, 0, "files");
  }

  private static byte[] gzip(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(text.getBytes(UTF_8));
    }
    return bytes.toByteArray();
  }

  /** The bronze rows of one table's file. */
  private static Frame read(Kind kind, SourceFile file) {
    List<Frame> frames = new ArrayList<>();
    SourceFile unused = read(kind, file, frames);
    return frames.isEmpty()
        ? Frame.empty(Tables.BRONZE)
        : Frame.concat(frames.get(0).schema(), frames);
  }

  private static SourceFile read(Kind kind, SourceFile file, List<Frame> frames) {
    return new FileRecords(List.of(table("t", kind)), null, (table, frame) -> frames.add(frame))
        .read(file);
  }

  private static List<String> column(Frame frame, String name) {
    List<String> values = new ArrayList<>();
    for (int row = 0; row < frame.rows(); row++) {
      values.add(String.valueOf(frame.value(row, name)));
    }
    return values;
  }

  @Test
  void gzippedAndPlainFilesGiveTheSameRecords() throws IOException {
    String lines = "{\"a\":1}\n\n{\"a\":2}";
    Frame plain = read(Kind.JSONL, file("a.jsonl", lines.getBytes(UTF_8)));
    Frame packed = read(Kind.JSONL, file("a.jsonl.gz", gzip(lines)));
    List<String> same = List.of("_offset", "_value", "_fault");
    assertThat(packed.select(same)).isEqualTo(plain.select(same));
    assertThat(column(plain, "_value")).containsExactly("{\"a\":1}", "", "{\"a\":2}");
    assertThat(column(plain, "_source")).containsOnly(folder.resolve("a.jsonl").toString());
  }

  @Test
  void gzipMembersEndToEndAreOneFile() throws IOException {
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    both.writeBytes(gzip("{\"a\":1}\n"));
    both.writeBytes(gzip("{\"a\":2}\n"));
    assertThat(column(read(Kind.JSONL, file("two.gz", both.toByteArray())), "_value"))
        .containsExactly("{\"a\":1}", "{\"a\":2}");
  }

  @Test
  void aFileCutInHalfGivesItsFirstHalfAndOneRefusalThatSaysSo() throws IOException {
    String lines = numbers(20_000);
    byte[] whole = gzip(lines);
    SourceFile half = file("half.jsonl.gz", Arrays.copyOf(whole, whole.length / 2));
    Frame bronze = read(Kind.JSONL, half);
    int read = bronze.rows() - 1;
    assertThat(read).isBetween(5_000, 19_000);
    TableDefinition table = table("t", Kind.JSONL);
    Decoded decoded = new RecordDecoder(table, Schema.of().with("a", Type.LONG)).decode(bronze);
    assertThat(decoded.rows().rows()).isEqualTo(read);
    assertThat(decoded.account()).hasToString("read=" + (read + 1) + ", quarantined=1");
    assertThat(column(decoded.quarantine(), "reason")).containsExactly("MALFORMED");
    assertThat(column(decoded.quarantine(), "detail").get(0))
        .isEqualTo(
            "half.jsonl.gz cannot be read beyond record "
                + read
                + ": Unexpected end of ZLIB input stream");
    assertThat(column(decoded.quarantine(), "_offset")).containsExactly("null");
    assertThat(lines).contains("\n" + column(decoded.quarantine(), "_value").get(0));
  }

  @Test
  void aFileThatIsNotWhatItSaysIsOneRefusal() throws IOException {
    SourceFile noGzip = file("b.csv.gz", "a,b\n1,2\n".getBytes(UTF_8));
    assertThat(column(read(Kind.CSV, noGzip), "_fault"))
        .containsExactly("MALFORMED: b.csv.gz cannot be read beyond record 0: Not in GZIP format");
    SourceFile noParquet = file("c.parquet", "PAR? not really".getBytes(UTF_8));
    Frame refused = read(Kind.PARQUET, noParquet);
    assertThat(refused.rows()).isEqualTo(1);
    assertThat(column(refused, "_fault").get(0))
        .as("the same wherever the file lies, as digests are")
        .startsWith("MALFORMED: c.parquet cannot be read as Parquet: ")
        .doesNotContain(folder.toString());
  }

  /** Whatever library stumbles over it, and with whatever exception. */
  @Test
  void aFileThatIsSpoiltAnywhereIsOneRefusalAndNoFailure() throws IOException {
    Schema own = Schema.of().with("id", Type.LONG).with("name", Type.STRING);
    List<List<?>> rows = new ArrayList<>();
    for (long id = 0; id < 2_000; id++) {
      rows.add(List.of(id, "name " + id * 7919));
    }
    byte[] parquet =
        Files.readAllBytes(Path.of(parquet("whole.parquet", Frame.ofRows(own, rows)).path()));
    byte[] packed = gzip(numbers(20_000));
    for (int at = 4; at < parquet.length; at += Math.max(1, parquet.length / 40)) {
      byte[] spoilt = parquet.clone();
      Arrays.fill(spoilt, at, Math.min(parquet.length, at + 3), (byte) 0x5a);
      assertThat(read(Kind.PARQUET, file("spoilt.parquet", spoilt)).rows()).isPositive();
    }
    for (int at = 0; at < packed.length; at += Math.max(1, packed.length / 40)) {
      byte[] spoilt = packed.clone();
      Arrays.fill(spoilt, at, Math.min(packed.length, at + 3), (byte) 0x5a);
      assertThat(read(Kind.JSONL, file("spoilt.jsonl.gz", spoilt)).rows()).isPositive();
    }
  }

  /** Taken for read, it would never be read again when it can be reached. */
  @Test
  void aFileThatCannotBeReachedEndsTheReading() throws IOException {
    WornDisk.plugIn(HadoopFiles.configuration());
    byte[] text = numbers(20_000).getBytes(UTF_8);
    byte[] packed = gzip(numbers(20_000));
    Frame rows = Frame.ofRows(Schema.of().with("id", Type.LONG), List.of(List.of(1L)));
    SourceFile parquet = parquet("worn.parquet", rows);
    for (String place :
        List.of(
            folder.resolve("gone.csv").toString(),
            folder.resolve("gone.parquet").toString(),
            "worn:" + file("worn.jsonl", text).path(),
            "worn:" + file("worn.jsonl.gz", packed).path(),
            "worn:" + parquet.path())) {
      Kind kind = place.endsWith(".parquet") ? Kind.PARQUET : Kind.JSONL;
      assertThatThrownBy(() -> read(kind, SourceFile.whole(place, 1, 0, "files")))
          .as(place)
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("cannot be read");
    }
  }

  @Test
  void anEmptyFileIsNoError() throws IOException {
    assertThat(read(Kind.JSONL, file("e.jsonl", new byte[0])).rows()).isZero();
    assertThat(read(Kind.CSV, file("e.csv", "a,b\n".getBytes(UTF_8))).rows()).isZero();
    assertThat(read(Kind.JSONL, file("e.gz", gzip(""))).rows()).isZero();
  }

  @Test
  void readingResumesBehindTheRecordsReadBefore() throws IOException {
    SourceFile csv = file("r.csv", "a,b\n1,2\n3,\"4\n5\"\n6,7\n".getBytes(UTF_8));
    Frame rest = read(Kind.CSV, csv.resumeAfter(2));
    assertThat(column(rest, "_value")).containsExactly("6,7");
    assertThat(column(rest, "_header")).containsExactly("a,b");
    assertThat(column(rest, "_offset")).containsExactly("5");
    assertThat(read(Kind.CSV, csv.resumeAfter(3)).rows()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "JSONL, '{\"a\":1}\n\n{\"a\":23}\r\n{\"a\":456}\n'",
    "JSONL, '{\"a\":1}\n{\"a\":23}'",
    "CSV, 'a,b\n1,2\n3,45\r\n6,789\n'",
    "CSV, '\uFEFFa,b\n1,\"2 \"\"3\"\n4,5\n6,7'",
  })
  void whereverAFileEndedInTheMiddleOfALineItIsReadOnFromThatLine(Kind kind, String text)
      throws IOException {
    byte[] whole = text.getBytes(UTF_8);
    List<String> all = column(read(kind, file("whole", whole)), "_value");
    for (int cut = 0; cut <= whole.length; cut++) {
      List<Frame> frames = new ArrayList<>();
      SourceFile left = read(kind, file("grows", Arrays.copyOf(whole, cut)), frames);
      int before = frames.stream().mapToInt(Frame::rows).sum();
      SourceFile grown = file("grows", whole).resumeAfter(left.after(), left.unfinished());
      SourceFile end = read(kind, grown, frames);

      List<String> values =
          frames.stream().flatMap(frame -> column(frame, "_value").stream()).toList();
      assertThat(values).as("cut at %d", cut).containsAll(all);
      int next = (int) left.after();
      boolean isSame =
          left.unfinished() > 0 && all.get(next).getBytes(UTF_8).length == left.unfinished();
      assertThat(values.subList(before, values.size()))
          .as("cut at %d: what was complete comes once", cut)
          .isEqualTo(all.subList(isSame ? next + 1 : next, all.size()));
      assertThat(end.after() + (end.unfinished() > 0 ? 1 : 0)).isEqualTo(all.size());
      assertThat(read(kind, end).rows()).as("nothing is new").isZero();
    }
  }

  @Test
  void aQuoteThatIsNeverClosedRepeatsNothingWhenTheFileGrows() throws IOException {
    String begun = "a,b\n1,2\n3,\"4\n5,6\n";
    List<Frame> frames = new ArrayList<>();
    SourceFile left = read(Kind.CSV, file("stray.csv", begun.getBytes(UTF_8)), frames);
    SourceFile grown =
        file("stray.csv", (begun + "7,8\n9,10\n").getBytes(UTF_8))
            .resumeAfter(left.after(), left.unfinished());
    SourceFile end = read(Kind.CSV, grown, frames);

    assertThat(frames.stream().flatMap(frame -> column(frame, "_value").stream()))
        .containsExactly("1,2", "3,\"4", "5,6", "7,8", "9,10");
    assertThat(read(Kind.CSV, end).rows()).isZero();
  }

  @Test
  void parquetRowsHaveTheirOwnColumnsAndTheirPlace() throws IOException {
    Schema own = Schema.of().with("id", Type.LONG).with("name", Type.STRING);
    SourceFile file =
        parquet("p.parquet", Frame.ofRows(own, List.of(List.of(1L, "x"), List.of(2L, "y"))));
    Frame bronze = read(Kind.PARQUET, file);
    assertThat(bronze.schema()).isEqualTo(own.and(Tables.BRONZE));
    assertThat(bronze.toRows())
        .containsExactly(
            Arrays.asList(1L, "x", file.path(), 0L, 1L, null, null, null, file.path(), null, null),
            Arrays.asList(2L, "y", file.path(), 0L, 2L, null, null, null, file.path(), null, null));
    assertThat(column(read(Kind.PARQUET, file.resumeAfter(1)), "_offset")).containsExactly("2");
  }

  private SourceFile parquet(String name, Frame frame) throws IOException {
    Path path = folder.resolve(name);
    FrameSink sink = FrameSink.of(frame.schema());
    try (WritableByteChannel channel = Channels.newChannel(Files.newOutputStream(path))) {
      sink.open(channel);
      sink.write(frame);
      sink.flush();
    }
    return SourceFile.whole(path.toString(), Files.size(path), 0, "files");
  }

  @Test
  void filesOfSeveralTablesAreReadOnceAndTheirRecordsGoToTheirTables() throws IOException {
    Files.writeString(
        folder.resolve("1.jsonl"),
        "{\"id\":1,\"__table\":\"books\"}\n{\"id\":2,\"__table\":\"authors\"}\n{\"ts_ms\":1}\n");
    Files.write(folder.resolve("2.jsonl.gz"), gzip("{\"id\":3,\"__table\":\"authors\"}\n"));
    Files.writeString(folder.resolve("o.csv"), "a\n1\n");
    Files.writeString(folder.resolve("_SUCCESS"), "");
    List<SourcePart> files = new ArrayList<>();
    files.addAll(SourceFiles.expand(folder + "/*.jsonl*", "changes"));
    files.addAll(SourceFiles.expand(folder + "/*.csv", "orders"));
    Landed landed =
        Landed.of(
            folder,
            AnyRunner.pipeline(),
            Map.of(
                "changes", List.of(table("books", Kind.DEBEZIUM), table("authors", Kind.DEBEZIUM)),
                "orders", List.of(table("orders", Kind.CSV))),
            land -> land,
            files);
    assertThat(ids(landed, "books")).containsExactlyInAnyOrder("1", "null");
    assertThat(ids(landed, "authors")).containsExactlyInAnyOrder("2", "3");
    assertThat(ids(landed, "orders")).containsExactly("1");
  }

  private static List<String> ids(Landed landed, String table) {
    return column(Objects.requireNonNull(landed.rows().get(table)), "_value").stream()
        .map(value -> value.replaceAll(".*\"id\":(\\d+).*", "$1").replaceAll("^\\{.*", "null"))
        .toList();
  }

  @Test
  void whereColumnsAreNotDeclaredWhatWasSeenOfThemIsTold() throws IOException {
    SourceFile csv = file("seen.csv", "day,amount\n2024-01-02,1.5\n".getBytes(UTF_8));
    TableDefinition open = table("open", Kind.CSV);
    TableDefinition declared =
        Landed.facts("declared", Kind.CSV, Schema.of().with("day", Type.DATE));
    Landed landed =
        Landed.of(
            folder,
            AnyRunner.pipeline(),
            Map.of("a", List.of(open), "b", List.of(declared)),
            land -> land,
            List.of(csv.inGroup("a"), csv.inGroup("b")));
    SchemaEvidence wanted = new SchemaEvidence();
    wanted.observe(Objects.requireNonNull(landed.rows().get("open")), open);
    assertThat(wanted.isEmpty()).isFalse();
    assertThat(Objects.requireNonNull(landed.evidence().get("open")).toJson())
        .isEqualTo(wanted.toJson());
    assertThat(Objects.requireNonNull(landed.evidence().get("declared")).isEmpty()).isTrue();
    assertThat(Objects.requireNonNull(landed.rows().get("declared")).rows()).isEqualTo(1);
  }

  @Test
  void aTableThatHasNowhereToGoIsRefusedBeforeTheRun() {
    Map<String, List<TableDefinition>> groups = Map.of("g", List.of(table("t", Kind.CSV)));
    assertThatThrownBy(() -> LandRecords.of(groups, Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("table 't' has nowhere to be written to: []");
  }

  @Test
  void aSourceThatBreaksOffWhileItIsWrittenLeavesNoFile() throws IOException {
    // More than one frame, so that a file is open when the source breaks off.
    byte[] whole = gzip(numbers(3 * Frame.TARGET_ROWS));
    Path pages =
        Files.write(folder.resolve("pages.jsonl.gz"), Arrays.copyOf(whole, whole.length - 100));
    StagedPages staged = new StagedPages(pages.toString(), "https://shop.example/orders", 0, "g");
    assertThatThrownBy(
            () ->
                Landed.of(
                    folder,
                    AnyRunner.pipeline(),
                    Map.of("g", List.of(table("orders", Kind.JSONL))),
                    land -> land,
                    List.of(staged)))
        .hasStackTraceContaining(pages + " cannot be read back");
    try (Stream<Path> left = Files.walk(folder)) {
      assertThat(left.filter(Files::isRegularFile)).containsExactly(pages);
    }
  }

  private static String numbers(int count) {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < count; i++) {
      lines.append("{\"a\":").append(Integer.toHexString(i * 0x9E3779B1).hashCode()).append("}\n");
    }
    return lines.toString();
  }

  private long modified(String name) throws IOException {
    return Files.getLastModifiedTime(folder.resolve(name)).toMillis();
  }

  @Test
  void globsAreSortedAndSayWhenTheyMatchNothing() throws IOException {
    Files.writeString(folder.resolve("b.csv"), "1");
    Files.writeString(folder.resolve("a.csv"), "22");
    Files.writeString(folder.resolve(".hidden"), "");
    Files.createDirectory(folder.resolve("empty"));
    SourceFile a = SourceFile.whole(folder + "/a.csv", 2, modified("a.csv"), "g");
    SourceFile b = SourceFile.whole(folder + "/b.csv", 1, modified("b.csv"), "g");
    assertThat(SourceFiles.expand(folder + "/*.csv", "g")).containsExactly(a, b);
    assertThat(SourceFiles.expand(folder.toString(), "g")).containsExactly(a, b);
    assertThat(SourceFiles.expand(folder + "/empty", "g")).isEmpty();
    assertThatThrownBy(() -> SourceFiles.expand(folder + "/*.jsonl", "g"))
        .isInstanceOf(NoSuchFile.class)
        .hasMessage("glob " + folder + "/*.jsonl matches nothing");
    assertThat(folder.resolve(".a.csv.crc")).doesNotExist();
  }
}
