package dev.patron.pipelines.dataset;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.security.AccessControlException;
import org.jspecify.annotations.Nullable;

/**
 * A file system that only Hadoop reaches: {@code remote://HOST/path} is the local {@code /path}, in
 * this JVM. The host {@code closed} does not answer, and {@code forbidden} lets nobody read.
 */
public final class RemoteFileSystem extends RawLocalFileSystem {
  private static final URI ANY = URI.create("remote://host/");

  private @Nullable URI root;

  /** Called by Hadoop, by name. */
  public RemoteFileSystem() {}

  @Override
  public String getScheme() {
    return "remote";
  }

  @Override
  public void initialize(URI uri, Configuration configuration) throws IOException {
    root = URI.create("remote://" + uri.getAuthority() + "/");
    super.initialize(uri, configuration);
  }

  @Override
  public URI getUri() {
    // Hadoop's own constructor asks, before there is a host.
    return root == null ? ANY : root;
  }

  @Override
  public FileStatus getFileStatus(Path path) throws IOException {
    if ("closed".equals(getUri().getHost())) {
      throw new ConnectException("Connection refused");
    }
    return super.getFileStatus(path);
  }

  @Override
  public FSDataInputStream open(Path path, int bufferSize) throws IOException {
    if ("forbidden".equals(getUri().getHost())) {
      throw new AccessControlException("Permission denied: user=clerk, access=READ");
    }
    return super.open(path, bufferSize);
  }
}
