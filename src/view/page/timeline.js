// SPDX-License-Identifier: LGPL-2.1-or-later
// The timeline: which time and which rows are in view, and the hands on it (pointer, wheel, touch, keys). Rows are the
// lives found, in the order of the table; while they share pixels, zooming works on time and rows alike, as on
// a map.
'use strict';

const ROW_WIDE = 18, ROW_NAMED = 11, GUTTER = 150, AXIS = 22, MAP = 14, KILLS_DRAWN = 400;

const Timeline = {
	mode: 'tasks', t0: 0, t1: 1, top: 0, rowH: ROW_WIDE, at: 0, pointers: new Map(),

	start() {
		this.canvas = byId('canvas');
		this.g = this.canvas.getContext('2d', { alpha: false });
		gatherDoing();
		gatherKills();
		readInk();
		new ResizeObserver(() => this.resized()).observe(byId('plot'));
		this.canvas.addEventListener('wheel', e => this.wheel(e), { passive: false });
		for (const type of ['pointerdown', 'pointermove', 'pointerup', 'pointercancel', 'pointerleave'])
			this.canvas.addEventListener(type, e => this[type](e));
		this.canvas.addEventListener('dblclick', e => this.zoomToRow(e));
		this.canvas.addEventListener('keydown', e => this.key(e));
		this.ordered();
		this.fit();
		this.giveRoom();
	},

	// Few rows need no tall timeline.
	giveRoom() {
		const rows = Math.max(3, Data.n, this.mode === 'cpus' ? 5 : 0) * ROW_WIDE;
		byId('timeline').style.setProperty('--enough', `${rows + AXIS + MAP + 44}px`);
	},

	/* ---- what is in view ---- */

	get rows() {
		return this.mode === 'cpus' ? Doing.lanes.length : Lives.order.length;
	},

	get plotHeight() { // CSS pixels
		return Math.max(10, this.height - AXIS - MAP);
	},

	get gutter() {
		return Math.min(GUTTER, this.width * .28);
	},

	get lowest() { // row height at which all rows are in view
		return Math.min(ROW_WIDE, this.plotHeight / Math.max(1, this.rows));
	},

	resized() {
		const box = byId('plot').getBoundingClientRect(), first = !this.width, whole = !first && this.rowH <= this.lowest;
		this.dpr = window.devicePixelRatio || 1;
		this.width = Math.max(50, box.width);
		this.height = Math.max(40, box.height);
		this.canvas.width = Math.round(this.width * this.dpr);
		this.canvas.height = Math.round(this.height * this.dpr);
		this.image = null;
		this.map = null;
		if (first)
			this.fit();
		else if (whole)
			this.rowH = this.fitRows();
		this.within();
		this.drawNow();
	},

	fit() {
		const span = Math.max(1000, Data.last - Data.first);
		this.t0 = Data.first - span * .01;
		this.t1 = Data.last + span * .02;
		this.rowH = this.width ? this.fitRows() : ROW_WIDE;
		this.top = 0;
		this.drawSoon();
	},

	// Few rows are given room and scroll; of many the whole is shown first.
	fitRows() {
		if (this.mode === 'cpus')
			return Math.max(ROW_WIDE, Math.min(44, this.plotHeight / Math.max(1, this.rows)));
		return this.rows <= 200 ? ROW_WIDE : this.lowest;
	},

	ordered() {
		this.at = Math.min(this.at, Math.max(0, this.rows - 1));
		if (this.width && this.mode === 'tasks')
			this.rowH = this.fitRows();
		this.top = 0;
		this.drawSoon();
	},

	within() {
		const shown = this.plotHeight / this.rowH, whole = Data.last - Data.first || 1000;
		this.top = Math.max(0, Math.min(this.top, this.rows - shown));
		const span = Math.min(Math.max(this.t1 - this.t0, 100), whole * 4 + 1000);
		const middle = Math.max(Data.first, Math.min(Data.last, (this.t0 + this.t1) / 2));
		this.t0 = middle - span / 2;
		this.t1 = middle + span / 2;
	},

	zoom(factor, x = (this.width + this.gutter) / 2, y = AXIS + MAP + this.plotHeight / 2, rowsToo = true) {
		const t = this.timeAt(x), row = this.rowAt(y), share = (x - this.gutter) / (this.width - this.gutter);
		const span = (this.t1 - this.t0) / factor;
		this.t0 = t - share * span;
		this.t1 = this.t0 + span;
		if (rowsToo && this.mode === 'tasks' && this.lowest < ROW_WIDE && this.rows > 200)
			this.zoomRows(factor, y, row);
		this.within();
		this.drawSoon();
	},

	zoomRows(factor, y = AXIS + MAP + this.plotHeight / 2, row = this.rowAt(y)) {
		const most = this.mode === 'cpus' ? 120 : 40, least = Math.min(this.lowest, ROW_WIDE);
		const goal = factor > 1 && this.rowH < ROW_WIDE ? ROW_WIDE : most;
		this.rowH = Math.max(least, Math.min(goal, this.rowH * factor));
		this.top = row - (y - AXIS - MAP) / this.rowH;
		this.within();
		this.drawSoon();
	},

	pan(pixels) {
		const t = pixels * (this.t1 - this.t0) / (this.width - this.gutter);
		this.t0 += t;
		this.t1 += t;
		this.within();
		this.drawSoon();
	},

	timeAt(x) {
		return this.t0 + (x - this.gutter) / (this.width - this.gutter) * (this.t1 - this.t0);
	},

	rowAt(y) {
		return this.top + (y - AXIS - MAP) / this.rowH;
	},

	lifeAt(x, y) {
		const row = Math.floor(this.rowAt(y));
		if (y < AXIS + MAP || row < 0 || row >= this.rows)
			return -1;
		if (this.mode === 'tasks')
			return Lives.order[row];
		const lane = Doing.lanes[row], i = laneAfter(lane, 0, this.timeAt(x)), s = lane.numbers[i];
		return i < lane.numbers.length && Doing.start[s] <= this.timeAt(x) ? Doing.life[s] : -1;
	},

	// Brings a life into view; closely: its time as well.
	reveal(life, closely) {
		const row = Lives.rowOf[life];
		if (this.mode === 'tasks' && row >= 0) {
			this.at = row;
			if (closely && this.rowH < ROW_NAMED)
				this.rowH = ROW_WIDE;
			const shown = this.plotHeight / this.rowH;
			if (row < this.top || row + 1 > this.top + shown)
				this.top = row - shown / 2;
		}
		const from = Number.isNaN(Data.birth[life]) ? Data.first : Data.birth[life];
		const to = Math.max(from, Number.isNaN(Data.death[life]) ? Data.last : Data.death[life]), span = Math.max(1000, to - from);
		if (closely || to < this.t0 || from > this.t1) {
			this.t0 = from - span * .15;
			this.t1 = to + span * .25;
		}
		this.within();
		this.drawSoon();
	},

	setMode(mode) {
		this.mode = mode;
		if (mode === 'cpus' && !Doing.lanes)
			gatherCpus();
		byId('show-tasks').setAttribute('aria-pressed', mode === 'tasks');
		byId('show-cpus').setAttribute('aria-pressed', mode === 'cpus');
		this.at = 0;
		this.rowH = this.fitRows();
		this.top = 0;
		this.drawSoon();
	},

	/* ---- hands ---- */

	wheel(e) {
		const x = e.offsetX, y = e.offsetY, step = e.deltaMode === 1 ? 30 : 1, turn = Math.exp(-e.deltaY * step / 500);
		e.preventDefault();
		if (e.shiftKey || Math.abs(e.deltaX) > Math.abs(e.deltaY))
			this.pan((e.deltaX || e.deltaY) * step);
		else if (e.altKey)
			this.zoomRows(turn, y);
		else if (x < this.gutter)
			this.scrollRows(e.deltaY * step / this.rowH);
		else
			this.zoom(turn, x, y);
	},

	scrollRows(rows) {
		this.top += rows;
		this.within();
		this.drawSoon();
	},

	pointerdown(e) {
		this.canvas.setPointerCapture(e.pointerId);
		this.pointers.set(e.pointerId, { x: e.offsetX, y: e.offsetY });
		this.moved = this.pointers.size > 1;
		this.onMap = e.offsetY < MAP && e.offsetX > this.gutter;
		if (this.onMap)
			this.mapTo(e.offsetX);
	},

	pointermove(e) {
		const was = this.pointers.get(e.pointerId), now = { x: e.offsetX, y: e.offsetY };
		if (!was) {
			this.hover(now.x, now.y);
			return;
		}
		if (Math.abs(now.x - was.x) + Math.abs(now.y - was.y) > 3 || this.moved) {
			this.moved = true;
			if (this.pointers.size === 2)
				this.pinch(e.pointerId, now);
			else if (this.onMap)
				this.mapTo(now.x);
			else
				this.drag(was, now);
			this.pointers.set(e.pointerId, now);
		}
	},

	drag(was, now) {
		this.top -= (now.y - was.y) / this.rowH;
		this.pan(was.x - now.x);
	},

	pinch(id, now) {
		const [other] = Array.from(this.pointers).filter(([key]) => key !== id).map(([, p]) => p), was = this.pointers.get(id);
		const apart = (a, b) => Math.max(10, Math.hypot(a.x - b.x, a.y - b.y));
		this.zoom(apart(now, other) / apart(was, other), (now.x + other.x) / 2, (now.y + other.y) / 2);
	},

	pointerup(e) {
		const life = this.moved || this.onMap ? -1 : this.lifeAt(e.offsetX, e.offsetY);
		this.pointers.delete(e.pointerId);
		if (life >= 0) {
			this.at = this.mode === 'tasks' ? Lives.rowOf[life] : this.at;
			choose(life);
			if (Lives.grid && Lives.rowOf[life] >= 0)
				Lives.grid.go(Lives.rowOf[life]);
		}
	},

	pointercancel(e) {
		this.pointers.delete(e.pointerId);
	},

	pointerleave() {
		this.hovering = false;
		byId('span').textContent = this.spanText();
	},

	mapTo(x) {
		const t = Data.first + (x - this.gutter) / (this.width - this.gutter) * (Data.last - Data.first), half = (this.t1 - this.t0) / 2;
		this.t0 = t - half;
		this.t1 = t + half;
		this.within();
		this.drawSoon();
	},

	zoomToRow(e) {
		const life = this.lifeAt(e.offsetX, e.offsetY);
		if (life >= 0)
			this.reveal(life, true);
	},

	hover(x, y) {
		this.hovering = true; // its words stay until the pointer leaves
		const life = x > this.gutter || this.mode === 'tasks' ? this.lifeAt(x, y) : -1, t = this.timeAt(x);
		const doing = life >= 0 && x > this.gutter ? doingAt(life, t) : '';
		byId('span').textContent = x > this.gutter || life >= 0
			? [moment(Math.round(t)), life >= 0 ? textOfLife(life) : '', doing].filter(s => s).join(' · ') : this.spanText();
		this.canvas.style.cursor = life >= 0 ? 'pointer' : 'default';
	},

	spanText() {
		return fill('%1 in view', duration(Math.round(this.t1 - this.t0)));
	},

	/* ---- keys ---- */

	key(e) {
		const act = KEYS_OF_TIMELINE[e.key];
		if (!act || e.ctrlKey || e.metaKey)
			return;
		act(this);
		e.preventDefault();
	},

	step(rows) {
		this.at = Math.max(0, Math.min(this.rows - 1, this.at + rows));
		const shown = this.plotHeight / this.rowH;
		if (this.at < this.top)
			this.top = this.at;
		if (this.at + 1 > this.top + shown)
			this.top = this.at + 1 - shown;
		this.within();
		this.say();
		this.drawSoon();
	},

	// For ears: the row the keys are at.
	say() {
		if (this.mode === 'cpus') {
			byId('said').textContent = `CPU ${this.at}`;
			return;
		}
		const life = Lives.order[this.at];
		if (life === undefined)
			return;
		const end = endOf(life), lived = livedFor(life);
		byId('said').textContent = [textOfLife(life), Number.isNaN(lived) ? '' : fill('lived for %1', duration(lived)), endText(end),
			textOfRef(end.by)].filter(s => s).join(', ');
	},

	enter() {
		if (this.mode === 'tasks' && Lives.order[this.at] !== undefined) {
			choose(Lives.order[this.at]);
			byId('detail').focus();
		}
	},

	/* ---- a frame ---- */

	drawSoon() {
		if (!this.waiting && this.width)
			this.waiting = requestAnimationFrame(() => { this.waiting = 0; this.drawNow(); });
	},

	view() {
		const d = this.dpr, x = Math.round(this.gutter * d), y = Math.round((AXIS + MAP) * d);
		const box = { x, y, w: Math.max(1, this.canvas.width - x), h: Math.max(1, this.canvas.height - y) };
		const scale = box.w / (this.t1 - this.t0);
		return { box, view: { t0: this.t0, t1: this.t1, scale, width: box.w, height: box.h, top: this.top, rowH: this.rowH * d, dpr: d } };
	},

	drawNow() {
		if (!this.width)
			return;
		const { box, view } = this.view(), g = this.g;
		if (!this.image || this.image.width !== box.w || this.image.height !== box.h) {
			this.image = g.createImageData(box.w, box.h);
			this.pixels = new Uint32Array(this.image.data.buffer);
			this.line = new Uint32Array(box.w);
			this.ground = new Uint32Array(box.w);
			this.thin = new Uint32Array(box.w);
		}
		paintGround(this.ground, view);
		for (let y = 0; y < box.h; y++)
			this.pixels.set(this.ground, y * box.w);
		if (this.mode === 'tasks' && view.rowH < 1)
			paintDense(this.pixels, Lives.order, view);
		else
			this.paintRows(view);
		g.fillStyle = Ink.css.panel;
		g.fillRect(0, 0, this.canvas.width, this.canvas.height);
		g.putImageData(this.image, box.x, box.y);
		g.font = `${11 * view.dpr}px ${getComputedStyle(document.body).getPropertyValue('--sans')}`;
		g.lineWidth = view.dpr;
		drawAxis(g, view, box);
		this.drawOver(g, view, box);
		this.drawMap(g, view, box);
		if (!this.hovering)
			byId('span').textContent = this.spanText();
	},

	paintRows(view) {
		const gap = view.rowH >= 8 * view.dpr ? Math.round(4 * view.dpr) : view.rowH >= 4 ? 1 : 0;
		for (let row = Math.max(0, Math.floor(view.top)); row < this.rows; row++) {
			const y = Math.round((row - view.top) * view.rowH) + (gap >> 1), y1 = Math.round((row + 1 - view.top) * view.rowH) - (gap - (gap >> 1));
			if (y >= view.height)
				return;
			if (this.mode === 'cpus')
				paintLane(this.line, Doing.lanes[row], view);
			else
				paintLife(this.line, Lives.order[row], view);
			this.copyLine(Math.max(0, y), Math.min(view.height, y1), view.width);
		}
	},

	// Where only "alive" is known a row is a thin line in its middle.
	copyLine(from, to, width) {
		const line = this.line, thin = this.thin, third = to - from >= 6 ? Math.floor((to - from) / 3) : 0;
		for (let x = 0; x < width; x++) {
			if (!line[x])
				line[x] = this.ground[x];
			thin[x] = line[x] === Ink.alive ? this.ground[x] : line[x];
		}
		for (let y = from; y < to; y++)
			this.pixels.set(y < from + third || y >= to - third ? thin : line, y * width);
	},

	drawOver(g, view, box) {
		const yOf = row => box.y + (row + .5 - view.top) * view.rowH;
		g.save();
		g.beginPath();
		g.rect(box.x, box.y, box.w, box.h);
		g.clip();
		if (this.mode === 'cpus')
			this.drawLanes(g, view, box);
		drawBlind(g, view, box, cpu => this.stripOf(cpu, view, box));
		if (this.mode === 'tasks') {
			this.drawRowMarks(g, view, box, yOf);
			this.drawKills(g, view, box, yOf);
		}
		g.restore();
		this.drawNames(g, view, box, yOf);
	},

	stripOf(cpu, view, box) {
		if (this.mode === 'tasks')
			return { y: box.y, h: cpu < 0 ? box.h : 6 * view.dpr, clear: false };
		if (cpu < 0)
			return { y: box.y, h: box.h, clear: true };
		const y = Math.round((cpu - view.top) * view.rowH);
		return { y: box.y + y, h: view.rowH, clear: true };
	},

	drawLanes(g, view, box) {
		g.textBaseline = 'middle';
		Doing.lanes.forEach((lane, row) => {
			const y = box.y + (row - view.top) * view.rowH;
			if (y + view.rowH > box.y && y < box.y + box.h)
				drawLaneParts(g, lane, view, box.x, Math.round(y + 2 * view.dpr), Math.round(view.rowH - 4 * view.dpr));
		});
	},

	drawRowMarks(g, view, box, yOf) {
		if (view.rowH < 8 * view.dpr)
			return;
		for (let row = Math.max(0, Math.floor(view.top)); row < this.rows && yOf(row) < box.y + box.h + view.rowH; row++)
			drawMarks(g, Lives.order[row], view, box, yOf(row));
	},

	// Arrows that begin or end in a row in view; of the life chosen also when rows are too low for others.
	drawKills(g, view, box, yOf) {
		const first = Math.max(0, Math.floor(view.top)), last = Math.min(this.rows, Math.ceil(view.top + box.h / view.rowH));
		let left = KILLS_DRAWN;
		const draw = victim => {
			const row = Lives.rowOf[victim], killer = lifeOfRef(Data.killer[victim]);
			if (row < 0 || killer === victim || left-- <= 0)
				return;
			g.strokeStyle = Ink.css.bad;
			g.lineWidth = (victim === Chosen.life || killer === Chosen.life ? 2.2 : 1.1) * view.dpr;
			drawKill(g, victim, killer < 0 ? -1 : Lives.rowOf[killer], row, view, box, yOf);
		};
		const both = life => {
			if (Data.killer[life] >= 0)
				draw(life);
			for (const victim of (Kills.victims.get(life) || Kills.none).slice(0, 50))
				if (!(Lives.rowOf[victim] >= first && Lives.rowOf[victim] < last))
					draw(victim);
		};
		if (view.rowH >= 3 * view.dpr)
			for (let row = first; row < last; row++)
				both(Lives.order[row]);
		else if (Chosen.life >= 0)
			both(Chosen.life);
		g.lineWidth = view.dpr;
	},

	drawNames(g, view, box, yOf) {
		const named = this.rowH >= ROW_NAMED, first = Math.max(0, Math.floor(view.top));
		g.save();
		g.beginPath();
		g.rect(0, box.y, box.x - 6 * view.dpr, box.h);
		g.clip();
		g.textBaseline = 'middle';
		for (let row = first; row < this.rows && yOf(row) - view.rowH < box.y + box.h && named; row++)
			this.drawName(g, row, yOf(row), view, box);
		if (!named)
			this.drawCount(g, view, box);
		g.restore();
		this.drawChosen(g, view, box, yOf);
	},

	drawName(g, row, y, view, box) {
		const life = this.mode === 'tasks' ? Lives.order[row] : -1;
		if (life === Chosen.life && life >= 0) {
			g.fillStyle = Ink.css.chosen;
			g.fillRect(0, y - view.rowH / 2, box.x, view.rowH);
		}
		g.fillStyle = Ink.css.ink;
		g.fillText(life >= 0 ? fitName(g, life, box.x - 20 * view.dpr) : `CPU ${row}`, 14 * view.dpr, y + .5);
	},

	drawCount(g, view, box) {
		const shown = Math.min(this.rows, Math.ceil(box.h / view.rowH)), first = Math.floor(view.top) + 1;
		g.fillStyle = Ink.css.soft;
		g.fillText(fill('rows %1 to %2', count(first), count(Math.min(this.rows, first + shown - 1))), 14 * view.dpr, box.y + 10 * view.dpr);
		g.fillText(fill('of %1', count(this.rows)), 14 * view.dpr, box.y + 25 * view.dpr);
	},

	// The row of the life chosen, and of the keys.
	drawChosen(g, view, box, yOf) {
		const row = Chosen.life >= 0 && this.mode === 'tasks' ? Lives.rowOf[Chosen.life] : -1, h = Math.max(view.rowH, 3 * view.dpr);
		if (row >= 0 && yOf(row) > box.y) {
			g.strokeStyle = Ink.css.accent;
			g.strokeRect(box.x + .5, Math.round(yOf(row) - h / 2) + .5, box.w - 1, Math.round(h));
		}
		if (document.activeElement === this.canvas && this.rows) {
			g.fillStyle = Ink.css.accent;
			g.fillRect(2 * view.dpr, yOf(this.at) - h / 2, 4 * view.dpr, h);
		}
	},

	/* ---- the whole trace, small, with the window that is in view ---- */

	drawMap(g, view, box) {
		const h = Math.round(MAP * view.dpr), k = box.w / Math.max(1, Data.last - Data.first);
		if (!this.map)
			this.map = mapOf(box.w, k);
		g.fillStyle = Ink.css.alive;
		for (let x = 0; x < box.w; x++)
			if (this.map.alive[x])
				g.fillRect(box.x + x, h - this.map.alive[x] * (h - 2), 1, this.map.alive[x] * (h - 2));
		g.fillStyle = Ink.css.bad;
		for (let x = 0; x < box.w; x++)
			if (this.map.killed[x])
				g.fillRect(box.x + x, 1, Math.max(1, view.dpr), 4 * view.dpr);
		const x0 = Math.max(0, (this.t0 - Data.first) * k), x1 = Math.min(box.w, (this.t1 - Data.first) * k);
		g.strokeStyle = Ink.css.accent;
		g.strokeRect(box.x + x0 + .5, .5, Math.max(2, x1 - x0 - 1), h - 1);
	},
};

// How many live, and who is killed, by pixel of the whole trace.
function mapOf(width, k) {
	const delta = new Float64Array(width + 2), killed = new Uint8Array(width + 1), at = t => Math.max(0, Math.min(width, Math.floor((t - Data.first) * k)));
	for (let i = 0; i < Data.n; i++) {
		delta[Number.isNaN(Data.birth[i]) ? 0 : at(Data.birth[i])]++;
		delta[(Number.isNaN(Data.death[i]) ? width : at(Data.death[i])) + 1]--;
		if (Data.endKind[i] === END.signal)
			killed[at(Data.death[i])] = 1;
	}
	const alive = new Float64Array(width);
	let n = 0, most = 1;
	for (let x = 0; x < width; x++)
		most = Math.max(most, alive[x] = n += delta[x]);
	return { alive: alive.map(v => v / most), killed };
}

const KEYS_OF_TIMELINE = {
	ArrowLeft: t => t.pan(-(t.width - t.gutter) / 8),
	ArrowRight: t => t.pan((t.width - t.gutter) / 8),
	ArrowUp: t => t.step(-1),
	ArrowDown: t => t.step(1),
	PageUp: t => t.step(-Math.max(1, Math.floor(t.plotHeight / t.rowH) - 1)),
	PageDown: t => t.step(Math.max(1, Math.floor(t.plotHeight / t.rowH) - 1)),
	Home: t => t.step(-Infinity),
	End: t => t.step(Infinity),
	'+': t => t.zoom(1.5),
	'=': t => t.zoom(1.5),
	'-': t => t.zoom(1 / 1.5),
	'0': t => t.fit(),
	'[': t => t.zoomRows(1 / 1.5),
	']': t => t.zoomRows(1.5),
	Enter: t => t.enter(),
	z: t => t.mode === 'tasks' && t.rows && t.reveal(Lives.order[t.at], true),
};
