package hub

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
)

// The rules by which the names of files decide what belongs to which split, in the order in which they are tried.
// The first that selects any file decides for all splits together.

// shardGlob is rule 1: what push_to_hub writes, with any name as the split.
const shardGlob = "data/%s-[0-9][0-9][0-9][0-9][0-9]-of-[0-9][0-9][0-9][0-9][0-9]*.*"

// keywords of the splits that names are searched for, in the order of the splits.
var keywords = []struct {
	split string
	words []string
}{
	{"train", []string{"train", "training"}},
	{"validation", []string{"validation", "valid", "dev", "val"}},
	{"test", []string{"test", "testing", "eval", "evaluation"}},
}

// keywordRules are the rules 3 (in the name of a folder) and 4 (in the name of a file); # is the keyword.
var keywordRules = [][]string{
	{"**/#/**", "**/#[-._ 0-9]*/**", "**/*[-._ 0-9]#/**", "**/*[-._ 0-9]#[-._ 0-9]*/**"},
	{"**/#[-._ 0-9]*", "**/*[-._ 0-9]#[-._ 0-9]*"},
}

// splitFiles is one split with its files in reading order.
type splitFiles struct {
	name  string
	files []string
}

// splitsByRules applies the rules to the files below dir. Files must be sorted. No file: no split.
func splitsByRules(dir string, files []string) ([]splitFiles, error) {
	if out, err := shardedSplits(dir, files); err != nil || len(out) > 0 {
		return out, err
	}
	for _, globs := range keywordRules {
		var out []splitFiles
		for _, k := range keywords {
			found, err := selectFiles(dir, withKeywords(globs, k.words), files)
			if err != nil {
				return nil, err
			}
			if len(found) > 0 {
				out = append(out, splitFiles{k.split, found})
			}
		}
		if len(out) > 0 {
			return out, nil
		}
	}
	found, err := selectFiles(dir, []string{"**"}, files)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return []splitFiles{{"train", found}}, nil
}

// shardedSplits is rule 1.
func shardedSplits(dir string, files []string) ([]splitFiles, error) {
	found, err := selectFiles(dir, []string{fmt.Sprintf(shardGlob, "*")}, files)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	var names []string
	for _, f := range found {
		name := shardSplit(path.Base(f))
		if !splitName.MatchString(name) {
			return nil, fmt.Errorf("the file %q would belong to a split called %q, which cannot be the name of one", f, name)
		}
		names = append(names, name)
	}
	slices.SortFunc(names, compareSplits)
	var out []splitFiles
	for _, name := range slices.Compact(names) {
		files, err := selectFiles(dir, []string{fmt.Sprintf(shardGlob, name)}, found)
		if err != nil {
			return nil, err
		}
		out = append(out, splitFiles{name, files})
	}
	return out, nil
}

// shardSplit returns what stands before -00000-of-00001 in the name of a file that rule 1 selected.
func shardSplit(base string) string {
	i := strings.LastIndex(base, "-of-")
	if i < 6 {
		return ""
	}
	return base[:i-6]
}

// compareSplits orders train, validation, test, and then by name.
func compareSplits(a, b string) int {
	rank := func(s string) int {
		for i, k := range keywords {
			if s == k.split {
				return i
			}
		}
		return len(keywords)
	}
	if d := rank(a) - rank(b); d != 0 {
		return d
	}
	return strings.Compare(a, b)
}

func withKeywords(globs, words []string) []string {
	var out []string
	for _, w := range words {
		for _, g := range globs {
			out = append(out, strings.ReplaceAll(g, "#", w))
		}
	}
	return out
}

// selectFiles returns the files that any of the globs selects: glob by glob, each in the order of files, none twice.
func selectFiles(dir string, globs, files []string) ([]string, error) {
	var out []string
	seen := map[string]bool{}
	for _, g := range globs {
		p, err := compile(dir, g)
		if err != nil {
			return nil, err
		}
		n := 0
		for _, f := range files {
			if !p.match(f) {
				continue
			}
			n++
			if !seen[f] {
				seen[f] = true
				out = append(out, f)
			}
		}
		if n == 0 && !p.magic() {
			return nil, fmt.Errorf("%q is not in the repository", p.text)
		}
	}
	return out, nil
}

// exportedConfigs reads the folders CONFIG/SPLIT of the branch refs/convert/parquet, where the Hub puts
// parquet copies of what people uploaded. A split of which it copied only the start is reported in partial.
func exportedConfigs(files []string) (configs []cardConfig, partial []string) {
	for _, f := range files {
		parts := strings.Split(f, "/")
		if len(parts) != 3 || path.Ext(f) != ".parquet" {
			continue
		}
		config, folder := parts[0], parts[1]
		split, cut := strings.CutPrefix(partSuffix.ReplaceAllString(folder, ""), "partial-")
		if cut && !slices.Contains(partial, config+"/"+split) {
			partial = append(partial, config+"/"+split)
		}
		if len(configs) == 0 || configs[len(configs)-1].name != config {
			configs = append(configs, cardConfig{name: config})
		}
		c := &configs[len(configs)-1]
		glob := escapeGlob(config) + "/" + escapeGlob(folder) + "/*.parquet"
		if i := slices.IndexFunc(c.splits, func(s cardSplit) bool { return s.name == split }); i < 0 {
			c.splits = append(c.splits, cardSplit{split, []string{glob}})
		} else if !slices.Contains(c.splits[i].globs, glob) {
			c.splits[i].globs = append(c.splits[i].globs, glob)
		}
	}
	return configs, partial
}

// partSuffix is how the Hub splits a folder that would have too many files.
var partSuffix = regexp.MustCompile(`-part\d+$`)

// escapeGlob returns the glob that matches s and nothing else.
func escapeGlob(s string) string {
	return strings.NewReplacer("*", "[*]", "?", "[?]", "[", "[[]").Replace(s)
}
