/** Who moved since the scores before? */
function moveSection(report) {
  const rows = report.migration.filter((row) => row.customers > 0);
  if (sum(report.segments, (row) => row.customers) === 0) {
    return null;
  }
  if (rows.length === 0) {
    return section('moves', 'Moves', true, 'There are no scores of an earlier day to compare with: who moved shows from the second run on.');
  }
  const before = rows.filter((row) => row.from_segment !== null);
  const since = report.migrationSince === null ? 'since the run before' : 'since ' + format.day(report.migrationSince);
  const all = sum(before, (row) => row.customers);
  const moved = before.filter((row) => row.from_segment !== row.to_segment);
  const fresh = sum(rows.filter((row) => row.from_segment === null), (row) => row.customers);
  const most = moved.reduce((a, b) => (a === null || b.customers > a.customers ? b : a), null);
  const finding = (all === 0 ? 'Nobody had a segment before' : format.share(sum(moved, (row) => row.customers) / all)
    + ' of customers' + (report.choice.segment === null ? '' : ' who are or were ' + named(report.choice.segment)) + ' changed their segment') + ' ' + since
    + (most === null ? '' : ', most of them from ' + named(most.from_segment) + ' to ' + named(most.to_segment) + ' (' + format.count(most.customers) + ')')
    + (fresh > 0 ? '; ' + plural(fresh, 'customer is', 'customers are') + ' new.' : '.');
  const from = (row) => (row.from_segment === null ? 'New' : row.from_segment);
  const order = report.segments.map((row) => row.segment);
  const place = (name) => (name === 'New' ? 999 : order.indexOf(name) < 0 ? 998 : order.indexOf(name));
  const names = (side) => [...new Set(rows.map((row) => (side === 'before' ? from(row) : row.to_segment)))].sort((a, b) => place(a) - place(b));
  const count = (side, name) => sum(rows.filter((row) => (side === 'before' ? from(row) : row.to_segment) === name), (row) => row.customers);
  const box = chart('Sankey diagram of customers by their segment before and now. ' + finding, 360, (colours, width) => ({
    tooltip: {
      ...tooltip(colours),
      formatter: (point) => (point.dataType === 'edge'
        ? tip(point.data.before + ' to ' + point.data.now, [['Customers', format.count(point.data.value)]])
        : tip(point.data.title, [['Customers', format.count(point.value)]])),
    },
    series: [{
      type: 'sankey',
      left: 0, right: 0, top: 24, bottom: 4,
      nodeWidth: 12, nodeGap: 10, layoutIterations: 0, draggable: false, nodeAlign: 'justify',
      emphasis: { focus: 'adjacency' },
      data: ['before', 'now'].flatMap((side) => names(side).map((name) => ({
        name: side + '|' + name,
        title: name,
        depth: side === 'before' ? 0 : 1,
        itemStyle: { color: name === 'New' ? colours.neutral : segmentColour(name), borderWidth: 0 },
        label: {
          position: side === 'before' ? 'right' : 'left', color: colours.text, fontSize: width < 560 ? 11 : 13,
          formatter: width < 560 ? name : name + '  ' + format.count(count(side, name)),
        },
      }))),
      links: rows.map((row) => ({
        source: 'before|' + from(row), target: 'now|' + row.to_segment, value: row.customers, before: from(row), now: row.to_segment,
      })),
      lineStyle: { color: 'source', opacity: 0.28, curveness: 0.5 },
    }],
    title: [
      { text: 'Before', left: 0, top: 2, padding: 0, textStyle: { color: colours.quiet, fontSize: 12, fontWeight: 'normal' } },
      { text: 'Now', right: 0, top: 2, padding: 0, textStyle: { color: colours.quiet, fontSize: 12, fontWeight: 'normal' } },
    ],
  }));
  return section('moves', 'Moves', true, finding,
    report.choice.country === null ? null : el('p', { 'class': 'note' }, 'Moves are of all countries together.'),
    box,
    details('Moves between segments', [
      { title: 'From', value: from },
      { title: 'To', value: (row) => row.to_segment },
      { title: 'Customers', value: (row) => row.customers, show: format.count, numeric: true },
    ], rows));
}
