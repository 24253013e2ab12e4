package dev.patron.transforms.read;

/**
 * Records of pages that were fetched into a file of lines, so that a worker that reads them again
 * reads the same. Their place is their number in the source, from 1, not their place in the file.
 *
 * @param path the file
 * @param name what the column {@code _source} calls the source
 * @param before how many records of the source come before those of the file
 * @param group the group of tables that the records belong to, see {@link LandRecords}
 */
public record StagedPages(String path, String name, long before, String group)
    implements SourcePart {}
