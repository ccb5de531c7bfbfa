package score

import (
	"errors"
	"math/big"
	"regexp"
	"strings"
)

// Number returns the number that s comes to: behind the last "####", as gsm8k writes answers; else in the last
// \boxed{}; else the last one of the text. It takes signs, decimals, exponents, thousands set apart by commas or
// no-break spaces (1,234.5), fractions (3/4, \frac{3}{4}) and leaves currency and percent signs aside: 50 % is 50.
// What has more than a thousand digits is no number.
func Number(s string) (*big.Rat, bool) {
	if i := strings.LastIndex(s, "####"); i >= 0 {
		if n, ok := firstNumber(s[i:]); ok {
			return n, true
		}
	}
	if boxed, ok := lastBoxed(s); ok {
		if n, ok := lastNumber(boxed); ok {
			return n, true
		}
	}
	return lastNumber(s)
}

// number matches a number: an integer part with or without thousands, or none before the point; an exponent; and the
// denominator of a fraction. What stands before it is checked apart, as RE2 cannot look behind.
var number = regexp.MustCompile(
	`(?:\d{1,3}(?:,\d{2})*(?:,\d{3})+|\d{1,3}(?:[\x{a0}\x{202f}]\d{3})+|\d+)(?:\.\d+)?(?:[eE][+-]?\d{1,3}\b)?(?:\s?/\s?\d+)?|\.\d+(?:[eE][+-]?\d{1,3}\b)?`)

var fraction = regexp.MustCompile(`\\[dt]?frac\s*\{\s*([^{}]*?)\s*\}\s*\{\s*([^{}]*?)\s*\}`)

// plain writes what numbers are typeset with in plain characters.
var plain = strings.NewReplacer("\u2212", "-", `\!`, "", `{,}`, ",", `\,`, "\u202f")

// maxDigits is the longest number, in bytes.
const maxDigits = 1000

func firstNumber(s string) (*big.Rat, bool) {
	s = fraction.ReplaceAllString(plain.Replace(s), "$1/$2")
	for _, at := range number.FindAllStringIndex(s, 1) {
		return parseNumber(s, at)
	}
	return nil, false
}

func lastNumber(s string) (*big.Rat, bool) {
	s = fraction.ReplaceAllString(plain.Replace(s), "$1/$2")
	all := number.FindAllStringIndex(s, -1)
	if len(all) == 0 {
		return nil, false
	}
	return parseNumber(s, all[len(all)-1])
}

// separators are what sets thousands apart, and spaces about the line of a fraction.
var separators = strings.NewReplacer(",", "", "\u00a0", "", "\u202f", "", " ", "", "\t", "", "\n", "", "\r", "", "\f", "")

// parseNumber reads the number at a place in s, with the sign before it.
func parseNumber(s string, at []int) (*big.Rat, bool) {
	if at[1]-at[0] > maxDigits {
		return nil, false
	}
	text := separators.Replace(s[at[0]:at[1]])
	top, bottom, _ := strings.Cut(text, "/")
	n, ok := new(big.Rat).SetString(top)
	if !ok {
		return nil, false
	}
	if d, ok := new(big.Rat).SetString(bottom); ok && d.Sign() != 0 {
		n.Quo(n, d)
	}
	if negative(s[:at[0]]) {
		n.Neg(n)
	}
	return n, true
}

// negative reports whether a number behind before has a minus that is a sign, not an operator, a dash or a hyphen:
// nothing that a sum, a range or a word could end with comes before it.
func negative(before string) bool {
	before = strings.TrimRight(before, "$\u20ac\u00a3\u00a5")
	before, minus := strings.CutSuffix(before, "-")
	if !minus || before == "" {
		return minus
	}
	return strings.ContainsAny(before[len(before)-1:], " \t\n\r=(:[{,*~$<>\u00a0")
}

// lastBoxed returns what is inside the last \boxed{} of s, braces matched.
func lastBoxed(s string) (string, bool) {
	const open = `\boxed{`
	i := strings.LastIndex(s, open)
	if i < 0 {
		return "", false
	}
	inside := s[i+len(open):]
	depth := 1
	for j := range len(inside) {
		switch inside[j] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return inside[:j], true
			}
		}
	}
	return "", false
}

func sameNumber(answer, expected string) float64 {
	want, ok1 := Number(expected)
	got, ok2 := Number(answer)
	return truth(ok1 && ok2 && want.Cmp(got) == 0)
}

func checkNumber(expected string) error {
	if _, ok := Number(expected); !ok {
		return errors.New("no number in it")
	}
	return nil
}
