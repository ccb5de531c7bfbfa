package hub

import (
	"fmt"
	"path"
	"regexp"
	"strings"
)

// pattern is a glob over repository paths with the meaning that fsspec gives it: * and ? stop at a slash, ** is a
// whole segment and stands for any number of them.
type pattern struct {
	text string
	need string // a part of every path that matches; looking for it first spares most of the work
	re   *regexp.Regexp
}

// maxPattern bounds the text of a pattern; the longest that people write have some hundred characters.
const maxPattern = 4096

// compile reads text as relative to the folder dir, "" being the root of the repository.
func compile(dir, text string) (pattern, error) {
	if strings.Contains(text, "://") {
		return pattern{}, fmt.Errorf("%q is outside of the repository", text)
	}
	full := path.Join(dir, text)
	if full == ".." || strings.HasPrefix(full, "../") || len(full) > maxPattern {
		return pattern{}, fmt.Errorf("%.100q is outside of the repository", text)
	}
	full = strings.TrimPrefix(full, "/")
	expr, need, err := translate(full)
	if err != nil {
		return pattern{}, err
	}
	re, err := regexp.Compile(expr)
	if err != nil {
		return pattern{}, fmt.Errorf("%.100q is not a pattern", text)
	}
	return pattern{full, need, re}, nil
}

// magic reports whether the pattern is more than the name of a file.
func (p pattern) magic() bool { return strings.ContainsAny(p.text, "*?[") }

// match reports whether the pattern selects the file. Hidden files, and files in folders like __MACOSX, are
// selected only by a pattern that names such a part itself.
func (p pattern) match(file string) bool {
	return strings.Contains(file, p.need) && p.re.MatchString(file) && !ignored[path.Base(file)] &&
		countParts(file, isHidden) == countParts(p.text, isHidden) &&
		countParts(path.Dir(file), isSpecial) == countParts(path.Dir(p.text), isSpecial)
}

// ignored are files that describe data and are none, wherever they are.
var ignored = map[string]bool{
	"README.md": true, "config.json": true, "dataset_info.json": true, "dataset_infos.json": true,
	"dummy_data.zip": true, "dataset_dict.json": true,
}

func isHidden(part string) bool { return strings.HasPrefix(part, ".") && strings.Trim(part, ".") != "" }

func isSpecial(part string) bool { return strings.HasPrefix(part, "__") }

func countParts(p string, is func(string) bool) int {
	n := 0
	for part := range strings.SplitSeq(p, "/") {
		if is(part) {
			n++
		}
	}
	return n
}

// translate returns the regular expression that means the same as the glob, and its longest literal part.
func translate(glob string) (expr, need string, err error) {
	var t translator
	t.b.WriteString(`(?s)\A`)
	parts := strings.Split(glob, "/")
	for i, part := range parts {
		last := i == len(parts)-1
		switch {
		case part == "**" && last:
			t.b.WriteString(`.*`)
		case part == "**" && parts[i+1] == "**": // one is enough
		case part == "**":
			t.b.WriteString(`(?:.+/)?`)
		case strings.Contains(part, "**"):
			return "", "", fmt.Errorf("%.100q: ** must be alone between slashes", glob)
		case part == "*":
			t.b.WriteString(`[^/]+`)
		default:
			t.part(part)
		}
		if !last && part != "**" {
			t.b.WriteString(`/`)
		}
	}
	t.b.WriteString(`\z`)
	return t.b.String(), t.need, nil
}

type translator struct {
	b    strings.Builder
	need string
}

// part translates what is between two slashes.
func (t *translator) part(part string) {
	for part != "" {
		switch part[0] {
		case '*':
			t.b.WriteString(`[^/]*`)
			part = part[1:]
		case '?':
			t.b.WriteString(`[^/]`)
			part = part[1:]
		case '[':
			part = translateClass(&t.b, part)
		default:
			i := strings.IndexAny(part, "*?[")
			if i < 0 {
				i = len(part)
			}
			t.literal(part[:i])
			part = part[i:]
		}
	}
}

func (t *translator) literal(s string) {
	t.b.WriteString(regexp.QuoteMeta(s))
	if len(s) > len(t.need) {
		t.need = s
	}
}

// translateClass writes the class that part starts with and returns the rest. A bracket that is never closed stands
// for itself.
func translateClass(b *strings.Builder, part string) string {
	body := part[1:]
	negated := strings.HasPrefix(body, "!")
	if negated {
		body = body[1:]
	}
	end := strings.Index(body[min(1, len(body)):], "]") + 1 // a ] in the first place is a member
	if end == 0 {
		b.WriteString(`\[`)
		return part[1:]
	}
	b.WriteString("[")
	if negated {
		b.WriteString("^/")
	}
	b.WriteString(classMembers(body[:end]))
	b.WriteString("]")
	return body[end+1:]
}

// classMembers escapes everything that means something to regexp but not to a glob; a - between two members is a
// range in both.
func classMembers(s string) string {
	var b strings.Builder
	rs := []rune(s)
	for i, r := range rs {
		isRange := r == '-' && i > 0 && i < len(rs)-1 && rs[i-1] <= rs[i+1]
		if !isRange && strings.ContainsRune(`\[]^-&~|`, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
