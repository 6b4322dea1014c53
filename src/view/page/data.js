// SPDX-License-Identifier: LGPL-2.1-or-later
// The data blocks of the page become Data. Lives are numbers 0 … n-1 in the order in which they completed; what the
// page needs of all of them at once stands in typed arrays, everything else is looked up in its chunk.
// null is "not seen", false "cannot apply"; NaN is "not seen" in the arrays of times.
'use strict';

const CHUNK = 512; // HTML_CHUNK of src/view/html.h

const Data = { n: 0, chunks: [], stories: [] };

function blocks(kind) {
	return Array.from(document.querySelectorAll(`script[data-is="${kind}"]`));
}

function loadData() {
	const [tables] = blocks('tables');
	Object.assign(Data, JSON.parse(tables.textContent));
	Lang.words = Data.words;
	for (const block of blocks('lives')) {
		const chunk = JSON.parse(block.textContent);
		chunk.same = new Set(chunk.same);
		Data.chunks.push(chunk);
		Data.n += chunk.n;
		block.remove();
	}
	Data.storyBlocks = blocks('stories'); // read when somebody wants one
	Data.columnOf = new Map(Data.columns.map((c, i) => [c[0], i]));
	gatherTimes();
	indexLives();
}

// One cell by the column's path, as in `export --to json`: cell('death.t_ns', 12).
function cell(path, life) {
	const k = Data.columnOf.get(path), chunk = Data.chunks[Math.floor(life / CHUNK)];
	return chunk.same.has(k) ? chunk.columns[k] : chunk.columns[k][life - chunk.from];
}

// Calls f(value, life) for every life; faster than cell() for each.
function eachCell(path, f) {
	const k = Data.columnOf.get(path);
	for (const chunk of Data.chunks) {
		const values = chunk.columns[k];
		if (chunk.same.has(k))
			for (let i = 0; i < chunk.n; i++)
				f(values, chunk.from + i);
		else
			for (let i = 0; i < chunk.n; i++)
				f(values[i], chunk.from + i);
	}
}

// A column of numbers; what is not seen or cannot apply is NaN.
function numbers(path) {
	const all = new Float64Array(Data.n);
	eachCell(path, (v, i) => { all[i] = typeof v === 'number' ? v : NaN; });
	return all;
}

function gatherTimes() {
	Data.tid = numbers('tid');
	Data.comm = numbers('comm');
	Data.birth = numbers('birth.t_ns');
	Data.death = numbers('death.t_ns');
	Data.reaped = numbers('reaped.t_ns');
	const last = Data.trace.last, span = t => Number.isNaN(t) ? -Infinity : t;
	Data.first = Data.trace.first === null ? 0 : Data.trace.first;
	Data.last = Math.max(last === null ? 0 : last, Data.first);
	for (let i = 0; i < Data.n; i++)
		Data.last = Math.max(Data.last, span(Data.birth[i]), span(Data.death[i]), span(Data.reaped[i]));
}

/* ---- tasks: who a number of the tables is, and which life that was ---- */

function identity(tid, generation) {
	return tid * 65536 + generation;
}

function indexLives() {
	Data.lifeOf = new Map();
	eachCell('generation', (generation, i) => Data.lifeOf.set(identity(Data.tid[i], generation), i));
}

// {tid, generation, name, life}; life is -1 where this page does not tell it.
function taskOf(ref) {
	const tid = Data.tasks[3 * ref], generation = Data.tasks[3 * ref + 1];
	const life = Data.lifeOf.get(identity(tid, generation));
	return { tid, generation, name: Data.names[Data.tasks[3 * ref + 2]], life: life === undefined ? -1 : life };
}

function lifeOfRef(ref) {
	if (typeof ref !== 'number')
		return -1;
	const life = Data.lifeOf.get(identity(Data.tasks[3 * ref], Data.tasks[3 * ref + 1]));
	return life === undefined ? -1 : life;
}

function nameOf(life) {
	const comm = Data.comm[life];
	return Number.isNaN(comm) ? '?' : Data.names[comm];
}

function textOfRef(ref) {
	return typeof ref === 'number' ? `${Data.names[Data.tasks[3 * ref + 2]]}(${Data.tasks[3 * ref]})` : '';
}

function textOfLife(life) {
	return `${nameOf(life)}(${Data.tid[life]})`;
}

/* ---- the end of a life, as the verdict has it ---- */

const END = { alive: 0, exit: 1, failed: 2, signal: 3, other: 4 };

// For a process of several threads its own end speaks, as in `tasklife why`.
function endOf(life) {
	const whole = cell('whole', life);
	if (whole && whole.length > 1) {
		const [, , cause, signal, code, by] = whole;
		return endFrom(Data.names[cause], signal || null, code, by);
	}
	if (Number.isNaN(Data.death[life]))
		return { kind: END.alive, cause: '', signal: null, code: null, by: null };
	return endFrom(Data.names[cell('death.cause', life)], cell('death.signal', life), cell('death.exit_code', life),
		cell('killer', life));
}

function endFrom(cause, signal, code, by) {
	const exits = cause === 'exit' || cause === 'thread_exit';
	const kind = signal ? END.signal : code > 0 ? END.failed : exits ? END.exit : END.other;
	return { kind, cause, signal: signal || null, code: typeof code === 'number' ? code : null, by };
}

const END_MARK = ['', '○', '◐', '✕', '◇'];

// Short words for a table: "✕ SIGKILL", "exit 3".
function endText(end) {
	if (end.kind === END.alive)
		return Data.trace.deaths_told ? T('alive') : T('not seen');
	if (end.signal)
		return `${END_MARK[end.kind]} ${Data.signals[end.signal] || end.signal}` + (end.cause === 'signal' ? '' : ` · ${end.cause}`);
	return `${END_MARK[end.kind]} ${end.cause}` + (end.code === null ? '' : ` ${end.code}`);
}

// The kind of every life's end, made once: figures, filters and the timeline ask for it all the time.
function gatherEnds() {
	Data.endKind = new Uint8Array(Data.n);
	Data.endCause = new Array(Data.n);
	Data.killer = new Int32Array(Data.n).fill(-1); // number of the task that sent the fatal signal
	Data.endSignal = new Uint8Array(Data.n);
	for (let i = 0; i < Data.n; i++) {
		const end = endOf(i);
		Data.endKind[i] = end.kind;
		Data.endCause[i] = end.cause;
		Data.endSignal[i] = end.signal || 0;
		if (typeof end.by === 'number')
			Data.killer[i] = end.by;
	}
}

// Whose child a life is: threads stand below their leader. {life} or {ref} or null.
function parentOf(life) {
	const tgid = cell('tgid', life);
	if (typeof tgid === 'number' && tgid !== Data.tid[life]) {
		const leader = Data.lifeOf.get(identity(tgid, 1));
		if (leader !== undefined && leader !== life)
			return { life: leader };
	}
	for (const path of ['birth.real_parent', 'birth.creator', 'parent']) {
		const ref = cell(path, life);
		if (typeof ref !== 'number')
			continue;
		const parent = lifeOfRef(ref);
		return parent >= 0 && parent !== life ? { life: parent } : { ref };
	}
	return null;
}
