/** Telling an MLflow server what was trained. */
@NullMarked
package dev.patron.pipelines.mlflow;

import org.jspecify.annotations.NullMarked;
