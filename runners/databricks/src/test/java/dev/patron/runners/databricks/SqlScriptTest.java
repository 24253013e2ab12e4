package dev.patron.runners.databricks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class SqlScriptTest {
  @Test
  void aStatementEndsWithASemicolonAtTheEndOfALine() {
    String script =
        """
        -- a comment; with a semicolon
        create table ${catalog}.t (
          a int comment 'one; two'
        );
        select 1;
        """;
    assertThat(SqlScript.statements(script, Map.of("catalog", "main")))
        .containsExactly("create table main.t (\n  a int comment 'one; two'\n)", "select 1");
  }

  @Test
  void aPlaceWithoutAValueIsNamed() {
    assertThatThrownBy(() -> SqlScript.statements("select '${where}';", Map.of()))
        .hasMessage("nothing is said for ${where}; add --where=...");
  }

  @Test
  void aValueCannotEndTheTextThatItStandsIn() {
    assertThatThrownBy(
            () -> SqlScript.statements("select '${a}';", Map.of("a", "x'; drop table t; --")))
        .hasMessageContaining("cannot stand in SQL");
  }

  @Test
  void nothingIsLeftUnfinished() {
    assertThatThrownBy(() -> SqlScript.statements("select 1;\nselect 2", Map.of()))
        .hasMessage("the last statement does not end with a semicolon: select 2");
  }
}
