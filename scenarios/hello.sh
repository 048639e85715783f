#!/bin/sh
# The program of exec.txt and same-address.txt, byte by byte: a static ELF file for i386, made without a compiler.
#
#     sh hello.sh >hello
#
# It is a real program: Linux on an Intel processor runs it, it says "hello, world".  Its pieces lie so that every
# rule of execve can be seen on a page of its own:
#
#     file             memory                 rights   what
#     0000 - 20c0      08048000 - 0804a0c0    r-x      this header, then the code: _start, count, fill, a page each
#     3000 - 300e      0804b000 - 0804b00e    r--      greeting
#     4000 - 5400      0804c000 - 0804d400    rw-      counter, table
#                      0804d400 - 08050400    rw-      flag, buffer: in memory only, zeros (bss)
#
# The file part of the last segment ends inside the page 0804d000: the kernel has to clear the rest of that page,
# where flag lies, and so it touches that page before the program runs.
set -eu

code=0x08048000 rodata=0x0804b000 data=0x0804c000

# bytes, half, word, quad, text, zeros_to.
. "$(dirname "$0")/elf-bytes.sh"

# call: the distance is counted from the next instruction.
call() {
	bytes e8
	word $(($1 - (code + at + 4)))
}

_start=$((code + 0x100)) count=$((code + 0x1080)) fill=$((code + 0x20b0))
counter=$((data)) flag=$((data + 0x1400)) buffer=$((data + 0x2000))
symbols=0x5400 strings=0x54a0 names=0x54e0 sections=0x5500

# The ELF header: magic number, 32 bits, lowest byte first, version 1; then what it is and where things are.
bytes 7f 45 4c 46 01 01 01
zeros_to 16
half 2 3                        # ET_EXEC: a program with fixed addresses; EM_386
word 1 $_start 52 $sections 0   # version, entry point, program headers, section headers, flags
half 52 32 4 40 5 4             # sizes and numbers of headers; the section that holds the sections' names

# Program headers, all that execve reads: kind, place in the file, address (twice), bytes in the file, bytes in
# memory, rights (1 x, 2 w, 4 r), alignment.
word 1 0 $code $code 0x20c0 0x20c0 5 0x1000             # PT_LOAD r-x
word 1 0x3000 $rodata $rodata 0xe 0xe 4 0x1000          # PT_LOAD r--
word 1 0x4000 $data $data 0x1400 0x4400 6 0x1000        # PT_LOAD rw-
word 0x6474e551 0 0 0 0 0 6 4                           # PT_GNU_STACK: the stack need not be executable

zeros_to 0x100                     # _start:
bytes b8; word 4                #       mov  eax, 4         the system call write
bytes bb; word 1                #       mov  ebx, 1         of standard output,
bytes b9; word $rodata          #       mov  ecx, greeting
bytes ba; word 13               #       mov  edx, 13
bytes cd 80                     #       int  0x80
call $count                     #       call count
call $fill                      #       call fill
bytes b8; word 1                #       mov  eax, 1         the system call exit
bytes 31 db                     #       xor  ebx, ebx
bytes cd 80                     #       int  0x80

zeros_to 0x1080                    # count:
bytes ff 05; word $counter      #       inc  dword [counter]
bytes c3                        #       ret

zeros_to 0x20b0                    # fill:
bytes c6 05; word $buffer       #       mov  byte [buffer], 'A'
bytes 41 c3                     #       ret

zeros_to 0x3000
text 'hello, world\n'           # greeting

zeros_to 0x4000
word 7                          # counter: begins with 7
zeros_to 0x5000
word 1 2 4 8 16 32 64 128       # table
zeros_to 0x5400

# What follows no segment holds: names for those who look into the file.  A symbol: its name's place among the
# strings, address, size, kind (0x12 a function, 0x11 data, for all to see), 0, section.
symbol() { word "$1" "$2" "$3"; bytes "$4" 00; half "$5"; }
symbol 0 0 0 00 0
symbol 1 $_start 42 12 1
symbol 8 $count 7 12 1
symbol 14 $fill 8 12 1
symbol 19 $((rodata)) 14 11 1
symbol 28 $counter 4 11 1
symbol 36 $((data + 0x1000)) 32 11 1
symbol 42 $flag 4 11 1
symbol 47 $buffer 8192 11 1
zeros_to $strings
text ''
text _start
text count
text fill
text greeting
text counter
text table
text flag
text buffer
zeros_to $names
text ''
text .load
text .symtab
text .strtab
text .names

# Section headers: name, kind, rights, address, place, bytes, link, info, alignment, bytes of an entry.
zeros_to $sections
word 0 0 0 0 0 0 0 0 0 0
word 1 1 2 $code 0 0x5400 0 0 4096 0
word 7 2 0 0 $symbols 144 3 1 4 16
word 15 3 0 0 $strings 54 0 0 1 0
word 23 3 0 0 $names 30 0 0 1 0
