package glob

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"
)

// Pattern is a glob over repository paths with the meaning that fsspec gives it in `datasets`: * and ? stop at a slash,
// ** is a whole segment and stands for any number of them.
type Pattern struct {
	text   string // relative to the repository
	prefix string // how every path that matches begins
	need   string // a part of what follows; looking for both first spares most of the work
	magic  bool   // the glob is more than the name of a file
	expr   string
	re     *regexp.Regexp // of expr; nil until a path has passed the other tests
}

// maxPattern bounds the text of a pattern; the longest that people write have some hundred characters.
const maxPattern = 4096

// elsewhere is the start of a path that is not in the repository: an absolute one, or one with a scheme. It is no
// error, and selects nothing.
var elsewhere = regexp.MustCompile(`^(/|[A-Za-z][A-Za-z0-9+.-]*:)`)

// Compile reads text as relative to the folder dir, "" being the root of the repository. Neither is cleaned: a segment
// . or .. is the name of nothing.
func Compile(dir, text string) (Pattern, error) {
	full := strings.TrimSuffix(inFolder(dir, text), "/")
	p := Pattern{text: full, magic: hasMagic(text)}
	switch {
	case strings.Contains(full, "::") || strings.Contains(full, "://"):
		return Pattern{}, fmt.Errorf("%.100q is not a path in the repository", text)
	case !utf8.ValidString(full):
		return Pattern{}, fmt.Errorf("%.100q is not UTF-8", full)
	case len(full) > maxPattern:
		return Pattern{}, fmt.Errorf("a pattern of %d characters: %.40q", len(full), full)
	case strings.Contains(strings.TrimPrefix(full, "/"), "//"):
		return Pattern{}, fmt.Errorf("%.100q has an empty part between slashes", full)
	case elsewhere.MatchString(text), strings.HasPrefix(dir, "/"):
		p.re = nothing
		return p, nil
	}
	p.prefix = full[:literalPrefix(full)]
	t := translator{star: `[^/]*`, one: `[^/]`, deep: strings.Contains(full, "**")}
	if err := t.path(full); err != nil {
		return Pattern{}, err
	}
	p.expr, p.need = t.expr(), t.need
	return p, nil
}

// Text returns the glob, relative to the repository.
func (p *Pattern) Text() string { return p.text }

// Magic reports whether the glob is more than the name of a file.
func (p *Pattern) Magic() bool { return p.magic }

// Escape returns the glob that matches s and nothing else.
func Escape(s string) string {
	return strings.NewReplacer("*", "[*]", "?", "[?]", "[", "[[]").Replace(s)
}

// inFolder joins without cleaning.
func inFolder(dir, text string) string {
	if dir = strings.TrimSuffix(dir, "/"); dir == "" {
		return text
	}
	return dir + "/" + text
}

func hasMagic(glob string) bool { return strings.ContainsAny(glob, "*?[") }

func literalPrefix(glob string) int {
	if i := strings.IndexAny(glob, "*?["); i >= 0 {
		return i
	}
	return len(glob)
}

// nothing matches no text.
var nothing = regexp.MustCompile(`[^\x{0}-\x{10FFFF}]`)

// Find returns the files that the pattern selects. Files must be sorted.
func (p *Pattern) Find(files []string) []string {
	at := sort.SearchStrings(files, p.prefix)
	var out []string
	for _, f := range files[at:] {
		if !strings.HasPrefix(f, p.prefix) {
			break
		}
		if p.Match(f) {
			out = append(out, f)
		}
	}
	return out
}

// Match reports whether the pattern selects the file. Files that describe data, hidden files, and files in folders like
// __MACOSX, are selected only by a pattern that names such a part itself.
func (p *Pattern) Match(file string) bool {
	rest, ok := strings.CutPrefix(file, p.prefix)
	return ok && strings.Contains(rest, p.need) && p.regexp().MatchString(file) &&
		(!slices.Contains(ignored, path.Base(file)) || path.Base(file) == path.Base(p.text)) &&
		countParts(file, isHidden) == countParts(p.text, isHidden) &&
		countParts(path.Dir(file), isSpecial) == countParts(path.Dir(p.text), isSpecial)
}

func (p *Pattern) regexp() *regexp.Regexp {
	if p.re == nil {
		p.re = nothing
		if re, err := regexp.Compile(p.expr); err == nil { // always, by the fuzz tests
			p.re = re
		}
	}
	return p.re
}

// ignored are files that describe data and are none, wherever they are.
var ignored = []string{"README.md", "config.json", "dataset_info.json", "dataset_infos.json", "dummy_data.zip", "dataset_dict.json"}

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

// path translates a glob in which slashes separate.
func (t *translator) path(glob string) error {
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
			return fmt.Errorf("%.100q: ** must be alone between slashes", glob)
		case part == "*":
			t.b.WriteString(`[^/]+`)
		default:
			t.part(part)
		}
		if !last && part != "**" {
			t.b.WriteString(`/`)
		}
		t.wild = t.wild || hasMagic(part)
	}
	return nil
}
