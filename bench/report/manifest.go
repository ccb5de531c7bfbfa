package report

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/promptmill/promptmill/bench/report/plain"
)

// A manifest is the part of a prompt file's manifest that a report shows. The file is another program's or
// another version's as often as not, so every field may be missing.
type manifest struct {
	Tool struct {
		Name    string `json:"name"`
		Version string `json:"version"`
	} `json:"tool"`
	Source struct {
		Repo   string `json:"repo"`
		Commit string `json:"commit"`
		Config string `json:"config"`
		Split  string `json:"split"`
		Files  []struct {
			Name string `json:"name"`
		} `json:"files"`
	} `json:"source"`
	Mapping struct {
		Rule     string `json:"rule"`
		Prompt   string `json:"prompt"`
		Expected string `json:"expected"`
	} `json:"mapping"`
	Rows struct {
		Read    *int64           `json:"read"`
		Written *int64           `json:"written"`
		Dropped map[string]int64 `json:"dropped"`
	} `json:"rows"`
}

// readManifest decodes what it can of raw. Anything but a manifest gives an empty one. Its text is printable.
func readManifest(raw json.RawMessage) manifest {
	var m manifest
	if len(raw) == 0 || json.Unmarshal(raw, &m) != nil {
		return manifest{}
	}
	return plain.Copy(m)
}

// dataset says where the prompts came from, such as "openai/gsm8k, commit 740312a, config main, split test".
func (m manifest) dataset() string {
	var parts []string
	add := func(label, value string) {
		if value != "" {
			parts = append(parts, label+value)
		}
	}
	add("", m.Source.Repo)
	if m.Source.Repo == "" {
		add("", m.files())
	}
	add("commit ", m.Source.Commit)
	add("config ", m.Source.Config)
	add("split ", m.Source.Split)
	return strings.Join(parts, ", ")
}

// files names the first of the dataset's files.
func (m manifest) files() string {
	switch n := len(m.Source.Files); n {
	case 0:
		return ""
	case 1:
		return m.Source.Files[0].Name
	default:
		return fmt.Sprintf("%s and %d more files", m.Source.Files[0].Name, n-1)
	}
}

// columns says which columns became what.
func (m manifest) columns() string {
	if m.Mapping.Prompt == "" {
		return ""
	}
	text := "prompt from " + m.Mapping.Prompt
	if m.Mapping.Expected != "" {
		text += ", expected from " + m.Mapping.Expected
	}
	return text + inParentheses(m.Mapping.Rule)
}

func (m manifest) converter() string { return strings.TrimSpace(m.Tool.Name + " " + m.Tool.Version) }

// rows says what became of the dataset's rows.
func (m manifest) rows() string {
	if m.Rows.Read == nil || m.Rows.Written == nil {
		return ""
	}
	var text strings.Builder
	fmt.Fprintf(&text, "%s read, %s written", integer(*m.Rows.Read), integer(*m.Rows.Written))
	for _, reason := range slices.Sorted(maps.Keys(m.Rows.Dropped)) {
		fmt.Fprintf(&text, ", %s dropped (%s)", integer(m.Rows.Dropped[reason]), reason)
	}
	return text.String()
}
