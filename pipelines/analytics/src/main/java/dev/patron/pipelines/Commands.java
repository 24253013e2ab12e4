package dev.patron.pipelines;

import java.util.List;

/**
 * Commands that another room brings, because what they need is not wanted everywhere: found by
 * {@link java.util.ServiceLoader} on the class path.
 */
public interface Commands {
  /** The commands, in the order in which the help lists them. */
  List<Command<?>> commands();
}
