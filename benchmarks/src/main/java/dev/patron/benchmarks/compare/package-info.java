/**
 * The same stages by Patron, by native Spark SQL and by DuckDB, on the same files, side by side:
 * {@code benchmarks/compare}.
 */
@NullMarked
package dev.patron.benchmarks.compare;

import org.jspecify.annotations.NullMarked;
