package dev.patron.transforms.parquet;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;

/**
 * The local file system without checksum files, whose files have the permissions that the process
 * gives them (its umask). Hadoop's own starts a {@code chmod} process for every file and folder
 * that it creates, which takes longer than to write most of them; and it throws an {@link Error}
 * where the disk is full.
 */
public final class PlainLocalFileSystem extends RawLocalFileSystem {
  /** Called by Hadoop, by name. */
  public PlainLocalFileSystem() {}

  @Override
  protected OutputStream createOutputStream(Path path, boolean append) throws IOException {
    return new FileOutputStream(pathToFile(path), append);
  }

  @Override
  protected OutputStream createOutputStreamWithMode(
      Path path, boolean append, FsPermission permission) throws IOException {
    return createOutputStream(path, append);
  }

  @Override
  public void setPermission(Path path, FsPermission permission) {}
}
