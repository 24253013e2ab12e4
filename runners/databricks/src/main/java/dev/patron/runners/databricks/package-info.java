/** What Patron needs on Databricks beside the jar for Spark. */
@NullMarked
package dev.patron.runners.databricks;

import org.jspecify.annotations.NullMarked;
