package dev.patron.runners.spark;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SparkHadoopSettingsTest {
  private static final String KEY = "fs.azure.account.auth.type";

  @AfterEach
  void forget() {
    System.clearProperty("spark.hadoop." + KEY);
  }

  /** So spark-submit leaves what {@code --conf} says, before there is a Spark. */
  @Test
  void whatSparkCallsHadoopsIsHadoops() {
    System.setProperty("spark.hadoop." + KEY, "OAuth");
    assertThat(new SparkHadoopSettings().settings())
        .containsEntry(KEY, "OAuth")
        .allSatisfy((name, value) -> assertThat(name).doesNotStartWith("spark."));
  }
}
