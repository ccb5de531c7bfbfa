package report

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"io"
	"slices"
	"sync"

	"github.com/promptmill/promptmill/bench/metrics"
	"github.com/promptmill/promptmill/bench/report/plain"
)

//go:embed assets/report.css
var styleSheet string

// The script of the page, in the order in which its parts run.
var (
	//go:embed assets/page.js
	pageScript string
	//go:embed assets/figure.js
	figureScript string
	//go:embed assets/timeline.js
	timelineScript string

	script = pageScript + figureScript + timelineScript
)

//go:embed assets/report.html.tmpl
var pageText string

//go:embed assets/parts.html.tmpl
var partsText string

var pageTemplate = sync.OnceValue(func() *template.Template {
	return template.Must(template.Must(template.New("page").Parse(pageText)).Parse(partsText))
})

// HTML writes s as one self-contained page: no network, no file beside it, nothing but its own style sheet and
// script allowed to run (by their hashes). samples are requests of the same run, see [Collect]; without them the page
// has no timeline, no histograms and no list of the slowest, and draws distributions from their percentiles. Nothing
// is written when the page cannot be made.
func HTML(w io.Writer, s *metrics.Summary, samples []Sample) error {
	var page bytes.Buffer
	if err := pageTemplate().Execute(&page, newPage(new(plain.Copy(*s)), plain.Copy(samples))); err != nil {
		return err
	}
	_, err := page.WriteTo(w)
	return err
}

// A page is what the template shows. Its texts are printable; the template escapes them for where they go.
type page struct {
	Policy    string       // content security policy
	Style     template.CSS // ours, not from the run
	Script    template.JS  // ours, not from the run
	Title     string
	Lead      []fact
	Notices   []notice
	Result    string // of a sweep or search
	Targets   table
	Cards     []card
	Choices   []legend // the strategies to choose from; none when there is only one
	Table     table
	Load      []figure
	Frontier  []figure
	Dists     []figure
	Lengths   []figure
	Timeline  timeline
	Shown     int // index in Timeline of the benchmark that is shown first
	Worst     []worstRequest
	WorstHead []string
	Details   []detail
	Errors    []errorRow
	Health    table
	Client    []figure
	Findings  []Finding
	Setup     []fact
	Options   []fact
	Terms     []definition
}

func newPage(s *metrics.Summary, samples []Sample) *page {
	facts := setup(s)
	lead := slices.DeleteFunc(slices.Clone(facts), func(f fact) bool {
		return !slices.Contains([]string{"Target", "Started", "Dataset", "Prompts", "Environment", "Tool"}, f.Label)
	})
	p := &page{
		Policy: policy(script), Style: template.CSS(styleSheet), Script: template.JS(script), //nolint:gosec // embedded files
		Title: "Benchmark of " + orNone(s.Run.Model), Lead: lead, Notices: verdict(s), Result: conclusion(&s.Run), Targets: targetTable(s), Cards: cards(s), Choices: choices(s),
		Table: strategyTable(s), Load: loadFigures(s, quantities), Frontier: frontierFigures(s),
		Dists: distributionFigures(s, samples), Lengths: lengthFigures(s, samples), Timeline: newTimeline(s, samples),
		Worst: worstRequests(s, samples), WorstHead: worstHead, Details: details(s), Errors: errorRows(s),
		Health: healthTable(s), Client: loadFigures(s, clientQuantities), Findings: findings(s),
		Setup: facts, Options: options(&s.Run), Terms: definitions(),
	}
	if fastest, _ := best(s); fastest != nil {
		isFastest := func(t timelineBenchmark) bool { return &s.Benchmarks[t.Index] == fastest }
		p.Shown = max(0, slices.IndexFunc(p.Timeline.Benchmarks, isFastest))
	}
	return p
}

// First is the timeline as drawn for a reader without a script.
func (p *page) First() *timelineFigure { return p.Timeline.Benchmarks[p.Shown].figure() }

func choices(s *metrics.Summary) []legend {
	if len(s.Benchmarks) < 2 {
		return nil
	}
	var ls []legend
	for i := range s.Benchmarks {
		ls = append(ls, legendOf(i, orNone(s.Benchmarks[i].Name)))
	}
	return ls
}

// policy forbids everything but the page's own style sheet and the given script.
func policy(script string) string {
	return "default-src 'none'; style-src " + hash(styleSheet) + "; script-src " + hash(script) +
		"; base-uri 'none'; form-action 'none'"
}

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
