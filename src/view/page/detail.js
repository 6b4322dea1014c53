// SPDX-License-Identifier: LGPL-2.1-or-later
// The life chosen: its story, the records it rests on, its family, all its facts. The address of the page names
// the life (#life=tid.generation), so that "back" works and a life can be handed on as a link.
'use strict';

const Chosen = { life: -1 };

function choose(life) {
	const hash = lifeHref(life);
	if (location.hash !== hash)
		history.pushState(null, '', hash);
	show(life);
	Timeline.reveal(life);
}

function show(life) {
	Chosen.life = life;
	drawDetail();
	if (Tabs.grid())
		Tabs.grid().draw();
	Timeline.drawSoon();
}

function followAddress() {
	const [, tid, generation] = /^#life=(\d+)\.(\d+)$/.exec(location.hash) || [];
	const life = tid === undefined ? undefined : Data.lifeOf.get(identity(Number(tid), Number(generation)));
	if (life === undefined || life === Chosen.life)
		return;
	show(life);
	if (Lives.grid && Lives.rowOf[life] >= 0)
		Lives.grid.go(Lives.rowOf[life]);
	Timeline.reveal(life);
}

function kindOf(life) {
	const tgid = cell('tgid', life), generation = cell('generation', life), words = [];
	if (cell('kernel_thread', life) === 1)
		words.push(T('kernel thread'));
	else if (typeof tgid === 'number' && tgid !== Data.tid[life])
		words.push(fill('thread of process %1', tgid));
	else if (typeof tgid === 'number')
		words.push(T('process'));
	if (generation > 1)
		words.push(fill('number %1 of this id', generation));
	return words.join(' · ');
}

function drawDetail() {
	const life = Chosen.life, e = byId('detail');
	if (life < 0) {
		e.replaceChildren(make('p', { className: 'hint' }, T('Choose a life in the list or in the timeline: its story, its evidence and its family stand here.')));
		return;
	}
	const end = endOf(life);
	const back = make('button', { type: 'button' }, T('Show in the timeline'));
	back.addEventListener('click', () => { Timeline.reveal(life, true); byId('canvas').focus(); });
	e.replaceChildren(
		make('div', { className: 'who' }, make('h2', {}, make('bdi', {}, textOfLife(life))), make('span', { className: 'soft' }, kindOf(life)), back),
		make('p', { className: 'end ' + END_CLASS[end.kind] }, endText(end), end.by === null ? '' : ' ← ', taskLink(end.by)),
		storyElement(life), ...evidenceElements(life), ...familyElements(life), factsElement(life));
	e.scrollTop = 0;
}

/* ---- evidence ---- */

function evidenceElements(life) {
	const notes = notesOf(life);
	if (!notes.length)
		return [];
	const rows = notes.map((note, i) => {
		const to = make('button', { type: 'button', className: 'note' }, `[${i + 1}]`);
		to.setAttribute('aria-label', fill('record %1 among all records', i + 1));
		to.addEventListener('click', () => showRecord(life, i + 1));
		const row = make('tr', { id: `note-${i + 1}`, tabIndex: -1 }, make('td', {}, to), make('td', { className: 'soft' }, moment(note.t)),
			make('td', {}, make('bdi', {}, note.event)), make('td', { className: 'soft' }, placeText(note.place)));
		row.addEventListener('click', event => { if (event.target !== to) lightRows(i + 1); });
		return row;
	});
	return [make('h3', {}, T('Evidence')), make('table', { className: 'evidence' }, make('tbody', {}, ...rows))];
}

function unlight() {
	for (const lit of document.querySelectorAll('#detail .lit'))
		lit.classList.remove('lit');
}

// From a sentence to its records.
function lightNotes(numbers, focus) {
	unlight();
	const rows = numbers.map(n => byId(`note-${n}`)).filter(row => row);
	rows.forEach(row => row.classList.add('lit'));
	if (!rows.length)
		return;
	rows[0].scrollIntoView({ block: 'center' });
	if (focus)
		rows[0].querySelector('button').focus();
}

// From a record to the sentences that rest on it.
function lightRows(n) {
	unlight();
	byId(`note-${n}`).classList.add('lit');
	const said = Array.from(document.querySelectorAll(`#detail .story [data-note="${n}"]`), b => b.closest('dd'));
	said.forEach(e => e.classList.add('lit'));
	if (said[0])
		said[0].scrollIntoView({ block: 'nearest' });
}

// A footnote lights its record; the sentence itself lights all its records.
function clickStory(e) {
	const note = e.target.closest('.story .note'), said = e.target.closest('.story dd');
	if (note)
		lightNotes([Number(note.dataset.note)], true);
	else if (said && !e.target.closest('a') && !String(getSelection()))
		lightNotes(Array.from(said.querySelectorAll('.note'), b => Number(b.dataset.note)), false);
}

/* ---- family and facts ---- */

const KIN_SHOWN = 40;

function familyElements(life) {
	if (!Family.children)
		growFamily();
	const above = [], children = Family.children.get(life) || [];
	for (let at = Family.parent.get(life); at !== undefined && above.length < 20; at = Family.parent.get(at))
		above.push(make('li', {}, '← ', at < 0 ? taskLink(-1 - at) : lifeLink(at)));
	const to = make('button', { type: 'button' }, T('Show in the family'));
	to.addEventListener('click', () => { Tabs.show('family'); Family.grid.element.focus(); });
	const below = children.slice(0, KIN_SHOWN).map(child => make('li', {}, '→ ', lifeLink(child)));
	if (children.length > KIN_SHOWN)
		below.push(make('li', { className: 'soft' }, fill('and %1 more', count(children.length - KIN_SHOWN))));
	return [make('h3', {}, T('Family')), make('ul', { className: 'kin' }, ...above, ...below, make('li', {}, to))];
}

const FACT = {
	time: v => moment(v),
	duration: v => duration(v),
	number: v => String(v),
	bool: v => (v ? T('yes') : T('no')),
	text: v => make('bdi', {}, Data.names[v]),
	task: v => taskLink(v),
};

// Every cell of columns.def with what it means; what cannot apply is left out.
function factsElement(life) {
	const rows = [];
	for (const [path, type, meaning] of Data.columns) {
		const v = FACT[type] ? cell(path, life) : false;
		if (v === false)
			continue;
		const value = v === null ? make('span', { className: 'soft' }, T('not seen')) : FACT[type](v);
		rows.push(make('tr', {}, make('td', {}, path), make('td', {}, value), make('td', {}, either(meaning))));
	}
	return make('details', {}, make('summary', {}, T('All facts')), make('table', { className: 'facts' }, make('tbody', {}, ...rows)));
}
