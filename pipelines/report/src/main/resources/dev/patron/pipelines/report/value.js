/** How is the value to come spread over the customers? */
function valueSection(report) {
  const { value, shop } = report;
  if (sum(report.segments, (row) => row.customers) === 0) {
    return null;
  }
  const title = 'Value to come';
  if (!value) {
    return section('value', title, false, 'The value to come is not scored: no model could be trained on this history yet.');
  }
  const { bins, customers } = value;
  const finding = customers === 1 ? 'The one customer is expected to bring ' + format.money(value.total) + ' in the next ' + shop.horizonDays + ' days.'
    : customers < 10 ? 'The ' + format.count(customers) + ' customers together are expected to bring ' + format.money(value.total) + ' in the next ' + shop.horizonDays + ' days.'
    : 'Half of the customers are worth less than about ' + format.money(value.median)
    + ' in the next ' + shop.horizonDays + ' days' + (value.topDecileShare === null ? '; together they are worth ' + format.money(value.total) + '.'
      : '; the best tenth holds ' + format.share(value.topDecileShare) + ' of the ' + format.money(value.total) + ' to come.');
  const range = (bin) => bin.to === null
    ? format.shortMoney(bin.from) + ' and more'
    : format.shortMoney(bin.from) + ' to ' + format.shortMoney(bin.to);
  const box = chart('Histogram of the expected value of customers. ' + finding, 400, (colours, width) => {
    const every = Math.max(1, Math.ceil(bins.length / Math.max(2, Math.floor((width - 56) / 56))));
    return {
      grid: { left: 8, right: 20, top: 32, bottom: 30, containLabel: true },
      xAxis: {
        type: 'value', min: 0, max: bins.length, interval: every,
        axisLine: { lineStyle: { color: colours.line } },
        axisTick: { show: false },
        splitLine: { show: false },
        name: 'Expected value of a customer', nameLocation: 'middle', nameGap: 30,
        nameTextStyle: { color: colours.quiet, fontSize: 12 },
        axisLabel: {
          color: colours.quiet, fontSize: 12,
          formatter: (i) => {
            const edge = i < bins.length ? bins[i].from : bins[bins.length - 1].to;
            return edge === null ? '' : format.shortMoney(edge);
          },
        },
      },
      title: { text: 'Customers', left: 0, top: 4, padding: 0, textStyle: { color: colours.quiet, fontSize: 12, fontWeight: 'normal' } },
      yAxis: numberAxis(colours, format.count, { minInterval: 1 }),
      tooltip: {
        ...tooltip(colours),
        formatter: (point) => {
          const bin = bins[point.dataIndex];
          return tip(range(bin), [['Customers', format.count(bin.customers)], ['of all', format.share(bin.customers / customers)]]);
        },
      },
      series: [{
        type: 'custom',
        renderItem: (params, api) => {
          const [left, top] = api.coord([api.value(0), api.value(2)]);
          const [right, bottom] = api.coord([api.value(1), 0]);
          return {
            type: 'rect',
            shape: { x: left + 1, y: top, width: Math.max(1, right - left - 2), height: bottom - top },
            style: { fill: colours.accent },
            emphasis: { style: { fill: colours.text } },
          };
        },
        encode: { x: [0, 1], y: 2 },
        data: bins.map((bin, i) => [i, i + 1, bin.customers]),
      }],
    };
  });
  return section('value', title, false, finding, box,
    details('Value as a table', [
      { title: 'From', value: (bin) => bin.from, show: format.exactMoney, numeric: true },
      { title: 'To', value: (bin) => bin.to, show: format.exactMoney, numeric: true },
      { title: 'Customers', value: (bin) => bin.customers, show: format.count, numeric: true },
      { title: 'of all', value: (bin) => bin.customers / customers, show: format.finePercent, numeric: true },
      { title: 'Value together', value: (bin) => bin.value, show: moneyColumn(bins, (bin) => bin.value), numeric: true },
    ], bins));
}
