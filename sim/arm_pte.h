/*
 * ARM's page-table entries: the Linux copy and what the MMU reads.
 */
#ifndef SIM_ARM_PTE_H
#define SIM_ARM_PTE_H

#include "pgtable.h"

enum {
	ARM_HW_ENTRIES = 256,      /* of a second-level table              */
	ARM_HW_TABLE_BYTES = 1024,
	ARM_HW_OFFSET = 2048,      /* of the first hardware table in its page */
	ARM_SECTION_SHIFT = 20,    /* of the first-level index             */
};

/* Bits of the Linux copy. */
enum arm_linux_bit {
	L_PTE_PRESENT = 0x001, L_PTE_YOUNG = 0x002, L_PTE_MT_WRITEALLOC = 0x01c,
	L_PTE_DIRTY = 0x040, L_PTE_RDONLY = 0x080, L_PTE_USER = 0x100,
	L_PTE_XN = 0x200, L_PTE_NONE = 0x800,
};

/* Bits of a hardware entry: a small page. */
enum arm_hw_bit {
	HW_XN = 0x001, HW_SMALL = 0x002, HW_CACHE = 0x00c, HW_AP0 = 0x010,
	HW_AP1 = 0x020, HW_APX = 0x200, HW_NG = 0x800,
};

/* The two words of an entry of ours; 0 where there is nothing. */
uint32_t arm_linux_pte(pte_t e);
uint32_t arm_hw_pte(pte_t e);

/* Which of the 4096 first-level entries, and which of 256 below it, the MMU
 * reads for va. */
unsigned arm_first_level_index(vaddr_t va);
unsigned arm_second_level_index(vaddr_t va);

/* The first-level entry for va, from ours, which stands for a pair: the address
 * of a table and 01, or a section and 10; 0: a fault. */
uint32_t arm_first_level(pte_t e, vaddr_t va);

/* Physical address of the hardware entry for va in the page of tables pfn, and
 * of the Linux copy of it. */
paddr_t arm_hw_place(pfn_t pfn, vaddr_t va);
paddr_t arm_linux_place(pfn_t pfn, vaddr_t va);

#endif
