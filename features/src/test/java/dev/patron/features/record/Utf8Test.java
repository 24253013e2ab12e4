package dev.patron.features.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What counts as UTF-8: what Java's own decoder takes. */
class Utf8Test {
  private static final String[] PIECES = {
    "a", "plain text of more than eight bytes", "é", "語", "\uD83D\uDE00", "\0", "{\"id\":7}"
  };

  @Test
  void bytesAreUtf8WhereJavasDecoderTakesThem() {
    Random random = new Random(20261130);
    int valid = 0;
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int pieces = random.nextInt(8); pieces > 0; pieces--) {
        text.append(PIECES[random.nextInt(PIECES.length)]);
      }
      byte[] bytes = text.toString().getBytes(UTF_8);
      if (bytes.length > 0 && random.nextBoolean()) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      int from = random.nextInt(bytes.length + 1);
      int to = from + random.nextInt(bytes.length - from + 1);

      boolean expected = isDecoded(bytes, from, to);
      assertThat(Utf8.isValid(bytes, from, to))
          .as("%s", ByteBuffer.wrap(bytes))
          .isEqualTo(expected);
      valid += expected ? 1 : 0;
    }
    assertThat(valid).isBetween(5_000, 17_000);
  }

  private static boolean isDecoded(byte[] bytes, int from, int to) {
    try {
      UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, from, to - from));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }
}
