package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// pages hold commands for people to copy.
var pages = []string{"README.md", "docs/index.md", "docs/settings.md", "docs/measuring.md", "docs/guidellm.md", "docs/tutorials/*.md"}

// theirs is what a page says of its reader's machine, and what stands for it here.
var theirs = strings.NewReplacer(
	"http://127.0.0.1:1234", "$TARGET", "http://127.0.0.1:8000", "$TARGET",
	"--max-seconds 60", "--max-requests 4", "--rate 0.5", "--rate 50",
)

// readersFiles are what a reader has before the first command. The Hub has the dataset that the pages speak of.
const readersFiles = `
serve HF_ENDPOINT mock hub $HUB --writable
serve TARGET mock --ttft 2ms --itl 0 --tokens 8
cp $TESTDATA/parquet/qa.parquet test.parquet
exec promptmill convert test.parquet -o part-1.jsonl.gz -q
exec promptmill convert test.parquet -o raw.jsonl -q
exec promptmill convert test.parquet -o prompts.jsonl -q
exec promptmill bench prompts.jsonl --target $TARGET --max-requests 12 -q -o before.parquet
cp before.parquet after.parquet
cp before.parquet results.parquet
`

// Every promptmill command of a page works, in the order of the page.
func TestPages(t *testing.T) {
	dir := t.TempDir()
	for _, pattern := range pages {
		found, err := filepath.Glob(filepath.Join("../..", pattern))
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: no such page (%v)", pattern, err)
		}
		for _, path := range found {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			script := pageScript(string(text))
			name := strings.TrimSuffix(filepath.Base(path), ".md") + ".txtar"
			if err := os.WriteFile(filepath.Join(dir, name), []byte(readersFiles+script), 0o644); err != nil {
				t.Fatal(err)
			}
			if script == "" && strings.Contains(string(text), "```sh") {
				t.Errorf("%s: no command was found in its blocks", path)
			}
		}
	}
	hub := filepath.Join(t.TempDir(), "hub")
	if err := os.CopyFS(filepath.Join(hub, "openai/gsm8k"), os.DirFS("../../testdata/hub/promptmill/arithmetic")); err != nil {
		t.Fatal(err)
	}
	p := scripts(t, dir)
	setup := p.Setup
	p.Setup = func(env *testscript.Env) error {
		env.Setenv("HUB", hub)
		env.Setenv("HF_TOKEN", "a-token-that-may-write")
		return setup(env)
	}
	testscript.Run(t, p)
}

var (
	shellBlock = regexp.MustCompile("(?s)```sh\n(.*?)```")
	continued  = regexp.MustCompile(` \\\n\s*`)
	remark     = regexp.MustCompile(`\s+#.*$`)
)

// pageScript makes a script of the blocks that are marked as sh. Lines of other programs are left out.
func pageScript(text string) string {
	var script strings.Builder
	for _, block := range shellBlock.FindAllStringSubmatch(text, -1) {
		for line := range strings.Lines(continued.ReplaceAllString(block[1], " ")) {
			line = theirs.Replace(remark.ReplaceAllString(strings.TrimSpace(line), ""))
			switch {
			case strings.HasPrefix(line, "promptmill mock "):
				fmt.Fprintf(&script, "serve IGNORED %s\n", strings.TrimPrefix(line, "promptmill "))
			case strings.HasPrefix(line, "promptmill "):
				fmt.Fprintf(&script, "exec %s\n", line)
			}
		}
	}
	return script.String()
}
