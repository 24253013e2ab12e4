package dev.patron.runners.direct;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When the launcher builds, and the flags that it gives a JVM, told by a java that prints them. */
final class LauncherTest {
  /** What the launcher calls, all but what not every machine has. */
  private static final List<String> COMMANDS =
      List.of(
          "bash",
          "cat",
          "dirname",
          "find",
          "ln",
          "mkdir",
          "mktemp",
          "mv",
          "ps",
          "readlink",
          "rm",
          "sh",
          "sleep",
          "touch");

  @TempDir Path root;

  @BeforeEach
  void buildOfNothing() throws IOException {
    for (String folder : new String[] {"features", "transforms", "pipelines", "java/bin"}) {
      Files.createDirectories(root.resolve(folder));
    }
    Path target = Files.createDirectories(root.resolve("runners/direct/target"));
    Files.createFile(target.resolve("patron-direct.jsa"));
    Path pom = Files.createFile(root.resolve("pom.xml"));
    Files.setLastModifiedTime(pom, FileTime.from(Instant.EPOCH));
    Files.createFile(target.resolve("patron-direct.jar"));
    Files.copy(Path.of("../../patron"), root.resolve("patron"));
    Path java = root.resolve("java/bin/java");
    script(java, "case $* in *ArchiveClassesAtExit*) exit 1 ;; esac", "printf '%s\\n' \"$@\"");
  }

  @Test
  void takesTheArchiveOfClasses() throws Exception {
    assertThat(flags("PATRON_JAVA_OPTS", "-Xmx1g")).contains("-XX:SharedArchiveFile=", "-Xmx1g");
  }

  @Test
  void leavesTheArchiveOutWhereAnAgentOrARecordingIsShownEachClass() throws Exception {
    assertThat(flags("PATRON_JAVA_OPTS", "-Xmx1g -javaagent:monitor.jar"))
        .doesNotContain("SharedArchiveFile");
    assertThat(flags("JAVA_TOOL_OPTIONS", "-agentpath:/opt/agent.so"))
        .doesNotContain("SharedArchiveFile");
    assertThat(flags("JDK_JAVA_OPTIONS", "-XX:StartFlightRecording=filename=run.jfr"))
        .doesNotContain("SharedArchiveFile");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void buildsOnceWhereTwoAreStartedAtOnce(boolean lockingCommand) throws Exception {
    Path commands = Files.createDirectories(root.resolve("commands"));
    for (String command : COMMANDS) {
      script(commands.resolve(command), "exec " + onPath(command).orElseThrow() + " \"$@\"");
    }
    Optional<Path> flock = onPath("flock");
    assumeTrue(flock.isPresent() || !lockingCommand, "there is no flock");
    Path target = Files.createDirectories(root.resolve("target"));
    if (lockingCommand) {
      script(commands.resolve("flock"), "exec " + flock.orElseThrow() + " \"$@\"");
    } else {
      // Left by a process that was killed.
      Process ended = new ProcessBuilder("true").start();
      ended.waitFor();
      Files.createSymbolicLink(target.resolve("build.lock.pid"), Path.of("" + ended.pid()));
    }
    Path jar = root.resolve("runners/direct/target/patron-direct.jar");
    Path builds = root.resolve("builds");
    Path goOn = root.resolve("goOn");
    script(
        commands.resolve("mvn"),
        "echo build >> " + builds,
        "echo half > " + jar,
        "until [ -f " + goOn + " ]; do sleep 1; done",
        "echo whole > " + jar);
    Files.delete(jar);

    ProcessBuilder launcher = launcher();
    launcher.environment().put("PATH", commands.toString());
    launcher.environment().put("JAVA_HOME", root.resolve("java").toString());
    Process first = launcher.start();
    while (!Files.exists(jar)) {
      assertThat(first.isAlive()).isTrue();
      Thread.sleep(10);
    }
    Process second = launcher.start();
    assertThat(second.inputReader(StandardCharsets.UTF_8).readLine())
        .isEqualTo("patron: waiting for another build of " + root);
    Files.createFile(goOn);
    assertThat(second.inputReader(StandardCharsets.UTF_8).readLine()).startsWith("-Dpatron.home=");
    assertThat(printed(first)).startsWith("patron: building").contains("-Dpatron.home=");
    assertThat(builds).hasContent("build");
    assertThat(jar).hasContent("whole");
    assertThat(target.resolve("build.lock.pid")).doesNotExist();
  }

  @Test
  void buildsAgainWhereABuildWasKilled() throws Exception {
    Files.createFile(root.resolve("runners/direct/target/unfinished"));
    Path mvn = Files.createDirectories(root.resolve("commands")).resolve("mvn");
    script(mvn, "exit 0");
    String path = mvn.getParent() + ":" + System.getenv("PATH");
    assertThat(flags("PATH", path)).startsWith("patron: building");
    assertThat(flags("PATH", path)).startsWith("-Dpatron.home=");
  }

  private String flags(String variable, String value) throws IOException, InterruptedException {
    ProcessBuilder launcher = launcher();
    launcher.environment().put("JAVA_HOME", root.resolve("java").toString());
    launcher.environment().put(variable, value);
    return printed(launcher.start());
  }

  private ProcessBuilder launcher() {
    ProcessBuilder launcher =
        new ProcessBuilder("bash", root.resolve("patron").toString(), "help")
            .redirectErrorStream(true);
    launcher.environment().keySet().removeIf(name -> name.matches("PATRON_.*|J.*_OPTIONS"));
    return launcher;
  }

  private static String printed(Process process) throws IOException, InterruptedException {
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(printed).isZero();
    return printed;
  }

  private static void script(Path file, String... lines) throws IOException {
    Files.writeString(file, "#!/bin/sh\n" + String.join("\n", lines) + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static Optional<Path> onPath(String command) {
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
        .map(folder -> Path.of(folder, command))
        .filter(Files::isExecutable)
        .findFirst();
  }
}
