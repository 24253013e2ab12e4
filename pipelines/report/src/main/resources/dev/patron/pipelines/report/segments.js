/** Which customers are there, and who brings the money? */
function segmentSection(report) {
  const rows = report.segments.filter((row) => row.customers > 0);
  if (rows.length === 0) {
    return null;
  }
  const customers = sum(rows, (row) => row.customers);
  const revenue = sum(rows, (row) => Math.max(0, row.revenue || 0));
  const name = (row) => row.segment === null ? 'No segment' : row.segment;
  const horizon = report.shop.horizonDays;
  // Where drop-out is not identified everybody counts as active, which is no knowledge.
  const aliveIsKnown = rows.some((row) => row.mean_p_alive !== null && row.mean_p_alive < 0.9995);
  const columns = [
    { title: 'Segment', value: name, mark: (row) => swatch(segmentColour(name(row))) },
    { title: 'Customers', value: (row) => row.customers, show: format.count, numeric: true },
    { title: 'of all', value: (row) => row.share_of_customers, show: format.finePercent, numeric: true },
    { title: 'Revenue', value: (row) => row.revenue, show: moneyColumn(rows, (row) => row.revenue), numeric: true },
    { title: 'of all revenue', value: (row) => row.share_of_revenue, show: format.finePercent, numeric: true },
    { title: 'Last purchase, days ago', value: (row) => row.mean_recency_days, show: format.count, numeric: true },
    { title: 'Purchases each', value: (row) => row.mean_frequency, show: format.decimal, numeric: true },
    { title: 'Spent each', value: (row) => row.mean_monetary, show: format.exactMoney, numeric: true },
    { title: 'Probably active', value: (row) => (aliveIsKnown ? row.mean_p_alive : null), show: format.share, numeric: true },
    { title: 'Value each, ' + horizon + ' days', value: (row) => row.mean_cltv, show: format.exactMoney, numeric: true },
    { title: 'Value, ' + horizon + ' days', value: (row) => row.total_cltv, show: moneyColumn(rows, (row) => row.total_cltv), numeric: true },
  ].filter((column) => rows.some((row) => column.value(row) !== null));
  const list = copyable('Segments, one line each', columns, rows);
  const finding = segmentFinding(rows, name, horizon, report.choice);
  if (rows.length === 1) {
    return section('segments', 'Segments', true, finding, list);
  }

  const options = [{ title: 'By customers', value: 'customers' }];
  if (revenue > 0) {
    options.push({ title: 'By revenue', value: 'revenue' });
  }
  if (rows.some((row) => row.total_cltv > 0)) {
    options.push({ title: 'By value to come', value: 'total_cltv' });
  }
  let measure = chosenOption('Size of the areas', options);
  const whole = () => sum(rows, size);
  const size = (row) => Math.max(0, row[measure] || 0);
  const box = chart('Treemap of the segments. ' + finding, (width) => (width < 560 ? 380 : 400), (colours, width) => ({
    tooltip: {
      ...tooltip(colours),
      formatter: (point) => point.data.row ? tip(name(point.data.row), [
        ['Customers', format.count(point.data.row.customers) + ' (' + format.share(point.data.row.share_of_customers) + ')'],
        ['Revenue', format.money(point.data.row.revenue) + ' (' + format.share(point.data.row.share_of_revenue) + ')'],
        ['Value, ' + horizon + ' days', format.money(point.data.row.total_cltv)],
      ]) : '',
    },
    series: [{
      type: 'treemap',
      left: 0, top: 0, right: 0, bottom: 0,
      roam: false,
      nodeClick: false,
      breadcrumb: { show: false },
      squareRatio: width < 560 ? 0.5 : 0.8,
      itemStyle: { gapWidth: 2, borderWidth: 0, borderColor: colours.surface },
      emphasis: { itemStyle: { borderColor: colours.text, borderWidth: 2 }, label: { show: true } },
      label: {
        position: width < 560 ? [9, 9] : [12, 12],
        padding: 0,
        overflow: 'truncate',
        formatter: (point) => '{name|' + point.name.replace(/[{}|]/g, ' ') + '}\n{share|'
          + format.share(point.value / whole()) + '}',
      },
      data: rows.filter((row) => size(row) > 0).map((row) => {
        const colour = segmentColour(name(row));
        const ink = inkOn(colour);
        return {
          name: name(row),
          value: size(row),
          row,
          itemStyle: { color: colour },
          label: {
            rich: {
              name: { color: ink, fontSize: 13, fontWeight: 600, lineHeight: 18 },
              share: { color: ink, fontSize: 13, lineHeight: 18 },
            },
          },
        };
      }),
    }],
  }));
  return section('segments', 'Segments', true, finding,
    choiceOf('Size of the areas', options, (chosen) => {
      measure = chosen;
      redraw(box);
    }),
    box, list);
}

function segmentFinding(rows, name, horizon, choice) {
  const where = choice.country === null ? '' : ' in ' + (choice.country === UNKNOWN ? 'an unknown country' : choice.country === 'Other' ? 'other countries' : countryName(choice.country));
  const best = rows.reduce((a, b) => ((b.share_of_revenue || 0) > (a.share_of_revenue || 0) ? b : a));
  if (rows.length === 1 && choice.segment === null) {
    return 'All ' + plural(best.customers, 'customer is', 'customers are') + ' in one segment, ' + name(best) + '.';
  }
  const first = named(name(best)) + ' are ' + format.share(best.share_of_customers) + ' of customers' + where + ' and bring '
    + format.share(best.share_of_revenue) + ' of revenue.';
  return best.mean_cltv === null ? first
    : first + ' Each is expected to bring ' + format.money(best.mean_cltv) + ' in the next ' + horizon + ' days.';
}

