// SPDX-License-Identifier: LGPL-2.1-or-later
// What the timeline draws, in typed arrays: what each task was doing when, and the same by CPU.
'use strict';

// The values of Doing.what: enum tl_doing of include/tasklife/life.h, then uninterruptible sleep.
const DOING = ['running', 'runnable', 'sleeping', 'stopped', 'zombie', 'deep'];
const RUNNING = 0, RUNNABLE = 1, SLEEPING = 2, ZOMBIE = 4;

// Segments of life i are from[i] … from[i + 1] - 1. ran and waited are sums over the life's segments before each.
const Doing = { n: 0 };

function countDoing() {
	let n = 0;
	eachCell('doing', flat => { n += flat.length / 3; });
	return n;
}

function gatherDoing() {
	const n = Doing.n = countDoing();
	Doing.from = new Uint32Array(Data.n + 1);
	Doing.start = new Float64Array(n);
	Doing.end = new Float64Array(n);
	Doing.what = new Uint8Array(n);
	Doing.cpu = new Int16Array(n);
	Doing.life = new Uint32Array(n);
	Doing.ran = new Float64Array(n);
	Doing.waited = new Float64Array(n);
	let at = 0;
	eachCell('doing', (flat, life) => {
		Doing.from[life] = at;
		at = gatherSegments(flat, life, at);
	});
	Doing.from[Data.n] = at;
}

function gatherSegments(flat, life, at) {
	let t = 0, ran = 0, waited = 0;
	for (let i = 0; i < flat.length; i += 3, at++) {
		const code = flat[i + 2];
		Doing.start[at] = t += flat[i];
		Doing.end[at] = t += flat[i + 1];
		Doing.what[at] = code & 7;
		Doing.cpu[at] = (code >> 3) - 1;
		Doing.life[at] = life;
		Doing.ran[at] = ran;
		Doing.waited[at] = waited;
		ran += Doing.what[at] === RUNNING ? flat[i + 1] : 0;
		waited += Doing.what[at] === RUNNABLE ? flat[i + 1] : 0;
	}
	return at;
}

// The first of segments lo … hi-1 that ends after t; each ends before the next begins.
function segmentAfter(lo, hi, t) {
	const end = Doing.end;
	while (lo < hi) {
		const middle = (lo + hi) >>> 1;
		if (end[middle] <= t)
			lo = middle + 1;
		else
			hi = middle;
	}
	return lo;
}

// The same when t is known to lie not far behind lo: steps double.
function segmentSoonAfter(lo, hi, t) {
	let step = 1;
	while (lo + step < hi && Doing.end[lo + step] <= t)
		step *= 2;
	return segmentAfter(lo, Math.min(hi, lo + step + 1), t);
}

/* ---- CPUs ---- */

// For every CPU the segments that ran there, in order of time: {numbers, busy}; busy is a sum like Doing.ran.
function gatherCpus() {
	const lists = [];
	for (let i = 0; i < Doing.n; i++)
		if (Doing.what[i] === RUNNING && Doing.cpu[i] >= 0)
			(lists[Doing.cpu[i]] = lists[Doing.cpu[i]] || []).push(i);
	const n = Math.max(lists.length, Data.trace.cpus || 0);
	Doing.lanes = Array.from({ length: n }, (_, cpu) => laneOf(lists[cpu] || []));
}

function laneOf(list) {
	const numbers = Uint32Array.from(list).sort((a, b) => Doing.start[a] - Doing.start[b]);
	const busy = new Float64Array(numbers.length + 1);
	numbers.forEach((s, i) => { busy[i + 1] = busy[i] + Doing.end[s] - Doing.start[s]; });
	return { numbers, busy };
}

function laneAfter(lane, lo, t) {
	let hi = lane.numbers.length;
	while (lo < hi) {
		const middle = (lo + hi) >>> 1;
		if (Doing.end[lane.numbers[middle]] <= t)
			lo = middle + 1;
		else
			hi = middle;
	}
	return lo;
}

/* ---- kills: who sent the fatal signal to whom, when ---- */

const Kills = { victims: new Map(), none: [] };

function gatherKills() {
	for (let life = 0; life < Data.n; life++) {
		const killer = Data.killer[life] < 0 ? -1 : lifeOfRef(Data.killer[life]);
		if (killer < 0)
			continue;
		if (!Kills.victims.has(killer))
			Kills.victims.set(killer, []);
		Kills.victims.get(killer).push(life);
	}
}

// When the signal that killed it was sent; its death where the trace does not hold that.
function killedAt(life) {
	const flat = cell('sent', life), sig = Data.endSignal[life];
	let t = null;
	for (let i = 0; i < flat.length; i += SIGNAL)
		if (flat[i + 1] === sig && flat[i] <= Data.death[life])
			t = flat[i];
	return t === null ? Data.death[life] : t;
}

// What a life was doing at t, as words; '' when that was not seen.
function doingAt(life, t) {
	const i = segmentAfter(Doing.from[life], Doing.from[life + 1], t);
	if (i === Doing.from[life + 1] || Doing.start[i] > t)
		return '';
	const what = T(DOING_WORDS[Doing.what[i]]);
	return Doing.what[i] === RUNNING && Doing.cpu[i] >= 0 ? `${what} · CPU ${Doing.cpu[i]}` : what;
}

const DOING_WORDS = ['running', 'runnable', 'sleeping', 'stopped', 'zombie', 'uninterruptible'];
