package dev.patron.features.slices;

import static org.assertj.core.api.Assertions.assertThat;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ProductTotalsTest {
  private static final Schema LINES =
      Schema.of().with("product", Type.LONG).with("quantity", Type.DOUBLE);

  @Test
  void theBestSellersAreThoseOfWhichMostWasSoldWhateverTheCutting() {
    Random random = new Random(3);
    List<List<Object>> lines = new ArrayList<>();
    Map<Long, Double> units = new TreeMap<>();
    for (int i = 0; i < 500; i++) {
      Long product = random.nextInt(10) == 0 ? null : (long) random.nextInt(30);
      double quantity = random.nextInt(7) - 2;
      lines.add(Arrays.asList(product, quantity));
      if (product != null && quantity > 0) {
        units.merge(product, quantity, Double::sum);
      }
    }
    List<List<Object>> expected =
        units.entrySet().stream()
            .sorted(
                Map.Entry.<Long, Double>comparingByValue()
                    .reversed()
                    .thenComparing(Map.Entry.comparingByKey()))
            .limit(4)
            .map(entry -> List.<Object>of(entry.getKey(), entry.getValue()))
            .toList();
    Frame all = Frame.ofRows(LINES, lines);
    Frame parts =
        Frame.concat(
            ProductTotals.schema(Type.LONG),
            List.of(
                ProductTotals.partial(all.slice(123, 500)),
                ProductTotals.partial(all.slice(0, 123))));
    assertThat(ProductTotals.best(ProductTotals.merge(parts), 4).toRows()).isEqualTo(expected);
    assertThat(ProductTotals.best(ProductTotals.partial(all), 4).toRows()).isEqualTo(expected);
  }

  @Test
  void whatIsTakenAwayWasNotSold() {
    Random random = new Random(4);
    List<List<Object>> lines = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      lines.add(List.of((long) random.nextInt(90), random.nextInt(700) / 100.0 - 2));
    }
    Frame all = Frame.ofRows(LINES, lines);
    for (int cut = 0; cut <= 300; cut += 50) {
      assertThat(
              ProductTotals.difference(
                  ProductTotals.partial(all), ProductTotals.partial(all.slice(0, cut))))
          .isEqualTo(ProductTotals.partial(all.slice(cut, 300)));
    }
  }

  @Test
  void returnsAloneAreNothingSold() {
    Frame lines = Frame.ofRows(LINES, List.of(List.of(1L, -1.0), Arrays.asList(null, 3.0)));
    assertThat(ProductTotals.partial(lines).rows()).isZero();
  }
}
