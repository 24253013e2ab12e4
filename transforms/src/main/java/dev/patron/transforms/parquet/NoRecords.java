package dev.patron.transforms.parquet;

import java.util.ArrayList;
import java.util.List;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.schema.GroupType;

/**
 * The converters that Parquet's column readers ask for, though they are never told a value: values
 * are taken from the readers.
 */
final class NoRecords extends GroupConverter {
  private final List<Converter> fields = new ArrayList<>();

  NoRecords(GroupType group) {
    group
        .getFields()
        .forEach(
            field ->
                fields.add(
                    field.isPrimitive() ? new NoValue() : new NoRecords(field.asGroupType())));
  }

  @Override
  public Converter getConverter(int position) {
    return fields.get(position);
  }

  @Override
  public void start() {}

  @Override
  public void end() {}

  private static final class NoValue extends PrimitiveConverter {}
}
