/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Format files and what is made of them: where a field lies, how a state is spelled. */
#include "dat_make.h"
#include "read/fields_bin.h"

#define STR(s) ((struct tl_str){s, sizeof(s) - 1})
#define PRINT_4_14                                                                                           \
	"print fmt: \"prev_state=%s%s\", (REC->prev_state & ((((0x0000 | 0x0001) + 1) << 1) - 1)) ? "        \
	"__print_flags(REC->prev_state & ((((0x0000 | 0x0001) + 1) << 1) - 1), \"|\", { 0x0001, \"S\" }, "   \
	"{ 0x0002, \"D\" }, { 0x0004, \"T\" }, { 0x0008, \"t\" }, { 0x0010, \"X\" }, { 0x0020, \"Z\" }, "    \
	"{ 0x0040, \"P\" }, { 0x0080, \"I\" }) : \"R\", REC->prev_state & (((0x0000 | 0x0001) + 1) << 1) ? " \
	"\"+\" : \"\"\n"
/* of a 3.10 kernel's file */
#define PRINT_3_10                                                                                              \
	"print fmt: \"%s%s\", REC->prev_state & (1024-1) ? __print_flags(REC->prev_state & (1024-1), \"|\", "   \
	"{ 1, \"S\"} , { 2, \"D\" }, { 4, \"T\" }, { 8, \"t\" }, { 16, \"Z\" }, { 32, \"X\" }, { 64, \"x\" }, " \
	"{ 128, \"K\" }, { 256, \"W\" }, { 512, \"P\" }) : \"R\", REC->prev_state & 1024 ? \"+\" : \"\"\n"

static void declarations(void **state)
{
	static const char text[] =
		"name: all_kinds\nID: 77\n" MADE_COMMON
		"\tfield:char comm[16];\toffset:8;\tsize:16;\tsigned:0;\n"
		"\tfield:__data_loc char[] filename;\toffset:24;\tsize:4;\tsigned:0;\n"
		"\tfield:__rel_loc char[] relative;\toffset:28;\tsize:4;\tsigned:0;\n"
		"\tfield:const char * fmt;\toffset:32;\tsize:8;\tsigned:0;\n"
		"\tfield:unsigned long caller[8];\toffset:40;\tsize:64;\tsigned:0;\n"
		"\tfield:char old;\toffset:104;\tsize:1;\n"
		"\tfield:unsigned old2;\toffset:105;\tsize:1;\n"
		"\tfield:int huge;\toffset:99999999999;\tsize:4;\tsigned:1;\n"
		"\tfield:;\toffset:1;\tsize:4;\tsigned:1;\n"
		"\nprint fmt: \"x\"";
	const struct format_field *f;
	struct format fmt;

	assert_true(format_init(&fmt, STR(text)));
	assert_int_equal(fmt.id, 77);
	assert_int_equal(fmt.name.n, 9);
	assert_int_equal(fmt.field.n, 4 + 7);
	f = format_field_of(&fmt, "comm");
	assert_true(f->is_char && f->is_array && f->offset == 8 && f->size == 16);
	f = format_field_of(&fmt, "filename");
	assert_true(f->kind == FORMAT_DATA_LOC && f->is_char);
	assert_int_equal(format_field_of(&fmt, "relative")->kind, FORMAT_REL_LOC);
	f = format_field_of(&fmt, "fmt");
	assert_true(!f->is_char && !f->is_array && f->size == 8);
	f = format_field_of(&fmt, "caller");
	assert_true(f->is_array && !f->is_char && !f->is_signed);
	assert_true(format_field_of(&fmt, "old")->is_signed);
	assert_false(format_field_of(&fmt, "old2")->is_signed);
	assert_null(format_field_of(&fmt, "huge"));
	assert_int_equal(fmt.print.n, 3);
	format_fini(&fmt);
}

static void not_a_format(void **state)
{
	struct format fmt;

	assert_false(format_init(&fmt, STR("")));
	assert_false(format_init(&fmt, STR("name: x\n")));
	assert_false(format_init(&fmt, STR("ID: 7\nname: x\n")));
	assert_false(format_init(&fmt, STR("name: x\nID: -7\n")));
}

static void header_pages(void **state)
{
	struct format_page page;

	assert_true(format_page_of(STR(made_header_page), &page));
	assert_int_equal(page.commit_size, 8);
	assert_int_equal(page.data_offset, 16);
	assert_int_equal(page.data_size, 4080);
	assert_true(format_page_of(STR("\tfield: local_t commit;\toffset:8;\tsize:4;\tsigned:1;\n"
				       "\tfield: char data;\toffset:12;\tsize:4084;\tsigned:0;\n"),
				   &page));
	assert_int_equal(page.commit_size, 4);
	assert_false(format_page_of(STR("\tfield: char data;\toffset:12;\tsize:4084;\tsigned:0;\n"),
				    &page));
}

static void states_by_the_format(void **state)
{
	struct state_letters st;

	state_letters_of(STR(PRINT_4_14), &st);
	assert_int_equal(st.mask, 0xff);
	assert_int_equal(st.plus, 0x100);
	assert_int_equal(st.letter[7], 'I');
	state_letters_of(STR(PRINT_3_10), &st);
	assert_int_equal(st.mask, 0x3ff);
	assert_int_equal(st.plus, 0x400);
	assert_int_equal(st.letter[4], 'Z');
	assert_int_equal(st.letter[5], 'X');
	state_letters_of(STR("print fmt: \"%ld\", REC->prev_state"), &st);
	assert_int_equal(st.mask, 0);
	state_letters_of(STR("__print_flags(REC->prev_state \"|\", { 3, \"S\" }, {"), &st);
	assert_int_equal(st.mask, 0);
}

struct switch32 {
	struct made_entry e;
	char prev_comm[16];
	int32_t prev_pid, prev_prio, prev_state;
	uint32_t next_loc;
	char text[8];
};

/* A 32-bit kernel's long, an old state, and a name behind __data_loc. */
static void fields_of_a_record(void **state)
{
	static const char text[] =
		"name: sched_switch\nID: 9\n" MADE_COMMON
		"\tfield:char prev_comm[16];\toffset:8;\tsize:16;\tsigned:1;\n"
		"\tfield:pid_t prev_pid;\toffset:24;\tsize:4;\tsigned:1;\n"
		"\tfield:int prev_prio;\toffset:28;\tsize:4;\tsigned:1;\n"
		"\tfield:long prev_state;\toffset:32;\tsize:4;\tsigned:1;\n"
		"\tfield:__data_loc char[] next_comm;\toffset:36;\tsize:4;\tsigned:1;\n"
		"\tfield:char next_pid[4];\toffset:0;\tsize:4;\tsigned:1;\n"
		"\tfield:int next_prio;\toffset:400;\tsize:4;\tsigned:1;\n"
		"\n" PRINT_3_10;
	const struct tl_event_row *row = tl_event_row_of(TL_EVENT_SCHED_SWITCH);
	struct switch32 rec = {.prev_comm = "0123456789abcde",
			       .prev_pid = -1,
			       .prev_state = 16 | 1024,
			       .next_loc = 8u << 16 | 40,
			       .text = "bash"};
	bool big = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;
	struct field_plan plan;
	struct tl_fields f;
	struct format fmt;

	assert_true(format_init(&fmt, STR(text)));
	field_plan_of(row, &fmt, &plan);
	fields_from_record(&plan, &rec, sizeof(rec), big, &f);
	assert_int_equal(f.have, 1 << TL_F_SCHED_SWITCH_prev_comm |
					 1 << TL_F_SCHED_SWITCH_prev_pid |
					 1 << TL_F_SCHED_SWITCH_prev_prio |
					 1 << TL_F_SCHED_SWITCH_prev_state |
					 1 << TL_F_SCHED_SWITCH_next_comm);
	assert_int_equal(tl_field(&f, TL_F_SCHED_SWITCH_prev_comm).s.n, 15);
	assert_int_equal(tl_field(&f, TL_F_SCHED_SWITCH_prev_pid).i, -1);
	assert_int_equal(tl_field(&f, TL_F_SCHED_SWITCH_prev_state).i, 'Z' | TL_STATE_PREEMPTED);
	assert_int_equal(tl_field(&f, TL_F_SCHED_SWITCH_next_comm).s.n, 4);
	assert_memory_equal(tl_field(&f, TL_F_SCHED_SWITCH_next_comm).s.p, "bash", 4);
	/* a string that is said to lie outside, and a record that ends before a field */
	rec.next_loc = 8u << 16 | 41;
	fields_from_record(&plan, &rec, sizeof(rec), big, &f);
	assert_false(f.have & 1 << TL_F_SCHED_SWITCH_next_comm);
	fields_from_record(&plan, &rec, 30, big, &f);
	assert_int_equal(f.have,
			 1 << TL_F_SCHED_SWITCH_prev_comm | 1 << TL_F_SCHED_SWITCH_prev_pid);
	format_fini(&fmt);
}

/* Names and numbers only: nothing is taken out before it is asked for. */
static void fields_where_they_lie(void **state)
{
	static const char text[] = "name: sched_switch\nID: 9\n" MADE_COMMON
				   "\tfield:char prev_comm[16];\toffset:8;\tsize:16;\tsigned:1;\n"
				   "\tfield:pid_t prev_pid;\toffset:24;\tsize:4;\tsigned:1;\n"
				   "\tfield:long prev_state;\toffset:32;\tsize:4;\tsigned:1;\n"
				   "\n" PRINT_3_10;
	struct switch32 rec = {
		.prev_comm = "0123456789abcde", .prev_pid = -1, .prev_state = 16 | 1024};
	struct field_plan plan;
	struct tl_fields f;
	struct format fmt;

	assert_true(format_init(&fmt, STR(text)));
	field_plan_of(tl_event_row_of(TL_EVENT_SCHED_SWITCH), &fmt, &plan);
	fields_from_record(&plan, &rec, 36, __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__, &f);
	assert_int_equal(f.have, 1 << TL_F_SCHED_SWITCH_prev_comm |
					 1 << TL_F_SCHED_SWITCH_prev_pid |
					 1 << TL_F_SCHED_SWITCH_prev_state);
	assert_int_equal(field_int(&f, TL_F_SCHED_SWITCH_prev_pid), -1);
	assert_int_equal(field_int(&f, TL_F_SCHED_SWITCH_prev_state), 'Z' | TL_STATE_PREEMPTED);
	assert_int_equal(tl_field(&f, TL_F_SCHED_SWITCH_prev_comm).s.n, 15);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	assert_ptr_equal(field_comm(&f, TL_F_SCHED_SWITCH_prev_comm), rec.prev_comm);
	rec.prev_pid = 7;
	assert_int_equal(tl_field(&f, TL_F_SCHED_SWITCH_prev_pid).i, 7);
#endif
	/* a byte less, and the last one is not there */
	fields_from_record(&plan, &rec, 35, __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__, &f);
	assert_int_equal(f.have,
			 1 << TL_F_SCHED_SWITCH_prev_comm | 1 << TL_F_SCHED_SWITCH_prev_pid);
	assert_null(field_comm(&f, TL_F_SCHED_SWITCH_prev_comm));
	format_fini(&fmt);
}

static void relative_strings(void **state)
{
	static const char text[] =
		"name: sched_process_exec\nID: 9\n" MADE_COMMON
		"\tfield:__rel_loc char[] filename;\toffset:8;\tsize:4;\tsigned:1;\n";
	struct {
		struct made_entry e;
		uint32_t loc;
		char pad[4], text[8];
	} rec = {.loc = 8u << 16 | 4, .text = "/bin/x"};
	struct field_plan plan;
	struct tl_fields f;
	struct format fmt;

	assert_true(format_init(&fmt, STR(text)));
	field_plan_of(tl_event_row_of(TL_EVENT_SCHED_PROCESS_EXEC), &fmt, &plan);
	fields_from_record(&plan, &rec, sizeof(rec), __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__, &f);
	assert_int_equal(f.have, 1 << TL_F_SCHED_PROCESS_EXEC_filename);
	assert_int_equal(tl_field(&f, TL_F_SCHED_PROCESS_EXEC_filename).s.n, 6);
	format_fini(&fmt);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(declarations),		cmocka_unit_test(not_a_format),
		cmocka_unit_test(header_pages),		cmocka_unit_test(states_by_the_format),
		cmocka_unit_test(fields_of_a_record),	cmocka_unit_test(relative_strings),
		cmocka_unit_test(fields_where_they_lie),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
