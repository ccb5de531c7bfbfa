package metrics

import (
	"slices"
	"strings"
)

// A Definition says what a figure means.
type Definition struct {
	Name       string   `json:"name"`       // the JSON name in [Benchmark]
	Unit       string   `json:"unit"`       // "s", "tokens", "tokens/s", ...; empty for what has none
	Definition string   `json:"definition"` // in sentences
	Formula    string   `json:"formula"`    // over the columns of a results file; empty where the definition is all
	Columns    []string `json:"columns"`    // of a results file that it comes from; run.benchmarks is in the footer
	Also       string   `json:"also"`       // what other tools call it, or mean by the same name; may be empty
	Caveat     string   `json:"caveat"`     // what it is easily taken for and is not; may be empty
}

// Metrics returns the definition of every figure, in the order of [Benchmark]. docs/metrics.md holds the same table.
func Metrics() []Definition { return slices.Clone(definitions) }

// Explain returns the definition of a figure, as text of a few lines, by its name or by a name that other tools
// give it: "ttft", "TPOT", "itl", "e2el". Case, spaces, dashes and underscores do not matter.
func Explain(metric string) (string, bool) {
	key := plain(metric)
	var found []string
	for i := range definitions {
		if d := &definitions[i]; plain(d.Name) == key {
			found = append(found, d.text())
		}
	}
	for _, name := range foreign[key] {
		i := slices.IndexFunc(definitions, func(d Definition) bool { return d.Name == name })
		found = append(found, definitions[i].text())
	}
	for i := range findings {
		if d := &findings[i]; d.Name == key {
			found = append(found, d.text())
		}
	}
	return strings.Join(found, "\n\n"), len(found) > 0
}

// text is what Explain says of d.
func (d *Definition) text() string {
	lines := []string{d.Name + ": " + d.Definition}
	if d.Unit != "" {
		lines[0] = d.Name + " (" + d.Unit + "): " + d.Definition
	}
	for _, line := range []struct{ label, text string }{
		{"Formula", d.Formula}, {"From", strings.Join(d.Columns, ", ")}, {"Elsewhere", d.Also}, {"Caveat", d.Caveat},
	} {
		if line.text != "" {
			lines = append(lines, line.label+": "+line.text)
		}
	}
	return strings.Join(lines, "\n")
}

// plain is a name without what people write differently.
func plain(name string) string {
	return strings.NewReplacer("_", "", "-", "", " ", "").Replace(strings.ToLower(name))
}

// foreign leads from the names of other tools to ours. "ITL" is two things.
var foreign = map[string][]string{
	"itl":                   {"chunk_gap", "tpot"},
	"intertokenlatency":     {"chunk_gap", "tpot"},
	"interchunklatency":     {"chunk_gap"},
	"timeperoutputtoken":    {"tpot"},
	"timetofirsttoken":      {"ttft"},
	"timetofirstoutput":     {"ttfo"},
	"timetofirstbyte":       {"ttfb"},
	"e2el":                  {"latency"},
	"e2elatency":            {"latency"},
	"requestlatency":        {"latency"},
	"requestthroughput":     {"requests_per_second"},
	"outputtokenthroughput": {"output_tokens_per_second"},
	"totaltokenthroughput":  {"total_tokens_per_second"},
	"requestconcurrency":    {"concurrency"},
	"goodrequestcount":      {"goodput"},
	"requestgoodput":        {"goodput"},
	"conc":                  {"concurrency"},
	"inflight":              {"concurrency"},
	"errorrate":             {"counts"},
	"errors":                {"counts"},
	"reqs":                  {"counts"},
	"gap":                   {"chunk_gap"},
	"lag":                   {"send_lag"},
	"req/s":                 {"requests_per_second"},
	"tok/s":                 {"output_tokens_per_second"},
	"slo":                   {"goodput"},
	"std":                   {"percentiles"},
	"mean":                  {"percentiles"},
	"median":                {"percentiles"},
}
