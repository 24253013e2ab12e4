/**
 * Charts. Each is drawn anew when the theme or its width changes; `draw` gets the colours and the
 * width in pixels and gives an ECharts option.
 */
const charts = [];

/** So that two charts share a page. */
const HIGHEST_ON_PAPER = 300;

function chart(label, height, draw) {
  const box = el('div', { 'class': 'chart', role: 'img', 'aria-label': label + ' The numbers are in the table below.' });
  const entry = { box, height, draw, instance: null, width: 0 };
  charts.push(entry);
  return box;
}

function drawChart(entry) {
  const width = entry.box.clientWidth;
  if (width === 0) {
    return;
  }
  const colours = theme();
  const paper = document.documentElement.classList.contains('printing');
  const wanted = typeof entry.height === 'function' ? entry.height(width) : entry.height;
  const height = paper ? Math.min(wanted, Math.max(HIGHEST_ON_PAPER, wanted * 0.7)) : wanted;
  entry.instance?.dispose();
  entry.box.style.height = height + 'px';
  entry.width = width;
  entry.instance = echarts.init(entry.box, null, { renderer: 'svg', width, height });
  const option = entry.draw(colours, width);
  entry.instance.setOption({
    animation: false,
    stateAnimation: { duration: 0 },
    textStyle: { fontFamily: colours.font, fontSize: 12, color: colours.text },
    tooltip: tooltip(colours),
    ...option,
    // Treemaps move unless they are told themselves not to.
    series: option.series.map((series) => ({ ...series, animation: false })),
  });
}

/** Ends all charts, before the page is drawn anew. */
function forgetCharts() {
  charts.forEach((entry) => entry.instance?.dispose());
  charts.length = 0;
  watcher?.disconnect();
}

function drawCharts() {
  charts.forEach(drawChart);
}

/** Draws one chart again, after a choice. */
function redraw(box) {
  charts.filter((entry) => entry.box === box).forEach(drawChart);
}

let watcher = null;

function watchCharts() {
  watcher = new ResizeObserver((changes) => {
    for (const change of changes) {
      const entry = charts.find((candidate) => candidate.box === change.target);
      if (entry && Math.abs(entry.box.clientWidth - entry.width) >= 1) {
        drawChart(entry);
      }
    }
  });
  charts.forEach((entry) => watcher.observe(entry.box));
}

function tooltip(colours) {
  return {
    confine: true,
    transitionDuration: 0,
    backgroundColor: colours.panel,
    borderColor: colours.line,
    borderWidth: 1,
    padding: [8, 12],
    textStyle: { color: colours.text, fontSize: 13, fontFamily: colours.font },
    extraCssText: 'box-shadow:none;border-radius:6px',
  };
}

/** An axis of names. */
function nameAxis(colours, data, more) {
  return {
    type: 'category',
    data,
    axisTick: { show: false },
    axisLine: { lineStyle: { color: colours.line } },
    axisLabel: { color: colours.quiet, fontSize: 12 },
    nameTextStyle: { color: colours.quiet, fontSize: 12 },
    ...more,
  };
}

/** An axis of numbers: faint lines, no axis. */
function numberAxis(colours, show, more) {
  return {
    type: 'value',
    splitNumber: 4,
    axisLine: { show: false },
    axisTick: { show: false },
    splitLine: { lineStyle: { color: colours.line } },
    axisLabel: { color: colours.quiet, fontSize: 12, formatter: (value) => show(value) },
    ...more,
  };
}

/** The key to a heat map's colours, from the least to the most. */
function ramp(least, most) {
  return el('p', { 'class': 'legend', 'aria-hidden': 'true' }, least, el('span', { 'class': 'key ramp' }), most);
}

/** A name in at most two lines for a label of this width; what does not fit is cut. */
function linesOf(name, width, fontSize) {
  const fits = Math.max(3, Math.floor(width / (fontSize * 0.58)));
  const lines = [];
  for (const word of name.replace(/[{}|]/g, ' ').split(/\s+/).filter((part) => part !== '')) {
    const longer = lines.length ? lines[lines.length - 1] + ' ' + word : word;
    if (lines.length && longer.length <= fits) {
      lines[lines.length - 1] = longer;
    } else {
      lines.push(word);
    }
  }
  const shown = lines.slice(0, 2);
  if (lines.length > 2) {
    shown[1] += ' …';
  }
  return shown.map((line) => (line.length > fits + 1 ? line.slice(0, fits - 1) + '…' : line));
}
