# What hello.sh and hello64.sh write their bytes with; $at is how many there are already.
at=0

# Bytes, given in hexadecimal; values of 2, 4 and 8 bytes, the lowest byte first, as Intel stores them.
bytes() {
	for byte in "$@"; do printf "\\$(printf %03o "0x$byte")"; done
	at=$((at + $#))
}
half() { for value in "$@"; do bytes $(printf '%02x %02x' $((value & 255)) $((value >> 8 & 255))); done; }
word() { for value in "$@"; do half $((value & 65535)) $((value >> 16 & 65535)); done; }
quad() { for value in "$@"; do word $((value & 0xffffffff)) $((value >> 32 & 0xffffffff)); done; }
# A text, with a zero behind it.
text() {
	printf "$1\\000"
	at=$((at + $(printf "$1" | wc -c) + 1))
}
# Zeros up to a place in the file.
zeros_to() {
	head -c $(($1 - at)) /dev/zero
	at=$(($1))
}
