/** How recent and how valuable are they? */
const SCORES = [1, 2, 3, 4, 5];

function rfmSection(report) {
  const cells = report.rfm.filter((cell) => cell.customers > 0);
  const customers = sum(cells, (cell) => cell.customers);
  if (customers === 0) {
    return null;
  }
  const revenue = sum(cells, (cell) => cell.revenue);
  const top = cells.filter((cell) => cell.r >= 4 && cell.fm >= 4);
  const finding = top.length === 0 ? 'No customer scores 4 or 5 both on recency and on purchases and money.'
    : format.share(sum(top, (cell) => cell.customers) / customers)
    + ' of customers bought recently and score high on purchases and money (4 or 5 of 5)'
    + (revenue > 0 ? '; they bring ' + format.share(sum(top, (cell) => cell.revenue) / revenue) + ' of revenue.' : '.');
  const options = [{ title: 'By customers', value: 'customers' }];
  if (revenue > 0) {
    options.push({ title: 'By revenue', value: 'revenue' });
  }
  let measure = chosenOption('What the cells show', options);
  const total = () => (measure === 'customers' ? customers : revenue);
  const box = chart('Heat map of recency against purchases and money. ' + finding, 400, (colours, width) => {
    const largest = Math.max(...cells.map((cell) => cell[measure] || 0));
    const cellWidth = (width - 44) / 5;
    const size = cellWidth < 72 ? 10 : 12;
    return {
      grid: { left: 44, right: 0, top: 4, bottom: 44 },
      xAxis: nameAxis(colours, SCORES.map(String), {
        name: 'Purchases and money (F and M), 5 is most', nameLocation: 'middle', nameGap: 28, axisLine: { show: false },
      }),
      yAxis: nameAxis(colours, SCORES.map(String), {
        name: 'Recency (R), 5 is latest', nameLocation: 'middle', nameGap: 26, axisLine: { show: false },
      }),
      tooltip: {
        ...tooltip(colours),
        formatter: (point) => tip(point.data.cell.segment, [
          ['Recency', String(point.data.cell.r)],
          ['Purchases and money', String(point.data.cell.fm)],
          ['Customers', format.count(point.data.cell.customers) + ' (' + format.share(point.data.cell.customers / customers) + ')'],
          ['Revenue', format.money(point.data.cell.revenue)],
        ]),
      },
      series: [{
        type: 'heatmap',
        silent: true,
        itemStyle: { color: colours.surface, borderColor: colours.line, borderWidth: 1 },
        label: { show: false },
        data: SCORES.flatMap((r) => SCORES.map((fm) => [fm - 1, r - 1, 0])),
      }, {
        type: 'heatmap',
        itemStyle: { borderColor: colours.surface, borderWidth: 2 },
        emphasis: { itemStyle: { borderColor: colours.text, borderWidth: 2 } },
        data: cells.map((cell) => {
          const share = largest > 0 ? Math.max(0, cell[measure] || 0) / largest : 0;
          const colour = between(colours.low, colours.high, share);
          const ink = inkOn(colour);
          return {
            value: [cell.fm - 1, cell.r - 1, cell[measure]],
            cell,
            itemStyle: { color: colour },
            label: {
              show: true,
              formatter: ['{share|' + format.share(total() > 0 ? cell[measure] / total() : 0) + '}',
                ...linesOf(cell.segment, cellWidth - 6, size).map((line) => '{name|' + line + '}')].join('\n'),
              rich: {
                share: { color: ink, align: 'center', fontSize: 14, fontWeight: 600, lineHeight: 19 },
                name: { color: ink, align: 'center', fontSize: size, lineHeight: size + 3 },
              },
            },
          };
        }),
      }],
    };
  });
  return section('rfm', 'Recency and spending', false, finding,
    choiceOf('What the cells show', options, (chosen) => {
      measure = chosen;
      redraw(box);
    }),
    box,
    details('Recency, purchases and money as a table', [
      { title: 'Segment', value: (cell) => cell.segment, mark: (cell) => swatch(segmentColour(cell.segment)) },
      { title: 'R', value: (cell) => cell.r, numeric: true },
      { title: 'FM', value: (cell) => cell.fm, numeric: true },
      { title: 'Customers', value: (cell) => cell.customers, show: format.count, numeric: true },
      { title: 'Revenue', value: (cell) => cell.revenue, show: moneyColumn(cells, (cell) => cell.revenue), numeric: true },
    ], cells));
}
