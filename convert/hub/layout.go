package hub

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// layout is which configs a dataset has, and by what its files belong to their splits.
type layout struct {
	ref     Ref
	configs []cardConfig
	files   []string // of the whole repository, sorted
}

// chosen is the one split to read.
type chosen struct {
	config, split string
	files         []string // parquet, in reading order
}

// newLayout decides the configs: those that the card declares, else one called default.
func newLayout(ref Ref, configs []cardConfig, files []string) *layout {
	if len(configs) == 0 {
		configs = []cardConfig{{name: "default"}}
	}
	return &layout{ref, configs, files}
}

// choose picks the config and split that the reference names, or the only possible ones.
func (l *layout) choose() (chosen, error) {
	cfg, err := l.config()
	if err != nil {
		return chosen{}, err
	}
	splits, err := l.splits(cfg)
	if err != nil {
		return chosen{}, fmt.Errorf("%s: config %q: %w", l.ref, cfg.name, err)
	}
	readable := parquetOnly(splits)
	if len(readable) == 0 {
		return chosen{}, l.noParquet(fmt.Sprintf("config %q", cfg.name), splits)
	}
	s, err := l.split(splits, readable)
	if err != nil {
		return chosen{}, err
	}
	return chosen{cfg.name, s.name, s.files}, nil
}

func (l *layout) config() (cardConfig, error) {
	i := slices.IndexFunc(l.configs, func(c cardConfig) bool { return c.name == l.ref.Config })
	if l.ref.Config == "" {
		i = l.defaultConfig()
	}
	if i < 0 {
		return cardConfig{}, &ChoiceError{Ref: l.ref, Kind: "config", Asked: l.ref.Config, Choices: l.names()}
	}
	return l.configs[i], nil
}

// defaultConfig returns the index of the only config, or of the one that is called or declared the default; -1 when
// there is none, or more than one.
func (l *layout) defaultConfig() int {
	at := -1
	for i, c := range l.configs {
		if len(l.configs) == 1 || c.isDefault || c.name == "default" {
			if at >= 0 {
				return -1
			}
			at = i
		}
	}
	return at
}

// splits returns the splits of a config with all their files, whatever their type.
func (l *layout) splits(c cardConfig) ([]splitFiles, error) {
	if c.splits == nil {
		return splitsByRules(c.dir, l.files)
	}
	var out []splitFiles
	for _, s := range c.splits {
		files, err := selectFiles(c.dir, s.globs, l.files)
		if err != nil {
			return nil, err
		}
		out = append(out, splitFiles{s.name, files})
	}
	return out, nil
}

func (l *layout) split(all, readable []splitFiles) (splitFiles, error) {
	byName := func(s splitFiles) bool { return s.name == l.ref.Split }
	if l.ref.Split == "" && len(readable) == 1 {
		return readable[0], nil
	}
	if i := slices.IndexFunc(readable, byName); i >= 0 {
		return readable[i], nil
	}
	if i := slices.IndexFunc(all, byName); i >= 0 {
		return splitFiles{}, l.noParquet(fmt.Sprintf("split %q", l.ref.Split), all[i:i+1])
	}
	return splitFiles{}, &ChoiceError{Ref: l.ref, Kind: "split", Asked: l.ref.Split, Choices: splitNames(readable)}
}

// describe returns every config with the names of its splits. Splits that only the files tell are found by the
// rules; a config whose files break them has none.
func (l *layout) describe() []ConfigInfo {
	out := make([]ConfigInfo, 0, len(l.configs))
	def := l.defaultConfig()
	for i, c := range l.configs {
		info := ConfigInfo{Name: c.name, Default: i == def}
		for _, s := range c.splits {
			info.Splits = append(info.Splits, s.name)
		}
		if c.splits == nil {
			found, _ := splitsByRules(c.dir, l.files) // whoever chooses this config gets the error
			info.Splits = splitNames(found)
		}
		out = append(out, info)
	}
	return out
}

func (l *layout) names() []string {
	out := make([]string, len(l.configs))
	for i, c := range l.configs {
		out[i] = c.name
	}
	return out
}

// noParquet says what there is instead of parquet.
func (l *layout) noParquet(what string, splits []splitFiles) error {
	count := map[string]int{}
	var kinds []string
	for _, s := range splits {
		for _, f := range s.files {
			ext := first(path.Ext(f), "no extension")
			if count[ext]++; count[ext] == 1 {
				kinds = append(kinds, ext)
			}
		}
	}
	slices.SortStableFunc(kinds, func(a, b string) int { return count[b] - count[a] })
	there := "no data files"
	if len(kinds) > 0 {
		there = fmt.Sprintf("only files like %s", printable(strings.Join(kinds[:min(len(kinds), 5)], ", "), 80))
	}
	return fmt.Errorf("%s: %s: %w: it has %s; the Hub's own parquet copy may be at %s",
		l.ref, printable(what, 120), ErrNoParquet, there, Ref{Repo: l.ref.Repo, Revision: exportRevision})
}

// exportRevision is the branch of the Hub's parquet copies.
const exportRevision = "refs/convert/parquet"

// parquetOnly drops other files, and the splits that have nothing else.
func parquetOnly(splits []splitFiles) []splitFiles {
	var out []splitFiles
	for _, s := range splits {
		var files []string
		for _, f := range s.files {
			if strings.EqualFold(path.Ext(f), ".parquet") {
				files = append(files, f)
			}
		}
		if len(files) > 0 {
			out = append(out, splitFiles{s.name, files})
		}
	}
	return out
}

func splitNames(splits []splitFiles) []string {
	out := make([]string, len(splits))
	for i, s := range splits {
		out[i] = s.name
	}
	return out
}
