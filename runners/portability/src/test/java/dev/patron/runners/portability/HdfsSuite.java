package dev.patron.runners.portability;

import static org.assertj.core.api.Assertions.assertThat;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.FrameBuilder;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.pipelines.generate.Bookstore;
import dev.patron.pipelines.generate.BookstoreOptions;
import dev.patron.transforms.lake.Commit;
import dev.patron.transforms.lake.DataFileWriter;
import dev.patron.transforms.lake.LakeTable;
import dev.patron.transforms.lake.TableScan;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Definition, inputs and warehouse on a Hadoop file system that is not the local disk: an HDFS of
 * one name node and one data node.
 */
class HdfsSuite {
  private static final int WRITERS = 4;
  private static final int COMMITS = 5;
  private static final Schema NUMBERS = Schema.of().with("number", Type.LONG);

  @TempDir static Path folder;

  private static MiniDFSCluster hdfs;
  private static String root;

  @BeforeAll
  static void start() throws IOException {
    Configuration configuration = new Configuration();
    configuration.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, folder.resolve("hdfs").toString());
    hdfs = new MiniDFSCluster.Builder(configuration).numDataNodes(1).build();
    hdfs.waitClusterUp();
    root = "hdfs://localhost:" + hdfs.getNameNodePort();
  }

  @AfterAll
  static void stop() {
    hdfs.shutdown();
  }

  @Test
  void holdsAShopAndItsWarehouseAsALocalDiskDoes() throws IOException {
    Path shop = folder.resolve("shop");
    Bookstore.generate(BookstoreOptions.of(100, 5, shop), orders -> {});
    Path local = folder.resolve("warehouse");
    Program.run(Program.DIRECT, shop.resolve("dataset.yaml"), local);
    SortedMap<String, String> expected = tables(local.toString());

    FileSystem files = hdfs.getFileSystem();
    files.copyFromLocalFile(
        new org.apache.hadoop.fs.Path(shop.toUri()), new org.apache.hadoop.fs.Path("/shop"));
    String dataset = root + "/shop/dataset.yaml";
    // Relative names and a whole one.
    String whole =
        Files.readString(shop.resolve("dataset.yaml"))
            .replace("files: \"orders/", "files: \"" + root + "/shop/orders/");
    assertThat(whole).contains(root);
    try (OutputStream out = files.create(new org.apache.hadoop.fs.Path(dataset))) {
      out.write(whole.getBytes(StandardCharsets.UTF_8));
    }
    for (List<String> engine : List.of(Program.DIRECT, Program.SPARK)) {
      String warehouse = root + "/warehouse-" + engine.size();
      Program.run(engine, dataset, warehouse);
      assertThat(tables(warehouse)).as("%s", engine).isEqualTo(expected);
      assertThat(sources(warehouse))
          .allSatisfy(file -> assertThat(file).startsWith(root + "/shop/"))
          .hasSizeGreaterThan(3);
      assertThat(files.exists(new org.apache.hadoop.fs.Path(warehouse, "report/index.html")))
          .isTrue();
    }
  }

  /** All tables but the one that says which files were read, for these have other names. */
  private static SortedMap<String, String> tables(String warehouse) {
    SortedMap<String, String> tables = Program.verify(warehouse);
    assertThat(tables.remove("ops/sources")).isNotNull();
    return tables;
  }

  private static List<String> sources(String warehouse) {
    List<String> files = new ArrayList<>();
    TableScan.of(LakeTable.at(warehouse, "ops/sources").snapshot(), List.of("file"))
        .forEach(
            frame -> {
              for (int row = 0; row < frame.rows(); row++) {
                files.add(frame.bytes("file").text(row));
              }
            });
    return files;
  }

  @Test
  void commitsOfWritersAtOnceAreAllThereAndEachIsAVersion() throws Exception {
    String warehouse = root + "/race";
    ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
    List<Future<List<Long>>> writers = new ArrayList<>();
    for (int writer = 0; writer < WRITERS; writer++) {
      long first = (long) writer * COMMITS;
      Callable<List<Long>> commits = () -> append(warehouse, first);
      writers.add(threads.submit(commits));
    }
    List<Long> versions = new ArrayList<>();
    for (Future<List<Long>> writer : writers) {
      versions.addAll(writer.get());
    }
    threads.shutdown();

    assertThat(versions)
        .containsExactlyInAnyOrderElementsOf(
            IntStream.range(0, WRITERS * COMMITS).mapToObj(i -> (long) i).toList());
    TreeSet<Long> numbers = new TreeSet<>();
    TableScan.of(LakeTable.at(warehouse, "ops/numbers").snapshot(), List.of("number"))
        .forEach(
            frame -> {
              for (int row = 0; row < frame.rows(); row++) {
                assertThat(numbers.add(frame.longs("number").get(row))).isTrue();
              }
            });
    assertThat(numbers).hasSize(WRITERS * COMMITS);
  }

  private static List<Long> append(String warehouse, long first) {
    LakeTable table = LakeTable.at(warehouse, "ops/numbers");
    List<Long> versions = new ArrayList<>();
    for (long number = first; number < first + COMMITS; number++) {
      FrameBuilder builder = new FrameBuilder(NUMBERS);
      builder.longs("number").append(number);
      Frame frame = builder.build();
      versions.add(
          table
              .commit(
                  Commit.append(
                      NUMBERS,
                      List.of(DataFileWriter.write(table, NUMBERS, Map.of(), List.of(frame)))))
              .version());
    }
    return versions;
  }
}
