// Package fault is what the errors of the hub have in common: the classes that more than one of its packages returns,
// and the form in which the words of servers and datasets may stand in a message.
package fault

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The classes. Package hub documents them for its callers.
var (
	ErrNotFound  = errors.New("not found")
	ErrCorrupt   = errors.New("corrupt")
	ErrOffline   = errors.New("offline")
	ErrNoParquet = errors.New("no parquet")
)

// MaxMessage is how many runes of somebody else's message an error shows.
const MaxMessage = 300

// Printable returns s as one line of at most limit runes that a terminal shows as it is: everything
// invisible, reordering or invalid becomes a question mark.
func Printable(s string, limit int) string {
	var b strings.Builder
	n := 0
	for _, r := range s {
		if n++; n > limit {
			b.WriteString("...")
			break
		}
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			r = '?'
		}
		b.WriteRune(r)
	}
	return b.String()
}
