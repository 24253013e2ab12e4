package dev.patron.pipelines;

import dev.patron.pipelines.console.UsageException;
import dev.patron.pipelines.dataset.NearMiss;
import dev.patron.pipelines.options.RunOptions;
import dev.patron.pipelines.options.WarehouseOptions;
import dev.patron.pipelines.stages.Features;
import java.beans.Introspector;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.jspecify.annotations.Nullable;

/**
 * Arguments as Beam's {@link PipelineOptions}, so that every Beam and runner option works
 * unchanged. What Beam would report as an internal error, or silently make a list of, is said here
 * in words.
 */
final class CommandLine {
  /** A comment of SQL begins with two dashes too, but no name follows. */
  private static final Pattern OPTION = Pattern.compile("--[A-Za-z]");

  /** What every command on a warehouse takes, so that one set of options fits all stages. */
  private static final Set<String> COMMON =
      Set.of("dataset", "warehouse", "asOf", "horizonDays", "seed");

  private CommandLine() {}

  /**
   * The options of one command.
   *
   * @param arguments {@code --name=value} each, or bare words
   * @param words the options that bare words are the values of, in order
   * @param unused takes the name of each common option that the command has no use for
   * @throws UsageException if an option is unknown, given twice or has a value of the wrong kind
   */
  static <O extends PipelineOptions> O parse(
      List<String> arguments, Class<O> type, List<String> words, Consumer<String> unused) {
    PipelineOptionsFactory.register(type);
    return parse(named(arguments, words), type, unused);
  }

  /** Bare words as the options that they stand for. */
  private static List<String> named(List<String> arguments, List<String> words) {
    Iterator<String> names = words.iterator();
    return arguments.stream()
        .map(
            text ->
                OPTION.matcher(text).lookingAt() || !names.hasNext()
                    ? text
                    : "--" + names.next() + "=" + text)
        .toList();
  }

  private static <O extends PipelineOptions> O parse(
      List<String> arguments, Class<O> type, Consumer<String> unused) {
    Set<String> known = knownOptions(type);
    Set<String> common = WarehouseOptions.class.isAssignableFrom(type) ? COMMON : Set.of();
    Set<String> seen = new HashSet<>();
    List<String> own = new ArrayList<>();
    List<String> others = new ArrayList<>();
    for (String argument : arguments) {
      if (!OPTION.matcher(argument).lookingAt()) {
        throw new UsageException(
            "unexpected word '" + argument + "'; options are written --name=value");
      }
      int equals = argument.indexOf('=');
      String name = argument.substring(2, equals < 0 ? argument.length() : equals);
      if (known.contains(name)) {
        own.add(argument);
      } else if (common.contains(name)) {
        others.add(argument);
      } else {
        throw new UsageException(
            "unknown option --"
                + name
                + NearMiss.of(name, known).map(near -> "; did you mean --" + near + "?").orElse("")
                + " (./patron COMMAND --help lists them)");
      }
      if (!seen.add(name)) {
        throw new UsageException("option --" + name + " is given twice");
      }
    }
    O options = read(own, type);
    if (!others.isEmpty()) {
      // With the runner: Beam's default for none is one that not every class path has.
      Stream<String> runner = own.stream().filter(option -> option.startsWith("--runner="));
      List<String> all = Stream.concat(runner, others.stream()).toList();
      Features.check(read(all, RunOptions.class).getAsOf());
    }
    others.forEach(option -> unused.accept(option.substring(2).replaceFirst("=.*", "")));
    return options;
  }

  private static <O extends PipelineOptions> O read(List<String> arguments, Class<O> type) {
    try {
      return PipelineOptionsFactory.fromArgs(arguments.toArray(String[]::new))
          .withValidation()
          .as(type);
    } catch (RuntimeException | LinkageError e) {
      // A runner for tests alone finds its tests' libraries missing.
      throw new UsageException(explain(arguments, type, e), e);
    }
  }

  /** Finds the option that Beam stumbled over by trying each alone. */
  private static String explain(
      List<String> arguments, Class<? extends PipelineOptions> type, Throwable e) {
    for (String argument : arguments) {
      try {
        PipelineOptionsFactory.fromArgs(argument).as(type);
      } catch (RuntimeException | LinkageError single) {
        return "option " + argument + " is not understood: " + expected(argument, type, single);
      }
    }
    return firstLine(e);
  }

  private static String expected(
      String argument, Class<? extends PipelineOptions> type, Throwable e) {
    String name = argument.substring(2).replaceFirst("=.*", "");
    Class<?> wanted = String.class;
    for (Method method : type.getMethods()) {
      wanted = name.equals(property(method)) ? method.getReturnType() : wanted;
    }
    boolean isLong = wanted == long.class || wanted == Long.class;
    if (isLong || wanted == int.class || wanted == Integer.class) {
      long most = isLong ? Long.MAX_VALUE : Integer.MAX_VALUE;
      return "expected a whole number of at most " + most;
    }
    if (wanted == double.class) {
      return "expected a number";
    }
    if (wanted == boolean.class) {
      return "expected true or false";
    }
    // Beam says which runners there are before Java says which class there is not.
    return e.getCause() instanceof ClassNotFoundException && e.getMessage() != null
        ? e.getMessage()
        : firstLine(e);
  }

  private static String firstLine(Throwable e) {
    Throwable deepest = e;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    String message = deepest.getMessage();
    return message == null
        ? deepest.getClass().getSimpleName()
        : message.lines().findFirst().orElse(message);
  }

  private static Set<String> knownOptions(Class<? extends PipelineOptions> type) {
    Set<String> names = engineOptions();
    addNames(type, names);
    return names;
  }

  /** The names of Beam's options and of those that the class path's engines bring. */
  static Set<String> engineOptions() {
    Set<String> names = new TreeSet<>();
    for (Class<?> options : PipelineOptionsFactory.getRegisteredOptions()) {
      // Those of the commands before it in this JVM are registered too.
      if (!isOurs(options)) {
        addNames(options, names);
      }
    }
    return names;
  }

  private static void addNames(Class<?> options, Set<String> names) {
    for (Method method : options.getMethods()) {
      String name = property(method);
      if (name != null) {
        names.add(name);
      }
    }
  }

  private static boolean isOurs(Class<?> options) {
    return options.getName().startsWith("dev.patron.");
  }

  private static @Nullable String property(Method getter) {
    if (getter.getParameterCount() > 0 || getter.getReturnType() == void.class) {
      return null;
    }
    if (getter.getName().startsWith("get")) {
      return Introspector.decapitalize(getter.getName().substring(3));
    }
    return getter.getName().startsWith("is")
        ? Introspector.decapitalize(getter.getName().substring(2))
        : null;
  }

  /** Patron's own options of a command, one line each, with their defaults. */
  static String describe(Class<? extends PipelineOptions> type) {
    SortedMap<String, String> lines = new TreeMap<>();
    for (Method method : type.getMethods()) {
      String name = property(method);
      Description description = method.getAnnotation(Description.class);
      if (name != null && description != null && isOurs(method.getDeclaringClass())) {
        lines.put(name, description.value() + defaultValue(method));
      }
    }
    StringBuilder text = new StringBuilder();
    lines.forEach(
        (name, description) -> text.append(wrap("  --" + name, description)).append('\n'));
    return text.toString();
  }

  private static String defaultValue(Method method) {
    Default.String text = method.getAnnotation(Default.String.class);
    Default.Integer integer = method.getAnnotation(Default.Integer.class);
    Default.Long number = method.getAnnotation(Default.Long.class);
    Default.Double fraction = method.getAnnotation(Default.Double.class);
    if (text != null) {
      return " Default: " + text.value() + ".";
    }
    if (integer != null && integer.value() != 0) {
      return " Default: " + integer.value() + ".";
    }
    if (number != null) {
      return " Default: " + number.value() + ".";
    }
    return fraction == null ? "" : " Default: " + fraction.value() + ".";
  }

  private static final int NAME_WIDTH = 20;
  private static final int LINE_WIDTH = 96;

  private static String wrap(String name, String text) {
    StringBuilder wrapped = new StringBuilder(String.format("%-" + NAME_WIDTH + "s", name));
    int width = wrapped.length();
    for (String word : Arrays.asList(text.split(" ", -1))) {
      if (width + 1 + word.length() > LINE_WIDTH) {
        wrapped.append('\n').append(" ".repeat(NAME_WIDTH));
        width = NAME_WIDTH;
      }
      wrapped.append(' ').append(word);
      width += 1 + word.length();
    }
    return wrapped.toString();
  }
}
