package dev.patron.transforms.parquet;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.patron.features.frame.Column;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.frame.Values;
import dev.patron.transforms.shuffle.FrameCoder;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.FileIO;
import org.apache.beam.sdk.transforms.Create;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroupFactory;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.Util;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.internal.column.columnindex.OffsetIndex;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParquetFramesTest {
  private final java.nio.file.Path folder;

  ParquetFramesTest(@TempDir java.nio.file.Path folder) {
    this.folder = folder;
  }

  private Path file(String name) {
    return HadoopFiles.path(folder.resolve(name).toString());
  }

  private Path write(String name, FileIO.Sink<Frame> sink, Frame... frames) throws IOException {
    java.nio.file.Path local = folder.resolve(name);
    try (WritableByteChannel channel =
        Files.newByteChannel(local, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      sink.open(channel);
      for (Frame frame : frames) {
        sink.write(frame);
      }
      sink.flush();
    }
    return file(name);
  }

  private static Frame read(Path file, Schema wanted) throws UnreadableFileException {
    List<Frame> frames = new ArrayList<>();
    ParquetFrames.read(file, HadoopFiles.configuration(), wanted, frames::add);
    return Frame.concat(wanted, frames);
  }

  private static Frame read(Path file) throws UnreadableFileException {
    return read(file, ParquetFrames.schema(file, HadoopFiles.configuration()));
  }

  @Test
  void whatIsWrittenIsReadAgain() throws IOException {
    for (long seed = 0; seed < 30; seed++) {
      RandomFrames random = new RandomFrames(seed);
      Schema schema = random.schema(8);
      Frame first = random.frame(schema, (int) seed * 3);
      Frame second = random.frame(schema, 7);
      Path file = write("random" + seed, FrameSink.create(), first, second);

      assertThat(ParquetFrames.schema(file, HadoopFiles.configuration()))
          .as("seed %d", seed)
          .isEqualTo(schema);
      assertThat(read(file))
          .as("seed %d", seed)
          .isEqualTo(Frame.concat(schema, List.of(first, second)));
    }
  }

  @Test
  void everyVersionOfPagesAndEveryEncodingIsRead() throws IOException {
    for (long seed = 300; seed < 320; seed++) {
      RandomFrames random = new RandomFrames(seed);
      Schema schema = random.schema(8);
      Frame frame = random.frame(schema, (int) (seed - 300) * 60);
      Path file = write("written" + seed, FrameSink.of(schema), frame);
      for (WriterVersion version : WriterVersion.values()) {
        for (boolean dictionary : new boolean[] {true, false}) {
          Path copy = copied(file, "copy" + seed + version + dictionary, version, dictionary);
          assertThat(read(copy, schema))
              .as("seed %d, %s, dictionary %s", seed, version, dictionary)
              .isEqualTo(frame);
        }
      }
    }
  }

  /** The same records in small pages. */
  private Path copied(Path from, String name, WriterVersion version, boolean dictionary)
      throws IOException {
    MessageType type = footer(from).getFileMetaData().getSchema();
    Path to = file(name);
    try (ParquetReader<Group> reader =
            ParquetReader.builder(new GroupReadSupport(), from)
                .withConf(HadoopFiles.configuration())
                .build();
        ParquetWriter<Group> writer =
            ExampleParquetWriter.builder(to)
                .withConf(HadoopFiles.configuration())
                .withType(type)
                .withWriterVersion(version)
                .withDictionaryEncoding(dictionary)
                .withPageSize(1024)
                .withMinRowCountForPageSizeCheck(10)
                .build()) {
      for (Group group = reader.read(); group != null; group = reader.read()) {
        writer.write(group);
      }
    }
    return to;
  }

  @Test
  void selectedRowsAreThoseOfTheWholeFile() throws IOException {
    for (long seed = 400; seed < 420; seed++) {
      RandomFrames random = new RandomFrames(seed);
      Random dice = new Random(seed);
      Schema schema = Schema.of().with("n", Type.LONG).and(random.schema(6));
      Frame others = random.frame(schema, (int) (seed - 400) * 40);
      Column numbers =
          Frame.ofRows(
                  Schema.of().with("n", Type.LONG),
                  LongStream.range(0, others.rows()).mapToObj(List::of).toList())
              .column(0);
      Frame frame =
          Frame.of(
              schema,
              IntStream.range(0, schema.size())
                  .mapToObj(i -> i == 0 ? numbers : others.column(i))
                  .toArray(Column[]::new));
      Path written = write("selected" + seed, ColumnSink.of(schema), frame);
      Path file = copied(written, "small" + seed, WriterVersion.PARQUET_1_0, seed % 2 == 0);
      int every = 1 + dice.nextInt(60);
      IntPredicate wanted = number -> (number * 31 + 7) % every == 0;
      List<Frame> found = new ArrayList<>();

      ParquetFrames.read(
          file,
          HadoopFiles.configuration(),
          schema,
          List.of("n"),
          keys ->
              IntStream.range(0, keys.rows())
                  .filter(row -> wanted.test((int) keys.longs("n").get(row)))
                  .toArray(),
          found::add);

      assertThat(Frame.concat(schema, found)).as("seed %d", seed).isEqualTo(frame.filter(wanted));
    }
  }

  @Test
  void bothSinksWriteTheSameColumnsAndValues() throws IOException {
    for (long seed = 200; seed < 230; seed++) {
      RandomFrames random = new RandomFrames(seed);
      Schema schema = random.schema(8);
      Frame first = random.frame(schema, (int) (seed - 200) * 50);
      Frame second = random.frame(schema, 7);
      Path byRows = write("rows" + seed, FrameSink.of(schema), first, second);
      Path byColumns = write("columns" + seed, ColumnSink.of(schema), first, second);

      ParquetMetadata rows = footer(byRows);
      ParquetMetadata columns = footer(byColumns);
      assertThat(columns.getFileMetaData().getSchema().toString())
          .as("seed %d", seed)
          .isEqualTo(withNumbers(rows.getFileMetaData().getSchema().toString()));
      assertThat(chunks(columns)).as("seed %d", seed).isEqualTo(chunks(rows));
      assertThat(read(byColumns))
          .as("seed %d", seed)
          .isEqualTo(Frame.concat(schema, List.of(first, second)));
      // An independent reader, which assembles records from levels.
      assertThat(records(byColumns)).as("seed %d", seed).isEqualTo(records(byRows));
    }
  }

  @Test
  void aLargeFileOfColumnsHasPagesAndRowGroupsAndKeepsItsOrder() throws IOException {
    Schema schema =
        Schema.of()
            .with("n", Type.LONG)
            .with("few", Type.STRING)
            .with("lines", Type.parse("array<row<n: long, text: string>>"));
    List<Frame> frames = new ArrayList<>();
    Random random = new Random(3);
    for (int frame = 0; frame < 9; frame++) {
      List<List<Object>> rows = new ArrayList<>();
      for (int i = 0; i < 7_001; i++) {
        long n = frame * 7_001L + i;
        List<Object> lines = new ArrayList<>();
        for (int line = 0; line < n % 3; line++) {
          // Row groups are as large as what is left of them by compression.
          byte[] incompressible = new byte[900];
          random.nextBytes(incompressible);
          lines.add(List.of(n + line, Base64.getEncoder().encodeToString(incompressible)));
        }
        rows.add(List.of(n, "f" + n % 5, lines));
      }
      frames.add(Frame.ofRows(schema, rows));
    }
    Path file = write("pages", ColumnSink.of(schema), frames.toArray(Frame[]::new));

    assertThat(footer(file).getBlocks()).hasSizeGreaterThan(1);
    assertThat(footer(file).getBlocks().stream().mapToLong(BlockMetaData::getRowCount).sum())
        .isEqualTo(9 * 7_001);
    assertThat(read(file)).isEqualTo(Frame.concat(schema, frames));
    try (ParquetFileReader reader =
        ParquetFileReader.open(HadoopInputFile.fromPath(file, HadoopFiles.configuration()))) {
      ColumnChunkMetaData n = reader.getFooter().getBlocks().get(0).getColumns().get(0);
      OffsetIndex offsets = reader.readOffsetIndex(n);
      assertThat(offsets.getPageCount()).isGreaterThan(1);
      for (int page = 0; page < offsets.getPageCount(); page++) {
        assertThat(
                reader
                    .readColumnIndex(n)
                    .getMinValues()
                    .get(page)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .getLong(0))
            .as("pages begin at the row that their index says")
            .isEqualTo(offsets.getFirstRowIndex(page));
      }
    }
  }

  @Test
  void onlyValuesThatComeOftenHaveADictionary() throws IOException {
    Schema schema =
        Schema.of().with("key", Type.LONG).with("twice", Type.DOUBLE).with("few", Type.STRING);
    List<List<Object>> rows = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      rows.add(List.of((long) i, (i - i % 2) / 16.0, "f" + i % 100));
    }
    Path file = write("repeats", ColumnSink.of(schema), Frame.ofRows(schema, rows));

    assertThat(footer(file).getBlocks().get(0).getColumns())
        .extracting(
            column -> column.getPath().toDotString(),
            column -> column.getEncodings().stream().anyMatch(Encoding::usesDictionary))
        .containsExactly(tuple("key", false), tuple("twice", false), tuple("few", true));
  }

  private static ParquetMetadata footer(Path file) throws IOException {
    try (ParquetFileReader reader =
        ParquetFileReader.open(HadoopInputFile.fromPath(file, HadoopFiles.configuration()))) {
      return reader.getFooter();
    }
  }

  /** What the footer says of each column: how many values, how many nulls, the bounds. */
  private static List<String> chunks(ParquetMetadata footer) {
    return footer.getBlocks().stream()
        .flatMap(block -> block.getColumns().stream())
        .map(
            chunk ->
                "%s %d %s".formatted(chunk.getPath(), chunk.getValueCount(), chunk.getStatistics()))
        .toList();
  }

  /** The schema of a file by rows, with the decimals of one by columns. */
  private static String withNumbers(String schema) {
    return Pattern.compile("fixed_len_byte_array\\(\\d+\\) (\\w+ \\(DECIMAL\\((\\d+),\\d+\\)\\))")
        .matcher(schema)
        .replaceAll(
            decimal -> {
              int precision = Integer.parseInt(decimal.group(2));
              return precision > 18
                  ? decimal.group()
                  : (precision > 9 ? "int64 " : "int32 ") + decimal.group(1);
            });
  }

  private static List<List<Object>> records(Path file) throws IOException {
    List<List<Object>> records = new ArrayList<>();
    try (ParquetReader<Group> reader =
        ParquetReader.builder(new GroupReadSupport(), file).build()) {
      for (Group record = reader.read(); record != null; record = reader.read()) {
        records.add(values(record));
      }
    }
    return records;
  }

  private static List<Object> values(Group record) {
    List<Object> values = new ArrayList<>();
    for (int field = 0; field < record.getType().getFieldCount(); field++) {
      org.apache.parquet.schema.Type type = record.getType().getType(field);
      for (int i = 0; i < record.getFieldRepetitionCount(field); i++) {
        values.add(
            type.getName()
                + " "
                + (type.isPrimitive()
                    ? value(record, field, i)
                    : values(record.getGroup(field, i))));
      }
    }
    return values;
  }

  private static Object value(Group record, int field, int i) {
    PrimitiveType type = record.getType().getType(field).asPrimitiveType();
    if (type.getLogicalTypeAnnotation() instanceof DecimalLogicalTypeAnnotation decimal) {
      BigInteger unscaled =
          type.getPrimitiveTypeName() == PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY
              ? new BigInteger(record.getBinary(field, i).getBytes())
              : new BigInteger(record.getValueToString(field, i));
      return new BigDecimal(unscaled, decimal.getScale());
    }
    return record.getValueToString(field, i);
  }

  @Test
  void theSinkServesBeamsFileIo() throws IOException {
    Schema schema = new RandomFrames(21).schema(6);
    List<Frame> frames =
        List.of(new RandomFrames(1).frame(schema, 20), new RandomFrames(2).frame(schema, 20));
    Pipeline pipeline = Pipeline.create();
    pipeline
        .apply(Create.of(frames).withCoder(FrameCoder.of()))
        .apply(
            FileIO.<Frame>write()
                .via(FrameSink.of(schema))
                .to(folder.toString())
                .withPrefix("shard")
                .withNumShards(1));
    pipeline.run().waitUntilFinish();

    try (var files = Files.list(folder)) {
      Frame read = read(file(files.findFirst().orElseThrow().getFileName().toString()));
      assertThat(read.sort(schema.names()))
          .isEqualTo(Frame.concat(schema, frames).sort(schema.names()));
    }
  }

  @Test
  void columnsAreReadByNameAndMissingOnesAreNull() throws IOException {
    for (long seed = 100; seed < 140; seed++) {
      RandomFrames random = new RandomFrames(seed);
      Schema schema = random.schema(6);
      Frame frame = random.frame(schema, 50);
      Path file = write("project" + seed, FrameSink.create(), frame);
      Random choice = new Random(seed);
      Schema wanted = Schema.of().with("missing", new Type.ListOf(Type.LONG));
      for (int i = schema.size() - 1; i >= 0; i--) {
        if (choice.nextBoolean()) {
          wanted = wanted.with(schema.field(i).name(), schema.field(i).type());
        }
      }

      assertThat(read(file, wanted)).as("seed %d", seed).isEqualTo(frame.conform(wanted));
    }
  }

  @Test
  void fieldsWithinRowsAreReadByNameToo() throws IOException {
    Type line = Type.parse("row<book: string, tags: array<string>, n: long>");
    Schema schema = Schema.of().with("id", Type.LONG).with("lines", new Type.ListOf(line));
    Frame frame =
        Frame.ofRows(
            schema,
            List.of(
                List.of(1L, List.of(List.of("a", List.of("x", "y"), 3L))),
                Arrays.asList(2L, null),
                List.of(3L, List.of()),
                List.of(
                    4L,
                    Arrays.asList(
                        Arrays.asList("b", null, null), null, List.of("c", List.of(), 5L)))));
    Path file = write("lines", FrameSink.create(), frame);

    Schema some =
        Schema.of().with("lines", Type.parse("array<row<n: long, isbn: string, book: string>>"));
    assertThat(read(file, some).toRows())
        .isEqualTo(
            List.of(
                List.of(List.of(Arrays.asList(3L, null, "a"))),
                Arrays.asList((Object) null),
                List.of(List.of()),
                List.of(
                    Arrays.asList(
                        Arrays.asList(null, null, "b"), null, Arrays.asList(5L, null, "c")))));

    Schema none = Schema.of().with("lines", Type.parse("array<row<isbn: string>>"));
    assertThat(read(file, none).toRows())
        .isEqualTo(
            List.of(
                List.of(List.of(Arrays.asList((Object) null))),
                Arrays.asList((Object) null),
                List.of(List.of()),
                List.of(
                    Arrays.asList(
                        Arrays.asList((Object) null), null, Arrays.asList((Object) null)))));
  }

  @Test
  void aRowWithoutAnyWantedFieldKeepsStepWhenItsFirstFieldIsAList() throws IOException {
    Schema schema =
        Schema.of().with("r", Type.parse("row<tags: array<array<string>>>")).with("n", Type.LONG);
    Frame frame = new RandomFrames(7).frame(schema, 40);
    Path file = write("steps", FrameSink.create(), frame);

    Frame read = read(file, Schema.of().with("r", Type.parse("row<x: long>")).with("n", Type.LONG));

    assertThat(read.column("n").size()).isEqualTo(40);
    for (int row = 0; row < 40; row++) {
      assertThat(read.value(row, "n")).isEqualTo(frame.value(row, "n"));
      assertThat(read.column("r").isNull(row)).isEqualTo(frame.column("r").isNull(row));
    }
  }

  @Test
  void aFileIsReadInFramesOfBoundedSizeAndByRowGroups() throws IOException {
    MessageType type = MessageTypeParser.parseMessageType("message m { required int64 n; }");
    Path file =
        examples("groups", type, 100_000, (group, row) -> group.append("n", (long) row), 64 * 1024);
    List<ParquetFrames.RowGroup> groups =
        ParquetFrames.rowGroups(file, HadoopFiles.configuration());
    assertThat(groups).hasSizeGreaterThan(3);
    assertThat(groups.stream().mapToLong(ParquetFrames.RowGroup::rows).sum()).isEqualTo(100_000);

    List<Frame> whole = new ArrayList<>();
    Schema schema = Schema.of().with("n", Type.LONG);
    ParquetFrames.read(file, HadoopFiles.configuration(), schema, whole::add);
    assertThat(whole).allMatch(frame -> frame.rows() <= Frame.TARGET_ROWS);
    assertThat(whole).hasSize(7);

    List<Frame> parts = new ArrayList<>();
    for (int i = 0; i < groups.size(); i++) {
      ParquetFrames.read(file, HadoopFiles.configuration(), schema, i, i + 1, parts::add);
    }
    assertThat(Frame.concat(schema, parts)).isEqualTo(Frame.concat(schema, whole));
    assertThat(Frame.concat(schema, parts).longs("n").get(99_999)).isEqualTo(99_999);
  }

  @Test
  void largeValuesMakeShortFrames() throws IOException {
    Schema schema = Schema.of().with("text", Type.STRING);
    String large = "x".repeat(200_000);
    List<List<Object>> rows = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      rows.add(List.of(large));
    }
    Path file = write("large", FrameSink.create(), Frame.ofRows(schema, rows));

    List<Frame> frames = new ArrayList<>();
    ParquetFrames.read(file, HadoopFiles.configuration(), schema, frames::add);

    assertThat(frames).allMatch(frame -> frame.heapBytes() <= Frame.TARGET_BYTES);
    assertThat(frames.stream().mapToInt(Frame::rows).sum()).isEqualTo(500);
  }

  @Test
  void aFileWithoutRowsGivesNoFrames() throws IOException {
    Schema schema = new RandomFrames(1).schema(5);
    Path file = write("none", FrameSink.of(schema));

    assertThat(ParquetFrames.schema(file, HadoopFiles.configuration())).isEqualTo(schema);
    assertThat(read(file).rows()).isZero();
  }

  @Test
  void rowGroupsWithoutRowsArePassedOver() throws IOException {
    MessageType type = MessageTypeParser.parseMessageType("message m { required int64 n; }");
    Path one = examples("one", type, 3, (group, row) -> group.append("n", (long) row), 1 << 20);
    Schema schema = Schema.of().with("n", Type.LONG);
    for (int rows : new int[] {0, 3}) {
      // As PyArrow writes them: a table without rows is a row group of none.
      Path file =
          withRowGroups(
              one, "groups of " + rows, rows == 0 ? new long[] {0} : new long[] {0, 3, 0, 0, 3, 0});
      Frame expected = rows == 0 ? Frame.empty(schema) : concat(read(one), read(one));
      assertThat(read(file, schema)).isEqualTo(expected);
      List<Frame> selected = new ArrayList<>();
      ParquetFrames.read(
          file,
          HadoopFiles.configuration(),
          schema,
          List.of("n"),
          keys -> IntStream.range(0, keys.rows()).toArray(),
          selected::add);
      assertThat(Frame.concat(schema, selected)).isEqualTo(expected);
    }
  }

  private static Frame concat(Frame... frames) {
    return Frame.concat(frames[0].schema(), List.of(frames));
  }

  /** A file whose only row group comes so often, with all its rows or with none. */
  private Path withRowGroups(Path from, String name, long... rows) throws IOException {
    byte[] bytes = Files.readAllBytes(java.nio.file.Path.of(from.toUri()));
    int end = bytes.length - 8;
    int length = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(end);
    FileMetaData footer =
        Util.readFileMetaData(new ByteArrayInputStream(bytes, end - length, length));
    RowGroup whole = footer.getRow_groups().get(0);
    List<RowGroup> groups = new ArrayList<>();
    for (long count : rows) {
      RowGroup group = new RowGroup(whole);
      group.setNum_rows(count);
      if (count == 0) {
        group.getColumns().forEach(column -> column.getMeta_data().setNum_values(0));
      }
      groups.add(group);
    }
    footer.setRow_groups(groups);
    footer.setNum_rows(LongStream.of(rows).sum());
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    written.write(bytes, 0, end - length);
    Util.writeFileMetaData(footer, written);
    int size = written.size() - (end - length);
    written.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putInt(size).array(), 0, 4);
    written.write("PAR1".getBytes(US_ASCII));
    Files.write(folder.resolve(name), written.toByteArray());
    return file(name);
  }

  @Test
  void aNameIsReadWhateverItsCase() throws IOException {
    Schema own = wanted("Note: string, lines: array<row<Id: long, n: long>>");
    Path file =
        write(
            "spelled",
            FrameSink.create(),
            Frame.ofRows(own, List.of(List.of("x", List.of(List.of(7L, 8L))))));
    Frame read = read(file, wanted("LINES: array<row<N: long, iD: long>>, note: string"));
    assertThat(read.toRows()).hasToString("[[[[8, 7]], x]]");
  }

  @Test
  void aFileThatTellsNamesApartByTheirCaseIsUnreadable() throws IOException {
    for (String columns :
        List.of("Note: string, note: string", "n: row<Note: string, note: string>")) {
      Schema own = wanted(columns);
      write("apart", FrameSink.of(own));
      assertUnreadable(
          "apart", "columns 'Note' and 'note' differ in case alone; rename one at its source");
      assertThatExceptionOfType(UnreadableFileException.class)
          .isThrownBy(() -> read(file("apart"), wanted("note: string")));
    }
  }

  @Test
  void namesBecomeThoseThatTablesCanHave() throws IOException {
    Frame frame =
        example(
            "required int64 Customer-ID; required group ship.to { required int64 1st; }",
            g -> g.append("Customer-ID", 7L).addGroup("ship.to").append("1st", 8L));
    assertThat(frame.schema()).hasToString("Customer_ID: long, ship_to: row<_1st: long>");
    assertThat(frame.toRows()).hasToString("[[7, [8]]]");
    assertThatThrownBy(
            () ->
                example(
                    "required int64 a-b; required int64 a.b;",
                    g -> g.append("a-b", 1L).append("a.b", 2L)))
        .hasMessageContaining("columns 'a-b' and 'a.b' would both be named 'a_b'");
  }

  private interface Filler {
    void fill(Group group, int row);
  }

  private Path examples(String name, MessageType type, int rows, Filler filler, long rowGroupSize)
      throws IOException {
    Path file = file(name);
    try (ParquetWriter<Group> writer =
        ExampleParquetWriter.builder(file)
            .withConf(HadoopFiles.configuration())
            .withType(type)
            .withRowGroupSize(rowGroupSize)
            .withPageSize(4096)
            .build()) {
      SimpleGroupFactory factory = new SimpleGroupFactory(type);
      for (int row = 0; row < rows; row++) {
        Group group = factory.newGroup();
        filler.fill(group, row);
        writer.write(group);
      }
    }
    return file;
  }

  private Frame example(String message, Consumer<Group> filler) throws IOException {
    Path file = file("example");
    Files.deleteIfExists(folder.resolve("example"));
    return read(
        examples(
            file.getName(),
            MessageTypeParser.parseMessageType("message m { " + message + " }"),
            1,
            (group, row) -> filler.accept(group),
            1 << 20));
  }

  private void holds(String message, Consumer<Group> filler, String type, Object value)
      throws IOException {
    Frame frame = example(message, filler);
    assertThat(frame.schema().field(0).type()).as(message).isEqualTo(Type.parse(type));
    assertThat(frame.value(0, 0)).as(message).isEqualTo(value);
  }

  @Test
  void everyPhysicalTypeHasItsCounterpart() throws IOException {
    holds("required int32 v;", g -> g.append("v", -5), "long", -5L);
    holds("required int32 v (INTEGER(8,true));", g -> g.append("v", -5), "long", -5L);
    holds("required int32 v (INTEGER(32,false));", g -> g.append("v", -1), "long", 4_294_967_295L);
    holds("required int64 v (INTEGER(64,false));", g -> g.append("v", 7L), "long", 7L);
    holds("required float v;", g -> g.append("v", 0.5f), "double", 0.5);
    holds("required boolean v;", g -> g.append("v", true), "boolean", true);
    holds("required int32 v (DATE);", g -> g.append("v", -1), "date", LocalDate.of(1969, 12, 31));
    holds("required int32 v (TIME(MILLIS,true));", g -> g.append("v", 42), "long", 42L);
    Instant noon = Instant.parse("2024-02-29T12:00:00.123Z");
    long millis = noon.toEpochMilli();
    holds(
        "required int64 v (TIMESTAMP(MILLIS,true));",
        g -> g.append("v", millis),
        "timestamp",
        noon);
    holds(
        "required int64 v (TIMESTAMP(MICROS,false));",
        g -> g.append("v", millis * 1000 + 7),
        "timestamp",
        noon.plusNanos(7_000));
    holds(
        "required int64 v (TIMESTAMP(NANOS,true));",
        g -> g.append("v", -1L),
        "timestamp",
        Values.instant(-1));
    holds(
        "required int96 v;",
        g ->
            g.append(
                "v", new org.apache.parquet.example.data.simple.NanoTime(2_440_589, 1_999_999L)),
        "timestamp",
        Instant.parse("1970-01-02T00:00:00.001999Z"));
    holds("required binary v (STRING);", g -> g.append("v", "grün"), "string", "grün");
    holds("required binary v (ENUM);", g -> g.append("v", "RED"), "string", "RED");
    holds("required binary v (JSON);", g -> g.append("v", "{}"), "string", "{}");
    holds(
        "required binary v;",
        g -> g.append("v", Binary.fromConstantByteArray(new byte[] {0, -1})),
        "string",
        "AP8=");
    holds(
        "required fixed_len_byte_array(2) v;",
        g -> g.append("v", Binary.fromConstantByteArray(new byte[] {0, -1})),
        "string",
        "AP8=");
    byte[] uuid = new byte[16];
    uuid[15] = 1;
    holds(
        "required fixed_len_byte_array(16) v (UUID);",
        g -> g.append("v", Binary.fromConstantByteArray(uuid)),
        "string",
        "00000000-0000-0000-0000-000000000001");
  }

  @Test
  void decimalsAreReadFromAnyPhysicalType() throws IOException {
    BigDecimal price = new BigDecimal("-12.34");
    holds("required int32 v (DECIMAL(9,2));", g -> g.append("v", -1234), "decimal(9,2)", price);
    holds("required int64 v (DECIMAL(18,2));", g -> g.append("v", -1234L), "decimal(18,2)", price);
    Binary two = Binary.fromConstantByteArray(new byte[] {(byte) 0xFB, 0x2E});
    holds("required binary v (DECIMAL(10,2));", g -> g.append("v", two), "decimal(10,2)", price);
    byte[] sixteen = new byte[16];
    Arrays.fill(sixteen, (byte) -1);
    sixteen[14] = (byte) 0xFB;
    sixteen[15] = 0x2E;
    Binary wide = Binary.fromConstantByteArray(sixteen);
    String fixed = "required fixed_len_byte_array(16) v ";
    holds(fixed + "(DECIMAL(10,2));", g -> g.append("v", wide), "decimal(10,2)", price);
    holds(fixed + "(DECIMAL(38,2));", g -> g.append("v", wide), "decimal(38,2)", price);
  }

  @Test
  void integersThatNoLongHoldsAreDecimalsAndDecimalsThatNoneHoldsAreTexts() throws IOException {
    String unsigned = "required int64 v (INTEGER(64,false));";
    holds(unsigned, g -> g.append("v", Long.MAX_VALUE), "long", Long.MAX_VALUE);
    for (String value : List.of("9223372036854775808", "18446744073709551615")) {
      long bits = Long.parseUnsignedLong(value);
      holds(unsigned, g -> g.append("v", bits), "decimal(20,0)", new BigDecimal(value));
    }
    holds(
        "required group v { " + unsigned + " }",
        g -> g.addGroup("v").append("v", -1L),
        "row<v: decimal(20,0)>",
        List.of(new BigDecimal("18446744073709551615")));
    byte[] wide = new byte[26];
    Arrays.fill(wide, (byte) -1);
    wide[24] = (byte) 0xFB;
    wide[25] = 0x2E;
    String fixed = "required fixed_len_byte_array(26) v (DECIMAL(60,2));";
    holds(fixed, g -> g.append("v", Binary.fromConstantByteArray(wide)), "string", "-12.34");
    wide[0] = 0x01;
    holds(
        fixed,
        g -> g.append("v", Binary.fromConstantByteArray(wide)),
        "string",
        new BigDecimal(new BigInteger(wide), 2).toPlainString());
  }

  @Test
  void unsignedIntegersAreReadAsWiderOnes() throws IOException {
    Path file =
        examples(
            "unsigned",
            MessageTypeParser.parseMessageType(
                "message m { required int32 a (INTEGER(32,false));"
                    + " required int64 b (INTEGER(64,false)); }"),
            1,
            (group, row) -> group.append("a", -1).append("b", -1L),
            1 << 20);
    assertThat(read(file, wanted("a: decimal(20,1), b: decimal(22,1)")).toRows())
        .hasToString("[[4294967295.0, 18446744073709551615.0]]");
    assertThat(read(file, wanted("a: double")).toRows()).hasToString("[[4.294967295E9]]");
    assertThatThrownBy(() -> read(file, wanted("b: double")))
        .hasMessageEndingWith("column 'b' is decimal(20,0) where double is wanted");
  }

  @Test
  void numbersWidenWhereNothingIsLost() throws IOException {
    Path longs =
        examples(
            "longs",
            MessageTypeParser.parseMessageType(
                "message m { required int64 a; required int32 b (DECIMAL(5,2)); }"),
            1,
            (group, row) -> group.append("a", 12L).append("b", -250),
            1 << 20);

    assertThat(read(longs, wanted("a: double, b: decimal(30,4)")).toRows())
        .isEqualTo(List.of(List.of(12.0, new BigDecimal("-2.5000"))));
    assertThat(read(longs, wanted("a: decimal(10,1), b: decimal(7,4)")).toRows())
        .isEqualTo(List.of(List.of(new BigDecimal("12.0"), new BigDecimal("-2.5000"))));
    assertThatThrownBy(() -> read(longs, wanted("b: decimal(5,1)")))
        .hasMessageEndingWith(
            "cannot be read as Parquet: column 'b' is decimal(5,2) where decimal(5,1) is wanted");
    assertThatThrownBy(() -> read(longs, wanted("a: decimal(1,0)")))
        .hasMessageEndingWith("a value of 2 digits does not fit decimal(1,0)");
    assertThatThrownBy(() -> read(longs, wanted("a: timestamp")))
        .hasMessageEndingWith("column 'a' is long where timestamp is wanted");
  }

  @Test
  void whatHasNoTypeIsReadAsAny() throws IOException {
    // a: int64, n: null, i: int32, l: list of null, r: struct of n: null and b: bool; as PyArrow
    // 25 writes it without compression, dictionaries and statistics.
    byte[] bytes =
        Base64.getMimeDecoder()
            .decode(
                """
                UEFSMRUAFSwVLCwVBBUAFQYVBhwAAAACAAAABAEAAAAAAAAAAAEAAAAAAAAAFQAVDBUMLBUEFQAV
                BhUGHAAAAAIAAAAEABUAFQwVDCwVBBUAFQYVBhwAAAACAAAABAAVABUaFRosFQQVABUGFQYcAAAA
                AgAAAAQAAwAAAAMJABUAFQwVDCwVBBUAFQYVBhwAAAACAAAABAEVABUOFQ4sFQQVABUGFQYcAAAA
                AgAAAAQCAxUEGaw1ABgGc2NoZW1hFQoAFQQlAhgBYQAVAiUCGAFubLwAAAAVAiUCGAFpADUCGAFs
                FQIVBkw8AAAANQQYBGxpc3QVAgAVAiUCGAdlbGVtZW50bLwAAAA1AhgBchUEABUCJQIYAW5svAAA
                ABUAJQIYAWIAFgQZHBlsJgAcFQQZJQYAGRgBYRUAFgQWUhZSJghJHBUAFQAVAgA8KQYZJgAEAAAA
                JgAcFQIZJQYAGRgBbhUAFgQWMhYyJlpJHBUAFQAVAgA8KQYZJgQAAAAAJgAcFQIZJQYAGRgBaRUA
                FgQWMhYyJowBSRwVABUAFQIAPCkGGSYEAAAAACYAHBUCGSUGABk4AWwEbGlzdAdlbGVtZW50FQAW
                BBZAFkAmvgFJHBUAFQAVAgA8KSYEABlGAAICAAAAACYAHBUCGSUGABkoAXIBbhUAFgQWMhYyJv4B
                SRwVABUAFQIAPCkGGTYABAAAAAAmABwVABklBgAZKAFyAWIVABYEFjQWNCawAkkcFQAVABUCADwp
                Bhk2AAAEAAAAFtwCFgQmCBbcAgAoIHBhcnF1ZXQtY3BwLWFycm93IHZlcnNpb24gMjUuMC4xGWwc
                AAAcAAAcAAAcAAAcAAAcAAAA0wEAAFBBUjE=
                """);
    Files.write(folder.resolve("untyped"), bytes);
    Path file = file("untyped");
    ParquetFrames.Footer footer =
        ParquetFrames.footer(file, HadoopFiles.configuration(), wanted("A: long"));
    assertThat(footer.columns()).hasToString("A: long, i: long, r: row<b: boolean>");
    assertThat(footer.whole())
        .hasToString("A: long, i: long, l: array<string>, r: row<n: string, b: boolean>");
    assertThat(footer.untyped()).containsExactly("n", "l");
    assertThat(footer.rows()).isEqualTo(2);
    assertThat(
            read(
                    file,
                    wanted(
                        "n: row<x: array<date>>, l: array<row<x: string>>,"
                            + " r: row<b: boolean, n: array<long>>, a: long"))
                .toRows())
        .isEqualTo(
            List.of(
                Arrays.asList(null, List.of(), Arrays.asList(true, null), 0L),
                Arrays.asList(null, Arrays.asList((Object) null), Arrays.asList(true, null), 1L)));
    assertThat(read(file, wanted("l: string, a: double")).toRows())
        .isEqualTo(List.of(Arrays.asList(null, 0.0), Arrays.asList(null, 1.0)));
  }

  private static Schema wanted(String columns) {
    return ((Type.RowOf) Type.parse("row<" + columns + ">")).schema();
  }

  /** The examples of "Backward-compatibility rules" in Parquet's LogicalTypes.md. */
  @Test
  void listsAreReadInEveryEncoding() throws IOException {
    Consumer<Group> two =
        g -> {
          Group list = g.addGroup("v");
          list.addGroup("list").append("element", 1);
          list.addGroup("list").append("element", 2);
        };
    holds(
        "optional group v (LIST) { repeated group list { optional int32 element; } }",
        two,
        "array<long>",
        List.of(1L, 2L));
    holds(
        "optional group v (LIST) { repeated int32 element; }",
        g -> g.addGroup("v").append("element", 1).append("element", 2),
        "array<long>",
        List.of(1L, 2L));
    holds(
        "optional group v (LIST) { repeated group element { required int32 a; required int32 b; } }",
        g -> g.addGroup("v").addGroup("element").append("a", 1).append("b", 2),
        "array<row<a: long, b: long>>",
        List.of(List.of(1L, 2L)));
    holds(
        "optional group v (LIST) { repeated group array { required int32 a; } }",
        g -> g.addGroup("v").addGroup("array").append("a", 1),
        "array<row<a: long>>",
        List.of(List.of(1L)));
    holds(
        "optional group v (LIST) { repeated group v_tuple { required int32 a; } }",
        g -> g.addGroup("v").addGroup("v_tuple").append("a", 1),
        "array<row<a: long>>",
        List.of(List.of(1L)));
    holds(
        "repeated int32 v;", g -> g.append("v", 1).append("v", 2), "array<long>", List.of(1L, 2L));
    holds("repeated int64 v;", g -> {}, "array<long>", List.of());
    holds(
        "repeated group v { optional binary a (STRING); }",
        g -> {
          g.addGroup("v").append("a", "x");
          g.addGroup("v");
        },
        "array<row<a: string>>",
        List.of(List.of("x"), Arrays.asList((Object) null)));
    holds(
        "optional group v (MAP) { repeated group key_value { required binary key (STRING); optional"
            + " int32 value; } }",
        g -> {
          Group map = g.addGroup("v");
          map.addGroup("key_value").append("key", "a").append("value", 1);
          map.addGroup("key_value").append("key", "b");
        },
        "array<row<key: string, value: long>>",
        List.of(List.of("a", 1L), Arrays.asList("b", null)));
  }

  @Test
  void aFileThatCannotBeReadSaysWhyInOneLine() throws IOException {
    Files.writeString(folder.resolve("text"), "this is a text of some length, not Parquet\n");
    Files.writeString(folder.resolve("empty"), "");
    Schema schema = new RandomFrames(2).schema(5);
    Frame frame = new RandomFrames(2).frame(schema, 1000);
    write("whole", FrameSink.create(), frame);
    byte[] whole = Files.readAllBytes(folder.resolve("whole"));
    Files.write(folder.resolve("cut"), Arrays.copyOf(whole, whole.length / 2));

    assertUnreadable("absent", "there is no such file");
    assertUnreadable(".", "it is a folder");
    assertUnreadable("empty", "it is empty");
    assertUnreadable("text", "text is not a Parquet file");
    assertUnreadable("cut", "cut is not a Parquet file");
  }

  private void assertUnreadable(String name, String why) {
    Path file = file(name);
    assertThatExceptionOfType(UnreadableFileException.class)
        .isThrownBy(() -> ParquetFrames.schema(file, HadoopFiles.configuration()))
        .withMessageStartingWith(HadoopFiles.display(file) + " cannot be read as Parquet: ")
        .withMessageContaining(why)
        .matches(e -> e.getMessage() != null && e.getMessage().lines().count() == 1);
  }

  @Test
  void aDamagedFileGivesNothingWorseThanOneException() throws IOException {
    Schema schema =
        wanted("id: long, name: string, lines: array<row<n: long, price: decimal(9,2)>>");
    Frame frame = new RandomFrames(3).frame(schema, 2000);
    write("sound", FrameSink.create(), frame);
    byte[] sound = Files.readAllBytes(folder.resolve("sound"));
    Random random = new Random(3);
    int refused = 0;
    for (int i = 0; i < 150; i++) {
      Files.write(folder.resolve("damaged"), sound);
      try (RandomAccessFile damaged =
          new RandomAccessFile(folder.resolve("damaged").toFile(), "rw")) {
        int at = random.nextInt(sound.length);
        damaged.seek(at);
        damaged.write(sound[at] ^ (1 + random.nextInt(255)));
      }
      try {
        read(file("damaged"), schema);
      } catch (UnreadableFileException e) {
        assertThat(e.getMessage()).doesNotContain("\n");
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(120);
  }

  @Test
  void whatTheConsumerThrowsIsThrownOnUnchanged() throws IOException {
    Schema schema = Schema.of().with("n", Type.LONG);
    Path file = write("one", FrameSink.create(), Frame.ofRows(schema, List.of(List.of(1L))));
    IllegalStateException mine = new IllegalStateException("mine");

    assertThatThrownBy(
            () ->
                ParquetFrames.read(
                    file,
                    HadoopFiles.configuration(),
                    schema,
                    frame -> {
                      throw mine;
                    }))
        .isSameAs(mine);
  }
}
