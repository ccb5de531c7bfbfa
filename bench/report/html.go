package report

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"io"
	"slices"

	"github.com/promptmill/promptmill/bench/metrics"
)

//go:embed assets/report.css
var styleSheet string

//go:embed assets/report.js
var script string

//go:embed assets/report.html.tmpl
var pageText string

var pageTemplate = template.Must(template.New("page").Parse(pageText))

// HTML writes s as one self-contained page: no network, no file beside it, nothing but its own style sheet and
// script allowed to run (by their hashes). samples are requests of the same run, see [Collect]; without them the page
// has no timeline and draws distributions from their percentiles. Nothing is written when the page cannot be made.
func HTML(w io.Writer, s *metrics.Summary, samples []Sample) error {
	var page bytes.Buffer
	if err := pageTemplate.Execute(&page, newPage(new(printable(*s)), printable(samples))); err != nil {
		return err
	}
	_, err := page.WriteTo(w)
	return err
}

// A page is what the template shows. Its texts are printable; the template escapes them for where they go.
type page struct {
	Policy   string       // content security policy
	Style    template.CSS // ours, not from the run
	Script   template.JS  // ours, not from the run
	Title    string
	Lead     []fact
	Notices  []notice
	Cards    []card
	Table    table
	Load     []figure
	Dists    []figure
	Timeline timeline
	Fastest  string // the benchmark that the timeline shows first
	Details  []detail
	Errors   []errorRow
	Health   table
	Findings []Finding
	Setup    []fact
	Options  []fact
	Terms    []definition
}

func newPage(s *metrics.Summary, samples []Sample) *page {
	facts := setup(s)
	lead := slices.DeleteFunc(slices.Clone(facts), func(f fact) bool {
		return !slices.Contains([]string{"Target", "Started", "Dataset", "Prompts", "Environment", "Tool"}, f.Label)
	})
	fastest, _ := best(s)
	p := &page{
		Policy: policy(), Style: template.CSS(styleSheet), Script: template.JS(script), //nolint:gosec // embedded files
		Title: "Benchmark of " + orNone(s.Run.Model), Lead: lead, Notices: verdict(s), Cards: cards(s),
		Table: strategyTable(s), Load: loadFigures(s), Dists: distributionFigures(s, samples), Timeline: newTimeline(s, samples),
		Details: details(s), Errors: errorRows(s), Health: healthTable(s), Findings: findings(s),
		Setup: facts, Options: options(&s.Run), Terms: definitions(),
	}
	if fastest != nil {
		p.Fastest = fastest.Name
	}
	return p
}

// policy forbids everything but the page's own style sheet and script.
func policy() string {
	return "default-src 'none'; style-src " + hash(styleSheet) + "; script-src " + hash(script) +
		"; base-uri 'none'; form-action 'none'"
}

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
