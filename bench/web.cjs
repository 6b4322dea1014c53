// SPDX-License-Identifier: GPL-2.0-or-later
// How fast the html page is in Chromium: node bench/web.cjs PAGE.html...
// Time until it can be used, then frames while zooming and panning as a hand does, over the whole and close to.
'use strict';

const path = require('path');
const fs = require('fs');
const { chromium } = require(path.join(process.env.TL_WEB_MODULES, 'playwright-core'));

// Runs in the page: moves for `seconds`, a step per frame; the times between frames and of drawing alone.
const MOVES = `async (kind, seconds) => {
	const between = [], drawing = [], draw = Timeline.drawNow.bind(Timeline);
	Timeline.drawNow = () => { const t = performance.now(); draw(); drawing.push(performance.now() - t); };
	const steps = {
		zoom: i => Timeline.zoom(i % 80 < 40 ? 1.12 : 1 / 1.12, 500 + 200 * Math.sin(i / 30), 120),
		pan: i => { Timeline.top += Math.sin(i / 20) * 30 / Timeline.rowH; Timeline.pan(60 * Math.cos(i / 25)); },
	};
	let last = performance.now();
	const end = last + seconds * 1000;
	for (let i = 0; last < end; i++) {
		steps[kind](i);
		await new Promise(requestAnimationFrame);
		const now = performance.now();
		between.push(now - last);
		last = now;
	}
	Timeline.drawNow = draw;
	const at = (list, share) => list.sort((a, b) => a - b)[Math.floor(list.length * share)] || 0;
	return { frames: between.length / seconds, slow: at(between, .95), draw: at(drawing, .5), drawSlow: at(drawing, .95) };
}`;

const SCENES = [
	['the whole', 'Timeline.setMode("tasks"); Timeline.fit()'],
	['rows of 6 pixels', 'Timeline.setMode("tasks"); Timeline.fit(); Timeline.rowH = 6; Timeline.top = Timeline.rows / 3'],
	['rows with names', 'Timeline.setMode("tasks"); Timeline.fit(); Timeline.rowH = 18; Timeline.top = Timeline.rows / 2; Timeline.reveal(Lives.order[Math.floor(Timeline.rows / 2)], true); Timeline.zoom(1 / 50)'],
	['CPUs', 'Timeline.setMode("cpus"); Timeline.fit()'],
];

async function measure(browser, file) {
	const ready = [];
	let page;
	for (let i = 0; i < 3; i++) {
		if (page)
			await page.close();
		page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
		await page.goto('file://' + path.resolve(file));
		await page.waitForFunction(() => performance.getEntriesByName('tasklife-ready').length);
		await page.evaluate(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))));
		ready.push(await page.evaluate(() => performance.now()));
	}
	const { lives, segments, heap } = await page.evaluate(() => ({ lives: Data.n, segments: Doing.n, heap: performance.memory ? performance.memory.usedJSHeapSize / 1e6 : 0 }));
	const size = fs.statSync(file).size / 1e6, find = await page.evaluate(() => { const t = performance.now(); search('shell'); return performance.now() - t; });
	await page.evaluate(() => search(''));
	console.log(`\n${lives.toLocaleString('en')} lives, ${segments.toLocaleString('en')} segments, ${size.toFixed(1)} MB: usable after ${(ready.sort((a, b) => a - b)[1] / 1000).toFixed(2)} s,` +
		` a search ${find.toFixed(0)} ms, heap ${heap.toFixed(0)} MB`);
	console.log(`  ${''.padEnd(26)}${'frames/s'.padStart(10)}${'95 % under'.padStart(12)}${'drawing'.padStart(10)}${'95 % under'.padStart(12)}`);
	for (const [name, set] of SCENES)
		for (const kind of ['zoom', 'pan']) {
			await page.evaluate(set);
			const got = await page.evaluate(`(${MOVES})('${kind}', 2)`);
			console.log(`  ${(name + ', ' + kind).padEnd(26)}${got.frames.toFixed(0).padStart(10)}${(got.slow.toFixed(1) + ' ms').padStart(12)}${(got.draw.toFixed(1) + ' ms').padStart(10)}${(got.drawSlow.toFixed(1) + ' ms').padStart(12)}`);
		}
	await page.close();
}

(async () => {
	const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--disable-dev-shm-usage', ...(process.getuid() ? [] : ['--no-sandbox'])] });
	for (const file of process.argv.slice(2))
		await measure(browser, file);
	await browser.close();
})().catch(e => { console.error(e.stack); process.exit(1); });
