package report

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/promptmill/promptmill/bench/metrics"
)

var update = flag.Bool("update", false, "write the golden files")

// fixtures are the runs that every format is tested with.
var fixtures = map[string]func() *metrics.Summary{
	"clean": cleanRun, "levels": levelsRun, "failed": failedRun, "cut": cutRun, "hostile": hostileRun,
	"empty": func() *metrics.Summary { return &metrics.Summary{} },
}

// formats are every way to show a summary, by the extension of its golden file.
var formats = map[string]func(w io.Writer, s *metrics.Summary) error{
	"80.txt": func(w io.Writer, s *metrics.Summary) error { return Terminal(w, s, TerminalOptions{}) },
	"120.txt": func(w io.Writer, s *metrics.Summary) error {
		return Terminal(w, s, TerminalOptions{Width: 120})
	},
	"color.txt": func(w io.Writer, s *metrics.Summary) error {
		return Terminal(w, s, TerminalOptions{Color: true})
	},
	"md":   Markdown,
	"json": JSON,
	"html": func(w io.Writer, s *metrics.Summary) error { return HTML(w, s, requests(s, 40)) },
}

func shownAs(t *testing.T, format string, s *metrics.Summary) string {
	t.Helper()
	var b bytes.Buffer
	if err := formats[format](&b, s); err != nil {
		t.Fatalf("%s: %v", format, err)
	}
	return b.String()
}

// embedded matches what is the same in every page: it would make a golden file of each of its lines.
var embedded = regexp.MustCompile(`(?s)(<style>).*?(</style>)|(<script>).*?(</script>)|(sha256-).*?(&#39;)`)

func TestGolden(t *testing.T) {
	for fixture, run := range fixtures {
		for format := range formats {
			name := fixture + "." + format
			t.Run(name, func(t *testing.T) {
				got := shownAs(t, format, run())
				if format == "html" {
					got = embedded.ReplaceAllString(got, "$1$3$5...$2$4$6")
				}
				checkGolden(t, name, got)
			})
		}
	}
}

func checkGolden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (go test -update writes it)", err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s differs (go test -update accepts it) -want +got:\n%s", path, d)
	}
}

// Every format must leave its summary as it was, give the same bytes twice, and say when a write fails.
func TestFormats_arePure(t *testing.T) {
	for fixture, run := range fixtures {
		for format := range formats {
			t.Run(fixture+"."+format, func(t *testing.T) {
				s := run()
				first := shownAs(t, format, s)
				if d := cmp.Diff(run(), s); d != "" {
					t.Errorf("the summary was changed:\n%s", d)
				}
				if second := shownAs(t, format, s); second != first {
					t.Errorf("two writes differ:\n%s", cmp.Diff(first, second))
				}
				if err := formats[format](fullDisk{}, s); !errors.Is(err, errFull) {
					t.Errorf("error of a failed write = %v, want %v", err, errFull)
				}
			})
		}
	}
}

var errFull = errors.New("no space left on device")

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errFull }

// No text of a run may be more than text in a report.
func TestHostileText_staysText(t *testing.T) {
	unwanted := []string{"\x07", "\u202e", "\u2066", "\u2028", "\u200b", "\U000e0041", "\r", "\xff"}
	for format := range formats {
		t.Run(format, func(t *testing.T) {
			got := shownAs(t, format, hostileRun())
			if format == "color.txt" {
				got = ansi.ReplaceAllString(got, "")
			}
			for _, bad := range append(unwanted, "\x1b") {
				if strings.Contains(got, bad) {
					t.Errorf("output has raw %q", bad)
				}
			}
			if strings.HasSuffix(format, "txt") {
				return
			}
			for _, bad := range []string{"<script>alert(1)", "</script><script>", "<!-- "} {
				if strings.Contains(got, bad) {
					t.Errorf("output has raw %q", bad)
				}
			}
			if !strings.Contains(got, "alert(1)") {
				t.Error("output has lost the hostile text instead of escaping it")
			}
		})
	}
}
