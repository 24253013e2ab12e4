package dev.patron.features.record;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.patron.features.frame.Column;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.Type;
import dev.patron.features.frame.Values;
import it.unimi.dsi.fastutil.longs.LongOpenHashSet;
import java.io.Serializable;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Some customers, known by the SHA-256 digests of their identities: enough to tell whether a record
 * is of one of them, without naming any. Whoever has a list of all identities can still find theirs
 * among the digests: they are pseudonyms, not anonymous.
 *
 * <p>Not for several threads at a time.
 */
public final class CustomerDigests implements Serializable {
  private static final long serialVersionUID = 1;

  /** A number as it may be written, and no more digits than a long's and as many zeros. */
  private static final int LONGEST_NUMBER = 40;

  /** So many digits are a long whatever they are. */
  private static final int PLAIN_DIGITS = 18;

  private static final String LONG = "long:";
  private static final String STRING = "string:";
  private static final Pattern DIGEST = Pattern.compile("(long|string):[0-9a-f]{64}");

  private final Set<String> digests;

  /** How the digests of each kind begin: most identities are told to be of none by these alone. */
  private final LongOpenHashSet longs = new LongOpenHashSet();

  private final LongOpenHashSet strings = new LongOpenHashSet();
  private transient @Nullable MessageDigest sha256;

  private CustomerDigests(Set<String> digests) {
    this.digests = Set.copyOf(digests);
    for (String digest : digests) {
      LongOpenHashSet beginnings = digest.startsWith(LONG) ? longs : strings;
      int from = digest.indexOf(':') + 1;
      beginnings.add(HexFormat.fromHexDigitsToLong(digest, from, from + 2 * Long.BYTES));
    }
  }

  /**
   * The customers with these digests, as {@link #digest} gives them.
   *
   * @throws IllegalArgumentException if one is no such digest
   */
  public static CustomerDigests of(Set<String> digests) {
    for (String digest : digests) {
      if (!DIGEST.matcher(digest).matches()) {
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
      return hexadecimal(STRING, sha256().digest(bytes(STRING, identity)));
    }
    String number = wholeNumber(identity);
    return number == null ? null : hexadecimal(LONG, sha256().digest(bytes(LONG, number)));
  }

  /** Whether there is none. */
  public boolean isEmpty() {
    return digests.isEmpty();
  }

  /** The digest of the one of them who has the identity that a record writes so; null: none has. */
  @Nullable String find(String identity) {
    String digest = strings.isEmpty() ? null : find(STRING, strings, identity);
    if (digest != null || longs.isEmpty()) {
      return digest;
    }
    String number = wholeNumber(identity);
    return number == null ? null : find(LONG, longs, number);
  }

  private @Nullable String find(String kind, LongOpenHashSet beginnings, String identity) {
    MessageDigest working = sha256;
    if (working == null) {
      working = sha256();
      sha256 = working;
    }
    byte[] digest = working.digest(bytes(kind, identity));
    if (!beginnings.contains(ByteBuffer.wrap(digest).getLong())) {
      return null;
    }
    String written = hexadecimal(kind, digest);
    return digests.contains(written) ? written : null;
  }

  /** Whether one of them has the identity that a table or a record writes so. */
  public boolean hold(String identity) {
    return find(identity) != null;
  }

  @Nullable String find(Type type, Column identities, int row) {
    if (identities.isNull(row)) {
      return null;
    }
    if (type.equals(Type.LONG)) {
      return find(Long.toString(((LongColumn) identities).get(row)));
    }
    Object identity = Values.get(type, identities, row);
    return find(identity instanceof BigDecimal d ? d.toPlainString() : String.valueOf(identity));
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
    if (isPlain(text)) {
      return text;
    }
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

  /** Whether it is some digits as a long is written, as nearly all are. */
  private static boolean isPlain(String text) {
    int length = text.length();
    boolean plain = length > 0 && length <= PLAIN_DIGITS && (text.charAt(0) != '0' || length == 1);
    for (int i = 0; i < length && plain; i++) {
      plain = text.charAt(i) >= '0' && text.charAt(i) <= '9';
    }
    return plain;
  }

  private static byte[] bytes(String kind, String identity) {
    return (kind + identity).getBytes(UTF_8);
  }

  private static String hexadecimal(String kind, byte[] digest) {
    return kind + HexFormat.of().formatHex(digest);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
