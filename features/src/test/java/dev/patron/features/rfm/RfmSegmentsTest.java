package dev.patron.features.rfm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RfmSegmentsTest {

  @Test
  void theStandardMapNamesEveryCellOnce() {
    Map<String, List<String>> cells = RfmSegments.STANDARD.cells();

    assertThat(cells).hasSize(11);
    assertThat(cells.values().stream().flatMap(List::stream)).hasSize(25).doesNotHaveDuplicates();
    assertThat(cells.get("Champions")).containsExactlyInAnyOrder("55", "54", "45");
    assertThat(cells.get("Loyal")).containsExactlyInAnyOrder("53", "44", "35", "34");
    assertThat(cells.get("Potential Loyalists")).containsExactlyInAnyOrder("52", "42", "33", "43");
    assertThat(cells.get("Recent")).containsExactly("51");
    assertThat(cells.get("Promising")).containsExactlyInAnyOrder("41", "31");
    assertThat(cells.get("Needing Attention")).containsExactlyInAnyOrder("32", "23", "22");
    assertThat(cells.get("About to Sleep")).containsExactly("21");
    assertThat(cells.get("At Risk")).containsExactlyInAnyOrder("25", "24", "13");
    assertThat(cells.get("Cannot Lose Them")).containsExactlyInAnyOrder("15", "14");
    assertThat(cells.get("Hibernating")).containsExactly("12");
    assertThat(cells.get("Lost")).containsExactly("11");
  }

  @Test
  void theSecondDigitIsTheMeanOfFAndMRoundedHalfUp() {
    assertThat(RfmSegments.fm(1, 1)).isEqualTo(1);
    assertThat(RfmSegments.fm(1, 2)).isEqualTo(2);
    assertThat(RfmSegments.fm(4, 5)).isEqualTo(5);
    assertThat(RfmSegments.fm(1, 5)).isEqualTo(3);
    assertThat(RfmSegments.STANDARD.name(5, 4, 5)).isEqualTo("Champions");
    assertThat(RfmSegments.STANDARD.name(1, 1, 2)).isEqualTo("Hibernating");
  }

  @Test
  void anotherMapMustNameEveryCellOnce() {
    Map<String, List<String>> cells = new LinkedHashMap<>(RfmSegments.STANDARD.cells());
    cells.remove("Lost");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RfmSegments.of(cells))
        .withMessageContaining("without a name: [11]");

    cells.put("Gone", List.of("11", "55"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RfmSegments.of(cells))
        .withMessageContaining("55 is named twice: 'Champions' and 'Gone'");

    List<String> wrong = new ArrayList<>(List.of("61"));
    cells.put("Gone", wrong);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RfmSegments.of(cells))
        .withMessageContaining("'61' is not two digits");

    cells.put("Gone", List.of("11"));
    assertThat(RfmSegments.of(cells).name(1, 1, 1)).isEqualTo("Gone");
  }
}
