package dev.patron.pipelines.engine;

import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptions;

/**
 * An engine that pipelines run on: the little that Patron must know about one beyond Beam. Found by
 * {@link java.util.ServiceLoader}; each room of {@code runners} offers one.
 */
public interface Engine {
  /** The simple name of Beam's runner, as in {@code --runner=DirectRunner}. */
  String runner();

  /**
   * Gets ready for one or several pipelines: sets what a user of this engine would otherwise have
   * to know, leaving alone what the user has set, and opens what the pipelines share.
   *
   * @param options the options of all pipelines to come; may be changed
   * @return what is to be closed after the last pipeline
   */
  Opened open(PipelineOptions options);

  /** What an engine holds open between pipelines. */
  @FunctionalInterface
  interface Opened extends AutoCloseable {
    /** Sees every pipeline before its first transform, to change how it encodes, say. */
    default void prepare(Pipeline pipeline) {}

    /**
     * Is told what the next pipeline does, as {@code bookstore: refine}, before it runs and on the
     * thread that runs it. An engine that shows its work to people shows this.
     */
    default void begin(String work) {}

    @Override
    void close();
  }
}
