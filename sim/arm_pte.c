/*
 * ARM: two hardware tables in a page, and the copy that Linux reads.
 *
 * The MMU of a 32-bit ARM cuts an address 12/8/12.  The first-level table has
 * 4096 entries of 1M each, 16K in all; a second-level table has 256 entries,
 * 1K.  Linux wants tables of a page and a place for bits that the MMU has not:
 * young and dirty.  So it takes first-level entries in pairs of 2M, and below
 * a pair a page with two hardware tables and, beside them, 512 words of its own:
 *
 *	 31      21 20      12 11         0
 *	|  pgd idx |  pte idx |   offset   |     Linux: 2048 pairs, 512 words
 *	|  first level |second|   offset   |     the MMU: 4096, 256
 *
 *	page of tables  +0     Linux's words 0..255
 *	                +1024  Linux's words 256..511
 *	                +2048  hardware table of the lower M
 *	                +3072  hardware table of the upper M
 *
 * 0x08048123: pair 64, word 72; first level 128, second level 72.
 *
 * A hardware word is made from Linux's each time that one is set
 * (cpu_v7_set_pte_ext), and says less:
 *
 *	Linux                            the MMU
 *	present, but not young           0: the next access faults
 *	young, writable, not dirty       read-only: the next write faults
 *	young, writable, dirty           writable
 *
 * The faults that follow are how the kernel learns of the access: it sets young
 * or dirty, and the access runs again (profile soft_young_dirty; access.c,
 * fault.c).  So a child pays a fault for each page that it reads after a fork:
 * its entries are copied old.
 *
 * The engine keeps one entry in its own bits for all machines, as Linux does
 * with pte_young() and the like; from it follow both words.
 *
 * Simpler than Linux: domains are left out (every first-level entry would name
 * the same one), as are the memory types (all is write-back) and the second
 * page-table register; the MMU's access flag is off, as Linux has it.
 *
 * 6.1 arch/arm/include/asm/pgtable-2level.h, mm/proc-v7-2level.S; REFERENCE
 * 6.4, 8.1.
 */
#include "arm_pte.h"

enum {
	FIRST_TABLE = 1,   /* leads to a table                       */
	FIRST_SECTION = 2, /* maps 1M                                */
	SECTION_KERNEL = 0x0c00 | 0x000c, /* AP 11... of the kernel, cached */
};

uint32_t arm_linux_pte(pte_t e)
{
	uint32_t word = pte_pfn(e) << PAGE_SHIFT | L_PTE_MT_WRITEALLOC;

	if (!pte_present(e))
		return 0;
	word |= L_PTE_PRESENT;
	word |= e & PTE_A ? L_PTE_YOUNG : 0;
	word |= e & PTE_D ? L_PTE_DIRTY : 0;
	word |= e & PTE_RW ? 0 : L_PTE_RDONLY;
	word |= e & PTE_US ? L_PTE_USER : 0;
	word |= e & PTE_NX ? L_PTE_XN : 0;
	word |= e & PTE_P ? 0 : L_PTE_NONE;
	return word;
}

uint32_t arm_hw_pte(pte_t e)
{
	uint32_t word = pte_pfn(e) << PAGE_SHIFT | HW_SMALL | HW_CACHE | HW_AP0;
	bool writable = (e & PTE_RW) && (e & PTE_D);

	if (!(e & PTE_P) || !(e & PTE_A))
		return 0;
	word |= writable ? 0 : HW_APX;
	word |= e & PTE_US ? HW_AP1 | HW_NG : 0;
	word |= e & PTE_NX ? HW_XN : 0;
	return word;
}

unsigned arm_first_level_index(vaddr_t va)
{
	return (unsigned)(va >> ARM_SECTION_SHIFT);
}

unsigned arm_second_level_index(vaddr_t va)
{
	return (unsigned)(va >> PAGE_SHIFT) % ARM_HW_ENTRIES;
}

/* Is va in the upper of the two halves of its pair? */
static bool is_upper(vaddr_t va) { return va >> ARM_SECTION_SHIFT & 1; }

uint32_t arm_first_level(pte_t e, vaddr_t va)
{
	uint32_t base = pte_pfn(e) << PAGE_SHIFT;

	if (!(e & PTE_P))
		return 0;
	if (e & PTE_PSE)
		return base | (uint32_t)is_upper(va) << ARM_SECTION_SHIFT |
		       SECTION_KERNEL | FIRST_SECTION;
	return (base + ARM_HW_OFFSET + is_upper(va) * ARM_HW_TABLE_BYTES) |
	       FIRST_TABLE;
}

paddr_t arm_hw_place(pfn_t pfn, vaddr_t va)
{
	return ((paddr_t)pfn << PAGE_SHIFT) + ARM_HW_OFFSET +
	       is_upper(va) * ARM_HW_TABLE_BYTES +
	       arm_second_level_index(va) * 4;
}

paddr_t arm_linux_place(pfn_t pfn, vaddr_t va)
{
	return arm_hw_place(pfn, va) - ARM_HW_OFFSET;
}
