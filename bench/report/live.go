package report

import (
	"bytes"
	_ "embed"
	"html/template"
	"io"
	"math"
	"sync"
	"time"

	"github.com/promptmill/promptmill/bench/metrics"
	"github.com/promptmill/promptmill/bench/report/plain"
)

// Live is a run that goes on. Its percentiles may be approximate.
type Live struct {
	Summary *metrics.Summary
	Samples []Sample // see [Sampler]
	Moments []Moment // by rising At
	Now     *Now     // nil between benchmarks
	Over    bool     // nothing more comes
}

// A Moment is what a run did in the time up to an instant, since the moment before.
type Moment struct {
	At                             float64 // seconds since the start of the run
	Asked                          float64 // requests/s that were due; 0 in a closed loop
	Sent, Answered, Failed, Tokens float64 // per second
	InFlight                       float64
	TTFT, Latency, TPOT            Quantiles // of the requests that succeeded in it
}

// Quantiles are of times in seconds; all are 0 when there is none.
type Quantiles struct{ P50, P99 float64 }

// Now is what the current benchmark of a run does: rates per second and times in seconds, of its last seconds.
type Now struct {
	Strategy            string
	Asked               float64
	ElapsedSeconds      float64
	LeftSeconds         float64
	HasLeft             bool
	AllLeft             string  // how long all benchmarks take, in words that follow those; "" where it is not known
	Done                float64 // share of the plan
	SentRate, TokenRate float64
	InFlight            int64
	Errors              int64
	ErrorRate           float64
	RecentSeconds       float64
	TTFT, TPOT, Latency metrics.Dist
}

//go:embed assets/live.js
var liveOnlyScript string

var liveScript = pageScript + figureScript + liveOnlyScript

//go:embed assets/live.html.tmpl
var liveText string

var liveTemplate = sync.OnceValue(func() *template.Template {
	return template.Must(template.Must(template.New("live").Parse(liveText)).Parse(partsText))
})

// LivePolicy is the content security policy that [LivePage] is to be served with: its own style sheet and script run,
// and the script may ask its own server.
func LivePolicy() string {
	return policy(liveScript) + "; connect-src 'self'; frame-ancestors 'none'"
}

// LivePage writes the page that a browser shows of a run that goes on. It asks for [LiveBody] at the path "body",
// relative to its own, about once a second, and takes no other request.
func LivePage(w io.Writer, l *Live) error { return l.write(w, "live") }

// LiveBody writes the part of the page that changes.
func LiveBody(w io.Writer, l *Live) error { return l.write(w, "live-body") }

func (l *Live) write(w io.Writer, name string) error {
	var b bytes.Buffer
	safe := plain.Copy(*l)
	p := livePage{page: newPage(safe.Summary, safe.Samples), Over: safe.overTime()}
	p.Title = "Live benchmark of " + orNone(safe.Summary.Run.Model)
	p.Script = template.JS(liveScript) //nolint:gosec // embedded files
	p.Cards = []card{{Label: "No request now", Value: none, Note: "between two benchmarks"}}
	switch {
	case safe.Over:
		p.Cards, p.Status, p.Bar = endedCards(safe.Summary), "The run is over; its results file has all of it.", 1000
	case safe.Now != nil:
		p.Cards, p.Status, p.Bar = safe.Now.cards(), safe.Now.status(), px(1000*safe.Now.Done)
	}
	if err := liveTemplate().ExecuteTemplate(&b, name, p); err != nil {
		return err
	}
	_, err := b.WriteTo(w)
	return err
}

// A livePage is what the template of a live page shows.
type livePage struct {
	*page
	Status string
	Bar    px // of 1000
	Over   []figure
}

func (n *Now) status() string {
	s := n.Strategy + ", " + metrics.Seconds(n.ElapsedSeconds).Truncate(time.Second).String()
	if n.HasLeft {
		s += ", about " + metrics.Seconds(n.LeftSeconds).Round(time.Second).String() + " left" + n.AllLeft
	}
	return s
}

func (n *Now) cards() []card {
	last := "last " + integer(int64(math.Round(n.RecentSeconds))) + " s"
	sent := card{Label: "Requests sent", Value: number(n.SentRate), Unit: "/s", Note: last + ", as slots become free"}
	if n.Asked > 0 {
		sent.Note = last + ", of " + number(n.Asked) + " asked"
	}
	return []card{
		sent,
		{Label: "In flight", Value: integer(n.InFlight), Note: "now"},
		{Label: "Output tokens", Value: number(n.TokenRate), Unit: "tok/s", Note: last + ", of finished requests"},
		timeCard("TTFT p50", n.TTFT, last), timeCard("TPOT p50", n.TPOT, last), timeCard("Latency p50", n.Latency, last),
		{Label: "Errors so far", Value: integer(n.Errors), Note: last + ": " + number(n.ErrorRate) + "/s", Bad: n.Errors > 0},
	}
}

// endedCards say what has become of the requests of a run.
func endedCards(s *metrics.Summary) []card {
	t := totals(s)
	cards := []card{
		{Label: "Succeeded", Value: integer(t.OK), Note: "requests of the run"},
		{Label: "Errors", Value: integer(t.Errors), Note: "requests of the run", Bad: t.Errors > 0},
		{Label: "Unfinished", Value: integer(t.Unfinished), Note: "requests of the run"},
	}
	if t.Cancelled > 0 {
		cards = append(cards, card{Label: "Cancelled", Value: integer(t.Cancelled), Note: "on purpose"})
	}
	return cards
}
