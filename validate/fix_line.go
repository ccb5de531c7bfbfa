package validate

import (
	"bytes"
	"sync"

	"github.com/zeebo/xxh3"
)

// A mender repairs lines. Several goroutines use it at once.
type mender struct {
	checker  *Checker
	opts     FixOptions
	format   string
	cleaning sync.Mutex // held by the one who calls opts.Clean
}

// mended is a line that is not written as it was.
type mended struct {
	text []byte // nil: nothing is written
	done []repair
}

// A repair is one kind of change and how often it was made.
type repair struct {
	kind  string
	count int64
}

// line mends the line that begins at from, adds what is to be told and written of it to
// b, and returns its length with its line feed.
func (m *mender) line(c *crew, text []byte, from int, b *batch, p *problems) int {
	p.reset()
	n := lineLen(text[from:])
	read := text[from : from+n]
	found := b.add(from, from+n)
	if n > c.longest {
		b.put(found, c.tooLong(p, int64(n)))
		return n + 1
	}
	body, done := frame(read, from+n < len(text))
	out, more := body, []repair(nil)
	if !m.isSound(body) {
		if out, more = m.mend(body, p); more == nil {
			found.to = found.from + int32(m.judge(read, body, p))
		}
	}
	if isBlank(out) {
		p.reset()
		out, more = nil, []repair{{repairBlank, 1}}
	}
	done = append(done, more...)
	if len(done) > 0 {
		found.mended = true
		b.mended = append(b.mended, mended{text: out, done: done})
	}
	if p.errors == 0 && out != nil {
		found.hash = max(1, xxh3.HashSeed(out, c.seed))
	}
	b.put(found, p)
	return n + 1
}

// isSound reports a line that needs no repair and has no problems, as most do: one that
// cleaning cannot change and that surely is valid.
func (m *mender) isSound(text []byte) bool {
	if m.format == FormatTXT {
		return isPlainText(text)
	}
	return isUnescapedASCII(text) && m.checker.accept(text, 0, nil)
}

// find finds the problems of a line.
func (m *mender) find(text []byte, p *problems) {
	p.reset()
	if m.format == FormatTXT {
		checkText(text, p)
		return
	}
	m.checker.nextJSON(text, p)
}

// clean calls opts.Clean.
func (m *mender) clean(text string) (string, []string) {
	m.cleaning.Lock()
	defer m.cleaning.Unlock()
	return m.opts.Clean(text)
}

// frame returns a line without byte order marks before it and carriage returns behind
// it.
func frame(read []byte, ended bool) (body []byte, done []repair) {
	body = bytes.TrimRight(read, "\r")
	if n := len(read) - len(body); n > 0 {
		done = append(done, repair{repairCR, int64(n)})
	}
	n := len(body)
	for bytes.HasPrefix(body, []byte(byteOrderMark)) {
		body = body[len(byteOrderMark):]
	}
	if n -= len(body); n > 0 {
		done = append(done, repair{repairBOM, int64(n / len(byteOrderMark))})
	}
	if !ended {
		done = append(done, repair{repairFinalLF, 1})
	}
	return body, done
}

// mend returns body repaired, or body itself where there is nothing to repair or
// something bad would be left, or a line that is too long.
func (m *mender) mend(body []byte, p *problems) ([]byte, []repair) {
	text, done := m.repaired(body, p)
	if len(done) == 0 || len(text) > m.checker.opts.MaxLineBytes {
		return body, nil
	}
	if m.find(text, p); p.errors > 0 && !isBlank(text) {
		return body, nil
	}
	return text, done
}

// judge finds the problems of a line that stays as it is: body, which begins somewhere
// in what was read. It returns where in that it ends.
func (m *mender) judge(read, body []byte, p *problems) (end int) {
	before := bytes.Index(read, body)
	m.find(body, p)
	for i := range p.list {
		p.list[i].at += before
	}
	return before + len(body)
}

// repaired returns what the line should be, and what makes the difference. It may be
// bad still.
func (m *mender) repaired(body []byte, p *problems) ([]byte, []repair) {
	if m.format == FormatTXT {
		return m.repairedText(body)
	}
	return m.repairedJSON(body, p)
}

// repairedText repairs a line of a text file.
func (m *mender) repairedText(body []byte) ([]byte, []repair) {
	if m.opts.Clean == nil || firstInvalid(body) >= 0 {
		return body, nil
	}
	s, kinds := m.clean(string(body))
	if len(kinds) == 0 || bytes.ContainsAny([]byte(s), "\r\n") {
		return body, nil
	}
	return []byte(s), once(kinds)
}

// once makes a repair of each kind.
func once(kinds []string) []repair {
	var done []repair
	for _, k := range kinds {
		done = append(done, repair{k, 1})
	}
	return done
}

func isBlank(text []byte) bool { return len(bytes.TrimSpace(text)) == 0 }
