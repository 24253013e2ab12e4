/** Can the predictions be trusted? */
function calibrationSection(report) {
  if (sum(report.segments, (row) => row.customers) === 0) {
    return null;
  }
  const held = report.calibrations.filter((calibration) => calibration.groups.length > 0);
  if (held.length === 0) {
    return section('calibration', 'Predicted and actual', true,
      'The history is too short to hold a part of it back, so the predictions have not been checked against purchases.');
  }
  const first = held[0];
  return section('calibration', 'Predicted and actual', true, calibrationFinding(first), forAll(report),
    el('div', { 'class': 'pair' }, held.map((calibration) => calibrationChart(calibration))));
}

function calibrationFinding(calibration) {
  const total = (measure) => sum(calibration.groups, (group) => group.customers * group[measure]);
  const [predicted, actual] = [total('predicted'), total('actual')];
  const shown = calibration.measure === 'spend' ? format.money : (value) => format.count(value) + ' purchases';
  const start = 'For the ' + calibration.days + ' days after ' + format.day(calibration.cutOffDay)
    + ' the probabilistic model expected ' + shown(predicted) + ' and ' + shown(actual) + ' came';
  return start + (actual > 0 ? ': ' + difference(predicted, actual, 'too much', 'too little', 'right on the whole') + '.' : '.');
}

function calibrationChart(calibration) {
  const { groups, by, measure } = calibration;
  const spend = measure === 'spend';
  const what = spend ? 'Spent by each customer' : 'Purchases of each customer';
  const grouped = by === 'decile' ? 'Tenths of customers by prediction, least first' : 'Repeat purchases before';
  const known = groups.filter((group) => group.predicted !== null && group.actual !== null);
  const exact = spend ? format.exactMoney : format.fine;
  const gap = (group) => Math.abs(group.predicted - group.actual);
  const widest = known.reduce((a, b) => (gap(b) > gap(a) ? b : a), known[0]);
  const finding = known.length === 0 ? 'Nothing to compare.'
    : 'The widest gap is in ' + (by === 'decile' ? 'tenth ' : 'the group with ') + widest.label
    + (by === 'decile' ? '' : ' repeat purchases') + ': '
    + exact(widest.predicted) + ' predicted, ' + exact(widest.actual) + ' actual.';
  const box = chart(what + ', predicted and actual. ' + finding, 320, (colours, width) => ({
    grid: { left: 8, right: 8, top: 16, bottom: 30, containLabel: true },
    xAxis: nameAxis(colours, groups.map((group) => group.label), { name: grouped, nameLocation: 'middle', nameGap: 30 }),
    yAxis: numberAxis(colours, spend ? format.shortMoney : (value) => (Number.isInteger(value) ? format.count(value) : format.decimal(value))),
    tooltip: {
      ...tooltip(colours),
      trigger: 'axis',
      axisPointer: { type: 'none' },
      formatter: (points) => {
        const group = groups[points[0].dataIndex];
        return tip((by === 'decile' ? 'Tenth ' : 'Repeat purchases: ') + group.label, [
          ['Predicted', exact(group.predicted)], ['Actual', exact(group.actual)], ['Customers', format.count(group.customers)],
        ]);
      },
    },
    series: [
      { type: 'bar', name: 'Actual', data: groups.map((group) => group.actual), barCategoryGap: '32%', itemStyle: { color: colours.neutral } },
      {
        type: 'scatter', name: 'Predicted', symbol: 'diamond', symbolSize: 13,
        data: groups.map((group) => group.predicted),
        itemStyle: { color: colours.accent, borderColor: colours.surface, borderWidth: 1.5, opacity: 1 },
      },
    ],
  }));
  const legend = el('p', { 'class': 'legend', 'aria-hidden': 'true' },
    el('span', { 'class': 'key bar' }), 'actual', el('span', { 'class': 'key diamond' }), 'predicted');
  return el('div', { 'class': 'aligned' },
    el('h3', {}, what + (by === 'decile' ? ', by tenth of the prediction' : ', by repeat purchases before')),
    el('p', {}, finding),
    legend, box,
    details(what + (by === 'decile' ? ', by tenths,' : ', by repeat purchases,') + ' as a table', [
      { title: by === 'decile' ? 'Tenth' : 'Repeat purchases before', value: (group) => group.label },
      { title: 'Customers', value: (group) => group.customers, show: format.count, numeric: true },
      { title: 'Predicted', value: (group) => group.predicted, show: exact, numeric: true },
      { title: 'Actual', value: (group) => group.actual, show: exact, numeric: true },
    ], groups));
}
