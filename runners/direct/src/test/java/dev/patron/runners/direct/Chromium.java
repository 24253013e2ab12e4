package dev.patron.runners.direct;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.logging.Level;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.openqa.selenium.print.PrintOptions;

/**
 * Debian's Chromium with a page in it, of any width, in light or dark, and what it complained of.
 */
final class Chromium implements AutoCloseable {
  private static final Pattern REQUESTED =
      Pattern.compile("\"Network\\.requestWillBeSent\".*?\"request\":\\{.*?\"url\":\"([^\"]*)\"");

  /** A busy machine is no reason to fail. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final ChromeDriver driver;

  private Chromium(ChromeDriver driver) {
    this.driver = driver;
  }

  /** Whether there is one on the path. */
  static boolean isInstalled() {
    return program("chromium", "chromium-browser", "google-chrome").isPresent()
        && program("chromedriver").isPresent();
  }

  private static Optional<Path> program(String... names) {
    String path = Objects.requireNonNullElse(System.getenv("PATH"), "");
    return Stream.of(path.split(File.pathSeparator))
        .flatMap(folder -> Stream.of(names).map(name -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /**
   * Starts one.
   *
   * @param profile an empty folder for what it wants to remember
   */
  static Chromium start(Path profile) {
    ChromeOptions options = new ChromeOptions();
    options.setBinary(
        program("chromium", "chromium-browser", "google-chrome").orElseThrow().toFile());
    options.addArguments(
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--hide-scrollbars",
        "--force-device-scale-factor=1",
        "--user-data-dir=" + profile);
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    logs.enable(LogType.PERFORMANCE, Level.ALL);
    options.setCapability("goog:loggingPrefs", logs);
    ChromeDriverService service =
        new ChromeDriverService.Builder()
            .usingDriverExecutable(program("chromedriver").orElseThrow().toFile())
            .usingAnyFreePort()
            .build();
    ChromeDriver driver = new ChromeDriver(service, options);
    driver.manage().timeouts().scriptTimeout(PATIENCE).pageLoadTimeout(PATIENCE);
    return new Chromium(driver);
  }

  /** Opens a page, as wide as this many pixels, in light colours. */
  void open(Path page, int width) {
    light();
    resize(width, 900);
    driver.get(page.toUri().toString());
  }

  void resize(int width, int height) {
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
  }

  private void light() {
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", "light"))));
  }

  /** What a script of the page's own kind gives back. */
  Object ask(String script, Object... arguments) {
    return Objects.requireNonNullElse(driver.executeScript(script, arguments), "");
  }

  /** The same as text. */
  String text(String script, Object... arguments) {
    return ask(script, arguments).toString();
  }

  /** The same as a list of texts. */
  List<String> texts(String script, Object... arguments) {
    List<String> texts = new ArrayList<>();
    ((List<?>) ask(script, arguments)).forEach(text -> texts.add(String.valueOf(text)));
    return texts;
  }

  /** The same as a list of numbers. */
  List<Double> numbers(String script, Object... arguments) {
    return texts(script, arguments).stream().map(Double::valueOf).toList();
  }

  /** Keys, as a person types them into whatever has the focus. */
  void type(CharSequence... keys) {
    driver.switchTo().activeElement().sendKeys(keys);
  }

  /**
   * What axe-core finds wrong with the page as it is: a line for each rule and element. Of long
   * tables it looks at the first rows, which are like all others.
   */
  List<String> faults() throws IOException {
    try (InputStream axe = Chromium.class.getResourceAsStream("/axe.min.js")) {
      driver.executeScript(new String(Objects.requireNonNull(axe).readAllBytes(), UTF_8));
    }
    Object found =
        driver.executeAsyncScript(
            """
            const done = arguments[arguments.length - 1];
            axe.run({ exclude: ['tbody tr:nth-child(n+6)'] }, { resultTypes: ['violations'] }).then(
              (result) => done(result.violations.flatMap((violation) => violation.nodes.map(
                (node) => violation.id + ': ' + node.target.join(' ') + ': ' + node.failureSummary))),
              (error) => done([String(error)]));
            """);
    List<String> faults = new ArrayList<>();
    ((List<?>) Objects.requireNonNull(found)).forEach(fault -> faults.add(String.valueOf(fault)));
    return faults;
  }

  /** What the page wrote to the console since this was last asked. */
  List<String> console() {
    List<String> lines = new ArrayList<>();
    for (LogEntry entry : driver.manage().logs().get(LogType.BROWSER)) {
      lines.add(entry.getLevel() + " " + entry.getMessage());
    }
    return lines;
  }

  /** The addresses that were asked for since this was last asked, the page's own among them. */
  List<String> requests() {
    List<String> addresses = new ArrayList<>();
    for (LogEntry entry : driver.manage().logs().get(LogType.PERFORMANCE)) {
      Matcher requested = REQUESTED.matcher(entry.getMessage());
      // The browser's own first tab is no page of ours.
      if (requested.find() && !requested.group(1).startsWith("chrome:")) {
        addresses.add(requested.group(1));
      }
    }
    return addresses;
  }

  /** A picture of the page from the top, this high; 0: all of it. */
  void photograph(Path picture, int width, int height) throws IOException {
    int all =
        height > 0
            ? height
            : ((Number) ask("return document.documentElement.scrollHeight")).intValue();
    resize(width, all);
    Files.write(picture, driver.getScreenshotAs(OutputType.BYTES));
  }

  /** The page on paper, as a PDF. */
  void print(Path pdf) throws IOException {
    PrintOptions options = new PrintOptions();
    options.setBackground(true);
    Files.write(pdf, Base64.getDecoder().decode(driver.print(options).getContent()));
  }

  @Override
  public void close() {
    driver.quit();
  }
}
