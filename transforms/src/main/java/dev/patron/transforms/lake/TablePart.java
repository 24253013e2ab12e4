package dev.patron.transforms.lake;

import java.io.Serializable;
import java.net.URI;
import java.util.HashMap;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;

/**
 * Row groups {@code [from, to)} of a data file of a snapshot.
 *
 * @param table for messages
 * @param location of the file, as a URI
 * @param partition the values of its partition columns
 */
record TablePart(
    String table, String location, int from, int to, HashMap<String, @Nullable String> partition)
    implements Serializable {
  static final Coder<TablePart> CODER = SerializableCoder.of(TablePart.class);

  static TablePart whole(LakeTable table, DataFile file) {
    return new TablePart(
        table.name(),
        table.path(file).toUri().toString(),
        0,
        Integer.MAX_VALUE,
        new HashMap<>(file.partition()));
  }

  TablePart groups(int newFrom, int newTo) {
    return new TablePart(table, location, newFrom, newTo, partition);
  }

  Path path() {
    return new Path(URI.create(location));
  }
}
