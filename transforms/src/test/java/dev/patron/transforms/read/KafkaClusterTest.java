package dev.patron.transforms.read;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.util.Map;
import org.apache.kafka.common.errors.RetriableException;
import org.junit.jupiter.api.Test;

/** Settings that Kafka's clients refuse are known before anything is read. */
class KafkaClusterTest {
  private static void assertThatItIsRefused(Map<String, String> properties, String line) {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new Topics(new KafkaCluster("${KAFKA}", "localhost:1", properties)).close())
        .withMessage("Kafka at ${KAFKA} cannot be set up: " + line)
        .withNoCause();
  }

  @Test
  void whatOnlyTheReadersUseIsCheckedToo() {
    assertThatItIsRefused(
        Map.of("max.poll.records", "0"),
        "Invalid value 0 for configuration max.poll.records: Value must be at least 1");
    assertThatItIsRefused(
        Map.of("fetch.max.wait.ms", "abc"),
        "Invalid value abc for configuration fetch.max.wait.ms: Not a number of type INT");
  }

  @Test
  void aNameThatIsNotKnownMayComeToBeKnown() {
    KafkaCluster away = new KafkaCluster("${KAFKA}", "nohost.invalid:9092", Map.of());
    assertThatThrownBy(() -> new Topics(away).close())
        .isInstanceOf(UncheckedIOException.class)
        .hasRootCauseInstanceOf(RetriableException.class)
        .matches(Topics::mayPass)
        .hasMessageContaining(
            "Kafka at ${KAFKA} cannot be reached: no host of its bootstrap is known");
  }

  @Test
  void theCauseIsTold() {
    assertThatItIsRefused(
        Map.of("security.protocol", "SASL_SSL"),
        "Failed to create new NetworkClient: Could not find a 'KafkaClient' entry in the JAAS"
            + " configuration. System property 'java.security.auth.login.config' is not set");
  }

  @Test
  void noPartOfASecretIsTold() {
    String login = "org.apache.kafka.common.security.plain.PlainLoginModule required ";
    assertThatItIsRefused(
        Map.of(
            "security.protocol",
            "SASL_PLAINTEXT",
            "sasl.jaas.config",
            // A password that should have been quoted.
            login + "username=me password=correct horse;"),
        "Failed to create new NetworkClient: Value not specified for key '(hidden)' in JAAS"
            + " config");
    assertThatItIsRefused(
        Map.of("client.id", "horse", "send.buffer.bytes", "horse-battery"),
        "Invalid value (hidden) for configuration send.buffer.bytes: Not a number of type INT");
  }

  @Test
  void whatIsNoSecretIsTold() {
    assertThatItIsRefused(
        Map.of("security.protocol", "SASL_PLAIN"),
        "Invalid value SASL_PLAIN for configuration security.protocol: String must be one of"
            + " (case insensitive): SASL_SSL, PLAINTEXT, SSL, SASL_PLAINTEXT");
    assertThatItIsRefused(
        Map.of("security.protocol", "SASL_PLAIN", "sasl.jaas.config", "SASL_PLAIN"),
        "Invalid value (hidden) for configuration security.protocol: String must be one of"
            + " (case insensitive): SASL_SSL, PLAINTEXT, SSL, (hidden)TEXT");
  }

  @Test
  void anEmptySettingDoesNotBlotTheLine() {
    assertThatItIsRefused(
        Map.of("client.id", "", "max.poll.records", "0"),
        "Invalid value 0 for configuration max.poll.records: Value must be at least 1");
  }
}
