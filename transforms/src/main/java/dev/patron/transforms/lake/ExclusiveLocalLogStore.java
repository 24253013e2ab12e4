package dev.patron.transforms.lake;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.delta.storage.HadoopFileSystemLogStore;
import java.io.BufferedWriter;
import java.io.File;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;

/**
 * The log of tables on a local disk, where a version is written by one process and no other.
 *
 * <p>Delta's own {@code LocalLogStore} looks whether a version exists and then renames over it: two
 * processes, and also two threads with a log store each, can both win, and one commit is lost. Here
 * the version's name is made by a hard link, which fails if the name exists. Nobody sees a version
 * before it is whole and on the disk. File systems without hard links (network and fused ones) are
 * served under a lock file, which excludes the processes of one machine.
 */
public final class ExclusiveLocalLogStore extends HadoopFileSystemLogStore {
  private static final Object ONE_AT_A_TIME = new Object();

  /** Called by Delta Kernel, by name. */
  public ExclusiveLocalLogStore(Configuration configuration) {
    super(configuration);
  }

  @Override
  public void write(
      org.apache.hadoop.fs.Path path,
      Iterator<String> actions,
      Boolean overwrite,
      Configuration configuration)
      throws IOException {
    Path target = new File(path.toUri().getPath()).toPath();
    // A leading dot keeps it from those who list the log.
    Path temporary =
        target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID() + ".tmp");
    try {
      writeThrough(temporary, actions);
      if (overwrite) {
        Files.move(
            temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } else {
        publish(temporary, target);
      }
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /**
   * The files of a log from this one on, by name. Hadoop's own listing asks the disk for length and
   * time of every file, which after thousands of versions takes longer than all the rest of a small
   * commit; here only those are asked that are wanted, and those lie behind the last checkpoint.
   */
  @Override
  public Iterator<FileStatus> listFrom(org.apache.hadoop.fs.Path path, Configuration configuration)
      throws IOException {
    FileSystem files = path.getFileSystem(configuration);
    List<String> names = new ArrayList<>();
    File folder = new File(path.getParent().toUri().getPath());
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder.toPath())) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        if (name.compareTo(path.getName()) >= 0) {
          names.add(name);
        }
      }
    } catch (NoSuchFileException e) {
      throw new FileNotFoundException("No such file or directory: " + folder);
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    Collections.sort(names);
    List<FileStatus> found = new ArrayList<>();
    for (String name : names) {
      try {
        found.add(files.getFileStatus(new org.apache.hadoop.fs.Path(path.getParent(), name)));
      } catch (FileNotFoundException deletedMeanwhile) {
        // As if the listing had been later.
      }
    }
    return found.iterator();
  }

  private static void writeThrough(Path file, Iterator<String> lines) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      Writer writer =
          new BufferedWriter(new OutputStreamWriter(Channels.newOutputStream(channel), UTF_8));
      while (lines.hasNext()) {
        writer.write(lines.next());
        writer.write('\n');
      }
      writer.flush();
      channel.force(true);
    }
  }

  private static void publish(Path temporary, Path target) throws IOException {
    try {
      Files.createLink(target, temporary);
    } catch (FileAlreadyExistsException e) {
      throw e;
    } catch (UnsupportedOperationException | FileSystemException noHardLinks) {
      publishUnderLock(temporary, target);
    }
  }

  static void publishUnderLock(Path temporary, Path target) throws IOException {
    Path lockFile = target.resolveSibling(".commit.lock");
    synchronized (ONE_AT_A_TIME) {
      try (FileChannel channel =
              FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock lock = channel.lock()) {
        if (!lock.isValid() || Files.exists(target)) {
          throw new FileAlreadyExistsException(target.toString());
        }
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
      }
    }
  }

  @Override
  public Boolean isPartialWriteVisible(
      org.apache.hadoop.fs.Path path, Configuration configuration) {
    // True makes the Kernel write checkpoints beside their place and rename them.
    return true;
  }
}
