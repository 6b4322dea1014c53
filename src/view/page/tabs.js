// SPDX-License-Identifier: LGPL-2.1-or-later
// The other lists beside the lives: family, signals, call paths, evidence. Each is made when first asked for.
'use strict';

const Tabs = {
	now: 'lives',
	made: {},
	names: [['lives', 'Lives'], ['family', 'Family'], ['signals', 'Signals'], ['paths', 'Call paths'], ['evidence', 'Evidence']],

	draw() {
		byId('tabs').replaceChildren(...this.names.map(([id, label]) => {
			const tab = make('button', { type: 'button', role: 'tab', id: 'tab-' + id, tabIndex: id === this.now ? 0 : -1 }, T(label));
			tab.setAttribute('aria-selected', id === this.now);
			tab.setAttribute('aria-controls', 'panel');
			tab.addEventListener('click', () => this.show(id));
			return tab;
		}));
		byId('panel').setAttribute('aria-labelledby', 'tab-' + this.now);
	},

	show(id) {
		this.now = id;
		this.draw();
		if (!this.made[id])
			this.made[id] = { lives: livesPanel, family: familyPanel, signals: signalsPanel, paths: pathsPanel, evidence: evidencePanel }[id]();
		byId('panel').replaceChildren(...this.made[id].elements);
		this.made[id].grid.changed();
		if (this.made[id].shown)
			this.made[id].shown();
	},

	grid() {
		return this.made[this.now] && this.made[this.now].grid;
	},

	// The search has found other lives.
	filtered() {
		for (const panel of Object.values(this.made))
			if (panel.filtered)
				panel.filtered();
	},

	// Another language: everything is made anew.
	again() {
		const at = this.grid() ? this.grid().at : 0;
		this.made = {};
		Lives.grid = null;
		this.show(this.now);
		this.grid().at = at;
	},

	// Arrow keys between the tabs, as the pattern wants it.
	key(e) {
		const step = { ArrowRight: 1, ArrowLeft: -1 }[e.key], at = this.names.findIndex(([id]) => id === this.now);
		if (!step)
			return;
		this.show(this.names[(at + step + this.names.length) % this.names.length][0]);
		byId('tab-' + this.now).focus();
		e.preventDefault();
	},
};

function livesPanel() {
	const grid = livesGrid();
	return { grid, elements: [grid.element] };
}

/* ---- family: a tree of lives; parents this page does not tell are its outermost rows ---- */

const Family = { children: null, open: new Set(), rows: [] };

// A node is a life, or -1 - the number of a task that has no life here.
function growFamily() {
	Family.children = new Map();
	Family.parent = new Map();
	Family.roots = [];
	for (let life = 0; life < Data.n; life++) {
		const parent = parentOf(life);
		const node = !parent ? null : parent.life !== undefined ? parent.life : -1 - sameTask(parent.ref);
		if (node === null || leadsTo(node, life)) {
			Family.roots.push(life);
			continue;
		}
		Family.parent.set(life, node);
		if (!Family.children.has(node)) {
			Family.children.set(node, []);
			if (node < 0)
				Family.roots.push(node);
		}
		Family.children.get(node).push(life);
	}
	const byBirth = (a, b) => (a < 0 ? -1 : Data.birth[a] || 0) - (b < 0 ? -1 : Data.birth[b] || 0);
	Family.roots.sort(byBirth);
	for (const list of Family.children.values())
		list.sort(byBirth);
}

// One number for all names a task bore.
function sameTask(ref) {
	const key = identity(Data.tasks[3 * ref], Data.tasks[3 * ref + 1]);
	Family.first = Family.first || new Map();
	if (!Family.first.has(key))
		Family.first.set(key, ref);
	return Family.first.get(key);
}

// Would `node` below `life` close a ring? Damaged traces can say so.
function leadsTo(node, life) {
	for (let at = node, steps = 0; at !== undefined; at = Family.parent.get(at), steps++)
		if (at === life || steps > 10000)
			return true;
	return false;
}

// At first the outer generations are unfolded, as far as that makes no long list.
function unfoldFirst() {
	let generation = Family.roots, rows = generation.length;
	while (generation.length && rows < 200) {
		const next = [];
		for (const node of generation) {
			const children = Family.children.get(node) || [];
			if (!children.length || rows + children.length > 500)
				continue;
			Family.open.add(node);
			rows += children.length;
			next.push(...children);
		}
		generation = next;
	}
}

// The rows now unfolded, with their depth.
function unfoldFamily() {
	const rows = [], stack = Family.roots.map(node => [node, 0]).reverse();
	while (stack.length) {
		const [node, depth] = stack.pop(), children = Family.children.get(node);
		rows.push({ node, depth, children: children ? children.length : 0 });
		if (children && Family.open.has(node))
			for (let i = children.length - 1; i >= 0; i--)
				stack.push([children[i], depth + 1]);
	}
	Family.rows = rows;
}

function fillFamily(cells, row, element) {
	const { node, depth, children } = Family.rows[row], open = Family.open.has(node);
	const twist = make('span', { className: 'twist' }, children ? (open ? '▾' : '▸') : '');
	const ref = node < 0 ? -1 - node : null;
	element.setAttribute('aria-level', depth + 1);
	if (children)
		element.setAttribute('aria-expanded', open);
	else
		element.removeAttribute('aria-expanded');
	cells[0].style.paddingLeft = Math.min(depth, 30) * 16 + 'px';
	cells[0].append(twist, make('bdi', { className: ref === null ? '' : 'soft' }, ref === null ? textOfLife(node) : textOfRef(ref)));
	cells[1].append(children ? count(children) : '');
	if (ref !== null) {
		cells[2].append(make('span', { className: 'soft' }, T('not told here')));
		return;
	}
	const end = endOf(node), adopted = cell('adoptions', node);
	cells[2].append(make('span', { className: END_CLASS[end.kind] }, endText(end)), end.by === null ? '' : ' ← ',
		make('bdi', {}, textOfRef(end.by)));
	cells[3].append(adopted.length ? '↪ ' : '', make('bdi', {}, adopted.length ? textOfRef(adopted[adopted.length - 1]) : ''));
	cells[4].append(moment(Data.birth[node]));
}

function foldFamily(row, open) {
	const { node } = Family.rows[row];
	if (open)
		Family.open.add(node);
	else
		Family.open.delete(node);
	unfoldFamily();
	Family.grid.changed();
	Family.grid.draw();
}

function familyKey(e, row) {
	const { node, depth, children } = Family.rows[row] || {};
	if (e.key === 'ArrowRight' && children) {
		if (Family.open.has(node))
			Family.grid.go(row + 1);
		else
			foldFamily(row, true);
	} else if (e.key === 'ArrowLeft' && children && Family.open.has(node)) {
		foldFamily(row, false);
	} else if (e.key === 'ArrowLeft' && depth) {
		while (row && Family.rows[row].depth >= depth)
			row--;
		Family.grid.go(row);
	} else {
		return false;
	}
	return true;
}

function familyPanel() {
	if (!Family.children)
		growFamily();
	if (!Family.open.size)
		unfoldFirst();
	unfoldFamily();
	const columns = [
		{ label: 'Task', width: 'minmax(180px,2fr)' }, { label: 'Children', width: '62px', number: true },
		{ label: 'End', width: 'minmax(120px,1.4fr)' }, { label: 'Adopted by', width: 'minmax(70px,.7fr)' },
		{ label: 'Born', width: 'var(--moment)', number: true },
	];
	Family.grid = new Grid(T('Family'), columns, {
		get n() { return Family.rows.length; },
		fill: fillFamily,
		open: row => (Family.rows[row].node >= 0 ? choose(Family.rows[row].node) : foldFamily(row, !Family.open.has(Family.rows[row].node))),
		chosen: row => Family.rows[row].node === Chosen.life,
	}, {
		tree: true, least: '560px', key: familyKey,
		click: (e, row) => e.target.closest('.twist') && (foldFamily(row, !Family.open.has(Family.rows[row].node)), true),
	});
	return { grid: Family.grid, elements: [Family.grid.element], shown: showInFamily };
}

// Unfolds what is above the life chosen and goes there.
function showInFamily() {
	if (Chosen.life < 0)
		return;
	for (let at = Family.parent.get(Chosen.life); at !== undefined; at = Family.parent.get(at))
		Family.open.add(at);
	unfoldFamily();
	Family.grid.changed();
	requestAnimationFrame(() => Family.grid.go(Family.rows.findIndex(r => r.node === Chosen.life)));
}

/* ---- signals: who sent what to whom ---- */

const SIGNAL = 7; // numbers per signal, see put_signal() in src/view/html_columns.c
const RESULTS = ['queued', 'ignored', 'already pending', 'queue full', 'details lost'];

const Signals = { all: [], shown: [], notices: false };

function gatherSignals() {
	eachCell('sent', (flat, to) => {
		for (let i = 0; i < flat.length; i += SIGNAL)
			Signals.all.push({
				t: flat[i], sig: flat[i + 1], source: Data.names[flat[i + 2]], owner: flat[i + 3],
				sent: flat[i + 4] === 1, result: flat[i + 5], taken: flat[i + 6], to,
			});
	});
	Signals.all.sort((a, b) => a.t - b.t);
}

function filterSignals() {
	Signals.shown = Signals.all.filter(s => (Signals.notices || s.source !== 'child') && Lives.rowOf[s.to] >= 0);
}

function signalName(sig) {
	return Data.signals[sig] || String(sig);
}

function fillSignal(cells, row) {
	const s = Signals.shown[row], fatal = Data.endSignal[s.to] === s.sig && Data.death[s.to] >= s.t;
	cells[0].append(moment(s.t));
	cells[1].append(make('span', { className: fatal ? 'bad' : '' }, (fatal ? '✕ ' : '') + signalName(s.sig)));
	cells[2].append(s.sent ? make('bdi', {}, textOfRef(s.owner)) : make('span', { className: 'soft' }, T('the kernel')));
	cells[3].append(make('bdi', {}, textOfLife(s.to)));
	cells[4].append(s.source);
	cells[5].append(s.taken === null ? T(RESULTS[s.result] || 'queued') : fill('taken after %1', duration(s.taken - s.t)));
}

function signalsPanel() {
	if (!Signals.all.length)
		gatherSignals();
	filterSignals();
	const columns = [
		{ label: 'Time', width: 'var(--moment)', number: true }, { label: 'Signal', width: '96px' }, { label: 'From', width: 'minmax(90px,1fr)' },
		{ label: 'To', width: 'minmax(90px,1fr)' }, { label: 'Source', width: 'minmax(70px,.7fr)' }, { label: 'Result', width: 'minmax(100px,1fr)' },
	];
	const grid = new Grid(T('Signals'), columns, {
		get n() { return Signals.shown.length; },
		fill: fillSignal,
		open: row => choose(Signals.shown[row].to),
		chosen: row => Signals.shown[row].to === Chosen.life,
	}, { least: '600px', empty: 'No signal of the lives found.' });
	const box = make('input', { type: 'checkbox', checked: Signals.notices });
	const filtered = () => { filterSignals(); grid.changed(); };
	box.addEventListener('change', () => { Signals.notices = box.checked; filtered(); });
	return { grid, filtered, elements: [make('label', { className: 'option' }, box, T('also the notices about children')), grid.element] };
}

/* ---- call paths: each once, with the lives that went through it ---- */

const Paths = { list: null };

function gatherPaths() {
	const counts = Data.paths.map(() => ({ birth: 0, death: 0 }));
	eachCell('birth.stack', v => { if (typeof v === 'number') counts[v].birth++; });
	eachCell('death.stack', v => { if (typeof v === 'number') counts[v].death++; });
	Paths.list = [];
	counts.forEach((c, path) => {
		if (c.birth)
			Paths.list.push({ path, act: 'births', n: c.birth });
		if (c.death)
			Paths.list.push({ path, act: 'deaths', n: c.death });
	});
	Paths.list.sort((a, b) => b.n - a.n);
}

function pathsPanel() {
	if (!Paths.list)
		gatherPaths();
	const columns = [{ label: 'Lives', width: '70px', number: true }, { label: 'At', width: '60px' }, { label: 'Call path, innermost first', width: 'minmax(300px,1fr)' }];
	const grid = new Grid(T('Call paths'), columns, {
		get n() { return Paths.list.length; },
		fill: (cells, row) => {
			const { path, act, n } = Paths.list[row];
			cells[0].append(count(n));
			cells[1].append(T(act));
			cells[2].append(pathElement(path));
		},
		open: row => { search('path:' + Paths.list[row].path); Tabs.show('lives'); },
	}, { least: '520px', empty: 'This trace holds no call paths.' });
	return { grid, elements: [make('p', { className: 'option' }, T('Enter or a click shows the lives that went through it.')), grid.element] };
}

/* ---- evidence: every record a story rests on, in order of time ---- */

const Evidence = { all: null, shown: [] };

function gatherEvidence() {
	Evidence.all = [];
	for (let life = 0; life < Data.n; life++)
		notesOf(life).forEach((note, i) => Evidence.all.push({ ...note, life, n: i + 1 }));
	Evidence.all.sort((a, b) => a.t - b.t || a.place - b.place);
}

function evidencePanel() {
	if (!Evidence.all)
		gatherEvidence();
	const columns = [
		{ label: 'Time', width: 'var(--moment)', number: true }, { label: 'Record', width: 'minmax(140px,1fr)' }, { label: 'Place', width: '130px', number: true },
		{ label: 'Speaks of', width: 'minmax(110px,1fr)' }, { label: 'Note', width: '50px' },
	];
	const filter = () => { Evidence.shown = Evidence.all.filter(e => Lives.rowOf[e.life] >= 0); };
	filter();
	Evidence.grid = new Grid(T('Evidence'), columns, {
		get n() { return Evidence.shown.length; },
		fill: (cells, row) => {
			const e = Evidence.shown[row];
			cells[0].append(moment(e.t));
			cells[1].append(make('bdi', {}, e.event));
			cells[2].append(placeText(e.place));
			cells[3].append(make('bdi', {}, textOfLife(e.life)));
			cells[4].append(`[${e.n}]`);
		},
		open: row => { const e = Evidence.shown[row]; choose(e.life); lightNotes([e.n], false); },
		chosen: row => Evidence.shown[row].life === Chosen.life,
	}, { least: '520px', empty: 'No record of the lives found.' });
	return { grid: Evidence.grid, filtered: () => { filter(); Evidence.grid.changed(); }, elements: [Evidence.grid.element] };
}

// From a note of the life shown to its record among all others.
function showRecord(life, n) {
	if (Lives.rowOf[life] < 0)
		search('');
	Tabs.show('evidence');
	const row = Evidence.shown.findIndex(e => e.life === life && e.n === n);
	requestAnimationFrame(() => {
		Evidence.grid.go(row);
		Evidence.grid.element.focus();
	});
}
