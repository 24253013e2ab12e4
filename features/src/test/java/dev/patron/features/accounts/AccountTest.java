package dev.patron.features.accounts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.patron.features.accounts.Account.Count;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class AccountTest {
  private static final List<Count> FATES =
      Arrays.stream(Count.values()).filter(Count::isFate).toList();

  @Test
  void everyRecordReadHasOneFate() {
    Account account = new Account();
    account.count(Count.READ, FATES.size());
    FATES.forEach(account::count);
    account.count(Count.CONFLICT, 7);
    assertThat(account.residual()).isZero();
    account.count(Count.DROPPED);
    assertThat(account.residual()).isEqualTo(-1);
  }

  @Test
  void theSumIsThatWhichUsersAreTold() throws IOException {
    String sum = FATES.stream().map(f -> "`" + f.column() + "`").collect(Collectors.joining(" + "));
    assertThat(Files.readString(Path.of("../README.md")).replaceAll("\\s+", " "))
        .contains("`read` = " + sum);
  }
}
