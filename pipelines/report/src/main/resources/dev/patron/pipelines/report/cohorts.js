/** Do customers come back? */
function cohortSection(report) {
  const { shop, cohorts } = report;
  if (cohorts.length === 0) {
    return null;
  }
  const furthest = Math.max(...cohorts.map((row) => row.months_since));
  if (furthest < 1) {
    return section('cohorts', 'Coming back', true,
      'All customers came in ' + format.month(cohorts[cohorts.length - 1].cohort_month) + '; who comes back shows from the second month on.');
  }
  const end = shop.asOfDay === null ? null : monthNumber(shop.asOfDay);
  const cells = filledCohorts(cohorts, furthest, end);
  const months = [...new Set(cells.map((cell) => cell.cohort_month))];
  const complete = (cell) => shop.monthComplete || end === null || monthNumber(cell.cohort_month) + cell.months_since < end;
  const finding = cohortFinding(cells.filter(complete)) + (report.cohortsOmitted > 0
    ? ' Shown are the newest ' + months.length + ' of ' + (months.length + report.cohortsOmitted) + ' months.' : '');
  const largest = Math.max(...cells.map((cell) => cell.retention || 0));
  const sizes = new Map(cells.map((cell) => [cell.cohort_month, cell.cohort_customers]));
  const box = chart('Heat map of customers who came back, by month of their first purchase. ' + finding,
    () => 64 + months.length * 26, (colours, width) => {
      const left = width < 560 ? 70 : 150;
      const cellWidth = (width - left) / furthest;
      return {
        grid: { left, right: 0, top: 4, bottom: 44 },
        xAxis: nameAxis(colours, Array.from({ length: furthest }, (_, i) => String(i + 1)), {
          name: 'Months since the first purchase', nameLocation: 'middle', nameGap: 28, axisLine: { show: false },
        }),
        yAxis: nameAxis(colours, months, {
          inverse: true,
          axisLine: { show: false },
          axisLabel: {
            color: colours.quiet, fontSize: 12, interval: 0,
            formatter: (month) => format.shortMonth(month)
              + (left > 100 && sizes.has(month) ? ', ' + format.count(sizes.get(month)) + ' new' : ''),
          },
        }),
        tooltip: {
          ...tooltip(colours),
          formatter: (point) => tip('First purchase in ' + format.month(point.data.cell.cohort_month), [
            ['Months since', format.count(point.data.cell.months_since) + (complete(point.data.cell) ? '' : ' (not over)')],
            ['Came back', format.share(point.data.cell.retention)],
            ['Customers', format.count(point.data.cell.customers) + ' of ' + format.count(point.data.cell.cohort_customers)],
            ['Revenue', format.money(point.data.cell.revenue)],
          ]),
        },
        series: [{
          type: 'heatmap',
          itemStyle: { borderColor: colours.surface, borderWidth: 1 },
          emphasis: { itemStyle: { borderColor: colours.text, borderWidth: 2 } },
          data: cells.map((cell) => {
            const colour = between(colours.low, colours.high, largest > 0 ? (cell.retention || 0) / largest : 0);
            return {
              value: [cell.months_since - 1, months.indexOf(cell.cohort_month), cell.retention],
              cell,
              itemStyle: { color: colour },
              label: { show: cellWidth >= 38, color: inkOn(colour), fontSize: 11, formatter: () => format.share(cell.retention) },
            };
          }),
        }],
      };
    });
  return section('cohorts', 'Coming back', true, finding, ramp('Came back: none', format.share(largest)), box,
    details('Coming back as a table', [
      { title: 'First purchase', value: (row) => row.cohort_month, show: format.month },
      { title: 'Months since', value: (row) => row.months_since, show: format.count, numeric: true },
      { title: 'First buyers', value: (row) => row.cohort_customers, show: format.count, numeric: true },
      { title: 'Came back', value: (row) => row.customers, show: format.count, numeric: true },
      { title: 'of first buyers', value: (row) => row.retention, show: format.finePercent, numeric: true },
      { title: 'Revenue', value: (row) => row.revenue, show: moneyColumn(cells, (row) => row.revenue), numeric: true },
    ], cells));
}

/** The months after the first; a month that has been, but in which nobody came, is zero. */
function filledCohorts(cohorts, furthest, end) {
  const known = new Map(cohorts.map((row) => [row.cohort_month + ' ' + row.months_since, row]));
  const sizes = new Map(cohorts.map((row) => [row.cohort_month, row.cohort_customers]));
  const cells = [];
  for (const month of sizes.keys()) {
    for (let since = 1; since <= furthest; since++) {
      const row = known.get(month + ' ' + since);
      if (row) {
        cells.push(row);
      } else if (end !== null && monthNumber(month) + since <= end) {
        cells.push({ cohort_month: month, months_since: since, cohort_customers: sizes.get(month), customers: 0, retention: 0, revenue: 0 });
      }
    }
  }
  return cells;
}

function cohortFinding(cells) {
  const mean = (since) => weightedMean(cells.filter((cell) => cell.months_since === since),
    (cell) => cell.retention, (cell) => cell.cohort_customers);
  const [one, later] = [mean(1), [12, 6, 3].map((since) => [since, mean(since)]).find(([, share]) => share !== null)];
  if (one === null) {
    return 'No month after a first purchase is over yet.';
  }
  return format.share(one) + ' of new customers buy again in the month after their first purchase'
    + (later ? ', ' + format.share(later[1]) + ' in the ' + { 3: 'third', 6: 'sixth', 12: 'twelfth' }[later[0]] + '.' : '.');
}
