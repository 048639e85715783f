/*
 * Files and their pages: the page cache, and shared anonymous memory.
 *
 * A file lies wholly in the page cache from its first use (as in the memory
 * file system of the recordings).  Shared anonymous memory is a file of its
 * own, named `zero`, whose pages come at the first touch and go with the last
 * area that maps it.
 *
 *	page -> address_space -> areas that map it   (rmap.h)
 *	file -'       '-> frame of each page
 */
#ifndef SIM_FILE_H
#define SIM_FILE_H

#include "mm.h"
#include "radix_tree.h"

/*
 * What a file's pages belong to, however many times the file was opened: 6.1
 * struct address_space.
 * Law: nrpages = frames in i_pages; i_mmap = areas that map one of its files.
 */
struct address_space {
	struct file *host;   /* who opened it first; Linux: the inode      */
	struct radix_tree i_pages; /* frames by page offset               */
	uint32_t nrpages;    /* that are in memory                         */
	struct vma *i_mmap, *i_mmap_last; /* areas, linked last mapped last */
};

struct file {
	char *name;          /* base name, or "zero"                       */
	uint32_t id;         /* order of creation                          */
	uint64_t bytes;
	uint64_t nr_pages;
	bool shmem;          /* shared anonymous memory                    */
	bool executable;     /* opened read-only: no shared writable mapping */
	bool by_exec;        /* opened by exec, for a program's segments    */
	uint32_t nr_areas;   /* areas that map it                          */
	struct address_space *mapping; /* its pages: f_mapping             */
	struct file *next;
	vaddr_t kobj[3];     /* inode, dentry, filp                        */
};

/*
 * The open file of this name and size, made at first use, with all its pages.
 * An executable is opened read-only.  exec opens for itself: another open file
 * of the same page cache (areas of the two never merge).  NULL: no memory.
 */
struct file *file_open(struct machine *m, const char *name, uint32_t bytes,
		       bool executable);
struct file *open_exec(struct machine *m, const char *name, uint32_t bytes);

/* New shared anonymous memory, no page of it made yet. NULL: no memory. */
struct file *shmem_file(struct machine *m, uint64_t bytes);

/* An area maps / no longer maps the file.  Shared anonymous memory that no
 * area maps any more is freed: its pages must be unmapped. */
void file_get(struct file *f);
void file_put(struct machine *m, struct file *f);

/* A linked area, whose file is set, is found from the file's pages from now
 * on (6.1 vma_interval_tree_insert), or no longer. */
void i_mmap_link(struct vma *v);
void i_mmap_unlink(struct vma *v);

/* Frame of a page: PFN_NONE if it is beyond the end or, for shared anonymous
 * memory, was never touched. */
pfn_t filemap_get_page(const struct file *f, uint64_t index);
/* Shared anonymous: allocate the page. PFN_NONE: beyond the end or no
 * memory, told apart by index < nr_pages. */
pfn_t shmem_get_page(struct machine *m, struct file *f, uint64_t index);

#endif
