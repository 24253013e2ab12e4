/**
 * Tables. A column is {title, value, show, numeric, mark}: the raw value of a row, how it is
 * written, and an element to stand before it. CSV takes the raw values.
 */
function table(caption, columns, rows) {
  const head = el('tr', {}, columns.map((column) =>
    el('th', { scope: 'col', 'class': column.numeric ? 'number' : null }, column.title)));
  const body = rows.map((row) => el('tr', {}, columns.map((column, i) => {
    const value = column.value(row);
    const text = value === null || value === undefined ? MISSING : column.show ? column.show(value) : String(value);
    const attributes = { 'class': column.numeric ? 'number' : null };
    return i === 0
      ? el('th', { scope: 'row', ...attributes }, column.mark ? column.mark(row) : null, text)
      : el('td', attributes, text);
  })));
  return el('div', { 'class': 'scroll', role: 'region', tabindex: '0', 'aria-label': caption },
    el('table', {}, el('caption', { 'class': 'hidden' }, caption), el('thead', {}, head), el('tbody', {}, body)));
}

/** A table with a button that copies it. */
function copyable(caption, columns, rows) {
  return el('div', {}, table(caption, columns, rows), copyButton(caption, columns, rows));
}

/** A table behind a line that opens it. */
function details(caption, columns, rows) {
  return el('details', {}, el('summary', {}, caption), copyable(caption, columns, rows));
}

function copyButton(caption, columns, rows) {
  const said = el('span', { role: 'status', 'class': 'said' });
  const button = el('button', {
    type: 'button',
    'class': 'plain',
    'aria-label': 'Copy as CSV: ' + caption,
    onclick: () => copy(csv(columns, rows)).then((done) => {
      said.textContent = done ? 'Copied.' : 'The browser does not allow copying here.';
    }),
  }, 'Copy as CSV');
  return el('p', { 'class': 'copy' }, button, said);
}

/** RFC 4180. Text that a spreadsheet would take for a formula gets an apostrophe before it. */
function csv(columns, rows) {
  const cell = (value) => {
    if (value === null || value === undefined) {
      return '';
    }
    const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? "'" + value : String(value);
    return /[",\r\n]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text;
  };
  const lines = [columns.map((column) => cell(column.title))];
  rows.forEach((row) => lines.push(columns.map((column) => cell(column.value(row)))));
  return lines.map((line) => line.join(',') + '\r\n').join('');
}

/** Promises whether the text is on the clipboard; pages opened as files may have to ask the old way. */
function copy(text) {
  if (navigator.clipboard) {
    return navigator.clipboard.writeText(text).then(() => true, () => copyBySelection(text));
  }
  return Promise.resolve(copyBySelection(text));
}

function copyBySelection(text) {
  const area = el('textarea', { 'class': 'hidden', 'aria-hidden': 'true', tabindex: '-1' });
  area.value = text;
  const before = document.activeElement;
  document.body.append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  before?.focus();
  return done;
}
