// SPDX-License-Identifier: LGPL-2.1-or-later
// Which lives are shown and in which order: the search, the sorting, and the table of lives. The timeline draws
// the same lives in the same order.
'use strict';

const Lives = { order: new Uint32Array(0), rowOf: new Int32Array(0), sort: 'born', descending: false, words: '' };

/* ---- the search: words that must all fit; "key:word" asks one thing only ---- */

// Numbers of the names that hold this text. Names are few, lives are many.
function namesWith(text) {
	const fits = new Uint8Array(Data.names.length);
	if (!Data.lowered)
		Data.lowered = Data.names.map(name => name.toLowerCase());
	Data.lowered.forEach((name, i) => { fits[i] = name.includes(text) ? 1 : 0; });
	return fits;
}

function fitsRef(fits, text, ref) {
	return typeof ref === 'number' && (fits[Data.tasks[3 * ref + 2]] || String(Data.tasks[3 * ref]) === text);
}

function anyName(fits, life) {
	return fits[Data.comm[life]] || cell('names_before', life).some(c => fits[c]) ||
		cell('programs', life).some((v, i) => i % 3 && v !== null && fits[v]);
}

function signalsWith(text) {
	const fits = new Uint8Array(256);
	for (const [number, name] of Object.entries(Data.signals))
		fits[number] = name && (name.toLowerCase().includes(text) || number === text) ? 1 : 0;
	return fits;
}

// Each gives a test of one life for the text behind the colon.
const ASKS = {
	name: text => { const fits = namesWith(text); return life => anyName(fits, life); },
	pid: text => life => String(Data.tid[life]) === text || String(cell('tgid', life)) === text,
	cause: text => life => Data.endCause[life] === text || Data.endCause[life].startsWith(text + '.'),
	signal: text => { const fits = signalsWith(text); return life => fits[Data.endSignal[life]]; },
	by: text => { const fits = namesWith(text); return life => Data.killer[life] >= 0 && fitsRef(fits, text, Data.killer[life]); },
	parent: text => {
		const fits = namesWith(text);
		return life => fitsRef(fits, text, cell('birth.real_parent', life)) || fitsRef(fits, text, cell('birth.creator', life));
	},
	code: text => life => String(cell('death.exit_code', life)) === text,
	path: text => life => cell('birth.stack', life) === Number(text) || cell('death.stack', life) === Number(text),
};

// Words that stand for a test themselves; in both languages.
const STATES = {
	'alive': life => Data.endKind[life] === END.alive,
	'died': life => Data.endKind[life] !== END.alive,
	'killed': life => Data.endKind[life] === END.signal,
	'failed': life => Data.endKind[life] === END.failed,
	'born': life => !Number.isNaN(Data.birth[life]),
	'zombie': life => !Number.isNaN(Data.death[life]) && Number.isNaN(Data.reaped[life]) && cell('reaped.auto', life) !== 1,
};

function anything(text) {
	const names = namesWith(text), signals = signalsWith(text), number = /^\d+$/.test(text);
	return life => (number && String(Data.tid[life]).startsWith(text)) || anyName(names, life) ||
		(!number && signals[Data.endSignal[life]]) || Data.endCause[life].includes(text) ||
		(Data.killer[life] >= 0 && names[Data.tasks[3 * Data.killer[life] + 2]]);
}

function testOf(word) {
	const [, key, text] = /^([a-z]+):(.+)$/.exec(word) || [];
	if (key && ASKS[key])
		return ASKS[key](text);
	for (const [state, test] of Object.entries(STATES))
		if (word === state || word === T(state).toLowerCase())
			return test;
	return anything(word);
}

function find(words) {
	const tests = words.toLowerCase().split(/\s+/).filter(w => w).map(testOf);
	const found = new Uint32Array(Data.n);
	let n = 0;
	for (let i = 0; i < Data.n; i++)
		if (tests.every(test => test(i)))
			found[n++] = i;
	return found.slice(0, n);
}

/* ---- the order ---- */

function livedFor(life) {
	return Data.death[life] - Data.birth[life];
}

// What a column is sorted by: a number or a text; NaN and '' stand last.
const SORTS = {
	born: life => Data.birth[life],
	tid: life => Data.tid[life],
	name: life => nameOf(life),
	parent: life => textOfRef(cell('birth.real_parent', life)),
	lived: life => livedFor(life),
	died: life => Data.death[life],
	end: life => (Data.endKind[life] === END.alive ? '' : endText(endOf(life))),
	by: life => (Data.killer[life] < 0 ? '' : textOfRef(Data.killer[life])),
	ran: life => number(cell('sched.run_ns', life)),
};

function number(v) {
	return typeof v === 'number' ? v : NaN;
}

function sortLives(found) {
	const key = SORTS[Lives.sort], numeric = !['name', 'parent', 'end', 'by'].includes(Lives.sort);
	const keys = numeric ? new Float64Array(Data.n) : new Array(Data.n), sign = Lives.descending ? -1 : 1;
	const collator = new Intl.Collator('en', { numeric: true });
	for (const life of found)
		keys[life] = key(life);
	const missing = numeric ? k => Number.isNaN(k) : k => k === '';
	found.sort((a, b) => {
		const x = keys[a], y = keys[b], lack = missing(x) - missing(y);
		if (lack || missing(x))
			return lack || a - b;
		return sign * (numeric ? x - y : collator.compare(x, y)) || a - b;
	});
	// who lived before the trace began was born first of all
	if (Lives.sort === 'born' && !Lives.descending)
		return bornBeforeFirst(found);
	return found;
}

function bornBeforeFirst(sorted) {
	const before = sorted.filter(life => Number.isNaN(Data.birth[life]));
	const all = new Uint32Array(sorted.length);
	all.set(before);
	all.set(sorted.subarray(0, sorted.length - before.length), before.length);
	return all;
}

function showLives() {
	Lives.order = sortLives(find(Lives.words));
	Lives.rowOf = new Int32Array(Data.n).fill(-1);
	Lives.order.forEach((life, row) => { Lives.rowOf[life] = row; });
	byId('count').textContent = fill('%1 of %2 lives', count(Lives.order.length), count(Data.n));
	if (Lives.grid) {
		Lives.grid.sorted(Lives.sort, Lives.descending);
		Lives.grid.changed();
	}
	Timeline.ordered();
	Tabs.filtered();
}

function search(words) {
	if (byId('search').value !== words)
		byId('search').value = words;
	Lives.words = words;
	showLives();
	if (Lives.grid)
		Lives.grid.go(0);
}

function sortBy(id) {
	Lives.descending = Lives.sort === id && !Lives.descending;
	Lives.sort = id;
	showLives();
}

/* ---- the table ---- */

const LIFE_COLUMNS = [
	{ id: 'born', label: 'Born', width: 'var(--moment)', number: true, sortable: true },
	{ id: 'tid', label: 'tid', width: '54px', number: true, sortable: true },
	{ id: 'name', label: 'Name', width: 'minmax(112px,1.5fr)', sortable: true },
	{ id: 'end', label: 'End', width: 'minmax(92px,1fr)', sortable: true },
	{ id: 'by', label: 'By', width: 'minmax(84px,1.1fr)', sortable: true },
	{ id: 'parent', label: 'Parent', width: 'minmax(84px,1.1fr)', sortable: true },
	{ id: 'lived', label: 'Lived for', width: '64px', number: true, sortable: true },
	{ id: 'ran', label: 'Ran', width: '64px', number: true, sortable: true },
];

const END_CLASS = ['soft', 'good', 'warn', 'bad', 'warn'];

function fillLife(cells, row) {
	const life = Lives.order[row], end = endOf(life), lived = livedFor(life), ran = cell('sched.run_ns', life);
	const texts = [
		Number.isNaN(Data.birth[life]) ? T('before') : moment(Data.birth[life]),
		String(Data.tid[life]),
		make('bdi', {}, nameOf(life)),
		make('span', { className: END_CLASS[end.kind] }, endText(end)),
		make('bdi', {}, textOfRef(end.by)),
		make('bdi', { className: 'soft' }, textOfRef(cell('birth.real_parent', life))),
		Number.isNaN(lived) ? '' : duration(lived),
		typeof ran === 'number' ? duration(ran) : '',
	];
	texts.forEach((text, i) => cells[i].append(text));
}

function livesGrid() {
	const source = {
		get n() { return Lives.order.length; },
		fill: fillLife,
		open: row => choose(Lives.order[row]),
		chosen: row => Lives.order[row] === Chosen.life,
	};
	Lives.grid = new Grid(T('Lives'), LIFE_COLUMNS, source,
		{ sort: sortBy, least: '735px', empty: 'No life fits the search.', key: sortByKey });
	Lives.grid.sorted(Lives.sort, Lives.descending);
	Lives.grid.changed();
	return Lives.grid;
}

// 1 … 8 sort by that column, from the keyboard.
function sortByKey(e) {
	const column = LIFE_COLUMNS[Number(e.key) - 1];
	if (column)
		sortBy(column.id);
	return Boolean(column);
}
