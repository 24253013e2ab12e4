package dev.patron.transforms.read;

import java.io.IOException;
import java.net.URI;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSInputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/** {@code worn:/path} is the local {@code /path} on a disk that reads the first half of a file. */
public final class WornDisk extends RawLocalFileSystem {
  private static final URI ROOT = URI.create("worn:///");

  /** Called by Hadoop, by name. */
  public WornDisk() {}

  static void plugIn(Configuration configuration) {
    configuration.set("fs.worn.impl", WornDisk.class.getName());
  }

  @Override
  public String getScheme() {
    return "worn";
  }

  @Override
  public URI getUri() {
    return ROOT;
  }

  @Override
  public FSDataInputStream open(Path path, int bufferSize) throws IOException {
    long readable = getFileStatus(path).getLen() / 2;
    FSDataInputStream whole = super.open(path, bufferSize);
    return new FSDataInputStream(
        new FSInputStream() {
          @Override
          public void seek(long position) throws IOException {
            whole.seek(position);
          }

          @Override
          public long getPos() throws IOException {
            return whole.getPos();
          }

          @Override
          public boolean seekToNewSource(long position) {
            return false;
          }

          @Override
          public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
          }

          @Override
          public int read(byte[] bytes, int from, int most) throws IOException {
            int left = (int) (readable - whole.getPos());
            if (left <= 0) {
              throw new IOException("Input/output error");
            }
            return whole.read(bytes, from, Math.min(left, most));
          }

          @Override
          public void close() throws IOException {
            whole.close();
          }
        });
  }
}
