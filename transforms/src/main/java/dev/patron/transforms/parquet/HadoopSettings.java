package dev.patron.transforms.parquet;

import java.util.Map;

/**
 * What an engine knows of Hadoop's settings, such as the keys of an object store. {@link
 * HadoopFiles} asks in every JVM, drivers and workers alike; found by {@link
 * java.util.ServiceLoader}.
 */
@FunctionalInterface
public interface HadoopSettings {
  /** The settings by name; called once a JVM, before the first file is reached for. */
  Map<String, String> settings();
}
