package dev.patron.pipelines.dataset;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.Tag;

/** The keys and values of a mapping of the file, in its order. */
final class YamlMapping {
  private final YamlValue value;
  private final LinkedHashMap<String, YamlValue> values = new LinkedHashMap<>();
  private final LinkedHashMap<String, Place> keys = new LinkedHashMap<>();
  private boolean misspelt;

  YamlMapping(YamlValue value, List<NodeTuple> tuples) {
    this.value = value;
    Reading reading = value.reading();
    for (NodeTuple tuple : tuples) {
      Place keyPlace = reading.place(tuple.getKeyNode().getStartMark());
      if (!(tuple.getKeyNode() instanceof ScalarNode key) || key.getValue().isBlank()) {
        reading.note(
            Refusal.of(keyPlace, "a key of " + value.path() + " is not a word", "name it"));
        continue;
      }
      String name = key.getValue();
      Place first = keys.putIfAbsent(name, keyPlace);
      if (first != null) {
        reading.note(
            Refusal.of(
                keyPlace,
                "key " + Words.quote(name) + " occurs twice in " + value.path(),
                "it is already on line " + first.line()));
        continue;
      }
      Node inner = tuple.getValueNode();
      // A nested block begins on the line after its key: the key is the better place to point at.
      Place place = inner instanceof ScalarNode ? reading.place(inner.getStartMark()) : keyPlace;
      values.put(
          name, new YamlValue(reading, inner, place, value.inside(name), value.readsReferences()));
    }
  }

  /**
   * Makes one again of the types that YAML takes apart: in {@code {price: decimal(10,2)}} it sees a
   * key {@code price} and a key {@code 2)} without a value.
   */
  static List<NodeTuple> withWholeTypes(List<NodeTuple> tuples) {
    List<NodeTuple> whole = new ArrayList<>();
    for (NodeTuple tuple : tuples) {
      NodeTuple last = whole.isEmpty() ? null : whole.get(whole.size() - 1);
      if (last != null
          && last.getValueNode() instanceof ScalarNode type
          && isOpen(type.getValue())
          && tuple.getKeyNode() instanceof ScalarNode rest
          && tuple.getValueNode().getTag().equals(Tag.NULL)) {
        Node joined =
            new ScalarNode(
                Tag.STR,
                type.getValue() + "," + rest.getValue(),
                type.getStartMark(),
                rest.getEndMark(),
                type.getScalarStyle());
        whole.set(whole.size() - 1, new NodeTuple(last.getKeyNode(), joined));
      } else {
        whole.add(tuple);
      }
    }
    return whole;
  }

  private static boolean isOpen(String type) {
    return type.lastIndexOf('(') > type.lastIndexOf(')');
  }

  YamlValue value() {
    return value;
  }

  void refuseOthersThan(List<String> known) {
    for (String name : List.copyOf(values.keySet())) {
      if (!known.contains(name)) {
        values.remove(name);
        misspelt = true;
        value
            .reading()
            .note(
                Refusal.of(
                    place(name),
                    "unknown key " + Words.quote(name),
                    Words.didYouMean(
                        name, known, "known in " + value.path() + " are " + Words.list(known))));
      }
    }
  }

  boolean has(String name) {
    return values.containsKey(name);
  }

  /** The place of this key. */
  Place place(String name) {
    return keys.getOrDefault(name, value.place());
  }

  Optional<YamlValue> get(String name) {
    return Optional.ofNullable(values.get(name));
  }

  /** The value of this key, which must be there; the advice says what to write. */
  YamlValue require(String name, String advice) {
    YamlValue found = values.get(name);
    if (found == null) {
      throw missing(name, advice);
    }
    return found;
  }

  /**
   * That this key is missing; only a consequence where an unknown key may be this one, misspelt.
   */
  Refusal missing(String name, String advice) {
    return misspelt
        ? Refusal.consequence(value.place())
        : value.refuse(value.path() + " has no '" + name + "'", advice);
  }

  /** That this key has no place here. */
  Refusal misplaced(String name, String problem, String advice) {
    return Refusal.of(place(name), value.inside(name) + " " + problem, advice);
  }

  /** All keys and values, in the file's order. */
  Map<String, YamlValue> all() {
    return values;
  }
}
