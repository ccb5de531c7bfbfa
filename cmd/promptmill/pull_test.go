package main

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/promptmill/promptmill/convert/hub"
	"github.com/promptmill/promptmill/convert/hub/hubtest"
)

// pullFrom runs pull against a double of one large file and returns the exit code and what it said.
func pullFrom(ctx context.Context, t *testing.T, url, home string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	env := map[string]string{"HF_ENDPOINT": url, "HF_HOME": home}
	code = run(ctx, append([]string{"pull", "org/big"}, args...), &process{
		stdin: strings.NewReader(""), stdout: &out, stderr: &errs,
		getenv: func(name string) string { return env[name] }, home: home,
	})
	return code, out.String(), errs.String()
}

// Ctrl-C ends a pull at once and says how to go on; the next one does.
func TestPull_interrupted(t *testing.T) {
	files := fstest.MapFS{"org/big/train.parquet": {Data: bytes.Repeat([]byte("0123456789abcdef"), 1<<18)}}
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	var last *hubtest.Server
	srv, err := hubtest.Start(files, hubtest.Options{
		Faults: []hubtest.Fault{{Kind: hubtest.Stall, On: hubtest.CDN, Bytes: 1 << 10}},
		Observe: func(route hubtest.Route, _ *http.Request) {
			if route == hubtest.CDN {
				cancel(errInterrupted)
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	code, stdout, stderr := pullFrom(ctx, t, srv.URL, home)
	if code != exitPart || stdout != "" || !strings.Contains(stderr, "run the same command again to go on from there") {
		t.Errorf("interrupted: exit code %d, %q, %q", code, stdout, stderr)
	}
	if err := srv.Close(); err != nil {
		t.Error(err)
	}
	if last, err = hubtest.Start(files, hubtest.Options{}); err != nil {
		t.Fatal(err)
	}
	defer last.Close()
	code, stdout, stderr = pullFrom(t.Context(), t, last.URL, home)
	if code != exitOK || strings.Contains(stderr, "\x1b") {
		t.Fatalf("again: exit code %d, %q", code, stderr)
	}
	if got, err := os.ReadFile(strings.TrimSpace(stdout)); err != nil || !bytes.Equal(got, files["org/big/train.parquet"].Data) {
		t.Errorf("again: %d bytes, %v", len(got), err)
	}
}

// The line fits into the terminal, whatever the dataset is called and however far the download is.
func TestDownload_textFits(t *testing.T) {
	at := time.Unix(0, 0)
	for _, label := range []string{"o/n", "org/" + strings.Repeat("long", 20), "evil/\x1b[2J\u202e\n", strings.Repeat("日本", 30)} {
		for columns := 15; columns < 220; columns++ {
			d := newDownload(label)
			d.now = func() time.Time { return at }
			for _, p := range []hub.Progress{
				{}, {TotalFiles: 1, TotalBytes: 1 << 40}, {TotalFiles: 12, Bytes: 1, TotalBytes: 3}, {TotalFiles: 99999, Files: 99998, Bytes: 1<<50 - 1, TotalBytes: 1 << 50},
				{TotalFiles: 1, Files: 1, Bytes: 5, TotalBytes: 5}, {TotalFiles: 1, Files: 1},
			} {
				d.update(p)
				for range 3 {
					at = at.Add(time.Second)
					line := cutLine(d.text(columns), columns)
					if w := cells.StringWidth(line); w > columns || strings.ContainsAny(line, "\x1b\n\u202e") {
						t.Fatalf("%d columns: %q has %d", columns, line, w)
					}
				}
			}
		}
	}
}

func TestDownload_text(t *testing.T) {
	at := time.Unix(0, 0)
	d := newDownload("org/name")
	d.now = func() time.Time { return at }
	step := func(after time.Duration, p hub.Progress, want string) {
		t.Helper()
		at = at.Add(after)
		d.update(p)
		if got := d.text(100); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
	if got := d.text(100); got != "org/name  finding files" {
		t.Errorf("before anything is known: %s", got)
	}
	const mib = 1 << 20
	step(0, hub.Progress{TotalFiles: 2, Bytes: 50 * mib, TotalBytes: 200 * mib, Files: 1},
		"org/name  [#####..................]   25%  50 MiB of 200 MiB  1/2 files")
	step(time.Second, hub.Progress{TotalFiles: 2, Bytes: 60 * mib, TotalBytes: 200 * mib, Files: 1},
		"org/name  [######.................]   30%  60 MiB of 200 MiB  10 MiB/s  0:14 left  1/2 files")
	step(4*time.Second, hub.Progress{TotalFiles: 2, Bytes: 60 * mib, TotalBytes: 200 * mib, Files: 1}, // 10 MiB in 5 s
		"org/name  [######.................]   30%  60 MiB of 200 MiB  2 MiB/s  1:10 left  1/2 files")
	step(10*time.Second, hub.Progress{TotalFiles: 2, Bytes: 60 * mib, TotalBytes: 200 * mib, Files: 1}, // nothing in the last ones
		"org/name  [######.................]   30%  60 MiB of 200 MiB  1/2 files")
	step(time.Second, hub.Progress{TotalFiles: 2, Bytes: 20 * mib, TotalBytes: 200 * mib, Files: 1}, // a file starts again
		"org/name  [##.....................]   10%  20 MiB of 200 MiB  1/2 files")
	step(time.Second, hub.Progress{TotalFiles: 2, Bytes: 200 * mib, TotalBytes: 200 * mib, Files: 2},
		"org/name  [#######################]  100%  200 MiB of 200 MiB  180 MiB/s  0:00 left  2/2 files")
}

// What an earlier run has brought, told right after the start, is no rate and makes no end seem near.
func TestDownload_textResumed(t *testing.T) {
	at := time.Unix(0, 0)
	d := newDownload("org/name")
	d.now = func() time.Time { return at }
	const mib = 1 << 20
	d.update(hub.Progress{TotalFiles: 1, TotalBytes: 200 * mib})
	d.text(100)
	at = at.Add(progressEvery)
	d.update(hub.Progress{TotalFiles: 1, TotalBytes: 200 * mib, Bytes: 150 * mib, Kept: 150 * mib})
	if got, want := d.text(100), "org/name  [#################......]   75%  150 MiB of 200 MiB"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	at = at.Add(time.Second - progressEvery)
	d.update(hub.Progress{TotalFiles: 1, TotalBytes: 200 * mib, Bytes: 160 * mib, Kept: 150 * mib})
	if got, want := d.text(100), "org/name  [##################.....]   80%  160 MiB of 200 MiB  10 MiB/s  0:04 left"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// On a narrow terminal the more important parts of the line stay.
func TestDownload_textNarrow(t *testing.T) {
	at := time.Unix(0, 0)
	d := newDownload("organisation/dataset")
	d.now = func() time.Time { return at }
	const mib = 1 << 20
	p := hub.Progress{TotalFiles: 2, TotalBytes: 200 * mib}
	d.update(p)
	at, p.Bytes = at.Add(time.Second), 60*mib
	d.update(p)
	for columns, want := range map[int]string{
		79: "organisation/dataset   30%  60 MiB of 200 MiB  60 MiB/s  0:02 left  0/2 files",
		66: "organisation/dataset   30%  60 MiB of 200 MiB  60 MiB/s  0:02 left",
		60: "organisation/…   30%  60 MiB of 200 MiB  60 MiB/s  0:02 left",
		39: "organisatio…   30%  60 MiB/s  0:02 left",
		30: " 30%  60 MiB/s  0:02 left",
		20: " 30%  60 MiB/s",
		15: " 30%  60 MiB/s",
		10: " 30%",
	} {
		if got := d.text(columns); got != want {
			t.Errorf("%d columns: %q (%d), want %q (%d)", columns, got, cells.StringWidth(got), want, cells.StringWidth(want))
		}
	}
}

func TestMoves(t *testing.T) {
	for _, tt := range []struct {
		term, system string
		want         bool
	}{{"xterm-256color", "linux", true}, {"dumb", "linux", false}, {"", "linux", false}, {"", "windows", true}, {"dumb", "windows", false}} {
		if got := moves(tt.term, tt.system); got != tt.want {
			t.Errorf("TERM=%s on %s: %v", tt.term, tt.system, got)
		}
	}
}

func TestClock(t *testing.T) {
	for seconds, want := range map[float64]string{-1: "0:00", 0.4: "0:00", 59.5: "1:00", 3599: "59:59", 3600: "1:00:00", 1e12: "99:00:00"} {
		if got := clock(seconds); got != want {
			t.Errorf("%v: %s, want %s", seconds, got, want)
		}
	}
}

// A notice never lands in the progress line, and the line comes back.
func TestScreen(t *testing.T) {
	var out bytes.Buffer
	p := &process{stderr: &out}
	p.logf("before")
	p.screen.draw(&out, "50%")
	p.logf("a %s", "notice\x1b[2J")
	p.logf("another")
	p.screen.draw(&out, "60%")
	p.screen.draw(&out, "")
	p.logf("after")
	want := "before\n\r\x1b[K50%\r\x1b[Ka notice\\x1b[2J\nanother\n\r\x1b[K60%\r\x1b[Kafter\n"
	if out.String() != want {
		t.Errorf("got  %q\nwant %q", out.String(), want)
	}
}

// Off a terminal there is no line, and closing it is harmless.
func TestProgressLine_noTerminal(t *testing.T) {
	var out bytes.Buffer
	p := &process{stderr: &out}
	line := p.startProgress(false, func(int) string { t.Error("drawn"); return "" })
	line.close()
	if out.Len() > 0 {
		t.Errorf("wrote %q", out.String())
	}
}

func TestAlignCells(t *testing.T) {
	got := alignCells([][]string{{"config", "split", "rows", ""}, {"日本 *", "train", "5", "x"}, {"a", "t", "12345", ""}}, 2)
	want := "config  split   rows\n日本 *  train      5  x\na       t      12345\n"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if strings.Contains(cell("a\tb\n\x1b"), "\x1b") || regexp.MustCompile(`[\n\t]`).MatchString(cell("a\tb\n")) {
		t.Errorf("cell %q", cell("a\tb\n\x1b"))
	}
}
