// Package conditions says what a run was made under: what must be equal in two runs before their figures mean the
// same, and what a reader should know when it is not.
package conditions

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/promptmill/promptmill/bench/results"
)

// A Condition is one thing that was the same for every request of a run.
type Condition struct {
	Name     string // "model", "prompts", "max-tokens", "tool", ...
	Value    string // text of files and servers: escape it; never empty
	Decisive bool   // where it differs the runs measured different work, and their figures do not compare
}

// decisive are the conditions that make the work what it is: which model was asked what, and how much it may answer.
// All others, such as the client's version or its machine, may move figures, but leave their meaning alone.
var decisive = []string{"model", "endpoint", "prompts", "max-tokens"}

// incidental are options of a run that do not change what a request is or when it is sent, such as who watches it and
// where this machine has the key: they are conditions of nothing. What the load was is in the benchmarks, which are
// matched one by one.
var incidental = []string{
	"api-key-file", "burstiness", "ca-file", "client-cert", "client-key", "clock-reference", "concurrency", "cooldown-between",
	"data", "endpoint", "find-max", "find-max-over", "find-max-repeats", "format", "grace", "header-file", "json", "live",
	"max-concurrency", "max-requests", "max-seconds", "metrics", "model", "no-progress", "no-shard", "no-validate", "output",
	"profile", "ramp", "rampup", "rate", "ready-path", "repeat", "resume", "schema", "shard", "shards", "slo", "speed", "stages",
	"start-at", "sweep-size", "sweep-strategy", "think-time", "trace", "users", "vary", "verbose", "wait", "web",
}

// Of returns the conditions of a run, sorted by name, decisive ones first. One that the run does not tell is left out.
func Of(run *results.Run) []Condition {
	list := []Condition{
		New("model", run.Model),
		New("endpoint", run.Endpoint),
		New("prompts", prompts(run)),
		New("tool", run.Tool),
		New("engine", run.Engine),
		New("target", run.Target),
		New("host", host(&run.Host)),
		New("seed", seed(run)),
	}
	for _, name := range slices.Sorted(maps.Keys(run.Config)) {
		if plain := strings.ReplaceAll(name, "_", "-"); !slices.Contains(incidental, plain) {
			list = append(list, New(plain, Option(run.Config[name])))
		}
	}
	return Sorted(list)
}

// Names are the conditions that are no option of a run.
func Names() []string {
	return []string{"model", "endpoint", "prompts", "tool", "engine", "target", "host", "seed"}
}

// New is a condition by its name, decisive where that is.
func New(name, value string) Condition {
	return Condition{Name: name, Value: value, Decisive: slices.Contains(decisive, name)}
}

// Sorted returns the conditions that have a value, in the order of [Of].
func Sorted(list []Condition) []Condition {
	list = slices.DeleteFunc(list, func(c Condition) bool { return c.Value == "" })
	slices.SortFunc(list, func(a, b Condition) int {
		return cmp.Or(cmp.Compare(place(a.Name), place(b.Name)), cmp.Compare(a.Name, b.Name))
	})
	return slices.CompactFunc(list, func(a, b Condition) bool { return a.Name == b.Name })
}

// place is where a condition comes: the decisive ones in the order of their list, then the others.
func place(name string) int {
	if i := slices.Index(decisive, name); i >= 0 {
		return i
	}
	return len(decisive)
}

func prompts(run *results.Run) string {
	if run.Prompts.SHA256 == "" {
		return ""
	}
	return "sha256 " + run.Prompts.SHA256
}

func seed(run *results.Run) string {
	if run.Seed == 0 {
		return ""
	}
	return strconv.FormatInt(run.Seed, 10)
}

func host(h *results.Host) string {
	if h.OS == "" {
		return ""
	}
	return strings.TrimSpace(fmt.Sprintf("%s/%s %d CPUs %s", h.OS, h.Arch, h.CPUs, h.CPU))
}

// Option prints the value of an option of a run; "" is one that was not given. It is text of a file: escape it.
func Option(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	text, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(text)
}

// A Difference is a condition that two runs do not share.
type Difference struct {
	Condition        // of the first run; its Value is "" where the first does not tell
	Other     string // the second's value; "" where it does not tell
}

// Known reports whether both runs tell: a condition that one of them does not tell may be the same.
func (d *Difference) Known() bool { return d.Value != "" && d.Other != "" }

// Differences returns where b is not as a, in the order of [Of].
func Differences(a, b []Condition) []Difference {
	var out []Difference
	all := make([]Condition, 0, len(a)+len(b))
	all = append(append(all, a...), b...)
	for _, c := range Sorted(all) {
		d := Difference{Condition: New(c.Name, value(a, c.Name)), Other: value(b, c.Name)}
		if d.Value != d.Other {
			out = append(out, d)
		}
	}
	return out
}

func value(list []Condition, name string) string {
	i := slices.IndexFunc(list, func(c Condition) bool { return c.Name == name })
	if i < 0 {
		return ""
	}
	return list[i].Value
}
