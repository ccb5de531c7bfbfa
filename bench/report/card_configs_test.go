package report

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A config that has the file already is used: one that names it before one with a pattern.
func TestCard_existingConfigs(t *testing.T) {
	const mine = "---\nconfigs:\n- config_name: everything\n  data_files: \"*.parquet\"\n---\n"
	got, notices := cardOf(mine, cleanRun(), "r.parquet")
	if !strings.HasPrefix(got, mine) || len(notices) != 1 || !strings.Contains(notices[0], "part of config everything") ||
		!strings.Contains(got, `load_dataset("me/results", "everything"`) {
		t.Errorf("%q\n%s", notices, got)
	}
	const split = "---\nconfigs:\n- config_name: all\n  data_files: \"**/*.parquet\"\n- config_name: mine\n  data_files:\n  - split: test\n    path: [r.parquet]\n---\n"
	got, notices = cardOf(split, cleanRun(), "r.parquet")
	if len(notices) > 0 || !strings.Contains(got, `load_dataset("me/results", "mine", split="test")`) || !strings.Contains(got, "--config mine --split test") {
		t.Errorf("%q\n%s", notices, got)
	}
	if _, notices := cardOf("---\nlicense: mit\n---\n", cleanRun(), "r.parquet"); len(notices) != 1 || !strings.Contains(notices[0], "others in the dataset") {
		t.Errorf("notices = %q", notices)
	}
}

// Front matter that cannot be extended stays, the notice ends with lines to paste, and the card names no config that
// does not exist. With the lines pasted all is as if it had been extended.
func TestCard_byHand(t *testing.T) {
	const entry = "- config_name: r\n  data_files:\n  - split: train\n    path: r.parquet"
	for name, test := range map[string]struct{ front, says string }{
		"flow":              {"---\nconfigs: [{config_name: a, data_files: a.csv}, {config_name: b, data_files: a.csv}]\n---\n", "and push again:\n" + entry},
		"flow, one":         {"---\nconfigs: [{config_name: a, data_files: a.csv}]\n---\n", "\"default: true\" into that of a, and push again:\n" + entry},
		"default: false":    {"---\nconfigs:\n- config_name: a\n  default: false\n---\n", "\"default: true\" into that of a"},
		"not YAML":          {"---\na: [1\n---\n", "configs:\n" + entry},
		"not a mapping":     {"---\n- a list\n---\n", "configs:\n" + entry},
		"after empty lines": {"\n---\nlicense: mit\n---\n", "configs:\n" + entry},
	} {
		t.Run(name, func(t *testing.T) {
			got, notices := cardOf(test.front, cleanRun(), "r.parquet")
			if !strings.HasPrefix(got, test.front) || len(notices) != 1 || !strings.Contains(notices[0], test.says) {
				t.Errorf("%q\n%s", notices, got)
			}
			if !strings.Contains(got, `load_dataset("me/results", data_files="r.parquet", split="train")`) || !strings.Contains(got, "pull me/results --include r.parquet)") {
				t.Errorf("the card names a config:\n%s", got)
			}
		})
	}
	const pasted = "---\nconfigs:\n- {config_name: a, data_files: a.csv, default: true}\n" + entry + "\n---\n"
	if got, notices := cardOf(pasted, cleanRun(), "r.parquet"); len(notices) > 0 || !strings.Contains(got, `load_dataset("me/results", "r", split="train")`) {
		t.Errorf("%q\n%s", notices, got)
	}
	base := CardBase{Repo: "me/results", Text: []byte("---\nlicense: mit\n---\n"), Standalone: true}
	got, notices := Card(base, []CardFile{{Path: "it's.parquet", Rows: 1, Summary: cleanRun()}})
	if !bytes.HasPrefix(got, base.Text) || len(notices) != 1 || !strings.Contains(notices[0], ".huggingface.yaml") || !strings.Contains(notices[0], "default: true") || !strings.Contains(string(got), `--include 'it'\''s.parquet'`) {
		t.Errorf("%q\n%s", notices, got)
	}
}

// The first config would hide data that is found by the names of its files: it is declared too.
func TestCard_data(t *testing.T) {
	data := []CardSplit{{"train", []string{"data/train-*"}}, {"test", []string{"a.parquet", "b [[]1].parquet"}}}
	const declared = "configs:\n- config_name: default\n  data_files:\n  - split: train\n    path: \"data/train-*\"\n" +
		"  - split: test\n    path:\n    - a.parquet\n    - \"b [[]1].parquet\"\n- config_name: r\n"
	files := []CardFile{{Path: "r.parquet", Rows: 1, Summary: cleanRun()}}
	for name, text := range map[string]string{"no card": "", "no front matter": "# Mine\n", "license": "---\nlicense: mit\n---\n"} {
		base := CardBase{Repo: "me/data", Text: []byte(text), Data: data}
		got, notices := Card(base, files)
		if !strings.Contains(string(got), declared) || strings.Contains(string(got), "size_categories") || strings.Contains(string(got), "Results of") {
			t.Errorf("%s:\n%s", name, got)
		}
		if len(notices) != 1 || !strings.Contains(notices[0], "as config default (train, test)") {
			t.Errorf("%s: notices %q", name, notices)
		}
		if again, notices := Card(CardBase{Repo: "me/data", Text: got}, files); !bytes.Equal(again, got) || len(notices) > 0 {
			t.Errorf("%s: made again it differs (%q):\n%s", name, notices, cmp.Diff(got, again))
		}
	}
	base := CardBase{Repo: "me/data", Data: data}
	got, _ := Card(base, []CardFile{{Path: "default.parquet", Rows: 1, Summary: cleanRun()}})
	if diff := cmp.Diff([]string{"default", "default-2"}, configNames(t, string(got))); diff != "" {
		t.Errorf("configs (-want +got):\n%s", diff)
	}
}

// The only config is the default; with another beside it, it has to say so.
func TestCard_default(t *testing.T) {
	first, _ := cardOf("", cleanRun(), "a.parquet")
	for name, text := range map[string]string{
		"own":     first,
		"owner's": "---\nconfigs:\n  - data_files: m.parquet\n    config_name: a # mine\nlicense: mit\n---\n",
	} {
		got, notices := cardOf(text, cleanRun(), "default.parquet")
		if len(notices) != 1 || !strings.Contains(notices[0], "config a as the default") {
			t.Errorf("%s: notices %q", name, notices)
		}
		configs := frontOf(t, got)["configs"].([]any)
		if c := configs[0].(map[string]any); len(configs) != 2 || c["default"] != true || c["config_name"] != "a" {
			t.Errorf("%s: configs %v", name, configs)
		}
		if names := configNames(t, got); names[1] != "default-2" {
			t.Errorf("%s: %q would be a second default", name, names)
		}
		if again, notices := cardOf(got, cleanRun(), "c.parquet"); len(notices) > 0 || strings.Count(again, "default: true") != 1 {
			t.Errorf("%s: a third: %q\n%s", name, notices, again)
		}
	}
	for _, text := range []string{"---\nconfigs:\n- config_name: default\n  data_files: m.parquet\n---\n", "---\nconfigs:\n- config_name: x\n  default: true\n---\n"} {
		if got, notices := cardOf(text, cleanRun(), "r.parquet"); len(notices) > 0 || strings.Count(got, "default: true") != strings.Count(text, "default: true") {
			t.Errorf("%q\n%s", notices, got)
		}
	}
}
