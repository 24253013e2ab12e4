package dev.patron.transforms.read;

import dev.patron.features.frame.Frame;
import dev.patron.features.record.SchemaEvidence;
import dev.patron.features.tables.TableDefinition;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.PCollection;

/**
 * Looks at the columns of bronze records: one {@link SchemaEvidence} a bundle, as JSON, to be
 * merged in any order.
 */
public final class GatherEvidence extends PTransform<PCollection<Frame>, PCollection<String>> {
  private final TableDefinition table;

  /** Looks at the records of this table. */
  public GatherEvidence(TableDefinition table) {
    this.table = table;
  }

  @Override
  public PCollection<String> expand(PCollection<Frame> bronze) {
    return bronze
        .apply("Look at each record", ParDo.of(new Look(table)))
        .setCoder(StringUtf8Coder.of());
  }

  private static final class Look extends DoFn<Frame, String> {
    private final TableDefinition table;
    private transient SchemaEvidence seen;

    private Look(TableDefinition table) {
      this.table = table;
    }

    @StartBundle
    public void start() {
      seen = new SchemaEvidence();
    }

    @ProcessElement
    public void look(@Element Frame bronze) {
      seen.observe(bronze, table);
    }

    @FinishBundle
    public void finish(FinishBundleContext context) {
      context.output(seen.toJson(), BoundedWindow.TIMESTAMP_MIN_VALUE, GlobalWindow.INSTANCE);
    }
  }
}
