package tokens

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/unicode/rangetable"
)

// A normalizer rewrites text before it is split.
type normalizer interface {
	normalize(p piece, track bool) piece
}

// normalizers apply one after the other.
type normalizers []normalizer

func (list normalizers) normalize(p piece, track bool) piece {
	for _, n := range list {
		p = n.normalize(p, track)
	}
	return p
}

// replacer puts content in the place of every match.
type replacer struct {
	matcher matcher
	content string
}

func (r replacer) normalize(p piece, track bool) piece {
	i, j := r.matcher.find(p.text, 0)
	if i < 0 {
		return p
	}
	w, last := rewrite(p, track), 0
	for i >= 0 {
		w.keep(last, i)
		w.put(r.content, i)
		last = j
		i, j = r.matcher.find(p.text, j)
	}
	w.keep(last, len(p.text))
	return w.piece()
}

// prepender puts itself before a text that is not empty.
type prepender string

func (s prepender) normalize(p piece, track bool) piece {
	if p.text == "" {
		return p
	}
	w := rewrite(p, track)
	w.put(string(s), 0)
	w.keep(0, len(p.text))
	return w.piece()
}

// stripper removes white space at the ends.
type stripper struct{ left, right bool }

func (s stripper) normalize(p piece, _ bool) piece {
	i, j := 0, len(p.text)
	if s.left {
		i = j - len(strings.TrimLeftFunc(p.text, unicode.IsSpace))
	}
	if s.right {
		j = max(i, len(strings.TrimRightFunc(p.text, unicode.IsSpace)))
	}
	q := p.cut(i, j)
	q.first = p.first
	return q
}

// former brings text to a normal form as the library of the tokenizers does, which is that of Unicode 9: characters that
// are newer stay as they are, and nothing goes beyond them.
type former struct{ form norm.Form }

var known = sync.OnceValue(func() *unicode.RangeTable { return rangetable.Assigned("9.0.0") })

func unknown9(r rune) bool { return r >= utf8.RuneSelf && !unicode.Is(known(), r) }

func (f former) normalize(p piece, track bool) piece {
	if f.form.IsNormalString(p.text) {
		return p
	}
	w := rewrite(p, track)
	for from := 0; from < len(p.text); {
		to := len(p.text)
		if at := strings.IndexFunc(p.text[from:], unknown9); at >= 0 {
			to = from + at
		}
		f.rewrite(w, from, to)
		_, width := utf8.DecodeRuneInString(p.text[to:])
		w.keep(to, to+width)
		from = to + width
	}
	return w.piece()
}

// graphemeJoiner is what package norm puts into sequences of more than 30 combining marks.
const graphemeJoiner = "\u034f"

// rewrite normalizes the bytes from i to j.
func (f former) rewrite(w *rewriter, i, j int) {
	text := w.from.text[i:j]
	if strings.Count(f.form.String(text), graphemeJoiner) != strings.Count(text, graphemeJoiner) {
		f.long(w, i, j)
		return
	}
	var it norm.Iter
	it.InitString(f.form, text)
	for !it.Done() {
		at := it.Pos()
		w.put(string(it.Next()), i+at)
	}
}
