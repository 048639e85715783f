/*
 * The inspector: fields of kernel structures against numbers worked out by hand, and what the box does.
 *
 * The worked machine is that of the copy-on-write lecture: i386 1G, sh with two pages at b7ffe000, kid forked from it.
 * mem_map lies behind the kernel image at 00c00000, 32 bytes for each frame; the top table of a process is a page of
 * low memory, so the entry of b7ffe000 in the table at frame 37c11 is at c0000000 + 37c11000 + 4 * 1022 = f7c11ff8.
 */
#include <stdlib.h>
#include <string.h>

#include "src/fields.h"
#include "tests/golden.h"
#include "tests/open_screen.h"

static const char lecture[] = "title \"Copy-on-write\"\n"
			      "machine i386 ram=1G\n"
			      "spawn sh\n"
			      "mmap sh buf 8K\n"
			      "write sh buf value=A\n"
			      "write sh buf+4K value=B\n"
			      "fork sh kid\n"
			      "read kid buf 8K\n"
			      "write kid buf value=K\n"
			      "write sh buf value=S\n"
			      "munmap kid buf\n"
			      "exit kid\n"
			      "kmalloc box 100\n";
enum {
	E_SPAWN = 1,
	E_MMAP,
	E_WRITE,
	E_WRITE_2,
	E_FORK,
	E_READ,
	E_COPY,
	E_REUSE,
	E_MUNMAP,
	E_EXIT,
	E_KMALLOC
};
enum { BUF = 0xb7ffe000, SH = 1, KID = 2, LEAF = 1 };

static void set_up(void) { open_screen(lecture, 120, 40); }

static const struct machine *machine(void) { return view_machine(&s.view); }

static void at(uint32_t event) { screen_goto(&s, (struct when){event, STEP_END}); }

/* ---- fields ---- */

static struct field field(struct object o, const char *name)
{
	struct field f;

	ck_assert_msg(find_field(machine(), &o, name, &f), "no field %s", name);
	return f;
}

static uint64_t number(struct object o, const char *name) { return field(o, name).value; }

static struct object target(struct object o, const char *name) { return field(o, name).target; }

static struct object task(uint32_t pid) { return make_object(OBJ_TASK, pid, 0); }

static struct object mm(uint32_t pid) { return target(task(pid), "mm"); }

static struct object entry(uint32_t pid, vaddr_t va) { return entry_object(pid, va, LEAF); }

START_TEST(task_struct_names_a_process_and_its_relatives)
{
	at(E_FORK);
	ck_assert_str_eq(field(task(KID), "comm").text, "kid");
	ck_assert_uint_eq(number(task(KID), "pid"), 2);
	ck_assert_uint_eq(target(task(KID), "parent").id, SH);
	ck_assert_int_eq(target(task(SH), "parent").kind, OBJ_NONE);
	ck_assert_uint_eq(target(task(SH), "tasks.next").id, KID);
	ck_assert_uint_eq(target(task(KID), "tasks.prev").id, SH);
	ck_assert_uint_eq(target(task(SH), "children[0]").id, KID);
	ck_assert_uint_eq(number(task(KID), "on_cpu"), 1);
	ck_assert_uint_eq(number(task(SH), "on_cpu"), 0);
	ck_assert_uint_eq(number(task(SH), "min_flt"), 5);
	ck_assert_uint_eq(number(task(KID), "min_flt"), 1);
	ck_assert_uint_eq(number(task(SH), "maj_flt"), 0);
}
END_TEST

/* Code 1, data 2, bss 3, buf 2, stack 33 pages: 41.  Touched: code, data, stack, and both of buf. */
START_TEST(mm_struct_counts_what_was_promised_and_what_is_there)
{
	at(E_WRITE_2);
	ck_assert_uint_eq(number(mm(SH), "map_count"), 5);
	ck_assert_uint_eq(number(mm(SH), "total_vm"), 41);
	ck_assert_uint_eq(number(mm(SH), "rss"), 5);
	ck_assert_uint_eq(number(mm(SH), "anon_rss"), 4);
	ck_assert_uint_eq(number(mm(SH), "file_rss"), 1);
	ck_assert_uint_eq(number(mm(SH), "locked_vm"), 0);
	ck_assert_uint_eq(number(mm(SH), "nr_ptes"), 3);
	ck_assert_uint_eq(number(mm(SH), "mmap_base"), 0xb8000000);
	ck_assert_uint_eq(number(mm(SH), "start_code"), 0x08048000);
	ck_assert_uint_eq(number(mm(SH), "end_code"), 0x08048180);
	ck_assert_uint_eq(number(mm(SH), "start_data"), 0x08049000);
	ck_assert_uint_eq(number(mm(SH), "end_data"), 0x0804a800);
	ck_assert_uint_eq(number(mm(SH), "start_brk"), 0x0804e000);
	ck_assert_uint_eq(number(mm(SH), "brk"), 0x0804e000);
	ck_assert_uint_eq(number(mm(SH), "start_stack"), 0xbfffff00);
	ck_assert_uint_eq(target(mm(SH), "owner").id, SH);
	at(E_SPAWN);
	ck_assert_uint_eq(number(mm(SH), "map_count"), 4);
	ck_assert_uint_eq(number(mm(SH), "total_vm"), 39);
	ck_assert_uint_eq(number(mm(SH), "rss"), 3);
}
END_TEST

/* mm_struct: 448 bytes, behind 64 bytes of management; vm_area_struct: 88, behind 224; the stack's area came first. */
START_TEST(pointers_are_the_addresses_of_slab_objects)
{
	at(E_FORK);
	ck_assert_uint_eq(number(task(SH), "mm"), 0xf7c07040);
	ck_assert_uint_eq(number(task(KID), "mm"), 0xf7c07040 + 448);
	ck_assert_uint_eq(number(mm(SH), "mmap"), 0xf7c090e0 + 88);
	ck_assert_uint_eq(number(mm(SH), "mmap[4]"), 0xf7c090e0);
	ck_assert_uint_eq(number(mm(SH), "mmap[3]"), 0xf7c090e0 + 4 * 88);
	ck_assert_uint_eq(number(mm(SH), "pgd"), 0xf7c08000);
}
END_TEST

START_TEST(areas_lead_to_each_other_and_back_to_their_mm)
{
	struct object o, first;
	uint32_t nr = 0;

	at(E_FORK);
	first = o = target(mm(KID), "mmap");
	ck_assert_int_eq(target(o, "vm_prev").kind, OBJ_NONE);
	for (; target(o, "vm_next").kind; nr++) {
		struct object next = target(o, "vm_next"), back = target(next, "vm_prev");

		ck_assert(same_object(&back, &o));
		ck_assert_uint_ge(number(next, "vm_start"), number(o, "vm_end"));
		o = target(next, "vm_mm");
		ck_assert_uint_eq(o.id, mm(KID).id);
		o = next;
	}
	ck_assert_uint_eq(nr + 1, number(mm(KID), "map_count"));
	ck_assert_uint_eq(number(first, "vm_start"), 0x08048000);
	ck_assert_uint_eq(number(o, "vm_end"), 0xc0000000);
}
END_TEST

START_TEST(what_the_kernel_maps_for_itself_has_structures)
{
	struct object area = make_object(OBJ_VM_STRUCT, 0xf8800000, 0), device;
	struct object window = make_object(OBJ_PKMAP, 0, 0), fixmap = make_object(OBJ_FIXMAP, 0, 0);

	close_screen();
	open_screen("machine i386 ram=1G\nspawn sh\nvmalloc v 12K\nioremap dev 0xfee00000 4K\n"
		    "alloc_pages h 0 gfp=highuser\nkmap h\nkmap_atomic h\n"
		    "set_fixmap apic 0xfee00000\nvfree v\n",
		    120, 40);
	at(7);
	ck_assert_uint_eq(number(area, "size"), 16384);
	ck_assert_uint_eq(number(area, "nr_pages"), 3);
	device = target(area, "next");
	ck_assert_uint_eq(number(device, "phys_addr"), 0xfee00000);
	ck_assert_str_eq(field(device, "flags").text, "VM_IOREMAP");
	ck_assert_uint_eq(number(window, "free"), 1023);
	ck_assert_uint_eq(number(window, "pkmap_count[1]"), 2);
	ck_assert_uint_eq(number(fixmap, "apic 2"), 0xfee00163);
	ck_assert_uint_eq(number(target(fixmap, "kmap_ctrl[0]"), "idx"), 1);
	at(8);
	ck_assert(!object_exists(machine(), &area));
}
END_TEST

START_TEST(addresses_that_vmalloc_has_not_are_a_tree_of_ranges)
{
	struct object area = make_object(OBJ_VM_STRUCT, 0xf73fe000, 0), root, low;

	close_screen();
	open_screen("machine i386-6.1 ram=1G\nvmalloc v 12K\nvmalloc w 4K\nvfree v\n", 120, 40);
	at(2);
	root = target(make_object(OBJ_NODE, 0, 0), "free_vmap_area_root");
	ck_assert_uint_eq(number(root, "va_start"), 0xf7404000);
	ck_assert_uint_eq(number(root, "va_end"), 0xffffffff);
	ck_assert_uint_eq(number(root, "subtree_max_size"), 0xf73fe000 - 1);
	ck_assert_str_eq(field(root, "rb_node.rb_color").text, "RB_BLACK");
	low = target(root, "rb_node.rb_left");
	ck_assert_uint_eq(number(low, "va_end"), 0xf73fe000);
	ck_assert_uint_eq(target(low, "rb_node.rb_parent").id, root.id);
	ck_assert_uint_eq(target(low, "list.next").id, root.id);
	at(3);
	ck_assert_uint_eq(number(area, "lazy"), 1);
	ck_assert_uint_eq(number(area, "nr_pages"), 0);
}
END_TEST

START_TEST(vm_area_struct_has_its_rights_by_name)
{
	struct object buf;

	at(E_FORK);
	buf = target(mm(SH), "mmap[3]");
	ck_assert_uint_eq(number(buf, "vm_start"), BUF);
	ck_assert_uint_eq(number(buf, "vm_end"), BUF + 0x2000);
	ck_assert_uint_eq(number(buf, "vm_flags"), 0x100073);
	ck_assert_str_eq(field(buf, "vm_flags").text,
			 "READ WRITE MAYREAD MAYWRITE MAYEXEC ACCOUNT");
	ck_assert_uint_eq(number(buf, "vm_page_prot"), 0x25);
	ck_assert_uint_eq(number(buf, "vm_pgoff"), 0xb7ffe);
	ck_assert_str_eq(field(buf, "vm_ops").text, "NULL");
	ck_assert_int_eq(target(buf, "vm_file").kind, OBJ_NONE);
	ck_assert_str_eq(field(target(mm(SH), "mmap[0]"), "vm_ops").text, "generic_file_vm_ops");
	ck_assert_uint_eq(number(target(mm(SH), "mmap[1]"), "vm_pgoff"), 1);
	ck_assert_uint_eq(target(buf, "pte[1022]").sub, BUF | LEAF);
	ck_assert_uint_eq(target(buf, "pte[1023]").sub, (BUF + 0x1000) | LEAF);
}
END_TEST

/* sh's data, its stack and buf have anon_vmas 1 to 3 in the order of their first writes: stack, data, buf. */
START_TEST(after_fork_an_anon_vma_knows_both_areas)
{
	struct object buf, av, link;

	at(E_WRITE);
	av = target(target(mm(SH), "mmap[3]"), "anon_vma");
	ck_assert_uint_eq(number(av, "number"), 3);
	ck_assert_uint_eq(number(av, "refcount"), 1);
	at(E_FORK);
	ck_assert_uint_eq(number(av, "refcount"), 2);
	link = target(av, "rb_root[1]");
	ck_assert_uint_eq(target(link, "vma").id, target(mm(KID), "mmap[3]").id);
	ck_assert_uint_eq(target(link, "same_anon_vma.prev").id, target(av, "rb_root[0]").id);
	buf = target(mm(KID), "mmap[3]");
	ck_assert_uint_ne(target(buf, "anon_vma").id, av.id);
	link = target(target(buf, "anon_vma_chain"), "same_vma");
	ck_assert_int_eq(link.kind, OBJ_AVC);
	at(E_MUNMAP);
	ck_assert_uint_eq(number(av, "refcount"), 1);
}
END_TEST

START_TEST(struct_page_is_shared_by_fork_and_parts_on_write)
{
	struct object page;

	at(E_WRITE);
	page = target(entry(SH, BUF), "page");
	ck_assert_uint_eq(page.id, 0x3fc05);
	ck_assert_str_eq(field(page, "flags").text, "uptodate swapbacked anon_exclusive");
	ck_assert_uint_eq(number(page, "_mapcount"), 1);
	ck_assert_str_eq(field(page, "content").text, "\"A\"");
	at(E_FORK);
	ck_assert_str_eq(field(page, "flags").text, "uptodate swapbacked");
	ck_assert_uint_eq(number(page, "_mapcount"), 2);
	ck_assert_uint_eq(number(page, "_count"), 2);
	ck_assert_uint_eq(number(page, "index"), 0xb7ffe);
	ck_assert_uint_eq(number(page, "virtual"), 0);
	ck_assert_uint_eq(target(page, "zone").id, ZONE_HIGHMEM);
	ck_assert_uint_eq(target(page, "mapping").id,
			  target(target(mm(SH), "mmap[3]"), "anon_vma").id);
	ck_assert_uint_eq(target(page, "rmap[0]").id, SH);
	ck_assert_uint_eq(target(page, "rmap[1]").id, KID);
	at(E_COPY);
	ck_assert_uint_eq(number(page, "_mapcount"), 1);
	ck_assert_uint_ne(target(entry(KID, BUF), "page").id, page.id);
	ck_assert_uint_eq(target(entry(SH, BUF), "page").id, page.id);
}
END_TEST

START_TEST(a_free_block_has_its_order_in_private)
{
	struct object area = make_object(OBJ_FREE_AREA, ZONE_HIGHMEM, 4), head;

	at(E_FORK);
	ck_assert_uint_eq(number(area, "nr_free"), 1);
	ck_assert_uint_eq(number(area, "pages"), 16);
	head = target(area, "free_list[0]");
	ck_assert_uint_eq(head.id, 0x3fc10);
	ck_assert_uint_eq(number(head, "private"), 4);
	ck_assert_uint_eq(number(head, "_count"), 0);
	ck_assert_str_eq(field(head, "flags").text, "buddy");
	ck_assert_uint_eq(target(head, "free_area").sub, 4);
	ck_assert_int_eq(target(head, "lru.next").kind, OBJ_NONE);
	head = target(make_object(OBJ_FREE_AREA, ZONE_HIGHMEM, 10), "free_list[0]");
	ck_assert_int_eq(target(head, "lru.next").kind, OBJ_PAGE);
}
END_TEST

/* index 1022 of the table of 4 bytes an entry; P RW US A D are the bits 0x67. */
START_TEST(page_table_entries_are_decoded)
{
	struct object e = entry(SH, BUF), above;

	at(E_WRITE);
	ck_assert_uint_eq(number(e, "value"), 0x3fc05067);
	ck_assert_str_eq(field(e, "value").text, "P RW US A D");
	ck_assert_uint_eq(number(e, "index"), 1022);
	ck_assert_uint_eq(number(e, "RW"), 1);
	ck_assert_uint_eq(number(e, "span"), 4096);
	above = target(e, "above");
	ck_assert_uint_eq(number(above, "index"), 735);
	ck_assert_uint_eq(number(above, "span"), 4 << 20);
	ck_assert_int_eq(target(above, "above").kind, OBJ_NONE);
	ck_assert_uint_eq(target(above, "page").kind, OBJ_TABLE);
	ck_assert_uint_eq(target(e, "vma").id, target(mm(SH), "mmap[3]").id);
	ck_assert_uint_eq(target(e, "mm").id, mm(SH).id);
	at(E_FORK);
	ck_assert_uint_eq(number(e, "value"), 0x3fc05065);
	ck_assert_uint_eq(number(e, "RW"), 0);
	at(E_SPAWN);
	ck_assert(!object_exists(machine(), &e));
}
END_TEST

/* PAE with NX: the program's code may be executed, its data and its stack may not. */
START_TEST(bit_63_says_that_nothing_may_be_executed)
{
	struct object code = entry_object(SH, 0x08048000, 2),
		      data = entry_object(SH, 0x0804a000, 2);

	close_screen();
	open_screen("machine i386-pae ram=1G nx=on\nspawn sh\n", 120, 40);
	at(E_SPAWN);
	ck_assert_uint_eq(number(code, "NX"), 0);
	ck_assert_uint_eq(number(data, "NX"), 1);
	ck_assert_uint_eq(number(data, "value") >> 63, 1);
	ck_assert_ptr_nonnull(strstr(field(data, "value").text, "NX"));
	ck_assert_uint_eq(target(data, "page").kind, OBJ_PAGE);
	ck_assert_uint_eq(number(target(data, "above"), "index"), 0x0804a000 >> 21);
	close_screen();
	open_screen("machine i386-pae ram=1G nx=off\nspawn sh\n", 120, 40);
	at(E_SPAWN);
	ck_assert_uint_eq(number(data, "NX"), 0);
}
END_TEST

START_TEST(tables_list_what_is_present_and_fold_the_direct_map)
{
	struct object pgd;

	at(E_WRITE_2);
	pgd = target(mm(SH), "pgd");
	/* two tables for the window of kmap and the fixmap */
	ck_assert_uint_eq(number(pgd, "present"), 3 + 224 + 2);
	ck_assert_uint_eq(target(pgd, "[735]").sub, 0xb7c00000);
	ck_assert_uint_eq(number(target(pgd, "[768..991]"), "value"), 0x1e3);
	ck_assert_uint_eq(number(target(pgd, "[768..991]"), "PSE"), 1);
	pgd = table_object(0, 0, 0);
	ck_assert_uint_eq(number(pgd, "present"), 224 + 2);
	ck_assert_int_eq(target(pgd, "mm").kind, OBJ_NONE);
	ck_assert_uint_eq(target(target(target(mm(SH), "pgd"), "page"), "table").kind, OBJ_TABLE);
}
END_TEST

/* The program's file has 10K; its code and data are mapped by sh and kid. */
START_TEST(files_have_one_page_cache_and_know_who_maps_them)
{
	struct object file, cache;

	at(E_FORK);
	file = target(mm(SH), "exe_file");
	ck_assert_str_eq(field(file, "f_path").text, "program");
	ck_assert_uint_eq(number(file, "i_size"), 10240);
	ck_assert_uint_eq(number(file, "nr_areas"), 4);
	cache = target(file, "f_mapping");
	ck_assert_uint_eq(number(cache, "nrpages"), 3);
	ck_assert_uint_eq(target(cache, "host").id, file.id);
	ck_assert_uint_eq(target(cache, "i_mmap[3]").id, target(mm(KID), "mmap[1]").id);
	ck_assert_uint_eq(target(cache, "i_pages[0]").id, target(entry(SH, 0x08048000), "page").id);
	ck_assert_uint_eq(target(target(cache, "i_pages[0]"), "mapping").id, cache.id);
	ck_assert_int_eq(target(file, "f_inode").kind, OBJ_SLOT);
}
END_TEST

/* 1G: DMA 4096 frames, Normal up to 896M, HighMem the last 128M. */
START_TEST(zones_have_their_marks_and_lists)
{
	struct object highmem = make_object(OBJ_ZONE, ZONE_HIGHMEM, 0), node, pcp;

	at(E_COPY);
	ck_assert_str_eq(field(highmem, "name").text, "HighMem");
	ck_assert_uint_eq(number(highmem, "zone_start_pfn"), 0x38000);
	ck_assert_uint_eq(number(highmem, "spanned_pages"), 32768);
	node = target(highmem, "zone_pgdat");
	ck_assert_uint_eq(number(node, "nr_zones"), 3);
	ck_assert_uint_eq(target(node, "node_zones[1]").id, ZONE_NORMAL);
	ck_assert_uint_eq(target(node, "swapper_pg_dir").kind, OBJ_TABLE);
	pcp = target(highmem, "pageset[0]");
	ck_assert_uint_eq(number(pcp, "count"), 6);
	ck_assert_uint_eq(number(pcp, "batch"), 7);
	ck_assert_uint_eq(target(pcp, "lists[0][0]").id, 0x3fc08);
	ck_assert_uint_eq(number(highmem, "free_pages"), 32754);
	ck_assert_uint_eq(number(highmem, "nr_alloc"), 8);
	ck_assert(number(highmem, "pages_min") < number(highmem, "pages_low"));
	ck_assert(number(highmem, "pages_low") < number(highmem, "pages_high"));
}
END_TEST

/* One page for every 256 that such a request could have had: of DMA32, of DMA32 and Normal. */
START_TEST(a_zone_keeps_pages_from_requests_for_each_type_of_zone_there_is)
{
	struct object dma = make_object(OBJ_ZONE, ZONE_DMA, 0);
	struct field f;

	at(E_COPY);
	ck_assert_uint_eq(number(dma, "lowmem_reserve[DMA]"), 0);
	ck_assert(find_field(machine(), &dma, "lowmem_reserve[HighMem]", &f));
	ck_assert(!find_field(machine(), &dma, "lowmem_reserve[DMA32]", &f));
	close_screen();
	open_screen("machine x86-64 ram=6G\n", 120, 40);
	ck_assert_uint_eq(number(dma, "lowmem_reserve[DMA32]"), 2938);
	ck_assert_uint_eq(number(dma, "lowmem_reserve[Normal]"), 5902);
	ck_assert(find_field(machine(), &dma, "lowmem_reserve[Movable]", &f));
	ck_assert(!find_field(machine(), &dma, "lowmem_reserve[HighMem]", &f));
}
END_TEST

/* size-128: 30 objects in a page behind 160 bytes of management (24 + 30 * 4, rounded up to a line). */
START_TEST(caches_lead_to_slabs_and_slabs_to_objects)
{
	struct object box = object_at(machine(), 0), cache, slab;

	ck_assert_int_eq(box.kind, OBJ_NONE);
	at(E_KMALLOC);
	box = make_object(OBJ_SLOT, 0xf7c0f0a0, 0);
	ck_assert_str_eq(field(box, "state").text, "in use");
	ck_assert_uint_eq(number(box, "size"), 128);
	cache = target(box, "slab_cache");
	ck_assert_str_eq(field(cache, "name").text, "size-128");
	ck_assert_uint_eq(number(cache, "num"), 30);
	ck_assert_uint_eq(number(cache, "active_objs"), 1);
	ck_assert_uint_eq(number(cache, "slabs_partial"), 1);
	ck_assert_str_eq(field(cache, "management").text, "on the slab");
	slab = target(cache, "partial[0]");
	ck_assert_uint_eq(number(slab, "inuse"), 1);
	ck_assert_uint_eq(number(slab, "free"), 1);
	ck_assert_uint_eq(number(slab, "s_mem"), 0xf7c0f0a0);
	ck_assert_str_eq(field(slab, "list").text, "slabs_partial");
	ck_assert_uint_eq(target(slab, "object[0]").id, box.id);
	ck_assert_uint_eq(target(target(slab, "page"), "slab").id, slab.id);
}
END_TEST

START_TEST(known_objects_are_found_in_their_slabs)
{
	struct object slab, o;

	at(E_FORK);
	o = object_at(machine(), 0xf7c07040 + 448 + 17);
	ck_assert_int_eq(o.kind, OBJ_MM);
	ck_assert_uint_eq(o.id, mm(KID).id);
	slab = make_object(OBJ_SLAB, 0x37c09, 0);
	ck_assert_uint_eq(number(slab, "inuse"), 10);
	ck_assert_int_eq(target(slab, "object[9]").kind, OBJ_VMA);
	o = object_at(machine(), 0xf7c09000);
	ck_assert_int_eq(o.kind, OBJ_SLAB);
}
END_TEST

/* 6.1 keeps free objects at the CPU's hand: half a limit of 120, of a slab of 32 in two fetches of 16. */
START_TEST(arrays_of_cpus_hold_free_objects)
{
	struct object box, array;

	close_screen();
	open_screen("machine i386-6.1 ram=512M\nspawn sh\nkmalloc box 100\n", 120, 40);
	at(2);
	box = object_at(machine(), (vaddr_t)timeline_result(s.view.timeline, 2)->outcome.value);
	ck_assert_int_eq(box.kind, OBJ_SLOT);
	array = target(target(box, "slab_cache"), "cpu_cache[0]");
	ck_assert_uint_eq(number(array, "limit"), 120);
	ck_assert_uint_eq(number(array, "batchcount"), 60);
	ck_assert_uint_eq(number(array, "avail"), 15);
	ck_assert_str_eq(field(target(array, "entry[14]"), "state").text, "free");
}
END_TEST

/* ---- the box ---- */

static void press_enter(void) { screen_key(&s, KEY_ENTER_); }

static bool on_screen(const char *text)
{
	bool found = strstr(frame(), text) != NULL;

	if (!found)
		fprintf(stderr, "not on the screen: %s\n%s\n", text, frame());
	return found;
}

/* The cursor on the row that begins with these words; then Enter. */
static void go_along(const char *field_name)
{
	press("/");
	press(field_name);
	press_enter();
	ck_assert_str_eq(s.message, "");
	press_enter();
}

START_TEST(i_opens_what_is_chosen_as_the_panel_in_front_sees_it)
{
	at(E_COPY);
	press("4i");
	ck_assert(on_screen("entry b7ffe000 of kid"));
	press("q3i");
	ck_assert(on_screen("struct vm_area_struct"));
	press("i");
	ck_assert_ptr_null(s.overlay.kind);
	press("i");
	frame();
	screen_click(&s, layout_place(&s.layout, 2)->x + 2, layout_place(&s.layout, 2)->y + 3,
		     false);
	press("i");
	ck_assert(on_screen("area 08048000 of kid"));
	press("i");
	ck_assert_ptr_null(s.overlay.kind);
	view_release(&s.view);
	press("5i");
	ck_assert(on_screen("zone HighMem"));
	press("q");
	view_choose_frame(&s.view, 0x3fc06);
	press("i");
	ck_assert(on_screen("page 3fc06"));
	press("q3,i");
	ck_assert(on_screen("task sh"));
	press("q6");
	view_choose(&s.view, &(struct choice){.kind = CHOOSE_CACHE, .cache = 0, .pfn = PFN_NONE});
	press("i");
	ck_assert(on_screen("kmem_cache_s kmem_cache"));
}
END_TEST

/* How many cells of the panel in front are lit up as chosen. */
static int cells_chosen(void)
{
	const struct place *p = layout_place(&s.layout, s.active);
	struct grid g = {0};
	int n = 0;

	screen_draw(&s, &g);
	for (int y = p->y; y < p->y + p->height; y++)
		for (int x = p->x; x < p->x + p->width; x++)
			n += g.cell[y * g.width + x].role == ROLE_CHOSEN;
	grid_free(&g);
	return n;
}

START_TEST(the_object_that_is_explained_stays_in_sight)
{
	close_screen();
	open_screen("machine i386-6.1 ram=64M\ncache_create box 300\ncache_alloc box a\n", 120, 40);
	at(2);
	press("6");
	view_choose(&s.view, &(struct choice){.kind = CHOOSE_CACHE,
					      .cache = machine()->nr_caches - 1,
					      .pfn = PFN_NONE});
	frame();
	press_enter();
	for (int i = 0; i < 13; i++) {
		int chosen = cells_chosen();

		/* the object and the number of its slab */
		ck_assert_int_eq(chosen, 6);
		press("i");
		ck_assert(on_screen("slab object"));
		ck_assert_int_eq(cells_chosen(), chosen);
		press("q");
		screen_key(&s, KEY_RIGHT_);
	}
	/* the whole row of a cache, high in the same panel */
	view_choose(&s.view, &(struct choice){.kind = CHOOSE_CACHE, .cache = 0, .pfn = PFN_NONE});
	press("i");
	ck_assert_int_ge(cells_chosen(), 37);
}
END_TEST

START_TEST(where_nothing_is_chosen_it_is_the_process_or_the_node)
{
	at(0);
	press("i");
	ck_assert(on_screen("pglist_data node 0"));
	press("q1n");
	view_choose(&s.view, &(struct choice){.kind = CHOOSE_EVENT, .event = 1, .pfn = PFN_NONE});
	press("i");
	ck_assert(on_screen("task sh"));
}
END_TEST

START_TEST(enter_follows_pointers_and_b_goes_back)
{
	at(E_FORK);
	press("3,i");
	frame();
	go_along("mm ");
	ck_assert(on_screen("task sh \xe2\x80\xba mm "));
	go_along("mmap[3]");
	ck_assert(on_screen("task sh \xe2\x80\xba mm \xe2\x80\xba mmap[3]"));
	go_along("anon_vma ");
	ck_assert(on_screen("mmap[3] \xe2\x80\xba anon_vma "));
	press("b");
	ck_assert(on_screen("struct vm_area_struct"));
	press_enter();
	ck_assert(on_screen("struct anon_vma"));
	screen_key(&s, KEY_BACKSPACE_);
	press("hh");
	ck_assert(on_screen("struct task_struct"));
	press("b");
	ck_assert(on_screen("struct task_struct"));
	ck_assert_uint_eq(timeline_now(s.view.timeline).event, E_FORK);
	screen_key(&s, KEY_BACKSPACE_);
	ck_assert_uint_eq(timeline_now(s.view.timeline).event, E_FORK - 1);
}
END_TEST

START_TEST(what_is_followed_is_chosen_in_all_panels)
{
	at(E_FORK);
	press("4i");
	frame();
	go_along("page");
	ck_assert(s.view.choice_is_users);
	ck_assert_int_eq(s.view.choice.kind, CHOOSE_FRAME);
	go_along("mapping");
	ck_assert_int_eq(s.view.choice.kind, CHOOSE_OBJECT);
	press("b");
	ck_assert_int_eq(s.view.choice.kind, CHOOSE_FRAME);
}
END_TEST

START_TEST(a_pointer_that_is_null_leads_nowhere)
{
	at(E_SPAWN);
	press("3,i");
	frame();
	go_along("parent");
	ck_assert_str_eq(s.message, "parent leads nowhere");
	ck_assert(on_screen("struct task_struct"));
}
END_TEST

START_TEST(fields_change_while_time_moves)
{
	at(E_WRITE);
	press("4i");
	ck_assert(on_screen("3fc05067"));
	press("nn");
	ck_assert(on_screen("\xe2\x97\x86value           3fc05065"));
	ck_assert(on_screen("\xe2\x97\x86RW              0"));
	press("n");
	ck_assert(on_screen(" RW              0"));
	press("nn");
	ck_assert(on_screen("\xe2\x97\x86RW              1"));
	press("SSSSSS");
	ck_assert(on_screen("RW              0"));
}
END_TEST

START_TEST(what_is_gone_says_since_when)
{
	struct object area;

	at(E_FORK);
	area = target(mm(KID), "mmap[3]");
	view_choose_address(&s.view, KID, BUF);
	press("3i");
	ck_assert(on_screen("struct vm_area_struct"));
	press("G");
	ck_assert(on_screen("gone: freed at event 9"));
	ck_assert(on_screen("munmap kid buf"));
	ck_assert(!object_exists(machine(), &area));
	press("g");
	ck_assert(on_screen("not there yet: made at event 5"));
	ck_assert(on_screen("fork sh kid"));
	at(E_REUSE);
	ck_assert(on_screen("vm_start"));
	press("n");
	ck_assert(on_screen("gone: freed at event 9"));
	press("s");
	ck_assert(on_screen("gone: freed at event 9"));
	press("p");
	ck_assert(on_screen("gone: freed at event 9"));
	press("p");
	ck_assert(on_screen("vm_start"));
	press("sssssssssssssss");
	ck_assert_uint_eq(timeline_now(s.view.timeline).event, E_MUNMAP);
	ck_assert(on_screen("gone: freed at event 9"));
}
END_TEST

START_TEST(the_way_back_to_what_is_gone_stays)
{
	at(E_COPY);
	view_choose_address(&s.view, KID, BUF);
	press("3i");
	frame();
	go_along("pte[1022]");
	press("nnn");
	ck_assert(on_screen("gone: freed at event 9")); /* the table went with the area */
	press("b");
	ck_assert(on_screen("gone: freed at event 9"));
	press("pp");
	ck_assert(on_screen("vm_start"));
}
END_TEST

START_TEST(a_long_way_keeps_its_start_and_its_end)
{
	at(E_FORK);
	press("3,i");
	frame();
	go_along("mm ");
	for (int i = 0; i < 100; i++) {
		go_along("mmap ");
		go_along("vm_mm");
	}
	ck_assert(on_screen("task sh \xe2\x80\xba \xe2\x80\xa6"));
	ck_assert(on_screen("mmap \xe2\x80\xba vm_mm"));
	for (int i = 0; i < 100; i++)
		press("b");
	ck_assert(on_screen("task sh  "));
}
END_TEST

/* Any pointers, at any moment, in any direction. */
START_TEST(no_way_through_the_machine_breaks_it)
{
	uint32_t seed = (uint32_t)_i + 1;

	press("Gi");
	for (int i = 0; i < 1500; i++) {
		uint32_t r = (seed = seed * 1103515245u + 12345u) >> 8;

		if (!s.overlay.kind)
			press("i");
		frame();
		switch (r % 16) {
		case 0:
		case 1:
			press("b");
			break;
		case 2:
			press(r & 256 ? "s" : "S");
			break;
		case 3:
			screen_goto(&s, (struct when){r / 256 % 12, r / 4096 % 60 + 1});
			break;
		case 4:
			press("ii");
			break;
		case 5:
			screen_resize(&s, 20 + (int)(r / 256 % 180), 5 + (int)(r / 65536 % 60));
			break;
		case 6:
		case 7:
			press_enter();
			break;
		default:
			for (uint32_t n = r / 256 % 12; n > 0; n--)
				press("j");
			press_enter();
			break;
		}
	}
}
END_TEST

/* ---- the tree of areas ---- */

/* sh: code, data, bss, buf, stack; exec made the stack first. */
START_TEST(the_tree_has_the_areas_in_the_order_of_the_list)
{
	struct object tree, root;

	at(E_WRITE);
	tree = target(mm(SH), "mm_rb");
	ck_assert_int_eq(tree.kind, OBJ_TREE);
	ck_assert_uint_eq(number(tree, "areas"), 5);
	ck_assert_uint_eq(number(tree, "height"), 3);
	ck_assert_uint_eq(number(tree, "black height"), 2);
	root = target(tree, "rb_node");
	ck_assert_uint_eq(root.id, target(mm(SH), "mmap[1]").id);
	ck_assert_str_eq(field(root, "vm_rb.rb_color").text, "RB_BLACK");
	ck_assert_int_eq(target(root, "vm_rb.rb_parent").kind, OBJ_NONE);
	ck_assert_uint_eq(target(root, "vm_rb.rb_left").id, target(mm(SH), "mmap[0]").id);
	ck_assert_uint_eq(target(target(root, "vm_rb.rb_right"), "vm_rb.rb_parent").id, root.id);
	ck_assert_uint_eq(target(mm(SH), "mmap_cache").id, target(mm(SH), "mmap[3]").id);
}
END_TEST

static void open_tree(const char *process)
{
	press(":inspect ");
	press(process);
	press_enter();
	frame();
	go_along("mm ");
	go_along("mm_rb");
}

START_TEST(the_tree_is_drawn_with_the_way_of_the_search)
{
	at(E_WRITE);
	open_tree("sh");
	ck_assert(on_screen("\xe2\x97\x8f"
			    "08049000"));
	ck_assert(on_screen("\xe2\x96\xb8\xe2\x97\x8f"
			    "b7ffe000\xe2\x97\x82"));
	ck_assert(on_screen("\xe2\x97\x8b"
			    "0804b000"));
	ck_assert(on_screen("b7ffe000  found, looked at: 2"));
	ck_assert(on_screen("mmap[1]    1 \xe2\x97\x8f 08049000"));
	ck_assert(on_screen("mmap[3]    2 "));
	press("n");
	ck_assert(on_screen("mmap_cache hit, looked at: 0"));
}
END_TEST

START_TEST(the_search_is_seen_on_its_way)
{
	uint32_t looks = 0, k;

	at(E_WRITE);
	open_tree("sh");
	for (k = 1; k < 32; k++) {
		screen_goto(&s, (struct when){E_WRITE, k});
		looks += strstr(frame(), "on its way, looked at: 1") != NULL;
		if (strstr(frame(), "found, looked at: 2"))
			break;
	}
	ck_assert_uint_eq(looks, 1);
	ck_assert_uint_lt(k, 32);
}
END_TEST

START_TEST(a_search_that_finds_nothing_says_so)
{
	close_screen();
	open_screen("machine i386 ram=1G\nspawn sh\nmunmap sh stack 132K\nread sh 0xbfffe000\n",
		    120, 40);
	at(3);
	open_tree("sh");
	ck_assert(on_screen("bfffe000  NULL, looked at: 2"));
}
END_TEST

/* Twenty areas have no room beside each other: then the list alone, whose branches say the same. */
START_TEST(a_large_tree_is_drawn_in_the_list)
{
	char text[2048] = "machine i386 ram=1G\nspawn sh\n";
	size_t len = strlen(text);

	for (unsigned i = 0; i < 16; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len,
					"mmap sh r%u 8K at=0x%08x prot=%s\n", i,
					0x40000000 + i * 0x10000, i % 2 ? "r" : "rw");
	snprintf(text + len, sizeof(text) - len, "write sh r14\n");
	close_screen();
	open_screen(text, 120, 40);
	at(18);
	open_tree("sh");
	ck_assert_ptr_null(strstr(frame(), "\xe2\x97\x8f"
					   "40000000"));
	ck_assert(on_screen("mmap[19]"));
	ck_assert(on_screen("400e0000  found, looked at: "));
	ck_assert(on_screen("mmap_cache"));
}
END_TEST

/* ---- the prompt ---- */

START_TEST(inspect_takes_names_and_addresses)
{
	static const char *const line[][2] = {
		{"inspect kid", "task kid"},
		{"inspect kid buf", "entry b7ffe000 of kid"},
		{"inspect kid 0x70000000", "entry 70000000 of kid"},
		{"inspect pfn 3fc05", "page 3fc05"},
		{"inspect phys 0x38000000", "page 38000"},
		{"inspect highmem", "zone HighMem"},
		{"inspect size-64", "kmem_cache_s size-64"},
		{"inspect 0xf7c07041", "mm_struct of sh"},
		{"inspect 0xc0101000", "page 00101"},
		{"inspect 0xfffff000", "entry fffff000 of kernel"},
		{"inspect", "entry b7ffe000 of kid"},
	};

	at(E_COPY);
	for (size_t i = 0; i < sizeof(line) / sizeof(line[0]); i++) {
		press(":");
		press(line[i][0]);
		press_enter();
		ck_assert_msg(!s.prompt.open, "%s: %s", line[i][0], s.prompt.error);
		ck_assert(on_screen(line[i][1]));
	}
}
END_TEST

START_TEST(inspect_says_what_is_wrong)
{
	at(E_COPY);
	press(":inspect kid buff");
	press_enter();
	ck_assert(s.prompt.open);
	ck_assert_ptr_nonnull(strstr(s.prompt.error, "did you mean \"buf\"?"));
	screen_key(&s, KEY_ESCAPE_);
	press(":inspect pfn fffff");
	press_enter();
	ck_assert_str_eq(s.prompt.error, "there is no memory there");
}
END_TEST

START_TEST(tab_completes_what_can_be_inspected)
{
	at(E_COPY);
	press(":insp");
	screen_key(&s, KEY_TAB_);
	ck_assert_str_eq(s.prompt.text, "inspect ");
	press("Hi");
	screen_key(&s, KEY_TAB_);
	ck_assert_str_eq(s.prompt.text, "inspect HighMem ");
	screen_key(&s, KEY_ESCAPE_);
	press(":inspect k");
	screen_key(&s, KEY_TAB_);
	ck_assert_ptr_nonnull(strstr(s.prompt.hint, "kid"));
	ck_assert_ptr_nonnull(strstr(s.prompt.hint, "kmem_cache"));
	press("id b");
	screen_key(&s, KEY_TAB_);
	ck_assert_ptr_nonnull(strstr(s.prompt.hint, "buf"));
}
END_TEST

static const struct golden {
	const char *name;
	int width, height;
	struct when when;
	const char *keys;
	bool ascii;
} golden[] = {
	{"inspect-task", 120, 40, {E_FORK, STEP_END}, "3,i", false},
	{"inspect-mm", 120, 40, {E_WRITE, STEP_END}, "3,i/mm \n\n", false},
	{"inspect-mm-200x60", 200, 60, {E_WRITE, STEP_END}, "3,i/mm \n\n", false},
	{"inspect-vma", 120, 40, {E_COPY, STEP_END}, "3i", false},
	{"inspect-vma-step", 120, 40, {E_COPY, 20}, "3i", false},
	{"inspect-pte-80x24", 80, 24, {E_COPY, STEP_END}, "4i", false},
	{"inspect-pte-step", 120, 40, {E_COPY, 33}, "2i", false},
	{"inspect-page", 120, 40, {E_FORK, STEP_END}, "1i/page\n\n", false},
	{"inspect-page-20x5", 20, 5, {E_FORK, STEP_END}, "1i/page\n\n", false},
	{"inspect-page-ascii", 80, 24, {E_FORK, STEP_END}, "1i/page\n\n", true},
	{"inspect-zone", 120, 40, {E_COPY, STEP_END}, "5i", false},
	{"inspect-cache", 120, 40, {E_KMALLOC, STEP_END}, "1i/slab_cache\n\n", false},
	{"inspect-pgd", 80, 24, {E_FORK, STEP_END}, "3i/vm_mm\n\n/pgd\n\n", false},
	{"inspect-tree", 120, 40, {E_COPY, STEP_END}, "1i/mm \n\n/mm_rb\n\n", false},
	{"inspect-tree-80x24-ascii", 80, 24, {E_COPY, STEP_END}, "1i/mm \n\n/mm_rb\n\n", true},
	{"inspect-gdt", 120, 40, {E_COPY, STEP_END}, ":inspect gdt\n", false},
	{"inspect-desc", 80, 24, {E_COPY, STEP_END}, ":inspect sh ds:0\n", false},
	{"inspect-gone", 120, 40, {E_COPY, STEP_END}, "3inn", false},
};

START_TEST(the_inspector_is_as_the_golden_one)
{
	const struct golden *g = &golden[_i];

	screen_resize(&s, g->width, g->height);
	s.view.ascii = g->ascii;
	screen_goto(&s, g->when);
	for (const char *k = g->keys; *k; k++)
		screen_key(&s, *k == '\n' ? KEY_ENTER_ : (uint32_t)*k);
	compare_golden(g->name, frame(), "inspect");
}
END_TEST

Suite *inspect_suite(void)
{
	Suite *suite = suite_create("inspect");
	TCase *t = tcase_create("inspect");

	tcase_set_timeout(t, 0);
	tcase_add_checked_fixture(t, set_up, close_screen);
	tcase_add_test(t, task_struct_names_a_process_and_its_relatives);
	tcase_add_test(t, mm_struct_counts_what_was_promised_and_what_is_there);
	tcase_add_test(t, pointers_are_the_addresses_of_slab_objects);
	tcase_add_test(t, areas_lead_to_each_other_and_back_to_their_mm);
	tcase_add_test(t, vm_area_struct_has_its_rights_by_name);
	tcase_add_test(t, after_fork_an_anon_vma_knows_both_areas);
	tcase_add_test(t, struct_page_is_shared_by_fork_and_parts_on_write);
	tcase_add_test(t, a_free_block_has_its_order_in_private);
	tcase_add_test(t, page_table_entries_are_decoded);
	tcase_add_test(t, bit_63_says_that_nothing_may_be_executed);
	tcase_add_test(t, tables_list_what_is_present_and_fold_the_direct_map);
	tcase_add_test(t, files_have_one_page_cache_and_know_who_maps_them);
	tcase_add_test(t, zones_have_their_marks_and_lists);
	tcase_add_test(t, a_zone_keeps_pages_from_requests_for_each_type_of_zone_there_is);
	tcase_add_test(t, caches_lead_to_slabs_and_slabs_to_objects);
	tcase_add_test(t, known_objects_are_found_in_their_slabs);
	tcase_add_test(t, arrays_of_cpus_hold_free_objects);
	tcase_add_test(t, i_opens_what_is_chosen_as_the_panel_in_front_sees_it);
	tcase_add_test(t, the_object_that_is_explained_stays_in_sight);
	tcase_add_test(t, where_nothing_is_chosen_it_is_the_process_or_the_node);
	tcase_add_test(t, enter_follows_pointers_and_b_goes_back);
	tcase_add_test(t, what_is_followed_is_chosen_in_all_panels);
	tcase_add_test(t, a_pointer_that_is_null_leads_nowhere);
	tcase_add_test(t, fields_change_while_time_moves);
	tcase_add_test(t, what_is_gone_says_since_when);
	tcase_add_test(t, the_way_back_to_what_is_gone_stays);
	tcase_add_test(t, a_long_way_keeps_its_start_and_its_end);
	tcase_add_test(t, the_tree_has_the_areas_in_the_order_of_the_list);
	tcase_add_test(t, the_tree_is_drawn_with_the_way_of_the_search);
	tcase_add_test(t, the_search_is_seen_on_its_way);
	tcase_add_test(t, a_search_that_finds_nothing_says_so);
	tcase_add_test(t, a_large_tree_is_drawn_in_the_list);
	tcase_add_test(t, inspect_takes_names_and_addresses);
	tcase_add_test(t, inspect_says_what_is_wrong);
	tcase_add_test(t, what_the_kernel_maps_for_itself_has_structures);
	tcase_add_test(t, addresses_that_vmalloc_has_not_are_a_tree_of_ranges);
	tcase_add_test(t, tab_completes_what_can_be_inspected);
	tcase_add_loop_test(t, no_way_through_the_machine_breaks_it, 0, 4);
	tcase_add_loop_test(t, the_inspector_is_as_the_golden_one, 0,
			    sizeof(golden) / sizeof(golden[0]));
	suite_add_tcase(suite, t);
	return suite;
}
