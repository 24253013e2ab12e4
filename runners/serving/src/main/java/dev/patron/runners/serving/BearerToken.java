package dev.patron.runners.serving;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.patron.pipelines.console.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The token that clients must send, compared in a time that does not tell how much was right. */
final class BearerToken {
  private static final Pattern REFERENCE =
      Pattern.compile("\\$\\{(?:file:(?<file>[^}]+)|(?<name>[A-Za-z_][A-Za-z0-9_]*))\\}");
  private static final String SCHEME = "Bearer ";

  /** Shorter ones can be guessed over a network. */
  private static final int LEAST = 16;

  private final byte[] token;

  private BearerToken(byte[] token) {
    this.token = token;
  }

  /**
   * The token behind a reference.
   *
   * @throws UsageException if it is none, leads nowhere, or what it leads to is too short; never
   *     with the token
   */
  static BearerToken of(String reference, Map<String, String> environment) {
    Matcher matcher = REFERENCE.matcher(reference);
    if (!matcher.matches()) {
      throw new UsageException(
          "--token takes a reference and not the token itself, which every process could see: "
              + "'${NAME}' or '${file:PATH}'");
    }
    String file = matcher.group("file");
    String token = file == null ? environment.get(matcher.group("name")) : content(file);
    if (token == null) {
      throw new UsageException("--token=" + reference + ": there is no such variable");
    }
    if (token.length() < LEAST || !token.chars().allMatch(c -> c > ' ' && c < 127)) {
      throw new UsageException(
          "--token=%s: the token must be %d or more printable ASCII characters without blanks"
              .formatted(reference, LEAST));
    }
    return new BearerToken(token.getBytes(UTF_8));
  }

  private static String content(String file) {
    try {
      return Files.readString(Path.of(file)).strip();
    } catch (IOException | InvalidPathException e) {
      throw new UsageException("--token=${file:" + file + "}: it cannot be read", e);
    }
  }

  /** Whether an Authorization header has the token. */
  boolean isIn(@Nullable String authorization) {
    return authorization != null
        && authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
        && MessageDigest.isEqual(
            token, authorization.substring(SCHEME.length()).strip().getBytes(UTF_8));
  }
}
