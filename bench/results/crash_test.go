package results_test

import (
	"bufio"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/promptmill/promptmill/bench/results"
)

// childPath makes the test binary a run that writes to that path until it is killed.
const childPath = "PROMPTMILL_TEST_WRITE"

func TestMain(m *testing.M) {
	if path := os.Getenv(childPath); path != "" {
		writeForever(path)
	}
	os.Exit(m.Run())
}

// writeForever prints the number of rows after every checkpoint.
func writeForever(path string) {
	w, err := results.Create(path, aRun())
	for i := 0; err == nil; i++ {
		err = w.Write(aRecord(i))
		if err == nil && i%7 == 6 {
			err = w.Checkpoint()
			fmt.Println(i + 1)
		}
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func TestKill(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range 6 {
		t.Run(strconv.Itoa(i), func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "r.parquet")
			promised := killAfter(t, path, 1+rng.IntN(30))
			f, got := readAll(t, path)
			if !f.Partial || f.Run.ID != "r-1" {
				t.Errorf("partial %v, run %q", f.Partial, f.Run.ID)
			}
			if len(got) < promised {
				t.Fatalf("%d rows, %d were promised", len(got), promised)
			}
			for i := range got {
				if diff := cmp.Diff(*aRecord(i), got[i], cmpopts.EquateEmpty()); diff != "" {
					t.Fatalf("row %d: %s", i, diff)
				}
			}
		})
	}
}

// killAfter runs a child until it has made n checkpoints, kills it wherever it is then, and returns the rows
// that it said were in the file.
func killAfter(t *testing.T, path string, n int) int {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe)
	cmd.Env = append(os.Environ(), childPath+"="+path)
	cmd.Stderr = t.Output()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	rows := 0
	lines := bufio.NewScanner(out)
	for range n {
		if !lines.Scan() {
			break
		}
		rows, _ = strconv.Atoi(lines.Text())
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	for lines.Scan() { // what it wrote between the last line and its death
		if more, err := strconv.Atoi(lines.Text()); err == nil {
			rows = max(rows, more)
		}
	}
	cmd.Wait()
	if rows == 0 {
		t.Fatal("the child made no checkpoint")
	}
	return rows
}

// Cut anywhere, a partial file gives the rows of the last checkpoint that is whole, or says that it is corrupt.
func TestTruncated(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "r.parquet")
	w, err := results.Create(path, aRun())
	if err != nil {
		t.Fatal(err)
	}
	defer w.Abort()
	type checkpoint struct{ size, rows int }
	var points []checkpoint
	note := func(rows int) {
		info, err := os.Stat(path + results.PartialSuffix)
		if err != nil {
			t.Fatal(err)
		}
		points = append(points, checkpoint{int(info.Size()), rows})
	}
	note(0)
	for i := range 12 { // beyond the first merge of row groups
		if err := errors.Join(w.Write(aRecord(i)), w.Checkpoint()); err != nil {
			t.Fatal(err)
		}
		note(i + 1)
	}
	whole, err := os.ReadFile(path + results.PartialSuffix)
	if err != nil {
		t.Fatal(err)
	}
	cut := filepath.Join(dir, "cut.parquet")
	for n := 0; n <= len(whole); n++ {
		atPoint := slices.ContainsFunc(points, func(p checkpoint) bool { return max(n-p.size, p.size-n) < 10 })
		if n%1499 != 0 && !atPoint { // every length would take minutes
			continue
		}
		if err := os.WriteFile(cut, whole[:n], 0o666); err != nil {
			t.Fatal(err)
		}
		want := -1
		for _, p := range points {
			if p.size <= n {
				want = p.rows
			}
		}
		f, err := results.Open(cut)
		if want < 0 {
			if !errors.Is(err, results.ErrCorrupt) && !errors.Is(err, results.ErrNotResults) {
				t.Errorf("%d bytes: %v", n, err)
			}
			continue
		}
		if err != nil {
			t.Fatalf("%d bytes: %v", n, err)
		}
		got, err := collect(f)
		if err := errors.Join(err, f.Close()); err != nil {
			t.Fatalf("%d bytes: %v", n, err)
		}
		if len(got) != want || !f.Partial {
			t.Fatalf("%d bytes: %d rows, want %d; partial %v", n, len(got), want, f.Partial)
		}
	}
}

// A tail of anything at all behind the last checkpoint is left out.
func TestTornTail(t *testing.T) {
	path := filepath.Join(t.TempDir(), "r.parquet")
	w, err := results.Create(path, aRun())
	if err != nil {
		t.Fatal(err)
	}
	defer w.Abort()
	if err := errors.Join(w.Write(aRecord(0)), w.Checkpoint()); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path + results.PartialSuffix)
	if err != nil {
		t.Fatal(err)
	}
	for name, tail := range map[string]string{
		"zeros":              string(make([]byte, 3<<20)),
		"magic":              "PAR1",
		"magics":             "PAR1PAR1PAR1PAR1PAR1",
		"magic over a block": "PAR1" + string(make([]byte, 1<<20-5)),
		"foreign parquet":    foreignParquet(t),
		"half of itself":     string(whole[:len(whole)/2]),
	} {
		t.Run(name, func(t *testing.T) {
			torn := filepath.Join(t.TempDir(), "torn.parquet")
			if err := os.WriteFile(torn, append(slices.Clip(whole), tail...), 0o666); err != nil {
				t.Fatal(err)
			}
			if name == "foreign parquet" {
				if _, err := results.Open(torn); !errors.Is(err, results.ErrNotResults) {
					t.Errorf("a whole foreign footer at the end: %v", err)
				}
				return
			}
			f, got := readAll(t, torn)
			if len(got) != 1 || !f.Partial {
				t.Errorf("%d rows, partial %v", len(got), f.Partial)
			}
		})
	}
}
