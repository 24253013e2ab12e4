package dev.patron.pipelines.generate;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Names of people, streets and books, with the letters and marks that real ones have. */
final class Words {
  private Words() {}

  private static final List<String> FIRST_NAMES =
      List.of(
          "Ada",
          "Ahmed",
          "Ana",
          "André",
          "Åsa",
          "Beatriz",
          "Chloé",
          "Daniel",
          "Elif",
          "Emma",
          "François",
          "Giulia",
          "Hanna",
          "Ian",
          "İbrahim",
          "Jean-Luc",
          "José",
          "Jürgen",
          "Kofi",
          "Lena",
          "Łukasz",
          "Maria",
          "Mary Ann",
          "Milan",
          "Nadia",
          "Noah",
          "Olga",
          "Όλγα",
          "Paul",
          "Priya",
          "Quentin",
          "Renée",
          "Sara",
          "Siobhán",
          "Søren",
          "Thandi",
          "Ulf",
          "Vera",
          "Wei",
          "Xavier",
          "Yuki",
          "Zoë",
          "أحمد",
          "美咲",
          "지우",
          "Null");

  private static final List<String> LAST_NAMES =
      List.of(
          "Abebe",
          "Andersson",
          "Bauer",
          "Brontë",
          "Çelik",
          "Castro",
          "D'Angelo",
          "de la Cruz",
          "Díaz",
          "Dupont",
          "Eriksen",
          "Fischer",
          "García Márquez",
          "Gruß",
          "Haddad",
          "Horváth",
          "Ivanova",
          "Jones",
          "Kowalski",
          "Kumar",
          "Lefèvre",
          "Lindqvist",
          "Meyer-Lübke",
          "Müller",
          "Nguyễn",
          "Núñez",
          "O'Brien",
          "O’Neill",
          "Okafor",
          "Papadopoulou",
          "Παπαδόπουλος",
          "Quispe",
          "Rossi",
          "Šimunović",
          "Smith",
          "Smith, Jr.",
          "Tanaka",
          "Uçar",
          "van der Meer",
          "Visser",
          "Wójcik",
          "王",
          "Young",
          "Žižek",
          "Null");

  private static final List<String> STREETS =
      List.of(
          "Main Street",
          "High Street",
          "Bahnhofstraße",
          "Rue de l'Église",
          "Calle Mayor",
          "Via Garibaldi",
          "Storgatan",
          "ul. Długa",
          "Rua das Flores",
          "Kerkstraat",
          "Λεωφ. Αλεξάνδρας",
          "Park \"North\" Avenue",
          "Mill Lane",
          "Am Alten Markt",
          "Place d'Italie",
          "Elm St.");

  private static final List<String> MAIL_HOSTS =
      List.of("example.com", "example.org", "example.net", "mail.example");

  private static final List<String> ADJECTIVES =
      List.of(
          "Silent",
          "Last",
          "Hidden",
          "Second",
          "Burning",
          "Little",
          "Invisible",
          "Northern",
          "Broken",
          "Golden",
          "Forgotten",
          "Blue",
          "Patient",
          "Naïve",
          "Winter",
          "Ordinary");

  private static final List<String> NOUNS =
      List.of(
          "River",
          "Library",
          "Letter",
          "Garden",
          "Machine",
          "Island",
          "Mother",
          "Winter",
          "Map",
          "Orchard",
          "Station",
          "Harbour",
          "Café",
          "Mirror",
          "Promise",
          "Cartographer",
          "Clock");

  private static final List<String> FOREIGN =
      List.of(
          "Die Wörter",
          "L'été à Orléans",
          "Cien años, otra vez",
          "Ο δρόμος",
          "夜の図書館",
          "Тихий дом",
          "كتاب الرمل",
          "Życie na niby",
          "Kış günlüğü",
          "한 권의 책");

  /** A title that is this book's alone. */
  static String title(Chance chance, long book) {
    String adjective = chance.pick(ADJECTIVES);
    String noun = chance.pick(NOUNS);
    String other = chance.pick(NOUNS);
    String title =
        switch (chance.below(24)) {
          case 0 -> "The \"%s\" %s".formatted(adjective, noun);
          case 1 -> "%s, %s and %s".formatted(adjective, noun, other);
          case 2 -> "The %s\nA Novel".formatted(noun);
          case 3 -> "%s; or, the %s".formatted(noun, other);
          case 4 -> "50% " + noun + "\tand \\ more";
          case 5, 6 -> chance.pick(FOREIGN);
          case 7 -> "  The " + noun + " ";
          case 8 -> "📚 " + noun;
          case 9, 10, 11 -> "The %s's %s".formatted(noun, other);
          case 12, 13, 14 -> "A %s %s".formatted(adjective, noun);
          default -> "The %s %s".formatted(adjective, noun);
        };
    return title + " #" + book;
  }

  /** An author; some books have none, some several. */
  static @Nullable String author(Chance chance) {
    return switch (chance.below(20)) {
      case 0 -> null;
      case 1 -> firstName(chance) + " " + lastName(chance) + " & " + firstName(chance);
      case 2 -> lastName(chance) + ", " + firstName(chance);
      default -> firstName(chance) + " " + lastName(chance);
    };
  }

  static String firstName(Chance chance) {
    return chance.pick(FIRST_NAMES);
  }

  static String lastName(Chance chance) {
    return chance.pick(LAST_NAMES);
  }

  static @Nullable String gender(Chance chance) {
    double draw = chance.uniform();
    return draw < 0.47 ? "F" : draw < 0.92 ? "M" : draw < 0.96 ? "X" : null;
  }

  static @Nullable String email(Chance chance, long customer) {
    return switch (chance.below(80)) {
      case 0 -> null;
      case 1 -> "Reader." + customer + "@EXAMPLE.COM";
      case 2 -> "";
      default -> "reader" + customer + "." + chance.below(1_000) + "@" + chance.pick(MAIL_HOSTS);
    };
  }

  static @Nullable String street(Chance chance) {
    String street = chance.pick(STREETS);
    int number = 1 + chance.below(250);
    return switch (chance.below(60)) {
      case 0 -> null;
      case 1 -> "Flat " + number + ",\n" + street;
      case 2 -> street + " 00" + number;
      case 3 -> "c/o \"" + lastName(chance) + "\"\r\n" + street;
      default -> street + " " + number;
    };
  }
}
