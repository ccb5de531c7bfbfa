package dataset

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/promptmill/promptmill/convert/dataset/internal/meta"
)

// Features are a hint: what is wrong in them is ignored, what is right is kept.
func TestClassLabels(t *testing.T) {
	fields := []Field{{Name: "label", Kind: Int}, {Name: "text", Kind: String}, {Name: "n", Kind: Int}}
	const label = `"label": {"names": ["no", "yes"], "_type": "ClassLabel"}`
	want := map[string][]string{"label": {"no", "yes"}}
	for name, tt := range map[string]struct {
		json string
		want map[string][]string
	}{
		"label":                {`{"info": {"features": {` + label + `}}}`, want},
		"beside other kinds":   {`{"info": {"features": {"n": [{"_type": "Value"}], "text": 7, ` + label + `}}}`, want},
		"of a text column":     {`{"info": {"features": {"text": {"names": ["a"], "_type": "ClassLabel"}}}}`, nil},
		"of no column":         {`{"info": {"features": {"gone": {"names": ["a"], "_type": "ClassLabel"}}}}`, nil},
		"without names":        {`{"info": {"features": {"label": {"_type": "ClassLabel"}}}}`, nil},
		"names of other types": {`{"info": {"features": {"label": {"names": [1], "_type": "ClassLabel"}}}}`, nil},
		"another kind":         {`{"info": {"features": {"label": {"names": ["a"], "_type": "Value"}}}}`, nil},
		"features are a list":  {`{"info": {"features": []}}`, nil},
		"not JSON":             {`{"info": `, nil},
		"empty":                {``, nil},
	} {
		got := classLabels([]meta.KeyValue{{Key: "pandas", Value: "{"}, {Key: "huggingface", Value: tt.json}}, fields)
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
