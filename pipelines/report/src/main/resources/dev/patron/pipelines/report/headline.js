/** The numbers that everybody asks for first, and what a reader must know before trusting them. */
function headline(report) {
  const { shop, segments, value } = report;
  const customers = sum(segments, (row) => row.customers);
  if (customers === 0) {
    return section('headline', 'No customers yet', true,
      shop.asOf === null
        ? 'No purchase was found, so there is nothing to segment or to predict. As soon as the dataset holds one purchase of a known customer, this page shows it.'
        : 'No purchase of a known customer lies at or before ' + format.day(shop.asOfDay) + ', so there is nothing to segment or to predict.');
  }
  const revenue = sum(segments, (row) => row.revenue);
  const expected = value ? value.total : knownSum(segments, 'total_cltv');
  const alive = weightedMean(segments, (row) => row.mean_p_alive, (row) => row.customers);
  const tiles = [
    ['Customers', format.count(customers), 'with a purchase up to ' + format.day(shop.asOfDay)],
    ['Revenue', format.money(revenue), report.revenue.length
      ? format.money(revenue / customers) + ' a customer' : null],
  ];
  if (expected !== null) {
    tiles.push(['Expected in ' + shop.horizonDays + ' days', format.money(expected),
      format.money(expected / customers) + ' a customer']);
  }
  if (value && value.topDecileShare !== null) {
    tiles.push(['Held by the best tenth', format.share(value.topDecileShare), 'of the value to come']);
  }
  if (alive !== null && alive < 0.9995) {
    tiles.push(['Probably still active', format.share(alive), format.count(alive * customers) + ' customers']);
  }
  const warnings = [...new Set(report.models.flatMap((model) => model.warnings))];
  return el('section', { id: 'headline', 'class': 'wide', 'aria-labelledby': 'headline-title' },
    el('h2', { id: 'headline-title', 'class': 'hidden' }, 'At a glance'),
    el('dl', { 'class': 'tiles' }, tiles.map(([name, number, note]) => el('div', {},
      el('dt', {}, name),
      el('dd', { 'class': 'figure' }, number),
      note ? el('dd', { 'class': 'note' }, note) : null))),
    warnings.length ? el('div', { 'class': 'warnings', role: 'note', 'aria-label': 'Read with care' },
      el('p', {}, 'Read with care'),
      el('ul', {}, warnings.map((warning) => el('li', {}, warning)))) : null);
}

function knownSum(rows, column) {
  return rows.some((row) => row[column] !== null) ? sum(rows, (row) => row[column]) : null;
}
