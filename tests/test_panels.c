/*
 * The panels: what they show is what the machine and the story hold, at every size.
 */
#include "onscreen.h"

#include "ui/parts.h"

static const struct panel *named(const char *name)
{
	for (int i = 0; panel_table[i]; i++)
		if (strcmp(panel_table[i]->name, name) == 0)
			return panel_table[i];
	ck_abort_msg("no panel %s", name);
	return NULL;
}

/* ---- all panels ---- */

enum { MARGIN = 2, GUARD = 0x2620 };

/* Draw into the middle of a grid of guards: none of them may be touched, the right border excepted. */
static void check_stays_inside(const struct panel *p, struct view *v, struct panel_state *ps,
			       int width, int height)
{
	struct grid g = {0};
	struct area a;

	ck_assert(grid_resize(&g, width + 2 * MARGIN, height + 2 * MARGIN));
	for (int i = 0; i < g.width * g.height; i++)
		g.cell[i].ch = GUARD;
	a = (struct area){&g, MARGIN, MARGIN, width, height};
	for (int y = 0; y < height; y++)
		fill(&a, 0, y, width, ' ', ROLE_NORMAL);
	p->draw(v, ps, &a, true);
	for (int y = 0; y < g.height; y++) {
		for (int x = 0; x < g.width; x++) {
			bool inside = y >= MARGIN && y < MARGIN + height && x >= MARGIN &&
				      x < MARGIN + width + 1;

			/* ck_assert is too slow to be asked for every cell */
			if (!inside && g.cell[y * g.width + x].ch != GUARD)
				ck_abort_msg("%s wrote at %d,%d of %dx%d", p->name, x - MARGIN,
					     y - MARGIN, width, height);
		}
	}
	grid_free(&g);
}

static const int sizes[][2] = {{1, 1},   {10, 2},  {28, 3},  {28, 5},   {38, 7},  {38, 10},
			       {38, 23}, {65, 14}, {64, 30}, {100, 50}, {198, 56}};

START_TEST(no_panel_draws_outside_at_any_size_at_any_micro_step)
{
	struct view v = open_view(COW_LECTURE);
	struct panel_state ps[MAX_PANELS] = {0};

	timeline_goto(v.timeline, (struct when){0, STEP_END});
	for (bool more = true; more; more = timeline_step(v.timeline)) {
		view_follow(&v);
		for (int i = 0; panel_table[i]; i++)
			for (size_t k = 0; k < sizeof(sizes) / sizeof(*sizes); k++)
				check_stays_inside(panel_table[i], &v, &ps[i], sizes[k][0],
						   sizes[k][1]);
	}
	close_view(&v);
}
END_TEST

START_TEST(keys_and_clicks_anywhere_leave_every_panel_able_to_draw)
{
	static const uint32_t keys[] = {KEY_UP_,    KEY_DOWN_, KEY_LEFT_, KEY_RIGHT_, KEY_ENTER_,
					KEY_ENTER_, KEY_DOWN_, '.',       ',',        ']',
					']',        '[',       KEY_UP_,   KEY_RIGHT_, KEY_ENTER_};

	for (int i = 0; panel_table[i]; i++) {
		const struct panel *p = panel_table[i];
		struct view v = open_view(COW_LECTURE);
		struct panel_state ps = {0};

		for (uint32_t event = 0; event <= NR_COW_EVENTS; event++) {
			go(&v, event, STEP_END);
			for (size_t k = 0; k < sizeof(keys) / sizeof(*keys); k++) {
				check_stays_inside(p, &v, &ps, 40, 12);
				if (p->key)
					p->key(&v, &ps, keys[k]);
				if (p->click)
					p->click(&v, &ps, (int)(k * 7) % 40, (int)k % 14);
				if (p->scroll)
					p->scroll(&v, &ps, k % 3 ? 1 : -1);
				if (p->search)
					p->search(&v, &ps, "b", k % 2 ? 1 : -1);
				v.wants_go = false;
				v.wants_panel = NULL;
			}
		}
		close_view(&v);
	}
}
END_TEST

/* ---- events ---- */

START_TEST(the_current_event_has_an_arrow_and_its_result)
{
	struct view v = open_view(COW_LECTURE);

	go(&v, COPY, STEP_END);
	ck_assert(shows(&panel_events, &v, 40, 12, "\342\226\266 5 write kid buf value=K"));
	ck_assert(shows(&panel_events, &v, 40, 12, "COW copy"));
	ck_assert(shows(&panel_events, &v, 40, 12, "2 mmap sh buf 8K              b7ffe000"));
	ck_assert(shows(&panel_events, &v, 40, 12, "The two part."));
	ck_assert(shows(&panel_events, &v, 40, 12, "\342\224\200\342\224\200 parting "));
	close_view(&v);
}
END_TEST

START_TEST(enter_on_an_event_asks_to_go_there)
{
	struct view v = open_view(COW_LECTURE);
	struct panel_state ps = {0};

	go(&v, WRITE, STEP_END);
	free(panel_text(&panel_events, &v, &ps, 40, 12));
	ck_assert(panel_events.key(&v, &ps, KEY_DOWN_));
	ck_assert(panel_events.key(&v, &ps, KEY_ENTER_));
	ck_assert(v.wants_go);
	ck_assert_uint_eq(v.go.event, FORK);
	ck_assert_uint_eq(v.go.step, STEP_END);
	close_view(&v);
}
END_TEST

START_TEST(a_long_scenario_is_drawn_around_the_current_event)
{
	struct view v =
		open_view("machine i386 ram=64M\nrepeat 1000\ncpu 0\nend\nlabel end\ncpu 0\n");

	go(&v, 700, STEP_END);
	ck_assert(shows(&panel_events, &v, 40, 6, "\342\226\266 700 cpu 0"));
	go(&v, 1001, STEP_END);
	ck_assert(shows(&panel_events, &v, 40, 6, "\342\226\2661001 cpu 0"));
	close_view(&v);
}
END_TEST

/* ---- why ---- */

START_TEST(the_last_step_is_in_sight_and_marked)
{
	struct view v = open_view(COW_LECTURE);

	go_to_step(&v, COPY, S_COPY_PAGE);
	for (int height = 3; height < 30; height++)
		ck_assert(shows(&panel_why, &v, 60, height, "\342\227\206"));
	ck_assert(shows(&panel_why, &v, 60, 20, "copy_user_highpage"));
	close_view(&v);
}
END_TEST

START_TEST(an_ordinary_event_fits_and_its_decision_is_in_sight)
{
	struct view v = open_view(COW_LECTURE);

	go(&v, COPY, STEP_END);
	ck_assert(shows(&panel_why, &v, 60, 24, "do_wp_page"));
	ck_assert(shows(&panel_why, &v, 60, 24, "copy_user_highpage"));
	ck_assert(shows(&panel_why, &v, 60, 24, "store"));
	close_view(&v);
}
END_TEST

START_TEST(a_span_is_folded_and_opened)
{
	struct view v = open_view(COW_LECTURE);
	struct panel_state ps = {0};
	char *text;

	go(&v, COPY, STEP_END);
	free(panel_text(&panel_why, &v, &ps, 60, 40));
	panel_why.key(&v, &ps, KEY_LEFT_);
	text = panel_text(&panel_why, &v, &ps, 60, 40);
	ck_assert_ptr_null(strstr(text, "page_fault"));
	free(text);
	panel_why.key(&v, &ps, KEY_RIGHT_);
	text = panel_text(&panel_why, &v, &ps, 60, 40);
	ck_assert_ptr_nonnull(strstr(text, "page_fault"));
	free(text);
	close_view(&v);
}
END_TEST

START_TEST(enter_on_a_step_asks_to_go_to_its_micro_step)
{
	struct view v = open_view(COW_LECTURE);
	struct panel_state ps = {0};

	go(&v, COPY, STEP_END);
	free(panel_text(&panel_why, &v, &ps, 60, 40));
	panel_why.key(&v, &ps, KEY_DOWN_);
	panel_why.key(&v, &ps, KEY_ENTER_);
	ck_assert(v.wants_go);
	ck_assert_uint_eq(v.go.event, COPY);
	ck_assert_uint_eq(v.go.step, 2);
	close_view(&v);
}
END_TEST

START_TEST(a_million_tellings_are_one_counted_line)
{
	struct view v = open_view("machine i386 ram=1G\nspawn p\nmmap p b 400M\nwrite p b 40M\n");

	go(&v, 3, STEP_END);
	ck_assert_uint_gt(story_steps(view_story(&v)), 100000);
	ck_assert(shows(&panel_why, &v, 60, 20, "access \303\22710228"));
	close_view(&v);
}
END_TEST

/* ---- process ---- */

START_TEST(an_area_shows_its_pages_with_mappers_and_content)
{
	struct view v = open_view(COW_LECTURE);

	go(&v, FORK, STEP_END);
	ck_assert(shows(&panel_process, &v, 38, 12, "b7ffe000 rw-p buf      \342\227\206a2 A"));
	ck_assert(shows(&panel_process, &v, 38, 12, "bffdf000 rw-p [stack]"));
	ck_assert(shows(&panel_process, &v, 38, 12, "sh\342\224\200\342\224\200kid\342\227\202"));
	close_view(&v);
}
END_TEST

START_TEST(a_page_that_parts_is_seen_before_and_now)
{
	struct view v = open_view(COW_LECTURE);
	char keeps[64], gets[64];

	go(&v, COPY, STEP_END);
	snprintf(keeps, sizeof(keeps), "sh     %05x \"A\"   \342\206\222  %05x \"A\"",
		 frame_of(&v, "sh", 0xb7ffe000), frame_of(&v, "sh", 0xb7ffe000));
	snprintf(gets, sizeof(gets), "kid    %05x \"A\"   \342\206\222 \342\227\206%05x \"K\"",
		 frame_of(&v, "sh", 0xb7ffe000), frame_of(&v, "kid", 0xb7ffe000));
	ck_assert(shows(&panel_process, &v, 38, 10, keeps));
	ck_assert(shows(&panel_process, &v, 38, 10, gets));
	ck_assert(shows(&panel_process, &v, 38, 16, gets));
	close_view(&v);
}
END_TEST

START_TEST(a_click_chooses_the_page_under_it)
{
	struct view v = open_view(COW_LECTURE);
	struct panel_state ps = {0};

	go(&v, COPY, STEP_END);
	free(panel_text(&panel_process, &v, &ps, 38, 12));
	/* two head lines, then the areas; the pages begin in column 24, seven columns each */
	panel_process.click(&v, &ps, 24 + 8, 2 + 3);
	ck_assert_int_eq(v.choice.kind, CHOOSE_ADDRESS);
	ck_assert_uint_eq(v.choice.va, 0xb7fff000);
	panel_process.click(&v, &ps, 3, 2 + 4);
	ck_assert_uint_eq(v.choice.va, 0xbffdf000);
	close_view(&v);
}
END_TEST

START_TEST(between_copy_and_store_both_contents_are_the_same)
{
	struct view v = open_view(COW_LECTURE);
	char gets[64];

	go_to_step(&v, COPY, S_FLUSH_TLB_PAGE);
	snprintf(gets, sizeof(gets), "\342\227\206%05x \"A\"", frame_of(&v, "kid", 0xb7ffe000));
	ck_assert(shows(&panel_process, &v, 38, 16, gets));
	close_view(&v);
}
END_TEST

START_TEST(the_heap_shows_its_chunks)
{
	struct view v = open_view(
		"machine i386 ram=64M\nspawn p\nmalloc p one 1000\nmalloc p two 500\nfree p one\n");

	go(&v, 3, STEP_END);
	ck_assert(shows(&panel_process, &v, 60, 16, "one 1008"));
	ck_assert(shows(&panel_process, &v, 60, 16, "two 512"));
	go(&v, 4, STEP_END);
	ck_assert(shows(&panel_process, &v, 60, 16, "tcache 1008"));
	ck_assert(shows(&panel_process, &v, 60, 16, "top "));
	close_view(&v);
}
END_TEST

START_TEST(an_area_of_many_pages_is_scaled_and_says_how)
{
	struct view v = open_view("machine i386 ram=1G\nspawn p\nmmap p b 400M\nwrite p b 40M\n");

	go(&v, 3, STEP_END);
	ck_assert(shows(&panel_process, &v, 60, 16, "/4096"));
	close_view(&v);
}
END_TEST

/* ---- walk ---- */

START_TEST(the_walk_begins_with_the_segment)
{
	struct view v = open_view("machine i386 ram=64M\nspawn sh\nmmap sh buf 8K\n"
				  "set_thread_area sh buf+1K\nread sh buf\n");

	go(&v, 4, STEP_END);
	ck_assert(shows(&panel_walk, &v, 60, 12,
			" ds 007b:b7ffe000  base 0 limit 4G           linear b7ffe000"));
	ck_assert(shows(&panel_walk, &v, 38, 12, " ds 007b:b7ffe000 +0   linear b7ffe000"));
	/* an address in the process's own segment is an offset in that */
	go(&v, 3, STEP_END);
	ck_assert(shows(&panel_walk, &v, 60, 12, " gs 0033:0  base b7ffe400 limit 4G"));
	/* where lines are few, others are needed more */
	ck_assert(shows(&panel_walk, &v, 60, 8, "pgd 735"));
	close_view(&v);
}
END_TEST

START_TEST(an_address_is_cut_in_10_10_12)
{
	struct view v = open_view(COW_LECTURE);

	go(&v, COPY, STEP_END);
	/* b7ffe000 >> 22 = 735, (b7ffe000 >> 12) & 1023 = 1022 */
	ck_assert(shows(&panel_walk, &v, 38, 12, "1011011111 1111111110 000000000000"));
	ck_assert(shows(&panel_walk, &v, 38, 12, "pgd 735    pte 1022   offset 0"));
	close_view(&v);
}
END_TEST

START_TEST(an_address_is_cut_in_2_9_9_12_with_pae)
{
	struct view v = open_view(
		"machine i386-pae ram=1G\nspawn sh\nmmap sh buf 8K\nwrite sh buf value=A\n");

	go(&v, 3, STEP_END);
	/* b7ffe000: 10, 110111111 = 447, 111111110 = 510 */
	ck_assert(shows(&panel_walk, &v, 38, 12, "10 110111111 111111110 000000000000"));
	ck_assert(shows(&panel_walk, &v, 38, 12, "pmd 447"));
	ck_assert(shows(&panel_walk, &v, 38, 12, "pte 510"));
	close_view(&v);
}
END_TEST

#define PAE_LECTURE "machine i386-pae ram=1G\nspawn sh\nmmap sh buf 8K\nwrite sh buf value=A\n"

START_TEST(entries_have_36_bits_of_address_with_pae_and_64_where_there_is_room)
{
	struct view v = open_view(PAE_LECTURE);
	char want[64];
	pfn_t pfn;

	go(&v, 3, STEP_END);
	pfn = frame_of(&v, "sh", 0xb7ffe000);
	snprintf(want, sizeof(want), "\342\227\2060%05x067 P RW US A D", pfn);
	ck_assert(shows(&panel_walk, &v, 38, 12, want));
	snprintf(want, sizeof(want), "\342\227\20680000000 %05x067  P RW US A D NX", pfn);
	ck_assert(shows(&panel_walk, &v, 57, 14, want));
	snprintf(want, sizeof(want), "00000000 00000000 \342\206\222\342\227\20680000000 %05x067",
		 pfn);
	ck_assert(shows(&panel_walk, &v, 78, 12, want));
	snprintf(want, sizeof(want), "phys 0%05x000", pfn);
	ck_assert(shows(&panel_walk, &v, 57, 14, want));
	/* its four first entries hold no rights, so none are shown */
	ck_assert(shows(&panel_walk, &v, 57, 14, "001  P gives no rights"));
	ck_assert(shows(&panel_walk, &v, 57, 14, "067  P RW US A D"));
	close_view(&v);
}
END_TEST

START_TEST(nx_is_the_highest_bit_and_stands_behind_the_others)
{
	struct view v =
		open_view("machine i386-pae ram=1G nx=on\nspawn sh\nmmap sh buf 8K\nwrite sh "
			  "buf value=A\n");
	char want[64];

	go(&v, 3, STEP_END);
	snprintf(want, sizeof(want), "80000000 %05x067  P RW US A D NX",
		 frame_of(&v, "sh", 0xb7ffe000));
	ck_assert(shows(&panel_walk, &v, 57, 14, want));
	ck_assert(shows(&panel_walk, &v, 57, 14, "PAE nx=on"));
	ck_assert(shows(&panel_walk, &v, 38, 12, "067 P RW US A D NX\n"));
	ck_assert(shows(&panel_walk, &v, 57, 14, " RW D NX "));
	close_view(&v);
}
END_TEST

START_TEST(pae_names_its_first_level_where_there_is_room)
{
	struct view v = open_view(PAE_LECTURE);

	go(&v, 3, STEP_END);
	ck_assert(shows(&panel_walk, &v, 44, 12, "10    110111111 111111110 000000000000"));
	ck_assert(shows(&panel_walk, &v, 44, 12, "pgd 2 pmd 447   pte 510   offset 0"));
	/* no line for the bits: no need to stand under them */
	ck_assert(shows(&panel_walk, &v, 38, 6, "pgd 2   pmd 447 pte 510 +0"));
	close_view(&v);
}
END_TEST

START_TEST(a_large_page_of_the_kernel_is_2m_with_pae)
{
	struct view v = open_view(PAE_LECTURE);

	go(&v, SPAWN, STEP_END);
	view_choose_address(&v, 1, 0xc0500123);
	ck_assert(shows(&panel_walk, &v, 60, 14, "G PS 2M"));
	ck_assert(shows(&panel_walk, &v, 60, 14, "phys 000500123"));
	close_view(&v);
}
END_TEST

START_TEST(a_frame_of_one_process_alone_is_exclusive)
{
	struct view v = open_view(COW_LECTURE);

	go(&v, WRITE, STEP_END);
	ck_assert(shows(&panel_walk, &v, 60, 12, "anonymous, exclusive"));
	ck_assert(shows(&panel_walk, &v, 38, 12, " excl\n"));
	go(&v, FORK, STEP_END);
	view_choose_address(&v, 1, 0xb7ffe000);
	ck_assert(shows(&panel_walk, &v, 60, 12, " anonymous\n"));
	close_view(&v);
}
END_TEST

START_TEST(a_page_of_a_file_appears_where_nothing_was)
{
	struct view v = open_view(
		"machine i386 ram=64M\nspawn p\nmmap p f 4K file=/etc/passwd\nread p f\n");
	char want[64];

	go(&v, 3, STEP_END);
	snprintf(want, sizeof(want), "00000000 \342\206\222\342\227\206%08x",
		 frame_of(&v, "p", 0xb7fff000) << PAGE_SHIFT | 0x025);
	ck_assert(shows(&panel_walk, &v, 60, 12, want));
	close_view(&v);
}
END_TEST

/* ---- the tables side by side ---- */

START_TEST(tables_are_folded_to_what_is_in_them)
{
	struct view v = open_view(COW_LECTURE);
	char want[64];

	go(&v, COPY, STEP_END);
	/* the program at 08048000: entry 32; the mapping 735, the stack 767, lowmem 768 to 991 */
	ck_assert(shows(&panel_walk, &v, 78, 15, "   0\342\200\24631 \302\267"));
	ck_assert(shows(&panel_walk, &v, 78, 15, "  33\342\200\246734 \302\267"));
	ck_assert(shows(&panel_walk, &v, 78, 15, " 768\342\200\246991 PS"));
	snprintf(want, sizeof(want), "1022\342\227\206%05x067", frame_of(&v, "kid", 0xb7ffe000));
	ck_assert(shows(&panel_walk, &v, 78, 15, want));
	snprintf(want, sizeof(want), "was  %05x045", frame_of(&v, "sh", 0xb7ffe000));
	ck_assert(shows(&panel_walk, &v, 78, 15, want));
	snprintf(want, sizeof(want), " frame %05x ", frame_of(&v, "kid", 0xb7ffe000));
	ck_assert(shows(&panel_walk, &v, 78, 15, want));
	close_view(&v);
}
END_TEST

START_TEST(beside_the_tables_stands_who_maps_the_frame)
{
	struct view v = open_view(COW_LECTURE);

	go(&v, FORK, STEP_END);
	view_choose_address(&v, 1, 0xb7ffe000);
	ck_assert(shows(&panel_walk, &v, 78, 20, " mapped by\n"));
	ck_assert(shows(&panel_walk, &v, 78, 20, " sh b7ffe000\n"));
	ck_assert(shows(&panel_walk, &v, 78, 20, " kid b7ffe000\n"));
	close_view(&v);
}
END_TEST

START_TEST(where_the_walk_ends_early_the_rest_is_missing)
{
	struct view v = open_view(PAE_LECTURE);

	go(&v, 3, STEP_END);
	view_choose_address(&v, 1, 0x40000000); /* its middle table is there, and empty */
	ck_assert(shows(&panel_walk, &v, 100, 20, "nothing there"));
	ck_assert(shows(&panel_walk, &v, 100, 20, "no table"));
	ck_assert(shows(&panel_walk, &v, 100, 20, "no frame"));
	close_view(&v);
}
END_TEST

START_TEST(a_click_chooses_a_table)
{
	struct view v = open_view(COW_LECTURE);
	struct panel_state ps = {0};

	go(&v, COPY, STEP_END);
	free(panel_text(&panel_walk, &v, &ps, 78, 15));
	panel_walk.click(&v, &ps, 30, 6);
	ck_assert_int_eq(ps.cursor, 1);
	panel_walk.click(&v, &ps, 60, 6);
	panel_walk.key(&v, &ps, KEY_ENTER_); /* the frame */
	ck_assert_uint_eq(v.choice.pfn, frame_of(&v, "kid", 0xb7ffe000));
	close_view(&v);
}
END_TEST

START_TEST(a_changed_entry_is_seen_as_it_was_and_as_it_is)
{
	struct view v = open_view(COW_LECTURE);
	char want[64];

	go(&v, COPY, STEP_END);
	snprintf(want, sizeof(want), "%08llx \342\206\222\342\227\206%05x067",
		 (unsigned long long)story_first_of(view_story(&v), S_SET_PTE)->arg[1],
		 frame_of(&v, "kid", 0xb7ffe000));
	ck_assert(shows(&panel_walk, &v, 38, 12, want));
	ck_assert(shows(&panel_walk, &v, 38, 12, "\"A\" \342\206\222 \"K\""));
	ck_assert(shows(&panel_walk, &v, 38, 12, " P RO US "));
	close_view(&v);
}
END_TEST

START_TEST(a_page_that_is_not_there_says_what_its_area_is)
{
	struct view v = open_view(COW_LECTURE);

	go(&v, MMAP, STEP_END);
	view_choose_address(&v, 1, 0xb7fff000);
	ck_assert(shows(&panel_walk, &v, 38, 12, "no frame yet, area rw-p -"));
	view_choose_address(&v, 1, 0x40000000);
	ck_assert(shows(&panel_walk, &v, 38, 12, "no frame, no area here"));
	close_view(&v);
}
END_TEST

START_TEST(in_a_low_panel_the_tlb_answers_beside_the_contents)
{
	struct view v = open_view(COW_LECTURE);

	go(&v, COPY, STEP_END);
	ck_assert(shows(&panel_walk, &v, 38, 5, "\342\206\222 \"K\"    TLB miss, filled"));
	ck_assert(shows(&panel_walk, &v, 38, 12, "phys "));
	v.walk_va = 0x0804a000; /* nobody asked about this page */
	ck_assert(shows(&panel_walk, &v, 38, 5, "not in the TLB"));
	close_view(&v);
}
END_TEST

START_TEST(a_kernel_address_is_walked_through_a_large_entry)
{
	struct view v = open_view(COW_LECTURE);

	go(&v, SPAWN, STEP_END);
	view_choose_address(&v, 1, 0xc0500123);
	ck_assert(shows(&panel_walk, &v, 60, 14, "PS 4M"));
	ck_assert(shows(&panel_walk, &v, 60, 14, "phys 00500123"));
	ck_assert(shows(&panel_walk, &v, 60, 14, "kernel half"));
	close_view(&v);
}
END_TEST

/* ---- zones ---- */

START_TEST(a_table_that_the_mmu_reads_does_not_turn_the_panel_to_its_zone)
{
	struct view v = open_view(COW_LECTURE);

	go_to_step(&v, COPY, S_PAGE_WALK); /* the table is in Normal, batch 63 */
	ck_assert_ptr_eq(page_zone_const(view_machine(&v), v.choice.pfn),
			 zone_by_id(view_machine(&v), ZONE_NORMAL));
	ck_assert(shows(&panel_zones, &v, 60, 40, "batch 7 "));
	view_choose_frame(&v, v.choice.pfn); /* the user does */
	ck_assert(shows(&panel_zones, &v, 60, 40, "batch 63"));
	close_view(&v);
}
END_TEST

START_TEST(every_count_of_the_table_is_the_machines)
{
	struct view v = open_view(COW_LECTURE);
	static const enum zone_type type[] = {ZONE_DMA, ZONE_NORMAL, ZONE_HIGHMEM};
	const struct zone *z;

	go(&v, COPY, STEP_END);
	z = view_machine(&v)->node[0].node_zones;
	for (unsigned k = 0; k < MAX_ORDER; k++) {
		char want[64], number[3][16];

		for (int i = 0; i < 3; i++) {
			bool touched =
				story_touched_order(view_story(&v), type[i], k) != TOUCH_NONE;

			snprintf(number[i], sizeof(number[i]), "%s%u",
				 touched ? "\342\227\206" : "", z[type[i]].free_area[k].nr_free);
		}
		/* a mark takes three bytes and one column */
		snprintf(want, sizeof(want), "%*s%*s%*s", 8 + 2 * (number[0][0] < 0), number[0],
			 8 + 2 * (number[1][0] < 0), number[1], 8 + 2 * (number[2][0] < 0),
			 number[2]);
		ck_assert(shows(&panel_zones, &v, 60, 30, want));
	}
	close_view(&v);
}
END_TEST

START_TEST(a_low_panel_turns_the_table)
{
	struct view v = open_view(COW_LECTURE);

	go(&v, SPAWN, STEP_END);
	ck_assert(shows(&panel_zones, &v, 40, 8, "order"));
	ck_assert(shows(&panel_zones, &v, 40, 8, " 9"));
	ck_assert(shows(&panel_zones, &v, 40, 8, "HighMem"));
	ck_assert(shows(&panel_zones, &v, 28, 3, "HighMem"));
	close_view(&v);
}
END_TEST

START_TEST(a_split_block_shows_its_halves_and_what_became_of_them)
{
	struct view v =
		open_view("machine i386 ram=64M\nalloc_pages a 4\nalloc_pages b 4\nfree_pages b\n");
	const struct step *cut;
	char want[64];

	go(&v, 2, STEP_END);
	cut = story_first_of(view_story(&v), S_EXPAND);
	ck_assert_ptr_nonnull(cut);
	snprintf(want, sizeof(want), "split %05x order %u, down to 4", (unsigned)cut->arg[0],
		 (unsigned)cut->arg[1]);
	ck_assert(shows(&panel_zones, &v, 60, 40, want));
	snprintf(want, sizeof(want), "%05x order %-2u \342\206\222 free list %u",
		 (unsigned)cut->arg[2], (unsigned)cut->arg[3], (unsigned)cut->arg[3]);
	ck_assert(shows(&panel_zones, &v, 60, 40, want));
	snprintf(want, sizeof(want), "%05x order 4  \342\206\222 kernel", (unsigned)cut->arg[0]);
	ck_assert(shows(&panel_zones, &v, 60, 40, want));
	go(&v, 3, STEP_END);
	ck_assert(shows(&panel_zones, &v, 60, 40, "merged "));
	close_view(&v);
}
END_TEST

/* ---- slab ---- */

START_TEST(a_cache_shows_objects_in_use_of_all_there_are)
{
	struct view v = open_view("machine i386 ram=64M\ncache_create box 1300 "
				  "hwcache\ncache_alloc box a\ncache_alloc box b\n");

	go(&v, 3, STEP_END);
	ck_assert(shows(&panel_slab, &v, 40, 14, "box              1300    2/3    0  1  0"));
	/* management, taken, touched, next to go out, each with its index */
	ck_assert(shows(&panel_slab, &v, 40, 14,
			"\342\226\223   \342\226\2400  \342\227\2061  \342\226\2702"));
	close_view(&v);
}
END_TEST

START_TEST(slabs_begin_further_by_their_colour)
{
	struct view v = open_view("machine i386 ram=64M\ncache_create ino 480 hwcache\nrepeat 9\n"
				  "cache_alloc ino a$i\nend\n");

	go(&v, 10, STEP_END);
	/* the second slab leaves one step of its colour free */
	ck_assert(shows(&panel_slab, &v, 80, 24,
			"part    1/8 colour 32   \342\226\221   \342\226\223   \342\227\2060"));
	ck_assert(shows(&panel_slab, &v, 80, 24,
			"full    8/8 colour 0    \342\226\223   \342\226\2400"));
	ck_assert(shows(&panel_slab, &v, 80, 24, "6 colours of 32"));
	close_view(&v);
}
END_TEST

START_TEST(an_index_list_in_a_free_object_is_marked)
{
	struct view v = open_view("machine i386-6.1 ram=64M\ncache_create ino 480\n"
				  "cache_alloc ino a\n");

	go(&v, 2, STEP_END);
	/* batchcount is 27, so all 8 went to the array, and the last one out again */
	ck_assert(shows(&panel_slab, &v, 80, 24, "7/54"));
	ck_assert(shows(&panel_slab, &v, 80, 24, "list in a free object"));
	close_view(&v);
}
END_TEST

/* An object is taken on CPUs 0, 3, 7, and the last one comes back. */
#define EIGHT_CPUS                                                                                 \
	"machine i386-6.1 ram=512M cpus=8\ncache_create box 300\ncache_alloc box a\ncpu 3\n"       \
	"cache_alloc box b\ncpu 7\ncache_alloc box c\ncache_free c\n"

START_TEST(the_array_of_each_cpu_can_be_read_where_there_are_eight)
{
	static const int held[MAX_CPUS] = {12, 0, 0, 12, 0, 0, 0, 13};
	static const struct {
		int width, height;
	} size[] = {{78, 16}, {78, 40}, {118, 28}, {198, 48}};
	struct view v = open_view(EIGHT_CPUS);
	char want[32];

	go(&v, 7, STEP_END);
	for (size_t i = 0; i < sizeof(size) / sizeof(size[0]); i++) {
		for (int cpu = 0; cpu < MAX_CPUS; cpu++) {
			snprintf(want, sizeof(want), "CPU %d \342\226\252 %2d/54", cpu, held[cpu]);
			ck_assert(shows(&panel_slab, &v, size[i].width, size[i].height, want));
		}
		ck_assert(shows(&panel_slab, &v, size[i].width, size[i].height,
				"shared \342\226\252   0/216"));
	}
	close_view(&v);
}
END_TEST

START_TEST(arrays_without_room_are_a_number_each_or_a_sign_that_there_are_more)
{
	struct view v = open_view(EIGHT_CPUS);

	go(&v, 7, STEP_END);
	ck_assert(shows(&panel_slab, &v, 60, 19,
			"CPU 0-7 \342\226\252 12  0  0 12  0  0  0[13] of 54  shared "));
	ck_assert(shows(&panel_slab, &v, 37, 14,
			"CPU \342\226\252 12  0  0 12  0  0  0[13] of 54\n shared "));
	/* five lines for the map: one for arrays */
	ck_assert(shows(&panel_slab, &v, 37, 13,
			" \342\226\252 12  0  0 12  0  0  0[13] of 54\342\200\246\n"));
	ck_assert(shows(&panel_slab, &v, 30, 14,
			" \342\226\252 12  0  0 12  0  0  0[13]\342\200\246\n shared "));
	ck_assert(shows(&panel_slab, &v, 20, 14, " \342\226\252 12  0  0 12  0 \342\200\246\n"));
	close_view(&v);
}
END_TEST

START_TEST(enter_goes_to_the_objects_where_the_arrows_move)
{
	struct view v = open_view("machine i386 ram=64M\ncache_create ino 480 hwcache\n"
				  "cache_alloc ino a\n");
	struct panel_state ps = {0};
	const struct slab *s;

	go(&v, 2, STEP_END);
	free(panel_text(&panel_slab, &v, &ps, 80, 24));
	s = view_machine(&v)->cache[view_machine(&v)->nr_caches - 1]->slabs_partial.first;
	ck_assert(panel_slab.key(&v, &ps, KEY_DOWN_));
	ck_assert(panel_slab.key(&v, &ps, KEY_UP_));
	ck_assert(panel_slab.key(&v, &ps, KEY_ENTER_));
	ck_assert_int_eq(v.choice.kind, CHOOSE_OBJECT);
	ck_assert_uint_eq(v.choice.va, slab_object(s, 0));
	ck_assert(panel_slab.key(&v, &ps, KEY_RIGHT_));
	ck_assert_uint_eq(v.choice.va, slab_object(s, 1));
	ck_assert(panel_slab.key(&v, &ps, KEY_UP_));
	ck_assert_int_eq(v.choice.kind, CHOOSE_CACHE);
	ck_assert(panel_slab.key(&v, &ps, KEY_ENTER_));
	ck_assert(panel_slab.key(&v, &ps, KEY_ENTER_));
	ck_assert_int_eq(v.choice.kind, CHOOSE_FRAME);
	ck_assert_uint_eq(v.choice.pfn, s->pfn);
	ck_assert_str_eq(v.wants_panel, "memory");
	close_view(&v);
}
END_TEST

START_TEST(what_the_scenario_made_comes_first)
{
	struct view v =
		open_view("machine i386 ram=64M\nspawn p\nkmalloc k 100\ncache_create box 1300\n");
	struct panel_state ps = {0};
	char *text;

	go(&v, 3, STEP_END);
	text = panel_text(&panel_slab, &v, &ps, 60, 30);
	ck_assert_ptr_nonnull(strstr(text, "box"));
	ck_assert(strstr(text, "box") < strstr(text, "task_struct"));
	ck_assert(strstr(text, "task_struct") < strstr(text, "size-"));
	free(text);
	close_view(&v);
}
END_TEST

/* ---- memory ---- */

/* How many frames of the machine are in use, and how many cells of the map are not free. */
START_TEST(all_memory_fits_and_used_memory_is_seen)
{
	struct view v =
		open_view("machine i386 ram=4G\nspawn p\nmmap p b 2000M\nwrite p b 1800M\n");
	struct panel_state ps = {0};
	struct grid g = {0};
	struct area a;
	int used = 0, cells = 0;

	go(&v, 3, STEP_END);
	ck_assert(grid_resize(&g, 72, 24));
	a = area_of(&g);
	panel_memory.draw(&v, &ps, &a, false);
	for (int y = 0; y < 20; y++) {
		for (int x = 8; x < 72; x++) {
			uint32_t ch = g.cell[y * 72 + x].ch;

			cells += ch != ' ';
			used += ch != ' ' && ch != 0xb7;
		}
	}
	/* 1800M of 4096M are the program's */
	ck_assert_int_ge(used * 100 / cells, 40);
	ck_assert_int_le(used * 100 / cells, 55);
	grid_free(&g);
	close_view(&v);
}
END_TEST

START_TEST(zoomed_in_a_cell_is_a_frame_with_its_letter)
{
	struct view v = open_view(COW_LECTURE);
	struct panel_state ps = {0};
	char status[64], *text;

	go(&v, FORK, STEP_END);
	view_choose_frame(&v, frame_of(&v, "sh", 0xb7ffe000));
	for (int i = 0; i < 10; i++) {
		free(panel_text(&panel_memory, &v, &ps, 72, 20));
		panel_memory.key(&v, &ps, ']');
	}
	text = panel_text(&panel_memory, &v, &ps, 72, 20);
	panel_memory.status(&v, &ps, status, sizeof(status));
	ck_assert_str_eq(status, "one frame a cell");
	ck_assert_ptr_nonnull(strstr(text, "22"));
	free(text);
	close_view(&v);
}
END_TEST

/* 3 of 4 cells are the user's half: the stack ends where what is no address begins. */
START_TEST(the_addresses_of_a_process_are_to_scale_beside_what_is_none)
{
	struct view v = open_view("machine i386 ram=1G\nspawn sh\n");

	go(&v, 1, STEP_END);
	ck_assert(shows(&panel_process, &v, 78, 24, "\342\226\222 4G"));
	close_view(&v);
	v = open_view("machine x86-64 ram=1G\nspawn sh\n");
	go(&v, 1, STEP_END);
	ck_assert(shows(&panel_process, &v, 78, 24, " 0 \342\226\210\302\267"));
	ck_assert(shows(&panel_process, &v, 78, 24,
			"\302\267\342\226\210\342\211\210\342\226\222\342\226\222"));
	ck_assert(shows(&panel_process, &v, 78, 24, "\342\226\222 2^64"));
	close_view(&v);
}
END_TEST

/* ---- parts ---- */

START_TEST(sizes_take_five_characters_at_most)
{
	static const struct {
		uint64_t bytes;
		const char *text;
	} size[] = {{0, "0"},
		    {24, "24"},
		    {1023, "1023"},
		    {1024, "1K"},
		    {1536, "1.5K"},
		    {131544, "128K"},
		    {1 << 20, "1M"},
		    {(uint64_t)4 << 30, "4G"},
		    {204800, "200K"},
		    {(uint64_t)128 << 40, "128T"},
		    {(uint64_t)3 << 39, "1.5T"},
		    {(uint64_t)64 << 50, "64P"},
		    {UINT64_MAX, "15.9E"}};
	char text[TEXT_LEN];

	for (size_t i = 0; i < sizeof(size) / sizeof(*size); i++)
		ck_assert_str_eq(bytes_text(size[i].bytes, text), size[i].text);
}
END_TEST

START_TEST(a_list_scrolls_as_little_as_it_can)
{
	ck_assert_int_eq(scroll_to(0, 5, 10, 100), 0);
	ck_assert_int_eq(scroll_to(0, 10, 10, 100), 1);
	ck_assert_int_eq(scroll_to(50, 10, 10, 100), 10);
	ck_assert_int_eq(scroll_to(99, 99, 10, 100), 90);
	ck_assert_int_eq(scroll_to(3, 0, 10, 5), 0);
}
END_TEST

START_TEST(the_panels_stand_in_reading_order)
{
	static const char *const names[] = {"events", "why",    "process", "walk", "zones",
					    "slab",   "memory", "space",   "locks"};
	size_t n = sizeof(names) / sizeof(names[0]);

	for (size_t i = 0; i < n; i++) {
		ck_assert_ptr_eq(panel_table[i], named(names[i]));
		ck_assert_str_eq(focus_words[i], names[i]);
	}
	ck_assert_ptr_null(panel_table[n]);
	ck_assert_ptr_null(focus_words[n]);
}
END_TEST

static TCase *lists(void)
{
	TCase *c = tcase_create("events and why");

	tcase_add_test(c, the_panels_stand_in_reading_order);
	tcase_add_test(c, the_current_event_has_an_arrow_and_its_result);
	tcase_add_test(c, enter_on_an_event_asks_to_go_there);
	tcase_add_test(c, a_long_scenario_is_drawn_around_the_current_event);
	tcase_add_test(c, the_last_step_is_in_sight_and_marked);
	tcase_add_test(c, an_ordinary_event_fits_and_its_decision_is_in_sight);
	tcase_add_test(c, a_span_is_folded_and_opened);
	tcase_add_test(c, enter_on_a_step_asks_to_go_to_its_micro_step);
	tcase_add_test(c, a_million_tellings_are_one_counted_line);
	tcase_add_test(c, the_addresses_of_a_process_are_to_scale_beside_what_is_none);
	tcase_add_test(c, sizes_take_five_characters_at_most);
	tcase_add_test(c, a_list_scrolls_as_little_as_it_can);
	return c;
}

static TCase *spaces(void)
{
	TCase *c = tcase_create("process and walk");

	tcase_add_test(c, an_area_shows_its_pages_with_mappers_and_content);
	tcase_add_test(c, a_page_that_parts_is_seen_before_and_now);
	tcase_add_test(c, a_click_chooses_the_page_under_it);
	tcase_add_test(c, between_copy_and_store_both_contents_are_the_same);
	tcase_add_test(c, the_heap_shows_its_chunks);
	tcase_add_test(c, an_area_of_many_pages_is_scaled_and_says_how);
	tcase_add_test(c, the_walk_begins_with_the_segment);
	tcase_add_test(c, an_address_is_cut_in_10_10_12);
	tcase_add_test(c, an_address_is_cut_in_2_9_9_12_with_pae);
	tcase_add_test(c, a_changed_entry_is_seen_as_it_was_and_as_it_is);
	tcase_add_test(c, a_page_that_is_not_there_says_what_its_area_is);
	tcase_add_test(c, a_table_that_the_mmu_reads_does_not_turn_the_panel_to_its_zone);
	tcase_add_test(c, in_a_low_panel_the_tlb_answers_beside_the_contents);
	tcase_add_test(c, a_kernel_address_is_walked_through_a_large_entry);
	tcase_add_test(c, entries_have_36_bits_of_address_with_pae_and_64_where_there_is_room);
	tcase_add_test(c, nx_is_the_highest_bit_and_stands_behind_the_others);
	tcase_add_test(c, pae_names_its_first_level_where_there_is_room);
	tcase_add_test(c, a_large_page_of_the_kernel_is_2m_with_pae);
	tcase_add_test(c, a_frame_of_one_process_alone_is_exclusive);
	tcase_add_test(c, a_page_of_a_file_appears_where_nothing_was);
	tcase_add_test(c, tables_are_folded_to_what_is_in_them);
	tcase_add_test(c, beside_the_tables_stands_who_maps_the_frame);
	tcase_add_test(c, where_the_walk_ends_early_the_rest_is_missing);
	tcase_add_test(c, a_click_chooses_a_table);
	return c;
}

static TCase *memory(void)
{
	TCase *c = tcase_create("zones, slab, memory");

	tcase_add_test(c, every_count_of_the_table_is_the_machines);
	tcase_add_test(c, a_low_panel_turns_the_table);
	tcase_add_test(c, a_split_block_shows_its_halves_and_what_became_of_them);
	tcase_add_test(c, a_cache_shows_objects_in_use_of_all_there_are);
	tcase_add_test(c, slabs_begin_further_by_their_colour);
	tcase_add_test(c, the_array_of_each_cpu_can_be_read_where_there_are_eight);
	tcase_add_test(c, arrays_without_room_are_a_number_each_or_a_sign_that_there_are_more);
	tcase_add_test(c, an_index_list_in_a_free_object_is_marked);
	tcase_add_test(c, enter_goes_to_the_objects_where_the_arrows_move);
	tcase_add_test(c, what_the_scenario_made_comes_first);
	tcase_add_test(c, all_memory_fits_and_used_memory_is_seen);
	tcase_add_test(c, zoomed_in_a_cell_is_a_frame_with_its_letter);
	return c;
}

static TCase *everything(void)
{
	TCase *c = tcase_create("all panels");

	tcase_set_timeout(c, 0);
	tcase_add_test(c, no_panel_draws_outside_at_any_size_at_any_micro_step);
	tcase_add_test(c, keys_and_clicks_anywhere_leave_every_panel_able_to_draw);
	return c;
}

Suite *panels_suite(void)
{
	Suite *s = suite_create("panels");

	suite_add_tcase(s, lists());
	suite_add_tcase(s, spaces());
	suite_add_tcase(s, memory());
	suite_add_tcase(s, everything());
	return s;
}
