package dev.patron.transforms.read;

import dev.patron.transforms.parquet.HadoopFiles;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Finds the files that a dataset names. */
public final class SourceFiles {
  private SourceFiles() {}

  /**
   * The files that a path, URI or glob matches, sorted by path; of a directory, the files in it.
   * Files and directories whose names begin with an underscore or a dot are not data and are left
   * out.
   *
   * @param glob a path or URI in which {@code *}, {@code ?}, <code>{a,b}</code> and {@code [a-c]}
   *     have their usual meaning
   * @param group see {@link SourceFile#group}
   * @throws NoSuchFile if there is none; an empty directory is there, and has none
   * @throws IOException if the file system cannot be asked
   */
  public static List<SourceFile> expand(String glob, String group) throws IOException {
    Path pattern = HadoopFiles.path(glob);
    FileSystem files = pattern.getFileSystem(HadoopFiles.configuration());
    FileStatus[] matches;
    try {
      matches = files.globStatus(pattern);
    } catch (FileNotFoundException e) {
      matches = null;
    }
    if (matches == null || matches.length == 0) {
      throw new NoSuchFile("glob " + glob + " matches nothing");
    }
    List<SourceFile> found = new ArrayList<>();
    for (FileStatus match : matches) {
      if (match.isDirectory()) {
        for (FileStatus child : files.listStatus(match.getPath())) {
          add(child, group, found);
        }
      } else {
        add(match, group, found);
      }
    }
    found.sort(Comparator.comparing(SourceFile::path));
    return List.copyOf(found);
  }

  private static void add(FileStatus file, String group, List<SourceFile> found) {
    String name = file.getPath().getName();
    if (file.isFile() && !name.startsWith("_") && !name.startsWith(".")) {
      found.add(
          SourceFile.whole(
              HadoopFiles.display(file.getPath()),
              file.getLen(),
              file.getModificationTime(),
              group));
    }
  }
}
