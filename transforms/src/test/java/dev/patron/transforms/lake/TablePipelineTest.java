package dev.patron.transforms.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.FrameBuilder;
import dev.patron.features.frame.FrameDigest;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.transforms.AnyRunner;
import dev.patron.transforms.parquet.RandomFrames;
import dev.patron.transforms.shuffle.FrameCoder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.values.PCollection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TablePipelineTest {
  private final Path folder;

  TablePipelineTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private static Pipeline pipeline() {
    return AnyRunner.pipeline();
  }

  /** Runs the write and commits what it wrote. */
  private static void write(LakeTable table, WriteFrames write, Schema schema, List<Frame> frames) {
    Pipeline pipeline = pipeline();
    PCollection<DataFile> files =
        pipeline.apply(Create.of(frames).withCoder(FrameCoder.of())).apply(write);
    PAssert.that(files)
        .satisfies(
            written -> {
              List<DataFile> list = new ArrayList<>();
              written.forEach(list::add);
              table.commit(Commit.append(schema, list).partitionedBy(partitions(list)));
              return null;
            });
    pipeline.run().waitUntilFinish();
  }

  private static List<String> partitions(List<DataFile> files) {
    return List.copyOf(files.get(0).partition().keySet());
  }

  private static void reads(ReadTable read, List<List<Object>> wanted) {
    Pipeline pipeline = pipeline();
    PAssert.that(pipeline.apply(read))
        .satisfies(
            frames -> {
              List<List<Object>> rows = new ArrayList<>();
              frames.forEach(frame -> frame.toRows().forEach(row -> rows.add(List.copyOf(row))));
              assertThat(rows).containsExactlyInAnyOrderElementsOf(wanted);
              return null;
            });
    pipeline.run().waitUntilFinish();
  }

  @Test
  void whatIsWrittenInFilesIsReadAgain() {
    LakeTable table = LakeTable.at(folder.toString(), "silver/any");
    RandomFrames random = new RandomFrames(11);
    Schema schema = random.schema(7);
    List<Frame> frames = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      frames.add(random.frame(schema, 30));
    }
    write(table, WriteFrames.to(table), schema, frames);

    assertThat(TableDigest.of(table.snapshot(), Set.of()).hex())
        .isEqualTo(digest(schema, frames).hex());
    String wanted = digest(schema, frames).hex();
    Pipeline pipeline = pipeline();
    PAssert.that(pipeline.apply(ReadTable.of(table.snapshot())))
        .satisfies(
            read -> {
              assertThat(digest(schema, read).hex()).isEqualTo(wanted);
              return null;
            });
    pipeline.run().waitUntilFinish();
  }

  private static FrameDigest digest(Schema schema, Iterable<Frame> frames) {
    FrameDigest digest = new FrameDigest();
    frames.forEach(frame -> digest.add(frame, schema.names().stream().sorted().toList()));
    return digest;
  }

  @Test
  void partitionValuesComeBackAndColumnsAreChosen() {
    LakeTable table = LakeTable.at(folder.toString(), "bronze/any");
    Schema schema = Schema.of().with("day", Type.DATE).with("n", Type.LONG).with("s", Type.STRING);
    Schema rows = Schema.of().with("s", Type.STRING).with("n", Type.LONG);
    write(
        table,
        WriteFrames.to(table).withSchema(schema).withPartition("day", "2024-01-31"),
        schema,
        List.of(Frame.ofRows(rows, List.of(List.of("a", 1L), List.of("b", 2L)))));

    java.time.LocalDate day = java.time.LocalDate.of(2024, 1, 31);
    TableSnapshot snapshot = table.snapshot();
    assertThat(ReadTable.of(snapshot).schema()).isEqualTo(schema);
    reads(ReadTable.of(snapshot), List.of(List.of(day, 1L, "a"), List.of(day, 2L, "b")));
    reads(ReadTable.of(snapshot, List.of("n", "day")), List.of(List.of(1L, day), List.of(2L, day)));
    reads(ReadTable.of(snapshot, List.of("day")), List.of(List.of(day), List.of(day)));
    assertThatThrownBy(() -> ReadTable.of(snapshot, List.of("x")))
        .hasMessageContaining("no column 'x'");
  }

  @Test
  void anEmptyTableGivesNothing() {
    LakeTable table = LakeTable.at(folder.toString(), "empty");
    table.commit(Commit.append(Schema.of().with("n", Type.LONG), List.of()));

    reads(ReadTable.of(table.snapshot()), List.of());
  }

  @Test
  void aFileIsEndedWhenItIsLarge() {
    LakeTable table = LakeTable.at(folder.toString(), "many");
    Schema schema = Schema.of().with("n", Type.LONG);
    List<Frame> frames = new ArrayList<>();
    for (long i = 0; i < 5; i++) {
      frames.add(Frame.ofRows(schema, List.of(List.of(i))));
    }
    write(table, WriteFrames.to(table).withFileBytes(1), schema, frames);

    assertThat(table.snapshot().files()).hasSize(5);
    reads(
        ReadTable.of(table.snapshot()),
        List.of(List.of(0L), List.of(1L), List.of(2L), List.of(3L), List.of(4L)));
  }

  @Test
  void aLargeFileIsReadInParts() {
    LakeTable table = LakeTable.at(folder.toString(), "large");
    Schema schema = Schema.of().with("s", Type.STRING).with("n", Type.LONG);
    Random random = new Random(3);
    byte[] noise = new byte[16_000];
    FrameBuilder builder = new FrameBuilder(schema);
    for (int i = 0; i < 1024; i++) {
      for (int at = 0; at < noise.length; at++) {
        noise[at] = (byte) (' ' + random.nextInt(64));
      }
      builder.bytes("s").append(noise, 0, noise.length);
      builder.longs("n").append(i);
    }
    Frame frame = builder.build();
    DataFile file = DataFileWriter.write(table, schema, Map.of(), Collections.nCopies(5, frame));
    table.commit(Commit.append(schema, List.of(file)));
    ReadTable read = ReadTable.of(table.snapshot().contents(), List.of("n"), 1 << 20);
    assertThat(read.batches()).isGreaterThan(1);

    Pipeline pipeline = pipeline();
    PAssert.that(pipeline.apply(read))
        .satisfies(
            parts -> {
              long[] counts = new long[1024];
              for (Frame part : parts) {
                for (int row = 0; row < part.rows(); row++) {
                  counts[(int) part.longs("n").get(row)]++;
                }
              }
              assertThat(counts).containsOnly(5);
              return null;
            });
    pipeline.run().waitUntilFinish();
  }
}
