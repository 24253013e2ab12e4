/** Patron on Spark: embedded, by spark-submit, or as a Databricks JAR task. */
@NullMarked
package dev.patron.runners.spark;

import org.jspecify.annotations.NullMarked;
