// SPDX-License-Identifier: GPL-2.0-or-later
// What people do on the page.
'use strict';

const fs = require('fs');
const { ROOT, check, equal, tasklife, pageOf, Browser, settled, rowsOf, searchFor, Trace } = require('./browser.cjs');

const FAMILY = ROOT + '/tests/golden/views/family/trace.txt', DEMO = ROOT + '/examples/demo.dat';

/* ---- the same words as on the terminal ---- */

const squeeze = text => text.replace(/\s+/g, ' ').trim();

// [head, [lines]] of `tasklife story` for each of these tasks; the page has lists of its own for what is folded.
function storiesOfTerminal(lang, trace, pids) {
	const text = pids.map(pid => tasklife('--lang', lang, 'story', '--pid', pid, trace).stdout.trim()).join('\n\n').replace(/ \(--all[^)]*\)/g, '');
	return text.trim().split('\n\n').map(block => block.split('\n').map(squeeze)).map(([head, ...lines]) => [head.split(' ')[0], lines]);
}

function storiesOfPage(page, lang) {
	return page.evaluate(language => {
		const squeezed = text => text.replace(/\s+/g, ' ').trim();
		setLanguage(language);
		return Array.from({ length: Data.n }, (_, life) => {
			show(life);
			const terms = Array.from(document.querySelectorAll('#detail .story dt'));
			const rows = terms.map(dt => squeezed(Array.from(dt.children, e => e.textContent).join(' ') + ' ' + dt.nextElementSibling.textContent));
			const notes = Array.from(document.querySelectorAll('#detail .evidence tr'), tr => {
				const [n, time, event, place] = Array.from(tr.children, td => td.textContent);
				return squeezed(`${n} ${time} ${event}, ${place}`);
			});
			return [document.querySelector('#detail h2').textContent, rows.concat(notes)];
		});
	}, lang);
}

async function sameStories(browser, name, trace) {
	const page = await browser.open(pageOf(name, trace)), pids = await page.evaluate(() => Array.from(Data.tid, String));
	for (const lang of ['en', 'ko']) {
		const told = new Map(storiesOfTerminal(lang, trace, pids)), got = await storiesOfPage(page, lang), wanted = got.map(([who]) => [who, told.get(who)]);
		const at = wanted.findIndex((story, i) => JSON.stringify(story) !== JSON.stringify(got[i]));
		check(`${name}: each life's story, with its records, reads as on the terminal (${lang})`, at < 0 && got.length > 3,
			{ got: got[at] }, { wanted: wanted[at] });
	}
	await page.context().close();
}

/* ---- lists ---- */

async function lists(browser, file) {
	const page = await browser.open(file), names = async () => (await rowsOf(page)).map(r => r[2]);
	const found = async words => { await searchFor(page, words); return (await names()).sort(); };
	equal('all lives are listed', (await rowsOf(page)).length, 12);
	for (const [words, wanted] of [['worker', ['worker']], ['pid:30', ['server', 'worker']], ['killed', ['server', 'worker']], ['signal:kill by:bash', ['server', 'worker']],
		['cause:exit orphan', ['orphan']], ['alive', ['bash', 'init', 'sh']], ['nobody-bears-this', []], ['parent:mid', ['orphan']]])
		equal(`search: ${words}`, await found(words), wanted);
	await searchFor(page, 'nobody-bears-this');
	equal('a search that fits nothing says so', await page.textContent('#panel .empty'), 'No life fits the search.');
	equal('the timeline shows what the search found', (await searchFor(page, 'killed'), await page.evaluate(() => Timeline.rows)), 2);
	await page.keyboard.press('Escape');
	await settled(page);
	equal('Escape ends the search', (await rowsOf(page)).length, 12);
	await sorting(page);
	await page.context().close();
}

async function sorting(page) {
	for (const [label, column, of] of [['tid', 1, Number], ['Name', 2, String]]) {
		for (const direction of ['ascending', 'descending']) {
			await page.click(`#panel .head button:has-text("${label}")`);
			await settled(page);
			const values = (await rowsOf(page)).map(r => of(r[column])), sorted = [...values].sort((a, b) => (of === Number ? a - b : a.localeCompare(b, 'en', { numeric: true })));
			equal(`sorted by ${label}, ${direction}`, values, direction === 'ascending' ? sorted : sorted.reverse());
			equal(`… and the head says so`, await page.getAttribute(`#panel .head [aria-sort]`, 'aria-sort'), direction);
		}
	}
}

/* ---- evidence, both ways ---- */

async function evidence(browser, file) {
	const page = await browser.open(file);
	await searchFor(page, 'server');
	await page.click('#panel .body .row');
	equal('a click on a row opens its life', await page.textContent('#detail h2'), 'server(30)');
	const died = page.locator('#detail .story dd[data-row="died"]').first(), marks = await died.locator('.note').allTextContents();
	check('the death names its records', marks.length >= 2, marks);
	await died.click({ position: { x: 3, y: 3 } });
	equal('a click on the death lights its records', await page.$$eval('#detail .evidence tr.lit button', l => l.map(b => b.textContent)), marks);
	await died.locator('.note').first().click();
	equal('a footnote leads to its record', await page.evaluate(() => document.activeElement.textContent), marks[0]);
	await page.keyboard.press('Enter');
	await settled(page);
	equal('from there to all records', await page.getAttribute('#tab-evidence', 'aria-selected'), 'true');
	equal('… to this one', await page.$$eval('#panel .row.at', l => l.map(r => r.children[3].textContent + r.children[4].textContent)), ['server(30)' + marks[0]]);
	await page.evaluate(() => show(0));
	await page.focus('#panel .grid');
	await page.keyboard.press('Enter');
	equal('and back from the record to the life', await page.textContent('#detail h2'), 'server(30)');
	await page.evaluate(() => lightRows(1));
	check('a record lights the sentences that rest on it', await page.$$eval('#detail .story dd.lit', l => l.length) > 0);
	await page.click('#detail .end a');
	equal('the killer is a link to its life', await page.textContent('#detail h2'), 'bash(5)');
	await page.goBack();
	equal('the browser goes back to the victim', await page.textContent('#detail h2'), 'server(30)');
	await otherLists(page);
	await page.context().close();
}

async function otherLists(page) {
	await searchFor(page, '');
	await page.click('#tab-signals');
	await settled(page);
	const signals = await rowsOf(page), fatal = signals.filter(r => r[1] === '✕ SIGKILL');
	check('signals: who killed whom', fatal.some(r => r[2] === 'bash(5)' && r[3] === 'server(30)'), signals);
	await page.check('#panel input');
	await settled(page);
	check('signals: with the notices there are more', (await rowsOf(page)).length > signals.length);
	await page.click('#tab-paths');
	await settled(page);
	const paths = await rowsOf(page);
	check('call paths: of births and of deaths', paths.some(r => r[1] === 'births') && paths.some(r => r[1] === 'deaths'), paths);
	await page.click('#panel .body .row');
	await settled(page);
	equal('a call path leads to the lives that went through it', (await rowsOf(page)).length, Number(paths[0][0]));
}

async function family(browser, file) {
	const page = await browser.open(file), depth = name => page.$$eval('#panel .body .row', (rows, n) => rows.filter(r => r.children[0].textContent.includes(n)).map(r => Number(r.getAttribute('aria-level')))[0], name);
	await page.click('#tab-family');
	await settled(page);
	equal('family: a tree', await page.getAttribute('#panel .grid', 'role'), 'treegrid');
	equal('family: a thread stands below its process', await depth('worker(31)') - await depth('server(30)'), 1);
	equal('family: an orphan below who made it', await depth('orphan(41)') - await depth('mid(40)'), 1);
	const adopted = (await rowsOf(page)).find(r => r[0].includes('orphan(41)'));
	check('family: who adopted it is said', adopted[3].includes('init(1)'), adopted);
	await page.focus('#panel .grid');
	const n = (await rowsOf(page)).length;
	await page.evaluate(() => Family.grid.go(Family.rows.findIndex(r => r.children)));
	await page.keyboard.press('ArrowLeft');
	await settled(page);
	check('family: the left arrow folds', (await rowsOf(page)).length < n);
	await page.keyboard.press('ArrowRight');
	await settled(page);
	equal('family: the right arrow unfolds', (await rowsOf(page)).length, n);
	await page.context().close();
}

/* ---- timeline ---- */

const viewOf = page => page.evaluate(() => ({ t0: Timeline.t0, t1: Timeline.t1, top: Timeline.top, rowH: Timeline.rowH }));

// How many pixels of the canvas have this colour of the palette.
function inked(page, name) {
	return page.evaluate(ink => {
		Timeline.drawNow();
		const c = Timeline.canvas, bits = Timeline.g.getImageData(0, 0, c.width, c.height).data, [r, g, b] = Ink.rgb[ink];
		let n = 0;
		for (let i = 0; i < bits.length; i += 4)
			n += bits[i] === r && bits[i + 1] === g && bits[i + 2] === b;
		return n;
	}, name);
}

async function timeline(browser, file) {
	const page = await browser.open(file), box = await page.locator('#canvas').boundingBox();
	const x = box.x + 600, y = box.y + 80, under = () => page.evaluate(px => Timeline.timeAt(px), 600);
	for (const state of ['running', 'runnable', 'sleeping', 'stopped', 'zombie', 'deep'])
		check(`timeline: ${state} is drawn`, await inked(page, state) > 0);
	await page.mouse.move(x, y);
	const before = await viewOf(page), at = await under();
	await page.mouse.wheel(0, -300);
	await settled(page);
	const after = await viewOf(page);
	check('timeline: the wheel zooms', after.t1 - after.t0 < (before.t1 - before.t0) * 0.7, { before, after });
	check('timeline: … about the time under the pointer', Math.abs(await under() - at) < (after.t1 - after.t0) / 100);
	await page.mouse.down();
	await page.mouse.move(x - 200, y, { steps: 4 });
	await page.mouse.up();
	const panned = await viewOf(page);
	check('timeline: dragging moves it', Math.abs(panned.t0 - after.t0 - 200 / (box.width - 150) * (after.t1 - after.t0)) < (after.t1 - after.t0) / 50, { after, panned });
	await page.click('#zoom-fit');
	equal('timeline: all of it again', await viewOf(page), before);
	const spot = await page.evaluate(() => ({ row: Lives.rowOf[Data.lifeOf.get(identity(30, 1))], h: Timeline.rowH }));
	await page.mouse.click(box.x + 600, box.y + 36 + (spot.row + 0.5) * spot.h);
	equal('timeline: a click on a row opens its life', await page.textContent('#detail h2'), 'server(30)');
	await arrows(page);
	await page.click('#show-cpus');
	await settled(page);
	equal('timeline: a row for each CPU', await page.evaluate(() => Timeline.rows), 2);
	await page.context().close();
}

// The red between the rows is the arrow from the killer: it goes when the killer is not there.
async function arrows(page) {
	const whole = await inked(page, 'bad');
	await page.evaluate(() => { Kills.kept = Data.killer; Data.killer = new Int32Array(Data.n).fill(-1); Kills.victims.clear(); });
	const without = await inked(page, 'bad');
	await page.evaluate(() => { Data.killer = Kills.kept; gatherKills(); });
	check('timeline: an arrow from the killer to its victim', whole > without + 40, { whole, without });
}

/* ---- language, light, keys, paper ---- */

async function languages(browser, file) {
	const page = await browser.open(file);
	await page.click('#lang');
	equal('Korean: the page says so', await page.getAttribute('html', 'lang'), 'ko');
	equal('Korean: the tabs', await page.$$eval('#tabs button', l => l.map(b => b.textContent)), ['일생', '가족', '신호', '호출 경로', '근거']);
	const latin = await page.$$eval('button, th, h3, summary, #legend li, .head span', l => l.map(e => e.textContent.trim()).filter(t => /^[A-Za-z ]{3,}$/.test(t)));
	equal('Korean: no word is left behind', latin.filter(t => !['English', 'tid', 'exec', 'SIGKILL', 'CPU'].includes(t)), []);
	await searchFor(page, '죽임당함');
	equal('Korean: its words can be searched for', (await rowsOf(page)).length, 2);
	await page.click('#lang');
	equal('… and back', await page.textContent('#tab-family'), 'Family');
	await page.context().close();
	const korean = pageOf('korean', FAMILY, '--lang', 'ko');
	const other = await browser.open(korean);
	equal('exported in Korean it opens in Korean', await other.getAttribute('html', 'lang'), 'ko');
	await other.context().close();
}

// WCAG: 4.5 for words. The palette is read from the page.
const CONTRASTS = `(() => {
	const light = c => { const v = c.map(x => { x /= 255; return x <= .03928 ? x / 12.92 : ((x + .055) / 1.055) ** 2.4; }); return .2126 * v[0] + .7152 * v[1] + .0722 * v[2]; };
	const probe = document.createElement('canvas').getContext('2d'), style = getComputedStyle(document.documentElement);
	const rgb = name => { probe.fillStyle = style.getPropertyValue('--' + name).trim(); const n = parseInt(probe.fillStyle.slice(1), 16); return [n >> 16, n >> 8 & 255, n & 255]; };
	const ratio = (a, b) => { const [x, y] = [light(rgb(a)), light(rgb(b))].sort((p, q) => q - p); return (x + .05) / (y + .05); };
	const weak = [];
	for (const ink of ['ink', 'soft', 'bad', 'good', 'warn', 'accent'])
		for (const ground of ['panel', 'bg', 'chosen', 'hover'])
			if (ratio(ink, ground) < 4.5) weak.push(ink + ' on ' + ground + ' ' + ratio(ink, ground).toFixed(2));
	return weak;
})()`;

async function lights(browser, file) {
	for (const scheme of ['light', 'dark']) {
		const page = await browser.open(file, { colorScheme: scheme }), ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
		equal(`${scheme}, as the system wants it`, await page.getAttribute('html', 'data-theme'), scheme);
		equal(`${scheme}: words can be read everywhere`, await page.evaluate(CONTRASTS), []);
		const was = await ground();
		await page.click('#theme');
		check(`${scheme}: the switch turns it round`, await ground() !== was && await page.getAttribute('html', 'data-theme') !== scheme);
		check(`${scheme}: so does the timeline`, await inked(page, 'panel') > 1000);
		await page.context().close();
	}
}

// A page that nobody points into opens with the first that was killed; one with an address, or a narrow one, does not.
async function firstScreen(browser, file) {
	const page = await browser.open(file);
	equal('first screen: the story of the first that was killed', await page.textContent('#detail h2'), 'server(30)');
	check('first screen: its row is in view', await page.evaluate(() => [...document.querySelectorAll('.grid .row')].some(r => r.offsetParent && r.number === Lives.rowOf[Chosen.life])));
	await page.context().close();
}

async function keys(browser, file) {
	const page = await browser.open(file), focused = () => page.evaluate(() => document.activeElement.id || document.activeElement.className);
	await page.keyboard.press('Tab');
	check('keys: first comes a link that skips', (await page.evaluate(() => document.activeElement.className)) === 'skip');
	await page.keyboard.press('Enter');
	equal('keys: … to the search', await focused(), 'search');
	await page.keyboard.type('server');
	await page.keyboard.press('Enter');
	equal('keys: Enter goes to the list', await focused(), 'grid');
	await page.keyboard.press('Enter');
	equal('keys: Enter opens the life', await page.textContent('#detail h2'), 'server(30)');
	await page.keyboard.press('d');
	equal('keys: d goes to it', await focused(), 'detail');
	await page.keyboard.press('/');
	await page.keyboard.press('Escape');
	await page.keyboard.press('Enter');
	await page.keyboard.press('End');
	await settled(page);
	equal('keys: End is the last row', await page.$eval('#panel .grid', g => document.getElementById(g.getAttribute('aria-activedescendant')).number), 11);
	await page.keyboard.press('f');
	equal('keys: f is the family', await page.getAttribute('#tab-family', 'aria-selected'), 'true');
	await page.focus('#tab-family');
	await page.keyboard.press('ArrowRight');
	equal('keys: arrows change tabs', await focused(), 'tab-signals');
	await page.keyboard.press('t');
	equal('keys: t is the timeline', await focused(), 'canvas');
	const before = await viewOf(page);
	await page.keyboard.press('+');
	await page.keyboard.press('ArrowRight');
	await settled(page);
	check('keys: + zooms', (await viewOf(page)).t1 - (await viewOf(page)).t0 < before.t1 - before.t0);
	await page.keyboard.press('End');
	check('keys: the row is said aloud', (await page.textContent('#said')).includes('orphan(41)'), await page.textContent('#said'));
	await page.keyboard.press('Enter');
	equal('keys: Enter opens the row\'s life', await page.textContent('#detail h2'), 'orphan(41)');
	await page.keyboard.press('?');
	check('keys: ? shows the keys', await page.isVisible('#help'));
	await page.keyboard.press('Escape');
	check('keys: Escape closes them', !await page.isVisible('#help'));
	await reachable(page);
	await page.context().close();
}

// With Tab alone one comes past every control, and each has a name.
async function reachable(page) {
	const seen = new Set();
	await page.evaluate(() => document.activeElement.blur());
	for (let i = 0; i < 80; i++) {
		await page.keyboard.press('Tab');
		seen.add(await page.evaluate(() => document.activeElement.id || document.activeElement.className || document.activeElement.tagName));
	}
	for (const id of ['lang', 'theme', 'print', 'keys', 'figure', 'show-tasks', 'zoom-in', 'canvas', 'search', 'grid', 'note'])
		check(`Tab comes to ${id}`, seen.has(id), Array.from(seen));
	equal('each control has a name', await page.$$eval('button, input, canvas, [role=grid], [role=tab], section[id]', l => l
		.filter(e => e.id !== 'printed' && !(e.getAttribute('aria-label') || e.textContent.trim() || (e.labels && e.labels.length))).map(e => e.outerHTML)), []);
}

async function paper(browser, file) {
	const page = await browser.open(file, { colorScheme: 'dark' });
	await page.evaluate(() => choose(0));
	await page.emulateMedia({ media: 'print' });
	await page.evaluate(() => preparePrint());
	equal('paper: every life has its line', await page.$$eval('#printed tbody tr', l => l.length), 12);
	check('paper: controls are left away', !await page.isVisible('#search') && !await page.isVisible('#theme'));
	check('paper: the life chosen is printed', await page.isVisible('#detail .story'));
	equal('paper: its evidence has its numbers, and nothing is there to press',
		await page.$$eval('#detail button', all => [true, false].map(note => all.filter(b => b.matches('.note') === note && b.offsetHeight).length > 0)),
		[true, false]);
	check('paper: the timeline has room for its rows', await page.evaluate(() => byId('timeline').offsetHeight) >= 280);
	equal('paper is white', await page.evaluate(() => getComputedStyle(document.body).backgroundColor), 'rgb(255, 255, 255)');
	const pdf = await page.pdf();
	check('paper: it prints', pdf.length > 10000 && pdf.subarray(0, 5).toString() === '%PDF-', pdf.length);
	await page.context().close();
}

/* ---- many, and the file itself ---- */

async function many(browser) {
	const trace = new Trace();
	for (let i = 0; i < 3000; i++)
		trace.born(1 + i / 1000, 1000 + i).dies(1.0005 + i / 1000, 1000 + i);
	const page = await browser.open(pageOf('many', trace.toString()));
	check('3000 lives: only rows in view exist', await page.$$eval('#panel .body .row', l => l.length) < 100);
	await page.focus('#panel .grid');
	await page.keyboard.press('End');
	await settled(page);
	equal('3000 lives: the last can be seen', (await rowsOf(page)).pop()[1], '3999');
	check('3000 lives: all are in the picture', await page.evaluate(() => Timeline.rowH < 1 && Timeline.rows === 3001));
	await searchFor(page, 'pid:2500');
	equal('3000 lives: one is found', (await rowsOf(page)).map(r => r[1]), ['2500']);
	await page.context().close();
}

function theFile(file) {
	const text = fs.readFileSync(file, 'utf8'), policy = /Content-Security-Policy" content="([^"]*)"/.exec(text)[1];
	check('the policy permits nothing but the page itself', policy.startsWith("default-src 'none'") && !/unsafe|https?:|\*/.test(policy), policy);
	check('nothing is fetched from elsewhere', !/(?:src|href)="(?!#|data:)/.test(text), /(?:src|href)="(?!#|data:)[^"]*/.exec(text));
}

(async () => {
	const browser = await Browser.start(), file = pageOf('family', FAMILY);
	theFile(file);
	await sameStories(browser, 'family', FAMILY);
	await sameStories(browser, 'demo', DEMO);
	for (const test of [firstScreen, lists, evidence, family, timeline, languages, lights, keys, paper])
		await test(browser, file);
	await many(browser);
	await browser.end();
})().catch(e => { console.log('not ok - the test itself: ' + e.stack.replace(/\n/g, '\n# ')); process.exit(1); });
