package dev.patron.pipelines.report;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * {@code report/index.html}: one file that needs nothing else. Style, scripts, the chart library
 * and the numbers are all inside; a content security policy forbids it every request, and every
 * script but its own.
 */
public final class ReportPage {
  /** The page never takes more bytes than this. */
  public static final int MAX_BYTES = 3_000_000;

  private static final String ECHARTS = "/META-INF/resources/webjars/echarts/5.5.0/echarts.min.js";

  /** The parts of the page's script, in order; the last one draws the page. */
  private static final List<String> SCRIPTS =
      List.of(
          "format.js",
          "theme.js",
          "element.js",
          "table.js",
          "chart.js",
          "headline.js",
          "segments.js",
          "rfm.js",
          "value.js",
          "calibration.js",
          "revenue.js",
          "cohorts.js",
          "about.js",
          "page.js");

  private static final Pattern PLACE = Pattern.compile("\\{\\{(\\w+)}}");
  private static final Pattern SCRIPT_END =
      Pattern.compile("</(?=script)", Pattern.CASE_INSENSITIVE);

  private ReportPage() {}

  /**
   * The page of this report. Equal reports give equal pages.
   *
   * @throws IllegalArgumentException if it would take more than {@link #MAX_BYTES}, which only
   *     happens if the report's tables are not small
   */
  public static String render(ReportData data) {
    String echarts = inScript(resource(ECHARTS));
    String script =
        inScript(
            SCRIPTS.stream()
                .map(ReportPage::resource)
                .collect(Collectors.joining("\n", "'use strict';\n", "")));
    Map<String, String> parts =
        Map.of(
            "title", escape(data.shop().dataset()),
            "policy", "'" + digest(echarts) + "' '" + digest(script) + "'",
            "style", resource("page.css"),
            "notice", resource("echarts-notice.txt"),
            "data", ReportJson.write(data),
            "echarts", echarts,
            "script", script);
    String page = fill(resource("page.html"), parts);
    int bytes = page.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > MAX_BYTES) {
      throw new IllegalArgumentException(
          ("the report of '%s' would take %d bytes, at most %d are allowed: it shows small tables,"
                  + " so look for one that has far more rows or longer names than it should")
              .formatted(data.shop().dataset(), bytes, MAX_BYTES));
    }
    return page;
  }

  /** Fills the places of a template in one pass, so that nothing filled in is read as a place. */
  private static String fill(String template, Map<String, String> parts) {
    StringBuilder page = new StringBuilder();
    Matcher place = PLACE.matcher(template);
    int from = 0;
    while (place.find()) {
      String part = parts.get(place.group(1));
      if (part == null) {
        throw new IllegalStateException("page.html has an unknown place " + place.group());
      }
      page.append(template, from, place.start()).append(part);
      from = place.end();
    }
    return page.append(template, from, template.length()).toString();
  }

  /** HTML text of this text; also good inside quoted attributes. */
  private static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }

  /** A script that can stand inside a script element: nothing in it ends the element. */
  private static String inScript(String script) {
    return SCRIPT_END.matcher(script).replaceAll("<\\\\/").replace("<!--", "<\\!--");
  }

  private static String digest(String script) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(script.getBytes(StandardCharsets.UTF_8));
      return "sha256-" + Base64.getEncoder().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static String resource(String name) {
    try (InputStream stream = ReportPage.class.getResourceAsStream(name)) {
      if (stream == null) {
        throw new FileNotFoundException("the report's " + name + " is not on the class path");
      }
      // A browser reads line ends as \n, and the digests must be those of what it reads.
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8).replace("\r\n", "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
