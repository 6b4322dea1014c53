// SPDX-License-Identifier: LGPL-2.1-or-later
// Stories: sentences with slots (src/view/html_story.c) become rows of text, links and footnotes.
'use strict';

const SPLIT = '\x1e', MARK_ON = '\x0e', MARK_OFF = '\x0f';
const STYLES = { '\x02': 'dim', '\x03': 'strong', '\x04': 'bad', '\x05': 'good' }; // ST_* of src/view/page.h

function storyChunk(life) {
	const at = Math.floor(life / CHUNK);
	if (!Data.stories[at])
		Data.stories[at] = JSON.parse(Data.storyBlocks[at].textContent);
	return Data.stories[at];
}

function sentenceOf(number) {
	let s = Data.sentences[number];
	if (typeof s === 'string') {
		const [en, ko, timed, kinds, textEn, textKo] = s.split(SPLIT);
		s = Data.sentences[number] = { label: [en, ko], timed: timed === 't', kinds, text: [textEn, textKo] };
	}
	return s;
}

// The rows of a life's story: {label, time, text, slots}; text still holds its marks.
function storyRows(life) {
	const chunk = storyChunk(life), story = chunk.stories[life - chunk.from], rows = [];
	const form = Data.forms[story[0]];
	let at = 1;
	for (const number of form ? form.split(',') : []) {
		const s = sentenceOf(Number(number));
		const slots = Array.from(s.kinds, kind => ({ kind, value: story[at++] }));
		rows.push({ label: s.label, time: s.timed ? slots[0].value : null, text: s.text, slots });
	}
	return rows;
}

// [{t, event, place}]: the records a life's story rests on. Footnote n is element n-1.
function notesOf(life) {
	const chunk = storyChunk(life), flat = chunk.notes[life - chunk.from], notes = [];
	for (let i = 0; i < flat.length; i += 3)
		notes.push({ t: flat[i], event: Data.names[flat[i + 1]], place: flat[i + 2] });
	return notes;
}

function placeText(place) {
	if (place === null)
		return '';
	const binary = (Data.trace.format || '').startsWith('trace.dat');
	return fill(binary ? 'byte %1' : 'line %1', place);
}

/* ---- as elements ---- */

function lifeHref(life) {
	return `#life=${Data.tid[life]}.${cell('generation', life)}`;
}

// A task by name: a link where this page tells its life.
function taskLink(ref) {
	if (typeof ref !== 'number')
		return document.createTextNode('');
	const task = taskOf(ref), text = make('bdi', {}, `${task.name}(${task.tid})`);
	return task.life < 0 ? text : make('a', { href: lifeHref(task.life) }, text);
}

function lifeLink(life) {
	return make('a', { href: lifeHref(life) }, make('bdi', {}, textOfLife(life)));
}

const FRAME = { plain: 0, corrected: 1, doubtful: 2, trap: 3 }; // enum tl_frame_mark

function frames(path) {
	const flat = Data.paths[path], list = [];
	for (let i = 0; i < flat.length; i += 3)
		list.push({ name: Data.names[flat[i]], raw: flat[i + 1] === null ? '' : Data.names[flat[i + 1]], mark: flat[i + 2] });
	return list;
}

// A call path, innermost first. Entry frames are dim; * was put right, ? is in doubt, as on the terminal.
function pathElement(path) {
	const e = make('span', { className: 'path' });
	frames(path).forEach((f, i) => {
		if (i)
			e.append(make('span', { className: 'arrow' }, ' ← '));
		const sign = f.mark === FRAME.corrected ? '*' : f.mark === FRAME.doubtful ? '?' : '';
		e.append(make('span', { className: f.mark === FRAME.trap ? 'dim' : '', title: f.raw }, f.name + sign));
	});
	return e;
}

function pathText(path) {
	return frames(path).map(f => f.name).join(' ← ');
}

function noteButton(n) {
	const b = make('button', { type: 'button', className: 'note' }, `[${n}]`);
	b.dataset.note = n;
	b.setAttribute('aria-label', fill('evidence %1', n));
	return b;
}

const SLOT = {
	s: v => make('bdi', {}, v === null ? '?' : Data.names[v]),
	r: v => taskLink(v),
	t: v => moment(v),
	d: v => duration(v),
	n: v => String(v),
	k: v => pathElement(v),
	e: v => noteButton(v),
};

// Fills e with a row's text: styles become classes, slots become what they hold.
function appendMarked(e, text, slots) {
	let into = e, plain = '';
	const flush = () => { into.append(plain); plain = ''; };
	for (let i = 0; i < text.length; i++) {
		const c = text[i];
		if (c === MARK_ON) {
			const end = text.indexOf(MARK_OFF, i), slot = slots[Number(text.slice(i + 1, end))];
			flush();
			into.append(slot ? SLOT[slot.kind](slot.value) : '');
			i = end;
		} else if (c === '\x01') {
			flush();
			into = e;
		} else if (STYLES[c]) {
			flush();
			into = make('span', { className: STYLES[c] });
			e.append(into);
		} else {
			plain += c;
		}
	}
	flush();
	return e;
}

// The story as a list of terms; rows without a label go on with the one above.
function storyElement(life) {
	const list = make('dl', { className: 'story' });
	for (const row of storyRows(life)) {
		const time = row.time === null ? '' : moment(row.time);
		const term = make('dt', {}, make('b', {}, either(row.label)), make('time', {}, time));
		const said = appendMarked(make('dd'), either(row.text), row.slots);
		said.dataset.row = row.label[0];
		list.append(term, said);
	}
	return list;
}
