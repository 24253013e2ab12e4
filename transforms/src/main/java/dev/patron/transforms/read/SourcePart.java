package dev.patron.transforms.read;

import java.io.Serializable;

/** A part of a source that one worker reads from its beginning to its end. */
public sealed interface SourcePart extends Serializable
    permits SourceFile, StagedPages, TopicRange {

  /** The group of tables that its records belong to, see {@link LandRecords}. */
  String group();
}
