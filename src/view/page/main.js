// SPDX-License-Identifier: LGPL-2.1-or-later
// Puts the page together: language, light and dark, keys, printing.
'use strict';

/* ---- language and light ---- */

function setLanguage(lang) {
	Lang.now = lang;
	keep('lang', lang);
	translatePage();
	byId('lang').textContent = lang === 'ko' ? 'English' : '한국어';
	byId('lang').lang = lang === 'ko' ? 'en' : 'ko';
	drawOverview();
	drawLegend();
	drawTheme();
	drawHelp();
	Tabs.again();
	drawDetail();
	showLives();
}

// A page from a file may have no memory of its own: then every visit begins anew.
function keep(key, value) {
	try {
		localStorage.setItem('tasklife.' + key, value);
	} catch (e) {
		/* not permitted here */
	}
}

function kept(key) {
	try {
		return localStorage.getItem('tasklife.' + key);
	} catch (e) {
		return null;
	}
}

const Theme = { chosen: null, dark: matchMedia('(prefers-color-scheme: dark)') };

function themeNow() {
	return Theme.chosen || (Theme.dark.matches ? 'dark' : 'light');
}

function drawTheme() {
	const now = themeNow();
	document.documentElement.dataset.theme = now;
	byId('theme').textContent = T(now === 'dark' ? 'Light' : 'Dark');
	if (Timeline.canvas) {
		readInk();
		Timeline.drawSoon();
	}
}

function switchTheme() {
	Theme.chosen = themeNow() === 'dark' ? 'light' : 'dark';
	keep('theme', Theme.chosen);
	drawTheme();
}

/* ---- keys ---- */

const HELP = [
	['/', 'search'], ['l  f  g  c  e', 'lives, family, signals, call paths, evidence'], ['t', 'the timeline'], ['d', 'the life chosen'],
	['↑ ↓  PgUp PgDn', 'move in a list or in the timeline'], ['Enter', 'open the life of the row'], ['1 … 8', 'sort the lives by a column'],
	['← →', 'timeline: move in time; family: fold and unfold'], ['+ −  0', 'timeline: zoom, show all'], ['[ ]', 'timeline: lower and higher rows'],
	['z', 'timeline: zoom to the row'], ['?', 'these keys'],
];

const SEARCHES = [
	['name:bash', 'bore this name, or ran a program of it'], ['pid:163', 'thread id or process id'], ['cause:oom', 'cause of death'],
	['signal:kill', 'the signal that killed it'], ['by:bash', 'who killed it'], ['parent:make', 'its parent'], ['code:1', 'its exit code'],
	['killed  failed  alive  died  born  zombie', 'how it fared'],
];

function drawHelp() {
	const rows = (list, tag) => make('table', {}, make('tbody', {}, ...list.map(([key, word]) =>
		make('tr', {}, make('td', {}, make(tag, {}, key)), make('td', {}, T(word))))));
	const close = make('button', { type: 'button' }, T('Close'));
	close.addEventListener('click', () => byId('help').close());
	byId('help').replaceChildren(make('h2', {}, T('Keys')), rows(HELP, 'kbd'), make('h3', {}, T('The search understands')), rows(SEARCHES, 'code'),
		make('p', { className: 'hint' }, T('Wheel: zoom; with Shift: move in time; with Alt: height of rows. Drag to move, double click to zoom to a life.')), close);
}

const GO = {
	'/': () => byId('search').focus(),
	'?': () => byId('help').showModal(),
	t: () => byId('canvas').focus(),
	d: () => byId('detail').focus(),
	l: () => goTab('lives'), f: () => goTab('family'), g: () => goTab('signals'), c: () => goTab('paths'), e: () => goTab('evidence'),
};

function goTab(id) {
	Tabs.show(id);
	Tabs.grid().element.focus();
}

function pageKey(e) {
	const typing = e.target.matches('input, textarea, dialog *');
	if (e.key === 'Escape' && e.target === byId('search')) {
		search('');
		return;
	}
	if (e.defaultPrevented || typing || e.ctrlKey || e.altKey || e.metaKey || !GO[e.key])
		return;
	GO[e.key]();
	e.preventDefault();
}

/* ---- print: a list on paper is no scrolling window ---- */

const PRINTED = 1000;

function preparePrint() {
	const head = LIFE_COLUMNS.map(c => c.label);
	const rows = Array.from(Lives.order.subarray(0, PRINTED), (_, row) => {
		const cells = head.map(() => make('td'));
		fillLife(cells, row);
		return make('tr', {}, ...cells);
	});
	const table = make('table', {}, make('thead', {}, make('tr', {}, ...head.map(h => make('th', {}, T(h))))), make('tbody', {}, ...rows));
	const more = Lives.order.length - rows.length;
	byId('printed').replaceChildren(make('h3', {}, fill('%1 of %2 lives', count(Lives.order.length), count(Data.n))), table,
		...(more > 0 ? [make('p', {}, fill('and %1 more', count(more)))] : []));
	document.documentElement.dataset.theme = 'light'; // paper is white
	readInk();
	Timeline.resized();
}

function afterPrint() {
	byId('printed').replaceChildren();
	drawTheme();
	Timeline.resized();
}

/* ---- begin ---- */

function listen() {
	byId('lang').addEventListener('click', () => setLanguage(Lang.now === 'ko' ? 'en' : 'ko'));
	byId('theme').addEventListener('click', switchTheme);
	byId('print').addEventListener('click', () => window.print());
	byId('keys').addEventListener('click', () => byId('help').showModal());
	byId('find').addEventListener('submit', e => { e.preventDefault(); Tabs.show('lives'); Lives.grid.element.focus(); });
	byId('search').addEventListener('input', () => search(byId('search').value));
	byId('tabs').addEventListener('keydown', e => Tabs.key(e));
	byId('detail').addEventListener('click', clickStory);
	byId('show-tasks').addEventListener('click', () => Timeline.setMode('tasks'));
	byId('show-cpus').addEventListener('click', () => Timeline.setMode('cpus'));
	byId('zoom-in').addEventListener('click', () => Timeline.zoom(1.5));
	byId('zoom-out').addEventListener('click', () => Timeline.zoom(1 / 1.5));
	byId('zoom-fit').addEventListener('click', () => Timeline.fit());
	byId('rows-more').addEventListener('click', () => Timeline.zoomRows(1.5));
	byId('rows-less').addEventListener('click', () => Timeline.zoomRows(1 / 1.5));
	byId('canvas').addEventListener('focus', () => Timeline.drawSoon());
	byId('canvas').addEventListener('blur', () => Timeline.drawSoon());
	document.addEventListener('keydown', pageKey);
	window.addEventListener('popstate', followAddress);
	window.addEventListener('hashchange', followAddress);
	window.addEventListener('beforeprint', preparePrint);
	window.addEventListener('afterprint', afterPrint);
	Theme.dark.addEventListener('change', drawTheme);
}

// A page that nobody points into opens with what most come for: the story of the only life, or of the first that was killed
// or failed. Where no place is beside the list, the list comes first.
function showFirst() {
	const narrow = matchMedia('(max-width: 820px)').matches;
	for (const words of Data.n === 1 ? [''] : narrow ? [] : ['killed', 'failed']) {
		const lives = sortLives(find(words));
		if (!lives.length)
			continue;
		show(lives[0]);
		Lives.grid.go(Lives.rowOf[lives[0]]);
		Timeline.reveal(lives[0]);
		return;
	}
}

function begin() {
	loadData();
	gatherEnds();
	Theme.chosen = kept('theme');
	document.documentElement.dataset.theme = themeNow();
	document.title = ['tasklife', Data.trace.kernel].filter(s => s).join(' · ');
	document.body.style.setProperty('--moment', Math.max(7, moment(Data.last).length) * 7.4 + 4 + 'px');
	document.body.classList.remove('loading');
	Lives.order = sortLives(find(''));
	Timeline.start();
	setLanguage(kept('lang') || (navigator.language.startsWith('ko') ? 'ko' : Data.lang));
	listen();
	followAddress();
	if (Chosen.life < 0)
		showFirst();
	performance.mark('tasklife-ready');
}

begin();
