package split

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// Files with metadata; what the second says overrides the first.
const (
	ReadmeFile   = "README.md"
	MetadataFile = ".huggingface.yaml"
)

// Card is what the metadata of a dataset declares: the front matter of its README, completed by .huggingface.yaml. The
// zero value declares nothing.
type Card struct {
	configs []cardConfig // in their order
	infos   []cardInfo   // of dataset_info
}

// cardConfig is one entry of `configs`.
type cardConfig struct {
	name      string
	isDefault bool
	dir       string      // data_dir: where its patterns start
	splits    []cardSplit // nil: no data_files, the names of the files decide
	null      bool        // data_files is there and says nothing
}

// cardSplit is one split of a config with the globs of its files.
type cardSplit struct {
	name  string
	globs []string
}

// cardInfo is one entry of `dataset_info`.
type cardInfo struct {
	config string
	splits []string         // in their order
	rows   map[string]int64 // of the splits that say so
}

// Bounds on what one card may declare. The largest on the Hub have some thousand configs.
const maxConfigs = 100_000

// Names that `datasets` accepts.
var (
	splitName    = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[\p{L}\p{N}_]+(\.[\p{L}\p{N}_]+)*$`) })
	badConfigSet = `<>:/\|?*` // what a folder on some system cannot be called
)

// ParseCard reads the metadata. Either text may be nil. An error names the file and the line.
func ParseCard(readme, standalone []byte) (Card, error) {
	meta, err := frontMatter(readme)
	if err != nil {
		return Card{}, fmt.Errorf("%s: %w", ReadmeFile, err)
	}
	more, err := document(standalone)
	if err != nil {
		return Card{}, fmt.Errorf("%s: %w", MetadataFile, err)
	}
	from := map[string]string{"configs": ReadmeFile}
	if meta == nil {
		meta = map[string]*yaml.Node{}
	}
	for key, value := range more {
		meta[key], from[key] = value, MetadataFile
	}
	c := Card{infos: parseInfos(meta["dataset_info"])}
	if c.configs, err = parseConfigs(meta["configs"]); err != nil {
		return Card{}, fmt.Errorf("%s: %w", from["configs"], err)
	}
	return c, nil
}

// frontBlock is what huggingface_hub takes for the metadata of a README, with what stands before it.
var frontBlock = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\A([\s\v\x{1c}-\x{1f}\x{85}\p{Z}]*---(?:\r\n|\r|\n))([\s\S]*?)(?:\r\n|\r|\n)---[ \t]*(?:\r\n|\n|\z)`)
})

// frontMatter returns the metadata at the start of a README, nil when there is none. Lines are counted from the start
// of the file.
func frontMatter(text []byte) (map[string]*yaml.Node, error) {
	if !utf8.Valid(text) {
		return nil, errors.New("not UTF-8")
	}
	m := frontBlock().FindSubmatch(text)
	if m == nil {
		return nil, nil
	}
	before := bytes.Repeat([]byte("\n"), bytes.Count(m[1], []byte("\n")))
	return document(append(before, m[2]...))
}

func parseConfigs(n *yaml.Node) ([]cardConfig, error) {
	switch n = deref(n); {
	case isFalse(n):
		return nil, nil
	case n.Kind != yaml.SequenceNode:
		return nil, placed(n, "configs: expected a list")
	case len(n.Content) > maxConfigs:
		return nil, placed(n, "configs: more than %d", maxConfigs)
	}
	var out []cardConfig
	at := map[string]int{}
	for _, item := range n.Content {
		cfg, err := parseConfig(deref(item))
		if err != nil {
			return nil, err
		}
		if i, twice := at[cfg.name]; twice {
			out[i] = cfg // as in Python: the last counts, in the place of the first
			continue
		}
		at[cfg.name] = len(out)
		out = append(out, cfg)
	}
	return out, nil
}

func parseConfig(n *yaml.Node) (cardConfig, error) {
	item, ok := fields(n)
	if !ok || item["config_name"] == nil {
		return cardConfig{}, placed(n, "configs: expected config_name, and data_files, data_dir or default")
	}
	name, ok := textOf(item["config_name"])
	switch {
	case !ok || name == "":
		return cardConfig{}, placed(item["config_name"], "config_name: expected text; quote what YAML reads as something else")
	case strings.ContainsAny(name, badConfigSet):
		return cardConfig{}, placed(item["config_name"], "config_name %.80q: none of %s can be in it", name, badConfigSet)
	}
	cfg := cardConfig{name: name, isDefault: !isFalse(item["default"])}
	if dir := item["data_dir"]; !isFalse(dir) {
		if cfg.dir, ok = textOf(dir); !ok {
			return cardConfig{}, placed(dir, "data_dir: expected text")
		}
	}
	files, there := item["data_files"]
	if isNull(files) {
		cfg.null = there
		return cfg, nil
	}
	var err error
	cfg.splits, err = parseFiles(files)
	return cfg, err
}

// parseFiles reads data_files: a glob or a list of globs, which are split train, or a list of splits.
func parseFiles(n *yaml.Node) ([]cardSplit, error) {
	if n = deref(n); n.Kind == yaml.SequenceNode && slices.ContainsFunc(n.Content, isMapping) {
		return parseSplits(n)
	}
	globs, ok := textsOf(n)
	if !ok {
		return nil, placed(n, "data_files: expected a path, a list of paths or a list of split and path")
	}
	return []cardSplit{{"train", globs}}, nil
}

func isMapping(n *yaml.Node) bool { return deref(n).Kind == yaml.MappingNode }

func parseSplits(n *yaml.Node) ([]cardSplit, error) {
	var out []cardSplit
	for _, item := range n.Content {
		s, err := parseSplit(deref(item))
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(out, func(o cardSplit) bool { return o.name == s.name }) {
			return nil, placed(deref(item), "data_files: split %q is declared twice", s.name)
		}
		out = append(out, s)
	}
	return out, nil
}

func parseSplit(n *yaml.Node) (cardSplit, error) {
	item, _ := fields(n)
	name, ok := textOf(item["split"])
	globs, ok2 := textsOf(item["path"])
	switch {
	case !ok || !ok2 || len(item) != 2:
		return cardSplit{}, placed(n, "data_files: expected split and path, and nothing else")
	case !splitName().MatchString(name):
		return cardSplit{}, placed(n, "data_files: %.80q cannot be the name of a split: letters, digits, _ and dots between them", name)
	}
	return cardSplit{name, globs}, nil
}

// textsOf returns one text, or a list of nothing but texts.
func textsOf(n *yaml.Node) ([]string, bool) {
	if s, ok := textOf(n); ok {
		return []string{s}, true
	}
	if n = deref(n); n == nil || n.Kind != yaml.SequenceNode {
		return nil, false
	}
	out := make([]string, 0, len(n.Content))
	for _, c := range n.Content {
		s, ok := textOf(c)
		if !ok {
			return nil, false
		}
		out = append(out, s)
	}
	return out, true
}

// parseInfos reads dataset_info, which nothing depends on: what cannot be read is left out.
func parseInfos(n *yaml.Node) []cardInfo {
	if n = deref(n); n == nil {
		return nil
	}
	items := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		items = n.Content
	}
	var out []cardInfo
	for _, n := range items[:min(len(items), maxConfigs)] {
		item, ok := fields(n)
		if !ok {
			continue
		}
		info := cardInfo{config: "default", rows: map[string]int64{}}
		if name, ok := textOf(item["config_name"]); ok {
			info.config = name
		}
		info.addSplits(item["splits"])
		out = slices.DeleteFunc(out, func(o cardInfo) bool { return o.config == info.config })
		out = append(out, info)
	}
	return out
}

func (i *cardInfo) addSplits(n *yaml.Node) {
	if n = deref(n); n == nil || n.Kind != yaml.SequenceNode {
		return
	}
	for _, s := range n.Content {
		split, _ := fields(s)
		name, ok := textOf(split["name"])
		if !ok {
			continue
		}
		i.splits = append(i.splits, name)
		if rows := deref(split["num_examples"]); rows != nil {
			if v, err := strconv.ParseInt(rows.Value, 10, 64); err == nil && v >= 0 {
				i.rows[name] = v
			}
		}
	}
}

// info returns what dataset_info says of a config.
func (c Card) info(config string) (cardInfo, bool) {
	i := slices.IndexFunc(c.infos, func(i cardInfo) bool { return i.config == config })
	if i < 0 {
		return cardInfo{}, false
	}
	return c.infos[i], true
}
