package dev.patron.transforms.read;

import dev.patron.transforms.read.SourcePosition.PartitionPosition;
import dev.patron.transforms.read.SourcePosition.TopicPosition;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.security.cert.CertPathBuilderException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/**
 * The topics of one cluster, as the program that starts a pipeline sees them: what there is to
 * read, and whether what was read before is still true.
 */
public final class Topics implements AutoCloseable {
  private static final Pattern NAME = Pattern.compile("(?!\\.{1,2}$)[A-Za-z0-9._-]{1,249}");

  private final KafkaCluster cluster;
  private final Admin admin;

  /**
   * What the topics of this cluster have. Connects when it is asked.
   *
   * @throws IllegalArgumentException if Kafka does not understand a property of the cluster
   */
  public Topics(KafkaCluster cluster) {
    cluster.checkConsumer();
    this.cluster = cluster;
    this.admin = cluster.admin();
  }

  /** Whether a topic may have this name: letters, digits, '.', '_' and '-', not "." nor "..". */
  public static boolean isName(String text) {
    return NAME.matcher(text).matches();
  }

  /**
   * Whether it may help to try again later: the cluster was not there, or not well. What it says of
   * a topic, of rights or of lost records stays true.
   */
  public static boolean mayPass(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof LostRecordsException) {
        return false;
      }
      if (cause instanceof RetriableException || cause instanceof NothingCameException) {
        return true;
      }
    }
    return false;
  }

  /** What becomes of records that expired before anybody read them. */
  public enum Expired {
    /** Reading is refused. */
    FAIL,
    /** They are passed over. */
    SKIP
  }

  /**
   * What is to be read.
   *
   * @param ranges what to read, in order of topic and partition; none of them is empty
   * @param after where the topics are left when all ranges were read
   * @param lag for each topic, how many offsets are left then, those behind open transactions too
   * @param held for each partition where a transaction is open, its first offset, up to which can
   *     be read
   * @param expired for each partition whose oldest unread records expired, how many offsets did
   */
  public record Plan(
      List<TopicRange> ranges,
      SourcePosition after,
      Map<String, Long> lag,
      Map<String, Long> held,
      Map<String, Long> expired) {}

  /** Where partitions end for who reads what is committed, and for who reads all. */
  private record Ends(
      Map<TopicPartition, ListOffsetsResultInfo> committed,
      Map<TopicPartition, ListOffsetsResultInfo> all) {}

  /**
   * Fixes what is read: from where each topic was left to its end now, to the end of what is
   * committed where producers use transactions. New topics and partitions are read from their
   * beginning.
   *
   * @param group the group of tables that the records belong to
   * @param names the topics
   * @param before where each table of the group left them: reading begins at the earliest place,
   *     and what any of them read or has yet to read must be there
   * @param most so many offsets at most, shared fairly among the partitions
   * @throws NoSuchTopic if a topic does not exist
   * @throws LostRecordsException if what was read is not what the topic has any more, or if records
   *     expired and {@code onExpired} does not pass them over
   * @throws IOException if the cluster cannot be reached or does not allow this
   */
  public Plan plan(
      String group,
      Collection<String> names,
      Collection<SourcePosition> before,
      long most,
      Expired onExpired)
      throws IOException {
    Map<String, TopicDescription> topics = describe(names);
    List<TopicPartition> partitions = partitions(topics);
    // Asked for first: what has come by the next question is not held up by anything.
    Map<TopicPartition, ListOffsetsResultInfo> all =
        offsets(partitions, OffsetSpec.latest(), IsolationLevel.READ_UNCOMMITTED);
    Map<TopicPartition, ListOffsetsResultInfo> first =
        offsets(partitions, OffsetSpec.earliest(), IsolationLevel.READ_COMMITTED);
    Map<TopicPartition, ListOffsetsResultInfo> last =
        offsets(partitions, OffsetSpec.latest(), IsolationLevel.READ_COMMITTED);
    Set<String> compacted = compacted(topics.keySet());

    TreeMap<String, Long> expired = new TreeMap<>();
    Map<TopicPartition, List<PartitionPosition>> left = new HashMap<>();
    for (TopicPartition partition : partitions) {
      long oldest = at(first, partition).offset();
      List<PartitionPosition> places = new ArrayList<>();
      // Each by itself: the place where the group begins, a new table's, says nothing of what the
      // others read.
      for (SourcePosition position : before) {
        TopicPosition topic = position.topics().get(partition.topic());
        PartitionPosition place = place(partition, topic, topics, oldest);
        if (place.next() > at(last, partition).offset()) {
          throw cut(partition.toString(), place.next(), at(last, partition).offset());
        }
        if (place.next() < oldest) {
          if (onExpired == Expired.FAIL) {
            throw expired(partition.toString(), place.next(), oldest);
          }
          expired.merge(partition.toString(), oldest - place.next(), Math::max);
          place = new PartitionPosition(oldest, -1);
        }
        places.add(place);
      }
      left.put(partition, places);
    }
    return share(
        group, topics, partitions, left, new Ends(last, all), compacted, most, onExpired, expired);
  }

  /** Where a table goes on that left a topic there; null: it was never there. */
  private static PartitionPosition place(
      TopicPartition partition,
      @Nullable TopicPosition topic,
      Map<String, TopicDescription> topics,
      long oldest)
      throws LostRecordsException {
    if (topic == null) {
      return new PartitionPosition(oldest, -1);
    }
    checkIsSame(partition.topic(), topic, topics);
    // A partition that was not there when the topic was read was added since, and begins at 0:
    // compaction leaves the beginning of a log where it is, what expires moves it.
    return topic.partitions().getOrDefault(partition.partition(), new PartitionPosition(0, -1));
  }

  private Plan share(
      String group,
      Map<String, TopicDescription> topics,
      List<TopicPartition> partitions,
      Map<TopicPartition, List<PartitionPosition>> left,
      Ends ends,
      Set<String> compacted,
      long most,
      Expired onExpired,
      Map<String, Long> expired) {
    Map<TopicPartition, ListOffsetsResultInfo> last = ends.committed();
    Map<TopicPartition, NavigableMap<Long, Integer>> starts = new HashMap<>();
    left.forEach((partition, places) -> starts.put(partition, epochs(places)));
    Map<TopicPartition, Long> waiting = new HashMap<>();
    partitions.forEach(
        partition ->
            waiting.put(
                partition, at(last, partition).offset() - at(starts, partition).firstKey()));
    Map<TopicPartition, Long> taken = fairly(partitions, waiting, most);
    List<TopicRange> ranges = new ArrayList<>();
    TreeMap<String, TreeMap<Integer, PartitionPosition>> after = new TreeMap<>();
    TreeMap<String, Long> lag = new TreeMap<>();
    TreeMap<String, Long> held = new TreeMap<>();
    for (TopicPartition partition : partitions) {
      NavigableMap<Long, Integer> start = at(starts, partition);
      long to = start.firstKey() + at(taken, partition);
      int epoch = start.firstEntry().getValue();
      if (to > start.firstKey()) {
        for (long from : start.headMap(to).keySet()) {
          ranges.add(
              new TopicRange(
                  partition.topic(),
                  partition.partition(),
                  from,
                  at(start, from),
                  Math.min(to, Objects.requireNonNullElse(start.higherKey(from), to)),
                  compacted.contains(partition.topic()),
                  onExpired,
                  group));
        }
        epoch = at(last, partition).leaderEpoch().orElse(-1);
      }
      after
          .computeIfAbsent(partition.topic(), any -> new TreeMap<>())
          .put(partition.partition(), new PartitionPosition(to, epoch));
      long readable = at(last, partition).offset();
      long end = Math.max(readable, at(ends.all(), partition).offset());
      lag.merge(partition.topic(), end - to, Long::sum);
      if (readable < end) {
        held.put(partition.toString(), readable);
      }
    }
    TreeMap<String, TopicPosition> positions = new TreeMap<>();
    topics.forEach(
        (name, topic) ->
            positions.put(
                name,
                new TopicPosition(
                    topic.topicId().toString(), after.getOrDefault(name, new TreeMap<>()))));
    return new Plan(ranges, new SourcePosition(positions, new TreeMap<>()), lag, held, expired);
  }

  /**
   * The offsets at which ranges begin, and the leader epochs known there. A place with an epoch
   * begins a range of its own, as brokers look back only where a reader begins: so a table that was
   * ahead of the first place is told, too, when what it read was replaced.
   */
  private static NavigableMap<Long, Integer> epochs(List<PartitionPosition> places) {
    TreeMap<Long, Integer> epochs = new TreeMap<>();
    places.forEach(place -> epochs.merge(place.next(), place.epoch(), Math::max));
    long first = epochs.firstKey();
    epochs.entrySet().removeIf(place -> place.getKey() > first && place.getValue() < 0);
    return epochs;
  }

  /** Nobody gets more than an equal share while another one's share does not suffice. */
  static <K> Map<K, Long> fairly(List<K> keys, Map<K, Long> waiting, long most) {
    List<K> bySize =
        keys.stream().sorted(Comparator.comparing((K key) -> at(waiting, key))).toList();
    Map<K, Long> taken = new HashMap<>();
    long left = most;
    for (int i = 0; i < bySize.size(); i++) {
      int others = bySize.size() - i;
      // Rounded up, so that a share of less than one does not starve everybody.
      long equal = left / others + (left % others == 0 ? 0 : 1);
      long mine = Math.min(at(waiting, bySize.get(i)), equal);
      taken.put(bySize.get(i), mine);
      left -= mine;
    }
    return taken;
  }

  static LostRecordsException expired(String partition, long next, long oldest) {
    return new LostRecordsException(
        ("%s: the records from offset %d to %d expired before they were read; keep them longer"
                + " (retention.ms, retention.bytes), or say expired: skip to go on without them")
            .formatted(partition, next, oldest - 1));
  }

  static LostRecordsException cut(String partition, long next, long end) {
    return new LostRecordsException(
        ("%s: it ends at offset %d, but it was read up to %d before: the cluster lost records; the"
                + " tables hold what it lost, so read it into a new warehouse or restore the topic")
            .formatted(partition, end, next));
  }

  private static void checkIsSame(
      String name, TopicPosition before, Map<String, TopicDescription> topics)
      throws LostRecordsException {
    String id = at(topics, name).topicId().toString();
    if (!id.equals(before.id())) {
      throw new LostRecordsException(
          ("topic '%s' was deleted and made again since it was read (its id was %s and is %s now):"
                  + " its offsets mean other records; read it into a new warehouse, or under a new"
                  + " topic name")
              .formatted(name, before.id(), id));
    }
  }

  /**
   * What the cluster calls a topic: no other topic of any cluster has this id, not even one of the
   * same name that is made after this is deleted. Null if the cluster is too old for ids.
   *
   * @throws NoSuchTopic if it is not there
   * @throws IOException if the cluster cannot be reached or does not allow this
   */
  public @Nullable String id(String topic) throws IOException {
    Uuid id = at(describe(List.of(topic)), topic).topicId();
    return id.equals(Uuid.ZERO_UUID) ? null : id.toString();
  }

  private Map<String, TopicDescription> describe(Collection<String> names) throws IOException {
    TreeMap<String, TopicDescription> found = new TreeMap<>();
    for (Map.Entry<String, KafkaFuture<TopicDescription>> topic :
        admin.describeTopics(names).topicNameValues().entrySet()) {
      try {
        found.put(topic.getKey(), await(topic.getValue()));
      } catch (IOException e) {
        if (e.getCause() instanceof UnknownTopicOrPartitionException) {
          throw new NoSuchTopic("%s has no topic '%s'".formatted(cluster, topic.getKey()));
        }
        throw e;
      }
    }
    return found;
  }

  private static List<TopicPartition> partitions(Map<String, TopicDescription> topics) {
    List<TopicPartition> partitions = new ArrayList<>();
    topics.forEach(
        (name, topic) ->
            topic.partitions().stream()
                .mapToInt(TopicPartitionInfo::partition)
                .sorted()
                .forEach(partition -> partitions.add(new TopicPartition(name, partition))));
    return partitions;
  }

  private Map<TopicPartition, ListOffsetsResultInfo> offsets(
      List<TopicPartition> partitions, OffsetSpec spec, IsolationLevel isolation)
      throws IOException {
    return await(
        admin
            .listOffsets(
                partitions.stream().collect(Collectors.toMap(any -> any, any -> spec)),
                new ListOffsetsOptions(isolation))
            .all());
  }

  /**
   * The size in bytes of the largest batch of records that a topic takes; nothing if we may not
   * ask.
   *
   * @throws IOException if the cluster cannot be reached
   */
  public OptionalInt maxMessageBytes(String topic) throws IOException {
    @Nullable String bytes =
        settings(Set.of(topic), TopicConfig.MAX_MESSAGE_BYTES_CONFIG).get(topic);
    return bytes == null ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(bytes));
  }

  /** The topics that are compacted, or about which we may not ask. */
  private Set<String> compacted(Set<String> names) throws IOException {
    Set<String> compacted = new HashSet<>(names);
    settings(names, TopicConfig.CLEANUP_POLICY_CONFIG)
        .forEach(
            (name, policy) -> {
              if (!policy.contains(TopicConfig.CLEANUP_POLICY_COMPACT)) {
                compacted.remove(name);
              }
            });
    return compacted;
  }

  /** A setting of each topic, except of those about which we may not ask. */
  private Map<String, String> settings(Set<String> names, String key) throws IOException {
    Map<String, ConfigResource> resources =
        names.stream()
            .collect(
                Collectors.toMap(
                    name -> name, name -> new ConfigResource(ConfigResource.Type.TOPIC, name)));
    Map<ConfigResource, KafkaFuture<Config>> answers =
        admin.describeConfigs(resources.values()).values();
    Map<String, String> settings = new HashMap<>();
    for (String name : names) {
      try {
        ConfigEntry setting = await(at(answers, at(resources, name))).get(key);
        if (setting != null) {
          settings.put(name, setting.value());
        }
      } catch (IOException e) {
        if (!(e.getCause() instanceof AuthorizationException)) {
          throw e;
        }
      }
    }
    return settings;
  }

  private <T> T await(KafkaFuture<T> future) throws IOException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IOException(cluster + told(cause), cause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while asking " + cluster);
    }
  }

  /** What a cluster said, and what to do about it where that is known. */
  private static String told(Throwable cause) {
    String message = cause.getMessage();
    if (cause instanceof TimeoutException) {
      return " does not answer (" + message + "); see that it runs and can be reached from here";
    }
    if (cause instanceof SaslAuthenticationException) {
      return ": " + message + "; see that sasl.mechanism and sasl.jaas.config are right";
    }
    return cause instanceof SslAuthenticationException
        ? ": " + message + ": " + handshake(cause)
        : ": " + message;
  }

  /** Why nobody may speak with a cluster by TLS; Kafka says no more than that. */
  private static String handshake(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
      if (root instanceof CertPathBuilderException) {
        return "its certificate is not trusted; name the file of that, or of its authority's, as"
            + " ssl.truststore.location (with ssl.truststore.type: PEM, say)";
      }
    }
    return String.valueOf(root.getMessage());
  }

  private static <K, V> V at(Map<K, V> map, K key) {
    @Nullable V value = map.get(key);
    if (value == null) {
      throw new IllegalStateException("the cluster said nothing of " + key);
    }
    return value;
  }

  @Override
  public void close() {
    admin.close();
  }
}
