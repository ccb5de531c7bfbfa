package main

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/promptmill/promptmill/bench/results"
)

// cmdInstant sets a variable to an instant so many seconds from now, as --start-at takes it:
//
//	instant START 5
func cmdInstant(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: instant VARIABLE SECONDS")
	}
	seconds, err := strconv.Atoi(args[1])
	ts.Check(err)
	ts.Setenv(args[0], "@"+strconv.FormatInt(time.Now().Unix()+int64(seconds), 10))
}

// cmdRequests writes what was to be sent, and when, of a results file to another, one line per request in their order:
//
//	requests results.parquet requests.txt
func cmdRequests(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: requests RESULTS FILE")
	}
	f, err := results.Open(ts.MkAbs(args[0]))
	ts.Check(err)
	defer f.Close()
	type key struct {
		benchmark int32
		sequence  int64
	}
	lines := map[key]string{}
	for r, err := range f.Records() {
		ts.Check(err)
		k := key{r.Benchmark, r.Sequence}
		if _, twice := lines[k]; twice {
			ts.Fatalf("request %v is there twice", k)
		}
		due := r.DueNS
		if r.TargetConcurrency > 0 {
			due = 0 // the answers decide it
		}
		lines[k] = fmt.Sprintln(k, "line", r.PromptLine, r.PromptSHA256, r.Model, "due", due, r.Warmup)
	}
	order := slices.SortedFunc(maps.Keys(lines), func(a, b key) int {
		return cmp.Or(cmp.Compare(a.benchmark, b.benchmark), cmp.Compare(a.sequence, b.sequence))
	})
	var out bytes.Buffer
	for _, k := range order {
		out.WriteString(lines[k])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), out.Bytes(), 0o600))
}

// TestFindShard: a task of a Slurm array and a pod of an Indexed Job know which shard they are, and an environment that
// does not add up is refused.
func TestFindShard(t *testing.T) {
	slurm := func(id, count, least, step string) map[string]string {
		return map[string]string{"SLURM_ARRAY_TASK_ID": id, "SLURM_ARRAY_TASK_COUNT": count, "SLURM_ARRAY_TASK_MIN": least, "SLURM_ARRAY_TASK_STEP": step}
	}
	pod := map[string]string{"JOB_COMPLETION_INDEX": "2"}
	for _, tt := range []struct {
		name  string
		flags []string
		env   map[string]string
		want  string // of what is said
	}{
		{"flag", []string{"--shard", "1/3"}, nil, "shard 1/3: sends 1 of 3 requests"},
		{"array", nil, slurm("3", "4", "0", "1"), "shard 3/4 (of the Slurm array)"},
		{"array from 1 in twos", nil, slurm("5", "4", "1", "2"), "shard 2/4 (of the Slurm array)"},
		{"array with gaps", nil, slurm("7", "3", "1", "2"), "task 7 of the Slurm array is not one of 3"},
		{"no count", nil, slurm("1", "", "0", "1"), `SLURM_ARRAY_TASK_COUNT="": expected a number`},
		{"the flag wins", []string{"--shard", "0/2"}, slurm("3", "4", "0", "1"), "shard 0/2: sends"},
		{"pod", []string{"--shards", "3"}, pod, "shard 2/3 (of the Indexed Job)"},
		{"pod of unknown many", nil, pod, "JOB_COMPLETION_INDEX=2 is of an Indexed Job: say with --shards"},
		{"pod beyond", []string{"--shards", "2"}, pod, `shard "2/2"`},
		{"no shard", []string{"--no-shard"}, pod, "no server is ready"},
		{"both", []string{"--no-shard", "--shard", "0/2"}, nil, "contradict"},
		{"other count", []string{"--shard", "0/2", "--shards", "3"}, nil, "--shards says 3"},
		{"shards alone", []string{"--shards", "3"}, nil, "JOB_COMPLETION_INDEX is not set"},
		{"sweep", []string{"--shard", "0/2", "--profile", "sweep"}, nil, "sweep chooses its loads by what it measures"},
		{"sweep among others", []string{"--shard", "0/2", "--vary", "profile=synchronous,sweep"}, nil, "sweep chooses its loads by what it measures"},
		{"sweep on one machine", []string{"--no-shard", "--vary", "profile=synchronous,sweep"}, pod, "no server is ready"},
		{"few in flight", []string{"--shard", "0/4", "--profile", "constant", "--rate", "5", "--max-concurrency", "3"}, nil, "cannot be divided among 4 shards"},
		{"past", []string{"--start-at", "2026-01-31T12:00:00Z"}, nil, "past, so the shards would not begin together"},
		{"no time", []string{"--start-at", "noon"}, nil, "expected a time such as"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var stderr bytes.Buffer
			p := testProcess("hello\n", &bytes.Buffer{}, &stderr)
			p.getenv = func(name string) string { return tt.env[name] }
			args := append([]string{"bench", "-", "--target", "http://127.0.0.1:1", "--model", "m", "--wait", "0", "-o", t.TempDir() + "/r.parquet"}, tt.flags...)
			run(t.Context(), args, p)
			if !strings.Contains(stderr.String(), tt.want) {
				t.Errorf("said %q, want %q", &stderr, tt.want)
			}
		})
	}
}
