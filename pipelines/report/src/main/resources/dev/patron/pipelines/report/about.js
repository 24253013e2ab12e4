/** What are these numbers made of? */
const COUNT_NAMES = {
  read: 'Read', quarantined: 'Refused', duplicate: 'Duplicates', conflict: 'Conflicts', stale: 'Stale', ignored: 'Ignored',
  dropped: 'Dropped by a rule', anonymous: 'Without a customer', unmatched: 'Without a version', unknown_column: 'Unknown columns',
  unknown_value: 'Unknown values',
};

function aboutSection(report) {
  const { models, quality, versions } = report;
  const parts = [];
  if (quality.length) {
    const named = Object.keys(COUNT_NAMES).filter((name) => name === 'read' || name === 'quarantined'
      || quality.some((row) => row.counts[name] > 0));
    const reasons = quality.flatMap((row) => row.quarantined.map((refused) => ({ table: row.table, ...refused })));
    parts.push(el('div', { 'class': 'wide' }, el('h3', {}, 'Records'),
      copyable('Records by table', [
        { title: 'Table', value: (row) => row.table },
        ...named.map((name) => ({
          title: COUNT_NAMES[name], value: (row) => row.counts[name] || 0, show: format.count, numeric: true,
        })),
      ], quality),
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
    parts.push(el('div', {}, el('h3', {}, 'Tables'), copyable('Versions of the tables', [
      { title: 'Table', value: (row) => row.table },
      { title: 'Version', value: (row) => row.version, show: format.count, numeric: true },
    ], versions)));
  }
  return parts.length === 0 ? null
    : section('about', 'Sources', true, aboutFinding(quality), el('div', { 'class': 'pair' }, parts));
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
    + (anonymous > 0 ? '; ' + plural(anonymous, 'purchase belongs', 'purchases belong') + ' to no known customer.' : '.');
}
