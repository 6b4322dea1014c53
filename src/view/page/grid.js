// SPDX-License-Identifier: LGPL-2.1-or-later
// A table of any length: only the rows in view exist as elements. It is one stop of the Tab key; inside, the arrow
// keys move (aria-activedescendant tells a screen reader where), Enter opens.
'use strict';

const ROW = 24, TALLEST = 8e6; // CSS pixels; browsers end somewhere above

// columns: [{id, label, width, number, sortable}], source: {n, fill(cells, row), open(row), chosen(row)}
class Grid {
	constructor(label, columns, source, options = {}) {
		this.columns = columns;
		this.source = source;
		this.options = options;
		this.at = 0;
		this.id = `grid${Grid.made = (Grid.made || 0) + 1}`;
		this.element = make('div', { className: 'grid', tabIndex: 0, role: options.tree ? 'treegrid' : 'grid' });
		this.element.setAttribute('aria-label', label);
		this.element.setAttribute('aria-colcount', columns.length);
		this.element.style.setProperty('--columns', columns.map(c => c.width).join(' '));
		if (options.least)
			this.element.style.setProperty('--least', options.least);
		this.makeHead();
		this.all = make('div', { className: 'all', role: 'presentation' });
		this.body = make('div', { className: 'body', role: 'rowgroup', tabIndex: -1 }, this.all);
		this.element.append(this.head, this.body);
		this.pool = [];
		this.body.addEventListener('scroll', () => this.drawSoon());
		this.element.addEventListener('keydown', e => this.key(e));
		this.body.addEventListener('click', e => this.click(e));
		new ResizeObserver(() => this.drawSoon()).observe(this.body);
	}

	makeHead() {
		const row = make('div', { className: 'row', role: 'row' });
		row.setAttribute('aria-rowindex', 1);
		this.columns.forEach((c, i) => {
			const cell = make('span', { role: 'columnheader', className: c.number ? 'n' : '' });
			cell.setAttribute('aria-colindex', i + 1);
			cell.append(c.sortable ? this.sortButton(c) : make('span', { className: 'soft' }, T(c.label)));
			c.head = cell;
			row.append(cell);
		});
		this.head = make('div', { className: 'head', role: 'rowgroup' }, row);
	}

	sortButton(column) {
		const button = make('button', { type: 'button', tabIndex: -1 }, T(column.label));
		button.addEventListener('click', () => this.options.sort(column.id));
		return button;
	}

	// Says in the head by what the rows are sorted.
	sorted(id, descending) {
		for (const c of this.columns) {
			const on = c.id === id;
			if (on)
				c.head.setAttribute('aria-sort', descending ? 'descending' : 'ascending');
			else
				c.head.removeAttribute('aria-sort');
			if (c.sortable)
				c.head.firstChild.textContent = T(c.label) + (on ? (descending ? ' ▾' : ' ▴') : '');
		}
	}

	// Of very many rows the scroll bar moves over more than it shows.
	get height() {
		return Math.min(this.source.n * ROW, TALLEST);
	}

	get inView() {
		return Math.max(1, Math.floor(this.body.clientHeight / ROW));
	}

	get top() {
		const most = this.height - this.body.clientHeight;
		if (most <= 0)
			return 0;
		return Math.min(1, this.body.scrollTop / most) * Math.max(0, this.source.n - this.body.clientHeight / ROW);
	}

	scrollTo(row) {
		const rows = this.source.n - this.body.clientHeight / ROW, most = this.height - this.body.clientHeight;
		this.all.style.height = this.height + 'px';
		this.body.scrollTop = rows > 0 ? Math.max(0, row) / rows * most : 0;
		this.drawSoon();
	}

	show(row) {
		const top = this.top;
		if (row < top)
			this.scrollTo(row);
		else if (row + 1 > top + this.body.clientHeight / ROW)
			this.scrollTo(row + 1 - this.body.clientHeight / ROW);
	}

	drawSoon() {
		if (!this.waiting)
			this.waiting = requestAnimationFrame(() => { this.waiting = 0; this.draw(); });
	}

	changed() {
		this.at = Math.min(this.at, Math.max(0, this.source.n - 1));
		this.element.setAttribute('aria-rowcount', this.source.n + 1);
		this.drawSoon();
	}

	rowElement(i) {
		if (!this.pool[i]) {
			const row = make('div', { className: 'row', role: 'row' });
			this.columns.forEach((c, k) => {
				const cell = make('span', { role: 'gridcell', className: c.number ? 'n' : '' });
				cell.setAttribute('aria-colindex', k + 1);
				row.append(cell);
			});
			this.pool[i] = row;
			this.all.append(row);
		}
		return this.pool[i];
	}

	draw() {
		const top = this.top, first = Math.floor(top), n = Math.min(this.inView + 2, this.source.n - first);
		const offset = this.body.scrollTop - (top - first) * ROW;
		this.all.style.height = Math.max(this.height, 1) + 'px';
		this.head.firstChild.style.paddingRight = 14 + this.body.offsetWidth - this.body.clientWidth + 'px';
		for (let i = 0; i < Math.max(n, this.pool.length); i++) {
			const row = this.rowElement(i), number = first + i;
			row.hidden = i >= n;
			row.style.display = row.hidden ? 'none' : '';
			if (row.hidden)
				continue;
			row.style.transform = `translateY(${offset + i * ROW}px)`;
			this.fillRow(row, number);
		}
		this.drawEmpty();
		this.tellActive();
	}

	fillRow(row, number) {
		row.number = number;
		row.id = `${this.id}-${number}`;
		row.setAttribute('aria-rowindex', number + 2);
		row.setAttribute('aria-selected', this.source.chosen ? this.source.chosen(number) : false);
		row.classList.toggle('at', number === this.at);
		for (const cell of row.children)
			cell.replaceChildren();
		this.source.fill(row.children, number, row);
		for (const cell of row.children)
			cell.title = cell.textContent;
	}

	drawEmpty() {
		if (!this.empty)
			this.element.append(this.empty = make('p', { className: 'empty' }));
		this.empty.hidden = this.source.n > 0;
		this.empty.textContent = this.source.n ? '' : T(this.options.empty || 'Nothing here fits.');
	}

	tellActive() {
		if (this.source.n)
			this.element.setAttribute('aria-activedescendant', `${this.id}-${this.at}`);
		else
			this.element.removeAttribute('aria-activedescendant');
	}

	go(row) {
		this.at = Math.max(0, Math.min(row, this.source.n - 1));
		this.show(this.at);
		this.draw();
	}

	key(e) {
		const page = this.inView - 1;
		const move = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity }[e.key];
		if (e.ctrlKey || e.altKey || e.metaKey || e.target.closest('.head'))
			return;
		if (move !== undefined)
			this.go(this.at + move);
		else if (e.key === 'Enter' && this.source.n)
			this.source.open(this.at);
		else if (!(this.options.key && this.options.key(e, this.at)))
			return;
		e.preventDefault();
	}

	click(e) {
		const row = e.target.closest('.row');
		if (!row || e.target.closest('a'))
			return;
		this.at = row.number;
		if (!(this.options.click && this.options.click(e, row.number)))
			this.source.open(row.number);
		this.draw();
	}
}
