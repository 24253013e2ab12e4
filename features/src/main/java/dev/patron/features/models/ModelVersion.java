package dev.patron.features.models;

import java.io.Serializable;

/**
 * A version of a model.
 *
 * @param name the model's name
 * @param version from 1
 * @param document what scoring needs
 */
public record ModelVersion(String name, int version, ModelDocument document)
    implements Serializable {

  /** {@code NAME/VERSION}, as the scores table names it. */
  public String reference() {
    return name + "/" + version;
  }
}
