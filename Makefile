# mmviz: watch a kernel's memory manager work.
#
#   make            build ./mmviz            make demo    install what is missing, build, open a scenario
#   make check      install what is missing, run all tests (TEST=name: one group, see tests/run.sh)
#   make bench      measure the budgets      make lint    format, cppcheck, clang-tidy
#   make layers     prove ui -> src -> sim   make asan    the tests under ASan and UBSan
#   make coverage   lines run by the tests   make screenshots   draw screenshots/*.svg again
#   make random     SEEDS=N/FROM: random scenarios, for hours
#   make record     CASE=FILES or RANDOM=N SEED=S: scenarios on a real kernel, against our machine
#   make replay     DIR=FOLDER: a kernel's transcripts against our machine
#   make valgrind   the unit tests, no leaks make fuzz    libFuzzer: parser and ELF (FUZZ_SECONDS=60)
#   make clean      remove what was built    make install DESTDIR= PREFIX=/usr/local
#   make help       this page (V=1 shows the commands)
#
# Sources are found by folder: a new file in sim/, src/ or ui/ is built, tests/test_*.c goes into the test
# program, tests/bench_*.c is a measuring program of its own, tests/fuzz_*.c a fuzzer of its own.

VERSION := 0.1.0
PREFIX  ?= /usr/local
BUILD   ?= build
CC      ?= cc
# A step's arguments go faster to memory one by one than packed in pairs: 5 % of a simulated fault with gcc.
OPT     ?= -O2 -g -fno-tree-slp-vectorize
WARN    := -Wall \
           -Wextra \
           -Wshadow \
           -Wstrict-prototypes \
           -Wmissing-prototypes \
           -Wwrite-strings \
           -Wvla
SAN     ?=
PKG     ?= pkg-config
PROG    := $(if $(filter build,$(BUILD)),mmviz,$(BUILD)/mmviz)

Q       := $(if $(V),,@)
say      = $(if $(V),:,echo " $(1)  $@")

objects = $(patsubst %.c,$(BUILD)/%.o,$(sort $(wildcard $(1))))
SIM     := $(call objects,sim/*.c)
SRC     := $(call objects,src/*.c)
UI      := $(call objects,ui/*.c)
LIB     := $(filter-out %/main.o,$(SIM) $(SRC) $(UI))
TESTS   := $(call objects,tests/test_*.c tests/random_*.c tests/check_main.c)
REPLAY  := $(call objects,tests/replay*.c)
BENCHES := $(patsubst tests/%.c,$(BUILD)/%,$(sort $(wildcard tests/bench_*.c)))
FUZZERS := $(patsubst tests/%.c,$(BUILD)/%,$(sort $(wildcard tests/fuzz_*.c)))

# Looked up when a recipe needs them: after `setup` may have installed the libraries.
CPP     = -std=c11 -D_GNU_SOURCE -DMMVIZ_VERSION='"$(VERSION)"' -I. $(shell $(PKG) --cflags ncursesw libelf)
LIBS    = $(shell $(PKG) --libs ncursesw libelf)
CHECK   = $(shell $(PKG) --libs check)

$(PROG): $(SIM) $(SRC) $(UI)
	@$(call say,LD)
	$(Q)$(CC) $(SAN) $(LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	@$(call say,CC)
	$(Q)$(CC) $(CPP) $(WARN) $(OPT) $(SAN) $(CFLAGS) -MMD -MP -c -o $@ $<

# A suite's one public function is declared where all of them are listed, in suites.h.
$(BUILD)/tests/%.o: WARN += -Wno-missing-prototypes
$(BUILD)/tests/%.o: CPP += $(shell $(PKG) --cflags check 2>/dev/null)

# An allocation can be told to fail: tests/test_no_memory.c stands before the C library's.
$(BUILD)/tests/unit: LDFLAGS += -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=strdup
$(BUILD)/tests/unit: $(LIB) $(TESTS)
	@$(call say,LD)
	$(Q)$(CC) $(SAN) $(LDFLAGS) -o $@ $^ $(CHECK) $(LIBS)

$(BUILD)/replay: $(LIB) $(REPLAY)
	@$(call say,LD)
	$(Q)$(CC) $(SAN) $(LDFLAGS) -o $@ $^ $(LIBS)

# The two sides of a recording: one in the model, one as PID 1 of a real kernel, for i386 and without a library to load.
$(BUILD)/record-script: $(LIB) $(call objects,tests/record/script.c tests/record/fields.c tests/random_writer.c)
	@$(call say,LD)
	$(Q)$(CC) $(SAN) $(LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/record-guest: $(wildcard tests/record/guest*.c) tests/record/fields.c $(wildcard tests/record/*.h)
	@mkdir -p $(@D)
	@$(call say,CC)
	$(Q)$(CC) -m32 -static -std=c11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 $(WARN) -O2 -o $@ $(filter %.c,$^)

$(BUILD)/bench_%: $(LIB) $(BUILD)/tests/bench_%.o
	@$(call say,LD)
	$(Q)$(CC) $(SAN) $(LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/fuzz_%: $(SIM) $(SRC) $(BUILD)/tests/fuzz_%.o
	@$(call say,LD)
	$(Q)$(CC) $(SAN) -fsanitize=fuzzer $(LDFLAGS) -o $@ $^ $(LIBS)

.SECONDARY:
.PHONY: all demo check run-tests random record replay bench fuzz run-fuzz lint layers asan valgrind coverage screenshots install clean help
all: $(PROG)

demo:
	@.ci/setup build
	@$(MAKE) --no-print-directory mmviz
	./mmviz scenarios/cow.txt

check:
	@.ci/setup check
	@$(MAKE) --no-print-directory run-tests

run-tests: $(PROG) $(BUILD)/tests/unit $(BUILD)/replay
	@PROG=$(PROG) UNIT=$(BUILD)/tests/unit REPLAY=$(BUILD)/replay tests/run.sh $(TEST)

random: $(BUILD)/tests/unit
	MMVIZ_RANDOM_SEEDS=$(or $(SEEDS),100000/1000000) $(BUILD)/tests/unit random

record:
	@.ci/setup record
	@$(MAKE) --no-print-directory $(BUILD)/record-script $(BUILD)/record-guest
	@tests/record/record.sh $(if $(RANDOM),RANDOM $(or $(SEED),1) $(RANDOM),CASE $(or $(CASE),tests/cases/*.txt))

replay: $(BUILD)/replay
	@$(BUILD)/replay $(or $(DIR),tests/recorded/kernel tests/recorded/facts)

asan:
	@.ci/setup check
	@$(MAKE) --no-print-directory BUILD=build/asan OPT='-O1 -g -fno-omit-frame-pointer' \
		SAN='-fsanitize=address,undefined -fno-sanitize-recover=all' run-tests

bench: $(PROG) $(BENCHES)
	@PROG=$(PROG) BUILD=$(BUILD) tests/bench.sh

fuzz:
	@.ci/setup fuzz
	@$(MAKE) --no-print-directory BUILD=build/fuzz CC=clang OPT='-O1 -g -fno-omit-frame-pointer' \
		SAN='-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all' run-fuzz

run-fuzz: $(FUZZERS)
	@BUILD=$(BUILD) CC=$(CC) tests/fuzz.sh $(FUZZ)

lint:
	@.ci/setup lint
	@tests/lint.sh

layers: $(SIM) $(SRC) $(UI)
	@BUILD=$(BUILD) tests/layers.sh

valgrind: $(BUILD)/tests/unit
	@UNIT=$(BUILD)/tests/unit tests/valgrind.sh $(SUITES)

coverage:
	@$(MAKE) --no-print-directory BUILD=build/coverage OPT='-O0 -g' SAN=--coverage run-tests
	@cd build/coverage && gcov -n sim/*.o src/*.o ui/*.o 2>/dev/null | grep -A1 "^File '[su]" | paste - - - | sort

screenshots: $(PROG)
	@PROG=./$(PROG) screenshots/draw.sh

install: $(PROG)
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1 $(DESTDIR)$(PREFIX)/share/man/man5 \
		$(DESTDIR)$(PREFIX)/share/mmviz/scenarios
	install -m 755 $(PROG) $(DESTDIR)$(PREFIX)/bin/mmviz
	install -m 644 docs/mmviz.1 $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 644 docs/mmviz-scenario.5 $(DESTDIR)$(PREFIX)/share/man/man5
	install -m 644 scenarios/* $(DESTDIR)$(PREFIX)/share/mmviz/scenarios

clean:
	rm -rf build mmviz

help:
	@sed -n '/^#   /s/^# //p' Makefile

-include $(LIB:.o=.d) $(BUILD)/ui/main.d $(wildcard $(BUILD)/tests/*.d $(BUILD)/tests/record/*.d)
