/**
 * Colours. Segments have the same one in every chart: from blue (they buy) over sand (they pause) to
 * rust and grey (they are gone). Blue against orange is told apart with every kind of colour
 * blindness, the steps differ in lightness, and every mark has its name beside it.
 */
const SEGMENT_COLOURS = {
  'Champions': '#1f5f9e',
  'Loyal': '#3f88c5',
  'Potential Loyalists': '#86b8e0',
  'Recent': '#2b8a80',
  'Promising': '#84c5b8',
  'Needing Attention': '#e5c66f',
  'About to Sleep': '#c7952f',
  'At Risk': '#dd7a3f',
  'Cannot Lose Them': '#a5432a',
  'Hibernating': '#aaa2ad',
  'Lost': '#6d6877',
};

const segmentColours = new Map(Object.entries(SEGMENT_COLOURS));

/**
 * Gives names that are not in the list a colour: "Champions, here last" is a shade of Champions; names
 * that a shop made up itself get the colours that nobody else uses, in their order.
 */
function nameSegments(names) {
  const used = new Set(names.map((name) => segmentColours.get(name)));
  const order = [0, 7, 3, 5, 8, 4, 1, 6, 9, 2, 10];
  const spare = order.map((i) => Object.values(SEGMENT_COLOURS)[i]).filter((colour) => !used.has(colour));
  const shades = new Map();
  let next = 0;
  for (const name of names.filter((candidate) => !segmentColours.has(candidate))) {
    const kind = name.split(',')[0];
    const base = SEGMENT_COLOURS[kind];
    if (base) {
      const shade = shades.get(kind) || 0;
      shades.set(kind, shade + 1);
      segmentColours.set(name, [base, between(base, '#ffffff', 0.45), between(base, '#000000', 0.4), between(base, '#ffffff', 0.7)][shade % 4]);
    } else {
      segmentColours.set(name, spare.length ? spare[next++ % spare.length] : '#6d6877');
    }
  }
}

function segmentColour(name) {
  return segmentColours.get(name) || '#6d6877';
}

/** The colours that the page itself uses now, light or dark. */
function theme() {
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue('--' + name).trim();
  return {
    text: colour('text'),
    quiet: colour('quiet'),
    line: colour('line'),
    surface: colour('surface'),
    panel: colour('panel'),
    accent: colour('accent'),
    neutral: colour('neutral'),
    low: colour('low'),
    high: colour('high'),
    font: style.fontFamily || getComputedStyle(document.body).fontFamily,
  };
}

function channels(colour) {
  return [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16));
}

/** A colour between two others; share 0 gives the first. */
function between(from, to, share) {
  const [a, b] = [channels(from), channels(to)];
  return '#' + a.map((c, i) => Math.round(c + (b[i] - c) * share).toString(16).padStart(2, '0')).join('');
}

/** Relative luminance, WCAG 2.1. */
function luminance(colour) {
  const [r, g, b] = channels(colour).map((c) => {
    const s = c / 255;
    return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** Black or white, whichever is read better on this colour. */
function inkOn(colour) {
  const light = luminance(colour);
  return 1.05 / (light + 0.05) >= (light + 0.05) / 0.05 ? '#ffffff' : '#000000';
}
