package dev.patron.transforms;

import static org.assertj.core.api.Assertions.assertThat;

import dev.patron.features.accounts.Account;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import java.util.Arrays;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.junit.jupiter.api.Test;

class MapAndCountTest {
  private static final Schema SCHEMA = Schema.of().with("n", Type.LONG);

  private static Frame frame(long... numbers) {
    return Frame.ofRows(SCHEMA, Arrays.stream(numbers).mapToObj(n -> List.<Object>of(n)).toList());
  }

  private static Frame above(Frame frame, long least) {
    return frame.filter(row -> frame.longs("n").get(row) > least);
  }

  @Test
  void rowsGoOnAndAreCountedAsTheyCameIn() {
    Pipeline pipeline = AnyRunner.pipeline();
    PCollectionTuple counted =
        pipeline
            .apply(Create.of(frame(1, 5, 9), frame(2), frame(12)))
            .apply(
                MapAndCount.through(frame -> above(frame, 4))
                    .counting(Account.Count.DROPPED, frame -> above(frame, 1))
                    .counting(Account.Count.ANONYMOUS, frame -> above(frame, 8)));
    PAssert.that(counted.get(MapAndCount.ROWS)).containsInAnyOrder(frame(5, 9), frame(12));
    PAssert.that(counted.get(MapAndCount.ACCOUNTS))
        .satisfies(
            accounts -> {
              Account all = new Account();
              accounts.forEach(all::add);
              assertThat(all.get(Account.Count.DROPPED)).isEqualTo(4);
              assertThat(all.get(Account.Count.ANONYMOUS)).isEqualTo(2);
              return null;
            });
    pipeline.run().waitUntilFinish();
  }
}
