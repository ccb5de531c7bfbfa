package mapping

import (
	"encoding/json"
	"strings"

	"github.com/promptmill/promptmill/convert/dataset"
)

// isJSON reports whether values of f are carried as their JSON text, because not all have the same type.
func isJSON(f dataset.Field) bool { return f.Kind == dataset.Other && f.Type == "json" }

// contentOf returns the text of a message's content: a string, or parts that are all text; false for any other.
func contentOf(v dataset.Value) (string, bool) {
	switch v.Kind() {
	case dataset.List:
	case dataset.Other:
		return contentOfJSON(v.JSON(nil))
	default:
		return v.Str(), true
	}
	var parts []string
	for i := range v.Len() {
		text, ok := partOf(v.Index(i))
		if !ok {
			return "", false
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, "\n"), true
}

func partOf(v dataset.Value) (string, bool) {
	if v.Kind() == dataset.Other {
		return partOfJSON(v.JSON(nil))
	}
	t := v.Field("text")
	return t.Str(), t.Kind() == dataset.String
}

func contentOfJSON(raw []byte) (string, bool) {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text, true
	}
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		return "", false
	}
	parts := make([]string, len(list))
	for i, raw := range list {
		var ok bool
		if parts[i], ok = partOfJSON(raw); !ok {
			return "", false
		}
	}
	return strings.Join(parts, "\n"), true
}

func partOfJSON(raw []byte) (string, bool) {
	var part struct {
		Text *string `json:"text"`
	}
	if json.Unmarshal(raw, &part) != nil || part.Text == nil {
		return "", false
	}
	return *part.Text, true
}
