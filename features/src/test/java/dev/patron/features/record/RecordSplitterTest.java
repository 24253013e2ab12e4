package dev.patron.features.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RecordSplitterTest {

  /**
   * Records as {@code LINE:TEXT}, the text with visible line ends, from pieces of random length.
   */
  private static List<String> split(boolean csv, String text, long seed) {
    List<String> records = new ArrayList<>();
    RecordSplitter.Sink sink =
        (line, bytes, from, to, fault) ->
            records.add(
                line
                    + ":"
                    + new String(bytes, from, to - from, UTF_8).replace("\n", "|")
                    + (fault == null ? "" : " !" + fault));
    RecordSplitter splitter = csv ? RecordSplitter.csv(',', sink) : RecordSplitter.lines(sink);
    byte[] bytes = text.getBytes(UTF_8);
    Random random = new Random(seed);
    for (int at = 0; at < bytes.length; ) {
      int next = Math.min(bytes.length, at + 1 + random.nextInt(7));
      splitter.accept(bytes, at, next);
      at = next;
    }
    splitter.finish();
    return records;
  }

  @Test
  void linesKeepTheNumbersThatAnEditorShows() {
    assertThat(split(false, "a\n\nb\r\nc", 1)).containsExactly("1:a", "2:", "3:b", "4:c");
    assertThat(split(false, "a\n", 1)).containsExactly("1:a");
    assertThat(split(false, "", 1)).isEmpty();
  }

  @Test
  void aByteOrderMarkIsNoPartOfTheFirstRecord() {
    assertThat(split(false, "\uFEFFa\nb", 5)).containsExactly("1:a", "2:b");
    assertThat(split(true, "\uFEFF\"x\",y\n1,2", 6)).containsExactly("1:\"x\",y", "2:1,2");
  }

  @Test
  void aQuotedFieldMayHoldLineEnds() {
    assertThat(split(true, "a,b\n1,\"two\nlines\"\n3,4\r\n\"5\"\"\n\",6\n7,8", 2))
        .containsExactly("1:a,b", "2:1,\"two|lines\"", "4:3,4", "5:\"5\"\"|\",6", "7:7,8");
  }

  @Test
  void aQuoteWithinAFieldIsOnlyACharacter() {
    assertThat(split(true, "a,b\n1,5\" disc\n2,x", 3))
        .containsExactly("1:a,b", "2:1,5\" disc", "3:2,x");
  }

  @Test
  void aQuoteThatIsNeverClosedSpoilsOneLine() {
    assertThat(split(true, "a,b\n1,\"x\n2,y\n3,z\n", 4))
        .containsExactly("1:a,b", "2:1,\"x", "3:2,y", "4:3,z");
  }

  @Test
  void aQuoteClosedByTheNextQuoteSpoilsOneLine() {
    assertThat(split(true, "a,b\n1,\"x\n2,\"y\"\n3,z\n", 4))
        .containsExactly("1:a,b", "2:1,\"x", "3:2,\"y\"", "4:3,z");
    // Here the lines swallowed look well quoted, but there are too many fields.
    assertThat(split(true, "a,b\n1,\"x\n2,\"\"\n3,\",z\n4,w\n", 4))
        .containsExactly("1:a,b", "2:1,\"x", "3:2,\"\"", "4:3,\",z", "5:4,w");
  }

  @Test
  void aQuoteAstrayInALargeFileSwallowsNoMoreThanItsLine() {
    StringBuilder file = new StringBuilder("a,b\n1,\"x\n");
    int lines = RecordSplitter.MAX_QUOTED_BYTES / 8 + 1000;
    for (int i = 0; i < lines; i++) {
      file.append("1234567,8\n");
    }
    List<String> records = split(true, file.toString(), 7);
    assertThat(records).hasSize(lines + 2).startsWith("1:a,b", "2:1,\"x", "3:1234567,8");
  }

  @Test
  void aRecordBeyondAllMeasureIsCutAndSaysSo() {
    List<String> faults = new ArrayList<>();
    List<Integer> lengths = new ArrayList<>();
    RecordSplitter splitter =
        RecordSplitter.lines(
            (line, bytes, from, to, fault) -> {
              faults.add(line + " " + fault);
              lengths.add(to - from);
            });
    byte[] piece = "x".repeat(1 << 20).getBytes(UTF_8);
    for (int i = 0; i < 65; i++) {
      splitter.accept(piece, 0, piece.length);
    }
    splitter.accept("\nnext\n".getBytes(UTF_8), 0, 6);
    splitter.finish();
    assertThat(faults)
        .containsExactly(
            "1 TOO_LARGE: 68157440 bytes, more than 67108864; the first 1048576 are kept",
            "2 null");
    assertThat(lengths).containsExactly(1 << 20, 4);
  }

  @Test
  void anyCutIntoPiecesGivesTheSameRecords() {
    for (long seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(60); i > 0; i--) {
        text.append("ab,\"\n\r".charAt(random.nextInt(6)));
      }
      boolean csv = random.nextBoolean();
      List<String> whole = split(csv, text.toString(), 0);
      assertThat(split(csv, text.toString(), seed + 1))
          .as("seed %d: %s", seed, text)
          .isEqualTo(whole);
    }
  }

  @Test
  void wellFormedCsvSurvivesWritingAndReading() {
    for (long seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      int width = 1 + random.nextInt(4);
      StringBuilder file = new StringBuilder("h" + ",h".repeat(width - 1) + "\n");
      List<List<String>> written = new ArrayList<>();
      for (int row = random.nextInt(8); row >= 0; row--) {
        List<String> fields = new ArrayList<>();
        for (int i = 0; i < width; i++) {
          StringBuilder field = new StringBuilder("v");
          for (int length = random.nextInt(5); length > 0; length--) {
            field.append("a,\"\n é".charAt(random.nextInt(6)));
          }
          fields.add(field.toString());
          boolean quote =
              random.nextBoolean() || field.chars().anyMatch(c -> c == ',' || c == '\n');
          file.append(i == 0 ? "" : ",")
              .append(quote ? "\"" + field.toString().replace("\"", "\"\"") + "\"" : field);
        }
        file.append('\n');
        written.add(fields);
      }
      List<List<String>> read = new ArrayList<>();
      CsvRecord csv = new CsvRecord(',');
      RecordSplitter splitter =
          RecordSplitter.csv(
              ',',
              (line, bytes, from, to, fault) -> {
                List<String> fields = new ArrayList<>();
                assertThat(csv.read(bytes, from, to)).isTrue();
                for (int i = 0; i < csv.size(); i++) {
                  fields.add(new String(csv.array(i), csv.from(i), csv.to(i) - csv.from(i), UTF_8));
                }
                read.add(fields);
              });
      byte[] bytes = file.toString().getBytes(UTF_8);
      splitter.accept(bytes, 0, bytes.length);
      splitter.finish();
      assertThat(read.subList(1, read.size())).as("seed %d: %s", seed, file).isEqualTo(written);
    }
  }
}
