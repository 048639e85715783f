/* Numbers: RULES 4; REFERENCE 9.3 (T9.b), 9.6 (T9.h); the recorded cases place-*, hint,
 * fixed and errors. */
#include "tests/space.h"

START_TEST(new_areas_go_below_the_last_one_and_merge_when_alike)
{
	ck_assert_int_eq(map(16 * K, RW), 0xb7ffc000);
	ck_assert_int_eq(map(8 * K, RW), 0xb7ffa000);
	ck_assert_int_eq(map(8 * K, R), 0xb7ff8000);
	ck_assert_int_eq(map(8 * K, R), 0xb7ff6000);
	ck_assert_int_eq(map(4 * K, RW), 0xb7ff5000);
	ck_areas("b7ff5000-b7ff6000 rw-p b7ff6000-b7ffa000 r--p b7ffa000-b8000000 rw-p");
}
END_TEST

START_TEST(the_top_of_the_highest_hole_that_is_large_enough_is_taken)
{
	vaddr_t a = (vaddr_t)map(64 * K, RW);

	sys_munmap(m, sh, a + 16 * K, 16 * K);
	ck_assert_int_eq(map(32 * K, R), 0xb7fe8000);
	ck_assert_int_eq(map(16 * K, R), 0xb7ff4000);
	sys_munmap(m, sh, a + 48 * K, 8 * K);
	ck_assert_int_eq(map(4 * K, R), 0xb7ffd000);
	ck_assert_int_eq(map(4 * K, 0), 0xb7ffc000);
	ck_assert_uint_eq(told[S_PLACE_TOP_DOWN], 5);
}
END_TEST

START_TEST(a_hint_is_taken_where_it_is_free)
{
	ck_assert_int_eq(map_at(0x40000000, 8 * K, RW), 0x40000000);
	ck_assert_int_eq(map_at(0x40000000, 8 * K, RW), 0xb7ffe000);
	ck_assert_uint_eq(told[S_HINT_BUSY], 1);
	ck_assert_int_eq(map_at(0x40002345, 8 * K, RW), 0x40002000); /* rounded down */
	ck_assert_int_eq(map_at(0x1000, 8 * K, RW), 0x10000);        /* mmap_min_addr */
	ck_assert_int_eq(map_at(0, 4 * K, R), 0xb7ffd000);
}
END_TEST

START_TEST(a_hint_must_keep_the_guard_gap_of_the_stack_free)
{
	ck_assert_int_eq(map_at(0xbffdf000 - 256 * 4096, 4096, RW), 0xb7fff000);
	ck_assert_uint_eq(told[S_HINT_GAP], 1);
	ck_assert_int_eq(map_at(0xbffdf000 - 257 * 4096, 4096, RW), 0xbffdf000 - 257 * 4096);
}
END_TEST

START_TEST(below_an_area_that_grows_down_one_megabyte_stays_free)
{
	struct mmap_request rq = {.bytes = 4 * K, .prot = RW, .growsdown = true};

	ck_assert_int_eq(sys_mmap(m, sh, &rq), 0xb7fff000);
	ck_assert_int_eq(map(4 * K, RW), 0xb7efe000);
}
END_TEST

START_TEST(a_fixed_mapping_replaces_what_is_there)
{
	vaddr_t a = (vaddr_t)map(32 * K, RW);
	pfn_t frame;

	for (vaddr_t va = a; va < a + 32 * K; va += 4096)
		ck_write(sh, va);
	frame = frame_at(sh, a);
	ck_assert_int_eq(map_fixed(a + 16 * K, 8 * K, R), a + 16 * K);
	ck_areas("b7ff8000-b7ffc000 rw-p b7ffc000-b7ffe000 r--p b7ffe000-b8000000 rw-p");
	ck_assert_uint_eq(frame_at(sh, a), frame);
	ck_assert_uint_eq(frame_at(sh, a + 16 * K), PFN_NONE);
}
END_TEST

START_TEST(refusals_come_in_the_kernels_order)
{
	struct file *ro = file_open(m, "subject", 8192, true);
	struct mmap_request file = {
		.bytes = 4096, .prot = RW, .shared = true, .file = ro, .offset = 100};
	struct mmap_request down = {.bytes = 4096, .prot = RW, .shared = true, .growsdown = true};
	struct mmap_request lock = {.bytes = (8 << 20) + 1, .prot = RW, .locked = true};

	ck_assert_int_eq(map(0, RW), -SIM_EINVAL);
	ck_assert_int_eq(map((uint64_t)3 << 30, RW), -SIM_ENOMEM);
	ck_assert_int_eq(map_fixed(0xbffff000, 8 * K, RW), -SIM_ENOMEM);
	ck_assert_int_eq(map_fixed(0xbffff800, 8 * K, RW), -SIM_ENOMEM); /* before unaligned */
	ck_assert_int_eq(map_fixed(0xb7ffa800, 8 * K, RW), -SIM_EINVAL);
	ck_assert_int_eq(map_fixed(0x1001, 4 * K, RW), -SIM_EINVAL); /* before too low */
	ck_assert_int_eq(map_fixed(0, 4 * K, RW), -SIM_EPERM);
	ck_assert_int_eq(sys_mmap(m, sh, &file), -SIM_EINVAL);
	file.offset = 0;
	ck_assert_int_eq(sys_mmap(m, sh, &file), -SIM_EACCES);
	ck_assert_int_eq(sys_mmap(m, sh, &down), -SIM_EINVAL);
	down.shared = false, down.file = ro;
	ck_assert_int_eq(sys_mmap(m, sh, &down), -SIM_EINVAL);
	ck_assert_int_eq(sys_mmap(m, sh, &lock), -SIM_EAGAIN);
	ck_areas("");
}
END_TEST

START_TEST(when_it_is_full_below_mmap_base_the_lowest_gap_upwards_is_taken)
{
	struct mmap_request rq = {.prot = R};

	rq.bytes = 0xb8000000 - 0x0804e000;
	ck_assert_int_eq(sys_mmap(m, sh, &rq), 0x0804e000);
	rq.bytes = 0x08048000 - 0x10000;
	ck_assert_int_eq(sys_mmap(m, sh, &rq), 0x10000);
	ck_assert_int_eq(map(16 * K, RW), 0xb8000000); /* between mmap_base and the stack */
	ck_assert_uint_eq(told[S_PLACE_BOTTOM_UP], 1);
	ck_assert_int_eq(map(128 << 20, R), -SIM_ENOMEM);
	ck_assert_uint_eq(told[S_PLACE_NONE], 1);
}
END_TEST

START_TEST(populate_touches_every_page)
{
	struct mmap_request rq = {.bytes = 16 * K, .prot = RW, .populate = true};
	vaddr_t a, b;

	machine_begin_event(m);
	a = (vaddr_t)sys_mmap(m, sh, &rq);
	ck_assert_uint_eq(sh->event_min, 4);
	ck_assert_uint_ne(frame_at(sh, a + 12 * K), PFN_NONE);
	rq.prot = R;
	b = (vaddr_t)sys_mmap(m, sh, &rq);
	ck_assert_uint_eq(sh->event_min, 8);
	ck_assert_uint_eq(frame_at(sh, b), m->zero_page);
	rq.prot = 0; /* what cannot be had is left out silently */
	ck_assert_int_gt(sys_mmap(m, sh, &rq), 0);
	ck_assert_uint_eq(sh->event_min, 8);
	ck_assert_uint_eq(told[S_POPULATE_NONE], 1);
}
END_TEST

START_TEST(populate_of_a_file_counts_a_fault_around_once_and_ends_with_the_file)
{
	struct file *f = file_open(m, "data9k", 9216, false);
	struct mmap_request rq = {.bytes = 32 * K, .prot = R, .populate = true, .file = f};
	vaddr_t a;

	machine_begin_event(m);
	a = (vaddr_t)sys_mmap(m, sh, &rq);
	ck_assert_uint_eq(sh->event_min, 1);
	ck_assert_uint_ne(frame_at(sh, a + 8 * K), PFN_NONE);
	ck_assert_uint_eq(frame_at(sh, a + 12 * K), PFN_NONE);
	ck_assert_uint_eq(told[S_POPULATE_BEYOND], 1);
}
END_TEST

START_TEST(a_private_mapping_counts_its_pages_from_address_zero)
{
	vaddr_t a = (vaddr_t)map(16 * K, RW);

	ck_assert_uint_eq(mm_area_at(sh->mm, a)->pgoff, 0xb7ffc);
}
END_TEST

START_TEST(the_areas_of_a_process_are_limited)
{
	int64_t r = 0;

	/* Every second page, so that nothing merges: 4 areas are there, 65530 and one are allowed. */
	for (uint32_t i = 0; i < 65527; i++)
		r = map_fixed(0x20000000 + i * 8192, 4096, R);
	ck_assert_int_gt(r, 0);
	ck_assert_uint_eq(sh->mm->map_count, 65531);
	ck_assert_int_eq(map(4096, R), -SIM_ENOMEM);
	/* A hole in an area would make one more. */
	ck_assert_int_eq(sys_munmap(m, sh, 0xbffe0000, 4096), -SIM_ENOMEM);
	ck_assert_int_eq(sys_mprotect(m, sh, 0xbffe0000, 4096, R), -SIM_ENOMEM);
	ck_assert_int_eq(sys_munmap(m, sh, 0x20000000, 65527 * 8192), 0);
	ck_assert_uint_eq(sh->mm->map_count, 4);
}
END_TEST

START_TEST(the_gap_below_an_area_above_mmap_base_counts_too)
{
	struct mmap_request rq = {.bytes = 4096,
				  .prot = RW,
				  .growsdown = true,
				  .has_at = true,
				  .at = 0xb8001000,
				  .fixed = true};

	sys_mmap(m, sh, &rq);
	ck_assert_int_eq(map(4096, RW), 0xb7f00000);
}
END_TEST

START_TEST(a_fixed_mapping_may_end_where_user_space_ends)
{
	ck_assert_int_eq(map_fixed(0xbffff000, 4096, RW), 0xbffff000);
	ck_assert_uint_eq(mm_area_at(sh->mm, 0xbffff000)->end, 0xc0000000);
	ck_assert_uint_eq(frame_at(sh, 0xbffff000), PFN_NONE);
}
END_TEST

START_TEST(populate_of_a_shared_file_is_by_reads)
{
	struct file *f = file_open(m, "data9k", 9216, false);
	struct mmap_request rq = {
		.bytes = 8 * K, .prot = RW, .shared = true, .populate = true, .file = f};
	vaddr_t a = (vaddr_t)sys_mmap(m, sh, &rq);

	machine_begin_event(m);
	ck_write(sh, a);
	ck_assert_uint_eq(sh->event_min, 1); /* the file system hears of the first write */
}
END_TEST

START_TEST(without_memory_a_call_is_refused_and_nothing_changes)
{
	vaddr_t a = (vaddr_t)map(32 * K, RW);
	uint32_t areas;
	int64_t r;

	ck_write(sh, a);
	while (alloc_page(m, GFP_HIGHUSER, FRAME_KERNEL) != PFN_NONE)
		continue;
	while (alloc_page(m, GFP_ATOMIC, FRAME_KERNEL) != PFN_NONE)
		continue;
	for (uint32_t i = 0;; i++) { /* until the slab cache has no object left */
		r = map_fixed(0x20000000 + i * 8192, 4096, R);
		if (r < 0)
			break;
	}
	ck_assert_int_eq(r, -SIM_ENOMEM);
	areas = sh->mm->map_count;
	ck_assert_int_eq(sys_munmap(m, sh, a + 8 * K, 4 * K), -SIM_ENOMEM);
	ck_assert_int_eq(sys_mprotect(m, sh, a + 8 * K, 4 * K, R), -SIM_ENOMEM);
	ck_assert_int_eq(sys_madvise(m, sh, a + 8 * K, 4 * K, ADV_DONTFORK), -SIM_ENOMEM);
	ck_assert_int_eq(sys_mlock(m, sh, a + 8 * K, 4 * K), -SIM_ENOMEM);
	ck_assert_int_eq(sys_mremap(m, sh, a, 32 * K, 64 * K, false), a); /* grows, takes none */
	ck_assert_int_eq(sys_mremap(m, sh, a, 32 * K, 128 << 20, true), -SIM_ENOMEM);
	ck_assert_int_eq(sys_brk(m, sh, sh->mm->brk + 4096), -SIM_ENOMEM);
	ck_assert_uint_eq(sh->mm->map_count, areas);
	ck_assert_uint_eq(mm_area_at(sh->mm, a)->end, a + 64 * K);
	ck_assert_int_eq(sys_munmap(m, sh, 0x20000000, 4096), 0);
	ck_assert_int_eq(sys_mprotect(m, sh, a, 4 * K, R), 0); /* with the object that came back */
}
END_TEST

Suite *mmap_suite(void);
Suite *mmap_suite(void)
{
	Suite *s = suite_create("mmap");
	TCase *t = tcase_create("placement and refusals");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, new_areas_go_below_the_last_one_and_merge_when_alike);
	tcase_add_test(t, the_top_of_the_highest_hole_that_is_large_enough_is_taken);
	tcase_add_test(t, a_hint_is_taken_where_it_is_free);
	tcase_add_test(t, a_hint_must_keep_the_guard_gap_of_the_stack_free);
	tcase_add_test(t, below_an_area_that_grows_down_one_megabyte_stays_free);
	tcase_add_test(t, a_fixed_mapping_replaces_what_is_there);
	tcase_add_test(t, refusals_come_in_the_kernels_order);
	tcase_add_test(t, when_it_is_full_below_mmap_base_the_lowest_gap_upwards_is_taken);
	tcase_add_test(t, populate_touches_every_page);
	tcase_add_test(t, populate_of_a_file_counts_a_fault_around_once_and_ends_with_the_file);
	tcase_add_test(t, a_private_mapping_counts_its_pages_from_address_zero);
	tcase_add_test(t, the_areas_of_a_process_are_limited);
	tcase_add_test(t, the_gap_below_an_area_above_mmap_base_counts_too);
	tcase_add_test(t, a_fixed_mapping_may_end_where_user_space_ends);
	tcase_add_test(t, populate_of_a_shared_file_is_by_reads);
	tcase_add_test(t, without_memory_a_call_is_refused_and_nothing_changes);
	suite_add_tcase(s, t);
	return s;
}
