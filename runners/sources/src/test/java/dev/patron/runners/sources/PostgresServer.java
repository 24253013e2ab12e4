package dev.patron.runners.sources;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A PostgreSQL of its own, in a folder of its own, on a free port of this machine, that writes its
 * log for logical decoding. It refuses to run as root, so that root starts it as {@code postgres}.
 */
final class PostgresServer {
  private final Path programs;
  private final Path folder;
  private final int port;

  private PostgresServer(Path programs, Path folder, int port) {
    this.programs = programs;
    this.folder = folder;
    this.port = port;
  }

  /**
   * The folder of PostgreSQL's programs, as the project's script finds or installs them.
   *
   * @param why is told why there is none
   */
  static Optional<Path> programs(StringBuilder why) throws IOException, InterruptedException {
    Path script = Path.of(System.getProperty("basedir", "."), "postgres.sh");
    Process process = new ProcessBuilder("bash", script.toString()).start();
    String out = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
    String err = new String(process.getErrorStream().readAllBytes(), UTF_8).strip();
    if (process.waitFor() != 0) {
      why.append(err.lines().reduce((first, second) -> second).orElse("no PostgreSQL here"));
      return Optional.empty();
    }
    return Optional.of(Path.of(out));
  }

  static PostgresServer start(Path programs) throws IOException, InterruptedException {
    Path folder =
        Files.createTempDirectory(
            "patron-postgres",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    Path data = Files.createDirectory(folder.resolve("data"));
    if (isRoot()) {
      Files.setOwner(
          data,
          data.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("postgres"));
    }
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    PostgresServer server = new PostgresServer(programs, folder, port);
    server.call(
        "initdb", "-D", data.toString(), "-U", "patron", "-A", "trust", "-E", "UTF8", "--no-sync");
    server.call(
        "pg_ctl",
        "start",
        "-w",
        "-D",
        data.toString(),
        "-l",
        data.resolve("server.log").toString(),
        "-o",
        String.join(
            " ",
            "-p " + port,
            "-k " + data,
            "-c listen_addresses=127.0.0.1",
            "-c wal_level=logical",
            "-c track_commit_timestamp=on",
            "-c fsync=off",
            "-c max_replication_slots=8",
            "-c max_wal_senders=8"));
    return server;
  }

  int port() {
    return port;
  }

  Connection connect() throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + port + "/postgres", "patron", "");
  }

  private static boolean isRoot() {
    return System.getProperty("user.name").equals("root");
  }

  private void call(String program, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    if (isRoot()) {
      command.addAll(List.of("runuser", "-u", "postgres", "--"));
    }
    command.add(programs.resolve(program).toString());
    command.addAll(Arrays.asList(arguments));
    Path log = Files.createTempFile(folder, program, ".log");
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + ": " + Files.readString(log));
    }
  }

  void stop() throws IOException, InterruptedException {
    call("pg_ctl", "stop", "-w", "-m", "immediate", "-D", folder.resolve("data").toString());
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
