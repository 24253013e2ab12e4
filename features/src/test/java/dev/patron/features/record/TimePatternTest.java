package dev.patron.features.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Dates and times by the pattern of a dataset: there is such a day, or none. */
class TimePatternTest {
  @ParameterizedTest
  @CsvSource({
    "dd/MM/yyyy, 30/04/2024, 2024-04-30",
    "dd/MM/yyyy, 29/02/2024, 2024-02-29",
    "dd/MM/yyyy, 31/04/2024,",
    "dd/MM/yyyy, 29/02/2023,",
    "dd/MM/yyyy, 32/01/2024,",
    "M/d/yy, 2/30/24,",
    "M/d/yy, 2/28/24, 2024-02-28",
    "uuuu-MM-dd, 2024-06-31,",
    "uuuu-MM-dd, 2024-06-30, 2024-06-30",
    "d MMM yyyy G, 1 Mar 2024 AD, 2024-03-01"
  })
  void aDayThatIsNotThereIsNotMoved(String pattern, String text, LocalDate day) {
    TimeText times = new TimeText(pattern, "UTC");
    byte[] bytes = text.getBytes(UTF_8);
    TimeText.Found found = times.read(bytes, 0, bytes.length);
    assertThat(found).isEqualTo(day == null ? TimeText.Found.NOTHING : TimeText.Found.DATE);
    if (day != null) {
      assertThat(times.day()).isEqualTo(day.toEpochDay());
    }
  }
}
