package dev.patron.pipelines.generate;

import dev.patron.pipelines.generate.Chance.Purpose;
import dev.patron.pipelines.generate.Countries.Country;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rows of the customers table over time: registration, moves, new names and addresses, deletes,
 * and some who come back. A pure function of the seed and the customer's id.
 */
final class Customers {
  private static final double CHANGES_A_YEAR = 0.35;
  private static final double COME_BACK = 0.4;

  private final BookstoreOptions options;
  private final Calendar calendar;
  private final Buyer buyer;
  private final Chance chance = new Chance();

  Customers(BookstoreOptions options, Calendar calendar) {
    this.options = options;
    this.calendar = calendar;
    this.buyer = new Buyer(options, calendar);
  }

  /** What a connector sees of this customer, in the order of commits. */
  List<Change> changes(long id) {
    buyer.meet(id);
    chance.restart(options.seed(), Purpose.CUSTOMER, id, 0);
    List<Change> all = new ArrayList<>();
    Person person = new Person(id);
    long at = registeredAt();
    boolean present = true;
    all.add(person.written(at, 'c'));
    while (true) {
      at += Calendar.HOUR + (long) chance.exponential(Calendar.YEAR / CHANGES_A_YEAR);
      if (at >= calendar.end()) {
        return Change.seenSince(calendar.opening(), all);
      }
      if (!present) {
        return Change.seenSince(calendar.opening(), all);
      }
      int what = chance.below(20);
      if (what < 2) {
        all.add(new Change(id, at, 'd', null));
        present = false;
        if (chance.happens(COME_BACK)) {
          at += Calendar.HOUR + (long) chance.exponential(45 * Calendar.DAY);
          if (at < calendar.end()) {
            person.move();
            all.add(person.written(at, 'c'));
            present = true;
          }
        }
      } else {
        if (what < 11) {
          person.move();
        } else if (what < 16) {
          person.email = Words.email(chance, id);
        } else if (what < 18) {
          person.lastName = Words.lastName(chance);
        }
        all.add(person.written(at, 'u'));
      }
    }
  }

  /** Mostly at the first purchase's checkout, else some time before it. */
  private long registeredAt() {
    if (buyer.buys && chance.happens(0.7)) {
      return Calendar.atABusyHour(buyer.joinedAt) - Calendar.SECOND * (60 + chance.below(3_600));
    }
    return buyer.joinedAt - (long) chance.exponential(120 * Calendar.DAY) - Calendar.HOUR;
  }

  private final class Person {
    final long id;
    final String firstName = Words.firstName(chance);
    String lastName = Words.lastName(chance);
    final @Nullable String gender = Words.gender(chance);
    @Nullable String email;
    @Nullable String street;
    String city;
    String country;

    Person(long id) {
      this.id = id;
      email = Words.email(chance, id);
      Country home = Countries.any(chance);
      country = home.code();
      city = chance.pick(home.cities());
      street = Words.street(chance);
    }

    void move() {
      if (chance.happens(0.15)) {
        country = Countries.any(chance).code();
      }
      String code = country;
      Country home =
          Countries.ALL.stream()
              .filter(known -> known.code().equals(code))
              .findFirst()
              .orElseThrow();
      city = chance.pick(home.cities());
      street = Words.street(chance);
    }

    Change written(long at, char op) {
      String status = op == 'c' ? "insert" : "update";
      List<@Nullable Object> row =
          Arrays.asList(
              id,
              email,
              firstName,
              lastName,
              gender,
              street,
              city,
              country,
              status,
              Calendar.text(at));
      return new Change(id, at, op, row);
    }
  }
}
