// SPDX-License-Identifier: GPL-2.0-or-later
// What the web tests share: pages made by tasklife, a browser that watches them, TAP.
'use strict';

const fs = require('fs');
const path = require('path');
const { spawnSync } = require('child_process');

const ROOT = process.env.TL_SOURCE_ROOT || path.join(__dirname, '../..');
const TMP = process.env.TL_TMP || fs.mkdtempSync('/tmp/tasklife-web-');
const TASKLIFE = process.env.TASKLIFE || path.join(ROOT, 'build/tasklife');
const { chromium } = require(path.join(process.env.TL_WEB_MODULES, 'playwright-core'));

const PATIENCE = 600000; // ms, for what takes a moment on a machine that is neither slow nor busy

/* ---- TAP ---- */

let told = 0, failed = 0;

function check(what, good, ...said) {
	console.log(`${good ? 'ok' : 'not ok'} ${++told} - ${what}`);
	if (good)
		return;
	failed++;
	for (const s of said)
		console.log('# ' + String(typeof s === 'string' ? s : JSON.stringify(s)).replace(/\n/g, '\n# ').slice(0, 4000));
}

function equal(what, got, wanted) {
	check(what, JSON.stringify(got) === JSON.stringify(wanted), { got }, { wanted });
}

/* ---- pages ---- */

function tasklife(...words) {
	return spawnSync(TASKLIFE, words, { encoding: 'utf8', maxBuffer: 1 << 28 });
}

// The page of a trace: its file's name. A trace is a file, or the text of one.
function pageOf(name, trace, ...options) {
	const out = path.join(TMP, name + '.html');
	let file = trace;
	if (trace.includes('\n')) {
		file = path.join(TMP, name + '.txt');
		fs.writeFileSync(file, trace);
	}
	const done = tasklife('export', '--all', '--to', 'html', '-o', out, ...options, file);
	if (done.status)
		throw new Error(`export of ${name}: status ${done.status}: ${done.stderr}`);
	return out;
}

class Browser {
	static async start() {
		const b = new Browser();
		const args = ['--disable-dev-shm-usage', ...(process.getuid() ? [] : ['--no-sandbox'])];
		b.chromium = await chromium.launch({ executablePath: process.env.CHROMIUM, args, timeout: PATIENCE });
		b.troubles = [];
		return b;
	}

	async context(options = {}) {
		const context = await this.chromium.newContext(options);
		context.setDefaultTimeout(PATIENCE);
		return context;
	}

	// Opens a page and waits until it can be used. Whatever it should not do is kept in troubles.
	async open(file, options = {}) {
		const context = await this.context({ viewport: { width: 1280, height: 800 }, ...options });
		const page = await context.newPage(), trouble = (kind, text) => this.troubles.push(`${path.basename(file)}: ${kind}: ${text}`);
		page.on('pageerror', e => trouble('error', e.stack));
		page.on('console', m => m.text().includes('willReadFrequently') || trouble('console', m.text()));
		page.on('dialog', d => { trouble('dialog', d.message()); d.dismiss(); });
		page.on('request', r => { if (r.url().split('#')[0] !== 'file://' + file && !r.url().startsWith('data:')) trouble('request', r.url()); });
		await page.goto('file://' + file);
		await page.waitForFunction(() => performance.getEntriesByName('tasklife-ready').length > 0, null);
		await settled(page);
		return page;
	}

	async end() {
		await this.chromium.close();
		check('no page erred, asked the network, or spoke up', !this.troubles.length, ...this.troubles);
		console.log('1..' + told);
		process.exit(failed ? 1 : 0);
	}
}

// Two frames later everything that was to be drawn is drawn.
function settled(page) {
	return page.evaluate(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))));
}

// The rows of the list that is shown, as texts.
function rowsOf(page) {
	return page.$$eval('#panel .body .row', rows => rows.filter(r => !r.hidden)
		.sort((a, b) => a.number - b.number).map(r => Array.from(r.children, c => c.textContent)));
}

async function searchFor(page, words) {
	await page.fill('#search', words);
	await settled(page);
}

/* ---- traces, as text ---- */

// Records by hand, in any order: trace.at(1.5, 0, 'sh', 10, 'sched_process_exit', 'comm=sh pid=10 prio=120')
class Trace {
	constructor() {
		this.records = [];
	}

	at(t, cpu, comm, pid, event, text) {
		this.records.push([t, `${`${comm}-${pid}`.padStart(23)} [${String(cpu).padStart(3, '0')}] d..2. ${t.toFixed(6).padStart(12)}: ${event}: ${text}`]);
		return this;
	}

	born(t, pid, comm = 'child', parent = 'sh', ppid = 10) {
		this.at(t, 0, parent, ppid, 'task_newtask', `pid=${pid} comm=${parent} clone_flags=1200000 oom_score_adj=0`);
		this.at(t + 0.00001, 0, parent, ppid, 'sched_process_fork', `comm=${parent} pid=${ppid} child_comm=${parent} child_pid=${pid}`);
		return comm === parent ? this : this.at(t + 0.00002, 1, parent, pid, 'task_rename', `pid=${pid} oldcomm=${parent} newcomm=${comm} oom_score_adj=0`);
	}

	dies(t, pid, comm = 'child') {
		return this.at(t, 1, comm, pid, 'sched_process_exit', `comm=${comm} pid=${pid} prio=120`);
	}

	toString() {
		const head = ['# tracer: nop', '#', '#           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION', '#              | |         |   |||||     |         |'];
		return head.concat(this.records.sort((a, b) => a[0] - b[0]).map(r => r[1])).join('\n') + '\n';
	}
}

module.exports = { PATIENCE, ROOT, TMP, TASKLIFE, check, equal, tasklife, pageOf, Browser, settled, rowsOf, searchFor, Trace };
