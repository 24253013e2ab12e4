package dev.patron.runners.direct;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The flags that the launcher gives a JVM, told by a java that only prints them. */
final class LauncherTest {
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
    Files.writeString(java, "#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
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

  private String flags(String variable, String value) throws IOException, InterruptedException {
    ProcessBuilder launcher =
        new ProcessBuilder("bash", root.resolve("patron").toString(), "help")
            .redirectErrorStream(true);
    launcher.environment().keySet().removeIf(name -> name.matches("PATRON_.*|J.*_OPTIONS"));
    launcher.environment().put("JAVA_HOME", root.resolve("java").toString());
    launcher.environment().put(variable, value);
    Process process = launcher.start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(printed).isZero();
    return printed;
  }
}
