package dev.patron.pipelines.generate;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.Util;

/**
 * The footer of a Parquet file. The library lists the encodings of a column as they come out of a
 * hash set of enums, whose order differs from one run of the JVM to the next; here they are put in
 * order, and nothing else of the file is touched.
 */
final class Footer {
  /** A little-endian length and the four letters of the format. */
  private static final int TAIL = 8;

  private Footer() {}

  static void putInOrder(Path path) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.seek(file.length() - TAIL);
      int length = Integer.reverseBytes(file.readInt());
      long start = file.length() - TAIL - length;
      byte[] before = new byte[length];
      file.seek(start);
      file.readFully(before);
      FileMetaData footer = Util.readFileMetaData(new ByteArrayInputStream(before));
      for (RowGroup group : footer.getRow_groups()) {
        for (ColumnChunk column : group.getColumns()) {
          List<Encoding> encodings = new ArrayList<>(column.getMeta_data().getEncodings());
          Collections.sort(encodings);
          column.getMeta_data().setEncodings(encodings);
        }
      }
      ByteArrayOutputStream after = new ByteArrayOutputStream(length);
      Util.writeFileMetaData(footer, after);
      if (after.size() != length) {
        throw new IllegalStateException(
            "the footer of %s had %d bytes and would have %d"
                .formatted(path, length, after.size()));
      }
      file.seek(start);
      file.write(after.toByteArray());
    }
  }
}
