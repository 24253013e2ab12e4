/**
 * How numbers are written. They follow the shop's locale and currency; sentences are English, and so
 * are dates. What is not known is null and is written as a dash.
 */
const MISSING = '–';

function formats(shop) {
  const known = (format) => (value) => (value === null || value === undefined ? MISSING : format(value));
  const number = (options) => {
    const format = new Intl.NumberFormat(shop.locale, options);
    return (value) => format.format(value);
  };
  const dates = shop.locale.toLowerCase().startsWith('en') ? shop.locale : 'en-GB';
  const date = (options) => {
    const format = new Intl.DateTimeFormat(dates, { timeZone: 'UTC', ...options });
    return (day) => format.format(new Date(day + 'T00:00:00Z'));
  };
  const currency = shop.currency ? { style: 'currency', currency: shop.currency } : {};
  const exact = number(shop.currency ? currency : { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const whole = number({ ...currency, minimumFractionDigits: 0, maximumFractionDigits: 0 });
  const compact = number({ ...currency, notation: 'compact', minimumFractionDigits: 0, maximumSignificantDigits: 3 });
  const large = number({ ...currency, notation: 'compact', minimumSignificantDigits: 3, maximumSignificantDigits: 3 });
  const percent = number({ style: 'percent', maximumFractionDigits: 0 });
  const finePercent = number({ style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 });
  return {
    count: known(number({ maximumFractionDigits: 0 })),
    decimal: known(number({ minimumFractionDigits: 1, maximumFractionDigits: 1 })),
    fine: known(number({ minimumFractionDigits: 2, maximumFractionDigits: 2 })),
    /** A fraction of a whole, with as many digits as help. */
    share: known((value) => {
      const size = Math.abs(value);
      if (size > 0 && size < 0.0005) {
        return (value < 0 ? '>−' : '<') + finePercent(0.001);
      }
      return size > 0 && size < 0.0995 ? finePercent(value) : percent(value);
    }),
    finePercent: known(finePercent),
    /** Money to the cent: for means and tables. */
    exactMoney: known(exact),
    wholeMoney: known(whole),
    /** Money for sentences. */
    money: known((value) => {
      const size = Math.abs(value);
      return size >= 999500 ? large(value) : size >= 1000 ? whole(value) : exact(value);
    }),
    /** Money for axes and labels. */
    shortMoney: known(compact),
    day: known(date({ day: 'numeric', month: 'long', year: 'numeric' })),
    month: known(date({ month: 'long', year: 'numeric' })),
    shortMonth: known(date({ month: 'short', year: 'numeric' })),
  };
}

/** How the money of a column is written: to the cent where it is small, without cents where it is not. */
function moneyColumn(rows, value) {
  return rows.some((row) => Math.abs(value(row) || 0) >= 1000) ? format.wholeMoney : format.exactMoney;
}

/** One customer, two customers. */
function plural(count, one, many) {
  return format.count(count) + ' ' + (count === 1 ? one : many);
}

/** How much a number differs from another, in words. */
function difference(value, from, more, less, same) {
  const change = (value - from) / from;
  if (Math.abs(change) < 0.0005) {
    return same;
  }
  return format.share(Math.abs(change)) + ' ' + (change > 0 ? more : less);
}

/** Months since year 0 of a day such as 1998-06-01, and back. */
function monthNumber(day) {
  return Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1;
}

function monthDay(number) {
  const year = String(Math.floor(number / 12)).padStart(4, '0');
  return year + '-' + String((number % 12) + 1).padStart(2, '0') + '-01';
}

function sum(rows, value) {
  return rows.reduce((total, row) => total + (value(row) || 0), 0);
}

/** The mean of a value over rows that each stand for several customers; null if it is not known. */
function weightedMean(rows, value, weight) {
  const known = rows.filter((row) => value(row) !== null);
  const weights = sum(known, weight);
  return weights > 0 ? sum(known, (row) => value(row) * weight(row)) / weights : null;
}

/** The rows of a table as objects. */
function rowsOf(table) {
  return table.rows.map((row) => Object.fromEntries(table.columns.map((column, i) => [column, row[i]])));
}

/** A name in a sentence; one with a comma in it stands in quotes. */
function named(name) {
  return name.includes(',') ? '“' + name + '”' : name;
}
