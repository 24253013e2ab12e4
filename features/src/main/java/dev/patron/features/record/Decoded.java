package dev.patron.features.record;

import dev.patron.features.accounts.Account;
import dev.patron.features.frame.Frame;

/**
 * What became of the records of one bronze frame.
 *
 * @param rows the rows of a facts table, or the events of a change feed (see {@link
 *     dev.patron.features.change.Events}), in the order of their records; those of Parquet files
 *     that are JSON in bronze are behind the others
 * @param quarantine the records refused, in the same order (see {@link
 *     dev.patron.features.tables.Tables#QUARANTINE})
 * @param account records read, ignored, quarantined and dropped; the rows' own fates are not
 *     counted yet, so that the residual is the number of rows
 */
public record Decoded(Frame rows, Frame quarantine, Account account) {}
