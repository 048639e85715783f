/*
 * Fields of processes and address spaces: task_struct, mm_struct, vm_area_struct, anon_vma and its links.
 */
#include "fields_put.h"
#include "sim/pgtable.h"
#include "sim/vma.h"

static const struct bit_name task_flags[] = {
	{PF_EXITING, "exiting"},
	{PF_FORKNOEXEC, "forknoexec"},
	{0, NULL},
};

static const struct bit_name vm_flags[] = {
	{VM_READ, "READ"},           {VM_WRITE, "WRITE"},
	{VM_EXEC, "EXEC"},           {VM_SHARED, "SHARED"},
	{VM_MAYREAD, "MAYREAD"},     {VM_MAYWRITE, "MAYWRITE"},
	{VM_MAYEXEC, "MAYEXEC"},     {VM_MAYSHARE, "MAYSHARE"},
	{VM_GROWSDOWN, "GROWSDOWN"}, {VM_LOCKED, "LOCKED"},
	{VM_DONTCOPY, "DONTCOPY"},   {VM_ACCOUNT, "ACCOUNT"},
	{VM_NORESERVE, "NORESERVE"}, {0, NULL},
};

static const struct bit_name prot_bits[] = {
	{PTE_P, "P"}, {PTE_RW, "RW"}, {PTE_US, "US"},
	{PTE_A, "A"}, {PTE_D, "D"},   {PTE_PROTNONE, "PROTNONE"},
	{0, NULL},
};

/* ---- task_struct ---- */

static const struct task *task_before(const struct machine *m, const struct task *t)
{
	const struct task *before = m->tasks == t ? NULL : m->tasks;

	while (before && before->next != t)
		before = before->next;
	return before;
}

/* The entry of the running CPU's GDT that t's gs names. */
static struct object tls_object(const struct machine *m, const struct task *t)
{
	if (!t->gs || m->tlb[m->cpu].pid != t->pid)
		return make_object(OBJ_NONE, 0, 0);
	return make_object(OBJ_DESC, m->cpu, selector_index(t->gs));
}

static void put_segments(struct fields *r, const struct task *t)
{
#include "struct_thread.def"
}

void task_fields(struct fields *r, const struct object *o)
{
	const struct machine *m = r->m;
	const struct task *t = find_task(m, object_nr(o));
	uint32_t nr = 0;

#include "struct_task.def"
	for (const struct task *c = t->next; c; c = c->next)
		if (c->parent == t && !list_is_full(r, nr, m->nr_tasks))
			put_item(r, "children", nr++, "struct list_head", task_object(c),
				 N_("a process that it forked"));
}

/* ---- mm_struct ---- */

static void put_areas(struct fields *r, const struct mm *mm, const char *meaning)
{
	uint32_t nr = 0;

	for (const struct vma *v = mm->mmap; v && !list_is_full(r, nr, mm->map_count); v = v->next)
		put_item(r, "mmap", nr++, "struct vm_area_struct", vma_object(v), meaning);
}

void mm_fields(struct fields *r, const struct object *o)
{
	const struct mm *mm = find_mm(r->m, o);
	uint32_t pid = mm_pid(mm);

#include "struct_mm.def"
	put_group(r, N_("The list of areas"));
	put_areas(r, mm, N_("an area, by its place in the list"));
}

/* ---- rb_root ---- */

static uint32_t depth_of(const struct rb_node *n)
{
	uint32_t depth = 0;

	for (; n; n = n->parent)
		depth++;
	return depth;
}

/* Nodes on the longest way down. */
static uint32_t tree_height(const struct mm *mm)
{
	uint32_t height = 0;

	for (const struct vma *v = mm->mmap; v; v = v->next)
		if (depth_of(&v->rb) > height)
			height = depth_of(&v->rb);
	return height;
}

/* Black nodes on every way down. */
static uint32_t black_height(const struct mm *mm)
{
	uint32_t height = 0;

	for (const struct rb_node *n = mm->mm_rb.node; n; n = n->child[RB_LEFT])
		height += n->colour == RB_BLACK;
	return height;
}

void tree_fields(struct fields *r, const struct object *o)
{
	const struct mm *mm = find_mm(r->m, o);

	put_group(r, N_("The tree"));
	put_areas(r, mm,
		  N_("an area; filled: black, hollow: red; 1, 2, ...: the order in which "
		     "find_vma looked at them"));
#include "struct_tree.def"
}

/* ---- vm_area_struct ---- */

static const char *vm_ops_name(const struct vma *v)
{
	if (!v->file)
		return "NULL";
	return v->file->shmem ? "shmem_vm_ops" : "generic_file_vm_ops";
}

/* Pages of v that entries map. */
static uint32_t nr_mapped(const struct machine *m, const struct vma *v)
{
	uint32_t nr = 0;

	for (uint64_t va = v->start; va < v->end; va += PAGE_SIZE) {
		const pte_t *e = pte_offset(m, v->mm, (vaddr_t)va);

		if (!e)
			va = pt_next(m, v->mm, va, v->end) - PAGE_SIZE;
		else
			nr += pte_present(*e);
	}
	return nr;
}

/* The entry of a page that is there, of so many; false: there were enough of them. */
static bool put_pte(struct fields *r, const struct vma *v, vaddr_t va, uint32_t nr, uint32_t total)
{
	unsigned leaf = r->m->profile->pt_levels - 1u;

	if (list_is_full(r, nr, total))
		return false;
	put_item(r, "pte", pt_index(r->m, leaf, va), "pte_t", entry_object(mm_pid(v->mm), va, leaf),
		 N_("the entry of a page that is there, by its index in its table"));
	return true;
}

void vma_fields(struct fields *r, const struct object *o)
{
	const struct machine *m = r->m;
	const struct vma *v = find_area(m, o);
	uint32_t nr = 0, total = nr_mapped(m, v);

#include "struct_vma.def"
	put_group(r, N_("Entries of its pages"));
	for (uint64_t va = v->start; va < v->end; va += PAGE_SIZE) {
		const pte_t *e = pte_offset(m, v->mm, (vaddr_t)va);

		if (!e)
			va = pt_next(m, v->mm, va, v->end) - PAGE_SIZE;
		else if (pte_present(*e) && !put_pte(r, v, (vaddr_t)va, nr++, total))
			break;
	}
}

/* ---- anon_vma ---- */

void anon_vma_fields(struct fields *r, const struct object *o)
{
	const struct anon_vma *av = find_anon_vma(r->m, o);
	uint32_t nr = 0;

#include "struct_anon_vma.def"
	put_group(r, N_("Areas that may map its pages"));
	for (const struct anon_vma_chain *c = av->head; c; c = c->same_next)
		if (list_is_full(r, nr, av->refcount))
			break;
		else
			put_item(r, "rb_root", nr++, "struct anon_vma_chain", avc_object(c),
				 N_("a link to an area, oldest first"));
}

void avc_fields(struct fields *r, const struct object *o)
{
	const struct anon_vma_chain *c = find_avc(r->m, o);

#include "struct_avc.def"
}
