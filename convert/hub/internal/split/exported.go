package split

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/promptmill/promptmill/convert/hub/internal/fault"
	"github.com/promptmill/promptmill/convert/hub/internal/glob"
)

// Exported lays out files that are the Hub's parquet copy of a dataset. What the dataset's own card declares decides the
// default config and the order. An error matches [fault.ErrNoParquet].
func Exported(c Card, files []string, whole bool) (*Layout, error) {
	configs, partial := exportedConfigs(files, c)
	if len(configs) == 0 {
		return nil, fmt.Errorf("%w: no folders CONFIG/SPLIT with parquet files", fault.ErrNoParquet)
	}
	l := &Layout{card: c, configs: configs, files: files, whole: whole, partial: partial}
	def, err := l.defaultConfig()
	if err != nil {
		def = -1
	}
	l.def = def
	return l, nil
}

// exportFolder is the name of the folder of a split: it says when only the start was copied, and a split of very many
// files is in several.
var exportFolder = regexp.MustCompile(`(?s)^(partial-)?(.+?)(?:-part(\d+))?$`)

// exportedConfigs reads the folders CONFIG/SPLIT of the branch, in the order that the card declares. The splits that are
// not complete are in partial, as CONFIG/SPLIT.
func exportedConfigs(files []string, declared Card) (configs []cardConfig, partial map[string]bool) {
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
		glob := glob.Escape(config) + "/" + glob.Escape(folder) + "/*.parquet"
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
func (c Card) arrange(configs []cardConfig) {
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
