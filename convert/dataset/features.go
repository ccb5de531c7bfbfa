package dataset

import (
	"encoding/json"

	"github.com/promptmill/promptmill/convert/dataset/internal/meta"
)

// featuresOf returns the features by column, undecoded.
func featuresOf(pairs []meta.KeyValue) map[string]json.RawMessage {
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
	return doc.Info.Features
}

// classLabels returns the names of the ClassLabel columns among fields, from the features that
// `datasets` keeps in the footer. What does not fit the columns, or is not the JSON it should be, is
// ignored: it is a hint of the writer and not part of the data.
func classLabels(pairs []meta.KeyValue, fields []Field) map[string][]string {
	features := featuresOf(pairs)
	labels := map[string][]string{}
	for _, f := range fields {
		if f.Kind != Int {
			continue
		}
		var feature struct {
			Type  string   `json:"_type"`
			Names []string `json:"names"`
		}
		if json.Unmarshal(features[f.Name], &feature) != nil || feature.Type != "ClassLabel" {
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
