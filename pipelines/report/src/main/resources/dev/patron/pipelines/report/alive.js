/** Who is probably still a customer? */
function aliveSection(report) {
  const cells = report.alive.filter((cell) => cell.n > 0);
  if (cells.length === 0) {
    return null;
  }
  const customers = sum(cells, (cell) => cell.n);
  const alive = sum(cells, (cell) => cell.v);
  if (alive / customers > 0.9995) {
    return section('alive', 'Still active', false,
      'The history does not tell who has left: the model takes every customer for active, which is no knowledge.');
  }
  const { recencySteps, frequencySteps } = report.slices;
  const steps = (ends, lowest) => [...ends.map((end, i) => {
    const from = i === 0 ? lowest : ends[i - 1] + 1;
    return from === end ? format.count(end) : format.count(from) + '–' + format.count(end);
  }), format.count(ends[ends.length - 1] + 1) + '+'];
  const recency = steps(recencySteps, 0);
  const frequency = steps(frequencySteps, 1);
  const silent = cells.filter((cell) => cell.x >= recencySteps.indexOf(365) + 1);
  const finding = format.share(alive / customers) + ' of customers are probably still active'
    + (silent.length ? '; of those who have not bought for more than a year, ' + format.share(sum(silent, (cell) => cell.v) / sum(silent, (cell) => cell.n)) + '.' : '.');
  const box = chart('Heat map of the probability of being active, by last purchase and number of purchases. ' + finding, 400, (colours, width) => {
    const left = width < 420 ? 84 : 96;
    const cellWidth = (width - left) / frequency.length;
    return {
      grid: { left, right: 0, top: 4, bottom: 44 },
      xAxis: nameAxis(colours, frequency, { name: 'Purchases', nameLocation: 'middle', nameGap: 28, axisLine: { show: false }, axisLabel: { color: colours.quiet, fontSize: 12, interval: 0 } }),
      yAxis: nameAxis(colours, recency, {
        inverse: true, name: 'Days since the last purchase', nameLocation: 'middle', nameGap: left - 14, axisLine: { show: false },
        axisLabel: { color: colours.quiet, fontSize: 12, interval: 0 },
      }),
      tooltip: {
        ...tooltip(colours),
        formatter: (point) => tip('Probably active: ' + format.share(point.data.cell.v / point.data.cell.n), [
          ['Days since the last purchase', recency[point.data.cell.x]],
          ['Purchases', frequency[point.data.cell.y]],
          ['Customers', format.count(point.data.cell.n)],
        ]),
      },
      series: [{
        type: 'heatmap',
        silent: true,
        itemStyle: { color: colours.surface, borderColor: colours.line, borderWidth: 1 },
        label: { show: false },
        data: recency.flatMap((_, x) => frequency.map((__, y) => [y, x, 0])),
      }, {
        type: 'heatmap',
        itemStyle: { borderColor: colours.surface, borderWidth: 2 },
        emphasis: { itemStyle: { borderColor: colours.text, borderWidth: 2 } },
        data: cells.map((cell) => {
          const share = Math.min(1, Math.max(0, cell.v / cell.n));
          const colour = between(colours.low, colours.high, share);
          return {
            value: [cell.y, cell.x, share], cell, itemStyle: { color: colour },
            label: { show: cellWidth >= 34, color: inkOn(colour), fontSize: cellWidth < 44 ? 10 : 12, formatter: () => format.share(share) },
          };
        }),
      }],
    };
  });
  const single = cells.filter((cell) => cell.y === 0);
  const unknown = single.length > 0 && single.every((cell) => cell.v / cell.n > 0.9995);
  return section('alive', 'Still active', false, finding, ramp('Probably active: 0%', '100%'), box,
    unknown ? el('p', { 'class': 'note' }, 'The model takes everybody with a single purchase for active: it sees people leave only after a repeat purchase.') : null,
    details('Still active as a table', [
      { title: 'Days since the last purchase', value: (cell) => recency[cell.x] },
      { title: 'Purchases', value: (cell) => frequency[cell.y] },
      { title: 'Customers', value: (cell) => cell.n, show: format.count, numeric: true },
      { title: 'Probably active', value: (cell) => cell.v / cell.n, show: format.finePercent, numeric: true },
    ], [...cells].sort((a, b) => a.x - b.x || a.y - b.y)));
}
