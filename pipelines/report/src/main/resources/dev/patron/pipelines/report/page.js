/** Draws the page. A new section is a file of its own and one more name in `fillPage`. */
const report = readReport(JSON.parse(document.getElementById('data').textContent));
const format = formats(report.shop);

function readReport(document) {
  const read = { ...document };
  for (const name of ['segments', 'revenue', 'cohorts', 'migration', 'headlines', 'backTest', 'drift']) {
    read[name] = rowsOf(document[name]);
  }
  return read;
}

function fillHeader() {
  const { shop } = report;
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const root = document.documentElement;
  const isDark = () => (root.dataset.theme ? root.dataset.theme === 'dark' : dark.matches);
  const button = el('button', { type: 'button', 'class': 'plain' });
  const show = () => {
    button.textContent = isDark() ? 'Light' : 'Dark';
    button.setAttribute('aria-label', isDark() ? 'Use light colours' : 'Use dark colours');
  };
  const change = () => {
    show();
    drawCharts();
  };
  button.addEventListener('click', () => {
    root.dataset.theme = isDark() ? 'light' : 'dark';
    change();
  });
  dark.addEventListener('change', change);
  show();
  document.getElementById('header').append(
    button,
    el('p', {}, 'Customer segments and lifetime value' + (shop.asOfDay === null ? '' : ', as of ' + format.day(shop.asOfDay)
      + ' (' + shop.zone + ')')));
}

const SECTIONS = [
  headline, segmentSection, moveSection, rfmSection, aliveSection, valueSection, concentrationSection, revenueSection,
  cohortSection, calibrationSection, trackingSection, backTestSection, driftSection, catalogueSection, customerSection, aboutSection,
];

/** Draws every section for what is chosen; what was open stays open. */
function drawSections() {
  const view = viewOf(report, choice);
  const content = document.getElementById('content');
  const open = new Set([...content.querySelectorAll('details[open] > summary')].map((line) => line.textContent));
  forgetCharts();
  const sections = SECTIONS.map((draw) => draw(view)).filter((drawn) => drawn !== null);
  content.replaceChildren(...sections);
  content.querySelectorAll('details').forEach((details) => {
    details.open = open.has(details.querySelector('summary').textContent);
  });
  drawCharts();
  watchCharts();
  return view;
}

function fillPage() {
  // One after the other: a colour is spare if no segment of the same chart has it.
  for (const names of [report.segments.map((row) => row.segment), report.rfm.map((cell) => cell.segment)]) {
    nameSegments([...new Set(names)].filter((name) => name !== null));
  }
  fillFilters(report);
  drawSections();
  const sections = [...document.querySelectorAll('main > section[data-name]')];
  if (sections.length > 2) {
    document.getElementById('header').append(el('nav', { 'aria-label': 'Sections' }, el('ul', {},
      sections.map((drawn) => el('li', {}, el('a', { href: '#' + drawn.id }, drawn.dataset.name))))));
  }
}

function fillFooter() {
  document.getElementById('footer').append(
    el('p', {}, 'Made by Patron. This page loads nothing from anywhere'
      + (listedCustomers() > 0 ? '; it holds scores of customers by their id, and no names or addresses.' : ' and holds totals only; no customer is in it.')),
    el('p', {}, 'Charts: Apache ECharts, Apache License 2.0.'));
}

/** Paper is light and as wide as it is. */
function watchPrinting() {
  const root = document.documentElement;
  addEventListener('beforeprint', () => {
    root.classList.add('printing');
    drawCharts();
  });
  addEventListener('afterprint', () => {
    root.classList.remove('printing');
    drawCharts();
  });
}

fillHeader();
fillPage();
fillFooter();
watchPrinting();
