package dev.patron.transforms.parquet;

import java.io.File;
import java.io.FileNotFoundException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;

/**
 * The local file system without checksum files, whose files have the permissions that the process
 * gives them (its umask). Hadoop's own starts a {@code chmod} process for every file and folder
 * that it creates, which takes longer than to write most of them; it throws an {@link Error} where
 * the disk is full, and says of a folder that goes while it is listed that it must not be read.
 */
public final class PlainLocalFileSystem extends RawLocalFileSystem {
  /** Called by Hadoop, by name. */
  public PlainLocalFileSystem() {}

  @Override
  protected OutputStream createOutputStream(Path path, boolean append) throws IOException {
    return new NamedFile(pathToFile(path), append);
  }

  @Override
  protected OutputStream createOutputStreamWithMode(
      Path path, boolean append, FsPermission permission) throws IOException {
    return createOutputStream(path, append);
  }

  @Override
  public void setPermission(Path path, FsPermission permission) {}

  @Override
  public FileStatus[] listStatus(Path path) throws IOException {
    File folder = pathToFile(path);
    if (!folder.isDirectory()) {
      return super.listStatus(path);
    }
    List<FileStatus> found = new ArrayList<>();
    try (DirectoryStream<java.nio.file.Path> entries = Files.newDirectoryStream(folder.toPath())) {
      for (java.nio.file.Path entry : entries) {
        try {
          found.add(getFileStatus(new Path(path, new Path(null, null, name(entry)))));
        } catch (FileNotFoundException e) {
          // It has gone since.
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    } catch (NoSuchFileException e) {
      throw (IOException) new FileNotFoundException(path + " is gone").initCause(e);
    }
    return found.toArray(FileStatus[]::new);
  }

  private static String name(java.nio.file.Path entry) {
    return String.valueOf(entry.getFileName());
  }

  /** Java says of a full disk that there is no space, and not of which. */
  private static final class NamedFile extends FileOutputStream {
    private final File file;

    NamedFile(File file, boolean append) throws IOException {
      super(file, append);
      this.file = file;
    }

    @Override
    public void write(int b) throws IOException {
      try {
        super.write(b);
      } catch (IOException e) {
        throw named(e);
      }
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      try {
        super.write(bytes, from, length);
      } catch (IOException e) {
        throw named(e);
      }
    }

    @Override
    public void write(byte[] bytes) throws IOException {
      write(bytes, 0, bytes.length);
    }

    private IOException named(IOException e) {
      IOException named = new FileSystemException(file.getPath(), null, e.getMessage());
      // A cause would be what is told of it.
      named.addSuppressed(e);
      return named;
    }
  }
}
