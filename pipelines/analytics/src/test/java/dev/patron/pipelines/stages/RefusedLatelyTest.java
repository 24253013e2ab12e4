package dev.patron.pipelines.stages;

import static org.assertj.core.api.Assertions.assertThat;

import dev.patron.features.accounts.Account;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RefusedLatelyTest {
  private static final double MOST = 0.05;

  private static Map<String, Account> account(long read, long refused) {
    Account account = new Account();
    account.count(Account.Count.READ, read);
    account.count(Account.Count.QUARANTINED, refused);
    return Map.of("books", account);
  }

  @Test
  void aRunIsJudgedByItself() {
    RefusedLately run = RefusedLately.inOneRun();
    assertThat(run.exceeds(MOST, "books", 12, 1)).isTrue();
    assertThat(run.exceeds(MOST, "books", 20, 1)).isFalse();
  }

  @Test
  void oneBrokenRecordInASmallIncrementDoesNotStopAStream() {
    RefusedLately stream = RefusedLately.inAStream();
    assertThat(stream.exceeds(MOST, "books", 12, 1)).isFalse();
    assertThat(stream.exceeds(0, "books", 12, 1)).isTrue();
  }

  @Test
  void aStreamOfNothingButBrokenRecordsStopsSoon() {
    RefusedLately stream = RefusedLately.inAStream();
    int increments = 0;
    while (!stream.exceeds(MOST, "books", 10, 10)) {
      stream.add(account(10, 10));
      increments++;
    }
    assertThat(increments).isEqualTo(5);
    assertThat(stream.exceeds(MOST, "customers", 10, 10)).isFalse();
  }

  @Test
  void aStreamThatWasGoodForMonthsStopsSoonToo() {
    RefusedLately stream = RefusedLately.inAStream();
    stream.add(account(10_000_000, 0));
    assertThat(stream.exceeds(MOST, "books", 200, 120)).isTrue();
    assertThat(stream.exceeds(MOST, "books", 200, 100)).isFalse();
  }
}
