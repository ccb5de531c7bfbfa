package split

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/promptmill/promptmill/convert/hub/internal/fault"
)

// Layout is which configs a dataset has, and by what its files belong to their splits: what `datasets` would make of the
// same repository.
type Layout struct {
	card    Card
	configs []cardConfig    // each with its splits, declared or by the rules
	def     int             // the default config; -1 when there is none
	files   []string        // sorted
	whole   bool            // files are all of the repository
	partial map[string]bool // the splits of a copy that are not complete, as CONFIG/SPLIT
}

// New decides the configs and their splits of the dataset repo, whose files must be sorted. Without `configs` in the
// card there is one, called default. An error is about the whole dataset, of which `datasets` would then read nothing; it
// matches [fault.ErrNoParquet] when that is for want of files that it can read.
//
// Where files are not whole, but only those in the cache, what is missing may be among the others, and is no error here.
func New(repo string, c Card, files []string, whole bool) (*Layout, error) {
	l := &Layout{card: c, configs: slices.Clone(c.configs), files: files, whole: whole}
	if script := ScriptName(repo); slices.Contains(files, script) {
		return nil, fmt.Errorf("%w: the dataset is made by the script %s, which is not run", fault.ErrNoParquet, script)
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
	l.def, err = l.defaultConfig()
	return l, err
}

// ScriptName is the file that made a dataset in former times.
func ScriptName(repo string) string { return strings.TrimSuffix(path.Base(repo), ".py") + ".py" }

// checkFirst refuses what `datasets` reads nothing of, and a dataset without configs whose format is another.
func (l *Layout) checkFirst() error {
	format, err := l.format()
	if err == nil && format != "parquet" && len(l.configs) == 0 {
		return fmt.Errorf("%w: `datasets` reads its files of the format %s", fault.ErrNoParquet, format)
	}
	return err
}

// format finds out the format of the dataset, as `datasets` does: from the first config, whose data_dir plays no part in
// this, or from the whole repository.
func (l *Layout) format() (string, error) {
	splits, err := l.firstSplits()
	if err != nil {
		return "", err
	}
	found, err := resolveSplits("", splits, l.files)
	if err != nil {
		return "", l.explain("", err)
	}
	return oneFormat(found)
}

// firstSplits are the splits that decide the format.
func (l *Layout) firstSplits() ([]cardSplit, error) {
	if len(l.configs) > 0 && l.configs[0].null {
		return nil, fmt.Errorf("%s: %w: config %q: data_files is empty", ReadmeFile, fault.ErrCorrupt, l.configs[0].name)
	}
	if len(l.configs) > 0 && l.configs[0].splits != nil {
		return l.configs[0].splits, nil
	}
	splits, err := splitsByRules("", l.files)
	return splits, l.explain("", err)
}

// explain says what an error of the rules or patterns is about.
func (l *Layout) explain(config string, err error) error {
	what := ""
	if config != "" {
		what = fmt.Sprintf("config %q: ", fault.Printable(config, 80))
	}
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errEmpty):
		return fmt.Errorf("%s%w: there are %w", what, fault.ErrNoParquet, err)
	case errors.Is(err, errMissing) && !l.whole:
		return fmt.Errorf("%s%w: the cache has no list of the files, and no %w", what, fault.ErrOffline, err)
	case errors.Is(err, errMissing):
		return fmt.Errorf("%s%w: the card declares a %w", what, fault.ErrNotFound, err)
	}
	return fmt.Errorf("%s%w: %s", what, fault.ErrCorrupt, fault.Printable(err.Error(), fault.MaxMessage))
}

// resolveSplits returns the splits with all their data files, whatever their type.
func resolveSplits(dir string, splits []cardSplit, files []string) ([]Split, error) {
	var out []Split
	for _, s := range splits {
		found, err := selectFiles(dir, s.globs, files)
		if err != nil {
			return nil, err
		}
		out = append(out, Split{Name: s.name, Files: found})
	}
	return out, nil
}

// defaultConfig returns the index of the only config, of the one that is called or declared the default, or of the one
// that dataset_info is about; -1 when there is none.
func (l *Layout) defaultConfig() (int, error) {
	at := -1
	for i, cfg := range l.configs {
		if len(l.configs) > 1 && !cfg.isDefault && cfg.name != "default" {
			continue
		}
		if at >= 0 {
			return 0, fmt.Errorf("%w: several default configs: %s and %s", fault.ErrCorrupt,
				fault.Printable(l.configs[at].name, 80), fault.Printable(cfg.name, 80))
		}
		at = i
	}
	if infos := l.card.infos; at < 0 && len(infos) == 1 && !slices.Contains(l.files, legacyInfos) {
		at = slices.IndexFunc(l.configs, func(cfg cardConfig) bool { return cfg.name == infos[0].config })
	}
	return at, nil
}

// legacyInfos is a file that declares what dataset_info in a card does now.
const legacyInfos = "dataset_infos.json"
