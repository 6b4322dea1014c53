/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Stacks: raw frames become named frames with roles, put right, without the tracer's own, and
 * interned.
 *
 * A trace shows the same few hundred call paths over and over, so the raw frames are the key: the
 * work of naming is done once per distinct path.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "base/hash.h"
#include "base/out.h"
#include "event/event.h"

#define FRAMES_MOST 256 /* ring-buffer stacks are shorter; text may claim anything */

struct stack_entry {
	struct stack_entry *next; /* same 64-bit hash */
	const struct tl_symtab *tab;
	size_t n_key;
	const char *key;
	const struct tl_stack *stack;
};

/* One stack while it is made. */
struct making {
	struct tl_events *evs;
	const struct tl_symtab *tab;
	enum tl_arch arch;
	struct tl_frame frame[FRAMES_MOST + 2];
	const struct tl_atom *raw[FRAMES_MOST];
	unsigned n, n_raw;
	bool first;	     /* no real frame yet */
	bool own_top;	     /* of a function record: the first frame is the function itself */
	uint16_t above_role; /* of the frame above, the tracer's own not counted */
};

static inline void key_frame(struct out *key, const struct tl_rawframe *f)
{
	if (!f) {
		out_mem(key, "", 1);
	} else if (f->has & TL_FH_NAME) {
		out_mem(key, f->text.n ? f->text.p : f->name.p, f->text.n ? f->text.n : f->name.n);
		out_mem(key, &f->off, sizeof(f->off));
	} else {
		out_mem(key, &f->addr, sizeof(f->addr));
	}
}

/* A frame without a name: an address, "0", or nothing at all. */
static const struct tl_atom *nameless(struct making *m, const struct tl_rawframe *f)
{
	char text[32];
	int n;

	if (f->text.n)
		return atom_of_str(&m->evs->atoms, f->text);
	n = snprintf(text, sizeof(text), "0x%" PRIx64, f->addr);
	return atom_of(&m->evs->atoms, text, (size_t)n);
}

static const struct tl_atom *base_atom(struct making *m, const char *name, size_t n)
{
	return atom_of(&m->evs->atoms, name, tl_function_base(name, n));
}

/* "name+0x8/0x1610", or as the text printed it. */
static const struct tl_atom *raw_of(struct making *m, const struct tl_rawframe *f)
{
	char text[320];
	const struct tl_symbol *sym;
	uint64_t off = 0;
	int n;

	if (f->text.n)
		return atom_of_str(&m->evs->atoms, f->text);
	if (f->has & TL_FH_NAME)
		n = snprintf(text, sizeof(text), f->has & TL_FH_OFF ? "%.*s+0x%x/0x%x" : "%.*s",
			     (int)(f->name.n > 255 ? 255 : f->name.n), f->name.p, f->off, f->size);
	else if (m->tab && (sym = tl_pc_lookup(m->tab, (struct tl_pc){f->addr, TL_PC_EXACT}, &off)))
		n = snprintf(text, sizeof(text), "%.255s+0x%" PRIx64 "/0x%" PRIx64, sym->name, off,
			     sym->size);
	else
		return nameless(m, f);
	return atom_of(&m->evs->atoms, text, (size_t)n);
}

/* By address: exact, with the symbols of the recording. */
static bool from_address(struct making *m, const struct tl_rawframe *f, struct tl_frame *ret)
{
	bool exact = tl_role_is_irq_entry(m->above_role) || (m->first && m->own_top);
	struct tl_pc pc = {f->addr, exact ? TL_PC_EXACT : TL_PC_RETURN};
	const struct tl_symbol *plain, *sym;
	uint64_t off = 0, plain_off = 0;

	if (!m->tab ||
	    !(plain = tl_pc_lookup(m->tab, (struct tl_pc){f->addr, TL_PC_EXACT}, &plain_off)))
		return false;
	/* an entry stub is put into the link register by hand: there is no call to step back over
	 */
	if (!plain_off && tl_role_is_stub(tl_role_of(plain->name, strlen(plain->name))))
		pc.kind = TL_PC_EXACT;
	sym = tl_pc_lookup(m->tab, pc, &off);
	if (!sym)
		return false;
	ret->name = base_atom(m, sym->name, strlen(sym->name));
	ret->role = tl_role_of(sym->name, strlen(sym->name));
	ret->off = (uint32_t)off;
	ret->size = (uint32_t)sym->size;
	ret->has_off = true;
	ret->mark = sym == plain ? TL_FM_PLAIN : TL_FM_CORRECTED;
	return true;
}

/* By name: what the table of symbols or of roles can prove. */
static bool from_name(struct making *m, const struct tl_rawframe *f, struct tl_frame *ret)
{
	struct tl_fixed fixed = {};
	enum tl_fix fix = TL_FIX_PLAIN;

	if (!(f->has & TL_FH_NAME) || !f->name.n)
		return false;
	ret->name = base_atom(m, f->name.p, f->name.n);
	ret->role = tl_role_of(f->name.p, f->name.n);
	ret->off = f->off;
	ret->size = f->size;
	ret->has_off = f->has & TL_FH_OFF;
	if (ret->has_off && ret->role != TL_ROLE_TRACER)
		fix = tl_pc_fix_text(m->tab, m->arch, f->name, f->off, f->size, m->above_role,
				     m->first && m->own_top, &fixed);
	if (fix == TL_FIX_CORRECTED) {
		ret->name = base_atom(m, fixed.name, strlen(fixed.name));
		ret->role = tl_role_of(fixed.name, strlen(fixed.name));
		ret->off = (uint32_t)fixed.off;
		ret->size = (uint32_t)fixed.size;
		ret->has_off = fixed.size != 0;
		ret->mark = TL_FM_CORRECTED;
	} else if (fix == TL_FIX_DOUBTFUL) {
		/* the role is that of the name printed; why/ knows what +0x0 of it means */
		ret->mark = TL_FM_DOUBTFUL;
	}
	return true;
}

static void count(struct making *m, const struct tl_frame *f)
{
	m->evs->counts.frames++;
	m->evs->counts.rewritten += f->mark == TL_FM_CORRECTED;
	m->evs->counts.doubtful += f->mark == TL_FM_DOUBTFUL;
}

static void add_frame(struct making *m, const struct tl_rawframe *f)
{
	struct tl_frame *to = &m->frame[m->n];

	if (m->n == FRAMES_MOST)
		return;
	memset(to, 0, sizeof(*to));
	to->raw = raw_of(m, f);
	if (m->n_raw < FRAMES_MOST)
		m->raw[m->n_raw++] = to->raw;
	if (!(f->has & TL_FH_NAME ? from_name(m, f, to) : from_address(m, f, to))) {
		if (m->first)
			/* a nameless top is the trampoline of the tracer (guests.md, top of stack)
			 */
			return;
		to->name = nameless(m, f);
	}
	if (to->role == TL_ROLE_TRACER)
		return;
	if (to->mark == TL_FM_PLAIN && tl_role_is_trap(to->role))
		to->mark = TL_FM_TRAP;
	count(m, to);
	m->above_role = to->role;
	m->first = false;
	m->n++;
}

/* Nameless frames at the bottom are user addresses or the end mark of the unwinder (armhf 5.10). */
static void trim_bottom(struct making *m)
{
	while (m->n) {
		const struct tl_frame *f = &m->frame[m->n - 1];

		if (f->has_off || f->role || f->name->len == 0 || (f->name->s[0] != '0'))
			break;
		m->n--;
	}
}

/* Do two raw frames mean one function? ip is exact, a frame of the stack is a return address into
 * it. */
static bool same_function(const struct making *m, const struct tl_rawframe *ip,
			  const struct tl_rawframe *f)
{
	const struct tl_symbol *a, *b;
	uint64_t off;
	size_t n;

	if (ip->has & f->has & TL_FH_NAME) {
		n = tl_function_base(ip->name.p, ip->name.n);
		return n == tl_function_base(f->name.p, f->name.n) &&
		       !memcmp(ip->name.p, f->name.p, n);
	}
	if (!m->tab)
		return false;
	a = tl_pc_lookup(m->tab, (struct tl_pc){ip->addr, TL_PC_EXACT}, &off);
	b = tl_pc_lookup(m->tab, (struct tl_pc){f->addr, TL_PC_RETURN}, &off);
	return a && a == b;
}

static bool same_address(const struct tl_rawframe *a, const struct tl_rawframe *b)
{
	if (a->has & b->has & TL_FH_NAME)
		return a->off == b->off && a->name.n == b->name.n &&
		       !memcmp(a->name.p, b->name.p, a->name.n);
	return a->addr == b->addr;
}

/* The first frame that is not the tracer's own; n when there is none. */
static unsigned first_real(const struct making *m, const struct tl_rawframe *frame, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		const struct tl_symbol *sym;
		struct tl_str name = frame[i].name;
		uint64_t off;

		if (!(frame[i].has & TL_FH_NAME)) {
			sym = m->tab ? tl_pc_lookup(m->tab,
						    (struct tl_pc){frame[i].addr, TL_PC_EXACT},
						    &off)
				     : NULL;
			name = sym ? (struct tl_str){sym->name, strlen(sym->name)}
				   : (struct tl_str){"", 0};
		}
		if (name.n && tl_role_of(name.p, name.n) != TL_ROLE_TRACER)
			return i;
	}
	return n;
}

/*
 * The stack of a function record should begin with the function itself; 32-bit ARM loses it, 6.1
 * its caller too (guests.md, key stacks). Only the record's own "function <-caller" has them then.
 */
static void add_top(struct making *m, const struct tl_rawframe *frame, unsigned n,
		    const struct tl_rawframe *ip, const struct tl_rawframe *parent)
{
	unsigned real = first_real(m, frame, n), n_raw = m->n_raw;

	if (real < n && same_function(m, ip, &frame[real]))
		return;
	add_frame(m, ip);
	if (parent && !(real < n && same_address(parent, &frame[real])))
		add_frame(m, parent);
	m->n_raw = n ? n_raw : m->n_raw; /* raw is what the stack said, where there was one */
}

static const struct tl_stack *intern(struct making *m, uint64_t hash)
{
	struct arena *mem = &m->evs->mem;
	struct tl_stack *s = arena_alloc(mem, sizeof(*s) + m->n * sizeof(*s->frame));
	const struct tl_atom **raw = arena_alloc(mem, m->n_raw * sizeof(*raw));

	if (!s || !raw)
		return NULL;
	memcpy(raw, m->raw, m->n_raw * sizeof(*raw));
	memcpy(s->frame, m->frame, m->n * sizeof(*s->frame));
	s->hash = (uint32_t)hash;
	s->n = (uint16_t)m->n;
	s->n_raw = (uint16_t)m->n_raw;
	s->raw = raw;
	tl_stack_complete(s);
	return s;
}

static const struct tl_symtab *symbols_of(const struct tl_events *evs)
{
	const struct tl_symtab *own = evs->src ? tl_source_info(evs->src)->symbols : NULL;

	return own ? own : evs->symbols;
}

void tl_events_symbols(struct tl_events *evs, const struct tl_symtab *tab)
{
	evs->symbols = tab;
}

static const struct tl_stack *make(struct tl_events *evs, uint64_t hash,
				   const struct tl_rawframe *frame, unsigned n,
				   const struct tl_rawframe *ip, const struct tl_rawframe *parent)
{
	struct making m = {.evs = evs, .first = true, .own_top = ip != NULL, .tab = symbols_of(evs),
			   .arch = evs->src ? tl_source_info(evs->src)->arch : TL_ARCH_UNKNOWN};

	if (ip)
		add_top(&m, frame, n, ip, parent);
	for (unsigned i = 0; i < n && i < FRAMES_MOST; i++)
		add_frame(&m, &frame[i]);
	trim_bottom(&m);
	return intern(&m, hash);
}

/* Equal raw frames give one pointer. Same pointer, same content: stacks compare by address. */
static struct stack_entry *entry_of(struct tl_events *evs, const struct tl_rawframe *frame,
				    unsigned n, const struct tl_rawframe *ip,
				    const struct tl_rawframe *parent)
{
	const struct tl_symtab *tab = symbols_of(evs);
	struct stack_entry *e, *first;
	struct out *key = &evs->key;
	uint64_t hash;

	key->n = 0;
	key->os = 0;
	key_frame(key, ip);
	key_frame(key, parent);
	for (unsigned i = 0; i < n; i++) {
		key_frame(key, &frame[i]);
		out_char(key, '\n');
	}
	hash = hash_bytes(key->buf, key->n);
	first = map_get(&evs->stacks, hash);
	for (e = first; e; e = e->next)
		if (e->tab == tab && e->n_key == key->n && !memcmp(e->key, key->buf, key->n))
			break;
	if (!e && (e = arena_alloc(&evs->mem, sizeof(*e)))) {
		e->next = first;
		e->tab = tab;
		e->n_key = key->n;
		e->key = arena_strdup(&evs->mem, key->buf, key->n);
		e->stack = make(evs, hash, frame, n, ip, parent);
		if (e->key)
			map_put(&evs->stacks, hash, e);
	}
	return e;
}

static const struct tl_stack *lookup(struct tl_events *evs, const struct tl_rawframe *frame,
				     unsigned n, const struct tl_rawframe *ip,
				     const struct tl_rawframe *parent)
{
	const struct stack_entry *e = entry_of(evs, frame, n, ip, parent);

	return e ? e->stack : NULL;
}

const struct tl_stack *stack_of_kept(struct tl_events *evs, const struct tl_rawframe *frame,
				     unsigned n)
{
	struct stack_entry *e = map_get(&evs->kept, (uintptr_t)frame);

	if (!e || e->tab != symbols_of(evs)) {
		e = entry_of(evs, frame, n, NULL, NULL);
		if (e)
			map_put(&evs->kept, (uintptr_t)frame, e);
	}
	return e ? e->stack : NULL;
}

const struct tl_stack *tl_stack_of(struct tl_events *evs, const struct tl_rawframe *frame,
				   unsigned n, const struct tl_rawframe *ip,
				   const struct tl_rawframe *parent)
{
	return lookup(evs, frame, n, ip, parent);
}

const struct tl_stack *stack_of_pair(struct tl_events *evs, const struct tl_rawframe *ip,
				     const struct tl_rawframe *parent)
{
	return lookup(evs, NULL, 0, ip, parent->has ? parent : NULL);
}
