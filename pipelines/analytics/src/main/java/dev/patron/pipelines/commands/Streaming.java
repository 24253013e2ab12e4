package dev.patron.pipelines.commands;

import dev.patron.pipelines.console.Console;
import dev.patron.pipelines.console.JobException;
import dev.patron.pipelines.console.MachineFault;
import dev.patron.pipelines.console.UsageException;
import dev.patron.pipelines.dataset.Dataset;
import dev.patron.pipelines.dataset.Source;
import dev.patron.pipelines.options.StreamOptions;
import dev.patron.pipelines.stages.Compact;
import dev.patron.pipelines.stages.Features;
import dev.patron.pipelines.stages.Feeds;
import dev.patron.pipelines.stages.Ingest;
import dev.patron.pipelines.stages.Job;
import dev.patron.pipelines.stages.Models;
import dev.patron.pipelines.stages.OpenTransactions;
import dev.patron.pipelines.stages.Refine;
import dev.patron.pipelines.stages.RefusedLately;
import dev.patron.pipelines.stages.Score;
import dev.patron.pipelines.stages.ScoresTopic;
import dev.patron.transforms.lake.LakeException;
import dev.patron.transforms.read.SourcePosition;
import dev.patron.transforms.read.Topics;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * {@code stream}: a loop of bounded increments of the batch graph. Each fixes what it reads, reads
 * exactly that, and commits rows and positions together; nothing is remembered between them but the
 * warehouse, so that a crash at any moment is a restart from there.
 */
public final class Streaming implements AutoCloseable {
  private static final long MANY_RECORDS = 1_000_000;

  /** A JVM with a heap of a gigabyte says somewhat less of itself: a part of it is always empty. */
  private static final long SMALL_HEAP = 850L << 20;

  /** Far from what clocks of 64 bits can wait for. */
  private static final Duration LONGEST_EVERY = Duration.ofDays(366);

  /** A cluster that refuses at once needs time all the same, also where increments need none. */
  private static final Duration FAILURE_PAUSE = Duration.ofSeconds(1);

  /**
   * So long others have to decide nothing before what they left is taken up: a command of several
   * stages fails if somebody else decides between two of them.
   */
  private static final Duration QUIET = Duration.ofSeconds(10);

  /** How a conflict's message ends for whoever has to repeat a command. */
  private static final Pattern AGAIN = Pattern.compile("; (run( it)? again|try again later)$");

  private final OpenShop shop;
  private final StreamOptions options;
  private final Duration every;
  private final Console console;

  /** The console of all increments. */
  private final Console ofIncrements;

  private final Feeds feeds;
  private @Nullable ScoresTopic topic;
  private final RefusedLately refused = RefusedLately.inAStream();
  private final OpenTransactions transactions = new OpenTransactions();
  private boolean first = true;

  /** Whether the last increment did not come to its end: the next has to, even without news. */
  private boolean begun = true;

  /**
   * Whether there may be scores that were not sent: those of a stream that was killed, at first.
   */
  private boolean unsent = true;

  /** The champions that scored last; none while nobody was scored. */
  private List<String> scoredBy = List.of();

  /** The records that were committed since an increment last came to its end. */
  private long committed;

  /** When the increment began that is to tell of them. */
  private long begin;

  /** The newest decision on the warehouse when an increment last came to its end. */
  private long settled;

  /** The newest decision that was seen since, and when it was seen first. */
  private long noticed;

  private long noticedAt;

  /** The increment that is being made, or was last. */
  private @Nullable Job inHand;

  private boolean saidUntrained;
  private long increments;

  private Streaming(
      OpenShop shop, StreamOptions options, Duration every, Console console, Feeds feeds) {
    this.shop = shop;
    this.options = options;
    this.every = every;
    this.console = console;
    this.ofIncrements = console.withoutStages();
    this.feeds = feeds;
  }

  /**
   * The most records that an increment takes of a source: fewer increments are less work where much
   * waits, and need more room.
   */
  private static long records(StreamOptions options) {
    Long wanted = options.getMaxRecordsPerIncrement();
    if (wanted != null) {
      return wanted;
    }
    return Runtime.getRuntime().maxMemory() < SMALL_HEAP ? MANY_RECORDS / 2 : MANY_RECORDS;
  }

  /** Runs increments until it is told to stop. */
  public static void run(StreamOptions options, Console console) throws Exception {
    Run.checkRefine(options);
    Run.checkHorizon(options);
    Features.check(options.getAsOf());
    Duration every = every(options.getEvery());
    long records = records(options);
    if (records < 1) {
      throw new UsageException("--maxRecordsPerIncrement=" + records + " must be 1 or more");
    }
    try (StopSignal stop = StopSignal.listen(console);
        OpenShop shop = new OpenShop(options, console);
        Feeds feeds = new Feeds()) {
      requireStreams(shop.job().dataset());
      try (Streaming streaming = new Streaming(shop, options, every, console, feeds)) {
        streaming.loop(stop);
      }
    }
  }

  private static Duration every(String text) {
    try {
      Duration every = Duration.parse(text);
      if (!every.isNegative() && every.compareTo(LONGEST_EVERY) <= 0) {
        return every;
      }
    } catch (DateTimeParseException e) {
      // Said below.
    }
    throw new UsageException(
        "--every=" + text + " is no duration such as PT5S or PT1M, of a year at most");
  }

  private static void requireStreams(Dataset dataset) {
    if (dataset.tables().stream().allMatch(table -> table.source() instanceof Source.Files)) {
      throw new UsageException(
          "all tables of dataset '"
              + dataset.name()
              + "' come from files; stream needs one from kafka or rest, run reads files");
    }
  }

  private void loop(StopSignal stop) throws Exception {
    Map<String, SourcePosition> ends = null;
    Patience patience = new Patience(System::nanoTime);
    boolean lacksFiles = false;
    while (!stop.isAsked()) {
      long start = System.nanoTime();
      Duration pause = every;
      try {
        if (ends == null) {
          connect();
          ends = options.getUntilCaughtUp() ? feeds.ends(shop.job()) : Map.of();
        }
        Feeds.News news = increment();
        patience.renew();
        lacksFiles = false;
        if (options.getUntilCaughtUp() && news.reaches(ends)) {
          transactions.tell(news, console);
          return;
        }
      } catch (IOException | RuntimeException e) {
        if (stop.isAsked()) {
          stop.cutOff();
          return;
        }
        if (!first && e instanceof UsageException) {
          // What was right when it began is no wrong usage.
          throw new JobException(String.valueOf(e.getMessage()));
        }
        boolean isNew = !lacksFiles;
        lacksFiles = lacksFiles(e);
        if ((!mayPass(e) && !isOvertaken() && !(lacksFiles && isNew)) || patience.isLost()) {
          throw e;
        }
        console.note("patron: " + withoutAdvice(MachineFault.reason(e)) + "; trying again");
        if (every.compareTo(FAILURE_PAUSE) < 0) {
          stop.await(FAILURE_PAUSE);
          continue;
        }
        pause = Patience.pause(every);
      }
      stop.await(pause.minusNanos(System.nanoTime() - start));
    }
  }

  /** What another command's user is told to do about a conflict, the stream does itself. */
  private static String withoutAdvice(String reason) {
    return AGAIN.matcher(reason).replaceFirst("");
  }

  /** Looks for the topic of the scores. */
  private void connect() throws IOException {
    String name = options.getScoresTopic();
    if (name != null && topic == null) {
      topic = ScoresTopic.of(shop.job().dataset(), name);
    }
  }

  /** A cluster may come back, and who came first this time, as train does, is done now. */
  private static boolean mayPass(Exception failure) {
    return failure instanceof LakeException lake ? lake.isConflict() : Topics.mayPass(failure);
  }

  /**
   * Whether others changed the warehouse under the increment that failed, as {@code forget} and
   * {@code vacuum} take files away: then it failed of what is no longer true.
   */
  private boolean isOvertaken() {
    try {
      return inHand != null && inHand.isOvertaken();
    } catch (RuntimeException e) {
      return false;
    }
  }

  /**
   * Whether files were gone that an increment wanted to read. Vacuum may take those of an earlier
   * version away after it was looked for: the next increment does without. If it cannot either, the
   * warehouse is damaged.
   */
  private static boolean lacksFiles(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof FileNotFoundException || cause instanceof NoSuchFileException) {
        return true;
      }
    }
    return false;
  }

  private Feeds.News increment() throws IOException {
    if (committed == 0) {
      begin = System.nanoTime();
    }
    inHand = null;
    Job job = shop.increment(ofIncrements);
    inHand = job;
    if (unsent) {
      // Before anything is read: messages that came through have ids of what was read by then.
      publish(job);
    }
    Feeds.News news = feeds.find(job, records(options));
    transactions.tellWhatStays(news, console);
    List<String> champions = job.dataset().purchases() == null ? List.of() : Models.champions(job);
    if (!begun && news.isEmpty() && champions.equals(scoredBy) && !isLeftToDo(job)) {
      return news;
    }
    begun = true;
    Ingest.Prepared prepared = Ingest.prepare(job, news, first);
    Refine.run(job, prepared, options, refused);
    first = false;
    committed += prepared.records();
    if (job.dataset().purchases() != null) {
      score(job, champions);
    }
    Compact.run(job, options.getMostSmallFiles());
    begun = false;
    settled = job.decided();
    noticed = settled;
    increments++;
    console.note(
        String.format(
            Locale.ROOT,
            "patron: increment %d: %,d records in %.1f s; behind: %s",
            increments,
            committed,
            (System.nanoTime() - begin) / 1e9,
            lag(news)));
    committed = 0;
    return news;
  }

  /**
   * Whether other commands changed the warehouse since the last increment, and are at rest: what
   * {@code ingest} reads, somebody has to refine and score, and what {@code run} scores, to send.
   */
  private boolean isLeftToDo(Job job) {
    if (job.decided() != noticed) {
      noticed = job.decided();
      noticedAt = System.nanoTime();
    }
    return noticed != settled && System.nanoTime() - noticedAt >= QUIET.toNanos();
  }

  /**
   * Scores whom the increment touched; with other champions than before, everybody.
   *
   * @param champions who was it before the scoring: who is promoted meanwhile scores next time
   */
  private void score(Job job, List<String> champions) throws IOException {
    Features.run(job, options.getAsOf(), options.getNtile());
    if (champions.isEmpty()) {
      if (!saidUntrained) {
        console.note(
            "patron: there is no champion model yet, so nobody is scored; ./patron train makes one"
                + " and the next increment takes it");
        saidUntrained = true;
      }
      return;
    }
    unsent = true;
    Score.run(job, options);
    publish(job);
    scoredBy = champions;
  }

  private void publish(Job job) throws IOException {
    if (topic != null) {
      topic.publish(job);
    }
    unsent = false;
  }

  private static String lag(Feeds.News news) {
    Stream<String> topics =
        news.lag().entrySet().stream()
            .map(topic -> String.format(Locale.ROOT, "%s %,d", topic.getKey(), topic.getValue()));
    Stream<String> pages = news.leadOn().stream().sorted().map(table -> table + " more pages");
    String behind = Stream.concat(topics, pages).collect(Collectors.joining(", "));
    return behind.isEmpty() ? "0" : behind;
  }

  @Override
  public void close() {
    if (topic != null) {
      topic.close();
    }
  }
}
