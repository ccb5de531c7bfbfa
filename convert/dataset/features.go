package dataset

import (
	"encoding/json"

	"github.com/promptmill/promptmill/convert/dataset/internal/meta"
)

// classLabels returns the names of the ClassLabel columns among fields, from the features that
// `datasets` keeps in the footer. What does not fit the columns, or is not the JSON it should be, is
// ignored: it is a hint of the writer and not part of the data.
func classLabels(pairs []meta.KeyValue, fields []Field) map[string][]string {
	var doc struct {
		Info struct {
			Features map[string]json.RawMessage `json:"features"`
		} `json:"info"`
	}
	for _, kv := range pairs {
		if kv.Key == "huggingface" && json.Unmarshal([]byte(kv.Value), &doc) == nil {
			break
		}
	}
	labels := map[string][]string{}
	for _, f := range fields {
		if f.Kind != Int {
			continue
		}
		var feature struct {
			Type  string   `json:"_type"`
			Names []string `json:"names"`
		}
		raw := doc.Info.Features[f.Name]
		if json.Unmarshal(raw, &feature) != nil || feature.Type != "ClassLabel" {
			continue
		}
		if len(feature.Names) > 0 {
			labels[f.Name] = feature.Names
		}
	}
	if len(labels) == 0 {
		return nil
	}
	return labels
}
