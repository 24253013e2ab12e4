package dev.patron.features.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.tables.TableDefinition.Format.Kind;
import dev.patron.features.tables.TableDefinition.Role;
import org.junit.jupiter.api.Test;

/** Names that sources use and tables cannot have. */
class SourceNamesTest {

  @Test
  void csvHeadersGiveNormalNames() {
    Source csv = Source.facts(Kind.CSV).with("Customer_ID", Role.IDENTITY);
    String[] lines = {"Invoice No.,Customer ID,1st-Price", "C4,17,1.5"};
    assertThat(csv.resolve(lines))
        .hasToString("Invoice_No_: string, Customer_ID: long, _1st_Price: double");
    assertThat(csv.decode(lines).rows().toRows()).hasToString("[[C4, 17, 1.5]]");
  }

  @Test
  void jsonFieldsGiveNormalNamesAlsoWithinRows() {
    Source json = Source.facts(Kind.JSONL).with("Order_Lines.Unit_Price", Role.MONEY);
    String line = "{\"Order ID\":7,\"Order Lines\":[{\"Unit Price\":\"2.50\",\"SKU no\":\"a\"}]}";
    assertThat(json.resolve(line))
        .hasToString(
            "Order_ID: long, Order_Lines: array<row<SKU_no: string, Unit_Price: decimal(18,2)>>");
    assertThat(json.decode(line).rows().toRows()).hasToString("[[7, [[a, 2.50]]]]");
  }

  @Test
  void debeziumRowsAndKeysGiveNormalNames() {
    Source feed = Source.feed("Book_ID");
    String line =
        "{\"topic\":\"shop.books\",\"partition\":0,\"offset\":1,\"key\":{\"Book ID\":1},\"value\":"
            + "{\"before\":null,\"after\":{\"Book ID\":1,\"Unit Price\":3},\"source\":"
            + "{\"table\":\"books\",\"lsn\":1,\"ts_ms\":1},\"op\":\"c\",\"ts_ms\":2}}";
    Decoded decoded = feed.decode(line);
    assertThat(decoded.quarantine().toRows()).isEmpty();
    assertThat(decoded.rows().value(0, "Book_ID")).isEqualTo(1L);
    assertThat(decoded.rows().value(0, "Unit_Price")).isEqualTo(3L);
  }

  @Test
  void namesThatATableCannotTellApartAreRefusedTogether() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Source.facts(Kind.CSV).resolve("a b,a_b", "1,2"))
        .withMessageStartingWith("columns 'a b' and 'a_b' would both be named 'a_b'");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Source.facts(Kind.JSONL).resolve("{\"x\":{\"a b\":1,\"a-b\":2}}"))
        .withMessageStartingWith("columns 'a b' and 'a-b' would both be named 'a_b'");
  }

  @Test
  void declaredColumnsDoNotHideThatTwoAreOne() {
    Source csv = Source.facts(Kind.CSV).with(Schema.of().with("a_b", Type.LONG));
    assertThat(csv.refusal("a b,a_b", "1,2"))
        .startsWith("MALFORMED: columns 'a b' and 'a_b' would both be named 'a_b'");
  }
}
