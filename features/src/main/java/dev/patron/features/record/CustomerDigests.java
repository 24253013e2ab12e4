package dev.patron.features.record;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.patron.features.frame.Column;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Type;
import dev.patron.features.frame.Values;
import java.io.Serializable;
import java.math.BigDecimal;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Some customers, known by the SHA-256 digests of their identities: enough to tell whether a record
 * is of one of them, without naming any. Whoever has a list of all identities can still find theirs
 * among the digests: they are pseudonyms, not anonymous.
 */
public final class CustomerDigests implements Serializable {
  private static final long serialVersionUID = 1;

  /** A number as it may be written, and no more digits than a long's and as many zeros. */
  private static final int LONGEST_NUMBER = 40;

  private static final String LONG = "long:";
  private static final String STRING = "string:";

  private final Set<String> digests;
  private final boolean longs;
  private final boolean strings;

  private CustomerDigests(Set<String> digests) {
    this.digests = Set.copyOf(digests);
    this.longs = digests.stream().anyMatch(digest -> digest.startsWith(LONG));
    this.strings = digests.stream().anyMatch(digest -> digest.startsWith(STRING));
  }

  /**
   * The customers with these digests, as {@link #digest} gives them.
   *
   * @throws IllegalArgumentException if one is no such digest
   */
  public static CustomerDigests of(Set<String> digests) {
    for (String digest : digests) {
      if (!digest.startsWith(LONG) && !digest.startsWith(STRING)) {
        throw new IllegalArgumentException("'" + digest + "' is no digest of a customer");
      }
    }
    return new CustomerDigests(digests);
  }

  /**
   * The digest of a customer's identity, {@code long:} or {@code string:} and 64 hexadecimal
   * digits; null if no such column can hold it: no whole number where the type is long.
   *
   * @param type of the column that holds identities, string or long
   */
  public static @Nullable String digest(Type type, String identity) {
    if (type.equals(Type.STRING)) {
      return STRING + sha256(STRING + identity);
    }
    String number = wholeNumber(identity);
    return number == null ? null : LONG + sha256(LONG + number);
  }

  /** Whether there is none. */
  public boolean isEmpty() {
    return digests.isEmpty();
  }

  /** The digest of the one of them who has the identity that a record writes so; null: none has. */
  @Nullable String find(String identity) {
    if (strings) {
      String digest = digest(Type.STRING, identity);
      if (digests.contains(digest)) {
        return digest;
      }
    }
    String digest = longs ? digest(Type.LONG, identity) : null;
    return digest != null && digests.contains(digest) ? digest : null;
  }

  /** Whether one of them has the identity that a table or a record writes so. */
  public boolean hold(String identity) {
    return find(identity) != null;
  }

  @Nullable String find(Type type, Column identities, int row) {
    Object identity = Values.get(type, identities, row);
    return identity == null
        ? null
        : find(identity instanceof BigDecimal d ? d.toPlainString() : identity.toString());
  }

  /** How many rows of a frame are of each of them, by this column; nobody with none. */
  public Map<String, Long> count(Frame frame, String column) {
    Column identities = frame.column(column);
    Type type = frame.schema().type(column);
    Map<String, Long> counts = new TreeMap<>();
    for (int row = 0; row < frame.rows(); row++) {
      String digest = find(type, identities, row);
      if (digest != null) {
        counts.merge(digest, 1L, Long::sum);
      }
    }
    return counts;
  }

  /** As a long is written: 17 for 17.0 too. Null if it is none. */
  private static @Nullable String wholeNumber(String text) {
    String stripped = text.strip();
    if (stripped.isEmpty() || stripped.length() > LONGEST_NUMBER) {
      return null;
    }
    char first = stripped.charAt(0);
    if (first != '-' && first != '+' && first != '.' && (first < '0' || first > '9')) {
      return null;
    }
    try {
      BigDecimal number = new BigDecimal(stripped);
      // An exponent may stand for more zeros than there is memory.
      return Math.abs((long) number.scale()) > LONGEST_NUMBER
          ? null
          : Long.toString(number.longValueExact());
    } catch (ArithmeticException | NumberFormatException e) {
      return null;
    }
  }

  private static String sha256(String text) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(text.getBytes(UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
