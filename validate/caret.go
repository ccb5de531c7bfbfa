package validate

import "github.com/mattn/go-runewidth"

// cells measures text in columns of a terminal.
var cells = &runewidth.Condition{StrictEmojiNeutral: true}

// underline returns the excerpt of f, cut to so many columns around its place, and the
// column, from 0, at which a caret below it points at the place.
func underline(f Finding, columns int) (shown string, caret int) {
	before, after := f.Excerpt[:f.Mark], f.Excerpt[f.Mark:]
	caret = cells.StringWidth(before)
	if caret+cells.StringWidth(after) <= columns {
		return f.Excerpt, caret
	}
	if most := columns / 2; caret > most {
		before = "…" + lastCells(before, most-1)
		caret = cells.StringWidth(before)
	}
	return before + cells.Truncate(after, columns-caret, "…"), caret
}

// lastCells returns the end of s that is at most so many columns wide. It does not
// begin with a combining mark, which would join what is put before it.
func lastCells(s string, columns int) string {
	over := cells.StringWidth(s) - columns
	for i, r := range s {
		w := cells.RuneWidth(r)
		if over <= 0 && w > 0 {
			return s[i:]
		}
		over -= w
	}
	return ""
}
