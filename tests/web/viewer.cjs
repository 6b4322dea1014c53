// SPDX-License-Identifier: GPL-2.0-or-later
// The chrome export in a viewer of trace events: the Performance panel of the browser's own DevTools. What it found in the
// file (processes, threads, slices and how long they are) is what the ndjson says; the arrows, which that viewer keeps for
// pages, are counted in the file.
'use strict';

const fs = require('fs');
const path = require('path');
const { PATIENCE, ROOT, TMP, check, equal, tasklife, Browser, Trace } = require('./browser.cjs');

const DEVTOOLS = 'devtools://devtools/bundled/';
const MACHINE = 2000000000, LOST = 1000, BEARERS = 4194304;

/* ---- what the ndjson says ---- */

function lives(file) {
	const lines = tasklife('export', '--all', '--to', 'ndjson', file).stdout.trim().split('\n').map(l => JSON.parse(l));
	return { tasks: lines.slice(1, -1), trace: lines.at(-1).trace };
}

const ownTrack = t => t.tid + (t.generation - 1) * BEARERS;
const label = t => t.generation > 1 ? `${t.comm}(${t.tid}) #${t.generation}` : `${t.comm}(${t.tid})`;
const isAlone = t => t.tgid === null || t.tgid === t.tid;

function wanted({ tasks, trace }) {
	const processes = { [MACHINE]: 'CPUs' }, threads = {}, times = {}, running = {};
	for (const t of tasks) {
		const track = ownTrack(t);
		if (isAlone(t))
			processes[track] = t.generation > 1 ? label(t) : t.comm;
		threads[track] = label(t);
		const s = t.sched || { run_ns: 0, wait_ns: 0, sleep_ns: 0, stopped_ns: 0 };
		times[track] = [s.run_ns, s.wait_ns, s.sleep_ns, s.stopped_ns];
		for (const cpu of s.cpus || [])
			running[cpu] = true;
	}
	for (const cpu in running)
		threads[MACHINE + Number(cpu)] = 'CPU ' + cpu;
	for (const b of trace.blind)
		threads[MACHINE + LOST + (b.cpu ?? -1) + 1] = b.cpu === null ? 'records lost' : 'records lost on CPU ' + b.cpu;
	return { processes, threads, times };
}

/* ---- what the viewer found ---- */

// Its reader of traces, as its own panel uses it; null where this browser has another.
function read(page, events) {
	return page.evaluate(async ([where, events]) => {
		let data;
		try {
			const { TraceModel } = await import(where + 'models/trace/trace.js');
			const model = TraceModel.Model.createWithAllHandlers();
			await model.parse(events, { metadata: {}, isFreshRecording: false });
			data = model.parsedTrace(0).data;
			if (!data.Renderer.processes || !data.Meta.processNames)
				return null;
		} catch (e) {
			return null;
		}
		const threads = {}, slices = [];
		for (const [pid, process] of data.Renderer.processes)
			for (const [tid, thread] of process.threads) {
				threads[tid] = thread.name;
				for (const e of thread.entries)
					slices.push({ pid, tid, name: e.name, cat: e.cat, ts: e.ts, dur: e.dur || 0 });
			}
		return { processes: Object.fromEntries(Array.from(data.Meta.processNames, ([pid, e]) => [pid, e.args.name])), threads, slices };
	}, [DEVTOOLS, events]);
}

function compare(name, file, made, got) {
	const says = lives(file), want = wanted(says), of = kind => got.slices.filter(s => s.cat === kind), sums = {};
	const sorted = o => Object.entries(o).sort();
	equal(`${name}: the processes and their names`, sorted(got.processes), sorted(want.processes));
	equal(`${name}: the threads and their names`, sorted(got.threads), sorted(want.threads));
	equal(`${name}: a slice per life, on its own track`, of('life').map(s => s.tid).sort(), says.tasks.map(ownTrack).sort());
	for (const t of says.tasks)
		sums[ownTrack(t)] = [0, 0, 0, 0];
	for (const s of of('state'))
		sums[s.tid][['running', 'runnable', 'sleeping', 'stopped'].indexOf(s.name)] += Math.round(s.dur * 1000);
	const states = sorted(sums).map(([track, [run, wait, sleep, stop]]) => [track, [run, wait, sleep, stop]]);
	equal(`${name}: running, waiting, sleeping and stopped as long as the ndjson says`, states, sorted(want.times));
	equal(`${name}: what ran stands on its CPU`, of('cpu').length, of('state').filter(s => s.name === 'running').length);
	equal(`${name}: a hole for each blind interval`, of('blind').length, says.trace.blind.length);
	equal(`${name}: no slice is lost on the way`, got.slices.length, made.filter(e => e.ph === 'X').length);
}

/* ---- arrows ---- */

const told = (tasks, who) => who && tasks.some(t => t.tid === who.tid);

function arrows(name, file, made) {
	const { tasks } = lives(file), count = kind => ['s', 'f'].map(ph => made.filter(e => e.cat === kind && e.ph === ph).length);
	const twice = n => [n, n];
	equal(`${name}: an arrow from each creator`, count('fork'), twice(tasks.filter(t => t.birth && told(tasks, t.birth.creator)).length));
	equal(`${name}: an arrow from each sender`, count('signal'), twice(tasks.flatMap(t => t.signals).filter(s => told(tasks, s.from)).length));
	equal(`${name}: an arrow to each parent`, count('notice'), twice(tasks.filter(t => t.notified && told(tasks, t.notified.parent)).length));
}

/* ---- the panel itself ---- */

// Gives the file to the panel as people do. How much is drawn: the colours in its pictures.
async function look(browser, name, file) {
	const context = await browser.context({ viewport: { width: 1400, height: 900 } }), page = await context.newPage();
	page.on('pageerror', e => browser.troubles.push(`${name}: ${e.stack}`));
	await page.goto(DEVTOOLS + 'devtools_app.html?panel=timeline');
	const input = page.locator('input[type=file]').first();
	await input.waitFor({ state: 'attached' });
	await input.setInputFiles(file);
	const drawn = await page.waitForFunction(() => {
		const found = [], colours = new Set();
		(function walk(root) {
			for (const e of root.querySelectorAll('*')) {
				if (e.tagName === 'CANVAS' && e.width > 300 && e.height > 100)
					found.push(e);
				if (e.shadowRoot)
					walk(e.shadowRoot);
			}
		})(document);
		for (const c of found) {
			const bits = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
			for (let i = 0; i < bits.length; i += 4)
				if (bits[i + 3] === 255)
					colours.add(bits[i] << 16 | bits[i + 1] << 8 | bits[i + 2]);
		}
		return colours.size > 20 && colours.size;
	}, null, { timeout: PATIENCE / 2, polling: 500 }).then(() => true, () => false);
	await page.screenshot({ path: path.join(TMP, name + '.png') });
	check(`${name}: the panel draws it`, drawn);
	await context.close();
}

async function viewed(browser, page, name, file) {
	const out = path.join(TMP, name + '.json');
	equal(`${name}: exported`, tasklife('export', '--all', '--to', 'chrome', '-o', out, file).status, 0);
	const made = JSON.parse(fs.readFileSync(out, 'utf8')).traceEvents, got = await read(page, made);
	arrows(name, file, made);
	if (got)
		compare(name, file, made, got);
	else
		console.log(`# ${name}: this browser's viewer cannot be asked what it found`);
	await look(browser, name, out);
}

// One id after the other in three processes, a name as wide as it can be, and one that is hostile.
function bearers() {
	const trace = new Trace();
	for (let i = 0; i < 3; i++)
		trace.born(1 + i, 70, ['가나다라마', '</script>', 'third'][i]).dies(1.5 + i, 70, ['가나다라마', '</script>', 'third'][i]);
	const file = path.join(TMP, 'bearers.txt');
	fs.writeFileSync(file, trace.toString());
	return file;
}

(async () => {
	const browser = await Browser.start();
	const page = await (await browser.context()).newPage();
	await page.goto(DEVTOOLS + 'devtools_app.html?panel=timeline');
	await viewed(browser, page, 'family', ROOT + '/tests/golden/views/family/trace.txt');
	await viewed(browser, page, 'sparse', ROOT + '/tests/golden/views/sparse/trace.txt');
	await viewed(browser, page, 'gap', ROOT + '/tests/golden/views/gap/trace.txt');
	await viewed(browser, page, 'bearers', bearers());
	await browser.end();
})().catch(e => { console.log('not ok - the test itself: ' + e.stack.replace(/\n/g, '\n# ')); process.exit(1); });
