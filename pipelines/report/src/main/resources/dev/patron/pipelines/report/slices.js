/**
 * The page for a choice of segment and country. Cubes hold counts and sums by segment and country,
 * so whatever is chosen is added up here; without a choice the gold tables themselves are shown.
 */
const UNKNOWN = 'Unknown';
const ZERO_BIN = -181;
const BINS_PER_DECADE = 90;
const LARGEST_STEPS = 20;

/** The rows of a cube that are chosen, as objects. */
function cubeRows(cube, slices, choice) {
  if (!cube) {
    return [];
  }
  const segment = choice.segment === null ? null : slices.segments.indexOf(choice.segment);
  const country = choice.country === null ? null
    : choice.country === UNKNOWN ? -1 : slices.countries.indexOf(choice.country);
  const names = Object.keys(cube);
  const rows = [];
  for (let i = 0; i < cube.s.length; i++) {
    if ((segment === null || cube.s[i] === segment) && (country === null || (cube.c[i] === country && cube.s[i] >= 0))) {
      rows.push(Object.fromEntries(names.map((name) => [name, cube[name][i]])));
    }
  }
  return rows;
}

/** The months of a cohort in which somebody came, each as a row. */
function byMonth(cohort) {
  return cohort.n.map((n, y) => ({ x: cohort.x, y, n, v: cohort.v[y] })).filter((row) => row.n > 0);
}

/** Sums rows that agree in a key. */
function addUp(rows, key, fields) {
  const totals = new Map();
  for (const row of rows) {
    const id = key(row);
    let total = totals.get(id);
    if (!total) {
      total = { ...row };
      fields.forEach((field) => { total[field] = 0; });
      totals.set(id, total);
    }
    fields.forEach((field) => { total[field] += row[field]; });
  }
  return [...totals.values()];
}

/** What the sections draw for this choice. */
function viewOf(report, choice) {
  const { slices } = report;
  const chosen = choice.segment !== null || choice.country !== null;
  const view = { ...report, choice, chosen };
  if (!slices) {
    return { ...view, value: null, alive: [] };
  }
  const customers = (name) => cubeRows(slices.customers[name], slices, choice);
  view.value = valueSpread(customers('value'));
  view.alive = addUp(customers('alive'), (row) => row.x + ' ' + row.y, ['n', 'v']);
  if (!chosen) {
    return view;
  }
  view.segments = slicedSegments(report, choice);
  const cells = new Map(addUp(customers('rfm'), (row) => row.x + ' ' + row.y, ['n', 'v']).map((row) => [row.x + ' ' + row.y, row]));
  view.rfm = report.rfm.map((cell) => {
    const found = cells.get(cell.r + ' ' + cell.fm);
    return { ...cell, customers: found ? found.n : 0, revenue: found ? found.v : 0 };
  });
  view.revenue = addUp(cubeRows(slices.revenue, slices, choice), (row) => row.x, ['n', 'p', 'v', 'w'])
    .sort((a, b) => a.x - b.x)
    .map((row) => ({ month: monthDay(row.x), purchases: row.p, customers: row.n, anonymous_purchases: 0, revenue: row.v, returned: row.w }));
  const came = addUp(cubeRows(slices.cohorts, slices, choice).flatMap(byMonth), (row) => row.x + ' ' + row.y, ['n', 'v'])
    .sort((a, b) => a.x - b.x || a.y - b.y);
  const sizes = new Map(came.filter((row) => row.y === 0).map((row) => [row.x, row.n]));
  view.cohorts = came.filter((row) => sizes.get(row.x) > 0).map((row) => ({
    cohort_month: monthDay(row.x), months_since: row.y, cohort_customers: sizes.get(row.x),
    customers: row.n, retention: row.n / sizes.get(row.x), revenue: row.v,
  }));
  view.cohortsOmitted = 0;
  view.migration = choice.segment === null ? report.migration
    : report.migration.filter((row) => row.from_segment === choice.segment || row.to_segment === choice.segment);
  return view;
}

/** The segments of a country, or of all: shares are of the chosen country. */
function slicedSegments(report, choice) {
  const { slices } = report;
  const anySegment = { ...choice, segment: null };
  const bySegment = (name) => new Map(addUp(cubeRows(slices.customers[name], slices, anySegment), (row) => row.s, ['n', 'v'])
    .map((row) => [row.s, row]));
  const [recency, frequency, monetary, alive, value] = ['recency_days', 'frequency', 'monetary', 'p_alive', 'cltv'].map(bySegment);
  const customers = sum([...frequency.values()], (row) => row.n);
  const revenue = sum([...monetary.values()], (row) => row.v);
  const mean = (cube, at) => (cube.has(at) && cube.get(at).n > 0 ? cube.get(at).v / cube.get(at).n : null);
  return report.segments
    .filter((row) => choice.segment === null || row.segment === choice.segment)
    .map((row) => {
      const at = slices.segments.indexOf(row.segment);
      const count = frequency.has(at) ? frequency.get(at).n : 0;
      const bought = monetary.has(at) ? monetary.get(at).v : 0;
      return {
        segment_id: row.segment_id,
        segment: row.segment,
        customers: count,
        share_of_customers: customers > 0 ? count / customers : 0,
        revenue: bought,
        share_of_revenue: revenue > 0 ? bought / revenue : 0,
        mean_recency_days: mean(recency, at),
        mean_frequency: mean(frequency, at),
        mean_monetary: mean(monetary, at),
        mean_p_alive: mean(alive, at),
        mean_cltv: mean(value, at),
        total_cltv: value.has(at) ? value.get(at).v : null,
      };
    });
}

/** The least amount of a bin of values; see ValueBins.java. */
function binFrom(bin) {
  if (bin <= ZERO_BIN) {
    return 0;
  }
  const decade = Math.floor(bin / BINS_PER_DECADE) - 1;
  const digits = 10 + (((bin % BINS_PER_DECADE) + BINS_PER_DECADE) % BINS_PER_DECADE);
  return decade < 0 ? digits / 10 ** -decade : digits * 10 ** decade;
}

/** How the expected value is spread: a histogram, the median, and how much the best hold. */
function valueSpread(rows) {
  const fine = addUp(rows, (row) => row.x, ['n', 'v']).sort((a, b) => a.x - b.x);
  const customers = sum(fine, (bin) => bin.n);
  if (customers === 0) {
    return null;
  }
  const total = sum(fine, (bin) => bin.v);
  // The poorest first: how many customers hold how much together, at the end of each bin.
  const curve = [{ customers: 0, value: 0 }];
  for (const bin of fine) {
    const last = curve[curve.length - 1];
    curve.push({ customers: last.customers + bin.n, value: last.value + bin.v });
  }
  const quantile = (share) => {
    const wanted = share * customers;
    let seen = 0;
    for (const bin of fine) {
      if (seen + bin.n >= wanted) {
        const from = binFrom(bin.x);
        return from + (binFrom(bin.x + 1) - from) * Math.max(0, wanted - seen) / bin.n;
      }
      seen += bin.n;
    }
    return binFrom(fine[fine.length - 1].x + 1);
  };
  const heldByPoorest = (share) => {
    const wanted = share * customers;
    const end = curve.findIndex((point) => point.customers >= wanted);
    if (end <= 0) {
      return 0;
    }
    const [a, b] = [curve[end - 1], curve[end]];
    return a.value + (b.value - a.value) * (wanted - a.customers) / (b.customers - a.customers);
  };
  const step = niceStep(quantile(0.98) / LARGEST_STEPS);
  const bins = [];
  for (const bin of fine) {
    // A hundredth of a step is for quotients that are rounded.
    const at = Math.min(LARGEST_STEPS, Math.floor(binFrom(bin.x) / step + 0.01));
    while (bins.length <= at) {
      const i = bins.length;
      bins.push({ from: i * step, to: i === LARGEST_STEPS ? null : (i + 1) * step, customers: 0, value: 0 });
    }
    bins[at].customers += bin.n;
    bins[at].value += bin.v;
  }
  return {
    customers, total, bins, curve,
    median: quantile(0.5),
    heldByPoorest: (share) => (total > 0 ? heldByPoorest(share) / total : null),
    topDecileShare: total > 0 && customers >= 10 ? 1 - heldByPoorest(0.9) / total : null,
  };
}

/** The least of 1, 2, 5 times a power of ten that is not below this. */
function niceStep(least) {
  if (!(least > 0)) {
    return 1;
  }
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 5].map((factor) => factor * power).find((step) => step >= least * (1 - 1e-9)) || 10 * power;
}

/** What a country is called: the names of ISO codes, else what the shop says. */
const regionNames = typeof Intl.DisplayNames === 'function' ? new Intl.DisplayNames(['en'], { type: 'region' }) : null;

function countryName(country) {
  if (regionNames && /^[A-Z]{2}$/.test(country)) {
    try {
      return regionNames.of(country);
    } catch {
      return country;
    }
  }
  return country;
}
