/* From a frame to its page-table entries: forks, copies, moves, files. */
#include "sim/rmap.h"
#include "tests/faults.h"

/* What a walk shows: "sh b7ffd000, kid b7ffd000". */
static char shown[256];

static bool show(void *ctx, const struct rmap_entry *e)
{
	size_t at = strlen(shown);
	int *left = ctx;

	ck_assert(pte_present(*e->entry));
	ck_assert_ptr_eq(e->entry, pte_offset(m, e->vma->mm, e->va));
	snprintf(shown + at, sizeof(shown) - at, "%s%s %08" PRIx64, at ? ", " : "",
		 e->vma->mm->owner->comm, e->va);
	return !left || --*left > 0;
}

static const char *mappers(pfn_t pfn)
{
	uint32_t seen;

	shown[0] = '\0';
	seen = rmap_walk(m, pfn, show, NULL);
	ck_assert_uint_eq(seen, (uint32_t)pfn_page(m, pfn)->mapcount);
	ck_assert_uint_eq(seen, rmap_walk(m, pfn, NULL, NULL));
	return shown;
}

#define ck_mappers(pfn, want) ck_assert_str_eq(mappers(pfn), want)

static vaddr_t touched(uint32_t pages)
{
	vaddr_t a = (vaddr_t)map((uint64_t)pages * PAGE_SIZE, RW);

	for (uint32_t i = 0; i < pages; i++)
		ck_write(sh, a + i * PAGE_SIZE);
	return a;
}

START_TEST(a_page_of_one_process_has_one_mapper)
{
	vaddr_t a = touched(2);

	ck_mappers(frame_at(sh, a), "sh b7ffe000");
	ck_mappers(frame_at(sh, a + PAGE_SIZE), "sh b7fff000");
}
END_TEST

START_TEST(after_fork_the_parent_is_found_first_then_the_children)
{
	vaddr_t a = touched(2);
	struct task *kid = fork_sh();
	pfn_t pfn = frame_at(sh, a);

	do_fork(m, kid, "baby", 3);
	ck_mappers(pfn, "sh b7ffe000, kid b7ffe000, baby b7ffe000");
	ck_write(kid, a);
	ck_mappers(pfn, "sh b7ffe000, baby b7ffe000");
	ck_mappers(frame_at(kid, a), "kid b7ffe000");
	do_exit(m, sh);
	ck_mappers(pfn, "baby b7ffe000");
	ck_mappers(frame_at(kid, a + PAGE_SIZE), "kid b7fff000, baby b7fff000");
}
END_TEST

START_TEST(a_copy_is_not_looked_for_in_the_parent)
{
	vaddr_t a = touched(1);
	struct task *kid = fork_sh();
	const struct anon_vma *av;

	ck_write(kid, a);
	av = page_of(kid, a)->mapping;
	ck_assert_ptr_eq(av->head->vma, mm_area_at(kid->mm, a));
	ck_assert_ptr_null(av->head->same_next);
	av = page_of(sh, a)->mapping;
	ck_assert_ptr_eq(av->head->vma, mm_area_at(sh->mm, a));
	ck_assert_ptr_eq(av->tail->vma, mm_area_at(kid->mm, a));
	ck_assert_uint_eq(av->refcount, 2);
}
END_TEST

START_TEST(a_page_is_found_where_mremap_has_put_it)
{
	vaddr_t a = touched(2);
	pfn_t pfn = frame_at(sh, a + PAGE_SIZE);
	vaddr_t b;

	map_fixed(0xb8000000, PAGE_SIZE, R);
	b = (vaddr_t)sys_mremap(m, sh, a, 2 * PAGE_SIZE, 4 * PAGE_SIZE, true);
	ck_assert_uint_eq(b, 0xb7ffa000);
	ck_assert_uint_eq(pfn_page(m, pfn)->index, 0xb7fff);
	ck_mappers(pfn, "sh b7ffb000");
}
END_TEST

START_TEST(pieces_of_a_split_area_find_their_own_pages)
{
	vaddr_t a = touched(3);

	sys_mprotect(m, sh, a + PAGE_SIZE, PAGE_SIZE, R);
	for (uint32_t i = 0; i < 3; i++) {
		pfn_t pfn = frame_at(sh, a + i * PAGE_SIZE);

		ck_assert_uint_eq(rmap_walk(m, pfn, NULL, NULL), 1);
	}
	ck_mappers(frame_at(sh, a + PAGE_SIZE), "sh b7ffe000");
}
END_TEST

START_TEST(a_file_page_is_found_in_all_areas_and_processes_that_map_it)
{
	struct file *f = file_open(m, "data", 64 * K, false);
	struct mmap_request rq = {.bytes = 64 * K, .prot = R, .file = f};
	vaddr_t a = (vaddr_t)sys_mmap(m, sh, &rq), b;
	struct task *kid = fork_sh();
	pfn_t pfn = filemap_get_page(f, 3);

	rq.offset = 2 * PAGE_SIZE;
	rq.bytes = 8 * K;
	b = (vaddr_t)sys_mmap(m, kid, &rq);
	ck_assert_uint_eq(b, 0xb7fee000);
	ck_assert_uint_eq(rmap_walk(m, pfn, NULL, NULL), 0);
	ck_read(sh, a);
	ck_mappers(pfn, "sh b7ff3000");
	ck_read(kid, a);
	ck_read(kid, b);
	ck_mappers(pfn, "sh b7ff3000, kid b7ff3000, kid b7fef000");
	ck_mappers(filemap_get_page(f, 1), "sh b7ff1000, kid b7ff1000");
	do_exit(m, sh);
	ck_mappers(pfn, "kid b7ff3000, kid b7fef000");
}
END_TEST

START_TEST(a_private_copy_of_a_file_page_is_anonymous)
{
	struct file *f = file_open(m, "data", 64 * K, false);
	struct mmap_request rq = {.bytes = 64 * K, .prot = RW, .file = f};
	vaddr_t a = (vaddr_t)sys_mmap(m, sh, &rq);

	ck_read(sh, a + PAGE_SIZE);
	ck_mappers(filemap_get_page(f, 1), "sh b7ff1000");
	ck_write(sh, a + PAGE_SIZE);
	ck_mappers(filemap_get_page(f, 1), "");
	ck_mappers(frame_at(sh, a + PAGE_SIZE), "sh b7ff1000");
}
END_TEST

START_TEST(two_open_files_of_one_program_have_one_list)
{
	struct mmap_request rq = {.bytes = PAGE_SIZE, .prot = R};
	pfn_t pfn = frame_at(sh, 0x08048000);
	vaddr_t a;

	rq.file = file_open(m, builtin_program.name, builtin_program.file_bytes, false);
	ck_assert_ptr_ne(rq.file, sh->mm->exe);
	ck_assert_ptr_eq(rq.file->mapping, sh->mm->exe->mapping);
	a = (vaddr_t)sys_mmap(m, sh, &rq);
	ck_read(sh, a);
	do_spawn(m, "two", 2, &builtin_program, NULL);
	ck_mappers(pfn, "sh 08048000, sh b7fff000, two 08048000");
}
END_TEST

START_TEST(shared_memory_is_found_in_parent_and_child)
{
	struct mmap_request rq = {.bytes = 16 * K, .prot = RW, .shared = true};
	vaddr_t a = (vaddr_t)sys_mmap(m, sh, &rq);
	struct task *kid = fork_sh();

	ck_write(kid, a + PAGE_SIZE);
	ck_mappers(frame_at(kid, a + PAGE_SIZE), "kid b7ffd000");
	ck_read(sh, a + PAGE_SIZE);
	ck_mappers(frame_at(kid, a + PAGE_SIZE), "sh b7ffd000, kid b7ffd000");
}
END_TEST

START_TEST(frames_that_no_area_owns_have_no_mapper)
{
	vaddr_t a = (vaddr_t)map(PAGE_SIZE, RW);

	ck_read(sh, a);
	ck_assert_uint_eq(frame_at(sh, a), m->zero_page);
	ck_mappers(m->zero_page, "");
	ck_mappers(sh->mm->pgd, "");
	ck_mappers(sh->stack, "");
	ck_mappers(m->kernel_image_pfn, "");
}
END_TEST

START_TEST(a_walk_ends_when_its_visitor_has_seen_enough)
{
	vaddr_t a = touched(1);
	int left = 1;

	fork_sh();
	shown[0] = '\0';
	ck_assert_uint_eq(rmap_walk(m, frame_at(sh, a), show, &left), 1);
	ck_assert_str_eq(shown, "sh b7fff000");
}
END_TEST

START_TEST(an_area_of_pages_10_to_13_has_page_12_in_its_third_place)
{
	struct vma v = {.start = 0x40000000, .end = 0x40004000, .pgoff = 10};
	vaddr_t va;

	ck_assert(vma_address(&v, 12, &va));
	ck_assert_uint_eq(va, 0x40002000);
	ck_assert(vma_address(&v, 13, &va));
	ck_assert(!vma_address(&v, 14, &va));
	ck_assert(!vma_address(&v, 9, &va));
}
END_TEST

Suite *rmap_suite(void)
{
	Suite *s = suite_create("rmap");
	TCase *t = tcase_create("walk");

	tcase_set_timeout(t, 0);
	tcase_add_checked_fixture(t, boot_61, teardown);
	tcase_add_test(t, a_page_of_one_process_has_one_mapper);
	tcase_add_test(t, after_fork_the_parent_is_found_first_then_the_children);
	tcase_add_test(t, a_copy_is_not_looked_for_in_the_parent);
	tcase_add_test(t, a_page_is_found_where_mremap_has_put_it);
	tcase_add_test(t, pieces_of_a_split_area_find_their_own_pages);
	tcase_add_test(t, a_file_page_is_found_in_all_areas_and_processes_that_map_it);
	tcase_add_test(t, a_private_copy_of_a_file_page_is_anonymous);
	tcase_add_test(t, two_open_files_of_one_program_have_one_list);
	tcase_add_test(t, shared_memory_is_found_in_parent_and_child);
	tcase_add_test(t, frames_that_no_area_owns_have_no_mapper);
	tcase_add_test(t, a_walk_ends_when_its_visitor_has_seen_enough);
	tcase_add_test(t, an_area_of_pages_10_to_13_has_page_12_in_its_third_place);
	suite_add_tcase(s, t);
	return s;
}
