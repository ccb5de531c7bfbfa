package hub_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/promptmill/promptmill/convert/hub"
	"github.com/promptmill/promptmill/convert/hub/hubtest"
)

// uploads are files whose content is of no interest, and those that are given with one as NAME: TEXT.
func uploads(files ...string) []hub.Upload {
	var out []hub.Upload
	for _, f := range files {
		name, text, _ := strings.Cut(f, ": ")
		out = append(out, hub.Upload{RepoPath: name, Bytes: []byte(text + "\n")})
	}
	return out
}

// A file that is made from what is there is told what the card does not say.
func TestPush_before(t *testing.T) {
	for name, test := range map[string]struct {
		files []string
		want  hub.Before
	}{
		"shards": {[]string{"data/test-00000-of-00001.parquet", "data/train-00000-of-00002.parquet", "data/train-00001-of-00002.parquet"},
			hub.Before{Data: []hub.SplitFiles{{Split: "train", Paths: []string{"data/train-*"}}, {Split: "test", Paths: []string{"data/test-*"}}}}},
		"names": {[]string{"README.md: # Mine", "a [1].parquet", "b/c.parquet", "LICENSE.txt"},
			hub.Before{Content: []byte("# Mine\n"), Data: []hub.SplitFiles{{Split: "train", Paths: []string{"a [[]1].parquet", "b/c.parquet"}}}}},
		"declared": {[]string{"README.md: ---\nconfigs:\n- config_name: x\n  data_files: a.parquet\n---", "a.parquet"},
			hub.Before{Content: []byte("---\nconfigs:\n- config_name: x\n  data_files: a.parquet\n---\n")}},
		"declared elsewhere": {[]string{".huggingface.yaml: configs:\n- config_name: x\n  data_files: a.parquet", "a.parquet"}, hub.Before{Standalone: true}},
		"nothing":            {nil, hub.Before{}},
		"no data":            {[]string{"notes.md: x", "LICENSE.txt: x"}, hub.Before{}},
	} {
		t.Run(name, func(t *testing.T) {
			_, c, _ := writable(t, hubtest.Options{})
			ref := hub.Ref{Repo: "me/new"}
			if len(test.files) > 0 {
				if _, err := c.Push(t.Context(), hub.Push{Ref: ref, Files: uploads(test.files...)}); err != nil {
					t.Fatal(err)
				}
			}
			var got hub.Before
			look := hub.Upload{RepoPath: "README.md", Merge: func(was hub.Before) ([]byte, error) {
				got = was
				return was.Content, nil
			}}
			if _, err := c.Push(t.Context(), hub.Push{Ref: ref, Files: []hub.Upload{look}}); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("before (-want +got):\n%s", diff)
			}
		})
	}
}

// A card is no place for thousands of names; shards have a pattern.
func TestPush_manyFiles(t *testing.T) {
	for pattern, says := range map[string]string{"%d.parquet": "each of its 1001 data files", "data/train-%05d-of-01001.parquet": ""} {
		_, c, _ := writable(t, hubtest.Options{})
		var names []string
		for i := range 1001 {
			names = append(names, fmt.Sprintf(pattern, i))
		}
		p := hub.Push{Ref: hub.Ref{Repo: "me/new"}, Files: uploads(names...)}
		if _, err := c.Push(t.Context(), p); err != nil {
			t.Fatal(err)
		}
		p.Files, p.KeepConfigs = []hub.Upload{readme("# Mine\n")}, true
		if _, err := c.Push(t.Context(), p); (says == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", pattern, err)
		}
	}
}

// A push that would take data from a dataset is refused when that is asked for, and then nothing happens.
func TestPush_keepConfigs(t *testing.T) {
	const (
		ours   = "\n- config_name: r\n  data_files: r.parquet"
		one    = "configs:\n- config_name: x\n  data_files: a.parquet"
		marked = "configs:\n- config_name: x\n  default: true\n  data_files: a.parquet"
		data   = "configs:\n- config_name: default\n  data_files: a.parquet"
	)
	for name, test := range map[string]struct {
		had    []string
		readme string // front matter after the push
		says   string // of the refusal; "" for none
	}{
		"data is hidden":           {[]string{"a.parquet"}, "configs:" + ours, `config "default" would no longer be the default`},
		"data is declared":         {[]string{"a.parquet"}, data + ours, ""},
		"data by another name":     {[]string{"a.parquet"}, marked + ours, `"default" would no longer`},
		"some of the data":         {[]string{"a.parquet", "b.parquet"}, data + ours, `"default" would have other files`},
		"other splits":             {[]string{"test/a.parquet"}, "configs:\n- config_name: default\n  data_files: test/a.parquet" + ours, `"default" would have other files`},
		"results become data":      {[]string{"a.parquet"}, "license: mit", `"default" would have other files`},
		"results become rows":      {[]string{"a.parquet", "README.md: ---\nconfigs:\n- config_name: default\n---"}, "configs:\n- config_name: default" + ours, `"default" would have other files`},
		"pattern of the owner":     {[]string{"a.parquet", "README.md: ---\nconfigs:\n- config_name: x\n  data_files: \"*.parquet\"\n---"}, "configs:\n- config_name: x\n  data_files: \"*.parquet\"", ""},
		"the only one":             {[]string{"a.parquet", "README.md: ---\n" + one + "\n---"}, one + ours, `"x" would no longer be the default`},
		"the only one, marked":     {[]string{"a.parquet", "README.md: ---\n" + one + "\n---"}, marked + ours, ""},
		"a config is gone":         {[]string{"a.parquet", "README.md: ---\n" + one + "\n- config_name: y\n  data_files: a.parquet\n---"}, one + ours, `"y" would be gone`},
		"two defaults":             {[]string{"a.parquet", "README.md: ---\n" + one + "\n---"}, marked + "\n- config_name: default\n  data_files: r.parquet", "several default configs"},
		"another format":           {[]string{"a.csv"}, "configs:" + ours, "reads this one as csv"},
		"another format, declared": {[]string{"a.csv", "README.md: ---\nconfigs:\n- config_name: x\n  data_files: a.csv\n---"}, "configs:\n- config_name: x\n  default: true\n  data_files: a.csv" + ours, "reads this one as csv"},
		"texts about it":           {[]string{"LICENSE.txt", "notes.md"}, "configs:" + ours, ""},
		"metadata breaks":          {[]string{"a.parquet"}, "a: [", "its metadata could not be read any more"},
		"metadata is broken":       {[]string{"a.parquet", "README.md: ---\na: [\n---"}, "a: [", ""},
		"a file is missing":        {nil, "configs:\n- config_name: x\n  data_files: none.parquet" + ours, "would read nothing of it"},
		"nothing was there":        {nil, "configs:" + ours, ""},
	} {
		t.Run(name, func(t *testing.T) {
			srv, c, _ := writable(t, hubtest.Options{})
			p := hub.Push{Ref: hub.Ref{Repo: "me/new"}, Files: uploads(append(test.had, ".gitattributes")...)}
			if _, err := c.Push(t.Context(), p); err != nil {
				t.Fatal(err)
			}
			before := srv.Commit("me/new", "")
			p.Files = append(uploads("r.parquet"), hub.Upload{RepoPath: "README.md", Merge: func(hub.Before) ([]byte, error) {
				return []byte("---\n" + test.readme + "\n---\n"), nil
			}})
			p.KeepConfigs = true
			for _, p.DryRun = range []bool{true, false} {
				_, err := c.Push(t.Context(), p)
				if test.says == "" && err != nil || test.says != "" && (!errors.Is(err, hub.ErrPush) || !strings.Contains(err.Error(), test.says) || !strings.Contains(err.Error(), "another dataset")) {
					t.Errorf("err = %v, want one with %q", err, test.says)
				}
			}
			if same := srv.Commit("me/new", "") == before; same != (test.says != "") {
				t.Errorf("the dataset is at the same commit: %v", same)
			}
			if p.DryRun, p.KeepConfigs = false, false; test.says != "" {
				if _, err := c.Push(t.Context(), p); err != nil {
					t.Errorf("without KeepConfigs: %v", err)
				}
			}
		})
	}
}
