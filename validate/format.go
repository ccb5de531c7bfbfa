package validate

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// The formats in which a [Printer] shows findings.
const (
	ShowText   = "text"   // a line for each finding, and more below it on a terminal
	ShowJSON   = "json"   // one document, of the schema "findings"
	ShowGitHub = "github" // annotations of GitHub Actions
	ShowSARIF  = "sarif"  // one log of SARIF 2.1.0
)

var showFormats = []string{ShowText, ShowJSON, ShowGitHub, ShowSARIF}

// PrintOptions say how findings are shown.
type PrintOptions struct {
	Format  string // one of the formats; "" means text
	Summary bool   // show the first finding of every rule in a file, with their number, instead of all
	Version string // of the program, for SARIF

	// Columns is the width of the terminal that text is for. 0 means that it is for a file or pipe, where each finding
	// takes one line.
	Columns int
	Colour  bool // text may be coloured
}

// A FileReport is what is known of a file at its end.
type FileReport struct {
	File string `json:"file"`
	Summary
	Rules  []RuleCount `json:"rules,omitempty"`
	Fixed  *Fixed      `json:"fixed,omitempty"`
	Failed string      `json:"failed,omitempty"` // why the file could not be read to its end
}

// A format writes findings in one form. What fails is kept by the writer below it.
type format interface {
	begin()
	finding(f Finding, count int64) // count is how many of the rule there are where only the first is shown, else 1
	file(r *FileReport)
	end(valid bool)
}

// A Printer writes findings, file after file. It is not safe for concurrent use.
type Printer struct {
	w       *bufio.Writer
	format  format
	eager   bool // a person waits for every finding
	tally   *tally
	begun   bool
	invalid bool
}

// NewPrinter returns a Printer that writes to w. Its errors are [ErrOptions].
func NewPrinter(w io.Writer, o PrintOptions) (*Printer, error) {
	b := bufio.NewWriterSize(w, 1<<16)
	p := &Printer{w: b, eager: o.Columns > 0}
	switch o.Format {
	case "", ShowText:
		p.format = &textFormat{w: b, columns: o.Columns, colour: o.Colour, summary: o.Summary}
	case ShowJSON:
		p.format = &jsonFormat{w: b, short: o.Summary}
	case ShowGitHub:
		p.format = githubFormat{w: b}
	case ShowSARIF:
		p.format = &sarifFormat{w: b, version: o.Version}
	default:
		return nil, fmt.Errorf("%w: format of findings %q: use %s", ErrOptions, o.Format, strings.Join(showFormats, ", "))
	}
	if o.Summary {
		p.tally = &tally{}
	}
	return p, nil
}

// Finding shows a finding of the file at hand, or counts it for the summary.
func (p *Printer) Finding(f Finding) {
	if p.tally != nil {
		p.tally.add(f)
		return
	}
	p.begin()
	p.format.finding(f, 1)
	if p.eager {
		_ = p.w.Flush() // Close returns the error
	}
}

// File ends the file at hand.
func (p *Printer) File(r FileReport) {
	p.begin()
	if p.tally != nil {
		r.Rules = p.tally.counts()
		p.tally = &tally{}
		for _, c := range r.Rules {
			p.format.finding(c.First, c.Count)
		}
	}
	p.invalid = p.invalid || r.Errors > 0 || r.Failed != ""
	p.format.file(&r)
	_ = p.w.Flush() // Close returns the error
}

// Close ends the output. It returns the first error of the writer; w stays open.
func (p *Printer) Close() error {
	p.begin()
	p.format.end(!p.invalid)
	return p.w.Flush()
}

func (p *Printer) begin() {
	if !p.begun {
		p.begun = true
		p.format.begin()
	}
}

// withFix returns the message of f and what to do about it, in one line.
func withFix(f Finding) string {
	if f.Fix == "" {
		return f.Message
	}
	return f.Message + " (fix: " + f.Fix + ")"
}
