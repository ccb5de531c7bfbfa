package hub

import (
	"context"
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// exportRevision is the branch of the Hub's parquet copies.
const exportRevision = "refs/convert/parquet"

// exportSurvey finds the copy of a dataset that has no parquet itself, which is what why says. Only what is on the default
// branch is copied.
func (c *Client) exportSurvey(ctx context.Context, d *Dataset, why error) (*survey, error) {
	ref := d.Ref
	ref.Config, ref.Split = "", ""
	ref.Revision = exportRevision
	switch d.Ref.Revision {
	case exportRevision:
		return nil, why
	case defaultRevision:
	default:
		return nil, fmt.Errorf("%w; the Hub's own parquet copy, if there is one, is of %s: %s", why, defaultRevision, ref)
	}
	ref.Config, ref.Split = d.Ref.Config, d.Ref.Split
	e, err := c.at(ctx, ref)
	switch {
	case errors.Is(err, ErrNotFound):
		return nil, fmt.Errorf("%w; and the Hub has made no parquet copy (%s)", why, exportRevision)
	case errors.Is(err, ErrOffline):
		return nil, fmt.Errorf("%w; and %w", why, err)
	case err != nil:
		return nil, err
	}
	declared, err := c.card(ctx, d)
	if err != nil && !errors.Is(err, ErrCorrupt) {
		return nil, err
	}
	p, err := newExportSurvey(e, declared)
	if err != nil {
		return nil, fmt.Errorf("%w; and its copy at %s has none either", why, exportRevision)
	}
	e.source = d
	c.cfg.Logf("%s has no parquet: reading the copy that the Hub made of it, %s at %.8s", d.Ref, exportRevision, e.Commit)
	return p, nil
}

// newExportSurvey lays out a copy. What the dataset's own card declares decides the default config and the order.
func newExportSurvey(d *Dataset, declared card) (*survey, error) {
	d.Exported = true
	paths := d.tree.paths()
	configs, partial := exportedConfigs(paths, declared)
	if len(configs) == 0 {
		return nil, fmt.Errorf("%s: %w: no folders CONFIG/SPLIT with parquet files", d.Ref, ErrNoParquet)
	}
	l := &layout{ref: d.Ref, configs: configs, files: paths, whole: d.whole}
	def, err := l.defaultConfig(declared)
	if err != nil {
		def = -1
	}
	l.def = def
	return &survey{d: d, card: declared, layout: l, partial: partial}, nil
}

// exportFolder is the name of the folder of a split: it says when only the start was copied, and a split of very many
// files is in several.
var exportFolder = regexp.MustCompile(`(?s)^(partial-)?(.+?)(?:-part(\d+))?$`)

// exportedConfigs reads the folders CONFIG/SPLIT of the branch, in the order that the card declares. The splits that are
// not complete are in partial, as CONFIG/SPLIT.
func exportedConfigs(files []string, declared card) (configs []cardConfig, partial map[string]bool) {
	partial = map[string]bool{}
	part := map[string]int{} // of a glob
	for _, f := range files {
		parts := strings.Split(f, "/")
		if len(parts) != 3 || path.Ext(f) != ".parquet" {
			continue
		}
		config, folder := parts[0], parts[1]
		m := exportFolder.FindStringSubmatch(folder)
		split := m[2]
		if m[1] != "" {
			partial[config+"/"+split] = true
		}
		if n := len(configs); n == 0 || configs[n-1].name != config {
			configs = append(configs, cardConfig{name: config})
		}
		glob := escapeGlob(config) + "/" + escapeGlob(folder) + "/*.parquet"
		part[glob], _ = strconv.Atoi(m[3]) // none is the first
		configs[len(configs)-1].addGlob(split, glob)
	}
	for _, c := range configs {
		for _, s := range c.splits {
			slices.SortStableFunc(s.globs, func(a, b string) int { return part[a] - part[b] })
		}
	}
	declared.arrange(configs)
	return configs, partial
}

// addGlob adds a glob to a split, once.
func (c *cardConfig) addGlob(split, glob string) {
	i := slices.IndexFunc(c.splits, func(s cardSplit) bool { return s.name == split })
	if i < 0 {
		i = len(c.splits)
		c.splits = append(c.splits, cardSplit{name: split})
	}
	if s := &c.splits[i]; !slices.Contains(s.globs, glob) {
		s.globs = append(s.globs, glob)
	}
}

// arrange orders configs and splits as the card has them, and marks its default. What it does not name follows.
func (c card) arrange(configs []cardConfig) {
	var order []string
	marked := map[string]bool{}
	for _, cfg := range c.configs {
		order = append(order, cfg.name)
		marked[cfg.name] = cfg.isDefault
	}
	for _, i := range c.infos {
		order = append(order, i.config)
	}
	slices.SortStableFunc(configs, func(a, b cardConfig) int { return rankIn(order, a.name) - rankIn(order, b.name) })
	for i := range configs {
		cfg := &configs[i]
		cfg.isDefault = marked[cfg.name]
		info, _ := c.info(cfg.name)
		slices.SortStableFunc(cfg.splits, func(a, b cardSplit) int {
			if d := rankIn(info.splits, a.name) - rankIn(info.splits, b.name); d != 0 {
				return d
			}
			return compareSplits(a.name, b.name)
		})
	}
}

// escapeGlob returns the glob that matches s and nothing else.
func escapeGlob(s string) string {
	return strings.NewReplacer("*", "[*]", "?", "[?]", "[", "[[]").Replace(s)
}

// saveSource writes what tells, when there is no network, that a dataset has no parquet and what it declares. Src is nil
// for a dataset that is no copy.
func (w *writer) saveSource(src *Dataset) error {
	if src == nil {
		return nil
	}
	if err := w.root.MkdirAll("snapshots/"+src.Commit, 0o777); err != nil { // Python calls a ref to none corrupt
		return w.writeError(err)
	}
	if err := w.saveDocs(src); err != nil {
		return err
	}
	if err := w.saveAbsent(src); err != nil {
		return err
	}
	return w.setRef(src.Ref.Revision, src.Commit)
}
