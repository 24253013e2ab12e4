package dev.patron.features.change;

import static dev.patron.features.change.Event.any;
import static dev.patron.features.change.Event.delete;
import static dev.patron.features.change.Event.insert;
import static dev.patron.features.change.Event.snapshot;
import static dev.patron.features.change.Event.truncate;
import static dev.patron.features.change.Event.update;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.patron.features.accounts.Account;
import dev.patron.features.accounts.Account.Count;
import dev.patron.features.frame.BooleanColumn;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.FrameBuilder;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The rules of change events, one by one; SEMANTICS 3 to 9. */
class ChangeFoldTest {

  // ------------------------------------------------------------------ order

  @Test
  void eventsOutOfOrderAreAppliedInOrder() {
    assertThat(titles(update("a", 3, "third"), insert("a", 1, "first"), update("a", 2, "second")))
        .containsExactly("third");
  }

  @Test
  void positionsAreNumbersNotText() {
    assertThat(titles(update("a", 100, "newer"), insert("a", 99, "older")))
        .containsExactly("newer");
  }

  @Test
  void positionsAbove2To53AreTold() {
    long huge = 1L << 53;
    assertThat(titles(update("a", huge + 1, "newer"), insert("a", huge, "older")))
        .containsExactly("newer");
  }

  @Test
  void positionDecidesEvenIfTheClockStepsBack() {
    assertThat(titles(insert("a", 1, "older").at(50L), update("a", 2, "newer").at(10L)))
        .containsExactly("newer");
  }

  @Test
  void instantsNeverDecrease() {
    Frame current = current(insert("a", 1, "older").at(50L), update("a", 2, "newer").at(10L));
    assertThat(current.longs("_changed_at").get(0)).isEqualTo(50);
  }

  @Test
  void atOnePositionTheDeleteComesFirst() {
    assertThat(titles(insert("a", 5, "again"), delete("a", 5), insert("a", 1, "first")))
        .containsExactly("again");
  }

  @Test
  void atOnePositionTheTruncateComesFirst() {
    assertThat(titles(truncate(5), insert("a", 5, "after"))).containsExactly("after");
  }

  // ------------------------------------------------------------------ what events do

  @Test
  void deleteBeforeInsertLeavesNothing() {
    List<Event> events = List.of(delete("a", 2), insert("a", 1, "first"));
    assertThat(titles(events)).isEmpty();
    assertThat(account(events)).isEqualTo(counts(Count.INSERTED, Count.DELETED));
  }

  @Test
  void deleteOfAKeyNeverSeenIsStale() {
    assertThat(account(delete("a", 2))).isEqualTo(counts(Count.STALE));
  }

  @Test
  void reinsertAfterDeleteInsertsAgain() {
    List<Event> events = List.of(insert("a", 1, "first"), delete("a", 2), insert("a", 3, "third"));
    assertThat(titles(events)).containsExactly("third");
    assertThat(account(events)).isEqualTo(counts(Count.INSERTED, Count.DELETED, Count.INSERTED));
  }

  @Test
  void updateOfAKeyNeverSeenMakesItsRow() {
    assertThat(titles(update("a", 1, "first"))).containsExactly("first");
    assertThat(account(update("a", 1, "first"))).isEqualTo(counts(Count.INSERTED));
  }

  @Test
  void updateToTheSameRowIsUnchanged() {
    assertThat(account(insert("a", 1, "same"), update("a", 2, "same"), update("a", 3, "other")))
        .isEqualTo(counts(Count.INSERTED, Count.UNCHANGED, Count.UPDATED));
  }

  @Test
  void whatIsAbsentFromTheImageIsNull() {
    Frame current = current(insert("a", 1, "first").priced(5L), update("a", 2, "second"));
    assertThat(current.value(0, "price")).isNull();
  }

  @Test
  void truncateRemovesEveryKeySeenAlreadyOrNotYet() {
    assertThat(
            titles(
                insert("a", 1, "before"),
                insert("b", 3, "after"),
                truncate(2),
                insert("c", 1, "late, and before")))
        .containsExactly("after");
  }

  @Test
  void truncatesBelongToNoKeysAccount() {
    assertThat(account(insert("a", 1, "before"), truncate(2), truncate(2), truncate(3)))
        .isEqualTo(counts(Count.INSERTED));
  }

  @Test
  void truncatesAreCountedOnceForTheTable() {
    Frame truncates = Event.frame(List.of(truncate(2), truncate(7), truncate(2).delivered(9)));
    assertThat(new ChangeFold(Event.BOOKS).account(truncates))
        .isEqualTo(counts(Count.DELETED, Count.DELETED, Count.DUPLICATE));
  }

  @Test
  void truncatesAreToldFromTheEventsOfKeys() {
    Frame events = Event.frame(List.of(insert("a", 1, "x"), truncate(2), delete("b", 3)));
    assertThat(Events.truncates(events)).isEqualTo(events.slice(1, 2));
    assertThat(Events.ofKeys(events)).isEqualTo(events.take(new int[] {0, 2}));
  }

  @Test
  void deleteAfterATruncateIsStale() {
    assertThat(account(insert("a", 1, "before"), truncate(2), delete("a", 3)))
        .isEqualTo(counts(Count.INSERTED, Count.STALE));
  }

  @Test
  void aTruncatesInstantCountsForWhatFollows() {
    Frame current = current(truncate(1).at(90L), truncate(2).at(80L), insert("a", 3, "x").at(10L));
    assertThat(current.longs("_changed_at").get(0)).isEqualTo(90);
  }

  // ------------------------------------------------------------------ duplicates

  @Test
  void theFirstDeliveryWinsThoughTheSecondSaysAnotherThing() {
    List<Event> events =
        List.of(
            insert("a", 1, "decoded anew").delivered(70), insert("a", 1, "first").delivered(60));
    assertThat(titles(events)).containsExactly("first");
    assertThat(account(events)).isEqualTo(counts(Count.INSERTED, Count.DUPLICATE));
  }

  @Test
  void amongDeliveriesOfOneTimeTheSmallerPartitionAndThenOffsetWins() {
    assertThat(
            titles(
                insert("a", 1, "partition 1").delivered(60L, 1L, 5L),
                insert("a", 1, "offset 9").delivered(60L, 0L, 9L),
                insert("a", 1, "offset 8").delivered(60L, 0L, 8L)))
        .containsExactly("offset 8");
  }

  @Test
  void amongDeliveriesOfOneTimeTheSmallerTopicWins() {
    Frame events =
        Event.frame(
            List.of(
                update("a", 1, "from shop.books").delivered(5L, 0L, 0L),
                update("a", 1, "from old.books").delivered(5L, 1L, 1L)));
    FrameBuilder topics = new FrameBuilder(Schema.of().with(Events.TOPIC, Type.STRING));
    topics.appendRow(List.of("shop.books"));
    topics.appendRow(List.of("old.books"));
    List<String> others = new ArrayList<>(events.schema().names());
    others.remove(Events.TOPIC);
    ChangeFold fold = new ChangeFold(Event.BOOKS);
    Frame moved =
        events
            .select(others)
            .with(Events.TOPIC, Type.STRING, topics.build().column(Events.TOPIC))
            .select(events.schema().names());
    assertThat(
            fold.fold(moved, Frame.concat(fold.eventSchema(), List.of()))
                .current()
                .value(0, "title"))
        .isEqualTo("from old.books");
  }

  @Test
  void amongDeliveriesWithoutATimeOrPlaceTheSmallerBytesWin() {
    assertThat(
            titles(
                insert("a", 1, "b").delivered(null, null, null),
                insert("a", 1, "a").delivered(null, null, null)))
        .containsExactly("a");
  }

  @Test
  void severalKeysMayShareOnePosition() {
    assertThat(titles(insert("a", 1, "of a"), insert("b", 1, "of b")))
        .containsExactly("of a", "of b");
  }

  @Test
  void anInsertAndAnUpdateAtOnePositionAreTwoEvents() {
    assertThat(account(insert("a", 1, "first"), update("a", 1, "second")))
        .isEqualTo(counts(Count.INSERTED, Count.UPDATED));
  }

  @Test
  void snapshotRowsOfOnePositionAndAnotherInstantAreTwoEvents() {
    List<Event> events =
        List.of(snapshot("a", 1, "second").at(20L), snapshot("a", 1, "first").at(10L));
    assertThat(titles(events)).containsExactly("second");
    assertThat(account(events)).isEqualTo(counts(Count.INSERTED, Count.UPDATED));
  }

  @Test
  void theReplayedSnapshotRowIsADuplicate() {
    assertThat(
            account(
                snapshot("a", 1, "first").delivered(50),
                snapshot("a", 1, "decoded anew").delivered(60)))
        .isEqualTo(counts(Count.INSERTED, Count.DUPLICATE));
  }

  // ------------------------------------------------------------------ snapshots

  @Test
  void transactionInFlightDuringASnapshotComesAfterItThoughItsPositionIsLower() {
    assertThat(
            titles(
                snapshot("a", 10, "snapshot").delivered(100), update("a", 7, "x").delivered(101)))
        .containsExactly("x");
  }

  @Test
  void eventSeenByTheSnapshotComesBeforeIt() {
    assertThat(
            titles(snapshot("a", 10, "snapshot").delivered(100), update("a", 7, "x").delivered(99)))
        .containsExactly("snapshot");
  }

  @Test
  void eventAtTheSnapshotsPositionIsNewer() {
    assertThat(
            titles(
                snapshot("a", 10, "snapshot").delivered(100), update("a", 10, "x").delivered(99)))
        .containsExactly("x");
  }

  @Test
  void withinAPartitionTheOffsetSaysWhatWasDeliveredLater() {
    assertThat(
            titles(
                snapshot("a", 10, "snapshot").delivered(100L, 0L, 5L),
                update("a", 7, "x").delivered(90L, 0L, 6L)))
        .as("the connector's clock stepped back")
        .containsExactly("x");
  }

  @Test
  void betweenPartitionsTheTimeSaysWhatWasDeliveredLater() {
    assertThat(
            titles(
                snapshot("a", 10, "snapshot").delivered(100L, 0L, 5L),
                update("a", 7, "x").delivered(90L, 1L, 6L)))
        .containsExactly("snapshot");
  }

  @Test
  void inAnotherPartitionTheFirstOfALaterTimeIsNewerWhateverFollowsIt() {
    assertThat(
            titles(
                snapshot("a", 10, "snapshot").delivered(20L, 0L, 0L),
                update("a", 1, "first").delivered(50L, 1L, 5L),
                update("a", 2, "second").delivered(10L, 1L, 6L)))
        .containsExactly("second");
  }

  @Test
  void withoutAnOffsetTheTimeSaysWhatWasDeliveredLater() {
    assertThat(
            titles(
                snapshot("a", 10, "snapshot").delivered(20L, 0L, null),
                update("a", 1, "later").delivered(30L, 0L, null)))
        .containsExactly("later");
  }

  @Test
  void everythingAfterTheFirstNewerEventComesAfterTheSnapshotRow() {
    assertThat(
            titles(
                snapshot("a", 10, "snapshot").delivered(100),
                update("a", 7, "in flight").delivered(101),
                update("a", 8, "delivered before, after the one in flight").delivered(99)))
        .containsExactly("delivered before, after the one in flight");
  }

  @Test
  void truncateInFlightDuringASnapshotRemovesItsRows() {
    assertThat(titles(snapshot("a", 10, "snapshot").delivered(100), truncate(7).delivered(101)))
        .isEmpty();
  }

  @Test
  void truncateSeenByTheSnapshotLeavesItsRows() {
    assertThat(titles(snapshot("a", 10, "snapshot").delivered(100), truncate(7).delivered(99)))
        .containsExactly("snapshot");
  }

  @Test
  void ofSeveralSnapshotsTheOneAtTheHigherPositionIsLater() {
    assertThat(
            titles(
                snapshot("a", 20, "second").delivered(100),
                snapshot("a", 10, "first").delivered(90)))
        .containsExactly("second");
  }

  @Test
  void incrementalSnapshotAmongTheStreamChangesNothingThatCameAfterIt() {
    // Its rows have no position of their own but that of what was read last before them.
    List<Event> events =
        List.of(
            insert("a", 10, "first").delivered(10L, 0L, 0L),
            snapshot("a", 10, "second").delivered(20L, 0L, 1L).at(12L),
            update("a", 11, "second").delivered(30L, 0L, 2L),
            update("a", 14, "third").delivered(40L, 0L, 3L));
    assertThat(titles(events)).containsExactly("third");
  }

  // ------------------------------------------------------------------ placeholders

  @Test
  void placeholderMeansAsItWas() {
    Frame current =
        current(
            insert("a", 1, "first").noted("long text"),
            update("a", 2, "second").without("note"),
            update("a", 3, "third").without("note"));
    assertThat(current.value(0, "note")).isEqualTo("long text");
    assertThat(current.value(0, "title")).isEqualTo("third");
  }

  @Test
  void placeholderAfterLateDataTakesWhatCameLate() {
    Frame current =
        current(
            insert("a", 1, "first").noted("old"),
            update("a", 3, "third").without("note"),
            update("a", 2, "second").noted("late"));
    assertThat(current.value(0, "note")).isEqualTo("late");
  }

  @Test
  void nullInAnUpdateMeansAsItWasWhereTheTableIgnoresThem() {
    Frame current =
        Event.fold(
                Event.IGNORING_NULLS,
                List.of(
                    update("a", 4, null).priced(null).noted("new"),
                    insert("a", 1, "first").priced(1L),
                    update("a", 3, null).priced(3L),
                    update("a", 2, "second").priced(2L)))
            .current();
    assertThat(current.select(Event.ROW.names()).toRows())
        .containsExactly(Arrays.asList("a", "second", 3L, "new"));
  }

  @Test
  void nullInAnInsertOrASnapshotIsANullAllTheSame() {
    Frame current =
        Event.fold(
                Event.IGNORING_NULLS,
                List.of(
                    insert("a", 1, "first").noted("old"),
                    insert("a", 2, null),
                    insert("b", 1, "first"),
                    snapshot("b", 2, null)))
            .current();
    assertThat(current.select(List.of("title", "note")).toRows())
        .containsExactly(Arrays.asList(null, null), Arrays.asList(null, null));
  }

  @Test
  void nullInAnUpdateWithNothingBeforeItIsANullAndMissesNothing() {
    Folded folded =
        Event.fold(
            Event.IGNORING_NULLS,
            List.of(insert("a", 1, "gone"), delete("a", 2), update("a", 3, null)));
    assertThat(folded.current().value(0, "title")).isNull();
    assertThat(folded.account()).isEqualTo(counts(Count.INSERTED, Count.DELETED, Count.INSERTED));
  }

  @Test
  void placeholderForAValueNeverSeenIsNullAndCounted() {
    List<Event> events = List.of(update("a", 1, "first").without("note", "price"));
    assertThat(current(events).value(0, "note")).isNull();
    assertThat(account(events))
        .isEqualTo(counts(Count.INSERTED, Count.UNKNOWN_VALUE, Count.UNKNOWN_VALUE));
  }

  @Test
  void placeholderAfterADeleteIsNullAndCounted() {
    List<Event> events =
        List.of(
            insert("a", 1, "first").noted("gone"),
            delete("a", 2),
            insert("a", 3, "third").without("note"));
    assertThat(current(events).value(0, "note")).isNull();
    assertThat(account(events).get(Count.UNKNOWN_VALUE)).isEqualTo(1);
  }

  @Test
  void keyChangeBringsTheOldKeysValue() {
    List<Event> events =
        List.of(
            insert("b", 1, "first").noted("long text"),
            delete("b", 2),
            insert("a", 2, "first").without("note"));
    assertThat(current(events).value(0, "id")).isEqualTo("a");
    assertThat(current(events).value(0, "note")).isEqualTo("long text");
    assertThat(account(events).get(Count.UNKNOWN_VALUE)).isZero();
  }

  @Test
  void keyChangesMayFollowOneAnother() {
    List<Event> events =
        List.of(
            insert("c", 1, "first").noted("long text"),
            update("c", 2, "second").without("note"),
            delete("c", 3),
            insert("a", 3, "second").without("note"),
            update("a", 4, "fourth").without("note"),
            delete("a", 5),
            insert("b", 5, "fourth").without("note"),
            update("b", 6, "sixth").without("note"));
    assertThat(current(events).value(0, "note")).isEqualTo("long text");
    assertThat(current(events).value(0, "title")).isEqualTo("sixth");
  }

  @Test
  void keyChangeFromARowNeverSeenIsNullAndCounted() {
    List<Event> events = List.of(delete("b", 2), insert("a", 2, "first").without("note"));
    assertThat(current(events).value(0, "note")).isNull();
    assertThat(account(events)).isEqualTo(counts(Count.STALE, Count.INSERTED, Count.UNKNOWN_VALUE));
  }

  @Test
  void amongSeveralOldKeysNoneIsGuessed() {
    List<Event> events =
        List.of(
            insert("b", 1, "b").noted("of b"),
            insert("c", 1, "c").noted("of c"),
            delete("b", 2),
            delete("c", 2),
            insert("a", 2, "first").without("note"));
    assertThat(current(events).value(0, "note")).isNull();
    assertThat(account(events).get(Count.UNKNOWN_VALUE)).isEqualTo(1);
  }

  // ------------------------------------------------------------------ flat rows

  @Test
  void ofTwoFlatRowsAtOnePositionTheGreaterWinsAndItIsAConflict() {
    List<Event> events = List.of(flat("a", 1, "smaller"), flat("a", 1, "the greater"));
    Folded folded = Event.fold(Event.FLAT_BOOKS, events);
    assertThat(folded.current().value(0, "title")).isEqualTo("the greater");
    assertThat(folded.account()).isEqualTo(counts(Count.INSERTED, Count.STALE, Count.CONFLICT));
  }

  @Test
  void equalFlatRowsAtOnePositionAreDuplicates() {
    List<Event> events =
        List.of(flat("a", 1, "x"), flat("a", 1, "y"), flat("a", 1, "x"), flat("a", 1, "y"));
    assertThat(Event.fold(Event.FLAT_BOOKS, events).account())
        .isEqualTo(
            counts(Count.INSERTED, Count.DUPLICATE, Count.STALE, Count.CONFLICT, Count.DUPLICATE));
  }

  @Test
  void flatRowThatBeatsTheOneKnownIsAnUpdateAndAConflictHoweverOftenItComes() {
    Frame known = Event.frame(List.of(flat("a", 1, "smaller")));
    Frame fresh = Event.frame(List.of(flat("a", 1, "the greater"), flat("a", 1, "the greater")));
    Frame all =
        Frame.concat(known.schema(), List.of(known, fresh))
            .with(Events.KNOWN, Type.BOOLEAN, BooleanColumn.of(new boolean[] {true, false, false}));
    Folded folded = new ChangeFold(Event.FLAT_BOOKS).fold(all, Frame.empty(known.schema()));
    assertThat(folded.current().value(0, "title")).isEqualTo("the greater");
    assertThat(folded.account()).isEqualTo(counts(Count.INSERTED, Count.CONFLICT, Count.DUPLICATE));
  }

  @Test
  void flatRowsNeedNotSayWhen() {
    Frame current =
        Event.fold(Event.FLAT_BOOKS, List.of(flat("a", 2, "second"), flat("a", 1, "first")))
            .current();
    assertThat(current.value(0, "title")).isEqualTo("second");
    assertThat(current.value(0, "_changed_at")).isNull();
    assertThat(current.value(0, "_sequence")).isEqualTo("2");
  }

  // ------------------------------------------------------------------ tables

  @Test
  void currentHasTheRowsColumnsThenWhenceAndWhen() {
    Frame current = current(insert("a", 7, "first").at(40L).priced(5L));
    assertThat(current.schema().names())
        .containsExactly("id", "title", "price", "note", "_sequence", "_changed_at");
    assertThat(current.toRows().get(0))
        .isEqualTo(Arrays.asList("a", "first", 5L, null, "7", Event.time(40L)));
  }

  @Test
  void currentIsSortedByKey() {
    List<Event> events = new ArrayList<>();
    for (String id : List.of("long prefix b", "long prefix a", "b", "a", "", "é", "a\0")) {
      events.add(insert(id, 1, "title of " + id));
    }
    assertThat(titles(events))
        .containsExactly(
            "title of ",
            "title of a",
            "title of a\0",
            "title of b",
            "title of long prefix a",
            "title of long prefix b",
            "title of é");
  }

  @Test
  void keysThatShareAPrefixAreSortedByWhatFollows() {
    List<Event> events = new ArrayList<>();
    for (String id :
        List.of("customer-12345678b", "customer-", "customer-12345678", "customer-é")) {
      events.add(insert(id, 1, id));
    }
    events.add(insert("customer-12345678a", 1, "customer-12345678a"));
    assertThat(titles(events))
        .containsExactly(
            "customer-",
            "customer-12345678",
            "customer-12345678a",
            "customer-12345678b",
            "customer-é");
  }

  @Test
  void oneKeyMayHaveMostOfTheEvents() {
    int size = 60_000;
    List<Event> events = new ArrayList<>();
    events.add(insert("hot", 0, "title 0").noted("never changed"));
    for (int i = 1; i < size; i++) {
      events.add(
          i % 3 == 0
              ? snapshot("hot", i, "title " + i).noted("never changed")
              : update("hot", i, "title " + i).without("note"));
    }
    Collections.shuffle(events, new Random(1));
    Folded folded = Event.fold(Event.BOOKS, events);
    assertThat(folded.current().toRows())
        .containsExactly(
            Arrays.asList(
                "hot",
                "title " + (size - 1),
                null,
                "never changed",
                Integer.toString(size - 1),
                Event.time(size - 1L)));
    assertThat(folded.account().get(Count.UPDATED)).isEqualTo(size - 1);
  }

  @Test
  void keysMayHaveSeveralColumnsOfAnyType() {
    Schema row =
        Schema.of().with("shop", Type.LONG).with("sku", Type.STRING).with("on_sale", Type.BOOLEAN);
    FrameBuilder builder = new FrameBuilder(Events.schema(row));
    List<List<?>> keys = new ArrayList<>();
    for (long shop : new long[] {-1, 0, 3, Long.MIN_VALUE, Long.MAX_VALUE}) {
      for (String sku : List.of("", "x", "y")) {
        keys.add(List.of(shop, sku));
      }
    }
    Collections.reverse(keys);
    for (List<?> key : keys) {
      List<@Nullable Object> values = new ArrayList<>(key);
      values.addAll(Arrays.asList(true, "u", "1", "1", null, null, null, null, null, null));
      builder.appendRow(values);
    }
    ChangeSpec spec = new ChangeSpec("stock", row, List.of("shop", "sku"), List.of(), true);
    Frame current =
        new ChangeFold(spec).fold(builder.build(), Frame.empty(Events.schema(row))).current();
    assertThat(current.rows()).isEqualTo(keys.size());
    assertThat(current).isEqualTo(current.sort(List.of("shop", "sku")));
  }

  @Test
  void nothingFoldsToNothing() {
    assertThat(current(List.of()).rows()).isZero();
    assertThat(current(List.of(truncate(1))).rows()).isZero();
  }

  // ------------------------------------------------------------------ refusals

  @Test
  void tableOfChangesNeedsAKeyAmongItsColumns() {
    assertThatThrownBy(() -> new ChangeSpec("books", Event.ROW, List.of(), List.of(), false))
        .hasMessageContaining("table 'books'")
        .hasMessageContaining("needs a key");
    assertThatThrownBy(() -> new ChangeSpec("books", Event.ROW, List.of("isbn"), List.of(), false))
        .hasMessageContaining("key names column 'isbn'")
        .hasMessageContaining("[id, title, price, note]");
    assertThatThrownBy(
            () -> new ChangeSpec("books", Event.ROW, List.of("id"), List.of("cost"), false))
        .hasMessageContaining("track names column 'cost'");
  }

  @Test
  void unknownOpsAreABugOfDecoding() {
    assertThatThrownBy(() -> current(any('x', "a", 1, "first")))
        .hasMessageContaining("table 'books'")
        .hasMessageContaining("'x'");
  }

  // ------------------------------------------------------------------

  private static Event flat(String id, long position, String title) {
    return any('u', id, position, title).at(null).delivered(null, null, null);
  }

  private static Frame current(Event... events) {
    return current(List.of(events));
  }

  private static Frame current(List<Event> events) {
    return Event.fold(Event.BOOKS, events).current();
  }

  private static List<@Nullable Object> titles(Event... events) {
    return titles(List.of(events));
  }

  private static List<@Nullable Object> titles(List<Event> events) {
    List<@Nullable Object> titles = new ArrayList<>();
    current(events).toRows().forEach(row -> titles.add(row.get(1)));
    return titles;
  }

  private static Account account(Event... events) {
    return account(List.of(events));
  }

  private static Account account(List<Event> events) {
    return Event.fold(Event.BOOKS, events).account();
  }

  private static Account counts(Count... counts) {
    Account account = new Account();
    for (Count count : counts) {
      account.count(count);
    }
    return account;
  }
}
