package split

import (
	"cmp"
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/promptmill/promptmill/convert/hub/internal/glob"
)

// The rules by which the names of files decide what belongs to which split, in the order in which they are tried.
// The first that selects any file decides for all splits together.

// shardGlob is rule 1: what push_to_hub writes, with any name as the split.
const shardGlob = "data/%s-[0-9][0-9][0-9][0-9][0-9]-of-[0-9][0-9][0-9][0-9][0-9]*.*"

// shardName takes the split out of the name of a file that rule 1 selects.
var shardName = regexp.MustCompile(`^(.+)-[0-9]{5}-of-[0-9]{4}`)

// namedRules are the other rules: 2 are logs of inspect and tasks of harbor, 3 is a keyword in the name of a folder, 4
// in the name of a file, 5 is everything.
var namedRules = [][]cardSplit{
	{{"logs", []string{"**/*.eval"}}},
	{{"test", []string{"**/task.toml", "**/instruction.md"}}},
	withKeywords("**/#/**", "**/#[-._ 0-9]*/**", "**/*[-._ 0-9]#/**", "**/*[-._ 0-9]#[-._ 0-9]*/**"),
	withKeywords("**/#[-._ 0-9]*", "**/*[-._ 0-9]#[-._ 0-9]*"),
	{{"train", []string{"**"}}},
}

// keywords of the splits that names are searched for, in the order of the splits.
var keywords = []struct {
	split string
	words []string
}{
	{"train", []string{"train", "training"}},
	{"validation", []string{"validation", "valid", "dev", "val"}},
	{"test", []string{"test", "testing", "eval", "evaluation"}},
}

// withKeywords returns the globs for each split, with each of its keywords in the place of #.
func withKeywords(globs ...string) []cardSplit {
	var out []cardSplit
	for _, k := range keywords {
		s := cardSplit{name: k.split}
		for _, w := range k.words {
			for _, g := range globs {
				s.globs = append(s.globs, strings.ReplaceAll(g, "#", w))
			}
		}
		out = append(out, s)
	}
	return out
}

// errEmpty says that no rule selects a file.
var errEmpty = errors.New("no data files")

// splitsByRules applies the rules to the files below dir, which must be sorted. What is no data counts too, although
// nobody reads it.
func splitsByRules(dir string, files []string) ([]cardSplit, error) {
	if out, err := shardedSplits(dir, files); err != nil || len(out) > 0 {
		return out, err
	}
	for _, rule := range namedRules {
		var out []cardSplit
		for _, s := range rule {
			found, err := selectsAny(dir, s.globs, files)
			if err != nil {
				return nil, err
			}
			if found {
				out = append(out, s)
			}
		}
		if len(out) > 0 {
			return out, nil
		}
	}
	return nil, errEmpty
}

func selectsAny(dir string, globs, files []string) (bool, error) {
	for _, g := range globs {
		p, err := glob.Compile(dir, g)
		if err != nil {
			return false, err
		}
		if len(p.Find(files)) > 0 {
			return true, nil
		}
	}
	return false, nil
}

// shardedSplits is rule 1.
func shardedSplits(dir string, files []string) ([]cardSplit, error) {
	p, err := glob.Compile(dir, fmt.Sprintf(shardGlob, "*"))
	if err != nil {
		return nil, err
	}
	var names []string
	for _, f := range p.Find(files) {
		var name string
		if m := shardName.FindStringSubmatch(path.Base(f)); m != nil {
			name = m[1]
		}
		if !splitName().MatchString(name) {
			return nil, fmt.Errorf("the file %q would belong to a split called %q, which cannot be the name of one", f, name)
		}
		names = append(names, name)
	}
	slices.SortFunc(names, compareSplits)
	var out []cardSplit
	for _, name := range slices.Compact(names) {
		out = append(out, cardSplit{name, []string{fmt.Sprintf(shardGlob, name)}})
	}
	return out, nil
}

// compareSplits orders train, validation, test, and then by name.
func compareSplits(a, b string) int {
	return cmp.Or(rankIn(splitOrder, a)-rankIn(splitOrder, b), strings.Compare(a, b))
}

var splitOrder = []string{"train", "validation", "test"}

// rankIn returns where name is in order, or the end.
func rankIn(order []string, name string) int {
	if i := slices.Index(order, name); i >= 0 {
		return i
	}
	return len(order)
}
