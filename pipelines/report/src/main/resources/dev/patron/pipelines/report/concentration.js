/** How much depends on a few? */
function concentrationSection(report) {
  const { value } = report;
  if (!value || !(value.total > 0) || value.customers < 10) {
    return null;
  }
  const best = (share) => 1 - value.heldByPoorest(1 - share);
  const gini = giniOf(value);
  const finding = 'The best tenth of customers holds ' + format.share(best(0.1)) + ' of the value to come, the best fifth '
    + format.share(best(0.2)) + ' and the lower half ' + format.share(value.heldByPoorest(0.5)) + '.';
  const shares = Array.from({ length: 101 }, (_, i) => i / 100);
  const rows = [0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1].map((share) => ({ share, held: best(share), money: best(share) * value.total }));
  const box = chart('Lorenz curve of the value to come. ' + finding, 400, (colours) => ({
    grid: { left: 8, right: 16, top: 32, bottom: 30, containLabel: true },
    xAxis: numberAxis(colours, format.share, {
      min: 0, max: 1, interval: 0.25, name: 'Customers, the least valuable first', nameLocation: 'middle', nameGap: 30,
      nameTextStyle: { color: colours.quiet, fontSize: 12 }, splitLine: { show: false },
    }),
    title: { text: 'Value to come', left: 0, top: 4, padding: 0, textStyle: { color: colours.quiet, fontSize: 12, fontWeight: 'normal' } },
    yAxis: numberAxis(colours, format.share, { min: 0, max: 1, interval: 0.25 }),
    tooltip: {
      ...tooltip(colours), trigger: 'axis', axisPointer: { type: 'line', lineStyle: { color: colours.quiet } },
      formatter: (points) => tip('The lower ' + format.share(points[0].data[0]), [
        ['hold', format.share(points[0].data[1])], ['The others', format.share(1 - points[0].data[1])],
      ]),
    },
    series: [
      {
        type: 'line', name: 'Value to come', symbol: 'none', lineStyle: { color: colours.accent, width: 2.5 },
        areaStyle: { color: colours.accent, opacity: 0.1 }, data: shares.map((share) => [share, value.heldByPoorest(share)]),
      },
      {
        type: 'line', name: 'If all were equal', symbol: 'none', silent: true,
        lineStyle: { color: colours.quiet, width: 1, type: 'dashed' }, data: [[0, 0], [1, 1]],
        endLabel: { show: false },
      },
    ],
  }));
  return section('concentration', 'Concentration', false, finding, box,
    el('p', { 'class': 'note' }, 'The dashed line is where all customers were worth the same. Gini coefficient ' + format.fine(gini) + ' (0: all the same, 1: one holds all).'),
    details('Concentration as a table', [
      { title: 'The best', value: (row) => row.share, show: format.share },
      { title: 'hold of the value', value: (row) => row.held, show: format.finePercent, numeric: true },
      { title: 'in money', value: (row) => row.money, show: moneyColumn(rows, (row) => row.money), numeric: true },
    ], rows));
}

/** Twice the area between the curve and equality. */
function giniOf(value) {
  let area = 0;
  for (let i = 1; i < value.curve.length; i++) {
    const [a, b] = [value.curve[i - 1], value.curve[i]];
    area += (b.customers - a.customers) / value.customers * (a.value + b.value) / 2 / value.total;
  }
  return 1 - 2 * area;
}
