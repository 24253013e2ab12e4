package dev.patron.transforms.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.patron.transforms.read.SourcePosition.PagePosition;
import dev.patron.transforms.read.SourcePosition.PartitionPosition;
import dev.patron.transforms.read.SourcePosition.TopicPosition;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SourcePositionTest {
  private static final SourcePosition POSITION =
      new SourcePosition(
          new TreeMap<>(
              Map.of(
                  "shop.books",
                  new TopicPosition(
                      "iJ8u\"7",
                      new TreeMap<>(
                          Map.of(
                              0, new PartitionPosition(1L << 53, 4),
                              10, new PartitionPosition(0, -1)))))),
          new TreeMap<>(
              Map.of(
                  "http://shop/a", new PagePosition("http://shop/a?c=1", 7, 1_007, -9L),
                  "http://shop/b", new PagePosition(null, 0, 0))));

  @Test
  void itsTextSaysAllOfIt() {
    assertThat(SourcePosition.parse(POSITION.toText())).isEqualTo(POSITION);
    assertThat(SourcePosition.parse(SourcePosition.START.toText())).isEqualTo(SourcePosition.START);
  }

  @Test
  void itsTextIsOneLine() {
    assertThat(POSITION.toText())
        .isEqualTo(
            "{\"topics\":{\"shop.books\":{\"id\":\"iJ8u\\\"7\",\"next\":{\"0\":[9007199254740992,4],"
                + "\"10\":[0,-1]}}},\"pages\":{\"http://shop/a\":{\"page\":\"http://shop/a?c=1\","
                + "\"records\":7,\"last\":-9,\"total\":1007},\"http://shop/b\":{\"page\":null,\"records\":0,"
                + "\"total\":0}}}");
  }

  @Test
  void aPlaceOfAnEarlierVersionSaysNothingOfTheLastRecord() {
    SourcePosition earlier =
        SourcePosition.parse(
            "{\"topics\":{},\"pages\":{\"http://shop/a\":{\"page\":\"p\",\"records\":7,"
                + "\"total\":1007}}}");
    assertThat(earlier.pages()).containsEntry("http://shop/a", new PagePosition("p", 7, 1_007));
  }

  @Test
  void whatIsReadLaterReplacesWhatWasKnown() {
    SourcePosition later =
        new SourcePosition(
            new TreeMap<>(Map.of("shop.orders", new TopicPosition("x", new TreeMap<>()))),
            new TreeMap<>(Map.of("http://shop/b", new PagePosition("p", 1, 1))));
    SourcePosition both = POSITION.with(later);
    assertThat(both.topics().keySet()).containsExactly("shop.books", "shop.orders");
    assertThat(both.pages())
        .containsEntry("http://shop/b", new PagePosition("p", 1, 1))
        .containsEntry("http://shop/a", new PagePosition("http://shop/a?c=1", 7, 1_007, -9L));
  }

  @Test
  void anotherTextIsRefused() {
    assertThatThrownBy(() -> SourcePosition.parse("[]"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no position of sources: []");
    assertThatThrownBy(() -> SourcePosition.parse("{\"topics\":"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aTableThatIsAheadOfOthersStaysThere() {
    SourcePosition ahead = at(Map.of(0, 10L, 1, 5L));
    SourcePosition behind = at(Map.of(0, 7L, 1, 9L));
    assertThat(ahead.orLater(behind)).isEqualTo(at(Map.of(0, 10L, 1, 9L)));
    assertThat(SourcePosition.START.orLater(ahead)).isEqualTo(ahead);
    assertThat(ahead.next("t", 0)).isEqualTo(10);
    assertThat(ahead.next("t", 7)).isZero();
  }

  @Test
  void aTableThatReadNothingMoreKeepsTheEpochOfWhatItRead() {
    SourcePosition read = at(Map.of(0, 10L), 3);
    assertThat(at(Map.of(0, 10L), 5).orLater(read)).isEqualTo(read);
  }

  private static SourcePosition at(Map<Integer, Long> next) {
    return at(next, 1);
  }

  private static SourcePosition at(Map<Integer, Long> next, int epoch) {
    TreeMap<Integer, PartitionPosition> partitions = new TreeMap<>();
    next.forEach(
        (partition, offset) -> partitions.put(partition, new PartitionPosition(offset, epoch)));
    return new SourcePosition(
        new TreeMap<>(Map.of("t", new TopicPosition("id", partitions))), new TreeMap<>());
  }
}
