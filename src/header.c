/*
 * The header: title and machine.
 *
 *	machine PROFILE [ram=1G] [cpus=1] [nodes=1] [swap=0] [overcommit=0|1|2] [nx=on|off]
 *	                [distance=equal|ring|line] [movable=0] [hole=START+SIZE] [memory=flat|sparse]
 *	        [lock=tas|ticket|clh|mcs|qspin] [coherent=on|off] [cost_local=40] [cost_remote=120]
 *	                [split=3G/1G|2G/2G|1G/3G] [watermark_boost=0] [min_free_kbytes=N]
 *	                [watermark_scale_factor=10] [lowmem_reserve_ratio=256/32]
 *	                [percpu_pagelist_high_fraction=N]
 *
 * The words after --machine on the command line are the same and win, word by word.  Without
 * PROFILE the machine stays an i386.
 */
#include "i18n.h"
#include "number.h"
#include "parse.h"

#include <string.h>

#define MIB ((uint64_t)1 << 20)

enum {
	COST_MAX = 10000,
	PROFILES_MAX = 16,
	BOOST_MAX = 100000,
	RESERVE_RATIO_MAX = 1000000,
	HIGH_FRACTION_MAX = 1000000,
};

static const char *const machine_words[NR_MACHINE_WORDS + 1] = {
	[M_PROFILE] = "profile",
	[M_RAM] = "ram",
	[M_CPUS] = "cpus",
	[M_NODES] = "nodes",
	[M_SWAP] = "swap",
	[M_OVERCOMMIT] = "overcommit",
	[M_NX] = "nx",
	[M_DISTANCE] = "distance",
	[M_MOVABLE] = "movable",
	[M_HOLE] = "hole",
	[M_MEMORY] = "memory",
	[M_LOCK] = "lock",
	[M_COHERENT] = "coherent",
	[M_COST_LOCAL] = "cost_local",
	[M_COST_REMOTE] = "cost_remote",
	[M_SPLIT] = "split",
	[M_BOOST] = "watermark_boost",
	[M_MIN_FREE] = "min_free_kbytes",
	[M_SCALE_FACTOR] = "watermark_scale_factor",
	[M_RESERVE_RATIO] = "lowmem_reserve_ratio",
	[M_HIGH_FRACTION] = "percpu_pagelist_high_fraction",
};

static bool mistake_not_modelled(struct parser *p, const struct word *w)
{
	return mistake(p, w, _("%.*s is not modelled yet"), (int)w->len, w->text);
}

static bool set_profile(struct parser *p, const struct word *w, struct machine_config *c)
{
	const char *known[PROFILES_MAX + 1];
	unsigned n = 0, index;

	for (; n < PROFILES_MAX && profile_nth(n); n++)
		known[n] = profile_nth(n)->name;
	known[n] = NULL;
	if (!read_choice(p, w, w->text, w->len, _("profile"), known, &index))
		return false;
	c->profile = profile_find(known[index]);
	return true;
}

static bool set_ram(struct parser *p, const struct word *w, const char *text, uint32_t len,
		    struct machine_config *c)
{
	uint64_t bytes;

	if (!read_size(p, w, text, len, UINT64_MAX, &bytes))
		return false;
	/* a profile may follow: its own limit is asked at the end */
	if (bytes < 8 * MIB || bytes > 65536 * MIB)
		return mistake(p, w, _("ram=%.*s is out of range: 8M to %lluG"), (int)len, text,
			       (unsigned long long)c->profile->max_ram >> 30);
	c->ram_bytes = bytes & ~(uint64_t)(PAGE_SIZE - 1);
	return true;
}

static bool set_swap(struct parser *p, const struct word *w, const char *text, uint32_t len,
		     struct machine_config *c)
{
	uint64_t bytes;

	if (!read_size(p, w, text, len, UINT64_MAX, &bytes))
		return false;
	if (bytes > 64 * 1024 * MIB)
		return mistake(p, w, _("swap=%.*s is out of range: 0 to 64G"), (int)len, text);
	c->swap_bytes = bytes;
	return bytes == 0 || mistake_not_modelled(p, w);
}

static bool set_nx(struct parser *p, const struct word *w, const char *text, uint32_t len,
		   struct machine_config *c)
{
	static const char *const words[] = {"off", "on", NULL};
	unsigned index;

	if (!read_choice(p, w, text, len, _("setting of nx"), words, &index))
		return false;
	c->nx = index ? NX_ON : NX_OFF;
	return true;
}

/* The algorithm of all spinlocks, and what their cache lines cost. */
static bool set_lock(struct parser *p, enum machine_word key, const struct word *w,
		     const char *text, uint32_t len, struct machine_config *c)
{
	static const char *const words[] = {"off", "on", NULL};
	unsigned index = 0;
	uint64_t value = 0;
	bool good;

	if (key == M_LOCK) {
		good = read_choice(p, w, text, len, _("kind of lock"), lock_kind_names, &index);
		c->lock = (enum lock_kind)index;
		return good;
	}
	if (key == M_COHERENT) {
		good = read_choice(p, w, text, len, _("setting of coherent"), words, &index);
		c->coherent = index == 1;
		return good;
	}
	good = read_number(p, w, text, len, machine_words[key], 1, COST_MAX, &value);
	*(key == M_COST_LOCAL ? &c->cost_local : &c->cost_remote) = (uint32_t)value;
	return good;
}

/* User's part / kernel's part, as Kconfig names its choices. */
static bool set_split(struct parser *p, const struct word *w, const char *text, uint32_t len,
		      struct machine_config *c)
{
	static const char *const words[] = {"3G/1G", "2G/2G", "1G/3G", NULL};
	static const vaddr_t page_offset[] = {0xc0000000, 0x80000000, 0x40000000};
	unsigned index;

	if (!read_choice(p, w, text, len, _("split"), words, &index))
		return false;
	c->page_offset = page_offset[index];
	return true;
}

/* DMA's and Normal's: 256/32. */
static bool set_reserve_ratio(struct parser *p, const struct word *w, const char *text,
			      uint32_t len, struct machine_config *c)
{
	const char *slash = memchr(text, '/', len), *end = text + len;
	uint64_t dma = 0, normal = 0;

	if (!slash)
		return mistake(p, w,
			       _("lowmem_reserve_ratio wants two numbers, DMA/NORMAL: 256/32"));
	if (!read_number(p, w, text, (uint32_t)(slash - text), _("lowmem_reserve_ratio of DMA"), 0,
			 RESERVE_RATIO_MAX, &dma) ||
	    !read_number(p, w, slash + 1, (uint32_t)(end - slash - 1),
			 _("lowmem_reserve_ratio of Normal"), 0, RESERVE_RATIO_MAX, &normal))
		return false;
	c->has_reserve_ratio = true;
	c->reserve_ratio_dma = (uint32_t)dma;
	c->reserve_ratio_normal = (uint32_t)normal;
	return true;
}

/* What an administrator may write to /proc/sys/vm about zones. */
static bool set_sysctl(struct parser *p, enum machine_word key, const struct word *w,
		       const char *text, uint32_t len, struct machine_config *c)
{
	const char *name = machine_words[key];
	uint64_t value = 0;
	bool good;

	switch (key) {
	case M_RESERVE_RATIO:
		return set_reserve_ratio(p, w, text, len, c);
	case M_BOOST:
		good = read_number(p, w, text, len, name, 0, BOOST_MAX, &value);
		c->watermark_boost = (uint32_t)value;
		return good;
	case M_MIN_FREE:
		good = read_number(p, w, text, len, name, 1, MIN_FREE_KBYTES_MOST, &value);
		c->min_free_kbytes = (uint32_t)value;
		return good;
	case M_SCALE_FACTOR:
		good = read_number(p, w, text, len, name, 1, WATERMARK_SCALE_FACTOR_MOST, &value);
		c->watermark_scale_factor = (uint32_t)value;
		return good;
	default:
		good = read_number(p, w, text, len, name, HIGH_FRACTION_LEAST, HIGH_FRACTION_MAX,
				   &value);
		c->percpu_pagelist_high_fraction = (uint32_t)value;
		return good;
	}
}

static bool set_value(struct parser *p, enum machine_word key, const struct word *w,
		      const char *text, uint32_t len, struct machine_config *c)
{
	uint64_t value = 0;
	bool good;

	switch (key) {
	case M_RAM:
		return set_ram(p, w, text, len, c);
	case M_SWAP:
		return set_swap(p, w, text, len, c);
	case M_CPUS:
		good = read_number(p, w, text, len, "cpus", 1, MAX_CPUS, &value);
		c->cpus = (uint32_t)value;
		return good;
	case M_NODES:
	case M_DISTANCE:
	case M_MOVABLE:
	case M_HOLE:
	case M_MEMORY:
		return set_memory(p, key, w, text, len, c);
	case M_NX:
		return set_nx(p, w, text, len, c);
	case M_LOCK:
	case M_COHERENT:
	case M_COST_LOCAL:
	case M_COST_REMOTE:
		return set_lock(p, key, w, text, len, c);
	case M_SPLIT:
		return set_split(p, w, text, len, c);
	case M_BOOST:
	case M_MIN_FREE:
	case M_SCALE_FACTOR:
	case M_RESERVE_RATIO:
	case M_HIGH_FRACTION:
		return set_sysctl(p, key, w, text, len, c);
	default:
		good = read_number(p, w, text, len, "overcommit", 0, 2, &value);
		c->overcommit = (uint32_t)value;
		return good;
	}
}

static void take_sysctl(struct machine_config *to, const struct machine_config *from,
			enum machine_word key)
{
	switch (key) {
	case M_BOOST:
		to->watermark_boost = from->watermark_boost;
		break;
	case M_MIN_FREE:
		to->min_free_kbytes = from->min_free_kbytes;
		break;
	case M_SCALE_FACTOR:
		to->watermark_scale_factor = from->watermark_scale_factor;
		break;
	case M_RESERVE_RATIO:
		to->has_reserve_ratio = from->has_reserve_ratio;
		to->reserve_ratio_dma = from->reserve_ratio_dma;
		to->reserve_ratio_normal = from->reserve_ratio_normal;
		break;
	default:
		to->percpu_pagelist_high_fraction = from->percpu_pagelist_high_fraction;
		break;
	}
}

/* Take over one setting, unless the command line has it. */
static void take(struct machine_config *to, const struct machine_config *from,
		 enum machine_word key)
{
	switch (key) {
	case M_PROFILE:
		to->profile = from->profile;
		break;
	case M_RAM:
		to->ram_bytes = from->ram_bytes;
		break;
	case M_CPUS:
		to->cpus = from->cpus;
		break;
	case M_NODES:
	case M_DISTANCE:
	case M_MOVABLE:
	case M_HOLE:
	case M_MEMORY:
		take_memory(to, from, key);
		break;
	case M_SWAP:
		to->swap_bytes = from->swap_bytes;
		break;
	case M_NX:
		to->nx = from->nx;
		break;
	case M_LOCK:
		to->lock = from->lock;
		break;
	case M_COHERENT:
		to->coherent = from->coherent;
		break;
	case M_COST_LOCAL:
		to->cost_local = from->cost_local;
		break;
	case M_COST_REMOTE:
		to->cost_remote = from->cost_remote;
		break;
	case M_SPLIT:
		to->page_offset = from->page_offset;
		break;
	case M_BOOST:
	case M_MIN_FREE:
	case M_SCALE_FACTOR:
	case M_RESERVE_RATIO:
	case M_HIGH_FRACTION:
		take_sysctl(to, from, key);
		break;
	default:
		to->overcommit = from->overcommit;
		break;
	}
}

static bool parse_setting(struct parser *p, const struct word *w, enum machine_word *key,
			  struct machine_config *c)
{
	const char *equals = w->quoted ? NULL : memchr(w->text, '=', w->len);
	uint32_t len = equals ? (uint32_t)(equals - w->text) : w->len;
	unsigned index;

	*key = M_PROFILE;
	if (!equals)
		return set_profile(p, w, c);
	if (!read_choice(p, w, w->text, len, _("machine setting"), machine_words, &index))
		return false;
	*key = index;
	if (index == M_PROFILE) {
		struct word name = *w;

		name.text = equals + 1;
		name.len = w->len - len - 1;
		return set_profile(p, &name, c);
	}
	return set_value(p, index, w, equals + 1, w->len - len - 1, c);
}

static bool nx_is_possible(const struct machine_config *c)
{
	return c->nx != NX_ON || c->profile->has_nx;
}

bool parse_machine_words(struct parser *p, uint32_t first, bool override)
{
	uint32_t *given = override ? &p->overridden : &p->given;
	const struct word *nx = NULL;
	bool good = true;

	for (uint32_t i = first; i < p->line.nr_words; i++) {
		struct machine_config c = p->s->config;
		enum machine_word key;

		if (!parse_setting(p, &p->line.word[i], &key, &c)) {
			good = false;
			continue;
		}
		if (*given >> key & 1)
			good = mistake(p, &p->line.word[i], _("%s is given twice"),
				       machine_words[key]);
		*given |= 1u << key;
		if (override || !(p->overridden >> key & 1))
			take(&p->s->config, &c, key);
		if (key == M_NX)
			nx = &p->line.word[i];
	}
	/* The command line may say nx=on before it is known for which profile. */
	if (nx && (*given & 1u << M_PROFILE) && !nx_is_possible(&p->s->config))
		good = mistake(p, nx,
			       _("entries of two-level page tables have no NX: nx=on wants "
				 "a profile with PAE"));
	return good;
}

static bool is_late(struct parser *p)
{
	return p->s->nr_events > 0 &&
	       !mistake(p, &p->line.word[0], _("%.*s belongs before the first event"),
			(int)p->line.word[0].len, p->line.word[0].text);
}

bool parse_machine(struct parser *p)
{
	if (is_late(p))
		return false;
	if (p->has_machine)
		return mistake(p, &p->line.word[0], _("machine is given twice"));
	p->has_machine = true;
	if (p->line.nr_words == 1)
		return mistake(p, NULL, _("a profile is missing, such as i386"));
	return parse_machine_words(p, 1, false) && check_memory(p);
}

/* The place of the title in a language: the one that has it, else the first that is empty. */
static struct title *title_in(struct scenario *s, uint32_t language)
{
	struct title *t = s->titles;

	while (t->text && t->language != language)
		t++;
	return t;
}

bool parse_title(struct parser *p)
{
	const struct word *w = &p->line.word[1];
	struct title *t;
	uint32_t language;

	if (is_late(p) || !read_language(p, &language))
		return false;
	t = title_in(p->s, language);
	if (t->text)
		return mistake(p, &p->line.word[0], _("title is given twice"));
	if (p->line.nr_words != 2)
		return p->line.nr_words < 2
			       ? mistake(p, NULL, _("title wants a text: title \"TEXT\""))
			       : mistake(p, w + 1, _("title wants one text: put it in quotes"));
	*t = (struct title){language, pool_text(&p->s->pool, w->text, w->len)};
	return t->text || mistake_memory(p);
}
