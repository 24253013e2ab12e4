package dev.patron.transforms.read;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.errors.NetworkException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * How to reach a Kafka cluster. Its text shows neither the brokers nor any value, all of which may
 * be secrets.
 *
 * @param name what messages call it: what the dataset says, references in place of values
 * @param bootstrap the brokers to ask first, {@code host:port,...}
 * @param properties further properties of Kafka's clients, as {@code security.protocol}, {@code
 *     sasl.jaas.config} or {@code fetch.max.bytes}
 */
public record KafkaCluster(String name, String bootstrap, Map<String, String> properties)
    implements Serializable {

  /** So long a cluster may take to answer before it counts as unreachable. */
  static final int PATIENCE_MILLIS = 30_000;

  private static final int FETCH_BYTES = 8 << 20;
  private static final int POLL_RECORDS = 5_000;

  /** What exact reading rests on; nobody else may set it. */
  private static final Set<String> OURS =
      Set.of(
          ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
          ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
          ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
          ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
          ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
          ConsumerConfig.ISOLATION_LEVEL_CONFIG,
          ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
          ConsumerConfig.GROUP_ID_CONFIG,
          ConsumerConfig.GROUP_INSTANCE_ID_CONFIG);

  /** Settings that are shorter are no secrets, and their text is in every word. */
  private static final int SECRET_LENGTH = 4;

  /**
   * These choose among words that Kafka's documentation lists: whoever mistypes one has to see it.
   */
  private static final Set<String> NO_SECRETS =
      Set.of(
          CommonClientConfigs.SECURITY_PROTOCOL_CONFIG,
          SaslConfigs.SASL_MECHANISM,
          SslConfigs.SSL_PROTOCOL_CONFIG,
          SslConfigs.SSL_ENABLED_PROTOCOLS_CONFIG,
          SslConfigs.SSL_KEYSTORE_TYPE_CONFIG,
          SslConfigs.SSL_TRUSTSTORE_TYPE_CONFIG,
          SslConfigs.SSL_ENDPOINT_IDENTIFICATION_ALGORITHM_CONFIG);

  /** How Kafka's clients begin to say that no broker's name can be looked up. */
  private static final String UNKNOWN_HOSTS = "No resolvable bootstrap urls";

  private static final String HIDDEN = "(hidden)";
  private static final Pattern QUOTED = Pattern.compile("'([^']+)'");

  public KafkaCluster {
    properties = new TreeMap<>(properties);
  }

  /** The names of the properties that {@link #properties} may have, in order. */
  public static Set<String> propertyNames() {
    TreeSet<String> names = new TreeSet<>(ConsumerConfig.configNames());
    names.addAll(AdminClientConfig.configNames());
    names.removeAll(OURS);
    return names;
  }

  /** Whether Patron sets this property itself. */
  public static boolean isOurs(String property) {
    return OURS.contains(property);
  }

  /**
   * A client for what the cluster knows of its topics.
   *
   * @throws IllegalArgumentException if Kafka does not understand a property
   */
  Admin admin() {
    Map<String, Object> settings = settings(AdminClientConfig.configNames());
    settings.putIfAbsent(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS);
    settings.putIfAbsent(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS);
    return setUp(() -> Admin.create(settings));
  }

  /**
   * Checks the properties of {@link #consumer}s, which are made in the middle of a run.
   *
   * @throws IllegalArgumentException if Kafka does not understand a property
   */
  void checkConsumer() {
    consumer(IsolationLevel.READ_COMMITTED).close(Duration.ZERO);
  }

  private <T> T setUp(Supplier<T> client) {
    try {
      return client.get();
    } catch (KafkaException e) {
      if (reason(e).startsWith(UNKNOWN_HOSTS)) {
        // A broker that is away may have no name: in Kubernetes it is known while it runs.
        throw new UncheckedIOException(
            new IOException(
                this + " cannot be reached: no host of its bootstrap is known",
                new NetworkException(UNKNOWN_HOSTS)));
      }
      // Without its cause, whose text may hold a secret.
      throw new IllegalArgumentException(this + " cannot be set up: " + withoutSecrets(reason(e)));
    }
  }

  /** All that Kafka says of the reason: its innermost cause, or its outermost, may say nothing. */
  private static String reason(KafkaException failure) {
    List<String> said = new ArrayList<>();
    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
    while (cause != null) {
      String message = cause.getMessage();
      if (message != null) {
        // Who only passes a cause on repeats its words.
        said.removeIf(outer -> outer.endsWith(message));
        said.add(message.lines().findFirst().orElse(message));
      }
      cause = cause.getCause();
    }
    return String.join(": ", said);
  }

  private String withoutSecrets(String text) {
    List<String> secrets =
        properties.entrySet().stream()
            .filter(property -> !NO_SECRETS.contains(property.getKey()))
            .map(Map.Entry::getValue)
            .toList();
    String shown = text;
    // The longest first: what is left of a secret that holds another one is one still.
    for (String value :
        secrets.stream()
            .filter(value -> value.length() >= SECRET_LENGTH)
            .sorted(Comparator.comparing(String::length).reversed())
            .toList()) {
      shown = shown.replace(value, HIDDEN);
    }
    // Kafka quotes the word of a login that it stumbles over.
    return QUOTED
        .matcher(shown)
        .replaceAll(
            quoted ->
                secrets.stream().anyMatch(value -> value.contains(quoted.group(1)))
                    ? "'" + HIDDEN + "'"
                    : Matcher.quoteReplacement(quoted.group()));
  }

  /**
   * A consumer that stays where it is told, and remembers nothing in the cluster.
   *
   * @throws IllegalArgumentException if Kafka does not understand a property
   */
  Consumer<byte[], byte[]> consumer(IsolationLevel isolation) {
    Map<String, Object> settings = settings(ConsumerConfig.configNames());
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    // One partition is read at a time, so that what one may send is what comes at once.
    settings.putIfAbsent(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, FETCH_BYTES);
    settings.putIfAbsent(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, POLL_RECORDS);
    settings.put(
        ConsumerConfig.ISOLATION_LEVEL_CONFIG, isolation.toString().toLowerCase(Locale.ROOT));
    return setUp(
        () ->
            new KafkaConsumer<>(
                settings, new ByteArrayDeserializer(), new ByteArrayDeserializer()));
  }

  private Map<String, Object> settings(Set<String> known) {
    Map<String, Object> settings = new HashMap<>();
    properties.forEach(
        (name, value) -> {
          if (known.contains(name)) {
            settings.put(name, value);
          }
        });
    settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
    return settings;
  }

  @Override
  public String toString() {
    return "Kafka at " + name;
  }
}
