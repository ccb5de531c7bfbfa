package hub

import (
	"fmt"
	"io/fs"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

const scheme = "hf://datasets/"

// defaultRevision is the branch that an empty [Ref.Revision] means.
const defaultRevision = "main"

// Ref names a dataset, or one config or split of it. An empty field means that nobody chose: Revision is then
// main, Config and Split are what [Client.Resolve] finds to be the only or the default one.
type Ref struct {
	Repo     string // "org/name"
	Revision string // branch, tag, commit or a name like refs/convert/parquet
	Config   string
	Split    string
}

var (
	repoPart = regexp.MustCompile(`^[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_])?$`)
	commitRE = regexp.MustCompile(`^[0-9a-f]{40}$`)
	sha256RE = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

// ParseURL parses hf://datasets/ORG/NAME[@REV][/CONFIG[/SPLIT]]. A slash inside one of the parts is written
// %2F; the Hub's own names refs/convert/NAME and refs/pr/N may be written as they are.
func ParseURL(s string) (Ref, error) {
	rest, ok := strings.CutPrefix(s, scheme)
	if !ok {
		return Ref{}, badURL(s, "it does not start with "+scheme)
	}
	segs := strings.Split(strings.TrimSuffix(rest, "/"), "/")
	if len(segs) < 2 {
		return Ref{}, badURL(s, "it needs both the organisation and the name")
	}
	name, rev, hasRev := strings.Cut(segs[1], "@")
	org, segs := segs[0], segs[2:]
	if rev == "refs" && len(segs) >= 2 && (segs[0] == "convert" || segs[0] == "pr") {
		rev, segs = rev+"/"+segs[0]+"/"+segs[1], segs[2:]
	}
	if len(segs) > 2 {
		return Ref{}, badURL(s, "too many parts (a slash inside a revision or config is written %2F)")
	}
	ref, err := ParseRepo(org + "/" + name)
	if err != nil {
		return Ref{}, badURL(s, err.Error())
	}
	for i, part := range []*string{&ref.Config, &ref.Split}[:len(segs)] {
		if *part, err = unescapePart(segs[i]); err != nil {
			return Ref{}, badURL(s, err.Error())
		}
	}
	if !hasRev {
		return ref, nil
	}
	if ref.Revision, err = unescapePart(rev); err == nil {
		err = checkRevision(ref.Revision)
	}
	if err != nil {
		return Ref{}, badURL(s, err.Error())
	}
	return ref, nil
}

// ParseRepo parses "org/name" under the Hub's rules for names. An error about a form that people copy from elsewhere says
// what to write instead.
func ParseRepo(s string) (Ref, error) {
	if meant, ok := meantBy(s); ok {
		return Ref{}, fmt.Errorf("dataset %.300q: expected ORG/NAME or a URL of hf://: write %s", s, meant)
	}
	org, name, ok := strings.Cut(s, "/")
	if !ok {
		return Ref{}, fmt.Errorf("dataset %q: expected ORG/NAME, like openai/gsm8k", s)
	}
	valid := len(s) <= 96 && repoPart.MatchString(org) && repoPart.MatchString(name) &&
		!strings.Contains(s, "--") && !strings.Contains(s, "..") && !strings.HasSuffix(name, ".git")
	if !valid {
		return Ref{}, fmt.Errorf("dataset %.120q: not a name the Hub allows: expected ORG/NAME of letters, digits, and single - _ . inside", s)
	}
	return Ref{Repo: s}, nil
}

// meantBy returns the URL for what was written as ORG/NAME@REV, or as the address of a page of the Hub.
func meantBy(s string) (string, bool) {
	rest, page := s, false
	if u, err := url.Parse(s); err == nil && (u.Scheme == "https" || u.Scheme == "http") {
		rest, page = strings.CutPrefix(strings.Trim(u.Path, "/"), "datasets/")
		if !page {
			return "", false
		}
	}
	parts := strings.SplitN(rest, "/", 5)
	if len(parts) < 2 || !page && len(parts) > 2 && !strings.Contains(parts[1], "@") {
		return "", false
	}
	name, _, _ := strings.Cut(parts[0]+"/"+parts[1], "@")
	_, rev, _ := strings.Cut(rest, "@")
	switch {
	case !page && rev == "":
		return "", false
	case page && len(parts) > 3 && slices.Contains([]string{"tree", "blob", "resolve"}, parts[2]):
		rev = parts[3]
	case page:
		rev = ""
	}
	ref := Ref{Repo: name, Revision: rev}
	if ref.Revision == defaultRevision {
		ref.Revision = ""
	}
	return ref.String(), ref.check() == nil
}

// String returns the URL that [ParseURL] reads back. A split without a config has no place in a URL and is left out.
func (r Ref) String() string {
	var b strings.Builder
	b.WriteString(scheme)
	b.WriteString(r.Repo)
	if r.Revision != "" {
		b.WriteString("@" + url.PathEscape(r.Revision))
	}
	if r.Config != "" {
		b.WriteString("/" + url.PathEscape(r.Config))
		if r.Split != "" {
			b.WriteString("/" + url.PathEscape(r.Split))
		}
	}
	return b.String()
}

// revision returns the revision to ask for.
func (r Ref) revision() string {
	if r.Revision == "" {
		return defaultRevision
	}
	return r.Revision
}

// check refuses a Ref that was not made by the parsers and could leave the cache folder.
func (r Ref) check() error {
	if _, err := ParseRepo(r.Repo); err != nil {
		return err
	}
	return checkRevision(r.revision())
}

// checkRevision refuses revisions that no git ref can have and that would be dangerous as file names.
func checkRevision(rev string) error {
	bad := func(c rune) bool { return !unicode.IsPrint(c) || strings.ContainsRune(`\ ~^:?*[`, c) }
	if len(rev) > 200 || rev == "." || !fs.ValidPath(rev) || strings.ContainsFunc(rev, bad) {
		return fmt.Errorf("revision %.220q: not a branch, tag or commit", rev)
	}
	return nil
}

func unescapePart(s string) (string, error) {
	out, err := url.PathUnescape(s)
	if err != nil {
		return "", fmt.Errorf("%q: a percent sign is written %%25", s)
	}
	if out == "" {
		return "", fmt.Errorf("an empty part between slashes")
	}
	if strings.ContainsFunc(out, unicode.IsControl) {
		return "", fmt.Errorf("%q: control character", s)
	}
	return out, nil
}

func badURL(s, why string) error {
	return fmt.Errorf("dataset URL %.300q: %s; expected hf://datasets/ORG/NAME[@REV][/CONFIG[/SPLIT]]", s, why)
}
