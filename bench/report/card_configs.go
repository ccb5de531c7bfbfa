package report

import (
	"bytes"
	"fmt"
	"path"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// defaultConfig is the config that is read when none is named, and the one of a dataset that declares none.
const defaultConfig = "default"

// place is where the rows of a file are found: a split of a config, or nowhere yet.
type place struct{ config, split string }

// withConfigs adds a config for each file to the front matter of a card that has none for it, and does what keeps the
// data that is there from getting lost: the first config hides what no config names, and a second one takes from the
// only one that it is the default. It returns the place of each file. Where it cannot, front is as it was, and files
// without a config have no place.
func withConfigs(front []byte, base CardBase, files []CardFile) (out []byte, places map[string]place, notices []string) {
	known, err := readConfigs(front)
	blocked := err != nil || base.Standalone || front == nil && unseenFront().Match(base.Text)
	if blocked {
		known = nil
	}
	taken := map[string]bool{defaultConfig: len(known) > 0 || len(base.Data) > 0 || base.Standalone} // or it would become the default
	for _, c := range known {
		taken[c.Name] = true
	}
	places = map[string]place{}
	var entries strings.Builder
	for _, f := range files {
		at, named, ok := holder(known, f.Path)
		begin, _ := markers(f.Path)
		switch {
		case !ok:
			at = place{configName(f.Path, taken), cardSplit}
			entries.WriteString(entry(at.config, []CardSplit{{at.split, []string{f.Path}}}))
		case !named && !bytes.Contains(base.Text, []byte(begin)):
			notices = append(notices, fmt.Sprintf("%s becomes part of config %s: a pattern in README.md selects it", f.Path, at.config))
		}
		places[f.Path] = at
	}
	if entries.Len() == 0 {
		return front, places, notices
	}
	e := extension{front: front, base: base, known: known, entries: entries.String()}
	if out, said, ok := e.apply(); ok && !blocked {
		return out, places, append(notices, said...)
	}
	for _, f := range files {
		if _, _, ok := holder(known, f.Path); !ok {
			delete(places, f.Path)
		}
	}
	return front, places, append(notices, e.byHand())
}

// extension is what front matter has to say besides.
type extension struct {
	front   []byte
	base    CardBase
	known   []cardConfig // its configs
	entries string       // more of them
}

// data is the config that the dataset has without any being declared.
func (e *extension) data() string {
	if len(e.known) > 0 || len(e.base.Data) == 0 {
		return ""
	}
	return entry(defaultConfig, e.base.Data)
}

// unmarked reports whether the default config is one only because it is alone.
func (e *extension) unmarked() bool {
	return len(e.known) == 1 && e.known[0].Name != defaultConfig && (e.known[0].Default == nil || e.known[0].Default == false)
}

// apply returns the front matter with the extension, and what its owner should know of it.
func (e *extension) apply() (out []byte, notices []string, ok bool) {
	out = e.front
	if e.unmarked() {
		if out, ok = markDefault(out); !ok {
			return nil, nil, false
		}
		notices = append(notices, fmt.Sprintf("README.md now marks config %s as the default, which it was for being the only one", e.known[0].Name))
	}
	if out, ok = addConfigs(out, e.data()+e.entries); !ok {
		return nil, nil, false
	}
	switch {
	case e.data() != "":
		notices = append(notices, fmt.Sprintf("README.md now declares the data that was there as config %s (%s), or it would not be found beside other configs; data files that come later need a config there too",
			defaultConfig, splitNames(e.base.Data)))
	case len(e.known) == 0 && e.front != nil && !bytes.Contains(e.front, []byte("- promptmill")):
		notices = append(notices, "README.md now names its data files under configs: others in the dataset need a config there to be found")
	}
	return out, notices, true
}

// byHand is the notice that the owner has to write the extension.
func (e *extension) byHand() string {
	what, more := "README.md has front matter that cannot be extended", ""
	if e.base.Standalone {
		what = ".huggingface.yaml declares the configs, which is not changed"
		more = `, and "default: true" into one that was alone there`
	}
	if e.unmarked() {
		more = fmt.Sprintf(", and \"default: true\" into that of %s", e.known[0].Name)
	}
	head := "configs:\n"
	if len(e.known) > 0 || e.base.Standalone {
		head = ""
	}
	return what + ": put these lines into its configs" + more + ", and push again:\n" + head + strings.TrimSuffix(e.data()+e.entries, "\n")
}

// entry is a config as an item of a block sequence.
func entry(name string, splits []CardSplit) string {
	var b strings.Builder
	fmt.Fprintf(&b, "- config_name: %s\n  data_files:\n", quoted(name))
	for _, s := range splits {
		fmt.Fprintf(&b, "  - split: %s\n    path:", quoted(s.Name))
		if len(s.Paths) == 1 {
			fmt.Fprintf(&b, " %s\n", quoted(s.Paths[0]))
			continue
		}
		b.WriteString("\n")
		for _, p := range s.Paths {
			fmt.Fprintf(&b, "    - %s\n", quoted(p))
		}
	}
	return b.String()
}

func splitNames(splits []CardSplit) string {
	names := make([]string, len(splits))
	for i, s := range splits {
		names[i] = s.Name
	}
	return strings.Join(names, ", ")
}

// cardConfig is what a config of a card says of its data.
type cardConfig struct {
	Name      string    `yaml:"config_name"`
	Default   any       `yaml:"default"`
	DataDir   string    `yaml:"data_dir"`
	DataFiles yaml.Node `yaml:"data_files"`
}

func readConfigs(front []byte) ([]cardConfig, error) {
	var v struct {
		Configs []cardConfig `yaml:"configs"`
	}
	err := yaml.Unmarshal(inside(front), &v)
	return v.Configs, err
}

// holder returns where the file is already: the config that names it, or one with a pattern that fits it.
func holder(configs []cardConfig, file string) (at place, named, ok bool) {
	if at, ok = placeOf(configs, func(p string) bool { return p == file }); ok {
		return at, true, true
	}
	at, ok = placeOf(configs, func(p string) bool {
		fits, err := path.Match(strings.ReplaceAll(p, "**/", ""), file) // the file is in no folder
		return err == nil && fits
	})
	return at, false, ok
}

// placeOf returns the first split that says something that is wanted of its files.
func placeOf(configs []cardConfig, wanted func(path string) bool) (place, bool) {
	for _, c := range configs {
		if split, ok := splitOf(&c.DataFiles, cardSplit, wanted); ok && c.DataDir == "" {
			return place{c.Name, split}, true
		}
	}
	return place{}, false
}

// splitOf looks through data_files, or a part of them that belongs to split.
func splitOf(n *yaml.Node, split string, wanted func(path string) bool) (string, bool) {
	if n.Kind == yaml.ScalarNode {
		return split, wanted(n.Value)
	}
	if n.Kind == yaml.MappingNode {
		var item struct {
			Split string    `yaml:"split"`
			Path  yaml.Node `yaml:"path"`
		}
		if n.Decode(&item) != nil || item.Split == "" {
			return "", false
		}
		return splitOf(&item.Path, item.Split, wanted)
	}
	for _, child := range n.Content {
		if name, ok := splitOf(child, split, wanted); ok {
			return name, true
		}
	}
	return "", false
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

// truth are the words that Python's YAML reads as true or false, and yaml/v3 as text.
var truth = regexp.MustCompile(`^(?i:y|yes|n|no|on|off)$`)

// quoted is s as a double-quoted YAML scalar, or plain where nothing can be misread.
func quoted(s string) string {
	plain := s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-./0123456789") == "" && s[0] >= 'A'
	var v any
	if plain && !truth.MatchString(s) && yaml.Unmarshal([]byte(s), &v) == nil && v == s {
		return s
	}
	return strconv.QuoteToASCII(s) // its escapes are YAML's too
}
