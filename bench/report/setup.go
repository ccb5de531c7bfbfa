package report

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/promptmill/promptmill/bench/conditions"
	"github.com/promptmill/promptmill/bench/metrics"
	"github.com/promptmill/promptmill/bench/report/plain"
	"github.com/promptmill/promptmill/bench/results"
)

// A fact is one line of the setup: printable text, to be escaped for where it goes.
type fact struct {
	Label string
	Value string
	Copy  bool // a name that readers copy
}

// setup is all that is known of how the run was made. Facts without a value are left out.
func setup(s *metrics.Summary) []fact {
	r := &s.Run
	m := readManifest(r.Manifest)
	facts := []fact{
		{"Model", r.Model, true},
		{"Tool", tool(r), false},
		{"Started", when(r), false},
		{"Target", r.Target, true},
		{"Endpoint", r.Endpoint, true},
		{"Environment", host(&r.Host), false},
		{"Prompts", prompts(&r.Prompts), false},
		{"Prompts SHA-256", r.Prompts.SHA256, true},
		{"Dataset", m.dataset(), false},
		{"Dataset rows", m.rows(), false},
		{"Dataset columns", m.columns(), false},
		{"Converted by", m.converter(), false},
		{"Profiles", profiles(s), false},
		{"Seed", strconv.FormatInt(r.Seed, 10), false},
		{"Run", r.ID, true},
	}
	facts = append(facts, parts(r)...)
	return slices.DeleteFunc(facts, func(f fact) bool { return f.Value == "" })
}

// options are the options of the run, by name.
func options(r *results.Run) []fact {
	var facts []fact
	for _, name := range slices.Sorted(maps.Keys(r.Config)) {
		if v := plain.Text(conditions.Option(r.Config[name])); v != "" && !unset(name, v) {
			facts = append(facts, fact{name, inSeconds(name, v), true})
		}
	}
	return facts
}

// unset says whether the value of an option is that of one which was not given: it is no part of a request.
func unset(name, value string) bool {
	zeroIsNone := []string{"max-tokens", "min-tokens", "n", "top-p", "prefill-concurrency", "max-errors", "shards"}
	return value == "{}" || value == "[]" || value == "0" && slices.Contains(zeroIsNone, name)
}

// times are the options that take a time, which is seconds where it has no unit.
var times = []string{"timeout", "connect-timeout", "first-token-timeout", "token-timeout", "grace", "wait", "max-seconds",
	"saturation-after", "saturation-wait", "cooldown-between"}

// inSeconds gives the time of an option the unit that it means.
func inSeconds(name, value string) string {
	if _, err := strconv.ParseFloat(value, 64); err != nil || !slices.Contains(times, name) {
		return value
	}
	return value + "s"
}

// merged says of how many runs a file was made; empty for one of a single run.
func merged(r *results.Run) string {
	if len(r.Parts) < 2 {
		return ""
	}
	return fmt.Sprintf("of %d runs", len(r.Parts))
}

// parts are the runs that a file was merged of.
func parts(r *results.Run) []fact {
	if len(r.Parts) < 2 {
		return nil
	}
	facts := []fact{{"Merged", merged(r), false}}
	for i := range r.Parts {
		p := &r.Parts[i]
		texts := []string{p.ID, integer(p.Rows) + " requests", "started " + p.StartedAt.UTC().Format(time.DateTime) + " UTC",
			duration(time.Duration(p.OffsetNS).Seconds()) + " after the first", host(&p.Host)}
		if p.Shard != "" {
			texts = append(texts, "shard "+p.Shard)
		}
		if p.Stopped != "" {
			texts = append(texts, "stopped early: "+p.Stopped)
		}
		texts = slices.DeleteFunc(texts, func(s string) bool { return s == "" })
		facts = append(facts, fact{fmt.Sprintf("Part %d", i+1), strings.Join(texts, ", "), false})
	}
	return facts
}

func tool(r *results.Run) string {
	if r.Engine == "" {
		return r.Tool
	}
	return r.Tool + ", engine " + r.Engine
}

// when is in UTC, so that it reads the same everywhere.
func when(r *results.Run) string {
	if r.StartedAt.IsZero() {
		return ""
	}
	return r.StartedAt.UTC().Format(time.DateTime) + " UTC"
}

func host(h *results.Host) string {
	var parts []string
	add := func(ok bool, text string) {
		if ok {
			parts = append(parts, text)
		}
	}
	add(h.OS != "" || h.Arch != "", h.OS+"/"+h.Arch)
	add(h.Kernel != "", "kernel "+h.Kernel)
	add(h.CPUs > 0, strings.TrimSpace(fmt.Sprintf("%d CPUs %s", h.CPUs, h.CPU)))
	add(h.MemoryBytes > 0, size(h.MemoryBytes))
	add(h.GoVersion != "", h.GoVersion)
	return strings.Join(parts, ", ")
}

func prompts(p *results.PromptSet) string {
	if p.Path == "" && p.Count == 0 {
		return ""
	}
	parts := []string{p.Path, integer(p.Count) + " prompts", p.Format}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ", ")
}

func profiles(s *metrics.Summary) string {
	var names []string
	for i := range s.Benchmarks {
		names = append(names, s.Benchmarks[i].Name)
	}
	return strings.Join(names, ", ")
}
