package dev.patron.features.tables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.patron.features.frame.Type;
import java.util.List;
import org.junit.jupiter.api.Test;

class ColumnNamesTest {

  @Test
  void namesThatTablesAllowStayAsTheyAre() {
    for (String name : List.of("a", "customer_id", "_x9", "CamelCase", "")) {
      assertThat(ColumnNames.normalise(name)).isSameAs(name);
    }
  }

  @Test
  void everyOtherCharacterBecomesAnUnderscore() {
    assertThat(ColumnNames.normalise("Customer ID")).isEqualTo("Customer_ID");
    assertThat(ColumnNames.normalise("Invoice No.")).isEqualTo("Invoice_No_");
    assertThat(ColumnNames.normalise("Order-Date")).isEqualTo("Order_Date");
    assertThat(ColumnNames.normalise("Größe")).isEqualTo("Gr__e");
    assertThat(ColumnNames.normalise("a\uD83D\uDE00b")).isEqualTo("a_b");
  }

  @Test
  void aLeadingDigitGetsAnUnderscoreBeforeIt() {
    assertThat(ColumnNames.normalise("1st")).isEqualTo("_1st");
  }

  @Test
  void normalisingTwiceChangesNothing() {
    for (String name : List.of("1 2", "ä", " x ", "Ünï-cödé")) {
      String once = ColumnNames.normalise(name);
      assertThat(ColumnNames.normalise(once)).isEqualTo(once);
    }
  }

  @Test
  void namesThatWouldBecomeOneAreRefusedTogether() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ColumnNames.normalise(List.of("a", "Customer ID", "Customer_ID")))
        .withMessage(
            "columns 'Customer ID' and 'Customer_ID' would both be named 'Customer_ID';"
                + " rename one at its source");
  }

  @Test
  void namesWithinRowsAreNormalisedToo() {
    assertThat(ColumnNames.normalise(Type.parse("array<row<Unit Price: double>>")))
        .isEqualTo(Type.parse("array<row<Unit_Price: double>>"));
  }
}
