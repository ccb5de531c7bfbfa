package validate

import (
	"bytes"
	"context"
	"slices"

	"github.com/zeebo/xxh3"
)

// line repairs and writes one line.
func (f *fixing) line(ln readText) error {
	body, done := frame(ln)
	text, more := body, []repair(nil)
	if f.probs.reset(); !f.isSound(body) {
		if text, more = f.mend(body); more == nil {
			f.judge(ln.text, body)
		}
	}
	if f.ctx.Err() != nil {
		return context.Cause(f.ctx)
	}
	if isBlank(text) {
		f.note(append(done, repair{repairBlank, 1}))
		return nil
	}
	f.note(append(done, more...))
	f.fixed.Lines++
	f.countWarnings(text)
	if _, err := f.out.Write(text); err != nil {
		return err
	}
	return f.out.WriteByte('\n')
}

// isSound reports a line that needs no repair and has no problems, as most do: one that
// cleaning cannot change and that surely is valid.
func (f *fixing) isSound(text []byte) bool {
	if f.sum.Format == FormatTXT {
		return isPlainText(text)
	}
	return isUnescapedASCII(text) && f.checker.accept(text, 0, nil)
}

// countWarnings counts what is odd about the line that is written next, of which the
// problems are known.
func (f *fixing) countWarnings(text []byte) {
	f.sum.Warnings += f.probs.warnings
	if f.probs.errors > 0 {
		return
	}
	if f.seen.first(max(1, xxh3.HashSeed(text, f.seed)), f.fixed.Lines) > 0 {
		f.sum.Warnings++
	}
}

// A repair is one kind of change and how often it was made.
type repair struct {
	kind  string
	count int64
}

// note counts the repairs of one line.
func (f *fixing) note(done []repair) {
	if len(done) > 0 {
		f.fixed.Changed++
	}
	for _, d := range done {
		f.fixed.Repairs[d.kind] += d.count
	}
}

// frame returns a line without byte order marks before it and carriage returns behind
// it.
func frame(ln readText) (body []byte, done []repair) {
	body = bytes.TrimRight(ln.text, "\r")
	if n := len(ln.text) - len(body); n > 0 {
		done = append(done, repair{repairCR, int64(n)})
	}
	n := len(body)
	for bytes.HasPrefix(body, []byte(byteOrderMark)) {
		body = body[len(byteOrderMark):]
	}
	if n -= len(body); n > 0 {
		done = append(done, repair{repairBOM, int64(n / len(byteOrderMark))})
	}
	if !ln.ended {
		done = append(done, repair{repairFinalLF, 1})
	}
	return body, done
}

// mend returns body repaired, or body itself where there is nothing to repair or
// something bad would be left, or a line that is too long.
func (f *fixing) mend(body []byte) ([]byte, []repair) {
	text, done := f.repaired(body)
	if len(done) == 0 || len(text) > f.checker.opts.MaxLineBytes {
		return body, nil
	}
	if !f.find(text) || f.probs.errors > 0 && !isBlank(text) {
		return body, nil
	}
	return text, done
}

// judge tells the errors of a line that stays as it is: body, which begins somewhere
// in what was read.
func (f *fixing) judge(read, body []byte) {
	if isBlank(body) {
		return
	}
	if !f.find(body) {
		return
	}
	before := bytes.Index(read, body)
	for i := range f.probs.list {
		f.probs.list[i].at += before
	}
	f.tell(f.sum.Lines, read[:before+len(body)])
}

// tell counts and reports the errors of line n.
func (f *fixing) tell(n int64, text []byte) {
	p := &f.probs
	if p.errors == 0 {
		return
	}
	f.sum.Errors += p.errors
	f.sum.BadLines++
	slices.SortStableFunc(p.list, func(a, b problem) int { return a.at - b.at })
	for _, q := range p.list {
		if most := f.checker.opts.MaxErrors; q.severity == Error && (most == 0 || f.told < most) {
			f.told++
			f.report(q.finding(f.name, n, text))
		}
	}
}

// repaired returns what the line should be, and what makes the difference. It may be
// bad still.
func (f *fixing) repaired(body []byte) ([]byte, []repair) {
	if f.sum.Format == FormatTXT {
		return f.repairedText(body)
	}
	return f.repairedJSON(body)
}

// repairedText repairs a line of a text file.
func (f *fixing) repairedText(body []byte) ([]byte, []repair) {
	if f.opts.Clean == nil || firstInvalid(body) >= 0 {
		return body, nil
	}
	s, kinds := f.opts.Clean(string(body))
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
