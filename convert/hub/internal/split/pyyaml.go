package split

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

// The cards of datasets are read the way PyYAML reads them, which is YAML 1.1: there a config called 007, no or
// 2024-01-01 is a number, a truth value or a date, and `datasets` refuses it.

// plainTypes are the types of unquoted scalars that are no text. A text can match one of them only.
var plainTypes = sync.OnceValue(func() []plainType {
	return []plainType{
		{"!!null", regexp.MustCompile(`^(~|null|Null|NULL|)$`)},
		{"!!bool", regexp.MustCompile(`^(yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$`)},
		{"!!int", regexp.MustCompile(`^[-+]?(0b[01_]+|0[0-7_]+|0|[1-9][0-9_]*|0x[0-9a-fA-F_]+|[1-9][0-9_]*(:[0-5]?[0-9])+)$`)},
		{"!!float", regexp.MustCompile(`^([-+]?[0-9][0-9_]*\.[0-9_]*([eE][-+][0-9]+)?|\.[0-9][0-9_]*([eE][-+][0-9]+)?` +
			`|[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$`)},
		{"!!timestamp", regexp.MustCompile(`^\d{4}-(\d\d-\d\d|\d\d?-\d\d?([Tt]|[ \t]+)\d\d?:\d\d:\d\d(\.\d*)?([ \t]*(Z|[-+]\d\d?(:\d\d)?))?)$`)},
		{"!!other", regexp.MustCompile(`^(<<|=)$`)},
	}
})

type plainType struct {
	tag string
	re  *regexp.Regexp
}

// tagOf returns the type of a scalar, or "" for what is none.
func tagOf(n *yaml.Node) string {
	switch {
	case n.Kind != yaml.ScalarNode:
		return ""
	case n.Style&yaml.TaggedStyle != 0:
		return n.ShortTag()
	case n.Style != 0:
		return "!!str"
	}
	for _, t := range plainTypes() {
		if t.re.MatchString(n.Value) {
			return t.tag
		}
	}
	return "!!str"
}

// textOf returns the value of a scalar that is text.
func textOf(n *yaml.Node) (string, bool) {
	if n = deref(n); n == nil || tagOf(n) != "!!str" {
		return "", false
	}
	return n.Value, true
}

// isFalse reports whether Python takes the value for false: nothing, an empty text or collection, zero, or no.
func isFalse(n *yaml.Node) bool {
	if n = deref(n); n == nil {
		return true
	}
	switch tagOf(n) {
	case "":
		return len(n.Content) == 0
	case "!!null":
		return true
	case "!!bool":
		return slices.Contains([]string{"no", "false", "off"}, strings.ToLower(n.Value))
	case "!!int", "!!float":
		return strings.Trim(n.Value, "+-0._") == ""
	}
	return n.Value == ""
}

// isNull reports whether there is no value, or one that is nothing.
func isNull(n *yaml.Node) bool {
	n = deref(n)
	return n == nil || tagOf(n) == "!!null"
}

// deref follows an alias.
func deref(n *yaml.Node) *yaml.Node {
	if n != nil && n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

// fields returns the values of a mapping by their keys. Of a key that is there twice the last counts, and what << names
// counts only for keys that are not there.
func fields(n *yaml.Node) (map[string]*yaml.Node, bool) {
	return fieldsWithin(deref(n), maxMerges)
}

// maxMerges bounds how deep mappings can be merged into one another, which may be endless.
const maxMerges = 8

func fieldsWithin(n *yaml.Node, depth int) (map[string]*yaml.Node, bool) {
	if n == nil || n.Kind != yaml.MappingNode || depth == 0 {
		return nil, false
	}
	out, merged := map[string]*yaml.Node{}, map[string]*yaml.Node{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], deref(n.Content[i+1])
		if key.Kind == yaml.ScalarNode && key.Style == 0 && key.Value == "<<" {
			if !mergeInto(merged, value, depth-1) {
				return nil, false
			}
			continue
		}
		if key = deref(key); key == nil || key.Kind != yaml.ScalarNode {
			continue // nothing that is looked for
		}
		out[key.Value] = value
	}
	for key, value := range merged {
		if _, ok := out[key]; !ok {
			out[key] = value
		}
	}
	return out, true
}

// mergeInto adds the fields of a mapping, or of each of a list of them, the first of which counts.
func mergeInto(out map[string]*yaml.Node, n *yaml.Node, depth int) bool {
	from := []*yaml.Node{n}
	if n != nil && n.Kind == yaml.SequenceNode {
		from = n.Content
	}
	for _, f := range from {
		more, ok := fieldsWithin(deref(f), depth)
		if !ok {
			return false
		}
		for key, value := range more {
			if _, ok := out[key]; !ok {
				out[key] = value
			}
		}
	}
	return true
}

// document parses YAML whose top is a mapping, or nothing.
func document(text []byte) (map[string]*yaml.Node, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, errors.New(strings.ReplaceAll(err.Error(), "\n", " "))
	}
	if doc.Kind != yaml.DocumentNode || len(doc.Content) == 0 || isFalse(doc.Content[0]) {
		return nil, nil
	}
	top, ok := fields(doc.Content[0])
	if !ok {
		return nil, placed(doc.Content[0], "expected keys and values")
	}
	return top, nil
}

// placed is an error about a line of the text.
func placed(n *yaml.Node, format string, args ...any) error {
	return fmt.Errorf("line %d: %s", n.Line, fmt.Sprintf(format, args...))
}
