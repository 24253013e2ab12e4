/** What are these numbers made of? */
const COUNT_NAMES = {
  read: 'Read', quarantined: 'Refused', duplicate: 'Duplicates', conflict: 'Conflicts', stale: 'Stale', ignored: 'Ignored',
  dropped: 'Dropped by a rule', anonymous: 'Without a customer', unmatched: 'Without a version', unknown_column: 'Unknown columns',
  unknown_value: 'Unknown values',
};

function aboutSection(report) {
  const { models, quality, versions, shop } = report;
  const parts = [];
  if (quality.length) {
    const named = Object.keys(COUNT_NAMES).filter((name) => ['read', 'quarantined', 'duplicate', 'conflict', 'anonymous'].includes(name)
      || quality.some((row) => row.counts[name] > 0));
    const reasons = quality.flatMap((row) => row.quarantined.map((refused) => ({ table: row.table, ...refused })));
    parts.push(el('div', { 'class': 'wide' }, el('h3', {}, 'Records'),
      copyable('Records by table', [
        { title: 'Table', value: (row) => row.table },
        ...named.map((name) => ({
          // What is made of other tables was not read itself.
          title: COUNT_NAMES[name], value: (row) => (name === 'read' && !(row.counts.read > 0) && row.counts.anonymous > 0 ? null : row.counts[name] || 0), show: format.count, numeric: true,
        })),
      ], quality),
      reasons.length ? refusedChart(reasons) : null,
      reasons.length ? details('Why records were refused', [
        { title: 'Table', value: (row) => row.table },
        { title: 'Reason', value: (row) => row.reason },
        { title: 'Records', value: (row) => row.records, show: format.count, numeric: true },
      ], reasons) : null));
  }
  if (models.length) {
    parts.push(el('div', {}, el('h3', {}, 'Models'), copyable('Models', [
      { title: 'Model', value: (model) => model.name },
      { title: 'Version', value: (model) => model.version },
      { title: 'Kind', value: (model) => model.kind },
    ], models)));
  }
  if (versions.length) {
    parts.push(el('div', {}, el('h3', {}, 'Tables'), details('Versions of the ' + format.count(versions.length) + ' tables', [
      { title: 'Table', value: (row) => row.table },
      { title: 'Version', value: (row) => row.version, show: format.count, numeric: true },
    ], versions)));
  }
  return parts.length === 0 ? null
    : section('about', 'Sources', true, aboutFinding(quality), forAll(report),
      shop.asOf === null ? null : el('p', { 'class': 'note' }, 'Observed as of ' + shop.asOf + ', days and months of ' + shop.zone + ', value over ' + shop.horizonDays + ' days, before returns.'),
      el('div', { 'class': 'pair' }, parts));
}

function aboutFinding(quality) {
  const read = sum(quality, (row) => row.counts.read);
  const refused = sum(quality, (row) => row.counts.quarantined);
  const anonymous = sum(quality, (row) => row.counts.anonymous);
  if (read === 0) {
    return 'Which models and tables the numbers come from.';
  }
  return 'Of ' + plural(read, 'record', 'records') + ' read, '
    + (refused === 0 ? 'none was refused' : format.count(refused) + ' (' + format.share(refused / read) + ') ' + (refused === 1 ? 'was' : 'were') + ' refused')
    + conflictsFinding(quality) + (anonymous > 0 ? '; ' + plural(anonymous, 'purchase belongs', 'purchases belong') + ' to no known customer.' : '.');
}

/** Facts that came again with other content. */
function conflictsFinding(quality) {
  const conflicts = sum(quality, (row) => row.counts.conflict);
  return conflicts > 0 ? ', ' + plural(conflicts, 'contradicts', 'contradict') + ' another of its key' : '';
}

/** Why records were refused, most first. */
function refusedChart(reasons) {
  const totals = new Map();
  reasons.forEach((row) => totals.set(row.reason, (totals.get(row.reason) || 0) + row.records));
  const rows = [...totals].sort((a, b) => b[1] - a[1]);
  return chart('Bars of refused records by reason; most are ' + rows[0][0] + ' (' + format.count(rows[0][1]) + ').',
    () => 24 + rows.length * 26, (colours) => ({
      grid: { left: 8, right: 48, top: 16, bottom: 4, containLabel: true },
      xAxis: numberAxis(colours, format.count, { min: 0, minInterval: 1, axisLabel: { show: false }, splitLine: { show: false } }),
      yAxis: nameAxis(colours, rows.map(([reason]) => reason), { inverse: true, axisLine: { show: false }, axisLabel: { color: colours.text, fontSize: 12, interval: 0 } }),
      tooltip: { ...tooltip(colours), formatter: (point) => tip(rows[point.dataIndex][0], [['Records refused', format.count(point.value)]]) },
      series: [{
        type: 'bar', barMaxWidth: 16, itemStyle: { color: colours.neutral },
        label: { show: true, position: 'right', color: colours.text, fontSize: 12, formatter: (point) => format.count(point.value) },
        data: rows.map(([, records]) => records),
      }],
    }));
}
