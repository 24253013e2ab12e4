/**
 * What was measured of the models: at cut-offs of the past (the back-test) and since they were
 * trained (the drift). Both tables have a row for each thing measured; what they do not hold yet is
 * said in a sentence.
 */
const CANDIDATES = {
  'mean': 'Everybody the mean',
  'last period': 'As in the window before',
  'past rate': 'As in all the past',
  'blend': 'Blend with trees',
  'trees': 'Trees alone',
};

/** Errors that differ by less than this share are the same, added up in another order. */
const SAME_ERROR = 1e-9;

/** The rows of the back-test over all cut-offs together, for one target; the champion's is marked. */
function candidatesOf(report, target) {
  return report.backTest.filter((row) => row.target === target && row.cutoff === null && row.rmse !== null);
}

function targetsOf(report) {
  return [...new Set(report.backTest.map((row) => row.target))].sort();
}

const TARGET_NAMES = { purchases: 'Purchases', spend: 'Money' };

function backTestSection(report) {
  if (sum(report.segments, (row) => row.customers) === 0) {
    return null;
  }
  const targets = targetsOf(report);
  if (targets.length === 0) {
    return section('backtest', 'Back-test', true,
      'No back-test has compared the candidates on this shop yet, so the model stands without rivals.');
  }
  const options = targets.map((target) => ({ title: TARGET_NAMES[target] || target, value: target }));
  const target = chosenOption('What was predicted', options);
  const rows = candidatesOf(report, target).map((row) => ({ ...row, coverage: coverageOf(report, row.candidate) }))
    .sort((a, b) => (sameError(a, b) ? Number(b.chosen) - Number(a.chosen) : a.rmse - b.rmse));
  const champion = rows.find((row) => row.chosen) || null;
  const naive = rows.filter((row) => row.role === 'naive');
  const bestNaive = naive.reduce((a, b) => (a === null || b.rmse < a.rmse ? b : a), null);
  const exact = target === 'spend' ? format.exactMoney : format.fine;
  const name = (row) => (CANDIDATES[row.candidate] || row.candidate) + (row.role === 'naive' ? ' (naive)' : row.role === 'champion' ? ' (before)' : '');
  const finding = champion === null ? 'Of ' + plural(rows.length, 'candidate', 'candidates') + ' ' + name(rows[0]) + ' errs least: ' + exact(rows[0].rmse) + ' (RMSE a customer).'
    : 'The champion, ' + inSentence(name(champion)) + ', errs by ' + exact(champion.rmse) + ' a customer (RMSE)'
      + (bestNaive === null || champion === bestNaive ? '.' : ', ' + difference(champion.rmse, bestNaive.rmse, 'more than', 'less than', 'as much as') + ' the best naive guess.');
  const columns = [
    { title: 'Candidate', value: (row) => name(row) + (row.chosen ? ' – champion' : '') },
    { title: 'Mean error', value: (row) => row.mae, show: exact, numeric: true },
    { title: 'RMSE', value: (row) => row.rmse, show: exact, numeric: true },
    { title: 'Total off by', value: (row) => row.bias, show: format.finePercent, numeric: true },
    { title: 'Gini', value: (row) => row.gini, show: format.fine, numeric: true },
    { title: 'Rank correlation', value: (row) => row.spearman, show: format.fine, numeric: true },
    { title: 'Within the 90 % interval', value: (row) => row.coverage, show: format.finePercent, numeric: true },
  ].filter((column, i) => i === 0 || rows.some((row) => column.value(row) !== null));
  const box = chart('Bars of the error of each candidate. ' + finding, () => 56 + rows.length * 34, (colours, width) => ({
    grid: { left: 8, right: 56, top: 4, bottom: 30, containLabel: true },
    xAxis: numberAxis(colours, target === 'spend' ? format.shortMoney : format.decimal, {
      min: 0, name: 'RMSE a customer, less is better', nameLocation: 'middle', nameGap: 28, nameTextStyle: { color: colours.quiet, fontSize: 12 },
    }),
    yAxis: nameAxis(colours, rows.map(name), {
      inverse: true, axisLine: { show: false },
      axisLabel: { color: colours.text, fontSize: 12, interval: 0, width: width < 560 ? 120 : 240, overflow: 'break' },
    }),
    tooltip: {
      ...tooltip(colours),
      formatter: (point) => tip(name(rows[point.dataIndex]), columns.slice(1).map((column) => [column.title, column.show(column.value(rows[point.dataIndex]))])),
    },
    series: [{
      type: 'bar', barMaxWidth: 20,
      label: { show: true, position: 'right', color: colours.text, fontSize: 12, formatter: (point) => exact(point.value) },
      data: rows.map((row) => ({ value: row.rmse, itemStyle: { color: row.chosen ? colours.accent : colours.neutral } })),
    }],
  }));
  const coverage = champion && champion.coverage !== null
    ? el('p', { 'class': 'note' }, 'What they spent lay within the 90 % interval for ' + format.finePercent(champion.coverage) + ' of customers, in the newest window.') : null;
  const twin = champion === null ? null : twinOf(report, champion);
  return section('backtest', 'Back-test', true, finding, forAll(report),
    options.length > 1 ? choiceOf('What was predicted', options, () => drawSections()) : null,
    box, coverage, twin === null ? null : el('p', { 'class': 'note' }, 'Trees add nothing here: the blend predicts as ' + twin + ' does.'),
    el('div', { 'class': 'after' }, copyable('Candidates in the back-test', columns, rows)));
}

/** A name as it stands within a sentence; that of a model begins as it does. */
function inSentence(name) {
  return Object.values(CANDIDATES).some((known) => name.startsWith(known)) ? name[0].toLowerCase() + name.slice(1) : name;
}

function sameError(a, b) {
  return Math.abs(a.rmse - b.rmse) <= SAME_ERROR * Math.max(a.rmse, b.rmse);
}

/** The share of customers who spent what the interval allows; it is tried at one cut-off, the newest. */
function coverageOf(report, candidate) {
  const tried = report.backTest.filter((row) => row.candidate === candidate && row.coverage !== null && row.coverage !== undefined)
    .sort((a, b) => ((a.cutoff || '') < (b.cutoff || '') ? 1 : -1));
  return tried.length === 0 ? null : tried[0].coverage;
}

/** The model that a blend is nothing but, in every target; null if the trees have a say. */
function twinOf(report, blend) {
  if (blend.role !== 'blend') {
    return null;
  }
  const twin = (target, name) => candidatesOf(report, target).some((row) => row.candidate === name
    && candidatesOf(report, target).some((other) => other.candidate === blend.candidate && sameError(row, other)));
  const others = candidatesOf(report, blend.target).filter((row) => row.role === 'probabilistic').map((row) => row.candidate);
  return others.find((name) => targetsOf(report).every((target) => twin(target, name))) || null;
}

/** Did as much come as was predicted, one window after the other? */
function trackingSection(report) {
  const targets = targetsOf(report);
  if (targets.length === 0) {
    return null;
  }
  const target = chosenOption('What was predicted', targets.map((value) => ({ value })));
  const rows = report.backTest.filter((row) => row.target === target && row.cutoff !== null && row.chosen)
    .sort((a, b) => (a.cutoff < b.cutoff ? -1 : 1));
  if (rows.length === 0) {
    return null;
  }
  const shown = target === 'spend' ? format.money : (value) => format.count(value) + ' purchases';
  const [expected, actual] = [sum(rows, (row) => row.expected_total), sum(rows, (row) => row.actual_total)];
  const finding = 'Over ' + plural(rows.length, 'window', 'windows') + ' the champion expected ' + shown(expected) + ' and ' + shown(actual) + ' came'
    + (actual > 0 ? ': ' + difference(expected, actual, 'too much', 'too little', 'right on the whole') + '.' : '.');
  let [expectedSoFar, actualSoFar] = [0, 0];
  const points = rows.map((row) => {
    expectedSoFar += row.expected_total;
    actualSoFar += row.actual_total;
    return { ...row, expectedSoFar, actualSoFar };
  });
  const short = target === 'spend' ? format.shortMoney : format.count;
  const box = chart('Lines of what was expected and what came, added up over the windows. ' + finding, 300, (colours) => ({
    grid: { left: 8, right: 16, top: 12, bottom: 30, containLabel: true },
    xAxis: nameAxis(colours, points.map((row) => format.shortMonth(row.cutoff)), { name: 'Cut-off', nameLocation: 'middle', nameGap: 30 }),
    yAxis: numberAxis(colours, short),
    tooltip: {
      ...tooltip(colours), trigger: 'axis', axisPointer: { type: 'line' },
      formatter: (hovered) => tip('From ' + format.day(points[hovered[0].dataIndex].cutoff), [
        ['Expected', short(points[hovered[0].dataIndex].expectedSoFar)], ['Came', short(points[hovered[0].dataIndex].actualSoFar)],
      ]),
    },
    series: [
      { type: 'line', name: 'Came', data: points.map((row) => row.actualSoFar), symbolSize: 7, color: colours.quiet, lineStyle: { width: 2 } },
      { type: 'line', name: 'Expected', data: points.map((row) => row.expectedSoFar), symbol: 'diamond', symbolSize: 11, color: colours.accent, lineStyle: { width: 2, type: 'dashed' } },
    ],
  }));
  const legend = el('p', { 'class': 'legend', 'aria-hidden': 'true' },
    el('span', { 'class': 'key line' }), 'came', el('span', { 'class': 'key diamond' }), 'expected');
  return section('tracking', 'Tracking', true, finding, forAll(report), legend, box,
    details('Expected and actual by window', [
      { title: 'Cut-off', value: (row) => row.cutoff, show: format.day },
      { title: 'Customers', value: (row) => row.customers, show: format.count, numeric: true },
      { title: 'Expected', value: (row) => row.expected_total, show: target === 'spend' ? format.exactMoney : format.decimal, numeric: true },
      { title: 'Came', value: (row) => row.actual_total, show: target === 'spend' ? format.exactMoney : format.decimal, numeric: true },
      { title: 'Expected so far', value: (row) => row.expectedSoFar, show: target === 'spend' ? format.exactMoney : format.decimal, numeric: true },
      { title: 'Came so far', value: (row) => row.actualSoFar, show: target === 'spend' ? format.exactMoney : format.decimal, numeric: true },
    ], points));
}

const DRIFT_NAMES = {
  recency_days: 'Days since the last purchase', frequency: 'Purchases', monetary: 'Spent', tenure_days: 'Days as a customer',
  mean_amount: 'Spent each time', repeat_purchases: 'Repeat purchases',
  segments: 'Shares of the segments', p_alive: 'Probability of being active', cltv: 'Expected value',
};

/** Are the customers still like those that the model learned from? */
function driftSection(report) {
  if (sum(report.segments, (row) => row.customers) === 0) {
    return null;
  }
  const measured = report.drift.filter((row) => row.psi !== null && row.kind !== 'segment');
  if (measured.length === 0) {
    return section('drift', 'Drift', true,
      'Nothing has been compared with the training yet, so nobody can say whether the customers have changed.');
  }
  const name = (row) => (row.kind === 'segments' ? DRIFT_NAMES.segments : DRIFT_NAMES[row.measure] || row.measure);
  const rows = [...measured].sort((a, b) => b.psi - a.psi);
  const drifted = rows.filter((row) => row.drifted);
  // Customers who taught the model this very day are like themselves.
  const same = rows.every((row) => row.psi === 0);
  const trained = rows[0].trained_as_of ? ' of ' + format.day(lastDayOf(rows[0].trained_as_of)) : '';
  const finding = (drifted.length === 0 ? 'None of ' + plural(rows.length, 'measure', 'measures') + ' has drifted away from the training of the segments' + trained
    : format.count(drifted.length) + ' of ' + plural(rows.length, 'measure', 'measures') + (drifted.length === 1 ? ' has' : ' have') + ' drifted away from the training of the segments' + trained)
    + (same ? ': these are the customers that it learned from.' : '; the widest is ' + name(rows[0]).toLowerCase() + ' with an index of ' + format.fine(rows[0].psi) + '.');
  const threshold = rows[0].threshold;
  const box = same ? null : chart('Bars of the population stability index. ' + finding, () => 56 + rows.length * 30, (colours, width) => ({
    grid: { left: 8, right: 48, top: 4, bottom: 30, containLabel: true },
    xAxis: numberAxis(colours, format.fine, {
      min: 0, max: Math.max(rows[0].psi * 1.05, threshold || 0.25), splitNumber: width < 560 ? 1 : 3, name: width < 560 ? 'Population stability index' : 'Population stability index; from ' + format.fine(threshold) + ' on it counts, if it is more than chance',
      nameLocation: 'middle', nameGap: 28, nameTextStyle: { color: colours.quiet, fontSize: 12 },
    }),
    yAxis: nameAxis(colours, rows.map(name), { inverse: true, axisLine: { show: false }, axisLabel: { color: colours.text, fontSize: 12, interval: 0 } }),
    tooltip: {
      ...tooltip(colours),
      formatter: (point) => tip(name(rows[point.dataIndex]), [['Index', format.fine(rows[point.dataIndex].psi)], ['Has drifted', rows[point.dataIndex].drifted ? 'yes' : 'no']]),
    },
    series: [{
      type: 'bar', barMaxWidth: 18, label: { show: true, position: 'right', color: colours.text, fontSize: 12, formatter: (point) => format.fine(point.value) },
      data: rows.map((row) => ({ value: row.psi, itemStyle: { color: row.drifted ? '#dd7a3f' : colours.accent } })),
    }],
  }));
  const shares = report.drift.filter((row) => row.kind === 'segment');
  return section('drift', 'Drift', true, finding, forAll(report), box,
    details('Drift as a table', [
      { title: 'Measure', value: name },
      { title: 'Index', value: (row) => row.psi, show: format.fine, numeric: true },
      { title: 'Widest gap', value: (row) => row.ks, show: format.finePercent, numeric: true },
      { title: 'Has drifted', value: (row) => (row.drifted ? 'yes' : 'no') },
    ], rows),
    shares.length ? details('Segments then and now', [
      { title: 'Segment', value: (row) => row.measure, mark: (row) => swatch(segmentColour(row.measure)) },
      { title: 'At the training', value: (row) => row.share_at_training, show: format.finePercent, numeric: true },
      { title: 'Now', value: (row) => row.share_now, show: format.finePercent, numeric: true },
    ], shares) : null);
}
