// Package score says how well an answer matches what was expected, as a number from 0 to 1. Its functions are pure:
// the same two texts give the same score, whatever else was asked.
package score

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// A Method is how an answer is compared with what is expected.
type Method string

// The methods. Contains, numeric and choice are for models that explain themselves before or after the answer.
const (
	Exact    Method = "exact"    // both are the same text, once normalised
	Contains Method = "contains" // what is expected stands in the answer, as whole words, once both are normalised
	Regex    Method = "regex"    // what is expected is a regular expression (RE2), and the answer has a match
	Numeric  Method = "numeric"  // both give the same number; see [Number]
	F1       Method = "f1"       // the harmonic mean of precision and recall over their words, as SQuAD has it
	Choice   Method = "choice"   // both choose the same letter; see [Letter]
)

// Methods are all methods, in the order in which help lists them.
var Methods = []Method{Exact, Contains, Regex, Numeric, F1, Choice}

// Options say how to score.
type Options struct {
	Method    Method
	Normalize *Normalization // of exact, contains and f1; nil is that of [DefaultNormalization]
	Extract   string         // regular expression: only its last match in the answer is scored, or the first group of that; an answer without one scores 0
}

// A Scorer scores answers. It is safe for concurrent use.
type Scorer struct {
	compare func(answer, expected string) float64
	check   func(expected string) error // why no answer could match
	extract *regexp.Regexp              // nil: the whole answer
}

// New returns a scorer. An error says which option is wrong.
func New(o Options) (*Scorer, error) {
	if !slices.Contains(Methods, o.Method) {
		return nil, fmt.Errorf("scoring method %q: expected one of %s", o.Method, names())
	}
	n := DefaultNormalization(o.Method)
	if o.Normalize != nil {
		n = *o.Normalize
	}
	s := &Scorer{check: checkNothing}
	switch o.Method {
	case Exact:
		s.compare = func(a, e string) float64 { return truth(n.Apply(a) == n.Apply(e)) }
	case Contains:
		s.compare = func(a, e string) float64 { return truth(containsWords(n.Apply(a), n.Apply(e))) }
	case F1:
		s.compare = func(a, e string) float64 { return f1(strings.Fields(n.Apply(a)), strings.Fields(n.Apply(e))) }
	case Regex:
		s.compare, s.check = matches, checkPattern
	case Numeric:
		s.compare, s.check = sameNumber, checkNumber
	case Choice:
		s.compare, s.check = sameLetter, checkLetter
	}
	var err error
	if o.Extract != "" {
		if s.extract, err = regexp.Compile(o.Extract); err != nil {
			return nil, fmt.Errorf("what to extract: %w", err)
		}
	}
	return s, nil
}

// Score returns how well answer matches expected, from 0 to 1. Reasoning that a server left in the answer, up to its
// last </think>, is not looked at. False means that there is nothing to compare with, as [Scorer.Check] says.
func (s *Scorer) Score(answer, expected string) (score float64, ok bool) {
	if s.Check(expected) != nil {
		return 0, false
	}
	answer, found := s.part(withoutReasoning(answer))
	if !found {
		return 0, true
	}
	return s.compare(answer, expected), true
}

// ErrBlank reports that no answer is expected.
var ErrBlank = errors.New("no expected answer")

// Check returns an error for an expected answer that no answer could match, because it is blank, which is [ErrBlank],
// or because the method can make nothing of it.
func (s *Scorer) Check(expected string) error {
	if strings.TrimSpace(expected) == "" {
		return ErrBlank
	}
	return s.check(expected)
}

// part is what of the answer is scored.
func (s *Scorer) part(answer string) (string, bool) {
	if s.extract == nil {
		return answer, true
	}
	all := s.extract.FindAllStringSubmatch(answer, -1)
	if len(all) == 0 {
		return "", false
	}
	last := all[len(all)-1]
	return last[min(1, len(last)-1)], true
}

// withoutReasoning is answer from behind its last end of reasoning.
func withoutReasoning(answer string) string {
	const end = "</think>"
	if i := strings.LastIndex(answer, end); i >= 0 {
		return answer[i+len(end):]
	}
	return answer
}

func checkNothing(string) error { return nil }

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func names() string {
	list := make([]string, len(Methods))
	for i, m := range Methods {
		list[i] = string(m)
	}
	return strings.Join(list, ", ")
}
