// SPDX-License-Identifier: LGPL-2.1-or-later
// The page's scripts are plain and joined in the order of src/view/meson.build; there is no framework and no
// build step besides. This first one holds the language, and how times, amounts and names are written.
'use strict';

const Lang = { now: 'en', words: {}, seen: [] };

// A word of the page in the language chosen; the words come with the data (src/view/html_words.c).
function T(word) {
	const both = Lang.words[word];
	return both ? both[Lang.now === 'ko' ? 1 : 0] : word;
}

// A pair of texts as the data has them: [English, Korean].
function either(both) {
	return both[Lang.now === 'ko' ? 1 : 0] || both[0] || '';
}

// Fills %1 and %2 in a word of the page.
function fill(word, ...values) {
	return T(word).replace(/%(\d)/g, (_, n) => values[n - 1]);
}

// The fixed parts of the page carry their word in an attribute.
function translatePage() {
	document.documentElement.lang = Lang.now;
	for (const e of document.querySelectorAll('[data-t]'))
		e.textContent = T(e.dataset.t);
	for (const e of document.querySelectorAll('[data-t-label]'))
		e.setAttribute('aria-label', T(e.dataset.tLabel));
	for (const e of document.querySelectorAll('[data-t-hint]'))
		e.placeholder = T(e.dataset.tHint);
}

// make('a', {className: 'x', href: '#'}, 'text', child ...). Text is always text: names are hostile.
function make(tag, attributes, ...children) {
	const e = document.createElement(tag);
	for (const [key, value] of Object.entries(attributes || {})) {
		if (key in e && key !== 'list' && key !== 'role')
			e[key] = value;
		else
			e.setAttribute(key, value);
	}
	e.append(...children.filter(c => c !== null && c !== undefined && c !== ''));
	return e;
}

function byId(id) {
	return document.getElementById(id);
}

function count(n) {
	return n.toLocaleString('en-US');
}

// Digits of v as printf("%.*f") rounds them: a true tie goes to the even digit.
function digits(v, places) {
	const exact = v.toFixed(20), point = exact.indexOf('.');
	let text = v.toFixed(places);
	if (/^50*$/.test(exact.slice(point + 1 + places))) {
		const down = exact.slice(0, point + (places ? 1 + places : 0));
		if ('02468'.includes(down[down.length - 1]))
			text = down;
	}
	return text;
}

// As everywhere in tasklife: "1.234 s", "12.3 ms", "45 us", "120 ns" (text_duration() in src/base/text.c).
function duration(ns) {
	const most = Math.abs(ns), sign = ns < 0 ? '-' : '';
	for (const [size, unit] of [[1e9, 's'], [1e6, 'ms'], [1e3, 'us']]) {
		const v = most / size;
		const places = v < 9.9995 ? 3 : v < 99.995 ? 2 : v < 999.95 ? 1 : 0;
		if (v < 0.99995)
			continue;
		let text = sign + digits(v, places);
		if (ns % (size / 10 ** places) === 0 && text.includes('.'))
			text = text.replace(/\.?0+$/, '');
		return text + ' ' + unit;
	}
	return ns + ' ns';
}

// A moment on the trace's own clock: seconds with microseconds. t is relative to the page's t0.
function moment(t) {
	if (t === null || t === undefined || Number.isNaN(t))
		return '';
	const ns = Data.t0[1] + t, up = Math.floor(ns / 1e9);
	let seconds = Data.t0[0] + up, rest = ns - up * 1e9, sign = '';
	if (seconds < 0 && rest > 0) {
		seconds += 1;
		rest = 1e9 - rest;
		sign = seconds === 0 ? '-' : '';
	}
	return sign + seconds + '.' + String(Math.floor(rest / 1000)).padStart(6, '0');
}
