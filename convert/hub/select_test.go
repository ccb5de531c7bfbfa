package hub_test

import (
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/promptmill/promptmill/convert/hub"
	"github.com/promptmill/promptmill/convert/hub/hubtest"
)

// repo returns a dataset org/name with the files, each of which holds its own name, but for README.md.
func repo(readme string, files ...string) fstest.MapFS {
	out := fstest.MapFS{}
	for _, f := range files {
		out["org/name/"+f] = &fstest.MapFile{Data: []byte(f)}
	}
	if readme != "" {
		out["org/name/README.md"] = &fstest.MapFile{Data: []byte(readme)}
	}
	return out
}

// selected is what a dataset holds, on one line.
func selected(d *hub.Dataset) string {
	var s strings.Builder
	fmt.Fprintf(&s, "%s/%s", d.Ref.Config, d.Ref.Split)
	for _, f := range d.Files {
		s.WriteString(" " + f.Path)
	}
	for _, split := range d.Splits {
		fmt.Fprintf(&s, "; %s", split.Name)
		for _, f := range split.Files {
			s.WriteString(" " + f.Path)
		}
	}
	return s.String()
}

func TestSelect(t *testing.T) {
	readme := "---\nconfigs:\n- config_name: b\n  data_files: b.parquet\n- config_name: a\n  data_files:\n  - {split: train, path: a/*}\n" +
		"  - {split: test, path: [a/2.parquet, b.parquet]}\n  - {split: empty, path: z/*}\ndataset_info:\n  config_name: a\n  splits: [{name: train, num_examples: 7, num_bytes: 1}]\n---\n"
	srv, _ := start(t, repo(readme, "a/1.parquet", "a/2.parquet", "b.parquet", "notes/x.txt", ".hidden"), hubtest.Options{})
	c, _ := client(t, srv, t.TempDir(), nil)
	tests := []struct {
		name string
		sel  hub.Selection
		want string
		fail error
	}{
		{"one split", hub.Selection{Ref: hub.Ref{Split: "test"}}, "a/test a/2.parquet b.parquet; test a/2.parquet b.parquet", nil},
		{"all splits", hub.Selection{All: true}, "a/ a/1.parquet a/2.parquet b.parquet; train a/1.parquet a/2.parquet; test a/2.parquet b.parquet", nil},
		{"all of a named split", hub.Selection{Ref: hub.Ref{Split: "train"}, All: true}, "a/train a/1.parquet a/2.parquet; train a/1.parquet a/2.parquet", nil},
		{"all of one split", hub.Selection{Ref: hub.Ref{Config: "b"}, All: true}, "b/train b.parquet; train b.parquet", nil},
		{"several splits", hub.Selection{}, "", hub.ErrAmbiguous},
		{"a split without files", hub.Selection{Ref: hub.Ref{Split: "empty"}}, "", hub.ErrNoParquet},
		{"no such split", hub.Selection{Ref: hub.Ref{Split: "dev"}}, "", hub.ErrNotFound},
		{"no such config", hub.Selection{Ref: hub.Ref{Config: "c"}, All: true}, "", hub.ErrNotFound},
		{"any file", hub.Selection{Include: []string{"notes/", ".h*"}}, "/ .hidden notes/x.txt", nil},
		{"any file, crossing slashes", hub.Selection{Include: []string{"*2*"}}, "/ a/2.parquet", nil},
		{"files of a config", hub.Selection{Ref: hub.Ref{Config: "a"}, Include: []string{"*2*"}}, "a/ a/2.parquet; train a/2.parquet; test a/2.parquet", nil},
		{"files of a split", hub.Selection{Ref: hub.Ref{Split: "train"}, Include: []string{"*1*"}}, "a/train a/1.parquet; train a/1.parquet", nil},
		{"one split of a config by its files", hub.Selection{Ref: hub.Ref{Config: "a"}, Include: []string{"a/1*"}}, "a/train a/1.parquet; train a/1.parquet", nil},
		{"no file of the repository", hub.Selection{Include: []string{"*.zip"}}, "", hub.ErrNotFound},
		{"no file of the split", hub.Selection{Ref: hub.Ref{Split: "train"}, Include: []string{"b*", "notes/*"}}, "", hub.ErrNotFound},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.sel.Ref.Repo = "org/name"
			d, err := c.Select(t.Context(), tt.sel)
			if !errors.Is(err, tt.fail) {
				t.Fatalf("error %v, want %v", err, tt.fail)
			}
			if err != nil {
				return
			}
			if got := selected(d); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			if len(tt.sel.Include) == 0 && d.Ref.Config == "a" && d.Splits[0].Name == "train" && d.Splits[0].Rows != 7 {
				t.Errorf("%d declared rows, want 7", d.Splits[0].Rows)
			}
		})
	}
}

// What does not exist is named beside what does.
func TestSelect_listsWhatExists(t *testing.T) {
	srv, _ := start(t, dataset(), hubtest.Options{})
	c, _ := client(t, srv, t.TempDir(), nil)
	for _, tt := range []struct {
		sel  hub.Selection
		want []string
	}{
		{hub.Selection{Ref: hub.Ref{Config: "nope"}}, []string{"main, socratic"}},
		{hub.Selection{Ref: hub.Ref{Config: "main", Split: "nope"}}, []string{"train, test"}},
		{hub.Selection{Ref: hub.Ref{Revision: "nope"}}, []string{"v1.0", "main", "refs/convert/parquet"}},
		{hub.Selection{Include: []string{"nope*"}}, []string{"nope*", "README.md", "socratic/train-00000-of-00002.parquet"}},
		{hub.Selection{}, []string{"--config", "main, socratic"}},
	} {
		tt.sel.Ref.Repo = "org/sums"
		_, err := c.Select(t.Context(), tt.sel)
		for _, want := range tt.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%+v: error %v does not say %s", tt.sel, err, want)
			}
		}
	}
}

// A client asks for the files of a commit once, whatever it selects of them, at the same time or later.
func TestSelect_oneListing(t *testing.T) {
	srv, log := start(t, dataset(), hubtest.Options{PageSize: 3})
	c, _ := client(t, srv, t.TempDir(), nil)
	var done [4]chan error
	for i := range done {
		done[i] = make(chan error, 1)
		go func() {
			_, err := c.Select(t.Context(), hub.Selection{Ref: hub.Ref{Repo: "org/sums", Config: "main"}, All: true})
			done[i] <- err
		}()
	}
	for i := range done {
		if err := <-done[i]; err != nil {
			t.Fatal(err)
		}
	}
	if _, err := c.Catalog(t.Context(), hub.Ref{Repo: "org/sums"}); err != nil {
		t.Fatal(err)
	}
	pages := 0
	for _, r := range log.take() {
		if strings.Contains(r.Path, "/tree/") {
			pages++
		}
	}
	if pages != 3 {
		t.Errorf("%d pages of the listing were asked for, want 3", pages)
	}
}

// Each page of a listing is asked for again when it fails, the first like the others.
func TestSelect_listingRetries(t *testing.T) {
	for nth := range 3 {
		srv, _ := start(t, dataset(), hubtest.Options{PageSize: 3, Faults: []hubtest.Fault{
			{Kind: hubtest.Fail, On: hubtest.API, Path: "/tree/", Skip: nth, Times: 1},
		}})
		c, naps := client(t, srv, t.TempDir(), nil)
		d, err := c.Select(t.Context(), hub.Selection{Ref: hub.Ref{Repo: "org/sums", Config: "socratic"}, All: true})
		if err != nil || len(d.Files) != 2 || len(*naps) == 0 {
			t.Errorf("page %d fails: %v, slept %v", nth, err, *naps)
		}
	}
}

func TestSelect_pointer(t *testing.T) {
	pointer := "version https://git-lfs.github.com/spec/v1\noid sha256:" + strings.Repeat("a", 64) + "\nsize 123456\n"
	fsys := repo("", "train/b.parquet")
	fsys["org/name/train/a.parquet"] = &fstest.MapFile{Data: []byte(pointer)}
	asText := func(_ string, items []hubtest.Item) []hubtest.Item {
		for i := range items {
			if items[i].Path == "train/a.parquet" {
				items[i].LFS = nil // git holds the content: nobody told it of large files
				items[i].OID = gitSHA1(pointer)
			}
		}
		return items
	}
	asLarge := func(_ string, items []hubtest.Item) []hubtest.Item { return items }
	for name, items := range map[string]func(string, []hubtest.Item) []hubtest.Item{"in git": asText, "in the large-file storage": asLarge} {
		t.Run(name, func(t *testing.T) {
			srv, _ := start(t, fsys, hubtest.Options{Items: items})
			var said []string
			c, _ := client(t, srv, t.TempDir(), func(cfg *hub.Config) {
				cfg.Logf = func(format string, args ...any) { said = append(said, fmt.Sprintf(format, args...)) }
			})
			_, err := c.Select(t.Context(), hub.Selection{Ref: hub.Ref{Repo: "org/name"}, All: true})
			if !errors.Is(err, hub.ErrCorrupt) || !strings.Contains(err.Error(), "train/a.parquet") || !strings.Contains(err.Error(), "Git LFS pointer") ||
				!strings.Contains(err.Error(), "owner of the dataset") {
				t.Errorf("error %v, want one that names the file, the pointer and whom to tell", err)
			}
			d, err := c.Select(t.Context(), hub.Selection{Ref: hub.Ref{Repo: "org/name"}, Include: []string{"*"}})
			if err != nil || len(d.Files) != 2 || !strings.Contains(strings.Join(said, "\n"), "WARNING: ") {
				t.Errorf("asked for the files as they are: %v, said %q", err, said)
			}
		})
	}
}

func TestCatalog(t *testing.T) {
	readme := "---\nconfigs:\n- config_name: c\n  data_files: x.csv\n- config_name: a\n  default: true\n  data_files:\n  - {split: train, path: a/*}\n" +
		"  - {split: empty, path: z/*}\n- config_name: b\n  data_files: gone.parquet\ndataset_info:\n- config_name: a\n" +
		"  splits: [{name: train, num_examples: 7, num_bytes: 1}, {name: empty, num_bytes: 1}]\n---\n"
	srv, log := start(t, repo(readme, "a/1.parquet", "a/2.parquet", "x.csv"), hubtest.Options{})
	c, _ := client(t, srv, t.TempDir(), nil)
	got, err := c.Catalog(t.Context(), hub.Ref{Repo: "org/name"})
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, cfg := range got.Configs {
		lines = append(lines, fmt.Sprintf("%s default=%v problem=%q", cfg.Name, cfg.Default, cfg.Problem))
		for _, s := range cfg.Splits {
			lines = append(lines, fmt.Sprintf("  %s files=%d bytes=%d rows=%d", s.Name, len(s.Files), s.Size(), s.Rows))
		}
	}
	want := []string{
		`c default=false problem="hf://datasets/org/name@main: config \"c\": no parquet: it has only files like .csv"`,
		`a default=true problem=""`,
		"  train files=2 bytes=22 rows=7",
		"  empty files=0 bytes=0 rows=-1",
		`b default=false problem="hf://datasets/org/name@main: config \"b\": not found: the card declares a data file \"gone.parquet\": not in the repository"`,
	}
	if diff := cmp.Diff(want, lines); diff != "" || got.Exported || got.Commit != srv.Commit("org/name", "") {
		t.Errorf("catalog (-want +got):\n%s", diff)
	}
	for _, r := range log.take() {
		if r.Route == hubtest.CDN || strings.HasSuffix(r.Path, ".parquet") {
			t.Errorf("asked for data: %+v", r)
		}
	}
	if d := got.Dataset(); len(d.Files) != 2 || d.Size() != 22 || d.Commit != got.Commit {
		t.Errorf("the dataset of the catalog has %d files of %d bytes", len(d.Files), d.Size())
	}
	one, err := c.Catalog(t.Context(), hub.Ref{Repo: "org/name", Config: "a", Split: "train"})
	if err != nil || len(one.Configs) != 1 || len(one.Configs[0].Splits) != 1 {
		t.Errorf("one split: %+v, %v", one, err)
	}
	for _, ref := range []hub.Ref{{Config: "z"}, {Config: "a", Split: "z"}} {
		ref.Repo = "org/name"
		if _, err := c.Catalog(t.Context(), ref); !errors.Is(err, hub.ErrNotFound) {
			t.Errorf("%v: %v, want ErrNotFound", ref, err)
		}
	}
	if _, err := c.Catalog(t.Context(), hub.Ref{Repo: "org/name", Config: "c"}); !errors.Is(err, hub.ErrNoParquet) {
		t.Errorf("a config without parquet: %v", err)
	}
}

// exported returns org/name, which has no parquet, and the copy that the Hub made of it.
func exported(readme string, export ...string) fstest.MapFS {
	fsys := repo(readme, "train.csv", "test.csv")
	for _, f := range export {
		fsys["org/name@refs%2Fconvert%2Fparquet/"+f] = &fstest.MapFile{Data: []byte(f)}
	}
	return fsys
}

func TestSelect_exported(t *testing.T) {
	readme := "---\nconfigs:\n- config_name: z\n  data_files: train.csv\n- config_name: a\n  default: true\n  data_files: test.csv\n---\n"
	srv, _ := start(t, exported(readme, "a/test/0000.parquet", "a/partial-train-part2/0000.parquet", "a/partial-train-part10/0000.parquet", "z/train/0000.parquet"), hubtest.Options{})
	dir := t.TempDir()
	var said []string
	listen := func(cfg *hub.Config) {
		cfg.Logf = func(format string, args ...any) { said = append(said, fmt.Sprintf(format, args...)) }
	}
	c, _ := client(t, srv, dir, listen)
	d, err := c.Select(t.Context(), hub.Selection{Ref: hub.Ref{Repo: "org/name"}, All: true})
	if err != nil {
		t.Fatal(err)
	}
	want := "a/ a/partial-train-part2/0000.parquet a/partial-train-part10/0000.parquet a/test/0000.parquet; " +
		"train a/partial-train-part2/0000.parquet a/partial-train-part10/0000.parquet; test a/test/0000.parquet"
	if got := selected(d); got != want || !d.Exported || d.Commit != srv.Commit("org/name", "refs/convert/parquet") {
		t.Errorf("got  %s, exported %v\nwant %s", got, d.Exported, want)
	}
	if diff := cmp.Diff([]string{"a/train"}, d.Partial); diff != "" {
		t.Errorf("partial (-want +got):\n%s", diff)
	}
	if all := strings.Join(said, "\n"); !strings.Contains(all, "has no parquet: reading the copy") || !strings.Contains(all, "WARNING") || !strings.Contains(all, "a/train") {
		t.Errorf("notices: %q", said)
	}
	if _, err := c.Download(t.Context(), d); err != nil {
		t.Fatal(err)
	}

	off, _ := client(t, srv, dir, func(cfg *hub.Config) { cfg.Offline = true })
	again, err := off.Select(t.Context(), hub.Selection{Ref: hub.Ref{Repo: "org/name"}, All: true})
	if err != nil || selected(again) != want || !again.Exported {
		t.Errorf("offline: %v", err)
	}
	if catalog, err := off.Catalog(t.Context(), hub.Ref{Repo: "org/name"}); err != nil || !catalog.Exported || len(catalog.Configs) != 2 ||
		catalog.Configs[0].Name != "z" || !catalog.Configs[1].Default || !catalog.Configs[1].Splits[0].Partial {
		t.Errorf("offline catalog: %+v, %v", catalog, err)
	}
	said = nil
	if d, err := c.Select(t.Context(), hub.Selection{Ref: hub.Ref{Repo: "org/name", Split: "test"}}); err != nil || len(d.Partial) > 0 ||
		strings.Contains(strings.Join(said, "\n"), "WARNING") {
		t.Errorf("a split that is complete: %v, %q", err, said)
	}
}

func TestSelect_notExported(t *testing.T) {
	withScript := maps.Clone(exported("", "default/train/0.parquet"))
	withScript["org/name/name.py"] = &fstest.MapFile{Data: []byte("import datasets")}
	tests := []struct {
		name string
		fsys fstest.MapFS
		ref  hub.Ref
		want string
		fail error
	}{
		{"no copy", exported(""), hub.Ref{}, "format csv; and the Hub has made no parquet copy", hub.ErrNoParquet},
		{"an empty copy", exported("", "README.md"), hub.Ref{}, "has none either", hub.ErrNoParquet},
		{"another revision", exported("", "default/train/0.parquet"), hub.Ref{Revision: "0123456789012345678901234567890123456789"}, "", hub.ErrNotFound},
		{"a config that the copy lacks", exported("", "default/train/0.parquet"), hub.Ref{Config: "x"}, "there is default", hub.ErrNotFound},
		{"a script", withScript, hub.Ref{}, "", nil},
		{"a script without a copy", repo("", "name.py"), hub.Ref{}, "made by the script name.py", hub.ErrNoParquet},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			srv, _ := start(t, tt.fsys, hubtest.Options{})
			c, _ := client(t, srv, t.TempDir(), nil)
			tt.ref.Repo = "org/name"
			d, err := c.Select(t.Context(), hub.Selection{Ref: tt.ref, All: true})
			if !errors.Is(err, tt.fail) || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v, want %v and %q", err, tt.fail, tt.want)
			}
			if err == nil && !d.Exported {
				t.Error("not said to be exported")
			}
		})
	}
}

// A tag or branch is not what the Hub copies.
func TestSelect_exportIsOfTheDefaultBranch(t *testing.T) {
	fsys := exported("", "default/train/0.parquet")
	fsys["org/name@v1/a.csv"] = &fstest.MapFile{Data: []byte("a")}
	srv, _ := start(t, fsys, hubtest.Options{})
	c, _ := client(t, srv, t.TempDir(), nil)
	_, err := c.Select(t.Context(), hub.Selection{Ref: hub.Ref{Repo: "org/name", Revision: "v1"}, All: true})
	if !errors.Is(err, hub.ErrNoParquet) || !strings.Contains(err.Error(), "is of main: hf://datasets/org/name@refs%2Fconvert%2Fparquet") {
		t.Errorf("error %v", err)
	}
}
