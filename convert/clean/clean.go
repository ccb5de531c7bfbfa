// Package clean turns the text of a dataset into text that is safe to write as a
// prompt: valid UTF-8 in Unicode normal form C, with line feeds as the only line
// ends and without byte order marks, control characters, terminal escapes,
// invisible characters and the plainest mojibake.
//
// It repairs the encoding and, unless asked to redact, never the content: no compatibility forms (they
// break maths and code), no quote or markup rewriting, no joiners or direction
// marks removed (Persian, Indic scripts and emoji need them).
//
// Cleaning is pure and idempotent: clean(clean(x)) == clean(x) under every
// [Options], in time linear in the length of the text.
package clean

import (
	"strings"
	"sync/atomic"
	"unicode/utf8"
)

// A Cleaner applies one profile to many values and counts what it changed. It is
// safe for concurrent use.
type Cleaner struct {
	opts   Options
	counts [numSteps]atomic.Int64
}

// New returns a Cleaner for the profile o. A value of o.Invalid or o.Mojibake that
// is none of the package's constants is treated as the default one.
func New(o Options) *Cleaner {
	return &Cleaner{opts: o}
}

// String returns the cleaned form of s: s itself, without allocating, when nothing
// applies. The result may be empty.
//
// When s is not valid UTF-8 it returns, as Options.Invalid says, an [*UTF8Error]
// (which is [ErrInvalidUTF8]), [ErrDrop], or the cleaned text with U+FFFD in the
// place of each run of bad bytes.
func (c *Cleaner) String(s string) (string, error) {
	if isPlain(s) || c.opts.Mojibake != MojibakeFull && isSettled(s) {
		return c.plain(s), nil
	}
	var seen steps
	s, err := c.decode(s, &seen)
	if err == nil {
		s = c.text(s, &seen)
	}
	c.count(seen)
	return s, err
}

// plain returns the cleaned form of text that only finish applies to.
func (c *Cleaner) plain(s string) string {
	if !c.opts.finishesPlain() {
		return s
	}
	var seen steps
	s = c.finish(s, &seen)
	c.count(seen)
	return s
}

// decode applies the policy for invalid UTF-8.
func (c *Cleaner) decode(s string, seen *steps) (string, error) {
	if utf8.ValidString(s) {
		return s, nil
	}
	switch c.opts.Invalid {
	case InvalidReplace:
		seen.add(stepInvalid)
		return strings.ToValidUTF8(s, "\uFFFD"), nil
	case InvalidDrop:
		seen.add(stepInvalid)
		return "", ErrDrop
	default:
		return "", newUTF8Error(s)
	}
}

// text runs the steps that need valid UTF-8.
func (c *Cleaner) text(s string, seen *steps) string {
	if c.opts.Mojibake == MojibakeFull {
		s = c.full(s, seen)
	} else {
		s = c.safe(s, seen)
	}
	if hasBidiControl(s) {
		seen.add(stepBidi)
	}
	return s
}

// safe runs the steps but whole-text repair, in an order whose result no second
// run can change:
//
//   - Everything that is removed is removed before normalization, because a
//     removal can bring a letter and its accent together. Only C1 controls outlive
//     the first repair: in mojibake they stand for bytes.
//   - Normalization can complete mojibake (a + circumflex is one of its bytes), so
//     repair runs again after it. Repair is built not to give normalization
//     anything that would complete more of it (see [repair.emit]); what it does
//     give, such as an arrow before a combining stroke, the last call takes.
func (c *Cleaner) safe(s string, seen *steps) string {
	safe := c.opts.Mojibake != MojibakeOff
	s, late := c.strip(s, !safe, seen)
	if safe {
		s = c.repair(s, seen)
	}
	repaired := s
	if late {
		s, _ = c.strip(s, true, seen)
	}
	s = c.compose(s, seen)
	if safe && s != repaired {
		s = c.compose(c.repair(s, seen), seen)
	}
	return c.finish(s, seen)
}
