package dev.patron.pipelines.dataset;

import dev.patron.features.tables.TableDefinition.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** Reads the rules of a table. */
final class RulesSection {
  private static final List<String> KEYS =
      List.of("column", "notNull", "min", "max", "in", "matches", "else");
  private static final Pattern NAME = Pattern.compile("\\P{Cntrl}{1,100}");

  private RulesSection() {}

  static List<Rule> read(YamlValue value) {
    List<Rule> rules = new ArrayList<>();
    value
        .openMapping("a mapping from names to rules")
        .all()
        .forEach((name, rule) -> value.reading().attempt(() -> rules.add(rule(name, rule))));
    return rules;
  }

  private static Rule rule(String name, YamlValue value) {
    if (!NAME.matcher(name).matches()) {
      throw value.refuse(
          "rule name " + Words.quote(name) + " cannot stand beside a refused record",
          "expected one line of at most 100 characters");
    }
    YamlMapping mapping = value.mapping(KEYS);
    String column = mapping.require("column", "say which column it looks at").column();
    boolean notNull = mapping.get("notNull").map(YamlValue::trueOrFalse).orElse(false);
    Double min = mapping.get("min").map(YamlValue::number).orElse(null);
    Double max = mapping.get("max").map(YamlValue::number).orElse(null);
    List<String> in = mapping.get("in").map(RulesSection::values).orElse(List.of());
    String matches = mapping.get("matches").map(RulesSection::regex).orElse(null);
    boolean drop =
        mapping
            .get("else")
            .map(word -> word.choice(List.of("quarantine", "drop"), w -> w).equals("drop"))
            .orElse(false);
    if (!notNull && min == null && max == null && in.isEmpty() && matches == null) {
      throw value.refuse(
          value.path() + " asks for nothing", "expected notNull: true, min, max, in or matches");
    }
    checkBounds(value, min, max);
    return new Rule(name, column, notNull, min, max, in, matches, drop);
  }

  private static void checkBounds(YamlValue value, @Nullable Double min, @Nullable Double max) {
    if (min != null && max != null && min > max) {
      throw value.refuse(
          value.path() + " has min " + min + " above max " + max, "nothing could satisfy it");
    }
  }

  private static List<String> values(YamlValue value) {
    String expected = "a value or a list of values";
    return value.items(expected).stream().map(item -> item.literal(expected)).toList();
  }

  private static String regex(YamlValue value) {
    String regex = value.literal("a regular expression");
    try {
      return Pattern.compile(regex).pattern();
    } catch (PatternSyntaxException e) {
      Optional<String> why = e.getDescription().lines().findFirst();
      throw value.refuse(
          value.path() + " is " + Words.quote(regex) + ", which is no regular expression",
          why.orElse("") + (e.getIndex() >= 0 ? " near its character " + (e.getIndex() + 1) : ""));
    }
  }
}
