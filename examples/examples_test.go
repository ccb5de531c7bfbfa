// Package examples_test runs what the examples say, against a Hub and a model server of its own.
package examples_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"go.yaml.in/yaml/v3"
)

// program builds promptmill, once.
var program = sync.OnceValues(func() (path string, err error) {
	path = filepath.Join(built, "promptmill")
	if out, err := exec.Command("go", "build", "-o", path, "../cmd/promptmill").CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return path, nil
})

var built string // folder of the program

func TestMain(m *testing.M) {
	var err error
	if built, err = os.MkdirTemp("", "promptmill-examples-"); err != nil {
		panic(err)
	}
	code := m.Run()
	_ = os.RemoveAll(built)
	os.Exit(code)
}

// workshop is where an example runs: a folder of its own, promptmill in the path, and servers for it to ask.
type workshop struct {
	dir string
	env []string
}

func newWorkshop(t *testing.T) *workshop {
	t.Helper()
	if testing.Short() {
		t.Skip("examples build and run the program")
	}
	w := &workshop{dir: t.TempDir()}
	bin, err := program()
	if err != nil {
		t.Fatal(err)
	}
	hub := serve(t, bin, "mock", "hub", "../testdata/hub")
	model := serve(t, bin, "mock", "--ttft", "2ms", "--itl", "0", "--tokens", "8")
	w.env = append(os.Environ(), "PATH="+filepath.Dir(bin)+":"+os.Getenv("PATH"), "HF_ENDPOINT="+hub, "TARGET="+model,
		"HF_HOME="+filepath.Join(w.dir, "hf"), "HOME="+w.dir, "HF_TOKEN=", "GITHUB_STEP_SUMMARY="+filepath.Join(w.dir, "summary.md"))
	return w
}

// serve starts a server, which ends with the test, and returns its URL.
func serve(t *testing.T, bin string, args ...string) string {
	t.Helper()
	cmd := exec.Command(bin, append(args, "--listen", "127.0.0.1:0")...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	lines := bufio.NewReader(out)
	url, err := lines.ReadString('\n')
	if err != nil {
		t.Fatalf("%v did not start: %v", args, err)
	}
	return strings.TrimSpace(url)
}

func (w *workshop) run(t *testing.T, args ...string) (output string, err error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), args[0], args[1:]...)
	cmd.Dir, cmd.Env = w.dir, w.env
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func (w *workshop) mustRun(t *testing.T, args ...string) string {
	t.Helper()
	out, err := w.run(t, args...)
	if err != nil {
		t.Fatalf("%v: %v\n%s", args, err, out)
	}
	return out
}

func (w *workshop) take(t *testing.T, file string) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(w.dir, filepath.Base(file)), data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// ours are the choices that differ for a test.
var ours = []string{"DATASET=promptmill/arithmetic", "PROMPTS=20", "BENCH_FLAGS=--max-requests 12 --max-tokens 8"}

// make runs everything once, then only what a change asks for.
func TestMakefile(t *testing.T) {
	w := newWorkshop(t)
	w.take(t, "Makefile")
	command := append([]string{"make"}, ours...)
	first := w.mustRun(t, command...)
	for _, step := range []string{"promptmill pull", "promptmill convert", "promptmill validate", "promptmill bench", "promptmill report"} {
		if !strings.Contains(first, step) {
			t.Errorf("the first make does not run %s:\n%s", step, first)
		}
	}
	if again := w.mustRun(t, command...); strings.Contains(again, "promptmill") {
		t.Errorf("a second make runs something:\n%s", again)
	}
	faster := w.mustRun(t, append(command, "PROFILE=throughput")...)
	if strings.Contains(faster, "promptmill convert") || !strings.Contains(faster, "promptmill bench") {
		t.Errorf("another PROFILE does not run bench alone:\n%s", faster)
	}
	fewer := w.mustRun(t, append(command, "PROFILE=throughput", "PROMPTS=10")...)
	if strings.Contains(fewer, "promptmill pull") || !strings.Contains(fewer, "promptmill convert") || !strings.Contains(fewer, "promptmill bench") {
		t.Errorf("other PROMPTS do not run all but pull:\n%s", fewer)
	}
}

func TestMakefile_gate(t *testing.T) {
	w := newWorkshop(t)
	w.take(t, "Makefile")
	command := append([]string{"make"}, ours...)
	w.mustRun(t, append(command, "baseline")...)
	w.mustRun(t, append(command, "compare", "GATES=--assert 'error_rate < 1%'")...)
	if out, err := w.run(t, append(command, "compare", "GATES=--assert 'ttft.p50 < 1ns'")...); err == nil {
		t.Errorf("a gate that does not hold lets make succeed:\n%s", out)
	}
}

// Every step of the workflow that runs a command runs here, twice: without a baseline and with one.
func TestGitHubActions(t *testing.T) {
	data, err := os.ReadFile("github-actions/llm-gate.yml")
	if err != nil {
		t.Fatal(err)
	}
	var workflow struct {
		Jobs map[string]struct {
			Steps []struct{ Name, Run string }
		}
	}
	if err := yaml.Unmarshal(data, &workflow); err != nil {
		t.Fatal(err)
	}
	w := newWorkshop(t)
	ran := 0
	for range 2 {
		for _, step := range workflow.Jobs["gate"].Steps {
			if step.Run == "" || step.Name == "install" {
				continue
			}
			script := strings.ReplaceAll(step.Run, "openai/gsm8k", "promptmill/arithmetic")
			script = strings.ReplaceAll(script, "ttft.p50 > +10%", "ttft.p50 > +100000%") // of a busy machine
			w.mustRun(t, "bash", "-e", "-c", script)
			ran++
		}
	}
	if ran < 10 {
		t.Errorf("%d steps ran, want at least 10", ran)
	}
	for _, file := range []string{"report.html", "baseline.parquet", "summary.md"} {
		if info, err := os.Stat(filepath.Join(w.dir, file)); err != nil || info.Size() == 0 {
			t.Errorf("%s was not written: %v", file, err)
		}
	}
}

// python is an interpreter with duckdb and nbclient; make test-examples makes one.
func python(t *testing.T) string {
	t.Helper()
	path := os.Getenv("EXAMPLES_PYTHON")
	if path == "" {
		t.Skip("EXAMPLES_PYTHON names no Python with duckdb and nbclient: make test-examples does")
	}
	return path
}

func (w *workshop) measure(t *testing.T) {
	t.Helper()
	w.mustRun(t, "bash", "-c", `promptmill convert hf://datasets/promptmill/arithmetic/main/test -o prompts.jsonl -q &&
promptmill bench prompts.jsonl --target $TARGET --profile synchronous,throughput --max-requests 10 -q`)
}

func TestSQL(t *testing.T) {
	interpreter := python(t)
	w := newWorkshop(t)
	w.take(t, "analysis/results.sql")
	w.measure(t)
	out := w.mustRun(t, interpreter, "-c", `
import duckdb
for s in duckdb.extract_statements(open("results.sql").read()):
    rows = duckdb.sql(s.query).fetchall()
    print(len(rows), "rows", rows[:1])`)
	if !strings.Contains(out, "2 rows [(0, 'synchronous', 10, 10,") {
		t.Errorf("the first query does not show two benchmarks of 10 requests:\n%s", out)
	}
	if strings.Count(out, "rows") != 4 {
		t.Errorf("not four queries:\n%s", out)
	}
}

func TestNotebook(t *testing.T) {
	interpreter := python(t)
	w := newWorkshop(t)
	w.take(t, "analysis/results.ipynb")
	w.measure(t)
	out := w.mustRun(t, interpreter, "-c", `
import nbformat, nbclient
book = nbformat.read("results.ipynb", as_version=4)
nbclient.NotebookClient(book, timeout=100).execute()
print(book.cells[1].outputs[0].text)`)
	if !strings.Contains(out, "20 requests") {
		t.Errorf("the notebook does not find the 20 requests:\n%s", out)
	}
}
