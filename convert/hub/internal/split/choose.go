package split

import (
	"cmp"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/promptmill/promptmill/convert/hub/internal/fault"
)

// Config is one config of a layout.
type Config struct {
	Name    string
	Default bool     // it is read when no config is named
	Splits  []string // names, in the dataset's order; some may have no parquet

	from cardConfig
}

// Split is one split of a config.
type Split struct {
	Name    string
	Files   []string // parquet, in reading order
	Rows    int64    // as the card declares; -1 when it does not
	Partial bool     // the files are the start of the split only, which is all that the Hub's copy has
}

// Configs returns every config, in the dataset's order.
func (l *Layout) Configs() []Config {
	out := make([]Config, 0, len(l.configs))
	for i := range l.configs {
		out = append(out, l.describe(i))
	}
	return out
}

func (l *Layout) describe(i int) Config {
	c := l.configs[i]
	out := Config{Name: c.name, Default: i == l.def, from: c}
	for _, s := range c.splits {
		out.Splits = append(out.Splits, s.name)
	}
	return out
}

// Config returns the config of that name; of none, the default. The error is a [*ChoiceError].
func (l *Layout) Config(name string) (Config, error) {
	i := l.def
	if name != "" {
		i = slices.IndexFunc(l.configs, func(c cardConfig) bool { return c.name == name })
	}
	if i >= 0 {
		return l.describe(i), nil
	}
	e := &ChoiceError{Kind: "config", Asked: name, Choices: make([]string, len(l.configs))}
	for i, c := range l.configs {
		e.Choices[i] = c.name
	}
	return Config{}, e
}

// Splits returns the splits of a config with their parquet files; those that have none are there too. No parquet in any
// is an error. So is a file that the card names and the repository lacks; when not all of that is known, only the split
// that has it is without files.
func (l *Layout) Splits(c Config) ([]Split, error) {
	all, err := resolveSplits(c.from.dir, c.from.splits, l.files)
	if errors.Is(err, errMissing) && !l.whole {
		all, err = knownSplits(c.from, l.files)
	}
	if err != nil {
		return nil, l.explain(c.Name, err)
	}
	out := parquetOnly(all)
	if !slices.ContainsFunc(out, func(s Split) bool { return len(s.Files) > 0 }) {
		return nil, noParquet(fmt.Sprintf("config %q", c.Name), all)
	}
	info, _ := l.card.info(c.Name)
	for i := range out {
		s := &out[i]
		s.Rows, s.Partial = -1, l.partial[c.Name+"/"+s.Name]
		if n, ok := info.rows[s.Name]; ok {
			s.Rows = n
		}
	}
	return out, nil
}

// Split returns the split of that name, one of splits, which are those of c; of no name, the only one that can be read.
// The error is a [*ChoiceError], or says that the split has no parquet.
func (l *Layout) Split(c Config, splits []Split, name string) (Split, error) {
	readable := slices.DeleteFunc(slices.Clone(splits), func(s Split) bool { return len(s.Files) == 0 })
	if name == "" && len(readable) == 1 {
		return readable[0], nil
	}
	byName := func(s Split) bool { return s.Name == name }
	if i := slices.IndexFunc(readable, byName); i >= 0 {
		return readable[i], nil
	}
	if slices.ContainsFunc(splits, byName) {
		asked := slices.DeleteFunc(slices.Clone(c.from.splits), func(s cardSplit) bool { return s.name != name })
		all, err := resolveSplits(c.from.dir, asked, l.files)
		if err != nil {
			return Split{}, l.explain(c.Name, err)
		}
		return Split{}, noParquet(fmt.Sprintf("split %q", name), all)
	}
	e := &ChoiceError{Kind: "split", Asked: name, Choices: make([]string, len(readable))}
	for i, s := range readable {
		e.Choices[i] = s.Name
	}
	return Split{}, e
}

// knownSplits returns the splits with their files, and without those of which one is missing.
func knownSplits(c cardConfig, files []string) ([]Split, error) {
	var out []Split
	for i, s := range c.splits {
		found, err := resolveSplits(c.dir, c.splits[i:i+1], files)
		if err != nil && !errors.Is(err, errMissing) {
			return nil, err
		}
		if err != nil {
			found = []Split{{Name: s.name}}
		}
		out = append(out, found...)
	}
	return out, nil
}

// noParquet says what there is instead of parquet.
func noParquet(what string, splits []Split) error {
	count := map[string]int{}
	var kinds []string
	for _, s := range splits {
		for _, f := range s.Files {
			ext := cmp.Or(path.Ext(f), "no extension")
			if count[ext]++; count[ext] == 1 {
				kinds = append(kinds, ext)
			}
		}
	}
	slices.SortStableFunc(kinds, func(a, b string) int { return count[b] - count[a] })
	there := "no data files"
	if len(kinds) > 0 {
		there = fmt.Sprintf("only files like %s", fault.Printable(strings.Join(kinds[:min(len(kinds), 5)], ", "), 80))
	}
	return fmt.Errorf("%s: %w: it has %s", fault.Printable(what, 120), fault.ErrNoParquet, there)
}

// parquetOnly drops other files.
func parquetOnly(splits []Split) []Split {
	out := slices.Clone(splits)
	for i := range out {
		out[i].Files = slices.DeleteFunc(slices.Clone(out[i].Files), func(f string) bool { return !IsParquet(f) })
	}
	return out
}

// ChoiceError says that a config or split has to be chosen, or that the chosen one does not exist.
type ChoiceError struct {
	Kind    string   // "config" or "split"
	Asked   string   // the name that does not exist; "" when none was given
	Choices []string // what exists, in the dataset's order
}

// Error says what has to be chosen, or does not exist. It leaves the choices to its caller.
func (e *ChoiceError) Error() string {
	if e.Asked != "" {
		return fmt.Sprintf("no %s %q", e.Kind, e.Asked)
	}
	return fmt.Sprintf("several %ss", e.Kind)
}
