package report

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"github.com/promptmill/promptmill/bench/metrics"
	"github.com/promptmill/promptmill/bench/results"
)

func cardOf(old string, s *metrics.Summary, paths ...string) (string, []string) {
	var files []CardFile
	for _, p := range paths {
		files = append(files, CardFile{Path: p, Rows: 2120, Summary: s})
	}
	text, notices := Card(CardBase{Repo: "me/results", Text: []byte(old)}, files)
	return string(text), notices
}

func TestCard_golden(t *testing.T) {
	for name, run := range fixtures {
		got, notices := cardOf("", run(), "results.parquet")
		if len(notices) > 0 {
			t.Errorf("%s: notices about a new card: %q", name, notices)
		}
		checkGolden(t, name+".card.md", got)
	}
}

// frontOf decodes the front matter of a card.
func frontOf(t *testing.T, card string) map[string]any {
	t.Helper()
	front, _ := cutFront([]byte(card))
	var v map[string]any
	if err := yaml.Unmarshal(inside(front), &v); err != nil {
		t.Fatalf("front matter: %v\n%s", err, front)
	}
	return v
}

func configNames(t *testing.T, card string) []string {
	t.Helper()
	var names []string
	configs, _ := frontOf(t, card)["configs"].([]any)
	for _, c := range configs {
		names = append(names, c.(map[string]any)["config_name"].(string))
	}
	return names
}

// A card made again from the same results is the same card; another file adds a part and a config.
func TestCard_again(t *testing.T) {
	first, _ := cardOf("", cleanRun(), "results.parquet")
	if again, notices := cardOf(first, cleanRun(), "results.parquet"); again != first || len(notices) > 0 {
		t.Errorf("the second card differs (%q):\n%s", notices, cmp.Diff(first, again))
	}
	both, notices := cardOf(first, levelsRun(), "other run.parquet")
	if len(notices) != 1 || strings.Count(both, "## Benchmark of") != 2 || !strings.Contains(both, first[strings.Index(first, "<!--"):]) {
		t.Errorf("%q\n%s", notices, both)
	}
	if diff := cmp.Diff([]string{"results", "other-run"}, configNames(t, both)); diff != "" {
		t.Errorf("configs (-want +got):\n%s", diff)
	}
	changed, _ := cardOf(both, failedRun(), "results.parquet")
	if strings.Count(changed, "## Benchmark of") != 2 || !strings.Contains(changed, "NO SUCCESS") {
		t.Errorf("the part was not replaced:\n%s", changed)
	}
}

// What the owner of a dataset wrote stays, byte by byte.
func TestCard_keepsText(t *testing.T) {
	const plain = "# Mine\r\n\r\nText.\n"
	got, _ := cardOf(plain, cleanRun(), "r.parquet")
	_, body := cutFront([]byte(got))
	if !bytes.HasPrefix(body, []byte(strings.TrimRight(plain, "\n"))) {
		t.Errorf("the text is not kept:\n%q", body)
	}
	for name, front := range map[string]string{
		"license only":   "---\nlicense: mit # chosen by me\nlanguage: [en, de]\n---\n",
		"configs":        "---\nconfigs:\n  # the first\n  - config_name: a\n    data_files: a.csv\n\nlicense: mit\n---\n",
		"flush sequence": "---\r\nconfigs:\r\n- config_name: a\r\n  data_files:\r\n  - split: train\r\n    path: [a.csv, b.csv]\r\ntags:\r\n- x\r\n---\r\n",
		"empty":          "---\n---\n",
	} {
		t.Run(name, func(t *testing.T) {
			const text = "# Mine\n<!-- promptmill begin other.parquet -->\nand an end that is missing\n"
			got, _ := cardOf(front+text, cleanRun(), "r.parquet")
			if !strings.Contains(got, text[:len(text)-1]) {
				t.Errorf("the text is not kept:\n%s", got)
			}
			newFront, _ := cutFront([]byte(got))
			at := 0
			for line := range strings.Lines(front) {
				i := strings.Index(string(newFront[at:]), line)
				if i < 0 {
					t.Fatalf("the line %q is not kept in\n%s", line, newFront)
				}
				at += i + len(line)
			}
			if names := configNames(t, got); names[len(names)-1] != "r" {
				t.Errorf("configs = %q", names)
			}
			if again, _ := cardOf(got, cleanRun(), "r.parquet"); again != got {
				t.Errorf("made again it differs:\n%s", cmp.Diff(got, again))
			}
		})
	}
}

// A card is read by strangers: no folder, no path of a URL, nothing that could be a secret.
func TestCard_discreet(t *testing.T) {
	s := cleanRun()
	s.Run.Target = "https://me:pass123@host.example:8443/v1/key-abc?api_key=sk-query#frag"
	s.Run.Model = "/home/me/models/llama.gguf"
	s.Run.Prompts.Path = `C:\Users\me\secret\prompts.jsonl`
	s.Run.Stopped = "write /scratch/user7/results.parquet: no space left on device"
	s.Run.Config = map[string]any{"output": "/data/out.parquet", "schema": "~/private/schema.json", "profile": "sweep", "header": "Authorization: Bearer sk-header", "keep-text": true}
	s.Warnings = []string{"see http://inside.example/admin?token=sk-warning and ../hidden/file.txt"}
	s.Benchmarks[0].ClientLimited = []string{`reading \\server\share\x.txt was slow.`}
	s.Benchmarks[1].Counts.ErrorKinds = []metrics.ErrorKind{{Kind: "http_status", Count: 1, Example: "401 for key sk-example"}}
	s.Benchmarks[1].Counts.Errors = 1
	s.Run.Manifest = json.RawMessage(`{"source":{"files":[{"name":"/home/me/private/data.parquet"},{"name":"b"}]},"tool":{"name":"promptmill"}}`)
	got, _ := cardOf("", s, "r.parquet")
	for _, bad := range []string{"home", "Users", "scratch", "/data", "private", "pass123", "sk-", "key-abc", "admin", "hidden", "server\\", "me:pass"} {
		if strings.Contains(got, bad) {
			t.Errorf("the card says %q", bad)
		}
	}
	for _, want := range []string{"llama.gguf", "host.example:8443", "prompts.jsonl", "inside.example", "data.parquet and 1 more files", "results.parquet", "profile=sweep"} {
		if !strings.Contains(got, want) {
			t.Errorf("the card does not say %q", want)
		}
	}
	want := []string{"../hidden/file.txt", "/data/out.parquet", "/home/me/models/llama.gguf", "the text of the answers", "~/private/schema.json"}
	said := strings.Join(Disclosed(&s.Run), "\n")
	for _, w := range want[1:] {
		if !strings.Contains(said, w) {
			t.Errorf("Disclosed leaves out %q: %q", w, said)
		}
	}
	if said := Disclosed(&results.Run{Endpoint: "/v1/chat/completions", Model: "org/name"}); said != nil {
		t.Errorf("Disclosed of nothing = %q", said)
	}
}

func TestCard_names(t *testing.T) {
	got, _ := cardOf("", hostileRun(), "a -->\"`x`: [y] %2F é.parquet")
	if _, body := cutFront([]byte(got)); bytes.Count(body, []byte("-->")) != 2 {
		t.Errorf("a name ends the marker:\n%s", got)
	}
	configs := frontOf(t, got)["configs"].([]any)
	file := configs[0].(map[string]any)["data_files"].([]any)[0].(map[string]any)["path"]
	if file != "a -->\"`x`: [y] %2F é.parquet" {
		t.Errorf("the front matter names %q", file)
	}
	for path, want := range map[string]string{"true.parquet": "true", "1.0.parquet": "1.0", "null": "null", "...": "results", "données.parquet": "donn-es", "a/b.parquet": "a-b", "a - b.parquet": "a-b"} {
		got, _ := cardOf("", cleanRun(), path)
		if names := configNames(t, got); len(names) != 1 || names[0] != want {
			t.Errorf("%s: config %q, want %q", path, names, want)
		}
	}
	if got, _ := cardOf("", cleanRun(), "no.parquet"); !strings.Contains(got, `config_name: "no"`) { // false in YAML 1.1
		t.Errorf("a config that Python takes for false:\n%s", got)
	}
	got, _ = cardOf("", cleanRun(), "a b.parquet", "a-b.parquet", "a_b.parquet")
	if diff := cmp.Diff([]string{"a-b", "a-b-2", "a_b"}, configNames(t, got)); diff != "" {
		t.Errorf("configs (-want +got):\n%s", diff)
	}
}

func TestSizeCategory(t *testing.T) {
	for rows, want := range map[int64]string{0: "n<1K", 999: "n<1K", 1000: "1K<n<10K", 123_456: "100K<n<1M", 999_999_999_999: "100B<n<1T", 1e12: "n>1T"} {
		if got := sizeCategory(rows); got != want {
			t.Errorf("sizeCategory(%d) = %q, want %q", rows, got, want)
		}
	}
}

// Whatever a dataset's card is: its text stays, and a card made again is the same.
func FuzzCard(f *testing.F) {
	f.Add("")
	f.Add("---\nconfigs:\n- config_name: a\n  data_files: |\n    a\n---\nx")
	f.Add("---\nconfigs: &a [*a]\n---\n")
	f.Add("---\na: 1\n--- \n<!-- promptmill begin r.parquet -->\n<!-- promptmill end r.parquet -->tail")
	f.Add("---\n")
	f.Add("\f")
	f.Add("<!-- promptmill begin r.parquet -->")
	f.Add("<!-- promptmill end r.parquet --> <!-- promptmill begin r.parquet -->")
	f.Fuzz(func(t *testing.T, old string) {
		got, _ := cardOf(old, cutRun(), "r.parquet")
		_, body := cutFront([]byte(old))
		begin, end := markers("r.parquet")
		if before, _, _ := strings.Cut(string(body), begin); strings.TrimSpace(old) != "" && !strings.Contains(got, strings.TrimRight(before, "\n")) {
			t.Errorf("text is lost: %q gives %q", old, got)
		}
		if !strings.Contains(got, begin) || !strings.Contains(got, end) {
			t.Errorf("no part in %q", got)
		}
		if again, _ := cardOf(got, cutRun(), "r.parquet"); again != got {
			t.Errorf("made again it differs:\n%s", cmp.Diff(got, again))
		}
	})
}
