package dev.patron.pipelines.stages;

import dev.patron.features.tables.TableDefinition;
import dev.patron.pipelines.console.JobException;
import dev.patron.pipelines.console.UsageException;
import dev.patron.pipelines.dataset.Dataset;
import dev.patron.pipelines.dataset.Setting;
import dev.patron.pipelines.dataset.Source;
import dev.patron.transforms.lake.TableSnapshot;
import dev.patron.transforms.read.KafkaCluster;
import dev.patron.transforms.read.LostRecordsException;
import dev.patron.transforms.read.NoSuchTopic;
import dev.patron.transforms.read.PageSource;
import dev.patron.transforms.read.Pages;
import dev.patron.transforms.read.SourcePart;
import dev.patron.transforms.read.SourcePosition;
import dev.patron.transforms.read.SourcePosition.PagePosition;
import dev.patron.transforms.read.StagedPages;
import dev.patron.transforms.read.Topics;
import dev.patron.transforms.read.Topics.Expired;
import dev.patron.transforms.read.UnreadablePagesException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What topics and pages have that a warehouse has not. Where they were left stands in the bronze
 * tables' own logs, in the same commits as the rows.
 */
public final class Feeds implements AutoCloseable {
  /** Clients stay connected from increment to increment. */
  private final Map<KafkaCluster, Topics> clients = new LinkedHashMap<>();

  private final Map<PageSource, Pages> pages = new LinkedHashMap<>();

  /**
   * What is new.
   *
   * @param parts what to read
   * @param clusters where the topics of each group are
   * @param before for each table that has such a source, where it was left
   * @param after for each table that has such a source, where it is left when all parts were read
   * @param lag for each topic, how many offsets are left then
   * @param held for each partition of a topic where a transaction is open, since which offset
   * @param leadOn the tables whose pages have more, as no more may be read at once
   */
  public record News(
      List<SourcePart> parts,
      Map<String, KafkaCluster> clusters,
      Map<String, SourcePosition> before,
      Map<String, SourcePosition> after,
      Map<String, Long> lag,
      Map<String, Long> held,
      Set<String> leadOn) {

    /**
     * Whether every topic was read at least as far as these positions of tables say, and pages,
     * which do not tell how many they are, to their end.
     */
    public boolean reaches(Map<String, SourcePosition> ends) {
      return leadOn.isEmpty()
          && ends.entrySet().stream()
              .allMatch(
                  end ->
                      after
                          .getOrDefault(end.getKey(), SourcePosition.START)
                          .reaches(end.getValue()));
    }

    /** Whether there is nothing new, not even an offset without a record. */
    public boolean isEmpty() {
      return parts.isEmpty() && after.keySet().stream().noneMatch(this::moved);
    }

    /** Whether a table's source was read further. */
    boolean moved(String table) {
      SourcePosition later = after.get(table);
      return later != null && !later.equals(before.get(table));
    }
  }

  /** What tables that share a source's reading have in common. */
  static String group(Dataset dataset, Dataset.Table table) {
    // Only Debezium's records say which table they belong to.
    return table.source() instanceof Source.Kafka kafka
            && table.definition().format().kind() == TableDefinition.Format.Kind.DEBEZIUM
        ? "topics "
            + kafka.topics().stream().map(Setting::reveal).toList()
            + " of "
            + kafka.bootstrap()
            + " "
            + kafka.properties().hashCode()
            + kafka.skipExpired()
            + turn(dataset, table)
        : table.name();
  }

  /**
   * A record belongs to one table of a group; where a dataset has several tables of one source, its
   * state and its history say, each has its turn in a group of its own.
   */
  static String turn(Dataset dataset, Dataset.Table table) {
    int earlier = 0;
    for (Dataset.Table other : dataset.tables()) {
      if (other.name().equals(table.name())) {
        break;
      }
      if (other.definition().format().kind() == TableDefinition.Format.Kind.DEBEZIUM
          && other
              .definition()
              .format()
              .sourceTable()
              .equals(table.definition().format().sourceTable())) {
        earlier++;
      }
    }
    return earlier == 0 ? "" : " once more " + earlier;
  }

  /**
   * Looks what is new.
   *
   * @param most so many records of each source at most
   * @throws UsageException if a source is not there
   * @throws JobException if a source lost what it had, or does not answer
   */
  public News find(Job job, long most) throws IOException {
    Map<String, List<Dataset.Table>> groups = new LinkedHashMap<>();
    for (Dataset.Table table : job.dataset().tables()) {
      if (!(table.source() instanceof Source.Files)) {
        groups.computeIfAbsent(group(job.dataset(), table), any -> new ArrayList<>()).add(table);
      }
    }
    News news = emptyNews();
    Map<String, Long> expired = new TreeMap<>();
    for (Map.Entry<String, List<Dataset.Table>> group : groups.entrySet()) {
      List<Dataset.Table> tables = group.getValue();
      Dataset.Table table = tables.get(0);
      try {
        if (table.source() instanceof Source.Kafka kafka) {
          expired.putAll(topics(job, group.getKey(), tables, kafka, most, news));
        } else if (table.source() instanceof Source.Rest rest) {
          pages(job, group.getKey(), table, rest, most, news);
        }
      } catch (NoSuchTopic | IllegalArgumentException e) {
        throw new UsageException("table '" + table.name() + "': " + e.getMessage(), e);
      } catch (LostRecordsException | UnreadablePagesException e) {
        throw new JobException("table '" + table.name() + "': " + e.getMessage());
      }
    }
    tellExpired(job, expired);
    return news;
  }

  /** Tells of each of these partitions how many offsets expired. */
  static void tellExpired(Job job, Map<String, Long> expired) {
    expired.forEach(
        (partition, offsets) ->
            job.console()
                .note(
                    "patron: %s: %,d offsets expired before they were read and are skipped"
                        .formatted(partition, offsets)));
  }

  private static News emptyNews() {
    return new News(
        new ArrayList<>(),
        new LinkedHashMap<>(),
        new LinkedHashMap<>(),
        new LinkedHashMap<>(),
        new TreeMap<>(),
        new TreeMap<>(),
        new TreeSet<>());
  }

  /**
   * Where the topics end now, for each table that reads any.
   *
   * @throws UsageException as {@link #find}
   * @throws JobException as {@link #find}
   */
  public Map<String, SourcePosition> ends(Job job) throws IOException {
    Map<String, SourcePosition> ends = new TreeMap<>();
    for (Dataset.Table table : job.dataset().tables()) {
      if (table.source() instanceof Source.Kafka kafka) {
        News news = emptyNews();
        try {
          topics(job, table.name(), List.of(table), kafka, Long.MAX_VALUE, news);
        } catch (NoSuchTopic | IllegalArgumentException e) {
          throw new UsageException("table '" + table.name() + "': " + e.getMessage(), e);
        } catch (LostRecordsException e) {
          throw new JobException("table '" + table.name() + "': " + e.getMessage());
        }
        ends.putAll(news.after());
      }
    }
    return ends;
  }

  /**
   * Adds what topics have to the news.
   *
   * @return for each partition how many offsets expired unread
   */
  private Map<String, Long> topics(
      Job job, String group, List<Dataset.Table> tables, Source.Kafka kafka, long most, News news)
      throws IOException {
    KafkaCluster cluster = cluster(kafka);
    for (Dataset.Table table : tables) {
      news.before().put(table.name(), position(job, table));
    }
    Topics.Plan plan =
        clients
            .computeIfAbsent(cluster, Topics::new)
            .plan(
                group,
                kafka.topics().stream().map(Setting::reveal).toList(),
                tables.stream().map(table -> position(job, table)).toList(),
                most,
                kafka.skipExpired() ? Expired.SKIP : Expired.FAIL);
    news.parts().addAll(plan.ranges());
    news.clusters().put(group, cluster);
    // A topic that several groups of tables read is as far behind as the last of them.
    plan.lag().forEach((topic, lag) -> news.lag().merge(topic, lag, Math::max));
    news.held().putAll(plan.held());
    for (Dataset.Table table : tables) {
      news.after().put(table.name(), plan.after().orLater(position(job, table)));
    }
    return plan.expired();
  }

  private void pages(
      Job job, String group, Dataset.Table table, Source.Rest rest, long most, News news)
      throws IOException {
    // A name and password in the address are no part of its name.
    String name = rest.url().toString().replaceFirst("//[^/@]*@", "//");
    PageSource source =
        new PageSource(
            name,
            rest.url().reveal(),
            reveal(rest.headers()),
            rest.page().cursor(),
            rest.page().parameter(),
            rest.page().records());
    SourcePosition before = position(job, table);
    PagePosition left = before.pages().get(name);
    String file = job.staging("pages-" + table.name()) + ".jsonl";
    Pages.Fetched fetched =
        pages
            .computeIfAbsent(source, Pages::new)
            .fetch(
                left,
                most,
                file,
                line -> job.console().note("patron: table '" + table.name() + "': " + line));
    if (fetched.records() > 0) {
      news.parts().add(new StagedPages(file, name, left == null ? 0 : left.total(), group));
    }
    if (fetched.more()) {
      news.leadOn().add(table.name());
    }
    TreeMap<String, PagePosition> after = new TreeMap<>(before.pages());
    after.put(name, fetched.after());
    news.before().put(table.name(), before);
    news.after().put(table.name(), new SourcePosition(before.topics(), after));
  }

  static KafkaCluster cluster(Source.Kafka kafka) {
    return new KafkaCluster(
        kafka.bootstrap().toString(), kafka.bootstrap().reveal(), reveal(kafka.properties()));
  }

  private static SourcePosition position(Job job, Dataset.Table table) {
    TableSnapshot bronze = job.latest(Ingest.bronze(table.name()));
    String text = bronze == null ? null : bronze.properties().get(SourcePosition.PROPERTY);
    return text == null ? SourcePosition.START : SourcePosition.parse(text);
  }

  private static Map<String, String> reveal(Map<String, Setting> settings) {
    TreeMap<String, String> values = new TreeMap<>();
    settings.forEach((name, setting) -> values.put(name, setting.reveal()));
    return values;
  }

  /** Disconnects. */
  @Override
  public void close() {
    clients.values().forEach(Topics::close);
    clients.clear();
  }
}
