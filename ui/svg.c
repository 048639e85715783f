/*
 * The grid as a picture.
 *
 * Text is set word by word, each at its column and as long as its cells, so that it lines up whatever font the
 * reader has.  Lines and blocks are not left to a font at all: they are drawn, and so they join from cell to cell.
 *
 *	a cell is 9 x 19 pixels;  the sign of a frame is four arms from the cell's centre,
 *	                          each of weight 0 (none), 1 (thin) or 2 (thick):
 *	    |         |
 *	    |    .....|          arms of a corner at the top left:  right 1, down 1
 *	    |    :    |
 *
 * The picture counts in eighths of a pixel: all numbers are whole, in every locale.
 */
#include <stdlib.h>

#include "grid.h"
#include "theme.h"
#include "src/utf8.h"

enum { UNIT = 8, CELL_W = 9 * UNIT, CELL_H = 19 * UNIT, BASELINE = 14 * UNIT, MARGIN = 8 * UNIT };
enum { FONT_SIZE = 15 * UNIT, THIN = 10, THICK = 22 };

/* Arms of the frame signs that the screen uses: up, right, down, left. */
static const struct frame_sign {
	uint32_t ch;
	uint8_t up, right, down, left;
} frame_sign[] = {
	{0x2500, 0, 1, 0, 1}, {0x2501, 0, 2, 0, 2}, {0x2502, 1, 0, 1, 0}, {0x2503, 2, 0, 2, 0},
	{0x250c, 0, 1, 1, 0}, {0x250f, 0, 2, 2, 0}, {0x2510, 0, 0, 1, 1}, {0x2513, 0, 0, 2, 2},
	{0x2514, 1, 1, 0, 0}, {0x2517, 2, 2, 0, 0}, {0x2518, 1, 0, 0, 1}, {0x251b, 2, 0, 0, 2},
	{0x251c, 1, 1, 1, 0}, {0x2523, 2, 2, 2, 0}, {0x2524, 1, 0, 1, 1}, {0x252b, 2, 0, 2, 2},
	{0x252c, 0, 1, 1, 1}, {0x2533, 0, 2, 2, 2}, {0x2534, 1, 1, 0, 1}, {0x253b, 2, 2, 0, 2},
	{0x253c, 1, 1, 1, 1}, {0x2574, 0, 0, 0, 1}, {0x2575, 1, 0, 0, 0}, {0x2576, 0, 1, 0, 0},
	{0x2577, 0, 0, 1, 0}, {0x256d, 0, 1, 1, 0}, {0x256e, 0, 0, 1, 1}, {0x256f, 1, 0, 0, 1},
	{0x2570, 1, 1, 0, 0},
};

static const struct frame_sign *find_frame_sign(uint32_t ch)
{
	for (size_t i = 0; i < sizeof(frame_sign) / sizeof(frame_sign[0]); i++)
		if (frame_sign[i].ch == ch)
			return &frame_sign[i];
	return NULL;
}

static void draw_arm(FILE *out, int x, int y, int dx, int dy, int weight, int32_t colour)
{
	int cx = x + CELL_W / 2, cy = y + CELL_H / 2;
	int over = weight == 1 ? THIN / 2 : THICK / 2; /* beyond the centre: corners are closed */

	if (weight)
		fprintf(out, "<path d=\"M%d %dL%d %d\" stroke=\"#%06x\" stroke-width=\"%d\"/>\n",
			cx - dx * over, cy - dy * over, cx + dx * CELL_W / 2, cy + dy * CELL_H / 2,
			(unsigned)colour, weight == 1 ? THIN : THICK);
}

/* Part of a cell that a block element fills, in eighths; false: ch is none. */
struct block {
	int x, y, w, h;
	const char *opacity; /* as written in SVG */
};

static bool find_block(uint32_t ch, struct block *b)
{
	*b = (struct block){0, 0, 8, 8, NULL};
	if (ch < 0x2580 || ch > 0x2595)
		return false;
	if (ch == 0x2580)
		b->h = 4;
	else if (ch <= 0x2588) /* lower 1/8 .. 8/8 */
		b->h = (int)(ch - 0x2580), b->y = 8 - b->h;
	else if (ch <= 0x258f) /* left 7/8 .. 1/8 */
		b->w = (int)(0x2590 - ch);
	else if (ch == 0x2590)
		b->x = b->w = 4;
	else if (ch <= 0x2593) /* the three shades */
		b->opacity = ch == 0x2591 ? ".25" : ch == 0x2592 ? ".5" : ".75";
	else if (ch == 0x2594)
		b->h = 1;
	else
		b->x = 7, b->w = 1;
	return true;
}

static void draw_blocks(FILE *out, int x, int y, int n, const struct block *b, int32_t colour)
{
	int left = x + b->x * CELL_W / 8, width = b->w * CELL_W / 8;

	/* whole cells side by side are one rectangle */
	if (b->w == 8)
		width *= n, n = 1;
	for (int i = 0; i < n; i++)
		fprintf(out,
			"<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"#%06x\""
			" fill-opacity=\"%s\"/>\n",
			left + i * CELL_W, y + b->y * CELL_H / 8, width, b->h * CELL_H / 8,
			(unsigned)colour, b->opacity ? b->opacity : "1");
}

static void draw_frame(FILE *out, int x, int y, int n, const struct frame_sign *f, int32_t colour)
{
	/* a run of - is one line */
	if (f->left && f->left == f->right && !f->up && !f->down) {
		fprintf(out, "<path d=\"M%d %dh%d\" stroke=\"#%06x\" stroke-width=\"%d\"/>\n", x,
			y + CELL_H / 2, n * CELL_W, (unsigned)colour, f->left == 1 ? THIN : THICK);
		return;
	}
	for (int i = 0; i < n; i++, x += CELL_W) {
		draw_arm(out, x, y, 0, -1, f->up, colour);
		draw_arm(out, x, y, 1, 0, f->right, colour);
		draw_arm(out, x, y, 0, 1, f->down, colour);
		draw_arm(out, x, y, -1, 0, f->left, colour);
	}
}

static void put_escaped(FILE *out, uint32_t ch)
{
	char buf[UTF8_MAX];
	int n = utf8_put(buf, ch);

	if (ch == '<' || ch == '>' || ch == '&')
		fputs(ch == '<' ? "&lt;" : ch == '>' ? "&gt;" : "&amp;", out);
	else
		fwrite(buf, 1, (size_t)n, out);
}

/* One word: n cells without a blank.  Its length is fixed, so that it ends where its cells do. */
static void draw_word(FILE *out, int x, int y, const struct cell *c, int n, const struct style *s)
{
	fprintf(out, "<text x=\"%d\" y=\"%d\" fill=\"#%06x\"%s%s", x, y + BASELINE, (unsigned)s->fg,
		s->attr & ATTR_BOLD ? " font-weight=\"bold\"" : "",
		s->attr & ATTR_UNDERLINE ? " text-decoration=\"underline\"" : "");
	if (n > 2)
		fprintf(out, " textLength=\"%d\"", n * CELL_W);
	fputc('>', out);
	for (int i = 0; i < n; i++)
		if (c[i].ch)
			put_escaped(out, c[i].ch);
	fputs("</text>\n", out);
}

/* n cells of one style, word by word. */
static void draw_text(FILE *out, int x, int y, const struct cell *c, int n, const struct style *s)
{
	int end;

	for (int i = 0; i < n; i = end) {
		for (end = i + 1; end < n && c[i].ch != ' ' && c[end].ch != ' ';)
			end++;
		if (c[i].ch != ' ' && c[i].ch)
			draw_word(out, x + i * CELL_W, y, &c[i], end - i, s);
	}
}

static bool same_look(struct cell a, struct cell b) { return a.role == b.role && a.attr == b.attr; }
static bool is_drawn(uint32_t ch)
{
	struct block b;

	return find_block(ch, &b) || find_frame_sign(ch);
}

static void draw_row(FILE *out, int y, const struct cell *row, int width, const struct theme *t)
{
	/* the ground first: a glyph may stick out of its cell */
	for (int x = 0, end; x < width; x = end) {
		struct style s = theme_style(t, row[x]);

		for (end = x + 1; end < width && same_look(row[end], row[x]);)
			end++;
		if (s.bg != t->bg)
			fprintf(out,
				"<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" "
				"fill=\"#%06x\"/>\n",
				MARGIN + x * CELL_W, y, (end - x) * CELL_W, CELL_H, (unsigned)s.bg);
	}
	for (int x = 0, end; x < width; x = end) {
		struct style s = theme_style(t, row[x]);
		const struct frame_sign *f = find_frame_sign(row[x].ch);
		struct block b;
		bool text = false, drawn = is_drawn(row[x].ch);

		for (end = x; end < width && same_look(row[end], row[x]); end++) {
			if (drawn ? row[end].ch != row[x].ch : is_drawn(row[end].ch))
				break;
			text |= row[end].ch && row[end].ch != ' ';
		}
		if (f)
			draw_frame(out, MARGIN + x * CELL_W, y, end - x, f, s.fg);
		else if (find_block(row[x].ch, &b))
			draw_blocks(out, MARGIN + x * CELL_W, y, end - x, &b, s.fg);
		else if (text)
			draw_text(out, MARGIN + x * CELL_W, y, &row[x], end - x, &s);
	}
}

void grid_svg(const struct grid *g, const struct theme *t, FILE *out)
{
	int width = g->width * CELL_W + 2 * MARGIN, height = g->height * CELL_H + 2 * MARGIN;

	fprintf(out,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 "
		"0 %d %d\"\n"
		" font-family=\"DejaVu Sans Mono, Menlo, Consolas, WenQuanYi Zen Hei Mono, "
		"monospace\""
		" font-size=\"%d\">\n"
		"<rect width=\"%d\" height=\"%d\" fill=\"#%06x\"/>\n",
		width / UNIT, height / UNIT, width, height, FONT_SIZE, width, height,
		(unsigned)t->bg);
	for (int y = 0; y < g->height; y++)
		draw_row(out, MARGIN + y * CELL_H, &g->cell[(size_t)y * (size_t)g->width], g->width,
			 t);
	fputs("</svg>\n", out);
}
