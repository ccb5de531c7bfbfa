package report

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
	"time"

	"github.com/promptmill/promptmill/bench/compare"
	"github.com/promptmill/promptmill/bench/conditions"
	"github.com/promptmill/promptmill/bench/report/plain"
)

// CompareVersion is the version of the document that [CompareJSON] writes, with the rule of [JSONVersion].
const CompareVersion = 1

// comparisons is what [CompareJSON] writes. Times are in seconds, changes and intervals are shares; what is not known
// is null.
type comparisons struct {
	SchemaVersion int              `json:"schema_version"`
	Comparisons   []comparisonJSON `json:"comparisons"`
	Gates         []gateJSON       `json:"gates"`
}

type comparisonJSON struct {
	A         resultJSON       `json:"a"`
	B         resultJSON       `json:"b"`
	Differs   []differenceJSON `json:"differs"`
	Warnings  []string         `json:"warnings"`
	OnlyA     []string         `json:"only_a"`
	OnlyB     []string         `json:"only_b"`
	Tests     int              `json:"tests"` // the family that p_adjusted is corrected for
	Summaries []pairJSON       `json:"benchmarks"`
}

type resultJSON struct {
	Name      string     `json:"name"`
	Tool      string     `json:"tool"`
	Model     string     `json:"model"`
	StartedAt *time.Time `json:"started_at"`
	Notes     []string   `json:"notes"`
}

type differenceJSON struct {
	Condition string `json:"condition"`
	A         string `json:"a"`
	B         string `json:"b"`
}

type pairJSON struct {
	Name string    `json:"name"`
	Rows []rowJSON `json:"rows"`
}

type rowJSON struct {
	Metric    string      `json:"metric"`
	Stat      string      `json:"stat"`
	A         *float64    `json:"a"`
	B         *float64    `json:"b"`
	Samples   [2]int      `json:"samples"`
	Certified [2]bool     `json:"certified"`
	Change    *float64    `json:"change"`
	Interval  [2]*float64 `json:"interval"`
	Test      string      `json:"test"`
	P         *float64    `json:"p"`
	PAdjusted *float64    `json:"p_adjusted"`
	Verdict   string      `json:"verdict"`
	NotTested string      `json:"not_tested,omitempty"`
}

type gateJSON struct {
	Gate      string `json:"gate"`
	Result    string `json:"result"`
	Benchmark string `json:"benchmark"`
	Outcome   string `json:"outcome"`
	Reason    string `json:"reason"`
}

// CompareJSON writes comparisons with one baseline, and gates, as one indented JSON document.
func CompareJSON(w io.Writer, cs []*compare.Comparison, gates []compare.Judgement) error {
	doc := comparisons{SchemaVersion: CompareVersion, Comparisons: []comparisonJSON{}, Gates: []gateJSON{}}
	for _, c := range cs {
		doc.Comparisons = append(doc.Comparisons, comparisonDocument(c))
	}
	for _, j := range gates {
		doc.Gates = append(doc.Gates, gateJSON{j.Gate, j.Result, j.Benchmark, string(j.Outcome), j.Reason})
	}
	return writeJSON(w, doc)
}

func writeJSON(w io.Writer, doc any) error {
	text, err := json.MarshalIndent(doc, "", "  ")
	if err != nil {
		return err
	}
	_, err = w.Write(append(plain.JSON(bytes.ToValidUTF8(text, []byte("\uFFFD"))), '\n'))
	return err
}

func comparisonDocument(c *compare.Comparison) comparisonJSON {
	out := comparisonJSON{
		A: resultDocument(c.Base), B: resultDocument(c.Other), Differs: differencesDocument(c.Differs), Warnings: texts(c.Warnings),
		OnlyA: texts(c.OnlyBase), OnlyB: texts(c.OnlyOther), Tests: c.Tests, Summaries: []pairJSON{},
	}
	for i := range c.Pairs {
		p := pairJSON{Name: c.Pairs[i].Name, Rows: []rowJSON{}}
		for _, r := range c.Pairs[i].Rows {
			p.Rows = append(p.Rows, rowJSON{
				Metric: r.Metric, Stat: r.Stat, A: finite(r.Base), B: finite(r.Other), Samples: r.Samples, Certified: r.Certified,
				Change: finite(r.Change), Interval: [2]*float64{finite(r.Interval.Low), finite(r.Interval.High)},
				Test: r.Test, P: finite(r.P), PAdjusted: finite(r.Adjusted), Verdict: string(r.Verdict), NotTested: r.Why,
			})
		}
		out.Summaries = append(out.Summaries, p)
	}
	return out
}

func resultDocument(r *compare.Result) resultJSON {
	out := resultJSON{Name: r.Name, Tool: r.Tool, Model: r.Model, Notes: texts(r.Notes)}
	if !r.StartedAt.IsZero() {
		out.StartedAt = &r.StartedAt
	}
	return out
}

func differencesDocument(ds []conditions.Difference) []differenceJSON {
	out := []differenceJSON{}
	for _, d := range ds {
		out = append(out, differenceJSON{d.Name, d.Value, d.Other})
	}
	return out
}

// texts is never null in JSON.
func texts(lines []string) []string { return append([]string{}, lines...) }

// finite is v where JSON can hold it, else null.
func finite(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}
