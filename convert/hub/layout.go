package hub

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
)

// layout is which configs a dataset has, and by what its files belong to their splits: what `datasets` would make of the
// same repository.
type layout struct {
	ref     Ref
	configs []cardConfig // each with its splits, declared or by the rules
	def     int          // the default config; -1 when there is none
	files   []string     // sorted
	whole   bool         // files are all of the repository, not only those in the cache
}

// newLayout decides the configs and their splits. Without `configs` in the card there is one, called default. An error
// is about the whole dataset, of which `datasets` would then read nothing; it matches ErrNoParquet when that is for want
// of files that it can read.
//
// Where only a part of the files is known, what is missing may be among the others, and is no error here.
func newLayout(ref Ref, c card, files []string, whole bool) (*layout, error) {
	l := &layout{ref: ref, configs: slices.Clone(c.configs), files: files, whole: whole}
	if slices.Contains(files, scriptName(ref)) {
		return nil, fmt.Errorf("%s: %w: the dataset is made by the script %s, which is not run", ref, ErrNoParquet, scriptName(ref))
	}
	if err := l.checkFirst(); err != nil && whole {
		return nil, err
	}
	if len(l.configs) == 0 {
		splits, err := splitsByRules("", files)
		l.configs = []cardConfig{{name: "default", splits: splits}}
		return l, l.explain("", err)
	}
	for i, cfg := range l.configs {
		if cfg.splits != nil {
			continue
		}
		var err error
		if l.configs[i].splits, err = splitsByRules(cfg.dir, files); err != nil && whole {
			return nil, l.explain(cfg.name, err)
		}
	}
	var err error
	l.def, err = l.defaultConfig(c)
	return l, err
}

// scriptName is the file that made a dataset in former times.
func scriptName(ref Ref) string { return strings.TrimSuffix(path.Base(ref.Repo), ".py") + ".py" }

// checkFirst finds out the format of the dataset, as `datasets` does: from the first config, whose data_dir plays no
// part in this, or from the whole repository.
func (l *layout) checkFirst() error {
	var splits []cardSplit
	var err error
	if len(l.configs) > 0 && l.configs[0].null {
		return fmt.Errorf("%s: %s: %w: config %q: data_files is empty", l.ref, readmeFile, ErrCorrupt, l.configs[0].name)
	}
	if len(l.configs) > 0 {
		splits = l.configs[0].splits
	}
	if splits == nil {
		if splits, err = splitsByRules("", l.files); err != nil {
			return l.explain("", err)
		}
	}
	found, err := resolveSplits("", splits, l.files)
	if err != nil {
		return l.explain("", err)
	}
	format, err := oneFormat(found)
	if err != nil {
		return fmt.Errorf("%s: %w", l.ref, err)
	}
	if format != "parquet" && len(l.configs) == 0 {
		return fmt.Errorf("%s: %w: `datasets` reads its files of the format %s", l.ref, ErrNoParquet, format)
	}
	return nil
}

// explain says what an error of the rules or patterns is about.
func (l *layout) explain(config string, err error) error {
	what := l.ref.String()
	if config != "" {
		what += fmt.Sprintf(": config %q", printable(config, 80))
	}
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errEmpty):
		return fmt.Errorf("%s: %w: there are %w", what, ErrNoParquet, err)
	case errors.Is(err, errMissing) && !l.whole:
		return fmt.Errorf("%s: %w: the cache has no list of the files, and no %w", what, ErrOffline, err)
	case errors.Is(err, errMissing):
		return fmt.Errorf("%s: %w: the card declares a %w", what, ErrNotFound, err)
	}
	return fmt.Errorf("%s: %w: %s", what, ErrCorrupt, printable(err.Error(), maxErrorMessage))
}

// resolveSplits returns the splits with all their data files, whatever their type.
func resolveSplits(dir string, splits []cardSplit, files []string) ([]splitFiles, error) {
	var out []splitFiles
	for _, s := range splits {
		found, err := selectFiles(dir, s.globs, files)
		if err != nil {
			return nil, err
		}
		out = append(out, splitFiles{s.name, found})
	}
	return out, nil
}

// defaultConfig returns the index of the only config, of the one that is called or declared the default, or of the one
// that dataset_info is about; -1 when there is none.
func (l *layout) defaultConfig(c card) (int, error) {
	at := -1
	for i, cfg := range l.configs {
		if len(l.configs) > 1 && !cfg.isDefault && cfg.name != "default" {
			continue
		}
		if at >= 0 {
			return 0, fmt.Errorf("%s: %w: several default configs: %s and %s", l.ref, ErrCorrupt,
				printable(l.configs[at].name, 80), printable(cfg.name, 80))
		}
		at = i
	}
	if at < 0 && len(c.infos) == 1 && !slices.Contains(l.files, legacyInfos) {
		at = slices.IndexFunc(l.configs, func(cfg cardConfig) bool { return cfg.name == c.infos[0].config })
	}
	return at, nil
}

// legacyInfos is a file that declares what dataset_info in a card does now.
const legacyInfos = "dataset_infos.json"

// config returns the config that the reference names, or the default.
func (l *layout) config() (cardConfig, error) {
	i := l.def
	if l.ref.Config != "" {
		i = slices.IndexFunc(l.configs, func(c cardConfig) bool { return c.name == l.ref.Config })
	}
	if i < 0 {
		return cardConfig{}, &ChoiceError{Ref: l.ref, Kind: "config", Asked: l.ref.Config, Choices: l.names()}
	}
	return l.configs[i], nil
}

// splits returns the splits of a config with their parquet files; those that have none are there too. No parquet in any
// is an error.
func (l *layout) splits(c cardConfig) ([]splitFiles, error) {
	all, err := resolveSplits(c.dir, c.splits, l.files)
	if err != nil {
		return nil, l.explain(c.name, err)
	}
	out := parquetOnly(all)
	if !slices.ContainsFunc(out, func(s splitFiles) bool { return len(s.files) > 0 }) {
		return nil, l.noParquet(fmt.Sprintf("config %q", c.name), all)
	}
	return out, nil
}

// split returns the split that the reference names, or the only one that can be read.
func (l *layout) split(c cardConfig, splits []splitFiles) (splitFiles, error) {
	readable := slices.DeleteFunc(slices.Clone(splits), func(s splitFiles) bool { return len(s.files) == 0 })
	if l.ref.Split == "" && len(readable) == 1 {
		return readable[0], nil
	}
	byName := func(s splitFiles) bool { return s.name == l.ref.Split }
	if i := slices.IndexFunc(readable, byName); i >= 0 {
		return readable[i], nil
	}
	if slices.ContainsFunc(splits, byName) {
		all, err := resolveSplits(c.dir, c.splits, l.files)
		if err != nil {
			return splitFiles{}, l.explain(c.name, err)
		}
		return splitFiles{}, l.noParquet(fmt.Sprintf("split %q", l.ref.Split), slices.DeleteFunc(all, func(s splitFiles) bool { return !byName(s) }))
	}
	return splitFiles{}, &ChoiceError{Ref: l.ref, Kind: "split", Asked: l.ref.Split, Choices: splitNames(readable)}
}

// describe returns every config with the names of its splits.
func (l *layout) describe() []ConfigInfo {
	out := make([]ConfigInfo, 0, len(l.configs))
	for i, c := range l.configs {
		info := ConfigInfo{Name: c.name, Default: i == l.def}
		for _, s := range c.splits {
			info.Splits = append(info.Splits, s.name)
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
	return fmt.Errorf("%s: %s: %w: it has %s", l.ref, printable(what, 120), ErrNoParquet, there)
}

// parquetOnly drops other files.
func parquetOnly(splits []splitFiles) []splitFiles {
	out := make([]splitFiles, len(splits))
	for i, s := range splits {
		out[i] = splitFiles{s.name, slices.DeleteFunc(slices.Clone(s.files), func(f string) bool { return !isParquet(f) })}
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
