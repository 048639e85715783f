/*
 * What the roles look like.
 *
 * The rules behind the tables, for a lecture hall and for eyes that tell red from green badly:
 *
 *	at rest the screen is quiet: text and frames are grey, colour is for memory and for what happened;
 *	what the last step changed is the only thing on a bright ground, and the chosen object the only one
 *	on a blue ground;
 *	uses of memory differ in lightness as well as in hue, and the panels give each a shape of its own;
 *	text has at least 7:1 contrast with its ground, what is dimmed 4.5:1 (tests/test_grid.c measures it).
 *
 * All colours are among the 256 of xterm: levels 00 5f 87 af d7 ff, and the greys 08 + 10 n.
 */
#include "theme.h"

#include <string.h>

enum { OWN = -1, OWN16 = 255 };

enum { BLACK, RED, GREEN, YELLOW, BLUE, MAGENTA, CYAN, WHITE, BRIGHT };

/* clang-format off */
static const struct theme theme_table[] = {
	{
		.name = "dark", .fg = 0xdadada, .bg = 0x121212, .fg16 = WHITE, .bg16 = BLACK,
		.style = {
			[ROLE_NORMAL] =          {0xdadada, OWN,      WHITE,            OWN16,  0},
			[ROLE_DIM] =             {0x949494, OWN,      WHITE,            OWN16,  0},
			[ROLE_TITLE] =           {0xeeeeee, OWN,      WHITE,            OWN16,  ATTR_BOLD},
			[ROLE_BORDER] =          {0x585858, OWN,      WHITE,            OWN16,  0},
			[ROLE_BORDER_ACTIVE] =   {0x5fd7ff, OWN,      CYAN + BRIGHT,    OWN16,  0},
			[ROLE_LABEL] =           {0x87afd7, OWN,      CYAN,             OWN16,  0},
			[ROLE_NUMBER] =          {0xeeeeee, OWN,      WHITE + BRIGHT,   OWN16,  0},
			[ROLE_KEY] =             {0xffd75f, 0x303030, BLUE,             WHITE,    ATTR_BOLD},
			[ROLE_STATUS] =          {0xeeeeee, 0x303030, BLACK,            WHITE,    0},
			[ROLE_NARRATION] =       {0xeeeeee, OWN,      WHITE + BRIGHT,   OWN16,  0},
			[ROLE_ERROR] =           {0xff8787, OWN,      RED + BRIGHT,     OWN16,  ATTR_BOLD},
			[ROLE_OK] =              {0x87d787, OWN,      GREEN + BRIGHT,   OWN16,  0},
			[ROLE_WARN] =            {0xffaf5f, OWN,      YELLOW,           OWN16,  0},
			[ROLE_CHANGED] =         {0x121212, 0xffd75f, BLACK,            YELLOW, ATTR_BOLD},
			[ROLE_CHANGED_EVENT] =   {0xffd75f, OWN,      YELLOW + BRIGHT,  OWN16,  0},
			[ROLE_CHOSEN] =          {0xffffff, 0x005faf, WHITE + BRIGHT,   BLUE,   ATTR_BOLD},
			[ROLE_CURRENT] =         {0xffffff, 0x3a3a3a, BLACK,            CYAN,     ATTR_BOLD},
			[ROLE_FREE] =            {0x5faf5f, OWN,      GREEN,            OWN16,  0},
			[ROLE_PCP] =             {0xafd75f, OWN,      GREEN + BRIGHT,   OWN16,  0},
			[ROLE_RESERVED] =        {0x8a8a8a, OWN,      WHITE,            OWN16,  0},
			[ROLE_KERNEL] =          {0xd7af87, OWN,      YELLOW,           OWN16,  0},
			[ROLE_SLAB] =            {0xd7d75f, OWN,      YELLOW + BRIGHT,  OWN16,  0},
			[ROLE_TABLE] =           {0xaf87ff, OWN,      MAGENTA,          OWN16,  0},
			[ROLE_ANON] =            {0xff875f, OWN,      RED + BRIGHT,     OWN16,  0},
			[ROLE_SHARED] =          {0xff87d7, OWN,      MAGENTA + BRIGHT, OWN16,  0},
			[ROLE_FILE] =            {0x5fafff, OWN,      BLUE + BRIGHT,    OWN16,  0},
			[ROLE_SHMEM] =           {0x5fd7d7, OWN,      CYAN,             OWN16,  0},
			[ROLE_ZERO] =            {0xbcbcbc, OWN,      WHITE,            OWN16,  0},
			[ROLE_HOLE] =            {0x585858, OWN,      WHITE,            OWN16,  0},
			[ROLE_MARK_MIN] =        {0xff5f5f, OWN,      RED + BRIGHT,     OWN16,  ATTR_BOLD},
			[ROLE_MARK_LOW] =        {0xffaf00, OWN,      YELLOW + BRIGHT,  OWN16,  ATTR_BOLD},
			[ROLE_MARK_HIGH] =       {0x87d75f, OWN,      GREEN + BRIGHT,   OWN16,  ATTR_BOLD},
			[ROLE_GAUGE] =           {0x5fafd7, OWN,      CYAN,             OWN16,  0},
			[ROLE_FAULT] =           {0xff8787, OWN,      RED + BRIGHT,     OWN16,  0},
			[ROLE_COW] =             {0xff87ff, OWN,      MAGENTA + BRIGHT, OWN16,  0},
			[ROLE_PROCESS_1] =       {0x87d7ff, OWN,      CYAN + BRIGHT,    OWN16,  0},
			[ROLE_PROCESS_2] =       {0xffaf87, OWN,      YELLOW + BRIGHT,  OWN16,  0},
			[ROLE_PROCESS_3] =       {0xafff87, OWN,      GREEN + BRIGHT,   OWN16,  0},
			[ROLE_SAY] =             {0xafd7ff, OWN,      CYAN + BRIGHT,    OWN16,  0},
			[ROLE_NOW] =             {0x121212, 0x5fd7ff, BLACK,            CYAN,   ATTR_BOLD},
		},
	},
	{
		.name = "light", .fg = 0x1c1c1c, .bg = 0xffffff, .fg16 = BLACK, .bg16 = WHITE + BRIGHT,
		.style = {
			[ROLE_NORMAL] =          {0x1c1c1c, OWN,      BLACK,            OWN16,  0},
			[ROLE_DIM] =             {0x6c6c6c, OWN,      BLACK,            OWN16,  0},
			[ROLE_TITLE] =           {0x080808, OWN,      BLACK,            OWN16,  ATTR_BOLD},
			[ROLE_BORDER] =          {0xa8a8a8, OWN,      BLACK,            OWN16,  0},
			[ROLE_BORDER_ACTIVE] =   {0x0000d7, OWN,      BLUE,             OWN16,  0},
			[ROLE_LABEL] =           {0x005f87, OWN,      BLUE,             OWN16,  0},
			[ROLE_NUMBER] =          {0x080808, OWN,      BLACK,            OWN16,  0},
			[ROLE_KEY] =             {0x870000, 0xdadada, RED,              WHITE,  ATTR_BOLD},
			[ROLE_STATUS] =          {0x1c1c1c, 0xdadada, BLACK,            WHITE,  0},
			[ROLE_NARRATION] =       {0x080808, OWN,      BLACK,            OWN16,  0},
			[ROLE_ERROR] =           {0xaf0000, OWN,      RED,              OWN16,  ATTR_BOLD},
			[ROLE_OK] =              {0x005f00, OWN,      GREEN,            OWN16,  0},
			[ROLE_WARN] =            {0x875f00, OWN,      RED,              OWN16,  0},
			[ROLE_CHANGED] =         {0x080808, 0xffd700, BLACK,            YELLOW, ATTR_BOLD},
			[ROLE_CHANGED_EVENT] =   {0x870000, 0xffffaf, RED,              OWN16,  0},
			[ROLE_CHOSEN] =          {0xffffff, 0x005faf, WHITE + BRIGHT,   BLUE,   ATTR_BOLD},
			[ROLE_CURRENT] =         {0x080808, 0xd7d7ff, BLACK,            CYAN,   ATTR_BOLD},
			[ROLE_FREE] =            {0x008700, OWN,      GREEN,            OWN16,  0},
			[ROLE_PCP] =             {0x5f8700, OWN,      GREEN,            OWN16,  0},
			[ROLE_RESERVED] =        {0x767676, OWN,      BLACK,            OWN16,  0},
			[ROLE_KERNEL] =          {0x875f5f, OWN,      BLACK,            OWN16,  0},
			[ROLE_SLAB] =            {0x5f5f00, OWN,      BLACK,            OWN16,  0},
			[ROLE_TABLE] =           {0x5f00d7, OWN,      MAGENTA,          OWN16,  0},
			[ROLE_ANON] =            {0xd75f00, OWN,      RED,              OWN16,  0},
			[ROLE_SHARED] =          {0xaf0087, OWN,      MAGENTA,          OWN16,  0},
			[ROLE_FILE] =            {0x005fd7, OWN,      BLUE,             OWN16,  0},
			[ROLE_SHMEM] =           {0x008787, OWN,      CYAN,             OWN16,  0},
			[ROLE_ZERO] =            {0x6c6c6c, OWN,      BLACK,            OWN16,  0},
			[ROLE_HOLE] =            {0xbcbcbc, OWN,      WHITE,            OWN16,  0},
			[ROLE_MARK_MIN] =        {0xd70000, OWN,      RED,              OWN16,  ATTR_BOLD},
			[ROLE_MARK_LOW] =        {0xaf5f00, OWN,      MAGENTA,          OWN16,  ATTR_BOLD},
			[ROLE_MARK_HIGH] =       {0x005f00, OWN,      GREEN,            OWN16,  ATTR_BOLD},
			[ROLE_GAUGE] =           {0x0087af, OWN,      CYAN,             OWN16,  0},
			[ROLE_FAULT] =           {0xaf0000, OWN,      RED,              OWN16,  0},
			[ROLE_COW] =             {0x8700af, OWN,      MAGENTA,          OWN16,  0},
			[ROLE_PROCESS_1] =       {0x005faf, OWN,      BLUE,             OWN16,  0},
			[ROLE_PROCESS_2] =       {0xaf5f00, OWN,      RED,              OWN16,  0},
			[ROLE_PROCESS_3] =       {0x008700, OWN,      GREEN,            OWN16,  0},
			[ROLE_SAY] =             {0x0000af, OWN,      BLUE,             OWN16,  0},
			[ROLE_NOW] =             {0xffffff, 0x0000d7, WHITE + BRIGHT,   BLUE,   ATTR_BOLD},
		},
	},
	{
		.name = "contrast", .fg = 0xffffff, .bg = 0x000000, .fg16 = WHITE + BRIGHT, .bg16 = BLACK,
		.style = {
			[ROLE_NORMAL] =          {0xffffff, OWN,      WHITE + BRIGHT,   OWN16,  0},
			[ROLE_DIM] =             {0xbcbcbc, OWN,      WHITE,            OWN16,  0},
			[ROLE_TITLE] =           {0xffffff, OWN,      WHITE + BRIGHT,   OWN16,  ATTR_BOLD},
			[ROLE_BORDER] =          {0x949494, OWN,      WHITE,            OWN16,  0},
			[ROLE_BORDER_ACTIVE] =   {0xffff00, OWN,      YELLOW + BRIGHT,  OWN16,  ATTR_BOLD},
			[ROLE_LABEL] =           {0x87ffff, OWN,      CYAN + BRIGHT,    OWN16,  0},
			[ROLE_NUMBER] =          {0xffffff, OWN,      WHITE + BRIGHT,   OWN16,  0},
			[ROLE_KEY] =             {0x000000, 0xffff00, BLACK,            YELLOW, ATTR_BOLD},
			[ROLE_STATUS] =          {0xffffff, 0x00005f, WHITE + BRIGHT,   BLUE,   ATTR_BOLD},
			[ROLE_NARRATION] =       {0xffffff, OWN,      WHITE + BRIGHT,   OWN16,  ATTR_BOLD},
			[ROLE_ERROR] =           {0xffffff, 0xaf0000, WHITE + BRIGHT,   RED,    ATTR_BOLD},
			[ROLE_OK] =              {0x00ff00, OWN,      GREEN + BRIGHT,   OWN16,  ATTR_BOLD},
			[ROLE_WARN] =            {0xffaf00, OWN,      YELLOW + BRIGHT,  OWN16,  ATTR_BOLD},
			[ROLE_CHANGED] =         {0x000000, 0xffff00, BLACK,            YELLOW, ATTR_BOLD},
			[ROLE_CHANGED_EVENT] =   {0xffff00, OWN,      YELLOW + BRIGHT,  OWN16,  ATTR_BOLD},
			[ROLE_CHOSEN] =          {0x000000, 0x00ffff, BLACK,            CYAN,   ATTR_BOLD},
			[ROLE_CURRENT] =         {0x000000, 0xffffff, BLACK,            WHITE,  ATTR_BOLD},
			[ROLE_FREE] =            {0x00d700, OWN,      GREEN + BRIGHT,   OWN16,  0},
			[ROLE_PCP] =             {0xafff5f, OWN,      GREEN + BRIGHT,   OWN16,  0},
			[ROLE_RESERVED] =        {0xa8a8a8, OWN,      WHITE,            OWN16,  0},
			[ROLE_KERNEL] =          {0xffd7af, OWN,      YELLOW,           OWN16,  0},
			[ROLE_SLAB] =            {0xffff5f, OWN,      YELLOW + BRIGHT,  OWN16,  0},
			[ROLE_TABLE] =           {0xd7afff, OWN,      MAGENTA + BRIGHT, OWN16,  0},
			[ROLE_ANON] =            {0xff875f, OWN,      RED + BRIGHT,     OWN16,  0},
			[ROLE_SHARED] =          {0xff5fff, OWN,      MAGENTA + BRIGHT, OWN16,  ATTR_BOLD},
			[ROLE_FILE] =            {0x5fafff, OWN,      CYAN + BRIGHT,    OWN16,  0},
			[ROLE_SHMEM] =           {0x00ffff, OWN,      CYAN + BRIGHT,    OWN16,  0},
			[ROLE_ZERO] =            {0xd0d0d0, OWN,      WHITE,            OWN16,  0},
			[ROLE_HOLE] =            {0x767676, OWN,      WHITE,            OWN16,  0},
			[ROLE_MARK_MIN] =        {0xff5f5f, OWN,      RED + BRIGHT,     OWN16,  ATTR_BOLD},
			[ROLE_MARK_LOW] =        {0xffaf00, OWN,      YELLOW + BRIGHT,  OWN16,  ATTR_BOLD},
			[ROLE_MARK_HIGH] =       {0x00ff00, OWN,      GREEN + BRIGHT,   OWN16,  ATTR_BOLD},
			[ROLE_GAUGE] =           {0x5fd7ff, OWN,      CYAN + BRIGHT,    OWN16,  0},
			[ROLE_FAULT] =           {0xff8787, OWN,      RED + BRIGHT,     OWN16,  ATTR_BOLD},
			[ROLE_COW] =             {0xff87ff, OWN,      MAGENTA + BRIGHT, OWN16,  ATTR_BOLD},
			[ROLE_PROCESS_1] =       {0x87ffff, OWN,      CYAN + BRIGHT,    OWN16,  0},
			[ROLE_PROCESS_2] =       {0xffd787, OWN,      YELLOW + BRIGHT,  OWN16,  0},
			[ROLE_PROCESS_3] =       {0xafff87, OWN,      GREEN + BRIGHT,   OWN16,  0},
			[ROLE_SAY] =             {0xd7ffff, OWN,      CYAN + BRIGHT,    OWN16,  ATTR_BOLD},
			[ROLE_NOW] =             {0x000000, 0xffff00, BLACK,            YELLOW, ATTR_BOLD},
		},
	},
};
/* clang-format on */

enum { NR_THEMES = sizeof(theme_table) / sizeof(theme_table[0]) };

struct style theme_style(const struct theme *t, struct cell c)
{
	struct style s = t->style[c.role < NR_ROLES ? c.role : ROLE_NORMAL];

	if (s.fg < 0)
		s.fg = t->fg;
	if (s.bg < 0)
		s.bg = t->bg;
	if (s.fg16 == OWN16)
		s.fg16 = t->fg16;
	if (s.bg16 == OWN16)
		s.bg16 = t->bg16;
	s.attr |= c.attr;
	if (s.attr & ATTR_REVERSE) {
		int32_t fg = s.fg;
		uint8_t fg16 = s.fg16;

		s.fg = s.bg, s.bg = fg;
		s.fg16 = s.bg16, s.bg16 = fg16;
		s.attr &= (uint8_t)~ATTR_REVERSE;
	}
	return s;
}

unsigned theme_mono(enum role role)
{
	switch (role) {
	case ROLE_CHANGED:
		return ATTR_BOLD | ATTR_REVERSE;
	case ROLE_CHOSEN:
	case ROLE_NOW:
	case ROLE_STATUS:
		return ATTR_REVERSE;
	case ROLE_KEY:
	case ROLE_ERROR:
		return ATTR_BOLD | ATTR_REVERSE;
	case ROLE_CURRENT:
		return ATTR_BOLD | ATTR_UNDERLINE;
	case ROLE_CHANGED_EVENT:
	case ROLE_TITLE:
	case ROLE_BORDER_ACTIVE:
	case ROLE_WARN:
	case ROLE_SAY:
	case ROLE_FAULT:
	case ROLE_COW:
	case ROLE_SHARED:
	case ROLE_MARK_MIN:
	case ROLE_MARK_LOW:
	case ROLE_MARK_HIGH:
		return ATTR_BOLD;
	default:
		return 0;
	}
}

const struct theme *theme_find(const char *name)
{
	for (int i = 0; i < NR_THEMES; i++)
		if (strcmp(theme_table[i].name, name) == 0)
			return &theme_table[i];
	return NULL;
}

const struct theme *theme_next(const struct theme *t)
{
	return &theme_table[(t - theme_table + 1) % NR_THEMES];
}
