// Package foreign reads the result files of other load generators as far as they carry what is compared: vLLM's
// bench serve, SGLang's bench_serving, GuideLLM, AIPerf and inference-perf. Where a file has its requests, they become
// records of ours, so that every figure is computed as those of this program are; else the tool's own figures are
// taken as they are. What a metric means is the tool's: notes say where that is not what its name means here.
package foreign

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/promptmill/promptmill/bench/compare"
)

// Sentinels of [Open] for callers that decide by them. Every error about the content of a file wraps one of them.
var (
	// ErrUnknown reports a file that none of the readers knows.
	ErrUnknown = errors.New("not a results file that is known here")
	// ErrCorrupt reports a file of a known tool that makes no sense.
	ErrCorrupt = errors.New("corrupt results file")
)

// mostBytes bounds a file: it is read whole.
const mostBytes = 1 << 30

// A reader is what turns the file of one tool into a result.
type reader struct {
	tool  string
	knows func(head map[string]json.RawMessage) bool
	read  func(f *file) (*compare.Result, error)
}

// readers are tried in order: the first that knows a file reads it.
var readers = []reader{
	{"GuideLLM", has("benchmarks", "metadata"), readGuideLLM},
	{"AIPerf", has("metadata", "metrics"), readAIPerf},
	{"AIPerf", has("aiperf_version", "input_config"), readAIPerfSummary},
	{"inference-perf", has("start_time", "end_time", "info"), readInferencePerf},
	{"inference-perf", has("load_summary", "successes"), readInferencePerfSummary},
	{"SGLang bench_serving", has("backend", "mean_e2e_latency_ms"), readSGLang},
	{"vLLM bench serve", has("request_throughput", "model_id"), readVLLM},
}

// has reports whether a document has all of some keys.
func has(keys ...string) func(head map[string]json.RawMessage) bool {
	return func(head map[string]json.RawMessage) bool {
		for _, k := range keys {
			if _, ok := head[k]; !ok {
				return false
			}
		}
		return true
	}
}

// A file is one result file, and where it lies.
type file struct {
	name string // as the user gave it
	dir  string
	tool string
	data []byte
}

// inFolder are the files that tell most of a run in the folders that tools write.
var inFolder = []string{"profile_export.jsonl", "per_request_lifecycle_metrics.json", "summary_lifecycle_metrics.json", "benchmarks.json"}

// Open reads a results file of another tool, or the folder of them that it wrote. Errors wrap [ErrUnknown],
// [ErrCorrupt] or come from the file system.
func Open(path string) (*compare.Result, error) {
	f, err := locate(path)
	if err != nil {
		return nil, err
	}
	head, err := f.head()
	for _, r := range readers {
		if err == nil && r.knows(head) {
			f.tool = r.tool
			result, err := r.read(f)
			if err != nil {
				return nil, fmt.Errorf("%s: %w of %s: %w", path, ErrCorrupt, r.tool, err)
			}
			result.Name, result.Foreign = path, true
			return result, nil
		}
	}
	what := "expected results of promptmill (parquet), vLLM, SGLang, GuideLLM, AIPerf or inference-perf (JSON)"
	if err != nil {
		what = fmt.Sprintf("%v; %s", plain(err), what)
	}
	return nil, fmt.Errorf("%s: %w: %s", path, ErrUnknown, what)
}

func locate(path string) (*file, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	name := path
	if info.IsDir() {
		for _, known := range inFolder {
			if i, err := os.Stat(filepath.Join(path, known)); err == nil && i.Mode().IsRegular() {
				name = filepath.Join(path, known)
				break
			}
		}
		if name == path {
			return nil, fmt.Errorf("%s: %w: a folder without any of %v", path, ErrUnknown, inFolder)
		}
	} else if !info.Mode().IsRegular() { // to open a named pipe is to wait
		return nil, fmt.Errorf("%s: %w: not a regular file", path, ErrUnknown)
	}
	data, err := readWhole(name)
	return &file{name: path, dir: filepath.Dir(name), data: data}, err
}

func readWhole(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, mostBytes+1))
	if err == nil && len(data) > mostBytes {
		err = fmt.Errorf("%s: %w: over %d MiB", name, ErrUnknown, mostBytes>>20)
	}
	return data, err
}

// head returns the first object of the file: the document, its first line, or the first element of its list.
func (f *file) head() (head map[string]json.RawMessage, err error) {
	d := json.NewDecoder(bytes.NewReader(f.data))
	if bytes.HasPrefix(bytes.TrimLeft(f.data, " \t\r\n"), []byte("[")) {
		if _, err := d.Token(); err != nil {
			return nil, err
		}
	}
	err = d.Decode(&head)
	return head, err
}

// sibling decodes another file of the folder into v, and reports whether it is there and makes sense.
func (f *file) sibling(name string, v any) bool {
	data, ok := f.beside(name)
	return ok && json.Unmarshal(data, v) == nil
}

// beside reads another file of the folder, and reports whether it is there. To open a named pipe would be to wait.
func (f *file) beside(name string) (data []byte, ok bool) {
	path := filepath.Join(f.dir, name)
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
		return nil, false
	}
	data, err := readWhole(path)
	return data, err == nil
}

// lines decodes every JSON value of the file, one after the other.
func lines[T any](f *file) ([]T, error) {
	var out []T
	for d := json.NewDecoder(bytes.NewReader(f.data)); ; {
		var v T
		switch err := d.Decode(&v); {
		case errors.Is(err, io.EOF):
			return out, nil
		case err != nil:
			return nil, fmt.Errorf("object %d: %w", len(out)+1, plain(err))
		}
		out = append(out, v)
	}
}
