/*
 * Segments: from a logical address (selector : offset) to a linear one.
 */
#ifndef SIM_SEGMENT_H
#define SIM_SEGMENT_H

#include "types.h"

struct machine;
struct task;

/* A descriptor as it lies in memory: 8 bytes. */
typedef uint64_t desc_t;

enum { GDT_MAX = 32, GDT_TLS_ENTRIES = 3, GDT_SLOTS_MAX = 16 };

/* The table of one CPU. */
struct gdt {
	desc_t entry[GDT_MAX];
};

/* What is the CPU's: segment registers. */
enum segment_register { SEG_CS, SEG_DS, SEG_ES, SEG_SS, SEG_FS, SEG_GS,
			NR_SEGMENT_REGISTERS };

/* A descriptor, read. */
struct descriptor {
	uint32_t base;
	uint64_t bytes;  /* limit + 1, in bytes whatever its unit is      */
	uint8_t dpl;     /* privilege level: 0 the kernel, 3 user mode     */
	bool present;
	bool is_system;  /* a TSS or LDT: nothing to read or write by it   */
	bool is_code;    /* else data                                      */
	bool writable;   /* data; of code: may be read                     */
	bool accessed;   /* the CPU has loaded it                          */
};

/* One entry of the table that a kernel uses, and what for. */
struct gdt_slot {
	uint8_t index;
	enum gdt_use { GDT_NULL, GDT_KERNEL_CS, GDT_KERNEL_DS, GDT_USER_CS,
		       GDT_USER_DS, GDT_TSS, GDT_TLS, GDT_PERCPU,
		       GDT_KERNEL32_CS, GDT_USER32_CS, NR_GDT_USES } use;
};

/* Which entries a kernel uses.  Constant, one for each kind of kernel. */
struct gdt_layout {
	uint8_t nr_entries;
	bool long_mode;  /* base and limit count for fs and gs alone        */
	struct gdt_slot slot[GDT_SLOTS_MAX]; /* up to a GDT_NULL behind 0    */
	/* what is in the registers, in user mode and in the kernel */
	uint16_t user[NR_SEGMENT_REGISTERS], kernel[NR_SEGMENT_REGISTERS];
};

extern const struct gdt_layout gdt_layout_26, gdt_layout_61, gdt_layout_64;

enum { SELECTOR_RPL = 3, SELECTOR_LDT = 4 };
static inline unsigned selector_index(uint16_t selector)
{
	return selector >> 3;
}

struct descriptor descriptor_read(desc_t d);

/* What becomes of a logical address. */
enum segment_verdict {
	SEGMENT_OK,
	SEGMENT_NULL,        /* the null selector: #GP                      */
	SEGMENT_BEYOND,      /* no such entry in the table: #GP             */
	SEGMENT_NO_LDT,      /* the process has no LDT: #GP                 */
	SEGMENT_SYSTEM,      /* neither code nor data: #GP                  */
	SEGMENT_PRIVILEGE,   /* user mode, the kernel's segment: #GP        */
	SEGMENT_NOT_PRESENT, /* #NP                                         */
	SEGMENT_LIMIT,       /* offset behind its last byte: #GP            */
};

/*
 * Does a program of t at privilege level cpl reach selector:offset, and at
 * which linear address?  t NULL: nobody's TLS.  A question: no register is
 * changed.  The CPU's rules for data segments, and for cs.
 */
enum segment_verdict segment_linear(const struct machine *m,
				    const struct task *t, unsigned cpl,
				    uint16_t selector, vaddr_t offset,
				    vaddr_t *linear);

/* The descriptor that a selector means to t; false: there is none. */
bool segment_descriptor(const struct machine *m, const struct task *t,
			uint16_t selector, desc_t *d);

/* What is in a segment register while t runs, in user mode or the kernel. */
uint16_t segment_selector(const struct machine *m, const struct task *t,
			  enum segment_register reg, bool user);

/* What an entry of the GDT is for: GDT_NULL if for nothing. */
enum gdt_use gdt_use_of(const struct gdt_layout *l, unsigned index);

/* Where a CPU's table begins. */
vaddr_t gdt_address(const struct machine *m, uint32_t cpu);

/* Boot: each CPU gets its table.  A machine without a layout has none. */
void segments_boot(struct machine *m);

/*
 * t gets a segment of its own that begins at base: the first free one of three
 * entries, which its gs holds from now on.  The selector, -SIM_ESRCH: they are
 * all taken, -SIM_EINVAL: the machine has no such call.  6.1
 * sys_set_thread_area() with entry number -1, and what the C library does next.
 */
int sys_set_thread_area(struct machine *m, struct task *t, vaddr_t base);

/* A CPU begins to run t / exec: t's own segments go. 6.1 load_TLS(),
 * flush_thread(). */
void load_tls(struct machine *m, const struct task *t);
void flush_thread(struct machine *m, struct task *t);
/* fork: the child's are its parent's. */
void copy_thread_tls(struct task *child, const struct task *parent);

#endif
