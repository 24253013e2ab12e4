package dev.patron.transforms.lake;

import dev.patron.features.frame.Type;
import dev.patron.features.frame.Values;
import io.delta.kernel.Scan;
import io.delta.kernel.Snapshot;
import io.delta.kernel.Table;
import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.data.ColumnarBatch;
import io.delta.kernel.data.FilteredColumnarBatch;
import io.delta.kernel.data.Row;
import io.delta.kernel.defaults.engine.DefaultEngine;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.internal.InternalScanFileUtils;
import io.delta.kernel.internal.data.ScanStateRow;
import io.delta.kernel.internal.util.Utils;
import io.delta.kernel.utils.CloseableIterator;
import io.delta.kernel.utils.FileStatus;
import java.io.IOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;

/** Reads a table with nothing but Delta Kernel, as any other program would. */
final class KernelReader {
  private static final Engine ENGINE = DefaultEngine.create(new Configuration());

  private KernelReader() {}

  /** The rows as objects of {@link Values}, in no particular order. */
  static List<List<@Nullable Object>> rows(LakeTable table) throws IOException {
    Snapshot snapshot = Table.forPath(ENGINE, table.path().toString()).getLatestSnapshot(ENGINE);
    Type.RowOf type = new Type.RowOf(DeltaTypes.schema(snapshot.getSchema()));
    Scan scan = snapshot.getScanBuilder().build();
    Row state = scan.getScanState(ENGINE);
    List<List<@Nullable Object>> rows = new ArrayList<>();
    try (CloseableIterator<FilteredColumnarBatch> batches = scan.getScanFiles(ENGINE)) {
      while (batches.hasNext()) {
        try (CloseableIterator<Row> files = batches.next().getRows()) {
          while (files.hasNext()) {
            file(state, files.next(), type, rows);
          }
        }
      }
    }
    return rows;
  }

  private static void file(Row state, Row file, Type.RowOf type, List<List<@Nullable Object>> rows)
      throws IOException {
    FileStatus status = InternalScanFileUtils.getAddFileStatus(file);
    CloseableIterator<ColumnarBatch> physical =
        ENGINE
            .getParquetHandler()
            .readParquetFiles(
                Utils.singletonCloseableIterator(status),
                ScanStateRow.getPhysicalDataReadSchema(ENGINE, state),
                Optional.empty());
    try (CloseableIterator<FilteredColumnarBatch> logical =
        Scan.transformPhysicalData(ENGINE, state, file, physical)) {
      while (logical.hasNext()) {
        ColumnarBatch data = logical.next().getData();
        for (int row = 0; row < data.getSize(); row++) {
          List<@Nullable Object> values = new ArrayList<>();
          for (int i = 0; i < type.schema().size(); i++) {
            values.add(value(type.schema().field(i).type(), data.getColumnVector(i), row));
          }
          rows.add(values);
        }
      }
    }
  }

  private static @Nullable Object value(Type type, ColumnVector vector, int row) {
    if (vector.isNullAt(row)) {
      return null;
    }
    if (type instanceof Type.Decimal) {
      return vector.getDecimal(row);
    }
    if (type instanceof Type.ListOf list) {
      List<@Nullable Object> elements = new ArrayList<>();
      ColumnVector vectors = vector.getArray(row).getElements();
      for (int i = 0; i < vector.getArray(row).getSize(); i++) {
        elements.add(value(list.element(), vectors, i));
      }
      return elements;
    }
    if (type instanceof Type.RowOf nested) {
      List<@Nullable Object> fields = new ArrayList<>();
      for (int i = 0; i < nested.schema().size(); i++) {
        fields.add(value(nested.schema().field(i).type(), vector.getChild(i), row));
      }
      return fields;
    }
    return switch ((Type.Scalar) type) {
      case STRING -> vector.getString(row);
      case LONG -> vector.getLong(row);
      case DOUBLE -> vector.getDouble(row);
      case BOOLEAN -> vector.getBoolean(row);
      case DATE -> LocalDate.ofEpochDay(vector.getInt(row));
      case TIMESTAMP -> Values.instant(vector.getLong(row));
    };
  }
}
