package hub

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// cardConfig is one entry of `configs` in the metadata of a dataset.
type cardConfig struct {
	name      string
	isDefault bool
	dir       string      // data_dir: where its patterns start
	splits    []cardSplit // nil: no data_files, the names of the files decide
}

// cardSplit is one split of a config with the globs of its files.
type cardSplit struct {
	name  string
	globs []string
}

// splitName is what `datasets` accepts as the name of a split.
var splitName = regexp.MustCompile(`^\w+(\.\w+)*$`)

// maxConfigs bounds what one card may declare; the largest on the Hub have some thousand.
const maxConfigs = 100_000

// parseCard returns the configs that the front matter of a README declares, nil when it declares none.
func parseCard(readme []byte) ([]cardConfig, error) {
	return parseMetadata(frontMatter(readme))
}

// parseMetadata returns the configs in YAML metadata, the same as between the dashes of a README.
func parseMetadata(text []byte) ([]cardConfig, error) {
	var meta struct {
		Configs yaml.Node `yaml:"configs"`
	}
	if err := yaml.Unmarshal(text, &meta); err != nil {
		return nil, fmt.Errorf("%s", strings.ReplaceAll(err.Error(), "\n", " "))
	}
	node := deref(&meta.Configs)
	if node.IsZero() || node.Tag == "!!null" {
		return nil, nil
	}
	if node.Kind != yaml.SequenceNode {
		return nil, placed(node, "configs: expected a list")
	}
	if len(node.Content) > maxConfigs {
		return nil, placed(node, "configs: more than %d", maxConfigs)
	}
	var out []cardConfig
	for _, n := range node.Content {
		cfg, err := parseConfig(deref(n))
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(out, func(o cardConfig) bool { return o.name == cfg.name }) {
			return nil, placed(n, "config %.80q is declared twice", cfg.name)
		}
		out = append(out, cfg)
	}
	return out, nil
}

// frontMatter returns what is between the first line, which must be ---, and the next such line; nil when the text
// does not start that way.
func frontMatter(text []byte) []byte {
	line, rest, _ := bytes.Cut(bytes.TrimLeft(text, " \t\r\n"), []byte("\n"))
	if string(bytes.TrimRight(line, "\r")) != "---" {
		return nil
	}
	for at := 0; at < len(rest); {
		line, _, _ := bytes.Cut(rest[at:], []byte("\n"))
		if string(bytes.TrimRight(line, " \t\r")) == "---" {
			return rest[:at]
		}
		at += len(line) + 1
	}
	return nil
}

func parseConfig(n *yaml.Node) (cardConfig, error) {
	var item struct {
		Name    yaml.Node `yaml:"config_name"`
		Default bool      `yaml:"default"`
		Dir     yaml.Node `yaml:"data_dir"`
		Files   yaml.Node `yaml:"data_files"`
	}
	if n.Kind != yaml.MappingNode || n.Decode(&item) != nil {
		return cardConfig{}, placed(n, "configs: expected config_name, data_files, data_dir and default")
	}
	name, ok := scalar(&item.Name)
	if !ok || name == "" {
		return cardConfig{}, placed(n, "configs: an entry without config_name")
	}
	cfg := cardConfig{name: name, isDefault: item.Default}
	cfg.dir, _ = scalar(&item.Dir)
	files := deref(&item.Files)
	if files.IsZero() || files.Tag == "!!null" {
		return cfg, nil
	}
	var err error
	cfg.splits, err = parseFiles(files)
	return cfg, err
}

// parseFiles reads data_files: a glob or a list of globs, which are split train, or a list of splits.
func parseFiles(n *yaml.Node) ([]cardSplit, error) {
	if globs, ok := scalars(n); ok {
		return []cardSplit{{"train", globs}}, nil
	}
	if n.Kind != yaml.SequenceNode {
		return nil, placed(n, "data_files: expected a path, a list of paths or a list of split and path")
	}
	out := []cardSplit{}
	for _, item := range n.Content {
		item = deref(item)
		s, err := parseSplit(item)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(out, func(o cardSplit) bool { return o.name == s.name }) {
			return nil, placed(item, "data_files: split %q is declared twice", s.name)
		}
		out = append(out, s)
	}
	return out, nil
}

func parseSplit(n *yaml.Node) (cardSplit, error) {
	var item struct {
		Split yaml.Node `yaml:"split"`
		Path  yaml.Node `yaml:"path"`
	}
	if n.Kind != yaml.MappingNode || n.Decode(&item) != nil {
		return cardSplit{}, placed(n, "data_files: expected split and path")
	}
	name, ok := scalar(&item.Split)
	globs, ok2 := scalars(deref(&item.Path))
	switch {
	case !ok || !ok2 || len(n.Content) != 4:
		return cardSplit{}, placed(n, "data_files: expected split and path, and nothing else")
	case !splitName.MatchString(name):
		return cardSplit{}, placed(n, "data_files: %.80q cannot be the name of a split: letters, digits, _ and dots between them", name)
	}
	return cardSplit{name, globs}, nil
}

// scalars returns the texts of a scalar, or of a list of nothing but scalars.
func scalars(n *yaml.Node) ([]string, bool) {
	if s, ok := scalar(n); ok {
		return []string{s}, true
	}
	if n.Kind != yaml.SequenceNode || len(n.Content) == 0 {
		return nil, false
	}
	out := make([]string, 0, len(n.Content))
	for _, c := range n.Content {
		s, ok := scalar(c)
		if !ok {
			return nil, false
		}
		out = append(out, s)
	}
	return out, true
}

// scalar returns the text of a scalar as it is written, so that a config called 007 keeps its name.
func scalar(n *yaml.Node) (string, bool) {
	n = deref(n)
	if n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
		return "", false
	}
	return n.Value, true
}

// deref follows an alias.
func deref(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode && n.Alias != nil {
		return n.Alias
	}
	return n
}

func placed(n *yaml.Node, format string, args ...any) error {
	return fmt.Errorf("line %d: %s", n.Line+1, fmt.Sprintf(format, args...)) // the first line is the ---
}
