package dev.patron.pipelines.options;

import org.apache.beam.sdk.options.Description;
import org.jspecify.annotations.Nullable;

/** Who is to be forgotten, and how what is left is described. */
public interface ForgetOptions extends SilverOptions, FeatureOptions, ScoreOptions {

  /** One customer. */
  @Description("The customer to forget, as gold/customer_features has them in customer_id.")
  @Nullable String getCustomer();

  void setCustomer(@Nullable String customer);

  /** Several. */
  @Description(
      "A table of the customers to forget: a CSV file with a header, or the folder of a Delta table,"
          + " with a column customer_id or the one that the dataset's purchases call customer.")
  @Nullable String getRequests();

  void setRequests(@Nullable String requests);
}
