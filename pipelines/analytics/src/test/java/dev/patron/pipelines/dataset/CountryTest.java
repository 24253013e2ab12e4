package dev.patron.pipelines.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.tables.TableDefinition.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where it is looked for in which country a customer is. */
class CountryTest {
  private static final String DEFINITION =
      """
      tables:
        people: { keep: current, key: [customer], from: { files: "p.jsonl", format: debezium } }
        places: { keep: current, key: [place], from: { files: "q.jsonl", format: debezium } }
        sales: { keep: facts, from: { files: "s.csv" } }
      purchases: { table: sales, customer: customer, time: at, amount: sum }
      """;

  @TempDir private Path folder;

  private Country of(String more, Map<String, Schema> schemas) throws IOException {
    Path file = Files.writeString(folder.resolve("shop.yaml"), DEFINITION + more);
    Country found = Country.of(DatasetFile.parse(file.toString(), Map.of()), schemas);
    return found == null ? new Country("", "") : found;
  }

  private Map<String, Role> roles(String more) throws IOException {
    Path file = Files.writeString(folder.resolve("shop.yaml"), DEFINITION + more);
    return DatasetFile.parse(file.toString(), Map.of()).table("people").definition().roles();
  }

  private static Schema with(String column, Type type) {
    return Schema.of().with("customer", Type.STRING).with(column, type);
  }

  @Test
  void theDatasetSaysIt() throws IOException {
    assertThat(of("country: people.Home Land\n", Map.of()))
        .isEqualTo(new Country("people", "Home_Land"));
  }

  @Test
  void whatTheDatasetSaysIsAPlaceUnlessItIsMore() throws IOException {
    assertThat(roles("country: people.Home Land\n")).containsEntry("Home_Land", Role.PLACE);
    assertThat(roles("country: people.customer\n")).containsEntry("customer", Role.IDENTITY);
  }

  @Test
  void elseTheCustomersSayItBeforeThePurchases() throws IOException {
    Map<String, Schema> both =
        Map.of(
            "people", with("COUNTRY_CODE", Type.STRING),
            "places", with("country", Type.STRING),
            "sales", with("Country", Type.STRING));
    assertThat(of("", both)).isEqualTo(new Country("people", "COUNTRY_CODE"));
    assertThat(of("", Map.of("sales", with("Country", Type.STRING))))
        .isEqualTo(new Country("sales", "Country"));
  }

  @Test
  void noOtherTableAndNoNumberSaysIt() throws IOException {
    assertThat(
            of(
                "",
                Map.of(
                    "places", with("country", Type.STRING), "people", with("country", Type.LONG))))
        .isEqualTo(new Country("", ""));
  }
}
