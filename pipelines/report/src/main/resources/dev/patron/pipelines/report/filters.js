/** The choice of segment and country, above everything that it acts on. */
const choice = { segment: null, country: null };

/** Countries that the page tells apart, most customers first; none if there is only one. */
function countriesOf(report) {
  const { slices } = report;
  if (!slices) {
    return [];
  }
  const counts = new Map();
  const cube = slices.customers.frequency;
  for (let i = 0; cube && i < cube.s.length; i++) {
    const name = cube.c[i] < 0 ? UNKNOWN : slices.countries[cube.c[i]];
    counts.set(name, (counts.get(name) || 0) + cube.n[i]);
  }
  if (counts.size < 2) {
    return [];
  }
  const last = (name) => (name === UNKNOWN ? 2 : name === 'Other' ? 1 : 0);
  return [...counts].map(([name, customers]) => ({ name, customers }))
    .sort((a, b) => last(a.name) - last(b.name) || b.customers - a.customers);
}

function fillFilters(report) {
  const segments = report.segments.filter((row) => row.customers > 0 && row.segment !== null);
  const countries = countriesOf(report);
  const customers = sum(report.segments, (row) => row.customers);
  if (!report.slices || (segments.length < 2 && countries.length === 0)) {
    return;
  }
  const select = (id, label, all, options) => {
    const box = el('select', { id }, el('option', { value: '' }, all),
      options.map((option) => el('option', { value: option.value }, option.title + ' (' + format.count(option.customers) + ')')));
    return { box, field: el('div', { 'class': 'field' }, el('label', { 'for': id }, label), box) };
  };
  const said = el('p', { role: 'status', 'class': 'said' });
  const clear = el('button', { type: 'button', 'class': 'plain', hidden: true }, 'Show all');
  const fields = [];
  if (segments.length > 1) {
    fields.push({ key: 'segment', ...select('filter-segment', 'Segment', 'All segments',
      segments.map((row) => ({ value: row.segment, title: row.segment, customers: row.customers }))) });
  }
  if (countries.length) {
    fields.push({ key: 'country', ...select('filter-country', 'Country', 'All countries',
      countries.map((row) => ({ value: row.name, title: countryName(row.name), customers: row.customers }))) });
  }
  const change = () => {
    fields.forEach((field) => { choice[field.key] = field.box.value === '' ? null : field.box.value; });
    const view = drawSections();
    const shown = sum(view.segments, (row) => row.customers);
    clear.hidden = !view.chosen;
    said.textContent = view.chosen ? format.count(shown) + ' of ' + plural(customers, 'customer', 'customers') + ' shown' : '';
  };
  fields.forEach((field) => field.box.addEventListener('change', change));
  clear.addEventListener('click', () => {
    fields.forEach((field) => { field.box.value = ''; });
    change();
    fields[0].box.focus();
  });
  document.getElementById('filters').append(
    el('div', { 'class': 'filters', role: 'group', 'aria-label': 'Show only' }, fields.map((field) => field.field), clear, said));
}

/** Says of a section that the choice does not act on it. */
function forAll(report) {
  return report.chosen ? el('p', { 'class': 'note' }, 'For all customers, whatever is chosen above.') : null;
}
