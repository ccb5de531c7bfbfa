package merge

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/promptmill/promptmill/bench/conditions"
	"github.com/promptmill/promptmill/bench/results"
)

// free are conditions that may differ from part to part: they say who measured, not what.
var free = []string{"engine", "host", "seed", "tool"}

// loads are the options that say what the load was.
var loads = []string{"concurrency", "max-concurrency", "profile", "rate", "sweep-size"}

// check refuses inputs that are not of one configuration, or the same run twice.
func check(inputs []*input) error {
	first := inputs[0]
	for i, in := range inputs {
		for _, earlier := range inputs[:i] {
			if id, twice := shared(&earlier.file.Run, &in.file.Run); twice {
				return fmt.Errorf("%s and %s: %w: run %s", earlier.path, in.path, ErrTwice, id)
			}
		}
		if what := difference(&first.file.Run, &in.file.Run); what != "" {
			return fmt.Errorf("%s and %s: %w: %s", first.path, in.path, ErrDiffers, what)
		}
	}
	return nil
}

// shared finds a run that two files have both: their own, or a part of one that was merged.
func shared(a, b *results.Run) (id string, ok bool) {
	theirs := ids(b)
	i := slices.IndexFunc(ids(a), func(id string) bool { return slices.Contains(theirs, id) })
	if i < 0 {
		return "", false
	}
	return ids(a)[i], true
}

func ids(run *results.Run) []string {
	if len(run.Parts) == 0 {
		return []string{run.ID}
	}
	var list []string
	for _, p := range run.Parts {
		list = append(list, p.ID)
	}
	return list
}

// difference says in what the configurations of two runs differ; "" is in nothing.
func difference(a, b *results.Run) string {
	var all []string
	for _, d := range conditions.Differences(conditions.Of(a), conditions.Of(b)) {
		if !slices.Contains(free, d.Name) {
			all = append(all, fmt.Sprintf("%s %q against %q", d.Name, d.Value, d.Other))
		}
	}
	if _, x, _ := strings.Cut(a.Shard, "/"); x != "" {
		if _, y, _ := strings.Cut(b.Shard, "/"); x != y {
			all = append(all, fmt.Sprintf("one of %s shards against %q", x, b.Shard))
		}
	}
	for _, name := range loads {
		if x, y := option(a, name), option(b, name); x != y {
			all = append(all, fmt.Sprintf("%s %s against %s", name, x, y))
		}
	}
	for i := range min(len(a.Benchmarks), len(b.Benchmarks)) { // a run that was killed may have described fewer
		x, y := &a.Benchmarks[i], &b.Benchmarks[i]
		if !sameLoad(x, y) {
			all = append(all, fmt.Sprintf("benchmark %d is %s in one and %s in the other", i, loadOf(x), loadOf(y)))
		}
	}
	return strings.Join(all, ", ")
}

// sameLoad reports whether two benchmarks of one index were to put the same load on the server.
func sameLoad(x, y *results.Benchmark) bool {
	return x.Index == y.Index && x.Strategy == y.Strategy && x.Shape == y.Shape && x.Cap == y.Cap && x.PrefillCap == y.PrefillCap &&
		x.TargetRate == y.TargetRate && x.TargetConcurrency == y.TargetConcurrency && maps.Equal(x.Vary, y.Vary)
}

func option(run *results.Run, name string) string {
	text, err := json.Marshal(run.Config[name])
	if err != nil {
		return ""
	}
	return string(text)
}

func loadOf(b *results.Benchmark) string {
	load := fmt.Sprintf("%s %d", b.Strategy, b.TargetConcurrency)
	if b.TargetRate > 0 {
		load = fmt.Sprintf("%s %v/s", b.Strategy, b.TargetRate)
	}
	parts := []string{load}
	if b.Shape != "" {
		parts = append(parts, b.Shape)
	}
	if b.Cap > 0 {
		parts = append(parts, fmt.Sprintf("at most %d at once", b.Cap))
	}
	if b.PrefillCap > 0 {
		parts = append(parts, fmt.Sprintf("at most %d before their first token", b.PrefillCap))
	}
	for _, name := range slices.Sorted(maps.Keys(b.Vary)) {
		parts = append(parts, name+"="+b.Vary[name])
	}
	return strings.Join(parts, ", ")
}

// checkTogether refuses two inputs that were under way at the same time with the same shard: nobody planned them as
// one load, and together they are another than either says.
func checkTogether(inputs []*input) error {
	for i, in := range inputs {
		for _, earlier := range inputs[:i] {
			both := slices.IndexFunc(in.shards, func(s int32) bool { return slices.Contains(earlier.shards, s) })
			if both >= 0 && together(earlier, in) {
				return fmt.Errorf("%s and %s: %w, both as shard %d: together they are another load than either says",
					earlier.path, in.path, ErrTogether, in.shards[both])
			}
		}
	}
	return nil
}

// together reports whether a benchmark of two inputs was measured at the same time.
func together(a, b *input) bool {
	for _, index := range indices([]*input{a}) {
		for _, v := range a.apart(index) {
			if slices.ContainsFunc(b.apart(index), func(w results.Window) bool { return overlap(v, w) }) {
				return true
			}
		}
	}
	return false
}

func overlap(a, b results.Window) bool {
	return a.StartNS <= b.WindowEndNS && b.StartNS <= a.WindowEndNS
}
