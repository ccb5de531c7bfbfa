package split

import (
	"fmt"
	"path"
	"regexp"
	"slices"

	"github.com/promptmill/promptmill/convert/hub/internal/fault"
	"github.com/promptmill/promptmill/convert/hub/internal/glob"
)

// StandaloneConfigs reports whether .huggingface.yaml decides the configs, whatever the README says.
func StandaloneConfigs(standalone []byte) bool {
	more, err := document(standalone)
	_, there := more["configs"]
	return err == nil && there
}

// Globs is what a card has to say of a split for it to have the files that it has without.
type Globs struct {
	Split string
	Paths []string
}

// Undeclared returns the splits that the names of the files make in a dataset that declares no config; none of one that
// does.
func (l *Layout) Undeclared() []Globs {
	if len(l.card.configs) > 0 {
		return nil
	}
	splits, err := l.Splits(l.describe(0))
	if err != nil {
		return nil
	}
	out := make([]Globs, len(splits))
	for i, s := range splits {
		out[i] = Globs{s.Name, l.globs(s)}
	}
	return out
}

// globs returns the pattern of what Python's push_to_hub writes, where it selects the files of the split, or else their
// names.
func (l *Layout) globs(s Split) []string {
	short := "data/" + s.Name + "-*"
	if found, err := selectFiles("", []string{short}, l.files); err == nil && slices.Equal(found, s.Files) {
		return []string{short}
	}
	out := make([]string, len(s.Files))
	for i, f := range s.Files {
		out[i] = glob.Escape(f)
	}
	return out
}

// Foreign returns the format other than parquet as which `datasets` reads all configs of a dataset, and "" when it
// reads parquet, or nothing, or only texts about the dataset, which it takes for data.
func Foreign(c Card, files []string) string {
	l := &Layout{card: c, configs: c.configs, files: files, whole: true}
	format, err := l.format()
	if err != nil || format == "parquet" {
		return ""
	}
	if len(c.configs) == 0 && !slices.ContainsFunc(files, func(f string) bool { return isData(f) && !about.MatchString(path.Base(f)) }) {
		return ""
	}
	return format
}

// about are the names of texts about a dataset.
var about = regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice|authors|citation|changelog|requirements)[^.]*\.txt$|\.md$`)

// Keeps returns an error unless what can be read of l can be read in the same way of after, which has the added files
// besides. They may become part of a config that has a pattern for them.
func (l *Layout) Keeps(after *Layout, added []string) error {
	if l.def >= 0 && (after.def < 0 || after.configs[after.def].name != l.configs[l.def].name) {
		return fmt.Errorf("config %q would no longer be the default", fault.Printable(l.configs[l.def].name, 80))
	}
	for _, c := range l.configs {
		was, err := resolveSplits(c.dir, c.splits, l.files)
		if err != nil {
			continue // nobody can read it
		}
		patterns := slices.ContainsFunc(l.card.configs, func(o cardConfig) bool { return o.name == c.name && o.splits != nil })
		if err := c.sameIn(after, parquetOnly(was), added, patterns); err != nil {
			return err
		}
	}
	return nil
}

// sameIn compares the config with the one of its name in after. With grows the added files do not count.
func (c cardConfig) sameIn(after *Layout, was []Split, added []string, grows bool) error {
	i := slices.IndexFunc(after.configs, func(o cardConfig) bool { return o.name == c.name })
	if i < 0 {
		return fmt.Errorf("config %q would be gone", fault.Printable(c.name, 80))
	}
	found, err := resolveSplits(after.configs[i].dir, after.configs[i].splits, after.files)
	if err != nil {
		return after.explain(c.name, err)
	}
	is := parquetOnly(found)
	for k := range is {
		if grows {
			is[k].Files = slices.DeleteFunc(is[k].Files, func(f string) bool { return slices.Contains(added, f) })
		}
	}
	same := func(a, b Split) bool { return a.Name == b.Name && slices.Equal(a.Files, b.Files) }
	if !slices.EqualFunc(was, is, same) {
		return fmt.Errorf("config %q would have other files than before", fault.Printable(c.name, 80))
	}
	return nil
}
