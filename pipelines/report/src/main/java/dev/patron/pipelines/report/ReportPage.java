package dev.patron.pipelines.report;

import dev.patron.features.frame.Frame;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * {@code report/index.html}: one file that needs nothing else. Style, scripts, the chart library
 * and the numbers are all inside; a content security policy forbids it every request, and every
 * script but its own.
 */
public final class ReportPage {
  /** The page never takes more bytes than this. */
  public static final int MAX_BYTES = 3_000_000;

  private static final int LONGEST_COUNT = 10;

  private static final String ECHARTS = "/META-INF/resources/webjars/echarts/5.5.0/echarts.min.js";

  /** The parts of the page's script, in order; the last one draws the page. */
  private static final List<String> SCRIPTS =
      List.of(
          "format.js",
          "theme.js",
          "element.js",
          "table.js",
          "chart.js",
          "slices.js",
          "filters.js",
          "headline.js",
          "segments.js",
          "moves.js",
          "rfm.js",
          "alive.js",
          "value.js",
          "concentration.js",
          "revenue.js",
          "cohorts.js",
          "calibration.js",
          "trials.js",
          "catalogue.js",
          "customers.js",
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
    Map<String, String> parts = new HashMap<>();
    parts.put("title", escape(data.shop().dataset()));
    parts.put("policy", "'" + digest(echarts) + "' '" + digest(script) + "'");
    parts.put("style", resource("page.css"));
    parts.put("notice", resource("echarts-notice.txt"));
    parts.put("data", ReportJson.write(data));
    parts.put("customers", "");
    parts.put("listed", "0");
    parts.put("echarts", echarts);
    parts.put("script", script);
    String template = resource("page.html");
    int bytes = bytes(fill(template, parts));
    pack(parts, data.customers().listed(), MAX_BYTES - bytes - LONGEST_COUNT);
    String page = fill(template, parts);
    if (bytes(page) > MAX_BYTES) {
      throw new IllegalArgumentException(
          ("the report of '%s' would take %d bytes, at most %d are allowed: it shows small tables,"
                  + " so look for one that has far more rows or longer names than it should")
              .formatted(data.shop().dataset(), bytes, MAX_BYTES));
    }
    return page;
  }

  private static int bytes(String page) {
    return page.getBytes(StandardCharsets.UTF_8).length;
  }

  /**
   * The customers that can be looked up, as many of the most valuable ones as there is room for.
   */
  private static void pack(Map<String, String> parts, @Nullable Frame listed, long room) {
    if (listed == null || CustomersJson.personal(listed)) {
      return;
    }
    int most = listed.rows();
    boolean reasons = true;
    while (most > 0) {
      String packed = CustomersJson.pack(listed, most, reasons);
      if (packed.length() <= room) {
        parts.put("customers", packed);
        parts.put("listed", Integer.toString(most));
        return;
      }
      if (reasons) {
        // Sentences take the most room; everybody's numbers are worth more than some people's
        // words.
        reasons = false;
        continue;
      }
      // Packed customers are about equally long; a little less than would fit leads there quickly.
      long fits = Math.max(0, room) * most / packed.length() * 97 / 100;
      most = (int) Math.min(most - 1L, fits);
    }
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
