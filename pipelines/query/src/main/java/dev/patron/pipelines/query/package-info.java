/** SQL over the tables of a warehouse: read-only, embedded, each table at its current version. */
@NullMarked
package dev.patron.pipelines.query;

import org.jspecify.annotations.NullMarked;
