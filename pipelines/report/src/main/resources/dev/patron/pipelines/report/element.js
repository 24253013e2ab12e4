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

/** A section of the page: heading, the sentence that answers, and what shows it. */
function section(id, title, wide, finding, ...content) {
  return el('section', { id, 'class': wide ? 'wide' : null, 'aria-labelledby': id + '-title' },
    el('h2', { id: id + '-title' }, title),
    el('p', { 'class': 'finding' }, finding),
    content);
}

/** One choice of several, as buttons; the first is chosen at the start. */
function choice(label, options, onchoose) {
  const group = el('div', { 'class': 'choice', role: 'group', 'aria-label': label });
  const buttons = options.map((option, i) => el('button', {
    type: 'button',
    'aria-pressed': String(i === 0),
    onclick: () => {
      buttons.forEach((button, j) => button.setAttribute('aria-pressed', String(i === j)));
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
