package dev.patron.pipelines.generate;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where customers live, and the lookup table of countries. */
final class Countries {
  private Countries() {}

  /** A country; without cities nobody of the shop lives there. */
  record Country(String code, String name, @Nullable String region, List<String> cities) {}

  static final List<Country> ALL =
      List.of(
          of("AT", "Austria", "Europe", "Wien", "Graz", "Sankt Pölten"),
          of("AU", "Australia", "Oceania", "Melbourne", "Perth", "Wagga Wagga"),
          of("BE", "Belgium", "Europe", "Gent", "Liège", "Bruxelles"),
          of("BQ", "Bonaire, Sint Eustatius and Saba", "Americas"),
          of("BR", "Brazil", "Americas", "São Paulo", "Belém"),
          of("CA", "Canada", "Americas", "Montréal", "St. John's", "Toronto"),
          of("CH", "Switzerland", "Europe", "Zürich", "Genève", "Biel/Bienne"),
          of("CI", "Côte d'Ivoire", "Africa", "Yamoussoukro"),
          of("CZ", "Czechia", "Europe", "Praha", "Plzeň"),
          of("DE", "Germany", "Europe", "Berlin", "München", "Köln", "Frankfurt (Oder)"),
          of("DK", "Denmark", "Europe", "København", "Århus"),
          of("EG", "Egypt", "Africa", "القاهرة"),
          of("ES", "Spain", "Europe", "Madrid", "A Coruña", "Cádiz"),
          of("FI", "Finland", "Europe", "Helsinki", "Jyväskylä"),
          of("FK", "Falkland Islands \"Malvinas\"", "Americas"),
          of("FR", "France", "Europe", "Paris", "L'Haÿ-les-Roses", "Orléans"),
          of("GB", "United Kingdom", "Europe", "London", "York", "King's Lynn"),
          of("GR", "Greece", "Europe", "Αθήνα", "Θεσσαλονίκη"),
          of("IE", "Ireland", "Europe", "Dublin", "Dún Laoghaire"),
          of("IN", "India", "Asia", "मुंबई", "Chennai"),
          of("IS", "Iceland", "Europe", "Reykjavík"),
          of("IT", "Italy", "Europe", "Roma", "L'Aquila", "Forlì"),
          of("JP", "Japan", "Asia", "東京", "京都"),
          of("KR", "Korea, Republic of", "Asia", "서울"),
          of("NA", "Namibia", "Africa", "Windhoek"),
          of("NL", "Netherlands", "Europe", "Utrecht", "'s-Hertogenbosch"),
          of("NO", "Norway", "Europe", "Tromsø", "Oslo"),
          of("NZ", "New Zealand", "Oceania", "Whangārei"),
          of("PL", "Poland", "Europe", "Łódź", "Kraków"),
          of("PT", "Portugal", "Europe", "Lisboa", "Évora"),
          of("SE", "Sweden", "Europe", "Göteborg", "Malmö"),
          of("TR", "Türkiye", "Asia", "İstanbul", "Iğdır"),
          of("US", "United States", "Americas", "New York", "Washington, D.C.", "Coeur d'Alene"),
          of("ZA", "South Africa", "Africa", "Cape Town"),
          of("ZZ", "Unknown", null));

  private static final List<Country> INHABITED =
      ALL.stream().filter(country -> !country.cities().isEmpty()).toList();

  private static Country of(String code, String name, @Nullable String region, String... cities) {
    return new Country(code, name, region, List.of(cities));
  }

  /** A country with customers; near the shop's own there are more. */
  static Country any(Chance chance) {
    double draw = chance.uniform();
    return INHABITED.get((int) (draw * draw * INHABITED.size() + 7) % INHABITED.size());
  }

  /** The lookup table as CSV (RFC 4180, line feeds alone). */
  static String csv() {
    StringBuilder text = new StringBuilder("country_code,country,region\n");
    for (Country country : ALL) {
      text.append(country.code()).append(',').append(quoted(country.name())).append(',');
      text.append(country.region() == null ? "" : country.region()).append('\n');
    }
    return text.toString();
  }

  private static String quoted(String text) {
    return text.indexOf(',') < 0 && text.indexOf('"') < 0
        ? text
        : '"' + text.replace("\"", "\"\"") + '"';
  }
}
