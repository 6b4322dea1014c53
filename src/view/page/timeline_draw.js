// SPDX-License-Identifier: LGPL-2.1-or-later
// How the timeline is drawn. Rows are painted as pixels (one line of 32-bit colours per row, copied to its height), so
// a frame costs the pixels in view and not the lives or segments in the trace: where a pixel holds many segments
// its shade is the exact share of time that was run in it, from sums. Marks, arrows and words go on top.
'use strict';

const SHADES = 32;

const Ink = {};

// The palette of the style sheet as 32-bit pixels, and as it is for strokes and words.
function readInk() {
	const style = getComputedStyle(document.documentElement), probe = document.createElement('canvas').getContext('2d');
	Ink.css = {};
	Ink.rgb = {};
	for (const name of ['panel', 'ink', 'soft', 'line', 'grid', 'accent', 'chosen', 'bad', 'good', 'warn', 'alive', 'blind', ...DOING]) {
		Ink.css[name] = style.getPropertyValue('--' + name).trim();
		probe.fillStyle = Ink.css[name];
		const n = parseInt(probe.fillStyle.slice(1), 16);
		Ink.rgb[name] = [n >> 16, n >> 8 & 255, n & 255];
	}
	Ink.doing = Uint32Array.from(DOING, name => pixel(Ink.rgb[name]));
	Ink.alive = pixel(Ink.rgb.alive);
	Ink.panel = pixel(Ink.rgb.panel);
	Ink.grid = pixel(Ink.rgb.grid);
	Ink.bad = pixel(Ink.rgb.bad);
	Ink.shares = shares();
	Ink.dense = Uint32Array.from({ length: SHADES + 1 }, (_, i) => pixel(mix(Ink.rgb.panel, Ink.rgb.accent, i ? 0.2 + 0.8 * i / SHADES : 0)));
	Ink.busy = Uint32Array.from({ length: SHADES + 1 }, (_, i) => pixel(mix(Ink.rgb.panel, Ink.rgb.running, i ? 0.15 + 0.85 * i / SHADES : 0)));
	Ink.hatch = null;
}

function pixel([r, g, b]) {
	return (255 << 24 | b << 16 | g << 8 | r) >>> 0;
}

function mix(a, b, share) {
	return a.map((v, i) => Math.round(v + (b[i] - v) * share));
}

// [ran * (SHADES + 1) + waited]: between asleep, run and waited for a CPU.
function shares() {
	const table = new Uint32Array((SHADES + 1) * (SHADES + 1));
	for (let ran = 0; ran <= SHADES; ran++)
		for (let waited = 0; waited <= SHADES; waited++) {
			const some = mix(Ink.rgb.sleeping, Ink.rgb.runnable, Math.min(1, waited / SHADES));
			table[ran * (SHADES + 1) + waited] = pixel(mix(some, Ink.rgb.running, ran / SHADES));
		}
	return table;
}

// A share as a shade: a little is never nothing.
function shade(part, whole) {
	return part <= 0 ? 0 : Math.min(SHADES, Math.max(4, Math.ceil(part / whole * SHADES)));
}

/* ---- one row: the pixels of one life ---- */

// view: {t0, scale (pixels per ns), width}. line: Uint32Array(width), 0 is nothing.
function paintLife(line, life, view) {
	const birth = Number.isNaN(Data.birth[life]) ? Data.first : Data.birth[life];
	const death = Data.death[life], end = Number.isNaN(death) ? Data.last : death;
	line.fill(0);
	paintSpan(line, view, birth, end, Ink.alive);
	if (!Number.isNaN(death))
		paintSpan(line, view, death, Number.isNaN(Data.reaped[life]) ? death : Data.reaped[life], Ink.doing[ZOMBIE]);
	const lo = segmentAfter(Doing.from[life], Doing.from[life + 1], view.t0);
	const hi = Math.min(Doing.from[life + 1], segmentAfter(lo, Doing.from[life + 1], view.t1) + 1);
	if (hi - lo > 2 * view.width)
		paintShares(line, lo, hi, view);
	else
		paintSegments(line, lo, hi, view);
}

// At least one pixel for what is in view at all.
function paintSpan(line, view, from, to, colour) {
	if (to < view.t0 || from > view.t1)
		return;
	const x0 = Math.max(0, Math.floor((from - view.t0) * view.scale));
	const x1 = Math.min(view.width, Math.max(x0 + 1, Math.ceil((to - view.t0) * view.scale)));
	line.fill(colour, x0, x1);
}

// Few segments: each is painted; in a shared pixel running wins, then waiting for a CPU.
function paintSegments(line, lo, hi, view) {
	for (const rank of [1, 0])
		for (let i = lo; i < hi; i++)
			if ((Doing.what[i] <= RUNNABLE) === (rank === 0))
				paintSpan(line, view, Doing.start[i], Doing.end[i], Ink.doing[Doing.what[i]]);
	for (let i = lo; i < hi; i++)
		if (Doing.what[i] === RUNNING)
			paintSpan(line, view, Doing.start[i], Doing.end[i], Ink.doing[RUNNING]);
}

// Many: what share of each pixel's time was run, and waited.
function paintShares(line, lo, hi, view) {
	const per = 1 / view.scale;
	let t = view.t0, i = lo, ran = sumAt(Doing.ran, RUNNING, i, hi, t), waited = sumAt(Doing.waited, RUNNABLE, i, hi, t);
	for (let x = 0; x < view.width && i < hi; x++) {
		t += per;
		i = segmentSoonAfter(i, hi, t);
		const ranNow = sumAt(Doing.ran, RUNNING, i, hi, t), waitedNow = sumAt(Doing.waited, RUNNABLE, i, hi, t);
		const r = shade(ranNow - ran, per), w = shade(waitedNow - waited, per);
		if (line[x] || r || w)
			line[x] = r || w ? Ink.shares[r * (SHADES + 1) + w] : i < hi ? Ink.doing[Doing.what[i]] : line[x];
		ran = ranNow;
		waited = waitedNow;
	}
}

// Nanoseconds of `what` in a life up to t; i is the first segment that ends after t.
function sumAt(sums, what, i, hi, t) {
	if (i >= hi) {
		i = hi - 1;
		return sums[i] + (Doing.what[i] === what ? Doing.end[i] - Doing.start[i] : 0);
	}
	return sums[i] + (Doing.what[i] === what && t > Doing.start[i] ? t - Doing.start[i] : 0);
}

/* ---- rows that share pixels: how many lives, and who was killed ---- */

function paintDense(pixels, order, view) {
	const { width, height, top, rowH } = view, counts = new Int32Array((width + 1) * height), killed = new Uint8Array(width * height);
	const first = Math.max(0, Math.floor(top)), last = Math.min(order.length, Math.ceil(top + height / rowH));
	for (let row = first; row < last; row++) {
		const life = order[row], y = Math.floor((row - top) * rowH);
		if (y < 0 || y >= height)
			continue;
		const from = Number.isNaN(Data.birth[life]) ? Data.first : Data.birth[life];
		const to = Number.isNaN(Data.death[life]) ? Data.last : Data.death[life];
		if (to < view.t0 || from > view.t1)
			continue;
		const x0 = Math.max(0, Math.floor((from - view.t0) * view.scale));
		const x1 = Math.min(width - 1, Math.floor((to - view.t0) * view.scale));
		counts[y * (width + 1) + x0]++;
		counts[y * (width + 1) + x1 + 1]--;
		if (Data.endKind[life] === END.signal && to <= view.t1)
			killed[y * width + x1] = 1;
	}
	shadeDense(pixels, counts, killed, view, Math.ceil(1 / rowH));
}

function shadeDense(pixels, counts, killed, view, most) {
	const { width, height } = view, level = Array.from({ length: most + 2 }, (_, n) => Ink.dense[Math.min(SHADES, Math.ceil(SHADES * Math.log2(1 + n) / Math.log2(2 + most)))]);
	for (let y = 0; y < height; y++) {
		let n = 0;
		for (let x = 0; x < width; x++) {
			n += counts[y * (width + 1) + x];
			if (n)
				pixels[y * width + x] = level[Math.min(n, most + 1)];
			if (killed[y * width + x])
				pixels[y * width + x] = Ink.bad;
		}
	}
}

/* ---- a row per CPU ---- */

// A colour of its own for each program, so that changes are seen; the name stands in it where there is room.
function programInk(life) {
	const hue = (Data.comm[life] * 137.5 + 200) % 360, dark = document.documentElement.dataset.theme === 'dark';
	return `hsl(${hue} 38% ${dark ? 42 : 68}%)`;
}

function paintLane(line, lane, view) {
	const per = 1 / view.scale;
	let i = laneAfter(lane, 0, view.t0), t = view.t0, sum = laneSum(lane, i, t);
	line.fill(0);
	for (let x = 0; x < view.width; x++) {
		t += per;
		while (i < lane.numbers.length && Doing.end[lane.numbers[i]] <= t && i % 8)
			i++;
		i = laneAfter(lane, i, t);
		const now = laneSum(lane, i, t);
		const busy = shade(now - sum, per);
		line[x] = busy ? Ink.busy[busy] : 0;
		sum = now;
	}
}

function laneSum(lane, i, t) {
	const s = lane.numbers[i];
	return lane.busy[i] + (i < lane.numbers.length && t > Doing.start[s] ? t - Doing.start[s] : 0);
}

// Where segments are wide enough to be told apart they are drawn one by one, with names.
function drawLaneParts(g, lane, view, x0, y, h) {
	const first = laneAfter(lane, 0, view.t0), last = laneAfter(lane, first, view.t1);
	for (let i = first; i < lane.numbers.length && last - first < view.width; i++) {
		const s = lane.numbers[i], from = Math.max(0, (Doing.start[s] - view.t0) * view.scale);
		const w = Math.min(view.width, (Doing.end[s] - view.t0) * view.scale) - from;
		if (Doing.start[s] > view.t1)
			return;
		if (w < 2)
			continue;
		g.fillStyle = programInk(Doing.life[s]);
		g.fillRect(x0 + from, y, w, h);
		if (Doing.life[s] === Chosen.life) {
			g.strokeStyle = Ink.css.ink;
			g.strokeRect(x0 + from + .5, y + .5, w - 1, h - 1);
		}
		if (w > 34 * view.dpr && h > 10 * view.dpr)
			drawClipped(g, textOfLife(Doing.life[s]), x0 + from + 3, y + h / 2, w - 6);
	}
}

// In so many pixels: the name is cut rather than the number.
function fitName(g, life, width) {
	const name = Array.from(nameOf(life)), number = `(${Data.tid[life]})`;
	let text = name.join('') + number;
	while (name.length > 1 && g.measureText(text).width > width) {
		name.pop();
		text = name.join('') + '…' + number;
	}
	return text;
}

function drawClipped(g, text, x, y, width) {
	g.save();
	g.beginPath();
	g.rect(x, y - 20, width, 40);
	g.clip();
	g.fillStyle = Ink.css.ink;
	g.fillText(text, x, y);
	g.restore();
}

/* ---- time, holes ---- */

// 1, 2, 5 times a power of ten, so that a step is at least `least` wide.
function niceStep(least) {
	const power = 10 ** Math.floor(Math.log10(least));
	return [1, 2, 5, 10].map(n => n * power).find(step => step >= least) || 10 * power;
}

function drawAxis(g, view, box) {
	const step = Math.max(1, niceStep(92 * view.dpr / view.scale)), origin = Data.t0[1];
	g.textBaseline = 'middle';
	for (let k = Math.ceil((view.t0 + origin) / step); k * step - origin <= view.t1; k++) {
		const t = k * step - origin;
		g.fillStyle = Ink.css.soft;
		g.fillText(axisText(t, step), box.x + (t - view.t0) * view.scale + 4 * view.dpr, box.y - 9 * view.dpr);
		g.fillStyle = Ink.css.line;
		g.fillRect(Math.round(box.x + (t - view.t0) * view.scale), box.y - 15 * view.dpr, view.dpr, 15 * view.dpr);
	}
}

// The line of pixels where nothing is drawn: the panel, with a grid of time.
function paintGround(line, view) {
	const step = Math.max(1, niceStep(92 * view.dpr / view.scale)), origin = Data.t0[1];
	line.fill(Ink.panel);
	for (let k = Math.ceil((view.t0 + origin) / step); k * step - origin <= view.t1; k++) {
		const x = Math.round((k * step - origin - view.t0) * view.scale);
		line.fill(Ink.grid, x, x + Math.round(view.dpr));
	}
}

// As many digits as the step needs, at least whole seconds.
function axisText(t, step) {
	const ns = Data.t0[1] + Math.round(t), up = Math.floor(ns / 1e9);
	const places = Math.max(0, Math.min(9, Math.ceil(9 - Math.log10(step))));
	const rest = String(ns - up * 1e9).padStart(9, '0').slice(0, places);
	return (Data.t0[0] + up) + (places ? '.' + rest : ' s');
}

function hatch(g, dpr) {
	if (!Ink.hatch) {
		const tile = document.createElement('canvas'), d = Math.round(6 * dpr), p = tile.getContext('2d');
		tile.width = tile.height = d;
		p.strokeStyle = Ink.css.blind;
		p.lineWidth = dpr;
		p.beginPath();
		p.moveTo(0, d);
		p.lineTo(d, 0);
		p.stroke();
		Ink.hatch = g.createPattern(tile, 'repeat');
	}
	return Ink.hatch;
}

// Where records were lost: a hatched hole, because nothing that is drawn there is certain. strip(cpu) says where:
// {y, h, clear}.
function drawBlind(g, view, box, strip) {
	for (const [from, to, cpu] of Data.trace.blind) {
		const a = from === null ? view.t0 : Math.max(from, view.t0), b = to === null ? view.t1 : Math.min(to, view.t1), at = strip(cpu);
		if (b < view.t0 || a > view.t1 || b < a || !at)
			continue;
		const x = box.x + (a - view.t0) * view.scale, w = Math.max(2 * view.dpr, (b - a) * view.scale);
		if (at.clear) {
			g.fillStyle = Ink.css.panel;
			g.fillRect(x, at.y, w, at.h);
		}
		g.fillStyle = hatch(g, view.dpr);
		g.fillRect(x, at.y, w, at.h);
	}
}

/* ---- marks and arrows ---- */

// A mark at its place; kinds differ in shape: birth |, exec △, exit ○, failed ◐, killed ✕, other ◇, signal ▾.
function drawMark(g, kind, x, y, r) {
	g.beginPath();
	if (kind === 'birth') {
		g.moveTo(x, y - r);
		g.lineTo(x, y + r);
	} else if (kind === 'exec') {
		g.moveTo(x - r * .8, y + r * .7);
		g.lineTo(x, y - r * .8);
		g.lineTo(x + r * .8, y + r * .7);
		g.closePath();
	} else if (kind === 'signal') {
		g.moveTo(x - r * .6, y - r);
		g.lineTo(x + r * .6, y - r);
		g.lineTo(x, y);
		g.closePath();
	} else if (kind === END.signal) {
		g.moveTo(x - r * .8, y - r * .8);
		g.lineTo(x + r * .8, y + r * .8);
		g.moveTo(x + r * .8, y - r * .8);
		g.lineTo(x - r * .8, y + r * .8);
	} else if (kind === END.other) {
		g.moveTo(x, y - r);
		g.lineTo(x + r, y);
		g.lineTo(x, y + r);
		g.lineTo(x - r, y);
		g.closePath();
	} else {
		g.arc(x, y, r * .8, 0, 2 * Math.PI);
		if (kind === END.failed) {
			g.fillStyle = g.strokeStyle;
			g.fill();
		}
	}
	g.stroke();
}

const END_INK = ['soft', 'good', 'warn', 'bad', 'warn'];

function drawMarks(g, life, view, box, y) {
	const r = Math.min(5, view.rowH / view.dpr / 2 - 2) * view.dpr, x = t => box.x + (t - view.t0) * view.scale;
	const mark = (kind, t, ink) => {
		if (!(t >= view.t0 && t <= view.t1))
			return;
		g.strokeStyle = Ink.css[ink];
		drawMark(g, kind, x(t), y, r);
	};
	g.lineWidth = 1.5 * view.dpr;
	mark('birth', Data.birth[life], 'ink');
	const programs = cell('programs', life), sent = cell('sent', life);
	for (let i = 0; i < programs.length; i += 3)
		mark('exec', programs[i], 'ink');
	for (let i = 0, last = -Infinity; i < sent.length; i += SIGNAL)
		if (x(sent[i]) - last > 5 * view.dpr) {
			mark('signal', sent[i], 'ink');
			last = x(sent[i]);
		}
	mark(Data.endKind[life], Data.death[life], END_INK[Data.endKind[life]]);
	g.lineWidth = view.dpr;
}

// From the row of who sent the fatal signal, at the moment it was sent, to the death it caused.
function drawKill(g, victim, killerRow, victimRow, view, box, yOf) {
	const x0 = box.x + (killedAt(victim) - view.t0) * view.scale, x1 = box.x + (Data.death[victim] - view.t0) * view.scale;
	const y0 = killerRow < 0 ? box.y : yOf(killerRow), y1 = yOf(victimRow), r = 4 * view.dpr, down = y1 >= y0 ? 1 : -1;
	g.beginPath();
	g.moveTo(x0, y0);
	g.bezierCurveTo(x0, (y0 + y1) / 2, x1, (y0 + y1) / 2, x1, y1 - down * r);
	g.stroke();
	g.beginPath();
	g.moveTo(x1 - r, y1 - down * 2 * r);
	g.lineTo(x1, y1 - down * r * .4);
	g.lineTo(x1 + r, y1 - down * 2 * r);
	g.stroke();
}
