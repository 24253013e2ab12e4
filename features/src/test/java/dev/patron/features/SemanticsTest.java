package dev.patron.features;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Where each rule of the tables' semantics is stated as a test of the kernels: a table of contents
 * that cannot go out of date, for every test that it names must be there. What takes whole runs
 * (increments, accounts of a run, exactly once) is stated with the stages and the runners.
 */
class SemanticsTest {

  @ParameterizedTest(name = "{0} {1}: {3}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          1 | Debezium, wrapped or not, with schemas or not | record.RecordDecoderTest | anEventHasItsImagePositionInstantAndDelivery, fieldsMayComeInAnyOrder, embeddedSchemasChangeNothingButWhatTheySay, unwrappedRecordsCarryTheirMetadataInTwoUnderscores, anUnwrappedTableMayHaveColumnsNamedLikeAnEnvelope, aRowWhoseFirstColumnsAreNullAndCalledLikeImagesIsNoEnvelope, anEnvelopeMayHaveFieldsThatNobodyKnows
          1 | lines of files and records of Kafka | record.BronzeFramesTest | aWrappedLineAndKafkaGiveTheSameRow, wrappedScalarsAreCutOutExactly, aPlainLineIsKeptAsItCameWithItsFileAndLine
          1 | ignored and counted | record.RecordDecoderTest | whatIsNotForTheTableIsIgnoredAndCounted, transactionMarkersAreIgnoredWithAndWithoutATime
          1 | ignored and counted | record.BronzeFramesTest | aTombstoneKeepsItsNullAndIsIgnored
          1 | before is no data | record.RecordDecoderTest | aDeleteHasItsKeyAloneWhateverItsImageInvents
          1 | how values are written | record.RecordDecoderTest | debeziumDecimalsComeInFourForms, base64WithoutASchemaNeedsADeclaredScale, embeddedSchemasSayWhatNumbersMean, arraysSayWhatTheirElementsMean
          2 | position | record.RecordDecoderTest | theSecondItemOfTheSequenceStandsInForTheLsn, positionsAbove2To53StayExact, mysqlFilesCompareByTheirNumber
          2 | position | record.PositionTest | signedNumbersOrderAsNumbersNotAsText, decimalsOrderByValueWhateverTheirScale, textOrdersByCodePointsAndItsEndComesFirst
          3 | duplicates | change.ChangeFoldTest | theFirstDeliveryWinsThoughTheSecondSaysAnotherThing, amongDeliveriesOfOneTimeTheSmallerPartitionAndThenOffsetWins, amongDeliveriesWithoutATimeOrPlaceTheSmallerBytesWin, severalKeysMayShareOnePosition, anInsertAndAnUpdateAtOnePositionAreTwoEvents, theReplayedSnapshotRowIsADuplicate, snapshotRowsOfOnePositionAndAnotherInstantAreTwoEvents
          4 | order of the log | change.ChangeFoldTest | eventsOutOfOrderAreAppliedInOrder, positionsAreNumbersNotText, positionsAbove2To53AreTold, positionDecidesEvenIfTheClockStepsBack, atOnePositionTheDeleteComesFirst, atOnePositionTheTruncateComesFirst
          4 | snapshots | change.ChangeFoldTest | transactionInFlightDuringASnapshotComesAfterItThoughItsPositionIsLower, eventSeenByTheSnapshotComesBeforeIt, eventAtTheSnapshotsPositionIsNewer, withinAPartitionTheOffsetSaysWhatWasDeliveredLater, betweenPartitionsTheTimeSaysWhatWasDeliveredLater, everythingAfterTheFirstNewerEventComesAfterTheSnapshotRow, truncateInFlightDuringASnapshotRemovesItsRows, ofSeveralSnapshotsTheOneAtTheHigherPositionIsLater, incrementalSnapshotAmongTheStreamChangesNothingThatCameAfterIt
          5 | instants never decrease | change.ChangeFoldTest | instantsNeverDecrease, aTruncatesInstantCountsForWhatFollows
          5 | instants never decrease | change.HistoryTest | clockStepCannotMakeAnIntervalRunBackwards
          6 | placeholders | record.RecordDecoderTest | placeholdersAreNullAndNamed, placeholdersOfEveryTypeAreKnown, aMapThatItsSchemaDescribesHasAPlaceholderToo, whatOnlyResemblesAPlaceholderIsData
          6 | placeholders | change.ChangeFoldTest | whatIsAbsentFromTheImageIsNull, placeholderMeansAsItWas, placeholderAfterLateDataTakesWhatCameLate, placeholderForAValueNeverSeenIsNullAndCounted, placeholderAfterADeleteIsNullAndCounted, keyChangeBringsTheOldKeysValue, keyChangesMayFollowOneAnother, keyChangeFromARowNeverSeenIsNullAndCounted, amongSeveralOldKeysNoneIsGuessed
          7 | truncate | record.RecordDecoderTest | aTruncateIsAnEventWithoutAKey, aFlatRowMayTruncateTheTableAndNeedsNoKeyForIt
          7 | truncate | change.ChangeFoldTest | truncateRemovesEveryKeySeenAlreadyOrNotYet, deleteAfterATruncateIsStale, truncatesAreCountedOnceForTheTable
          8 | flat rows | record.RecordDecoderTest | aFlatRowIsAnUpsertOrADelete, anOrderThatIsNullIsRefused, theTimeMayBeAColumnOfItsOwn, whatTheTableIsWithoutMayStillOrderItsChanges
          8 | flat rows | change.ChangeFoldTest | ofTwoFlatRowsAtOnePositionTheGreaterWinsAndItIsAConflict, equalFlatRowsAtOnePositionAreDuplicates, flatRowsNeedNotSayWhen, nullInAnUpdateMeansAsItWasWhereTheTableIgnoresThem
          9 | current | change.ChangeFoldTest | deleteBeforeInsertLeavesNothing, reinsertAfterDeleteInsertsAgain, updateOfAKeyNeverSeenMakesItsRow, currentHasTheRowsColumnsThenWhenceAndWhen
          10 | history | change.HistoryTest | eachChangeClosesAVersionAndOpensTheNext, deleteClosesAndLeavesAGapAndAReinsertOpensAgain, transactionGivesOneVersionAtMost, transactionWithoutNetEffectLeavesNoTrace, equalNeighboursAreOneVersion, nullEqualsNullAndNothingElse, untrackedColumnsHoldTheirLastValueWithinTheVersion, lateEventSplitsAnInterval, surrogateKeyIsAHashOfTableKeyAndTheBeginning
          12 | facts | change.FactFoldTest | theSameFactTwiceIsADuplicate, ofDifferentFactsOfOneKeyTheLaterWinsAndItIsAConflict, atOneTimeTheGreaterBytesWin
          13 | as-of join | join.AsOfJoinTest | versionBeginsAtItsFirstInstantAndEndsBeforeItsLast, factInAGapKeepsItsPlaceWithNulls, factBeforeTheFirstVersionTakesNullsUnlessTheFirstIsAskedFor, factsThatMatchNothingAreCounted
          14 | purchases | purchases.PurchasesTest | anOrderIsOnePurchaseWhoseAmountIsTheSumOfItsLines, aReturnReducesTheMoneyAndIsNoPurchase
          16 | quarantine | record.RecordDecoderTest | whatIsNoJsonObjectIsMalformed, anUnknownOpIsRefused, aMissingSourceIsRefused, aMissingImageIsRefused, aMissingKeyIsRefused, aKeyThatContradictsTheRowIsRefused, aMissingPositionOrTimestampIsRefused, aValueIsHeldExactlyOrRefused, aRefusedRecordKeepsItsTextAndPlace, oneBadRecordLeavesItsNeighboursAlone
          17 | schemas that change | record.RecordDecoderTest | unknownColumnsAreCountedAndLeftOut, whatDiffersFromAColumnInCaseAloneIsUnknown, aColumnThatAppearsMidwayIsNullBefore, anIntegerWidensToALongAndADoubleWhereExact, anIntegerOfMoreThan64BitsIsADoubleWhereExact, aDecimalWidensToMoreDigits, anyOtherChangeRefusesTheRecordAndNoOther
          18 | one fate an event | change.ChangeFoldLawsTest | whatADatabaseDidIsWhatIsLeft, whateverTheEventsSayTheOracleAgrees
          1-10 | any order, batching and repetition | change.ProofTest | anyDeliveryOfAnyStreamGivesTheTablesOfTheOracle
          """)
  void everyRuleHasItsTests(String rule, String what, String in, String tests)
      throws ClassNotFoundException {
    assertThat(testsOf(Class.forName("dev.patron.features." + in)))
        .as("rule %s, %s", rule, what)
        .contains(tests.split(",\\s*"));
  }

  /** The names of the tests of a class and of those nested in it. */
  private static List<String> testsOf(Class<?> type) {
    List<String> tests = new ArrayList<>();
    for (var method : type.getDeclaredMethods()) {
      if (method.isAnnotationPresent(Test.class)
          || method.isAnnotationPresent(ParameterizedTest.class)) {
        tests.add(method.getName());
      }
    }
    for (Class<?> nested : type.getDeclaredClasses()) {
      tests.addAll(testsOf(nested));
    }
    return tests;
  }
}
