package convert

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/promptmill/promptmill/convert/clean"
)

// Manifest tells where a file of prompts comes from and what was done to make it. It holds no time and
// nothing else that differs between two runs over the same input.
type Manifest struct {
	Version  int              `json:"manifest_version"`
	Tool     ManifestTool     `json:"tool"`
	Source   ManifestSource   `json:"source"`
	Mapping  ManifestMapping  `json:"mapping"`
	Cleaning ManifestCleaning `json:"cleaning"`
	Options  ManifestOptions  `json:"options"`
	Seed     uint64           `json:"seed"`
	Tokens   *ManifestTokens  `json:"tokens,omitempty"`
	Rows     Ledger           `json:"rows"`
	Output   ManifestOutput   `json:"output"`
}

// ManifestVersion is the version of the manifest's own shape.
const ManifestVersion = 1

// ManifestTool is the program that wrote the file.
type ManifestTool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// ManifestSource is what was read.
type ManifestSource struct {
	Repo   string         `json:"repo,omitempty"`
	Commit string         `json:"commit,omitempty"`
	Config string         `json:"config,omitempty"`
	Split  string         `json:"split,omitempty"`
	Files  []ManifestFile `json:"files"`
}

// ManifestFile is one file that was read. Files that the limit left unread are not listed.
type ManifestFile struct {
	Name     string `json:"name"`
	SHA256   string `json:"sha256"` // "" under Options.NoSums, as the other sums
	RowsRead int64  `json:"rows_read"`
}

// ManifestMapping is how columns became prompts.
type ManifestMapping struct {
	Rule     string `json:"rule"`
	Prompt   string `json:"prompt"`
	System   string `json:"system,omitempty"`
	Expected string `json:"expected,omitempty"`
}

// ManifestCleaning is the profile and what each of its steps changed.
type ManifestCleaning struct {
	Invalid  string         `json:"invalid"`
	Mojibake string         `json:"mojibake"`
	Lines    bool           `json:"lines,omitempty"`
	Kept     []string       `json:"kept,omitempty"` // steps switched off
	Steps    []ManifestStep `json:"steps"`
}

// ManifestStep is one step of cleaning.
type ManifestStep struct {
	Step   string `json:"step"`
	Values int64  `json:"values"` // prompts, messages and answers it changed
}

// ManifestOptions is what the user asked for.
type ManifestOptions struct {
	PromptColumn       string `json:"prompt_column,omitempty"`
	ExpectedColumn     string `json:"expected_column,omitempty"`
	ExpectedExtract    string `json:"expected_extract,omitempty"`
	AllowEmptyExpected bool   `json:"allow_empty_expected,omitempty"`
	NoContext          bool   `json:"no_context,omitempty"`
	From               string `json:"from,omitempty"`
	To                 string `json:"to,omitempty"`
	Limit              int64  `json:"limit,omitempty"`
	MaxRowsPerFile     int64  `json:"max_rows_per_file,omitempty"`
	PromptTemplate     string `json:"prompt_template,omitempty"`
	ExpectedTemplate   string `json:"expected_template,omitempty"`
	System             string `json:"system,omitempty"`
	SystemColumn       string `json:"system_column,omitempty"`
	Rule               string `json:"rule,omitempty"`
	Turns              string `json:"turns,omitempty"`
	Shard              string `json:"shard,omitempty"`
	Sample             int64  `json:"sample,omitempty"`
	Shuffle            bool   `json:"shuffle,omitempty"`

	Filter *ManifestFilter `json:"filter,omitempty"`
}

// ManifestOutput is what was written.
type ManifestOutput struct {
	Format  Format  `json:"format"`
	Layout  Layout  `json:"layout,omitempty"`
	Newline Newline `json:"newline,omitempty"`
	SHA256  string  `json:"sha256"`
	Bytes   int64   `json:"bytes"`
	Lines   int64   `json:"lines"`

	// Only where they are used. SHA256 and Bytes above are of the files as written, one after the other.
	Compression Compression    `json:"compression,omitempty"`
	Text        *ManifestText  `json:"text,omitempty"` // what comes out of the compression
	Parts       []ManifestPart `json:"parts,omitempty"`
}

// Encode returns the manifest as indented JSON with a final line feed.
func (m *Manifest) Encode() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(m)
	return b.Bytes(), err
}

func (p *pipeline) manifest(src Source) *Manifest {
	o, m := p.options, p.mapping
	rows := p.ledger
	if rows.Dropped == nil {
		rows.Dropped = map[string]int64{}
	}
	out := ManifestOutput{
		Format: o.Format, SHA256: p.out.sha256(), Bytes: p.out.bytes, Lines: p.out.lines, Text: p.out.packed(), Parts: p.out.parts,
	}
	if out.Text != nil {
		out.Compression = o.Compression
	}
	if o.Format == TXT {
		out.Newline = o.Newline
	} else {
		out.Layout = o.Layout
	}
	return &Manifest{
		Version:  ManifestVersion,
		Tool:     ManifestTool{"promptmill", o.Version},
		Source:   ManifestSource{src.Repo, src.Commit, src.Config, src.Split, p.files},
		Mapping:  ManifestMapping{m.Rule, m.From, m.SystemFrom, m.Expected},
		Cleaning: cleaning(o.Clean, p.prompts, p.answers),
		Options:  asked(o),
		Seed:     o.Seed,
		Tokens:   p.sizer.manifest(),
		Rows:     rows,
		Output:   out,
	}
}

func asked(o Options) ManifestOptions {
	a := ManifestOptions{
		PromptColumn: o.Mapping.PromptColumn, ExpectedColumn: o.Mapping.ExpectedColumn,
		AllowEmptyExpected: o.AllowEmptyExpected, NoContext: o.Mapping.NoContext,
		From: o.Mapping.From, To: o.Mapping.To, Limit: o.Limit, MaxRowsPerFile: o.MaxRowsPerFile,
		PromptTemplate: o.Mapping.PromptTemplate, ExpectedTemplate: o.Mapping.ExpectedTemplate,
		System: o.Mapping.System, SystemColumn: o.Mapping.SystemColumn,
		Rule: o.Mapping.Rule, Turns: string(o.Mapping.Turns), Shard: o.Shard.String(), Sample: o.Sample, Shuffle: o.Shuffle,
	}
	a.Filter = o.Filter.asked()
	if o.ExpectedExtract != nil {
		a.ExpectedExtract = o.ExpectedExtract.String()
	}
	return a
}

// cleaning adds up what the profiles changed; the steps of the first include those of the second.
func cleaning(o clean.Options, prompts, answers *clean.Cleaner) ManifestCleaning {
	m := ManifestCleaning{Invalid: o.Invalid.String(), Mojibake: o.Mojibake.String(), Lines: o.Lines, Steps: []ManifestStep{}}
	for _, k := range []struct {
		kept bool
		name string
	}{
		{o.KeepBOM, "byte order marks"}, {o.KeepNewlines, "newlines"}, {o.KeepControls, "control characters"},
		{o.KeepForm, "normal form"}, {o.KeepZeroWidth, "zero-width characters"}, {o.KeepOuterSpace, "outer white space"},
	} {
		if k.kept {
			m.Kept = append(m.Kept, k.name)
		}
	}
	inAnswers := make(map[string]int64)
	for _, n := range answers.Counts() {
		inAnswers[n.Step] = n.Values
	}
	for _, n := range prompts.Counts() {
		m.Steps = append(m.Steps, ManifestStep{n.Step, n.Values + inAnswers[n.Step]})
	}
	return m
}

// readNames says which files were read.
func readNames(files []ManifestFile) string {
	if len(files) == 0 {
		return "there are no files"
	}
	name := printable(files[0].Name)
	if more := len(files) - 1; more > 0 {
		name += fmt.Sprintf(" and %d more", more)
	}
	return name
}
