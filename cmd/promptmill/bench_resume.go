package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/promptmill/promptmill/bench"
	"github.com/promptmill/promptmill/bench/results"
)

// resumeFlags let a run go on that has stopped.
func resumeFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "resume", Usage: "go on with the stopped run of a results `FILE`, with the same flags: its finished benchmarks are kept, the others are run; the same file has all of it in the end, unless --output names another"},
	}
}

// resumable are the flags that a run may have otherwise when it goes on: they change neither what is sent nor what is
// recorded of it.
var resumable = []string{
	"api-key-file", "clock-reference", "live", "metrics", "no-shard", "no-validate", "output", "resume", "shard", "shards", "start-at", "wait", "web",
}

// resumption is a run that stopped and is to go on. A nil one is that of a run which begins.
type resumption struct {
	file     *results.File
	finished []results.Benchmark // those that are not run again, which are the first of the run
	outcomes [][]bench.Outcome   // of the finished ones, for each of the plan's runs
}

// openResumed opens what --resume names, and says where results go.
func (plan *benchPlan) openResumed(c *cli.Context) error {
	path := strings.TrimSuffix(c.String("resume"), results.PartialSuffix)
	if path == "" {
		return nil
	}
	if !c.IsSet("output") {
		plan.output = path
	}
	f, err := results.Resumable(path)
	if err != nil {
		return fmt.Errorf("--resume: %w", err)
	}
	r := &resumption{file: f}
	for _, b := range f.Run.Benchmarks {
		if b.StopReason == bench.StopInterrupted || b.Index != len(r.finished) {
			break
		}
		r.finished = append(r.finished, b)
	}
	plan.resumed = r
	return nil
}

// complete reports whether nothing of the run is left to do.
func (r *resumption) complete() bool {
	return r != nil && !r.file.Partial && r.file.Run.Stopped == ""
}

// close gives the file back, and lets others have it.
func (r *resumption) close() error {
	if r == nil {
		return nil
	}
	return r.file.Close()
}

// epoch is from when the instants of the run count: its start by the wall clock, but never so that what was recorded
// lies in the future, where that clock has been set back since.
func (r *resumption) epoch() time.Time {
	elapsed := time.Since(r.file.Run.StartedAt)
	for i := range r.finished {
		elapsed = max(elapsed, time.Duration(r.finished[i].EndNS)+time.Second)
	}
	return time.Now().Add(-elapsed)
}

// adopt makes run, described as if it began, the one that goes on. It returns an error unless it is the same in all that
// was asked for.
func (r *resumption) adopt(plan *benchPlan, run *results.Run) error {
	if r == nil {
		return nil
	}
	old := &r.file.Run
	if different := differences(old, run); len(different) > 0 {
		return usagef("--resume %s: not the same run: %s", r.file.Name(), strings.Join(different, "; "))
	}
	if err := r.recall(plan); err != nil {
		return err
	}
	at := results.Resumption{AtNS: time.Since(plan.client.Epoch).Nanoseconds(), Tool: run.Tool, Host: run.Host}
	run.ID, run.StartedAt, run.Tool, run.Host = old.ID, old.StartedAt, old.Tool, old.Host
	run.Benchmarks, run.Resumed = slices.Clone(r.finished), append(slices.Clone(old.Resumed), at)
	return nil
}

// differences names what two runs were asked for that is not the same.
func differences(old, run *results.Run) []string {
	var list []string
	tell := func(what string, was, is any) {
		if x, y := asStored(was), asStored(is); !reflect.DeepEqual(x, y) {
			list = append(list, fmt.Sprintf("%s was %v and is %v", what, said(x), said(y)))
		}
	}
	tell("the target", old.Target, run.Target)
	tell("the endpoint", old.Endpoint, run.Endpoint)
	tell("the model", old.Model, run.Model)
	tell("the SHA-256 of the prompts", old.Prompts.SHA256, run.Prompts.SHA256)
	tell("the tokenizer", old.Tokenizer, run.Tokenizer)
	tell("the shard", old.Shard, run.Shard)
	if len(old.Parts) > 0 {
		list = append(list, "the file is merged of several runs")
	}
	all := maps.Clone(old.Config)
	maps.Copy(all, run.Config)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if !slices.Contains(resumable, name) {
			tell("--"+name, old.Config[name], run.Config[name])
		}
	}
	return list
}

// asStored is v as a file has it; an empty list, which older files have as an empty object, is nil.
func asStored(v any) (out any) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil
	}
	_ = json.Unmarshal(text, &out) // what was just written
	if list, ok := out.([]any); ok && len(list) == 0 {
		return nil
	}
	if object, ok := out.(map[string]any); ok && len(object) == 0 {
		return nil
	}
	return out
}

func said(v any) string {
	if v == nil || v == "" {
		return "not set"
	}
	return printable(fmt.Sprint(v))
}

// recall finds the outcomes of the finished benchmarks and whose they are, by asking the plan for its loads again.
func (r *resumption) recall(plan *benchPlan) error {
	memory := bench.Recall{
		SLO:   plan.slo,
		Trend: slices.ContainsFunc(plan.runs(), func(cell *benchPlan) bool { return bench.Chooses(cell.profile) }),
	}
	for record, err := range r.file.Records() {
		if err != nil {
			return err
		}
		memory.Add(record)
	}
	taken := 0
	for _, cell := range plan.runs() {
		var done []bench.Outcome
		for taken < len(r.finished) {
			s, ok := cell.profile.Next(done)
			if !ok {
				break
			}
			b := &r.finished[taken]
			if !applied(b, s) || !maps.Equal(b.Vary, cell.vary) {
				return usagef("--resume %s: its benchmark %d is not %s, which these flags ask for", r.file.Name(), b.Index+1, cell.loadName(s))
			}
			done = append(done, memory.Outcome(s, b))
			taken++
		}
		r.outcomes = append(r.outcomes, done)
	}
	if taken < len(r.finished) {
		return usagef("--resume %s: it has %d benchmarks, and these flags ask for %d", r.file.Name(), len(r.finished), taken)
	}
	return nil
}

// applied reports whether a benchmark put the load of s on the server.
func applied(b *results.Benchmark, s bench.Strategy) bool {
	return b.Strategy == string(s.Kind) && b.TargetRate == s.Rate && b.TargetConcurrency == s.Concurrency && b.Shape == s.Shape() && b.Cap == s.Cap
}

// done are the outcomes that the i-th of the plan's runs has already.
func (r *resumption) done(i int) []bench.Outcome {
	if r == nil {
		return nil
	}
	return r.outcomes[i]
}

// prompts are how many of the prompt file have been taken already.
func (r *resumption) prompts() int64 {
	if r == nil || len(r.finished) == 0 {
		return 0
	}
	return r.finished[len(r.finished)-1].PromptsTaken
}

// createResults starts the results file, with what the finished benchmarks left.
func (a *app) createResults(plan *benchPlan, run *results.Run) (*results.Writer, error) {
	r := plan.resumed
	if r == nil {
		return results.Create(plan.output, run)
	}
	keep := func(record *results.Record) bool { return int(record.Benchmark) < len(r.finished) }
	w, aside, err := results.Continue(plan.output, r.file, run, keep)
	if err != nil {
		return nil, fmt.Errorf("--resume: %w", err)
	}
	a.logf("run %s goes on after %s", printable(run.ID), counted(len(r.finished), "finished benchmark"))
	if aside != "" {
		a.logf("the requests of the benchmark that was not finished stay in %s", aside)
	}
	return w, nil
}
