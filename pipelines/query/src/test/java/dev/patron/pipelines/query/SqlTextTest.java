package dev.patron.pipelines.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where statements end, and where a name with a version stands. */
class SqlTextTest {
  private static final List<String> TIERS = List.of("silver", "gold");

  @Test
  void aSemicolonEndsAStatementUnlessItStandsInAText() {
    assertThat(
            new SqlText(
                    """
                    select ';' as a, "b;" from t; -- c;
                    /* d; /* nested; */ */
                    select $$e;$$, $tag$ f; $$ $tag$, E'g\\';h';;
                    ; select 1""")
                .statements())
        .containsExactly(
            "select ';' as a, \"b;\" from t",
            "-- c;\n/* d; /* nested; */ */\nselect $$e;$$, $tag$ f; $$ $tag$, E'g\\';h'",
            "select 1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"select 1;", "select 1; -- done", "select ';';\n", "", "  -- nothing\n"})
  void isCompleteWithItsSemicolon(String text) {
    assertThat(new SqlText(text).isComplete()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"select 1", "select ';", "select 1 -- ;", "select 'a'", "/* ; */ select 2"})
  void waitsForItsSemicolon(String text) {
    assertThat(new SqlText(text).isComplete()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "from silver.books@3 b | from \"silver.books@3\" b",
        "from Silver . books@3 | from \"Silver.books@3\"",
        "from silver.books@3,gold.x@12 | from \"silver.books@3\",\"gold.x@12\"",
        "select 'silver.books@3' | select 'silver.books@3'",
        "from \"silver.books@3\" | from \"silver.books@3\"",
        "select t.x@3 from t | select t.x@3 from t",
        "select 1 -- silver.books@3 | select 1 -- silver.books@3",
      })
  void quotesNamesWithVersions(String text, String quoted) {
    assertThat(new SqlText(text).withVersionsQuoted(TIERS)).isEqualTo(quoted);
  }

  @Test
  void explainIsTakenOff() {
    assertThat(new SqlText("-- why\nExplain  analyze select 1").explained()).isEqualTo(" select 1");
    assertThat(new SqlText("select 'explain'").explained()).isEqualTo("select 'explain'");
  }
}
