#!/bin/sh
# The program of x86-64.txt, byte by byte: hello.sh for 64 bits.  Addresses, and sizes in tables, are words of 8 bytes.
#
#     sh hello64.sh >hello64
#
# It is a real program: 64-bit Linux on an Intel processor runs it, it says "hello, world".  Its pieces lie as those of
# hello do, where linkers of x86-64 put them:
#
#     file             memory             rights   what
#     0000 - 20c0      400000 - 4020c0    r-x      this header, then the code: _start, count, fill, a page each
#     3000 - 300e      403000 - 40300e    r--      greeting
#     4000 - 5400      404000 - 405400    rw-      counter, table
#                      405400 - 408400    rw-      flag, buffer: in memory only, zeros (bss)
set -eu

code=0x400000 rodata=0x403000 data=0x404000

# bytes, half, word, quad, text, zeros_to.
. "$(dirname "$0")/elf-bytes.sh"

# call: the distance is counted from the next instruction.
call() {
	bytes e8
	word $(($1 - (code + at + 4)))
}

_start=$((code + 0x200)) count=$((code + 0x1080)) fill=$((code + 0x20b0))
counter=$((data)) flag=$((data + 0x1400)) buffer=$((data + 0x2000))
symbols=0x5400 strings=0x5500 names=0x5540 sections=0x5560

# The ELF header: magic number, 64 bits, lowest byte first, version 1; then what it is and where things are.
bytes 7f 45 4c 46 02 01 01
zeros_to 16
half 2 62                       # ET_EXEC: a program with fixed addresses; EM_X86_64
word 1                          # version
quad $_start 64 $sections       # entry point, program headers, section headers
word 0                          # flags
half 64 56 4 64 5 4             # sizes and numbers of headers; the section that holds the sections' names

# Program headers, all that execve reads: kind, rights (1 x, 2 w, 4 r), place in the file, address (twice), bytes in
# the file, bytes in memory, alignment.
segment() { word "$1" "$2"; quad "$3" "$4" "$4" "$5" "$6" "$7"; }
segment 1 5 0 $code 0x20c0 0x20c0 0x1000        # PT_LOAD r-x
segment 1 4 0x3000 $rodata 0xe 0xe 0x1000       # PT_LOAD r--
segment 1 6 0x4000 $data 0x1400 0x4400 0x1000   # PT_LOAD rw-
segment 0x6474e551 6 0 0 0 0 16                 # PT_GNU_STACK: the stack need not be executable

zeros_to 0x200                     # _start:
bytes b8; word 1                #       mov  eax, 1         the system call write
bytes bf; word 1                #       mov  edi, 1         of standard output,
bytes be; word $rodata          #       mov  esi, greeting
bytes ba; word 13               #       mov  edx, 13
bytes 0f 05                     #       syscall
call $count                     #       call count
call $fill                      #       call fill
bytes b8; word 60               #       mov  eax, 60        the system call exit
bytes 31 ff                     #       xor  edi, edi
bytes 0f 05                     #       syscall

zeros_to 0x1080                    # count:
bytes ff 04 25; word $counter   #       inc  dword [counter]
bytes c3                        #       ret

zeros_to 0x20b0                    # fill:
bytes c6 04 25; word $buffer    #       mov  byte [buffer], 'A'
bytes 41 c3                     #       ret

zeros_to 0x3000
text 'hello, world\n'           # greeting

zeros_to 0x4000
word 7                          # counter: begins with 7
zeros_to 0x5000
word 1 2 4 8 16 32 64 128       # table
zeros_to 0x5400

# What follows no segment holds: names for those who look into the file.  A symbol: its name's place among the
# strings, kind (0x12 a function, 0x11 data, for all to see), 0, section, address, size.
symbol() { word "$1"; bytes "$2" 00; half "$3"; quad "$4" "$5"; }
symbol 0 00 0 0 0
symbol 1 12 1 $_start 41
symbol 8 12 1 $count 8
symbol 14 12 1 $fill 9
symbol 19 11 1 $((rodata)) 14
symbol 28 11 1 $counter 4
symbol 36 11 1 $((data + 0x1000)) 32
symbol 42 11 1 $flag 4
symbol 47 11 1 $buffer 8192
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
section() { word "$1" "$2"; quad "$3" "$4" "$5" "$6"; word "$7" "$8"; quad "$9" "${10}"; }
zeros_to $sections
section 0 0 0 0 0 0 0 0 0 0
section 1 1 2 $code 0 0x5400 0 0 4096 0
section 7 2 0 0 $symbols 216 3 1 8 24
section 15 3 0 0 $strings 54 0 0 1 0
section 23 3 0 0 $names 30 0 0 1 0
