// SPDX-License-Identifier: GPL-2.0-or-later
// Traces with little, nothing, or too much in them; and where the page is written.
'use strict';

const fs = require('fs');
const path = require('path');
const { spawnSync } = require('child_process');
const { ROOT, TMP, TASKLIFE, check, equal, tasklife, pageOf, Browser, settled, rowsOf, Trace } = require('./browser.cjs');

const VIEWS = ROOT + '/tests/golden/views/';

// Opens the page, tries everything once, and gives it back.
async function tried(browser, name, trace) {
	const page = await browser.open(pageOf(name, trace));
	for (const tab of ['family', 'signals', 'paths', 'evidence', 'lives']) {
		await page.click('#tab-' + tab);
		await settled(page);
	}
	await page.evaluate(() => { for (let i = 0; i < Math.min(Data.n, 20); i++) choose(i); });
	for (const id of ['show-cpus', 'zoom-in', 'zoom-out', 'rows-more', 'show-tasks', 'zoom-fit', 'lang', 'theme', 'lang'])
		await page.click('#' + id);
	await page.focus('#canvas');
	for (const key of ['ArrowDown', 'End', 'z', '0', ']', '[', 'Enter'])
		await page.keyboard.press(key);
	await page.evaluate(() => { preparePrint(); afterPrint(); });
	await settled(page);
	return page;
}

const cells = async page => (await rowsOf(page)).map(r => r.map(c => c.trim()));

async function little(browser) {
	let page = await tried(browser, 'nobody', '# tracer: nop\n#\n            bash-1     [000] d..2.     1.000000: some_event: x=1\n');
	check('no life at all: the page says so', (await page.textContent('#panel .empty')).length > 0 || (await rowsOf(page)).length <= 1);
	page = await tried(browser, 'one', new Trace().born(1, 20, 'one').dies(2, 20, 'one').toString());
	check('one task: its length', (await cells(page)).some(r => r[2] === 'one' && r[6] === '1 s'), await cells(page));
	page = await tried(browser, 'halves', new Trace().dies(1, 30, 'unborn').born(1.5, 31, 'undying').toString());
	const rows = await cells(page);
	check('without a birth: it lived before', rows.some(r => r[2] === 'unborn' && r[0] === 'before' && r[6] === ''), rows);
	check('without a death: it is alive', rows.some(r => r[2] === 'undying' && r[3] === 'alive' && r[6] === ''), rows);
	page = await tried(browser, 'moment', new Trace().at(1, 0, 'sh', 10, 'task_newtask', 'pid=40 comm=sh clone_flags=1200000 oom_score_adj=0').dies(1, 40, 'sh').toString());
	check('a life of no length: 0 ns', (await cells(page)).some(r => r[1] === '40' && r[6] === '0 ns'), await cells(page));
	check('… and it is in the picture', await page.evaluate(() => { const line = new Uint32Array(100); paintLife(line, Data.lifeOf.get(identity(40, 1)), { t0: -50, t1: 50, scale: 1, width: 100 }); return line.some(v => v); }));
}

const pixels = (page, name) => page.evaluate(ink => {
	Timeline.drawNow();
	const c = Timeline.canvas, bits = Timeline.g.getImageData(0, 0, c.width, c.height).data, [r, g, b] = Ink.rgb[ink];
	let n = 0;
	for (let i = 0; i < bits.length; i += 4)
		n += Math.abs(bits[i] - r) + Math.abs(bits[i + 1] - g) + Math.abs(bits[i + 2] - b) < 30;
	return n;
}, name);

async function much(browser) {
	let page = await tried(browser, 'gap', VIEWS + 'gap/trace.txt');
	check('ten hours without anything: all of it in view', await page.evaluate(() => Timeline.t1 - Timeline.t0 > 36e12));
	const seen = await page.evaluate(() => { const life = Data.lifeOf.get(identity(21, 1)); Timeline.setMode('tasks'); Timeline.reveal(life, true); return [Timeline.t1 - Timeline.t0, moment(Data.birth[life])]; });
	check('… and a life of 200 ms behind it can be zoomed to', seen[0] < 1e9 && seen[1] === '36001.700000', seen);
	page = await tried(browser, 'lost', VIEWS + 'sparse/trace.txt');
	const blind = await page.evaluate(() => Data.trace.blind.length), holes = await pixels(page, 'blind');
	check('lost events: a hole in the picture', blind > 0 && holes > 20, { blind, holes });
	check('lost events: a word in the overview', (await page.textContent('#overview')).includes('250 events were lost'), await page.textContent('#overview'));
	await page.click('#show-cpus');
	check('lost events: a hole in the CPU', await pixels(page, 'blind') > 20);
	const late = new Trace().born(9007199.254741, 50, 'late').dies(9007199.254999, 50, 'late');
	page = await tried(browser, 'late', late.toString());
	check('a clock beyond 2^53 ns keeps its microseconds', (await cells(page)).some(r => r[0] === '9007199.254741' && r[6] === '258 us'), await cells(page));
	const ring = new Trace();
	for (let i = 0; i < 400; i++)
		ring.born(1 + i / 100, 60 + i, 'link', 'link', 59 + i);
	page = await tried(browser, 'chain', ring.toString());
	check('400 generations', await page.evaluate(() => { growFamily(); let at = Data.lifeOf.get(identity(459, 1)), n = 0; while ((at = Family.parent.get(at)) !== undefined) n++; return n; }) >= 399);
}

/* ---- the file ---- */

function file() {
	const trace = VIEWS + 'family/trace.txt', out = path.join(TMP, 'there.html');
	fs.writeFileSync(out, 'what stood here before');
	equal('a file that exists is written anew', tasklife('export', '--to', 'html', '-o', out, trace).status, 0);
	check('… whole', fs.readFileSync(out, 'utf8').trim().endsWith('</html>'));
	fs.writeFileSync(out, 'precious');
	const wrong = tasklife('export', '--to', 'html', '-o', out, path.join(TMP, 'no-such-trace'));
	equal('a wrong trace leaves what was there', [wrong.status, fs.readFileSync(out, 'utf8')], [4, 'precious']);
	const nowhere = tasklife('export', '--to', 'html', '-o', path.join(TMP, 'no/such/folder/x.html'), trace);
	check('a place where nothing can be written: said in words', nowhere.status > 0 && /cannot write/.test(nowhere.stderr), nowhere.status, nowhere.stderr);
	const full = tasklife('export', '--to', 'html', '-o', '/dev/full', trace);
	check('a full disk: said in words', full.status > 0 && /ENOSPC/.test(full.stderr), full.status, full.stderr);
	const closed = spawnSync('sh', ['-c', '"$0" export --to html "$1" | head -c 1000 >/dev/null; exit 0', TASKLIFE, trace], { encoding: 'utf8' });
	equal('a closed pipe: silence', [closed.status, closed.stderr], [0, '']);
}

(async () => {
	file();
	const browser = await Browser.start();
	await little(browser);
	await much(browser);
	await browser.end();
})().catch(e => { console.log('not ok - the test itself: ' + e.stack.replace(/\n/g, '\n# ')); process.exit(1); });
