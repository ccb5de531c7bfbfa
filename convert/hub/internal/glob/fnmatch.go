package glob

import (
	"regexp"
	"strings"
)

// Any returns a test for the patterns that huggingface_hub calls allow_patterns, of which a path has to match one: *
// crosses slashes, a trailing slash means everything below, and a backslash is a slash.
func Any(patterns []string) (func(path string) bool, error) {
	var all []*regexp.Regexp
	for _, p := range patterns {
		p = strings.ReplaceAll(p, `\`, "/")
		if strings.HasSuffix(p, "/") {
			p += "*"
		}
		t := translator{star: `.*`, one: `.`, deep: true}
		t.part(p)
		re, err := regexp.Compile(t.expr())
		if err != nil {
			return nil, err
		}
		all = append(all, re)
	}
	return func(path string) bool {
		path = strings.ReplaceAll(path, `\`, "/")
		for _, re := range all {
			if re.MatchString(path) {
				return true
			}
		}
		return false
	}, nil
}

// translator turns a pattern into the regular expression that means the same.
type translator struct {
	star, one string // what * and ? are
	deep      bool   // a class like [!x] may be a slash too

	b    strings.Builder
	wild bool   // there was a wildcard
	need string // the longest literal part after one
}

func (t *translator) expr() string { return `(?s)\A(?:` + t.b.String() + `)\z` }

// part translates a pattern in which nothing separates.
func (t *translator) part(part string) {
	for part != "" {
		t.wild = t.wild || hasMagic(part[:1])
		switch part[0] {
		case '*':
			t.b.WriteString(t.star)
			part = strings.TrimLeft(part, "*")
		case '?':
			t.b.WriteString(t.one)
			part = part[1:]
		case '[':
			part = t.class(part)
		default:
			i := literalPrefix(part)
			t.literal(part[:i])
			part = part[i:]
		}
	}
}

func (t *translator) literal(s string) {
	t.b.WriteString(regexp.QuoteMeta(s))
	if t.wild && len(s) > len(t.need) {
		t.need = s
	}
}

// class translates the class that part starts with and returns the rest. A bracket that is never closed stands for
// itself.
func (t *translator) class(part string) string {
	body := part[1:]
	negated := strings.HasPrefix(body, "!")
	if negated {
		body = body[1:]
	}
	end := strings.Index(body[min(1, len(body)):], "]") + 1 // a ] in the first place is a member
	if end == 0 {
		t.literal("[")
		return part[1:]
	}
	members := classMembers([]rune(body[:end]))
	switch {
	case members == "" && negated:
		t.b.WriteString(`.`)
	case members == "":
		t.b.WriteString(`[^\x{0}-\x{10FFFF}]`)
	case negated && !t.deep:
		t.b.WriteString(`[^/` + members + `]`)
	case negated:
		t.b.WriteString(`[^` + members + `]`)
	default:
		t.b.WriteString(`[` + members + `]`)
	}
	return body[end+1:]
}

// classMembers escapes the members of a class. A - between two of them is a range; one whose ends are in the wrong
// order is nothing. The character after a - cannot begin another range.
func classMembers(s []rune) string {
	var b strings.Builder
	for len(s) > 0 {
		if len(s) < 3 || s[1] != '-' {
			b.WriteString(classRune(s[0]))
			s = s[1:]
			continue
		}
		if s[0] <= s[2] {
			b.WriteString(classRune(s[0]) + "-" + classRune(s[2]))
		}
		s = s[3:]
	}
	return b.String()
}

func classRune(r rune) string {
	if strings.ContainsRune(`\[]^-&~|`, r) {
		return `\` + string(r)
	}
	return string(r)
}
