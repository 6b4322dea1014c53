// SPDX-License-Identifier: GPL-2.0-or-later
// node terminal.cjs FILE.ansi...: what a dark terminal shows of each, as FILE.png (script/pictures).
'use strict';

const fs = require('fs');
const path = require('path');
const { chromium } = require(path.join(process.env.TL_WEB_MODULES, 'playwright-core'));

const GROUND = '#14181f', INK = '#d5dae2';
const COLOURS = ['#3a4250', '#f2777a', '#7cc98f', '#e5b567', '#7aa6e8', '#c394d8', '#67c5c9', '#d5dae2',
	'#6b7585', '#ff9a94', '#a1e3b0', '#ffd58a', '#a5c6ff', '#dfb6f0', '#93e2e5', '#ffffff'];
const STYLE = `body { margin: 0; background: ${GROUND}; color: ${INK}; width: max-content }
	pre { margin: 0; padding: 12px 16px; font: 14px/18px 'DejaVu Sans Mono', 'Noto Sans Mono CJK KR', monospace }
	.wide { display: inline-block; width: 16.86px; font-size: 15.5px; line-height: 16px; text-align: center; vertical-align: -1px } /* 2ch of 14px */`;

const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/g;
const ESCAPES = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/* What one number of ESC [ … m changes. */
function turn(pen, code, rest) {
	if (code === 0)
		return {};
	const flag = { 1: 'bold', 2: 'dim', 3: 'italic', 4: 'line', 7: 'reverse' }[code];
	const off = { 22: ['bold', 'dim'], 23: ['italic'], 24: ['line'], 27: ['reverse'], 39: ['ink'], 49: ['ground'] }[code];
	if (flag)
		pen[flag] = true;
	for (const what of off || [])
		delete pen[what];
	if (code === 38 || code === 48) /* ;5;N: of a table of 256, of which the first 16 are ours */
		pen[code === 38 ? 'ink' : 'ground'] = COLOURS[rest.splice(0, 2)[1]] || INK;
	for (const [first, last, base, what] of [[30, 37, 0, 'ink'], [40, 47, 0, 'ground'], [90, 97, 8, 'ink'], [100, 107, 8, 'ground']])
		if (code >= first && code <= last)
			pen[what] = COLOURS[code - first + base];
	return pen;
}

function styleOf(pen) {
	let ink = pen.ink || INK, ground = pen.ground || '';

	if (pen.reverse)
		[ink, ground] = [ground || GROUND, ink];
	return `color:${ink};` + (ground ? `background:${ground};` : '') + (pen.bold ? 'font-weight:bold;' : '') +
		(pen.dim ? 'opacity:.66;' : '') + (pen.italic ? 'font-style:italic;' : '') + (pen.line ? 'text-decoration:underline;' : '');
}

function htmlOf(text) {
	let html = '', pen = {};

	for (const part of text.split(/(\x1b\[[\d;]*m)/)) {
		if (part.startsWith('\x1b[')) {
			const codes = part.slice(2, -1).split(';').map(Number);
			while (codes.length)
				pen = turn(pen, codes.shift(), codes);
		} else if (part) {
			const inner = part.replace(/\x1b[()]./g, '').replace(/[\x0e\x0f]/g, '').replace(/[&<>]/g, c => ESCAPES[c]);
			html += `<span style="${styleOf(pen)}">${inner.replace(WIDE, '<span class="wide">$&</span>')}</span>`;
		}
	}
	return `<!doctype html><meta charset="utf-8"><style>${STYLE}</style><pre>${html}</pre>`;
}

(async () => {
	const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: process.getuid() ? [] : ['--no-sandbox'] });
	const page = await browser.newPage({ viewport: { width: 1000, height: 100 }, deviceScaleFactor: 1.5 });

	for (const file of process.argv.slice(2)) {
		await page.setContent(htmlOf(fs.readFileSync(file, 'utf8').trimEnd()));
		await page.locator('body').screenshot({ path: file.replace(/\.ansi$/, '.png') });
	}
	await browser.close();
})().catch(e => { console.error(e.stack); process.exit(1); });
