package report

import (
	"bytes"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v3"
)

// markDefault makes the only config of front matter the default, as text. It is not ok where that would change anything
// else.
func markDefault(front []byte) ([]byte, bool) {
	var doc yaml.Node
	if yaml.Unmarshal(inside(front), &doc) != nil {
		return nil, false
	}
	list := configsOf(&doc)
	if list == nil || len(list.Content) != 1 || list.Content[0].Kind != yaml.MappingNode {
		return nil, false
	}
	fields := list.Content[0].Content
	for i := 0; i+1 < len(fields); i += 2 {
		if key := fields[i]; key.Value == "config_name" {
			lines := bytes.SplitAfter(front, []byte("\n"))
			at := fields[i+1].Line + 1 // the first line of front matter is none of its YAML
			out := joinLines(lines[:at], strings.Repeat(" ", key.Column-1)+"default: true\n", lines[at:])
			return out, onlyMarked(front, out)
		}
	}
	return nil, false
}

// onlyMarked reports whether front matter says what old does, and that its first config is the default.
func onlyMarked(old, front []byte) bool {
	var was, is map[string]any
	if yaml.Unmarshal(inside(old), &was) != nil || yaml.Unmarshal(inside(front), &is) != nil {
		return false
	}
	configs, _ := was["configs"].([]any)
	if len(configs) == 0 {
		return false
	}
	first, ok := configs[0].(map[string]any)
	if !ok {
		return false
	}
	first["default"] = true
	return reflect.DeepEqual(was, is)
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
