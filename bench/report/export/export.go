// Package export writes a run in the formats that other tools read: spreadsheets, benchstat, Prometheus, and the result
// files of vLLM, GuideLLM, AIPerf and llm-d. Package foreign reads most of them back.
//
// A file of another tool means what that tool means by its keys: where it defines a figure in another way than
// docs/metrics.md, the figure is computed in that way. Warm-up and cool-down are left out of every format. What a format has no place for,
// such as requests that were cut off or a client that was the limit, stands in the notes that the format allows.
package export

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"github.com/promptmill/promptmill/bench/metrics"
	"github.com/promptmill/promptmill/bench/results"
)

// ErrEmpty reports a run without a benchmark, for a format that has a file for each.
var ErrEmpty = errors.New("no benchmark was measured, and this format has a file for each")

// A Source is a run to be written. Its text may be hostile: each format escapes it.
type Source struct {
	Summary *metrics.Summary
	// Records returns the requests of the run, in the same order each time.
	Records func() iter.Seq2[*results.Record, error]
}

// A File is one file of an export.
type File struct {
	Name  string // relative, with slashes, from letters that every file system takes
	Write func(w io.Writer) error
}

// A Format is a way to write a run.
type Format struct {
	Name    string // as a user names it
	About   string // what it is for
	Several bool   // it has a file, or more than one, for each benchmark
	files   func(s *Source) []File
}

// Formats returns all formats, sorted by name.
func Formats() []Format { return slices.Clone(formats) }

var formats = []Format{
	{"aiperf", "profile_export.jsonl, .csv and .json of NVIDIA AIPerf", true, aiperfFiles},
	{"csv", "a row for each benchmark, for spreadsheets", false, one("report.csv", writeCSV)},
	{"gobench", "Go benchmark lines, for benchstat", false, one("report.txt", writeGobench)},
	{"guidellm", "benchmarks.json of GuideLLM", false, one("benchmarks.json", writeGuideLLM)},
	{"llm-d", "Benchmark Report 0.2.1 of llm-d", true, llmdFiles},
	{"openmetrics", "gauges for Prometheus' text file collectors", false, one("report.prom", writeOpenMetrics)},
	{"vllm", "result of vLLM's bench serve", true, vllmFiles},
}

// ByName returns the format called name.
func ByName(name string) (Format, bool) {
	i := slices.IndexFunc(formats, func(f Format) bool { return f.Name == name })
	if i < 0 {
		return Format{}, false
	}
	return formats[i], true
}

// Files returns the files of the run; nothing is computed before they are written. Errors are [ErrEmpty].
func (f Format) Files(s *Source) ([]File, error) {
	if f.Several && len(s.Summary.Benchmarks) == 0 {
		return nil, fmt.Errorf("%s: %w", f.Name, ErrEmpty)
	}
	return f.files(s), nil
}

func one(name string, write func(w io.Writer, s *Source) error) func(s *Source) []File {
	return func(s *Source) []File {
		return []File{{name, func(w io.Writer) error { return write(w, s) }}}
	}
}

// each makes files for every benchmark, with its name between what is given: "vllm-0-concurrent-8.json". A run of a single
// benchmark has no need of that.
func each(s *Source, file func(b *metrics.Benchmark, label string) []File) []File {
	var files []File
	for i := range s.Summary.Benchmarks {
		b := &s.Summary.Benchmarks[i]
		label := ""
		if len(s.Summary.Benchmarks) > 1 {
			label = fmt.Sprintf("%d-%s", i, slug(b.Name))
		}
		files = append(files, file(b, label)...)
	}
	return files
}

// slug is a name of letters, digits, dots and dashes.
func slug(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '.'
	})
	s := strings.Trim(strings.Join(words, "-"), ".-")
	return s[:min(len(s), 60)]
}

// requests are the measured requests of a benchmark.
func (s *Source) requests(b *metrics.Benchmark) iter.Seq2[*results.Record, error] {
	return func(yield func(*results.Record, error) bool) {
		for r, err := range s.Records() {
			if err != nil {
				yield(nil, err)
				return
			}
			if int(r.Benchmark) == b.Index && !r.Warmup && !r.Cooldown && !yield(r, nil) {
				return
			}
		}
	}
}

// version is the version of the tool that made the run: the second word of "promptmill 0.1.0 (commit)".
func version(run *results.Run) string {
	_, rest, _ := strings.Cut(run.Tool, " ")
	v, _, _ := strings.Cut(rest, " ")
	return v
}
