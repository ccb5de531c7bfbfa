package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"
)

// badInput is a file that is of no use, and what must be said of it.
type badInput struct {
	name string // of the file
	data []byte
	says []string // in the one line that convert prints
	most int      // MiB that reading it may take; 0 means 96
	args []string // for convert, besides
}

// TestBadInput: each file that is of no use gives one line that names it and the place, exit code 3, and neither output nor
// leftovers; and it takes little memory, whatever it claims.
func TestBadInput(t *testing.T) {
	for _, bad := range slices.Concat(notParquet(t), damagedParquet(t), lyingParquet(t), parquetBombs(t), badText(t)) {
		t.Run(bad.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			path := filepath.Join(dir, bad.name)
			if err := os.WriteFile(path, bad.data, 0o600); err != nil {
				t.Fatal(err)
			}
			got := measure(t, nil, slices.Concat([]string{"convert", path, "-o", filepath.Join(dir, "out", "x.jsonl"), "--allow-empty-expected"}, bad.args)...)
			got.check(t, bad, exitInput)
			for _, want := range bad.says {
				if !strings.Contains(got.stderr, want) {
					t.Errorf("%s\nwant it to say %q", got.stderr, want)
				}
			}
			looked := measure(t, nil, "inspect", path)
			looked.check(t, bad, exitOK, exitInput)
		})
	}
}

// zeros is a stream of them without an end.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}

// A stream without an end that no format has is not read for one.
func TestBadInput_endlessStdin(t *testing.T) {
	for _, command := range [][]string{{"convert", "-", "-o", "-"}, {"inspect", "-"}} {
		got := measure(t, zeros{}, command...)
		got.check(t, badInput{name: "stdin"}, exitInput)
		if !strings.Contains(got.stderr, "none of the formats") {
			t.Error(got.stderr)
		}
	}
}

// measured is how a run of promptmill ended.
type measured struct {
	code           int
	stdout, stderr string
	peak           int // MiB
	left           []string
}

// measure runs promptmill as a process of its own. Its folder for temporary files is empty before, and so is the folder
// "out" beside the file that is its first argument.
func measure(t *testing.T, stdin io.Reader, args ...string) (m measured) {
	t.Helper()
	dir := t.TempDir()
	temp, peak := filepath.Join(dir, "tmp"), filepath.Join(dir, "peak")
	folders := []string{temp}
	if filepath.IsAbs(args[1]) {
		folders = append(folders, filepath.Join(filepath.Dir(args[1]), "out"))
	}
	for _, d := range folders {
		if err := os.MkdirAll(d, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(t.Context(), "promptmill-measured", args...)
	cmd.WaitDelay = time.Second
	cmd.Env = append(os.Environ(), "TMPDIR="+temp, "PEAK="+peak)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, &stdout, &stderr
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	m = measured{code: cmd.ProcessState.ExitCode(), stdout: stdout.String(), stderr: stderr.String()}
	for _, d := range folders {
		entries, err := os.ReadDir(d)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			m.left = append(m.left, e.Name())
		}
	}
	if b, err := os.ReadFile(peak); err == nil {
		m.peak, _ = strconv.Atoi(string(b))
	}
	return m
}

// check holds what is so for every bad file.
func (m measured) check(t *testing.T, bad badInput, codes ...int) {
	t.Helper()
	if !slices.Contains(codes, m.code) {
		t.Errorf("exit code %d, want one of %d: %s", m.code, codes, m.stderr)
	}
	line := strings.TrimSuffix(m.stderr, "\n")
	if m.code != exitOK && (!strings.HasPrefix(line, "promptmill: ") || !strings.Contains(line, bad.name)) {
		t.Errorf("the file is not named: %s", m.stderr)
	}
	if strings.ContainsFunc(line, func(r rune) bool { return !unicode.IsPrint(r) }) {
		t.Errorf("not one line fit for a terminal: %q", m.stderr)
	}
	if len(m.left) > 0 {
		t.Errorf("left behind: %v", m.left)
	}
	most := bad.most
	if most == 0 {
		most = 96
	}
	if m.peak == 0 && runtime.GOOS == "linux" {
		t.Error("the peak was not measured")
	}
	if m.peak > most && !raced() {
		t.Errorf("%d MiB at the peak, the limit is %d: %s", m.peak, most, m.stderr)
	}
}

// raced reports whether the tests run under the race detector, which takes memory of its own.
func raced() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && slices.ContainsFunc(info.Settings, func(s debug.BuildSetting) bool { return s.Key == "-race" && s.Value == "true" })
}

// mainMeasured is main, and writes the most memory that it took, in MiB, where the system tells.
func mainMeasured() {
	ctx, stop := interruptible(context.Background())
	code := run(ctx, os.Args[1:], &process{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, getenv: os.Getenv})
	stop()
	status, _ := os.ReadFile("/proc/self/status")
	if _, after, ok := strings.Cut(string(status), "VmHWM:"); ok {
		kib, _ := strconv.Atoi(strings.Fields(after)[0])
		if err := os.WriteFile(os.Getenv("PEAK"), []byte(strconv.Itoa(kib>>10)), 0o600); err != nil {
			panic(err)
		}
	}
	os.Exit(code)
}
