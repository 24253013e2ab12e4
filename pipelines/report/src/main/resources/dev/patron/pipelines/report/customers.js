/** What is known of one customer? */
function listedCustomers() {
  return Number(document.getElementById('packed-customers').dataset.listed);
}

let unpackedCustomers = null;

/** The customers, unpacked when first asked for. */
function unpackCustomers() {
  if (unpackedCustomers === null) {
    const packed = Uint8Array.from(atob(document.getElementById('packed-customers').textContent), (letter) => letter.charCodeAt(0));
    unpackedCustomers = new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'))).json();
  }
  return unpackedCustomers;
}

/** The customer of this id as an object; null if there is none. */
function customerOf(customers, id) {
  const wanted = id.trim();
  let at = customers.customer_id.indexOf(wanted);
  if (at < 0) {
    const plain = (text) => text.replace(/^0+(?=.)/, '').toLowerCase();
    at = customers.customer_id.findIndex((known) => plain(known) === plain(wanted));
  }
  if (at < 0) {
    return null;
  }
  const found = {};
  for (const name of Object.keys(customers).filter((key) => !key.endsWith('_words'))) {
    const words = customers[name + '_words'];
    const value = customers[name][at];
    found[name] = words && value !== null ? words[value] : value;
  }
  return found;
}

function customerSection(report) {
  const { customers, shop } = report;
  if (customers.count === 0) {
    return null;
  }
  const ask = el('p', { 'class': 'note' }, 'Ask the tables: ',
    el('code', {}, './patron sql "select * from gold.customer_scores where customer_id = …"'));
  const name = 'A customer';
  if (customers.personal) {
    return section('customers', name, true,
      'Customers are known by an address or a name here, and this page never shows either, so it lists none of the ' + format.count(customers.count) + '.', ask);
  }
  const listed = listedCustomers();
  if (customers.tooMany || listed === 0) {
    return section('customers', name, true,
      'With ' + plural(customers.count, 'customer', 'customers') + ' there are too many to carry each in this page.', ask);
  }
  const answer = el('div', { 'class': 'answer', 'aria-live': 'polite' });
  const input = el('input', { id: 'customer-id', type: 'text', autocomplete: 'off', spellcheck: 'false', inputmode: 'text' });
  const look = (event) => {
    event.preventDefault();
    unpackCustomers().then((all) => {
      const found = input.value.trim() === '' ? null : customerOf(all, input.value);
      answer.replaceChildren(found ? customerCard(found, shop) : el('p', {}, input.value.trim() === '' ? 'Which customer? Type an id.'
        : 'There is no customer ' + input.value.trim() + (listed < customers.count ? ' among those listed here.' : ' with a purchase up to ' + format.day(shop.asOfDay) + '.')));
    }, () => answer.replaceChildren(el('p', {}, 'This browser cannot unpack the list of customers. '), ask));
  };
  const form = el('form', { 'class': 'look', onsubmit: look },
    el('label', { 'for': 'customer-id' }, 'Customer id'), input, el('button', { type: 'submit' }, 'Look up'));
  return section('customers', name, true,
    listed < customers.count
      ? 'The ' + format.count(listed) + ' most valuable of ' + format.count(customers.count) + ' customers can be looked up by their id.'
      : customers.count === 1 ? 'The one customer can be looked up by the id.'
        : 'Each of the ' + format.count(customers.count) + ' customers can be looked up by the id.',
    form, answer, listed < customers.count ? ask : null);
}

function customerCard(found, shop) {
  const reasons = ['reason_1', 'reason_2', 'reason_3'].map((key) => found[key]).filter((reason) => reason !== null && reason !== undefined);
  const pairs = [
    ['Segment', found.segment],
    ['Country', found.country === null ? null : countryName(found.country)],
    ['Recency, frequency, money', 'R' + found.r_score + ' F' + found.f_score + ' M' + found.m_score],
    ['Last purchase', plural(found.recency_days, 'day', 'days') + ' ago'],
    ['Purchases', format.count(found.frequency)],
    ['Spent', format.exactMoney(found.monetary)],
    ['Probably active', found.p_alive === null || found.p_alive === 1 ? null : format.finePercent(found.p_alive)],
    ['Value, ' + shop.horizonDays + ' days', found.cltv === null ? null : format.exactMoney(found.cltv)
      + (found.cltv_low === null ? '' : ' (nine in ten such customers: ' + format.exactMoney(found.cltv_low) + ' to ' + format.exactMoney(found.cltv_high) + ')')],
  ].filter(([, value]) => value !== null);
  return el('div', { 'class': 'card' },
    el('h3', {}, 'Customer ' + found.customer_id),
    el('dl', {}, pairs.map(([term, value]) => [el('dt', {}, term), el('dd', {}, value)])),
    reasons.length ? [el('p', {}, 'Why:'), el('ul', {}, reasons.map((reason) => el('li', {}, reason)))] : null);
}
