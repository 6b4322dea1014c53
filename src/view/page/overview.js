// SPDX-License-Identifier: LGPL-2.1-or-later
// The figures above everything: what the trace is, how many lived and how they ended. Each figure is a search.
'use strict';

function aboutTrace() {
	const t = Data.trace, parts = [];
	if (t.kernel)
		parts.push('Linux ' + t.kernel);
	if (t.format)
		parts.push(t.format);
	if (t.cpus)
		parts.push(fill('%1 CPUs', t.cpus));
	parts.push(duration(Data.last - Data.first), fill('%1 events', count(t.events)));
	if (t.clock)
		parts.push(fill('clock %1', t.clock));
	byId('about').textContent = parts.join(' · ');
	byId('about').title = byId('about').textContent;
}

function tally(test) {
	let n = 0;
	for (let i = 0; i < Data.n; i++)
		n += test(i) ? 1 : 0;
	return n;
}

const FIGURES = [
	['lives', ''], ['born', 'born'], ['died', 'died'], ['killed by a signal', 'killed'], ['exit code not 0', 'failed'],
	['alive at the end', 'alive'], ['not reaped', 'zombie'],
];

function figure(value, label, words) {
	const b = make('button', { type: 'button', className: 'figure' }, make('b', {}, value), make('span', {}, T(label)));
	b.addEventListener('click', () => { search(words); Tabs.show('lives'); });
	return b;
}

function figures() {
	const list = FIGURES.map(([label, state]) => [label, state, state ? tally(STATES[state]) : Data.n]);
	const said = ([, state, n]) => (state === 'alive' ? n && Data.trace.deaths_told : n || !state || state === 'killed');
	return make('div', { className: 'figures' }, ...list.filter(said)
		.map(([label, state, n]) => figure(count(n), label, state)));
}

const CAUSE_INK = ['alive', 'good', 'warn', 'bad', 'deep'];

// How lives ended: by cause, the most frequent first; killers with more than one victim behind them.
function endings() {
	const causes = new Map();
	for (let i = 0; i < Data.n; i++) {
		if (Data.endKind[i] === END.alive)
			continue;
		const kind = Data.endKind[i], signal = Data.endCause[i] === 'signal' ? Data.endSignal[i] : 0;
		const name = signal ? signalName(signal) : kind === END.failed ? `${Data.endCause[i]} > 0` : Data.endCause[i];
		const c = causes.get(name) || { name, n: 0, kind, words: endingWords(signal, kind, Data.endCause[i]) };
		c.n++;
		causes.set(name, c);
	}
	return Array.from(causes.values()).sort((a, b) => b.n - a.n);
}

// The search that finds them again.
function endingWords(signal, kind, cause) {
	if (signal)
		return 'signal:' + signalName(signal);
	return `cause:${cause}` + (kind === END.failed ? ' failed' : '');
}

function chip(text, words, ink) {
	const b = make('button', { type: 'button', className: ink ? 'chip dotted' : 'chip' }, text);
	if (ink)
		b.style.setProperty('--dot', `var(--${ink})`);
	b.addEventListener('click', () => { search(words); Tabs.show('lives'); });
	return b;
}

function causesElement() {
	const list = endings(), stripe = make('div', { className: 'stripe' });
	stripe.setAttribute('aria-hidden', 'true');
	for (const c of list) {
		const part = make('i', { title: `${c.name} ${count(c.n)}` });
		part.style.flex = `${c.n} 0 0`;
		part.style.background = `var(--${CAUSE_INK[c.kind]})`;
		stripe.append(part);
	}
	const chips = list.slice(0, 24).map(c => chip(`${END_MARK[c.kind]} ${c.name} ${count(c.n)}`,
		c.words, CAUSE_INK[c.kind]));
	return make('div', { className: 'causes' }, list.length ? stripe : null, make('div', { className: 'chips' }, ...chips, ...killers()));
}

function killers() {
	const by = new Map();
	for (let i = 0; i < Data.n; i++)
		if (Data.killer[i] >= 0 && cell('tgid', i) === Data.tid[i])
			by.set(Data.tasks[3 * Data.killer[i]], (by.get(Data.tasks[3 * Data.killer[i]]) || []).concat(i));
	return Array.from(by).filter(([, victims]) => victims.length > 1).sort((a, b) => b[1].length - a[1].length).slice(0, 6)
		.map(([tid, victims]) => chip(fill('%1 killed %2', textOfRef(Data.killer[victims[0]]), count(victims.length)), `by:${tid}`));
}

// What one must know before believing the rest: losses, damage, oddities.
function warnings() {
	const t = Data.trace, list = [];
	if (t.lost === null)
		list.push(T('Events were lost while recording, nobody knows how many; where they are missing, silence proves nothing.'));
	else if (t.lost)
		list.push(fill('%1 events were lost while recording; where they are missing, silence proves nothing.', count(t.lost)));
	if (t.unparsed)
		list.push(fill('%1 lines look like records and could not be read.', count(t.unparsed)));
	for (const [text, tid, place] of t.warnings)
		list.push(tid === undefined ? either(text) : `${either(text)}: ${fill('task %1', tid)}, ${placeText(place)}`);
	const items = list.slice(0, 50).map(text => make('li', {}, text));
	return items.length ? make('ul', { className: 'notes' }, ...items) : null;
}

function drawOverview() {
	aboutTrace();
	byId('overview').replaceChildren(...[figures(), causesElement(), warnings()].filter(e => e));
}

function drawLegend() {
	const item = (sign, word) => make('li', {}, sign, T(word)), swatch = name => {
		const i = make('i');
		i.style.background = name === 'blind' ? 'repeating-linear-gradient(135deg, var(--blind) 0 1px, transparent 1px 4px)' : `var(--${name})`;
		return i;
	};
	const alive = make('i', { className: 'thin' });
	const states = (Doing.n ? DOING : ['zombie']).map(name => item(swatch(name), DOING_WORDS[DOING.indexOf(name)]));
	states.push(item(alive, 'alive'));
	const marks = [['|', 'birth'], ['△', 'exec'], ['▾', 'signal'], ['○', 'exit'], ['◐', 'failed'], ['✕', 'killed']]
		.map(([sign, word]) => item(make('em', {}, sign), word));
	const holes = Data.trace.blind.length ? [item(swatch('blind'), 'events lost')] : [];
	byId('legend').replaceChildren(...states, ...holes, ...marks);
}
