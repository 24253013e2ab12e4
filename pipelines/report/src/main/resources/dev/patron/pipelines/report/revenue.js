/** Is the shop growing? */
function revenueSection(report) {
  const { shop } = report;
  const months = wholeMonths(report.revenue);
  if (months.length === 0) {
    return null;
  }
  const last = months[months.length - 1];
  const partial = !shop.monthComplete && shop.asOfDay !== null && monthNumber(last.month) === monthNumber(shop.asOfDay);
  const full = partial ? months.slice(0, -1) : months;
  const finding = revenueFinding(full, last, shop) + returnsFinding(months);
  const columns = [
    { title: 'Month', value: (row) => row.month, show: format.month },
    { title: 'Revenue', value: (row) => row.revenue, show: moneyColumn(months, (row) => row.revenue), numeric: true },
    { title: 'Returned', value: (row) => row.returned, show: moneyColumn(months, (row) => row.revenue), numeric: true },
    { title: 'Purchases', value: (row) => row.purchases, show: format.count, numeric: true },
    { title: 'Customers', value: (row) => row.customers, show: format.count, numeric: true },
    ...(report.chosen ? [] : [{ title: 'Without a customer', value: (row) => row.anonymous_purchases, show: format.count, numeric: true }]),
  ];
  const returned = sum(months, (row) => row.returned);
  const list = details('Revenue as a table', columns, months);
  if (months.length === 1) {
    return section('revenue', 'Revenue', true, finding, list);
  }
  const box = chart('Bars of revenue by month. ' + finding, 300, (colours) => ({
    grid: { left: 8, right: 8, top: 12, bottom: 8, containLabel: true },
    xAxis: nameAxis(colours, months.map((row) => format.shortMonth(row.month))),
    yAxis: numberAxis(colours, format.shortMoney),
    tooltip: {
      ...tooltip(colours),
      trigger: 'axis',
      axisPointer: { type: 'none' },
      formatter: (points) => {
        const row = months[points[0].dataIndex];
        return tip(format.month(row.month) + (partial && row === last ? ' (up to the ' + Number(shop.asOfDay.slice(8)) + '.)' : ''), [
          ['Revenue', format.money(row.revenue)],
          ['Returned', format.money(row.returned)],
          ['Purchases', format.count(row.purchases)],
          ['Customers', format.count(row.customers)],
        ]);
      },
    },
    series: [{
      type: 'bar',
      stack: 'money',
      barCategoryGap: months.length > 48 ? '15%' : '25%',
      barMaxWidth: 56,
      data: months.map((row) => ({
        value: row.revenue,
        itemStyle: partial && row === last
          ? { color: colours.surface, borderColor: colours.accent, borderWidth: 1.5, borderType: 'dashed' }
          : { color: colours.accent },
      })),
    }, ...(returned > 0 ? [{
      type: 'bar',
      stack: 'money',
      barMaxWidth: 56,
      itemStyle: { color: '#dd7a3f' },
      data: months.map((row) => -row.returned),
    }] : [])],
  }));
  return section('revenue', 'Revenue', true, finding,
    partial ? el('p', { 'class': 'note' }, format.month(last.month) + ' (dashed) is not over: it holds what came up to ' + format.day(shop.asOfDay) + '.') : null,
    returned > 0 ? el('p', { 'class': 'legend', 'aria-hidden': 'true' }, el('span', { 'class': 'key accent' }), 'bought', el('span', { 'class': 'key returned' }), 'returned') : null,
    box, list);
}

/** How much of it was given back; nothing to say where nothing was. */
function returnsFinding(months) {
  const returned = sum(months, (row) => row.returned);
  const bought = sum(months, (row) => row.revenue);
  return returned > 0 && bought > 0 ? ' ' + format.share(returned / bought) + ' of all that was bought was returned.' : '';
}

function revenueFinding(full, last, shop) {
  const total = (rows) => sum(rows, (row) => row.revenue);
  if (full.length >= 24) {
    const [year, before] = [total(full.slice(-12)), total(full.slice(-24, -12))];
    return 'The last twelve full months brought ' + format.money(year) + (before > 0
      ? ', ' + difference(year, before, 'more than', 'less than', 'as much as') + ' the twelve before.' : '.');
  }
  if (full.length >= 2) {
    const [now, before] = full.slice(-2).reverse();
    const best = full.reduce((a, b) => ((b.revenue || 0) > (a.revenue || 0) ? b : a));
    return format.month(now.month) + ' brought ' + format.money(now.revenue) + (before.revenue > 0
      ? ', ' + difference(now.revenue, before.revenue, 'more than', 'less than', 'as much as') + ' the month before' : '')
      + (best === now ? '; it was the best month so far.' : '. The best month was ' + format.month(best.month) + ' with ' + format.money(best.revenue) + '.');
  }
  return format.month(last.month) + (shop.asOfDay === null ? '' : ', up to ' + format.day(shop.asOfDay) + ',')
    + ' brought ' + format.money(last.revenue) + '; trends show from the second month on.';
}

/** The months from the first to the last; those in which nothing happened are zero. */
function wholeMonths(rows) {
  const byMonth = new Map(rows.map((row) => [monthNumber(row.month), row]));
  const numbers = [...byMonth.keys()];
  const months = [];
  for (let month = Math.min(...numbers); month <= Math.max(...numbers); month++) {
    months.push(byMonth.get(month)
      || { month: monthDay(month), purchases: 0, customers: 0, anonymous_purchases: 0, revenue: 0, returned: 0 });
  }
  return months;
}
