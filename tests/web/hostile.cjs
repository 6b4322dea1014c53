// SPDX-License-Identifier: GPL-2.0-or-later
// Names from traced systems: they are shown as text, run nothing, load nothing and break no layout.
'use strict';

const fs = require('fs');
const { check, equal, pageOf, Browser, settled, rowsOf, searchFor, Trace } = require('./browser.cjs');

// Names of tasks hold 15 bytes, names of programs and arguments any number; neither holds a NUL.
const COMMS = ['<script>alert(1', '</script><b>', '"><svg onload=a', "'><img src=//x", '<!--', ']]>', '&lt;b&gt;', '\u202egnp.exe', '\x1b[31mred', '\x07\x08\x7f',
	'가나다라마', '\u2028\u2029', '=cmd|calc!A0', '${alert(1)}', '\\u003cb>', '%1$s %n', '\x0er0\x0f', 'a)\x1eb', '🜲🜲🜲', '-->', '\xff\xfe'];
const PROGRAMS = ['/tmp/<script>alert(document.domain)</script><img src=x onerror=alert(1)>', '/tmp/"><iframe src="https://example.org/">',
	`/tmp/${'가'.repeat(300)}`, `/tmp/${'x'.repeat(2000)}`, "/tmp/'+alert(1)+'", '/tmp/javascript:alert(1)', '/tmp/</SCRIPT ><script >alert(1)</script >'];

function hostileTrace() {
	const trace = new Trace();
	COMMS.forEach((comm, i) => {
		const pid = 100 + i, t = 1 + i / 10, program = PROGRAMS[i % PROGRAMS.length];
		trace.born(t, pid, comm);
		trace.at(t + 0.001, 1, comm, pid, 'sched_process_exec', `filename=${program} pid=${pid} old_pid=${pid}`);
		trace.at(t + 0.002, 1, comm, pid, 'signal_generate', `sig=9 errno=0 code=0 comm=sh pid=${i ? pid - 1 : pid} grp=1 res=0`);
		trace.dies(t + 0.15, pid, comm);
	});
	return trace.toString();
}

async function nothingRuns(browser, file) {
	const page = await browser.open(file, { viewport: { width: 1280, height: 1500 } });
	equal('no element comes from a name', await page.$$eval('script:not([type]), iframe, svg, img, object, embed, b:not(.figure b):not(.story b)', l => l.map(e => e.tagName)), ['SCRIPT']);
	const names = (await rowsOf(page)).map(r => r[2]);
	for (const wanted of ['<script>alert(1', '</script><b>', '"><svg onload=a', '<!--', '&lt;b&gt;', '${alert(1)}', '\\u003cb>', '가나다라마', '=cmd|calc!A0', '%1$s %n'])
		check(`shown as it is: ${wanted}`, names.includes(wanted), names);
	check('control bytes and turned text are shown, not sent', !names.some(n => /[\x00-\x1f\x7f\u202e]/.test(n)) && names.includes('\\x1b[31mred'), names);
	check('a name that looks like our own marks is text', names.includes('\\x0er0\\x0f'), names);
	for (let life = 0; life < COMMS.length; life++)
		await page.evaluate(i => show(i), life);
	for (const tab of ['family', 'signals', 'paths', 'evidence', 'lives']) {
		await page.click('#tab-' + tab);
		await settled(page);
	}
	await page.click('#lang');
	for (const word of ['<script>', '(', '[', '*', '\\', 'by:<b', 'cause:constructor', 'name:__proto__', 'pid:toString', 'path:x', '"\'', '\u202e'])
		await searchFor(page, word);
	await page.context().close();
}

async function layout(browser, file, width, height) {
	const page = await browser.open(file, { viewport: { width, height } });
	for (let life = 0; life < COMMS.length; life++) {
		await page.evaluate(i => { show(i); document.querySelectorAll('details').forEach(d => { d.open = true; }); }, life);
		const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
		if (wide > 0)
			check(`${width}x${height}: the page is no wider than its window (life ${life})`, false, wide);
	}
	check(`${width}x${height}: the page is no wider than its window`, await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
	equal(`${width}x${height}: every row is as high as the others`, await page.$$eval('#panel .body .row', rows => Array.from(new Set(rows.filter(r => !r.hidden).map(r => r.offsetHeight)))), [24]);
	const inside = await page.$$eval('#panel .body .row > span', cells => cells.every(c => c.offsetParent === null || c.getBoundingClientRect().right <= c.parentElement.getBoundingClientRect().right + 1));
	check(`${width}x${height}: no cell leaves its row`, inside);
	await page.context().close();
}

function theFile(file) {
	const text = fs.readFileSync(file, 'utf8');
	equal('blocks end where they should', (text.match(/<script/gi) || []).length, (text.match(/<\/script>/gi) || []).length);
	check('no name stands in the markup', !/<(?:svg|img|iframe|b)[\s>]/i.test(text.slice(text.indexOf('data-is='))
		.replace(/<script>[\s\S]*$/, '')));
}

(async () => {
	const browser = await Browser.start(), file = pageOf('hostile', hostileTrace());
	theFile(file);
	await nothingRuns(browser, file);
	await layout(browser, file, 1280, 800);
	await layout(browser, file, 390, 844);
	await browser.end();
})().catch(e => { console.log('not ok - the test itself: ' + e.stack.replace(/\n/g, '\n# ')); process.exit(1); });
