/** How did the prices of the best sellers change? */
const SHOWN_PRODUCTS = 5;
const PRODUCT_COLOURS = ['#1f5f9e', '#dd7a3f', '#2b8a80', '#a5432a', '#c7952f'];

function catalogueSection(report) {
  const products = report.products;
  if (products.length === 0) {
    return null;
  }
  const priced = products.filter((product) => product.prices.some((price) => price.price !== null));
  const versions = products.flatMap((product) => product.prices.map((price, i) => ({ ...price, product, version: i + 1 })));
  const first = products[0];
  const now = (product) => (product.prices.length ? product.prices[product.prices.length - 1] : null);
  const dearer = priced.filter((product) => now(product).price > product.prices[0].price).length;
  const cheaper = priced.filter((product) => now(product).price < product.prices[0].price).length;
  const finding = 'The best seller, ' + first.name + ', sold ' + format.count(first.units)
    + (now(first) === null || now(first).price === null ? '' : now(first).to === null ? ' and costs ' + format.exactMoney(now(first).price)
      : ' and is no longer sold; it cost ' + format.exactMoney(now(first).price))
    + '.' + (priced.length < 2 ? '' : ' Of the ' + format.count(priced.length) + ' best sellers ' + format.count(dearer) + ' cost more than at first and ' + format.count(cheaper) + ' less.');
  const shown = priced.slice(0, SHOWN_PRODUCTS);
  const end = Date.parse(report.shop.asOf);
  const colourOf = (product) => PRODUCT_COLOURS[shown.indexOf(product)];
  const list = details('Prices of the best sellers as a table', [
    { title: 'Product', value: (row) => row.product.name },
    { title: 'Sold', value: (row) => row.product.units, show: format.count, numeric: true },
    { title: 'Version', value: (row) => row.version, show: format.count, numeric: true },
    { title: 'From', value: (row) => lastDayOf(new Date(Date.parse(row.from) + 1).toISOString()), show: format.day },
    { title: 'Until', value: (row) => (row.to === null ? null : lastDayOf(row.to)), show: format.day },
    { title: 'Price', value: (row) => row.price, show: format.exactMoney, numeric: true },
  ], versions);
  if (shown.length === 0) {
    return section('catalogue', 'Prices', true, 'The catalogue has no prices of the best sellers up to this day.', forAll(report), list);
  }
  const box = chart('Lines of the prices of the ' + shown.length + ' best sellers over time. ' + finding, 320, (colours) => ({
    grid: { left: 8, right: 16, top: 12, bottom: 8, containLabel: true },
    xAxis: {
      type: 'time', max: end, axisLine: { lineStyle: { color: colours.line } }, axisTick: { show: false }, splitLine: { show: false },
      splitNumber: 5,
      axisLabel: { color: colours.quiet, fontSize: 12, hideOverlap: true, formatter: (time) => format.shortMonth(new Date(time).toISOString().slice(0, 10)) },
    },
    yAxis: numberAxis(colours, format.shortMoney, { min: 0 }),
    tooltip: {
      ...tooltip(colours),
      formatter: (point) => tip(point.seriesName, [['Price', format.exactMoney(point.data[1])], ['from', format.day(lastDayOf(new Date(point.data[0] + 1).toISOString()))]]),
    },
    series: shown.map((product) => ({
      type: 'line', step: 'end', name: product.name,
      symbol: 'circle', symbolSize: 6, showSymbol: true,
      lineStyle: { width: 2 }, color: colourOf(product),
      data: product.prices.flatMap((price, i) => {
        const next = product.prices[i + 1];
        const until = price.to === null ? end : Date.parse(price.to);
        const points = [[Date.parse(price.from), price.price]];
        if (!next || Date.parse(next.from) > until) {
          points.push({ value: [until, price.price], symbol: 'none' });
          if (next) {
            points.push({ value: [until, null], symbol: 'none' });
          }
        }
        return points;
      }),
    })),
  }));
  const legend = el('ul', { 'class': 'names' }, shown.map((product) => el('li', {}, swatch(colourOf(product)),
    product.name + ': ' + format.exactMoney(product.prices[0].price) + ' at first, ' + format.exactMoney(now(product).price) + (now(product).to === null ? ' now' : ' at last')
    + ', ' + plural(product.prices.length, 'version', 'versions'))));
  return section('catalogue', 'Prices', true, finding, forAll(report), box, legend, list);
}
