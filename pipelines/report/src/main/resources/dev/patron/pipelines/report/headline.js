/** The numbers that everybody asks for first, and what a reader must know before trusting them. */
function headline(report) {
  const { shop, segments, value, chosen } = report;
  const customers = sum(segments, (row) => row.customers);
  if (customers === 0) {
    return section('headline', 'No customers yet', true,
      chosen ? 'Nobody is in this segment and this country.' : shop.asOf === null
        ? 'No purchase was found, so there is nothing to segment or to predict. As soon as the dataset holds one purchase of a known customer, this page shows it.'
        : 'No purchase of a known customer lies at or before ' + format.day(shop.asOfDay) + ', so there is nothing to segment or to predict.');
  }
  const revenue = sum(segments, (row) => row.revenue);
  const expected = knownSum(segments, 'total_cltv');
  const alive = weightedMean(segments, (row) => row.mean_p_alive, (row) => row.customers);
  const tiles = [
    ['Customers', format.count(customers), 'with a purchase up to ' + format.day(shop.asOfDay), change(report, 'customers', customers)],
    ['Revenue', format.money(revenue), format.money(revenue / customers) + ' a customer', change(report, 'revenue', revenue)],
  ];
  if (expected !== null) {
    tiles.push(['Expected in ' + shop.horizonDays + ' days', format.money(expected),
      format.money(expected / customers) + ' a customer', change(report, 'expected_value', expected)]);
  }
  if (value && value.topDecileShare !== null) {
    tiles.push(['Held by the best tenth', format.share(value.topDecileShare), 'of the value to come', null]);
  }
  if (alive !== null && alive < 0.9995) {
    tiles.push(['Probably still active', format.share(alive), format.count(alive * customers) + ' customers', change(report, 'mean_p_alive', alive)]);
  }
  const warnings = [...new Set(report.models.flatMap((model) => model.warnings))];
  return el('section', { id: 'headline', 'class': 'wide', 'aria-labelledby': 'headline-title' },
    el('h2', { id: 'headline-title', 'class': 'hidden' }, 'At a glance'),
    el('dl', { 'class': 'tiles' }, tiles.map(([name, number, note, since]) => el('div', {},
      el('dt', {}, name),
      el('dd', { 'class': 'figure' }, number),
      el('dd', { 'class': 'note' }, note, since ? [el('br'), since] : null)))),
    firstRun(report) ? el('p', { 'class': 'note after' }, 'This is the first run; the next one shows what changed since.') : null,
    warnings.length ? el('div', { 'class': 'warnings', role: 'note', 'aria-label': 'Read with care' },
      el('p', {}, 'Read with care'),
      el('ul', {}, warnings.map((warning) => el('li', {}, warning)))) : null);
}

function knownSum(rows, column) {
  return rows.some((row) => row[column] !== null) ? sum(rows, (row) => row[column]) : null;
}

/** Whether there is no run before this one to compare with. */
function firstRun(report) {
  return !report.chosen && report.headlines.length === 1;
}

/** How a number changed since the run before; of a choice, how much of the whole it is. */
function change(report, name, now) {
  const last = report.headlines[report.headlines.length - 1];
  if (report.chosen) {
    const whole = last ? last[name] : null;
    return name === 'mean_p_alive' ? (whole === null ? null : format.share(whole) + ' among all customers')
      : whole > 0 ? format.share(now / whole) + ' of the whole' : null;
  }
  const before = report.headlines[report.headlines.length - 2];
  if (!before || before[name] === null || (name === 'expected_value' && before.horizon_days !== last.horizon_days)) {
    return null;
  }
  const day = before.as_of === last.as_of ? 'the run before' : format.day(lastDayOf(before.as_of));
  if (name === 'mean_p_alive') {
    return points(now - before[name]) + ' since ' + day;
  }
  const grown = now - before[name];
  if (Math.abs(grown) < 0.005) {
    return 'unchanged since ' + day;
  }
  const shown = name === 'customers' ? format.count(Math.abs(grown)) : format.money(Math.abs(grown));
  return (grown > 0 ? '+' : '−') + shown + (before[name] > 0 ? ' (' + (grown > 0 ? '+' : '−') + format.share(Math.abs(grown) / before[name]) + ')' : '')
    + ' since ' + day;
}

function points(difference) {
  const size = format.decimal(Math.abs(difference) * 100);
  return (difference < 0 ? '−' : '+') + size + ' points';
}

/** The last day before an instant, in the shop's zone. */
function lastDayOf(instant) {
  const parts = new Intl.DateTimeFormat('en-CA', { timeZone: report.shop.zone, year: 'numeric', month: '2-digit', day: '2-digit' });
  return parts.format(new Date(Date.parse(instant) - 1));
}
