package split_test

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/promptmill/promptmill/convert/hub/internal/fault"
	"github.com/promptmill/promptmill/convert/hub/internal/split"
)

// layouts are repositories without a card, or with one, and what has to be read of them. The file names are sorted.
var layouts = []struct {
	name   string
	readme string
	files  string
	config string
	split  string
	want   string // "config/split: files"; else the error
	fail   error
}{
	{name: "one file", files: "a.parquet", want: "default/train: a.parquet"},
	{name: "push_to_hub", files: "data/test-00000-of-00001.parquet data/train-00000-of-00002.parquet data/train-00001-of-00002.parquet",
		split: "train", want: "default/train: data/train-00000-of-00002.parquet data/train-00001-of-00002.parquet"},
	{name: "free split names", files: "data/my.split-00000-of-00001.parquet", want: "default/my.split: data/my.split-00000-of-00001.parquet"},
	{name: "shards with a suffix", files: "data/train-00000-of-00001-abcdef.parquet", want: "default/train: data/train-00000-of-00001-abcdef.parquet"},
	{name: "rule 1 wins over files elsewhere", files: "data/train-00000-of-00001.parquet test.parquet", want: "default/train: data/train-00000-of-00001.parquet"},
	{name: "a split that cannot be one", files: "data/a-b-00000-of-00001.parquet", want: `a split called "a-b"`},
	{name: "folders", files: "test/a.parquet train/a.parquet train/b/c.parquet", split: "train", want: "default/train: train/a.parquet train/b/c.parquet"},
	{name: "folder with a suffix", files: "x/my-dev.v2/a.parquet", want: "default/validation: x/my-dev.v2/a.parquet"},
	{name: "folders win over file names", files: "test/train.parquet", want: "default/test: test/train.parquet"},
	{name: "file names", files: "my_train_file.parquet test.parquet validation_1.parquet", split: "validation", want: "default/validation: validation_1.parquet"},
	{name: "file names in folders", files: "a/train-0.parquet b/train-0.parquet", want: "default/train: a/train-0.parquet b/train-0.parquet"},
	{name: "no word inside another", files: "attestation.parquet contrain.parquet", want: "default/train: attestation.parquet contrain.parquet"},
	{name: "splits of two formats", files: "test.csv train.parquet", fail: fault.ErrNoParquet},
	{name: "a split of no format", files: "test.weird train.parquet", fail: fault.ErrNoParquet},
	{name: "mostly another format", files: "a.json b.json c.parquet", fail: fault.ErrNoParquet},
	{name: "as much of another format", files: "a.json c.parquet", want: "default/train: c.parquet"},
	{name: "logs", files: "a.eval train.parquet", fail: fault.ErrNoParquet},
	{name: "tasks", files: "a.parquet x/instruction.md x/task.toml", fail: fault.ErrNoParquet},
	{name: "a script", files: "a.parquet n.py", want: "made by the script n.py"},
	{name: "a split of other types only", readme: "configs:\n- config_name: a\n  data_files:\n  - {split: train, path: '*.parquet'}\n- config_name: b\n  data_files:\n  - {split: train, path: '*.parquet'}\n  - {split: test, path: '*.csv'}", files: "a.parquet b.csv", config: "b", split: "test", fail: fault.ErrNoParquet},
	{name: "no parquet", files: "README.md train.jsonl", fail: fault.ErrNoParquet},
	{name: "nothing", files: "README.md", fail: fault.ErrNoParquet},
	{name: "upper case", files: "A.PARQUET", fail: fault.ErrNoParquet},
	{name: "hidden", files: ".cache/a.parquet __MACOSX/a.parquet b.parquet", want: "default/train: b.parquet"},
	{name: "several splits", files: "test.parquet train.parquet", want: "several splits"},
	{name: "a config that is not declared", files: "a.parquet", config: "main", want: `no config "main"`},

	{name: "data_files: one", readme: "configs:\n- config_name: x\n  data_files: a.parquet", files: "a.parquet b.parquet", want: "x/train: a.parquet"},
	{name: "data_files: list", readme: "configs:\n- config_name: x\n  data_files: [b.parquet, '*.parquet']", files: "a.parquet b.parquet", want: "x/train: b.parquet a.parquet"},
	{name: "data_files: splits", readme: "configs:\n- config_name: x\n  data_files:\n  - {split: one.two, path: [a.parquet]}", files: "a.parquet b.parquet", want: "x/one.two: a.parquet"},
	{name: "data_dir", readme: "configs:\n- config_name: x\n  data_dir: sub\n  data_files: '*.parquet'", files: "a.parquet sub/b.parquet", want: "x/train: sub/b.parquet"},
	{name: "data_dir and rules", readme: "configs:\n- config_name: x\n  data_dir: sub", files: "sub/data/test-00000-of-00001.parquet train.parquet", want: "x/test: sub/data/test-00000-of-00001.parquet"},
	{name: "the default by name", readme: "configs:\n- config_name: a\n  data_files: b.parquet\n- config_name: default\n  data_files: b.parquet", files: "b.parquet", want: "default/train: b.parquet"},
	{name: "the default by flag", readme: "configs:\n- config_name: a\n  data_files: b.parquet\n- config_name: b\n  default: true\n  data_files: b.parquet", files: "b.parquet", want: "b/train: b.parquet"},
	{name: "two defaults", readme: "configs:\n- config_name: default\n- config_name: b\n  default: true", files: "b.parquet", fail: fault.ErrCorrupt},
	{name: "a number as a name", readme: "configs:\n- config_name: 007\n  data_files: b.parquet", files: "b.parquet", want: "line 3: config_name: expected text"},
	{name: "a quoted number as a name", readme: "configs:\n- config_name: '007'\n  data_files: b.parquet", files: "b.parquet", want: "007/train: b.parquet"},
	{name: "the default by dataset_info", readme: "configs:\n- config_name: a\n  data_files: b.parquet\n- config_name: b\n  data_files: b.parquet\ndataset_info:\n  config_name: b", files: "b.parquet", want: "b/train: b.parquet"},
	{name: "an alias", readme: "x: &f b.parquet\nconfigs:\n- config_name: a\n  data_files: *f", files: "b.parquet", want: "a/train: b.parquet"},
	{name: "no configs", readme: "license: mit", files: "b.parquet", want: "default/train: b.parquet"},
	{name: "configs: null", readme: "configs:", files: "b.parquet", want: "default/train: b.parquet"},
	{name: "a file that is not there", readme: "configs:\n- config_name: a\n  data_files: c.parquet", files: "b.parquet", want: `declares a data file "c.parquet": not in the repository`},
	{name: "a file outside", readme: "configs:\n- config_name: a\n  data_files: ../../etc/passwd", files: "b.parquet", want: `"../../etc/passwd": not in the repository`},
	{name: "not YAML", readme: "configs: [", files: "b.parquet", want: "yaml"},
	{name: "no name", readme: "configs:\n- data_files: b.parquet", files: "b.parquet", want: "line 3: configs: expected config_name"},
	{name: "a split with a dash", readme: "configs:\n- config_name: a\n  data_files:\n  - split: a-b\n    path: x", files: "b.parquet", want: `"a-b" cannot be the name of a split`},
	{name: "a split twice", readme: "configs:\n- config_name: a\n  data_files:\n  - {split: a, path: x}\n  - {split: a, path: y}", files: "b.parquet", want: "declared twice"},
	{name: "a config twice", readme: "configs:\n- config_name: a\n  data_files: x\n- config_name: a\n  data_files: b.parquet", files: "b.parquet", want: "a/train: b.parquet"},
	{name: "a map", readme: "configs:\n- config_name: a\n  data_files: {train: x}", files: "b.parquet", want: "data_files: expected"},
	{name: "too many keys", readme: "configs:\n- config_name: a\n  data_files:\n  - {split: a, path: x, more: y}", files: "b.parquet", want: "and nothing else"},
}

// choose returns the config and the split of that name, or the default and the only one.
func choose(lay func(c split.Card, files []string) (*split.Layout, error), readme string, files []string, config, name string) (string, split.Split, error) {
	c, err := split.ParseCard([]byte(readme), nil)
	if err != nil {
		return "", split.Split{}, err
	}
	l, err := lay(c, files)
	if err != nil {
		return "", split.Split{}, err
	}
	cfg, err := l.Config(config)
	if err != nil {
		return "", split.Split{}, err
	}
	all, err := l.Splits(cfg)
	if err != nil {
		return "", split.Split{}, err
	}
	s, err := l.Split(cfg, all, name)
	return cfg.Name, s, err
}

func newLayout(c split.Card, files []string) (*split.Layout, error) {
	return split.New("o/n", c, files, true)
}

func exported(c split.Card, files []string) (*split.Layout, error) {
	return split.Exported(c, files, true)
}

func TestLayout(t *testing.T) {
	for _, tt := range layouts {
		t.Run(tt.name, func(t *testing.T) {
			readme := ""
			if tt.readme != "" {
				readme = "---\n" + tt.readme + "\n---\n# Title\n"
			}
			config, s, err := choose(newLayout, readme, strings.Fields(tt.files), tt.config, tt.split)
			got := fmt.Sprintf("%s/%s: %s", config, s.Name, strings.Join(s.Files, " "))
			switch {
			case tt.fail != nil && !errors.Is(err, tt.fail):
				t.Errorf("%s, %v; want %v", got, err, tt.fail)
			case tt.fail == nil && err != nil && !strings.Contains(err.Error(), tt.want):
				t.Errorf("error %v; want %s", err, tt.want)
			case tt.fail == nil && err == nil && got != tt.want:
				t.Errorf("%s; want %s", got, tt.want)
			}
		})
	}
}

func TestExportLayout(t *testing.T) {
	files := strings.Fields("a-b/train/0000.parquet a/partial-train-part0/0000.parquet a/partial-train-part0/0001.parquet " +
		"a/partial-train-part1/0002.parquet a/test/0000.parquet [x]/dev/0000.parquet other.parquet x/y/z/0.parquet")
	slices.Sort(files)
	for _, tt := range []struct{ config, split, want string }{
		{"a", "train", "a/partial-train-part0/0000.parquet a/partial-train-part0/0001.parquet a/partial-train-part1/0002.parquet"},
		{"a", "test", "a/test/0000.parquet"},
		{"a-b", "", "a-b/train/0000.parquet"},
		{"[x]", "", "[x]/dev/0000.parquet"},
	} {
		_, got, err := choose(exported, "", files, tt.config, tt.split)
		if err != nil || strings.Join(got.Files, " ") != tt.want || got.Partial != (tt.split == "train") {
			t.Errorf("%s/%s: %+v, %v", tt.config, tt.split, got, err)
		}
	}
}

// Whatever a README says, a file that is chosen is one of the repository's, parquet, and chosen once.
func FuzzLayout(f *testing.F) {
	for _, tt := range layouts {
		f.Add("---\n"+tt.readme+"\n---\n", tt.files)
	}
	f.Add("---\na: &a [x,x]\nb: &b [*a,*a]\nconfigs: *b\n---\n", "a")
	f.Fuzz(func(t *testing.T, readme, names string) {
		files := strings.Fields(names)
		slices.Sort(files)
		files = slices.Compact(files)
		config, s, err := choose(newLayout, readme, files, "", "")
		if err != nil {
			if strings.ContainsAny(err.Error(), "\x1b\x00") {
				t.Errorf("error %q is not safe to print", err)
			}
			return
		}
		if config == "" || s.Name == "" || len(s.Files) == 0 {
			t.Errorf("nothing chosen, without an error: %q %+v", config, s)
		}
		for i, c := range s.Files {
			if !slices.Contains(files, c) || slices.Contains(s.Files[:i], c) || !slices.Contains([]string{".parquet", ".geoparquet", ".gpq"}, path.Ext(c)) {
				t.Errorf("chose %q of %q", s.Files, files)
			}
		}
	})
}

// Whatever the folders of the branch are called, a file that is chosen is one of them, and chosen once.
func FuzzExportLayout(f *testing.F) {
	f.Add("a/partial-train-part10/0.parquet a/partial-train-part9/0.parquet b/test/0.parquet", "configs: [{config_name: b}]")
	f.Add("a/partial-/0.parquet a/-part1/0.parquet a/\n/0.parquet [/*/0.parquet", "dataset_info: {config_name: a, splits: [{name: x}]}")
	f.Fuzz(func(t *testing.T, names, readme string) {
		files := strings.Split(names, " ")
		files = slices.DeleteFunc(files, func(f string) bool { return !fs.ValidPath(f) })
		slices.Sort(files)
		files = slices.Compact(files)
		_, s, err := choose(exported, "---\n"+readme+"\n---\n", files, "", "")
		if err == nil && len(s.Files) == 0 {
			t.Errorf("nothing chosen of %q, without an error", files)
		}
		for i, c := range s.Files {
			if !slices.Contains(files, c) || slices.Contains(s.Files[:i], c) {
				t.Errorf("chose %q of %q", s.Files, files)
			}
		}
	})
}
