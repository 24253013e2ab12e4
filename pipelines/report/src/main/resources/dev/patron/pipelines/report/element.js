/** Makes an element. Text goes in as text, never as markup. */
function el(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (key.startsWith('on')) {
      element.addEventListener(key.slice(2), value);
    } else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(key, value === true ? '' : value);
    }
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return element;
}

/** A small square in a segment's colour. */
function swatch(colour) {
  const square = el('span', { 'class': 'swatch', 'aria-hidden': 'true' });
  square.style.backgroundColor = colour;
  return square;
}

/** The question that each section answers. */
const QUESTIONS = {
  headline: 'Is there anybody yet?',
  segments: 'Who are the customers, and who brings the money?',
  moves: 'Who moved since last time?',
  rfm: 'How recently, how often and for how much do they buy?',
  alive: 'Who is probably still a customer?',
  value: 'How much will a customer bring?',
  concentration: 'How much depends on a few?',
  revenue: 'Is the shop growing?',
  cohorts: 'Do new customers come back?',
  calibration: 'Can the predictions be trusted?',
  tracking: 'Did as much come as was predicted, one window after the other?',
  backtest: 'Which model predicts best?',
  drift: 'Are the customers still like those that the model learned from?',
  catalogue: 'How did the prices of the best sellers change?',
  customers: 'What is known of one customer?',
  about: 'What are these numbers made of?',
};

/** A section of the page: the question, the sentence that answers it, and what shows it. */
function section(id, name, wide, finding, ...content) {
  return el('section', { id, 'class': wide ? 'wide' : null, 'aria-labelledby': id + '-title', 'data-name': name },
    el('h2', { id: id + '-title' }, QUESTIONS[id]),
    el('p', { 'class': 'finding' }, finding),
    content);
}

/** What was chosen of each choice, so that it stays so when the page is drawn anew. */
const chosenOptions = new Map();

/** The value chosen of a choice; the first at the start. */
function chosenOption(label, options) {
  const value = chosenOptions.get(label);
  return options.some((option) => option.value === value) ? value : options[0].value;
}

/** One choice of several, as buttons. */
function choiceOf(label, options, onchoose) {
  const group = el('div', { 'class': 'choice', role: 'group', 'aria-label': label });
  const buttons = options.map((option) => el('button', {
    type: 'button',
    'aria-pressed': String(option.value === chosenOption(label, options)),
    onclick: () => {
      chosenOptions.set(label, option.value);
      buttons.forEach((button, j) => button.setAttribute('aria-pressed', String(options[j] === option)));
      onchoose(option.value);
    },
  }, option.title));
  group.append(...buttons);
  return group;
}

/** The body of a tooltip: a title and pairs of name and number. */
function tip(title, pairs) {
  return el('div', { 'class': 'tip' },
    el('strong', {}, title),
    el('dl', {}, pairs.map(([name, value]) => [el('dt', {}, name), el('dd', {}, value)])));
}
