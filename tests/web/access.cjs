// SPDX-License-Identifier: GPL-2.0-or-later
// What a screen reader is given: the tree of roles, names and states that the browser makes of the page, asked of the
// browser itself (CDP Accessibility), in both languages.
'use strict';

const { ROOT, check, equal, pageOf, Browser, settled, searchFor } = require('./browser.cjs');

const ACTED_ON = new Set(['button', 'link', 'searchbox', 'textbox', 'tab', 'gridcell', 'application', 'Canvas', 'columnheader', 'checkbox']);

// Each node that is not ignored: its role, name, states, and its level in the tree.
async function treeOf(page) {
	const cdp = await page.context().newCDPSession(page), { nodes } = await cdp.send('Accessibility.getFullAXTree');
	await cdp.detach();
	return nodes.filter(n => !n.ignored).map(n => {
		const states = Object.fromEntries((n.properties || []).map(p => [p.name, p.value.value]));
		return { role: n.role && n.role.value, name: ((n.name && n.name.value) || '').trim(), value: n.value && n.value.value, ...states };
	});
}

const named = (tree, role) => tree.filter(n => n.role === role).map(n => n.name);

function structure(tree, words) {
	equal(`${words.lang}: one page, one main, one heading over it`, ['RootWebArea', 'main'].map(r => named(tree, r).length).concat(tree.filter(n => n.role === 'heading' && n.level === 1).length), [1, 1, 1]);
	const regions = named(tree, 'region');
	check(`${words.lang}: each region has a name of its own`, regions.length >= 3 && regions.every(Boolean) && new Set(regions).size === regions.length, regions);
	for (const name of words.regions)
		check(`${words.lang}: region ${name}`, regions.includes(name), regions);
	const mute = tree.filter(n => ACTED_ON.has(n.role) && !n.name && !(n.role === 'gridcell'));
	equal(`${words.lang}: whatever can be acted on has a name`, mute, []);
	check(`${words.lang}: the canvas says what its keys do`, tree.some(n => n.role === 'application' && n.name.startsWith(words.canvas) && n.focusable));
	check(`${words.lang}: a place to search`, named(tree, 'search').length === 1 && tree.some(n => n.role === 'searchbox' && n.name.startsWith(words.search)), named(tree, 'searchbox'));
}

function lists(tree, lang) {
	const tabs = tree.filter(n => n.role === 'tab'), panel = tree.filter(n => n.role === 'tabpanel');
	check(`${lang}: one tab is chosen, and its panel bears its name`, tabs.filter(t => t.selected).length === 1 && panel.length === 1 &&
		panel[0].name === tabs.find(t => t.selected).name, tabs, panel);
	const grid = tree.find(n => n.role === 'grid' || n.role === 'treegrid');
	check(`${lang}: the list is a grid with a name, and heads that can be pressed`, grid && grid.name && grid.focusable && named(tree, 'columnheader').length >= 5, grid);
	check(`${lang}: its rows are rows, their cells cells`, named(tree, 'row').length > 10 && named(tree, 'gridcell').length > 50, named(tree, 'row').length);
}

// What is said aloud without being asked for.
async function live(page, lang) {
	await searchFor(page, 'true');
	const status = (await treeOf(page)).filter(n => n.role === 'status' && n.live === 'polite');
	check(`${lang}: how many were found is said`, status.length > 0 && await page.evaluate(() => {
		const e = document.getElementById('count');
		return e.getAttribute('role') === 'status' && /5/.test(e.textContent) && /12/.test(e.textContent);
	}), status);
	await searchFor(page, '');
	await page.focus('#canvas');
	await page.keyboard.press('ArrowDown');
	await page.keyboard.press('ArrowDown');
	await settled(page);
	const said = await page.$eval('#said', e => [e.getAttribute('aria-live'), e.textContent.length > 3, getComputedStyle(e).display]);
	check(`${lang}: the row of the timeline is said, though nobody sees it`, said[0] === 'polite' && said[1] && said[2] !== 'none', said);
}

// The list tells where in it one is; choosing a life is no surprise for who does not see.
async function moving(page, lang) {
	await page.focus('#panel .grid');
	await page.keyboard.press('Home');
	await page.keyboard.press('ArrowDown');
	await settled(page);
	const at = await page.$eval('#panel .grid', g => document.getElementById(g.getAttribute('aria-activedescendant'))?.getAttribute('aria-rowindex'));
	equal(`${lang}: the second row is the third of the grid, behind its head`, at, '3');
	await page.keyboard.press('Enter');
	await settled(page);
	const tree = await treeOf(page);
	check(`${lang}: the chosen row is marked`, tree.filter(n => n.role === 'row' && n.selected).length === 1);
	const name = await page.textContent('#detail h2');
	check(`${lang}: the life has a heading`, tree.some(n => n.role === 'heading' && n.level === 2 && n.name.includes(name)), named(tree, 'heading'));
	equal(`${lang}: … and links with names`, tree.filter(n => n.role === 'link' && !n.name), []);
}

// The order of Tab is that of the page, from top to bottom, and leads out again.
async function order(page, lang) {
	await page.focus('a.skip');
	const tops = [];
	for (let i = 0; i < 60; i++) {
		await page.keyboard.press('Tab');
		const at = await page.evaluate(() => {
			const e = document.activeElement, r = e.getBoundingClientRect();
			return e === document.body ? null : [['header', '#overview', '#timeline', '#lists', '#detail'].findIndex(s => e.closest(s)), r.width > 0 && r.height > 0, e.id || e.className];
		});
		if (!at)
			break;
		tops.push(at);
	}
	const places = tops.map(t => t[0]).filter(t => t >= 0);
	check(`${lang}: Tab goes from top to bottom`, places.length > 10 && new Set(places).size === 5 && places.every((p, i) => !i || p >= places[i - 1]), tops);
	equal(`${lang}: what has the focus can be seen`, tops.filter(t => !t[1]), []);
}

(async () => {
	const browser = await Browser.start();
	const page = await browser.open(pageOf('access', ROOT + '/tests/golden/views/family/trace.txt'));
	const words = {
		en: { lang: 'en', regions: ['Overview', 'Timeline', 'Lists', 'The life chosen'], canvas: 'Timeline: arrows move', search: 'Search lives' },
		ko: { lang: 'ko', regions: [], canvas: '', search: '' },
	};
	for (const lang of ['en', 'ko']) {
		if (await page.getAttribute('html', 'lang') !== lang)
			await page.click('#lang');
		await settled(page);
		equal(`${lang}: the page says its language`, await page.getAttribute('html', 'lang'), lang);
		const tree = await treeOf(page);
		structure(tree, words[lang]);
		lists(tree, lang);
		if (lang === 'ko')
			check('ko: the names are Korean', ['region', 'searchbox', 'tab'].every(r => named(tree, r).every(n => /[가-힣]/.test(n))), named(tree, 'region'));
		await live(page, lang);
		await moving(page, lang);
		await order(page, lang);
	}
	await page.click('#keys');
	await settled(page);
	check('the help is a dialog with a name, and has the focus', (await treeOf(page)).some(n => n.role === 'dialog' && n.name) && await page.evaluate(() => document.getElementById('help').contains(document.activeElement)));
	await browser.end();
})().catch(e => { console.log('not ok - the test itself: ' + e.stack.replace(/\n/g, '\n# ')); process.exit(1); });
