package dev.patron.transforms.parquet;

import java.io.File;
import java.net.URI;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * The one way to files: Hadoop's {@code FileSystem}, which knows local folders, Databricks volumes
 * and every object store that a cluster has.
 *
 * <p>A {@link Configuration} is not serialisable. Workers do not receive one, they ask here.
 */
public final class HadoopFiles {
  /** Two letters at least, so that a Windows drive is not taken for a scheme. */
  private static final Pattern URI_WITH_SCHEME = Pattern.compile("[a-zA-Z][a-zA-Z0-9+.-]+:/.*");

  private HadoopFiles() {}

  private static final class Shared {
    static final Configuration CONFIGURATION = create();

    private static Configuration create() {
      Configuration configuration = new Configuration();
      // The checksummed local file system would leave a hidden .crc file beside every file, and
      // refuse files that other programs have rewritten.
      configuration.set("fs.file.impl", PlainLocalFileSystem.class.getName());
      // The cache of file systems is shared by everything in the JVM and does not look at the
      // setting above: Spark's checksummed one would be found in it.
      configuration.setBoolean("fs.file.impl.disable.cache", true);
      return configuration;
    }
  }

  /**
   * The configuration of this JVM: Hadoop's own files on the class path, and no checksum files on
   * local disks. Shared: copy it before changing anything.
   */
  public static Configuration configuration() {
    return Shared.CONFIGURATION;
  }

  /**
   * A path as users write it: a plain path (relative ones to the working directory), a {@code
   * file:} URI, a Databricks volume ({@code /Volumes/...}), or a URI of any Hadoop scheme. A plain
   * path is always a local one, whatever file system a cluster has by default; in it no character
   * is special.
   */
  public static Path path(String text) {
    return URI_WITH_SCHEME.matcher(text).matches()
        ? new Path(text)
        : new Path("file", null, new File(text).toPath().toAbsolutePath().normalize().toString());
  }

  /** The path as users would write it: without the scheme if it is local. */
  public static String display(Path path) {
    URI uri = path.toUri();
    return uri.getScheme() == null || uri.getScheme().equals("file")
        ? uri.getPath()
        : path.toString();
  }
}
