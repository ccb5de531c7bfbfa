package report

import (
	"bytes"
	"fmt"
	"path"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// cardSplit is the split that results are in: the one that everybody loads.
const cardSplit = "train"

// newFront is the front matter of a card that is new, without configs. A license is for the owner to choose.
func newFront(files []CardFile) string {
	rows := int64(0)
	for _, f := range files {
		rows += f.Rows
	}
	return "---\ntags:\n- benchmark\n- promptmill\nsize_categories:\n- " + sizeCategory(rows) + "\n---\n"
}

// sizeCategory is the Hub's word for a number of rows.
func sizeCategory(rows int64) string {
	steps := []string{"1K", "10K", "100K", "1M", "10M", "100M", "1B", "10B", "100B", "1T"}
	lower, limit := "", int64(1000)
	for _, step := range steps {
		if rows < limit {
			return lower + "n<" + step
		}
		lower, limit = step+"<", limit*10
	}
	return "n>1T"
}

// cutFront splits a card after its front matter, which is empty when there is none.
func cutFront(card []byte) (front, body []byte) {
	if !bytes.HasPrefix(card, []byte("---\n")) && !bytes.HasPrefix(card, []byte("---\r\n")) {
		return nil, card
	}
	at := bytes.IndexByte(card, '\n') + 1
	for rest := card[at:]; len(rest) > 0; {
		line, after, _ := bytes.Cut(rest, []byte("\n"))
		rest = after
		if string(bytes.TrimRight(line, " \t\r")) == "---" {
			return card[:len(card)-len(rest)], rest
		}
	}
	return nil, card
}

// withConfigs adds a config for each file to front matter that has none for it. It returns the name of each file's
// config.
func withConfigs(front []byte, files []CardFile) (out []byte, configs map[string]string, notices []string) {
	configs, taken := map[string]string{}, map[string]bool{}
	known, err := readConfigs(front)
	for _, c := range known {
		taken[c.Name] = true
	}
	var entries []string
	for _, f := range files {
		if name, ok := holder(known, f.Path); ok {
			configs[f.Path] = name
			continue
		}
		name := configName(f.Path, taken)
		configs[f.Path] = name
		entries = append(entries, fmt.Sprintf("- config_name: %s\n  data_files:\n  - split: %s\n    path: %s\n", quoted(name), cardSplit, quoted(f.Path)))
	}
	if len(entries) == 0 {
		return front, configs, nil
	}
	if err == nil {
		if out, ok := addConfigs(front, strings.Join(entries, "")); ok {
			if len(known) == 0 && front != nil && !bytes.Contains(front, []byte("- promptmill")) {
				notices = append(notices, "README.md now names its data files under configs: others in the dataset need a config there to be found")
			}
			return out, configs, notices
		}
	}
	return front, configs, []string{"README.md has front matter that cannot be extended: add to its configs: " + strings.Join(strings.Fields(strings.Join(entries, "")), " ")}
}

// cardConfig is what a config of a card says of its data.
type cardConfig struct {
	Name      string    `yaml:"config_name"`
	DataFiles yaml.Node `yaml:"data_files"`
}

func readConfigs(front []byte) ([]cardConfig, error) {
	var v struct {
		Configs []cardConfig `yaml:"configs"`
	}
	err := yaml.Unmarshal(inside(front), &v)
	return v.Configs, err
}

// inside returns the YAML of front matter, without the lines around it.
func inside(front []byte) []byte {
	_, text, _ := bytes.Cut(front, []byte("\n"))
	text = bytes.TrimRight(text, " \t\r\n")
	return bytes.TrimSuffix(text, []byte("---"))
}

// holder returns the config that has the file: one that names it, or a pattern that fits it.
func holder(configs []cardConfig, file string) (string, bool) {
	for _, c := range configs {
		if holds(&c.DataFiles, file) {
			return c.Name, true
		}
	}
	return "", false
}

func holds(n *yaml.Node, file string) bool {
	if n.Kind == yaml.ScalarNode {
		fits, err := path.Match(n.Value, file)
		return n.Value == file || err == nil && fits
	}
	for i, child := range n.Content {
		if isKey := n.Kind == yaml.MappingNode && i%2 == 0; !isKey && holds(child, file) {
			return true
		}
	}
	return false
}

var notInConfig = regexp.MustCompile(`[^A-Za-z0-9_.]+`)

// configName makes a name for the config of a file that no other has.
func configName(file string, taken map[string]bool) string {
	stem := strings.TrimSuffix(file, path.Ext(file))
	name := strings.Trim(notInConfig.ReplaceAllString(stem, "-"), "-.")
	if name == "" {
		name = "results"
	}
	unique := name
	for n := 2; taken[unique]; n++ {
		unique = name + "-" + strconv.Itoa(n)
	}
	taken[unique] = true
	return unique
}

// quoted is s as a double-quoted YAML scalar, or plain where nothing can be misread.
func quoted(s string) string {
	plain := s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-./0123456789") == "" && s[0] >= 'A'
	var v any
	if plain && yaml.Unmarshal([]byte(s), &v) == nil && v == s {
		return s
	}
	return strconv.QuoteToASCII(s) // its escapes are YAML's too
}

// addConfigs inserts entries, a block sequence, at the end of the configs of front matter, as text, so that comments
// and layout stay. It is not ok where that would change anything else.
func addConfigs(front []byte, entries string) ([]byte, bool) {
	if front == nil {
		return []byte("---\nconfigs:\n" + entries + "---\n"), true
	}
	var doc yaml.Node
	if yaml.Unmarshal(inside(front), &doc) != nil {
		return nil, false
	}
	lines := bytes.SplitAfter(front, []byte("\n"))
	at, indent := lastFront(lines), ""
	list := configsOf(&doc)
	switch {
	case list == nil:
		entries = "configs:\n" + entries
	case len(list.Content) > 0:
		at = lastLine(list) + 1 // the first line of front matter is none of its YAML
		first := lines[list.Content[0].Line]
		indent = string(first[:len(first)-len(bytes.TrimLeft(first, " "))])
	}
	var text strings.Builder
	for line := range strings.Lines(entries) {
		text.WriteString(indent + line)
	}
	out := joinLines(lines[:at], text.String(), lines[at:])
	return out, extends(front, out)
}

// lastFront is the index of the line that ends the front matter.
func lastFront(lines [][]byte) int {
	at := len(lines) - 1
	for at > 0 && len(bytes.TrimSpace(lines[at])) == 0 {
		at--
	}
	return at
}

// configsOf returns the value of configs at the top of a document, or nil.
func configsOf(doc *yaml.Node) *yaml.Node {
	if len(doc.Content) == 0 || doc.Content[0].Kind != yaml.MappingNode {
		return nil
	}
	top := doc.Content[0].Content
	for i := 0; i+1 < len(top); i += 2 {
		if top[i].Value == "configs" {
			return top[i+1]
		}
	}
	return nil
}

func lastLine(n *yaml.Node) int {
	last := n.Line
	for _, child := range n.Content {
		last = max(last, lastLine(child))
	}
	return last
}

func joinLines(before [][]byte, text string, after [][]byte) []byte {
	out := bytes.Join(before, nil)
	if len(out) > 0 && out[len(out)-1] != '\n' {
		out = append(out, '\n')
	}
	return append(append(out, text...), bytes.Join(after, nil)...)
}

// extends reports whether front matter says what old does, and has more configs.
func extends(old, front []byte) bool {
	var was, is map[string]any
	if yaml.Unmarshal(inside(old), &was) != nil || yaml.Unmarshal(inside(front), &is) != nil {
		return false
	}
	had, _ := was["configs"].([]any)
	has, _ := is["configs"].([]any)
	if len(has) <= len(had) || len(had) > 0 && !reflect.DeepEqual(had, has[:len(had)]) {
		return false
	}
	delete(was, "configs")
	delete(is, "configs")
	return len(was) == 0 && len(is) == 0 || reflect.DeepEqual(was, is)
}
