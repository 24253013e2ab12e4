package dev.patron.pipelines.dataset;

import dev.patron.features.tables.ColumnNames;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * A value of the file with its place and its path from the root. Reading it as what is expected
 * there gives that, or a {@link Refusal} that says what was found.
 */
final class YamlValue {
  private static final Set<Tag> PLAIN_TAGS =
      Set.of(
          Tag.STR,
          Tag.INT,
          Tag.FLOAT,
          Tag.BOOL,
          Tag.TIMESTAMP,
          Tag.NULL,
          Tag.MERGE,
          Tag.SEQ,
          Tag.MAP);
  private static final Pattern NUMBER =
      Pattern.compile("[-+]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][-+]?\\d+)?");

  private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

  private final Reading reading;
  private final Node node;
  private final Place place;
  private final String path;
  private final boolean readsReferences;

  YamlValue(Reading reading, Node node, Place place, String path, boolean readsReferences) {
    this.reading = reading;
    this.node = node;
    this.place = place;
    this.path = path;
    this.readsReferences = readsReferences;
    if (!path.isEmpty()) {
      reading.remember(path, place);
    }
  }

  Reading reading() {
    return reading;
  }

  Place place() {
    return place;
  }

  /** This value, in which every text may hold references to the environment. */
  YamlValue withReferences() {
    return new YamlValue(reading, node, place, path, true);
  }

  boolean readsReferences() {
    return readsReferences;
  }

  /** For example {@code tables.orders.key}; {@code the definition} for the root. */
  String path() {
    return path.isEmpty() ? "the definition" : path;
  }

  /** The path of what lies inside under this name. */
  String inside(String name) {
    String line = CONTROL.matcher(name).replaceAll(" ");
    return path.isEmpty() ? line : path + "." + line;
  }

  Refusal refuse(String problem, String advice) {
    return Refusal.of(place, problem, advice);
  }

  private Refusal unexpected(String expected) {
    return refuse(path() + " is " + found(), "expected " + expected);
  }

  /** What the file has here, in words; never a value from outside. */
  String found() {
    if (node instanceof MappingNode) {
      return "a mapping";
    }
    if (node instanceof SequenceNode) {
      return "a list";
    }
    return isEmpty() ? "empty" : Words.quote(((ScalarNode) node).getValue());
  }

  boolean isMapping() {
    return node instanceof MappingNode;
  }

  boolean isList() {
    return node instanceof SequenceNode;
  }

  private boolean isEmpty() {
    return node instanceof ScalarNode scalar
        && (node.getTag().equals(Tag.NULL) || scalar.getValue().isBlank());
  }

  private void checkTag() {
    if (!PLAIN_TAGS.contains(node.getTag())) {
      throw refuse(
          path() + " has the tag " + Words.quote(node.getTag().getValue()),
          "write the value without a tag");
    }
  }

  /** This value as a mapping that may hold these keys and no others. */
  YamlMapping mapping(List<String> known) {
    YamlMapping mapping = openMapping("a mapping with " + Words.list(known));
    mapping.refuseOthersThan(known);
    return mapping;
  }

  /** This value as a mapping with keys of the user's choice. */
  YamlMapping openMapping(String expected) {
    return new YamlMapping(this, tuples(expected));
  }

  /** This value as a mapping from names of the user's choice to types. */
  YamlMapping typeMapping(String expected) {
    return new YamlMapping(this, YamlMapping.withWholeTypes(tuples(expected)));
  }

  private List<NodeTuple> tuples(String expected) {
    checkTag();
    if (!(node instanceof MappingNode mapping)) {
      throw unexpected(expected);
    }
    return mapping.getValue();
  }

  /** The values of this list; of a single text, that one. */
  List<YamlValue> items(String expected) {
    checkTag();
    if (node instanceof SequenceNode sequence) {
      List<Node> nodes = sequence.getValue();
      if (nodes.isEmpty()) {
        throw refuse(path() + " is an empty list", "expected " + expected);
      }
      return IntStream.range(0, nodes.size())
          .mapToObj(
              i -> {
                Node item = nodes.get(i);
                return new YamlValue(
                    reading,
                    item,
                    reading.place(item.getStartMark()),
                    path + "[" + i + "]",
                    readsReferences);
              })
          .toList();
    }
    if (node instanceof ScalarNode && !isEmpty()) {
      return List.of(this);
    }
    throw unexpected(expected);
  }

  /** The text exactly as it stands, references and blanks included. */
  String literal(String expected) {
    checkTag();
    if (!(node instanceof ScalarNode scalar) || node.getTag().equals(Tag.NULL)) {
      throw unexpected(expected);
    }
    return scalar.getValue();
  }

  /** The name of a column, as tables have it: {@code Customer ID} means {@code Customer_ID}. */
  String column() {
    return ColumnNames.normalise(text("a column's name"));
  }

  /** The text, not blank, without blanks around it. */
  String text(String expected) {
    if (isEmpty()) {
      throw unexpected(expected);
    }
    String text = literal(expected);
    if (!References.has(text)) {
      return text.strip();
    }
    if (readsReferences) {
      return shownSetting(expected).reveal().strip();
    }
    throw refuse(
        path() + " is " + found(),
        "${...} is read in from:, name, zone, currency and locale, not here");
  }

  /** The text with its references resolved; not blank. */
  Setting setting(String expected) {
    if (isEmpty()) {
      throw unexpected(expected);
    }
    Setting setting = reading.references().resolve(literal(expected), this);
    if (setting.reveal().isBlank()) {
      throw refuse(path() + " is " + found() + ", which is empty", "expected " + expected);
    }
    return setting;
  }

  /** As {@link #setting}, for a value that tables or reports will show. */
  Setting shownSetting(String expected) {
    if (node instanceof ScalarNode scalar && scalar.getValue().contains("${file:")) {
      throw refuse(
          path() + " is " + found(),
          "what it says is shown in tables and reports, so it cannot come from a secret");
    }
    return setting(expected);
  }

  /** One of these words. */
  <T> T choice(List<T> choices, Function<T, String> word) {
    List<String> words = choices.stream().map(word).toList();
    String expected = Words.either(words);
    String text = text(expected);
    int chosen = words.indexOf(text);
    if (chosen < 0) {
      throw refuse(
          path() + " is " + found(), Words.didYouMean(text, words, "expected " + expected));
    }
    return choices.get(chosen);
  }

  boolean trueOrFalse() {
    String text = text("true or false");
    if (text.equals("true") || text.equals("false")) {
      return text.equals("true");
    }
    throw unexpected("true or false");
  }

  double number() {
    String text = text("a number");
    if (NUMBER.matcher(text).matches()) {
      double number = Double.parseDouble(text);
      if (Double.isFinite(number)) {
        return number;
      }
    }
    throw unexpected("a number");
  }
}
