package dev.patron.pipelines.options;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;

/** What a clean-up leaves. */
public interface VacuumOptions extends WarehouseOptions {

  /** How long versions stay readable. */
  @Description(
      "How long versions that were replaced can still be read, as an ISO 8601 duration; also how"
          + " old a file that no version has must be before it is taken for a crashed run's. Less than"
          + " a day makes what runs meanwhile fail or begin anew.")
  @Default.String("P7D")
  String getRetain();

  void setRetain(String duration);
}
