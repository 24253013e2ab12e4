package dev.patron.pipelines.options;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.jspecify.annotations.Nullable;

/**
 * What is done with which version of which model; also as bare words in this order: {@code compare
 * lifetime 1 2}.
 */
public interface ModelOptions extends WarehouseOptions {

  /** What to do. */
  @Description(
      "What to do, also as a bare word: list, show (the card of a version), compare (two versions,"
          + " side by side), promote (make a version champion), rollback (to the champion before).")
  @Default.String("list")
  String getAction();

  void setAction(String action);

  /** Which model. */
  @Description("Which model: lifetime or segments. Default: lifetime. A list is of all.")
  @Nullable String getModel();

  void setModel(@Nullable String model);

  /** Which version. */
  @Description(
      "The version that is shown, compared or promoted. Default: for show the champion, for compare"
          + " and promote the challenger.")
  @Nullable Integer getVersion();

  void setVersion(@Nullable Integer version);

  /** With which version another is compared. */
  @Description("The version that it is compared with. Default: the champion.")
  @Nullable Integer getAgainst();

  void setAgainst(@Nullable Integer version);
}
