/*
 * Files in memory: the page cache, and shared anonymous memory.
 *
 * The page cache holds a file's pages by their number; a mapping of the file
 * maps the cache's own frames, so that all who map a page see one frame:
 *
 *	file data64k   page   0     1     2   ...  15
 *	               frame 3a10  3a11  3a12      3a1f
 *	                      |     |
 *	            sh's area 0     1           kid's area at offset 8K: 2, 3
 *
 * Each frame has one reference for the cache and one for each mapping: it
 * stays when nobody maps it.
 *
 * A file is read as a whole when it is first opened, so that no fault has to
 * wait for a disk: a memory file system, like that of the recordings.  Opened
 * twice (by exec, and by mmap), it is two open files with one page cache.
 *
 * Shared anonymous memory (MAP_SHARED without a file, named `zero`) is a file
 * without a name on a disk: its pages are made at the first touch, and go with
 * the last area that maps it.
 *
 * Simpler than Linux: no read-ahead, no write-back, pages are never dropped
 * from the cache while the machine runs.
 */
#include "file.h"

#include <string.h>

#include "machine.h"

/* The caches that a file's kobj[] comes from. */
static const enum kernel_object file_objects[] = {KOBJ_INODE, KOBJ_DENTRY,
						  KOBJ_FILP};
enum { NR_FILE_OBJECTS = 3, OBJECT_FILP = 2 };

static const char digits[] = "0123456789";

/* What the eye sees of page index of a file: the name's first letters and the
 * number, "wide.12". */
static void file_page_tag(char tag[TAG_LEN], const char *name, uint64_t index)
{
	char number[TAG_LEN];
	unsigned n = 0, len = 0;

	do {
		number[n++] = digits[index % 10];
		index /= 10;
	} while (index > 0 && n < TAG_LEN - 2);
	memset(tag, 0, TAG_LEN);
	while (name[len] && name[len] != '.' && len + n + 1 < TAG_LEN) {
		tag[len] = name[len];
		len++;
	}
	tag[len++] = '.';
	while (n > 0)
		tag[len++] = number[--n];
}

static void free_objects(struct machine *m, struct file *f, unsigned from)
{
	for (unsigned i = from; i < NR_FILE_OBJECTS; i++)
		if (f->kobj[i])
			kobj_free(m, file_objects[i], f->kobj[i]);
}

/* The objects from number `from` on; false: no memory for all of them. */
static bool alloc_objects(struct machine *m, struct file *f, unsigned from)
{
	for (unsigned i = from; i < NR_FILE_OBJECTS; i++) {
		f->kobj[i] = kobj_alloc(m, file_objects[i]);
		if (!f->kobj[i])
			return false;
	}
	return true;
}

static void drop_pages(struct machine *m, struct file *f)
{
	struct address_space *as = f->mapping;
	pfn_t pfn;

	for (uint64_t i = 0;
	     (pfn = radix_tree_next(&as->i_pages, &i)) != PFN_NONE; i++) {
		radix_tree_delete(m->arena, &as->i_pages, i);
		as->nrpages--;
		step(m, DELETE_FROM_PAGE_CACHE, pfn, i);
		put_page(m, pfn);
	}
}

/* A frame for page index, in the cache; PFN_NONE: no memory. */
static pfn_t add_page(struct machine *m, struct file *f, uint64_t index)
{
	pfn_t pfn = alloc_page(m, GFP_HIGHUSER_MOVABLE,
			       f->shmem ? FRAME_SHMEM : FRAME_FILE);
	struct page *page;

	if (pfn == PFN_NONE)
		return PFN_NONE;
	page = pfn_page(m, pfn);
	page->mapping = f->mapping;
	page_set_index(page, index);
	page->flags |= PG_UPTODATE | (f->shmem ? PG_SWAPBACKED : 0);
	if (!f->shmem)
		file_page_tag(page->tag, f->name, index);
	radix_tree_insert(m->arena, &f->mapping->i_pages, index, pfn);
	f->mapping->nrpages++;
	step(m, ADD_TO_PAGE_CACHE, pfn, index, page_tag(page));
	if (f->shmem)
		lru_batch_add(m, LRU_ADD, pfn);
	else
		page->flags |= PG_LRU;
	return pfn;
}

/* A file with room for its pages, none of them there yet. */
static struct file *file_new(struct machine *m, const char *name,
			     uint64_t bytes)
{
	struct file *f = arena_alloc(m->arena, sizeof(*f));

	f->name = arena_alloc(m->arena, strlen(name) + 1);
	memcpy(f->name, name, strlen(name));
	f->bytes = bytes;
	f->nr_pages = page_align_up(bytes) >> PAGE_SHIFT;
	return f;
}

static void file_free(struct machine *m, struct file *f)
{
	arena_free(m->arena, f->name, strlen(f->name) + 1);
	arena_free(m->arena, f, sizeof(*f));
}

/* f is the first to open: nothing of it is in memory yet. */
static void mapping_alloc(struct machine *m, struct file *f)
{
	struct address_space *as = arena_alloc(m->arena, sizeof(*as));

	as->host = f;
	f->mapping = as;
}

static void mapping_free(struct machine *m, struct file *f)
{
	arena_free(m->arena, f->mapping, sizeof(*f->mapping));
}

static void link_file(struct machine *m, struct file *f)
{
	struct file **last = &m->files;

	while (*last)
		last = &(*last)->next;
	*last = f;
	f->id = ++m->nr_files;
}

/* Read the whole file; false: no memory, nothing of it stays. */
static bool read_pages(struct machine *m, struct file *f)
{
	mapping_alloc(m, f);
	for (uint64_t i = 0; i < f->nr_pages; i++) {
		if (add_page(m, f, i) != PFN_NONE)
			continue;
		drop_pages(m, f);
		mapping_free(m, f);
		return false;
	}
	return true;
}

/* The same file, opened another way: the page cache is shared. */
static bool share_pages(struct machine *m, struct file *f,
			const struct file *same)
{
	memcpy(f->kobj, same->kobj, sizeof(f->kobj));
	f->mapping = same->mapping;
	return alloc_objects(m, f, OBJECT_FILP);
}

static bool is_same(const struct file *f, const char *name, uint32_t bytes)
{
	return !f->shmem && f->bytes == bytes && strcmp(f->name, name) == 0;
}

static struct file *open_as(struct machine *m, const char *name, uint32_t bytes,
			    bool executable, bool by_exec)
{
	struct file *same = NULL, *f;
	bool ok;

	for (f = m->files; f; f = f->next) {
		if (!is_same(f, name, bytes))
			continue;
		if (f->by_exec == by_exec)
			return f;
		same = f;
	}
	f = file_new(m, name, bytes);
	f->executable = executable;
	f->by_exec = by_exec;
	enter(m, FILE_OPEN, bytes, f->nr_pages);
	if (same)
		ok = share_pages(m, f, same);
	else
		ok = alloc_objects(m, f, 0) && read_pages(m, f);
	if (ok)
		link_file(m, f);
	leave(m, FILE_OPEN, ok ? f->id : 0);
	if (ok)
		return f;
	free_objects(m, f, same ? OBJECT_FILP : 0);
	file_free(m, f);
	return NULL;
}

struct file *file_open(struct machine *m, const char *name, uint32_t bytes,
		       bool executable)
{
	return open_as(m, name, bytes, executable, false);
}

struct file *open_exec(struct machine *m, const char *name, uint32_t bytes)
{
	return open_as(m, name, bytes, true, true);
}

struct file *shmem_file(struct machine *m, uint64_t bytes)
{
	struct file *f = file_new(m, "zero", bytes);

	f->shmem = true;
	if (!alloc_objects(m, f, 0)) {
		free_objects(m, f, 0);
		file_free(m, f);
		return NULL;
	}
	mapping_alloc(m, f);
	link_file(m, f);
	step(m, SHMEM_FILE_SETUP, f->id, f->nr_pages);
	return f;
}

static void shmem_free(struct machine *m, struct file *f)
{
	struct file **at = &m->files;

	enter(m, SHMEM_EVICT_INODE, f->id, f->nr_pages);
	drop_pages(m, f);
	leave(m, SHMEM_EVICT_INODE);
	mapping_free(m, f);
	free_objects(m, f, 0);
	while (*at != f)
		at = &(*at)->next;
	*at = f->next;
	file_free(m, f);
}

void file_get(struct file *f) { f->nr_areas++; }

void file_put(struct machine *m, struct file *f)
{
	if (--f->nr_areas == 0 && f->shmem)
		shmem_free(m, f);
}

void i_mmap_link(struct vma *v)
{
	struct address_space *as = v->file->mapping;

	v->next_share = NULL;
	v->prev_share = as->i_mmap_last;
	if (as->i_mmap_last)
		as->i_mmap_last->next_share = v;
	else
		as->i_mmap = v;
	as->i_mmap_last = v;
}

void i_mmap_unlink(struct vma *v)
{
	struct address_space *as = v->file->mapping;

	if (v->prev_share)
		v->prev_share->next_share = v->next_share;
	else
		as->i_mmap = v->next_share;
	if (v->next_share)
		v->next_share->prev_share = v->prev_share;
	else
		as->i_mmap_last = v->prev_share;
}

pfn_t filemap_get_page(const struct file *f, uint64_t index)
{
	return index < f->nr_pages
		       ? radix_tree_lookup(&f->mapping->i_pages, index)
		       : PFN_NONE;
}

pfn_t shmem_get_page(struct machine *m, struct file *f, uint64_t index)
{
	pfn_t pfn = filemap_get_page(f, index);

	if (pfn != PFN_NONE || index >= f->nr_pages)
		return pfn;
	return add_page(m, f, index);
}
