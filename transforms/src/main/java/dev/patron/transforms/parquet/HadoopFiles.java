package dev.patron.transforms.parquet;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.nio.file.StandardCopyOption;
import java.util.ServiceLoader;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.codec.ZstandardCodec;

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
      // Tasks run under class loaders of their engine's making; the providers are beside this
      // class.
      for (HadoopSettings known :
          ServiceLoader.load(HadoopSettings.class, HadoopFiles.class.getClassLoader())) {
        known.settings().forEach(configuration::set);
      }
      // Parquet's own choice, 3, takes a sixth more time to write our tables and spares a fiftieth
      // of their size.
      configuration.setIfUnset(ZstandardCodec.PARQUET_COMPRESS_ZSTD_LEVEL, "2");
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
   * The configuration of this JVM: Hadoop's own files on the class path, what the engine knows
   * ({@link HadoopSettings}), and no checksum files on local disks. Shared: copy it before changing
   * anything.
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

  /**
   * Renames a file over another that may be there, so that a reader finds one of the two, whole.
   *
   * @throws IOException if the file system cannot
   */
  public static void replace(Path from, Path to) throws IOException {
    if ("file".equals(to.toUri().getScheme())) {
      Files.move(
          Paths.get(from.toUri().getPath()),
          Paths.get(to.toUri().getPath()),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } else {
      FileContext.getFileContext(to.toUri(), configuration())
          .rename(from, to, Options.Rename.OVERWRITE);
    }
  }

  /** The path as users would write it: without the scheme if it is local. */
  public static String display(Path path) {
    URI uri = path.toUri();
    return uri.getScheme() == null || uri.getScheme().equals("file")
        ? uri.getPath()
        : path.toString();
  }
}
