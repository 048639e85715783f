/*
 * The profiles: which constants make which kernel.
 *
 *	i386         the kernel of the text books: 896M of lowmem, every frame
 *	             from 0 on is memory, image and mem_map at the bottom
 *	i386-pae     the same with three-level tables and 8-byte entries
 *	i386-6.1     Debian's 6.1 `686` kernel on a PC, as it was recorded
 *	i386-6.1-pae its `686-pae` kernel
 *	arm          a 32-bit ARM (v7) with 6.1: two hardware tables in a page,
 *	             768M of lowmem, kmap's window below the direct map
 *	x86-64       6.1 with 64 bits: four levels, no high memory, a PCI hole
 *
 * Where lowmem ends is no free choice: of the kernel's gigabyte 128M are kept
 * for vmalloc (kernel_map.c).  The text books count them from 4G down, 2^32 -
 * 3G - 128M = 896M; Linux 6.1 from VMALLOC_END down, 0xfebfe000 - 3G - 128M =
 * 0x36bfe000.
 *
 * What boot of 6.1 takes was read from the recordings (64M to 4G): kernel_bytes
 * + mem_map + hash tables give MemTotal of every one of them to the page.  So
 * they do for x86-64, Debian's `amd64` kernel, from 128M to 2G; from 3G on a page
 * or two of tables are missing, and from 4G on a little more lies above 4G.  The
 * sizes of its kernel objects were not recorded.  arm takes as much as Debian's
 * `armmp` on QEMU's virt board, whose RAM begins at 1G and whose low memory is
 * called DMA (256M and 512M to the page); its addresses are those of 6.1's headers
 * and documents.
 */
#include "profile.h"

#include "lock.h"
#include "mm.h"
#include "zone.h"

#include <string.h>

#include "segment.h"

#define MB(n)    ((uint32_t)(n) << 20)
#define PAGES(n) ((uint32_t)(n) << PAGE_SHIFT)
#define GB(n)    ((uint64_t)(n) << 30)

#define TWO_LEVELS                                                             \
	.pt_levels = 2, .pt_shift = {22, 12}, .pt_bits = {10, 10},             \
	.pte_bytes = 4, .section_size_bits = 26
#define THREE_LEVELS                                                           \
	.pt_levels = 3, .pt_shift = {30, 21, 12}, .pt_bits = {2, 9, 9},        \
	.pte_bytes = 8, .section_size_bits = 29, .pae_pgd = true,              \
	.has_nx = true
#define FOUR_LEVELS                                                            \
	.pt_levels = 4, .pt_shift = {39, 30, 21, 12}, .pt_bits = {9, 9, 9, 9}, \
	.pte_bytes = 8, .section_size_bits = 27, .has_nx = true, .nx = true
/* As Linux sees them; the MMU's are 12/8/12: arm_pte.c. */
#define ARM_LEVELS                                                             \
	.pt_levels = 2, .pt_shift = {21, 12}, .pt_bits = {11, 9},              \
	.pte_bytes = 4, .section_size_bits = 28, .pgd_order = 2,               \
	.has_nx = true, .nx = true, .soft_young_dirty = true

/* What a program sees of its address space: 6.1 everywhere (REFERENCE 0). */
#define PROCESS                                                                \
	.mmap_min_addr = 65536, .stack_guard_gap_pages = 256,                  \
	.stack_limit_bytes = MB(8), .max_map_count = 65530,                    \
	.memlock_limit_bytes = MB(8)
#define ADDRESS_SPACE                                                          \
	PROCESS, .word_bits = 32, .va_bits = 32, .page_offset = 0xc0000000,    \
		 .vmalloc_offset = MB(8), .vmalloc_reserve = MB(128),          \
		 .fixaddr_top = 0xfffff000, .thread_size = 8192,               \
		 .arch = "i386", .elf_machine = 3,                             \
		 .program = &builtin_program, .elf_et_dyn_base = 0x00400000,   \
		 .platform_bytes = sizeof("i686"), .malloc_alignment = 16,     \
		 .auxv_pairs = 20, .aligns_strings = true

/* The lowest 16M are for devices of the ISA bus, which have 24 address lines. */
#define ZONES_OF_32_BIT                                                        \
	.zones = 1 << ZONE_DMA | 1 << ZONE_NORMAL | 1 << ZONE_HIGHMEM |        \
		 1 << ZONE_MOVABLE,                                            \
	.max_dma_pfn = MB(16) >> PAGE_SHIFT

/* Frame 0 is the BIOS's; bootmem fills from the bottom. */
#define CLASSIC_BOOT                                                           \
	.first_pfn = 0, .low_reserved = 1, .kernel_phys = MB(1),               \
	.kernel_bytes = MB(4), .page_struct_bytes = 32, .mem_map_align = 1

#define CLASSIC_ALLOCATORS                                                     \
	.vmalloc_start_round8m = true, .cache_line = 32,                       \
	.slab_break_order = 2, .pageblock_order = 10, .pcp_max_order = 3,      \
	.ioremap_max_order = 19, .lock_kind = LOCK_TAS

/*
 * A PC of the i440FX kind: no RAM at 0x9f000..0xfffff, the last 128K for ACPI
 * tables, and from 3.5G on only 3G below the PCI hole (the rest would lie
 * above 4G; the modelled board has it not).  6.1 hands out nothing below 1M.
 */
#define PC_BOOT                                                                \
	.first_pfn = 1, .low_reserved = 0x100, .hole_start = 0x9f,             \
	.hole_end = 0x100, .firmware_top_kb = 128, .pci_hole_from_mb = 3584,   \
	.pci_hole_at_mb = 3072, .kernel_phys = MB(16),                         \
	.page_struct_bytes = 40, .mem_map_align = 1024,                        \
	.maps_ram_alone = true, .boot_takes_top = true, .boot_hashes = true,   \
	.boot_lists_ascending = true

/*
 * Slots of the fixmap.  2.6: hole, vsyscall, APIC, 64 IO-APICs, 13 kinds of
 * kmap_atomic.  6.1: hole, dbgp, earlycon, APIC, 64 IO-APICs, a stack of 16 for
 * kmap_local, then PCI mmconfig and two of GHES.
 */
static const struct fix_row classic_rows[] = {
	{"hole", 1}, {"vsyscall", 1}, {"apic", 1}, {"ioapic", 64}, {NULL, 0},
};
static const struct fix_row linux61_rows[] = {
	{"hole", 1}, {"dbgp", 1},    {"earlycon", 1},
	{"apic", 1}, {"ioapic", 64}, {NULL, 0},
};
static const struct fix_row linux61_rows_behind[] = {
	{"mmconfig", 1},
	{"ghes", 2},
	{NULL, 0},
};

/* x86-64 leaves 511 slots for a page of the vsyscalls at a fixed address. */
static const struct fix_row x86_64_rows[] = {
	{"hole", 511}, {"vsyscall", 1}, {"dbgp", 1}, {"earlycon", 1},
	{"apic", 1},   {"ioapic", 128}, {NULL, 0},
};
static const struct fix_row x86_64_rows_behind[] = {{"ghes", 2}, {NULL, 0}};
static const struct fix_row arm_rows[] = {{"earlycon", 1}, {NULL, 0}};

#define CLASSIC_FIXMAP                                                         \
	.nr_cpus = 8, .fix_kmap_begin = 67, .kmap_slots = 13,                  \
	.fix_rows = classic_rows, .gdt = &gdt_layout_26
#define LINUX61_FIXMAP                                                         \
	.nr_cpus = 32, .fix_kmap_begin = 68, .kmap_slots = 16,                 \
	.fix_slots_behind_kmap = 3, .fix_rows = linux61_rows,                  \
	.fix_rows_behind_kmap = linux61_rows_behind, .gdt = &gdt_layout_61

/*
 * Code and constants of Debian's images, and the page of idt_table, which is
 * read-only as well: what /proc/iomem and the boot log say.  So beside the first
 * of all large pages and the end of low memory small entries take the place of
 * one of 4M, where constants end and idt_table lies, and with PAE and NX of three
 * of 2M (DirectMap4k with 1G: 12280 and 10232 kB).
 */
#define IMAGE61(text, ro, idt)                                                 \
	.text_bytes = (text), .ro_bytes = (ro), .idt_bytes = (idt)

#define LINUX61_ALLOCATORS                                                     \
	.highpte = true, .khugepaged_pages = MB(512) >> PAGE_SHIFT,            \
	.slab_61 = true, .vmap_61 = true, .cache_line = 32,                    \
	.slab_break_order = 1, .rss_events_thresh = 64,                        \
	.lock_kind = LOCK_QSPIN, .mobility_types = 5, .pcp_max_order = 3

/* arm and x86-64: 6.1 as well, its tables in low memory. */
#define MODERN_ALLOCATORS                                                      \
	.slab_61 = true, .vmap_61 = true, .cache_line = 64,                    \
	.slab_break_order = 1, .mobility_types = 5, .pcp_max_order = 3

/*
 * ARM: 16M below the direct map are the kernel's too, for modules and kmap's
 * window.  vmalloc_end is fixed, and low memory leaves 240M and the 8M that are
 * never mapped below it: ff800000 - f8M - c0000000 = 768M.  REFERENCE 6.4.
 */
#define ARM_ADDRESSES                                                          \
	.word_bits = 32, .va_bits = 32, .task_size = 0xbf000000,               \
	.kernel_base = 0xbf000000, .page_offset = 0xc0000000,                  \
	.vmalloc_offset = MB(8), .vmalloc_start_floor8m = true,                \
	.vmalloc_end = 0xff800000, .vmalloc_reserve = MB(248),                 \
	.modules = 0xbf000000, .modules_end = 0xbfe00000,                      \
	.pkmap_base = 0xbfe00000, .last_pkmap = 512, .ioremap_max_order = 24,  \
	.fixaddr_top = 0xffeff000, .fixaddr_start = 0xffc80000,                \
	.fix_rows = arm_rows, .lock_kind = LOCK_TICKET, .vectors = 0xffff0000, \
	.nr_cpus = 8, .fix_kmap_begin = 1, .kmap_slots = 16,                   \
	.thread_size = 8192, .arch = "ARM", .elf_machine = 40,                 \
	.program = &builtin_program_arm, .elf_et_dyn_base = 0x00400000,        \
	.gate = 0xffff0000, .gate_name = "[vectors]",                          \
	.gate_flags = VM_READ | VM_EXEC | VM_MAYREAD | VM_MAYEXEC,             \
	.platform_bytes = sizeof("v7l"), .malloc_alignment = 8,                \
	.auxv_pairs = 19

/* RAM begins at 0; no zone for devices; the image as near to 0 as it can be:
 * swapper_pg_dir at 0x4000, the text behind it. */
#define ARM_BOOT                                                               \
	.zones = 1 << ZONE_NORMAL | 1 << ZONE_HIGHMEM | 1 << ZONE_MOVABLE,     \
	.kernel_bytes = PAGES(4659), .init_bytes = PAGES(574),                 \
	.page_struct_bytes = 36, .mem_map_align = 1024,                        \
	.maps_ram_alone = true, .boot_takes_top = true, .boot_hashes = true,   \
	.boot_lists_ascending = true

/* 6.1 Documentation/x86/x86_64/mm.rst, four levels, nothing moved at random. */
#define X86_64_ADDRESSES                                                       \
	.word_bits = 64, .va_bits = 48, .task_size = 0x7ffffffff000,           \
	.kernel_base = 0xffff800000000000, .page_offset = 0xffff888000000000,  \
	.vmalloc_base = 0xffffc90000000000, .vmalloc_end = 0xffffe90000000000, \
	.vmalloc_end_is_last = true, .ioremap_max_order = 30,                  \
	.vmemmap = 0xffffea0000000000, .vmemmap_end = 0xffffeb0000000000,      \
	.cpu_entry_area = 0xfffffe0000000000,                                  \
	.kernel_text = 0xffffffff80000000, .modules = 0xffffffffc0000000,      \
	.modules_end = 0xffffffffff000000, .fixaddr_top = 0xffffffffff7ff000,  \
	.nr_cpus = 64, .fix_kmap_begin = 643, .fix_slots_behind_kmap = 2,      \
	.fix_rows = x86_64_rows, .gdt = &gdt_layout_64,                        \
	.fix_rows_behind_kmap = x86_64_rows_behind, .lock_kind = LOCK_QSPIN,   \
	.thread_size = 16384, .arch = "x86-64", .elf_machine = 62,             \
	.program = &builtin_program_64, .elf_et_dyn_base = 0x555555555000,     \
	.platform_bytes = sizeof("x86_64"), .malloc_alignment = 16,            \
	.auxv_pairs = 20, .aligns_strings = true

/* The same PC with a kernel that reaches above 4G: what RAM the PCI hole at
 * 3G .. 4G displaces is seen from 4G on.  ZONE_DMA32 is for devices with 32
 * address lines. */
#define X86_64_BOOT                                                            \
	.zones = 1 << ZONE_DMA | 1 << ZONE_DMA32 | 1 << ZONE_NORMAL |          \
		 1 << ZONE_MOVABLE | 1 << ZONE_DEVICE,                         \
	.max_dma_pfn = MB(16) >> PAGE_SHIFT,                                   \
	.max_dma32_pfn = GB(4) >> PAGE_SHIFT, .first_pfn = 1,                  \
	.low_reserved = 0x100, .hole_start = 0x9f, .hole_end = 0x100,          \
	.firmware_top_kb = 128, .pci_hole_from_mb = 3584,                      \
	.pci_hole_at_mb = 3072, .pci_hole_end_mb = 4096,                       \
	.kernel_phys = MB(16), .kernel_bytes = PAGES(11440),                   \
	.init_bytes = PAGES(2083), .text_bytes = 0xe02000,                     \
	.ro_bytes = 0x18eb000, .idt_bytes = 0x2313000,                         \
	.bounce_bytes = MB(64) + PAGES(194), .page_struct_bytes = 64,          \
	.mem_map_align = 1024, .maps_ram_alone = true, .boot_takes_top = true, \
	.boot_hashes = true, .boot_lists_ascending = true

static const struct mm_profile profiles[] = {
	{
		.name = "i386",
		.max_ram = GB(4),
		.text = "classic i386: 896M of lowmem, two-level page tables",
		.pkmap_base = 0xff800000,
		.last_pkmap = 1024,
		CLASSIC_FIXMAP,
		ZONES_OF_32_BIT,
		TWO_LEVELS,
		ADDRESS_SPACE,
		CLASSIC_BOOT,
		CLASSIC_ALLOCATORS,
	},
	{
		.name = "i386-pae",
		.max_ram = GB(64),
		.text = "classic i386 with PAE: three-level page tables",
		.nx = true,
		.pkmap_base = 0xffc00000,
		.last_pkmap = 512,
		CLASSIC_FIXMAP,
		ZONES_OF_32_BIT,
		THREE_LEVELS,
		ADDRESS_SPACE,
		CLASSIC_BOOT,
		CLASSIC_ALLOCATORS,
	},
	{
		.name = "i386-6.1",
		.max_ram = GB(4),
		.text = "Linux 6.1 on a PC, as recorded (Debian 686)",
		.last_pkmap = 1024,
		.ioremap_max_order = 22,
		LINUX61_FIXMAP,
		.kernel_bytes = PAGES(3629),
		.init_bytes = PAGES(451),
		IMAGE61(0x91c000, 0xc39000, 0xe20000),
		.pageblock_order = 10,
		ZONES_OF_32_BIT,
		TWO_LEVELS,
		ADDRESS_SPACE,
		PC_BOOT,
		LINUX61_ALLOCATORS,
	},
	{
		.name = "i386-6.1-pae",
		.max_ram = GB(4),
		.text = "Linux 6.1 with PAE, as recorded (Debian 686-pae)",
		.last_pkmap = 512,
		.ioremap_max_order = 21,
		LINUX61_FIXMAP,
		.kernel_bytes = PAGES(3673),
		.init_bytes = PAGES(455),
		IMAGE61(0x934000, 0xc51000, 0xe40000),
		.pageblock_order = 9,
		ZONES_OF_32_BIT,
		THREE_LEVELS,
		ADDRESS_SPACE,
		PC_BOOT,
		LINUX61_ALLOCATORS,
	},
	{
		.name = "arm",
		.text = "32-bit ARM with Linux 6.1: two hardware tables a page",
		.max_ram = GB(4),
		ARM_ADDRESSES,
		PROCESS,
		ARM_LEVELS,
		ARM_BOOT,
		MODERN_ALLOCATORS,
		.pageblock_order = 10,
	},
	{
		.name = "x86-64",
		.text = "Linux 6.1 with 64 bits: four levels, no high memory",
		.max_ram = GB(64),
		X86_64_ADDRESSES,
		PROCESS,
		FOUR_LEVELS,
		X86_64_BOOT,
		MODERN_ALLOCATORS,
		.khugepaged_pages = MB(512) >> PAGE_SHIFT,
		.pageblock_order = 9,
	},
};

const struct mm_profile *profile_nth(size_t i)
{
	return i < sizeof(profiles) / sizeof(*profiles) ? &profiles[i] : NULL;
}

const struct mm_profile *profile_find(const char *name)
{
	for (size_t i = 0; profile_nth(i); i++)
		if (strcmp(profiles[i].name, name) == 0)
			return &profiles[i];
	return NULL;
}
