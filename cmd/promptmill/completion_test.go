package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestCandidates(t *testing.T) {
	a := newTestApp()
	for _, test := range []struct {
		words []string
		want  string // some of them, in order
	}{
		{[]string{"conv"}, "convert"},
		{[]string{"mock", ""}, "hub"},
		{[]string{"help", "convert", "tok"}, "tokens"},
		{[]string{"convert", "--lay"}, "--layout"},
		{[]string{"convert", "--layout", "s"}, "strict sharegpt"},
		{[]string{"convert", "--layout=s"}, "--layout=strict --layout=sharegpt"},
		{[]string{"convert", "--layout", "=", "s"}, "strict sharegpt"}, // as bash splits it
		{[]string{"convert", "--layout", "="}, "strict messages sharegpt"},
		{[]string{"bench", "--profile", "synchronous,th"}, "synchronous,throughput"},
		{[]string{"convert", "-o", ""}, ":files"},
		{[]string{"convert", "--limit", ""}, ""},
		{[]string{"convert", "x.parquet", ""}, ":files"},
		{[]string{"convert", "-", ""}, ":files"},
		{[]string{"pull", "--local-dir", ""}, ":folders"},
		{[]string{"bench", "--config-file", ""}, ":files"},
		{[]string{"config", "show", "val"}, "validate"},
		{[]string{"schema", "str"}, "strict"},
		{[]string{"completion", ""}, "bash zsh fish"},
		{[]string{"convert", "--", "--lay"}, ":files"},
		{[]string{"demo", ""}, ""},
	} {
		var got []string
		for _, c := range a.candidates(slices.Clone(test.words)) {
			got = append(got, c.text)
		}
		want := strings.Fields(test.want)
		if len(got) == 0 && len(want) > 0 || len(want) == 0 && len(got) > 0 {
			t.Errorf("%q: got %q, want %q", test.words, got, want)
		}
		for _, w := range want {
			if !slices.Contains(got, w) {
				t.Errorf("%q: got %q, want %q among them", test.words, got, w)
			}
		}
	}
}

// A flag that was given is not offered again, unless it repeats.
func TestCandidates_onlyOnce(t *testing.T) {
	for _, c := range newTestApp().candidates([]string{"convert", "-o", "x", "--clean", "nfc=off", "-"}) {
		if c.text == "--output" {
			t.Error("--output is offered again")
		}
	}
}

// shell returns a shell of this machine. `make test-shells` installs all of them, and then none may be missing.
func shell(t *testing.T, name string) (path, script, bin string) {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil && os.Getenv("NEED_SHELLS") != "" {
		t.Fatalf("%s is not installed", name)
	}
	if err != nil {
		t.Skipf("%s is not installed: its completion was not tried; make test-shells does", name)
	}
	dir := t.TempDir()
	bin = filepath.Join(dir, "bin")
	if err := os.Mkdir(bin, 0o755); err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable() // is promptmill under that name, as TestMain says
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(bin, "promptmill")); err != nil {
		t.Fatal(err)
	}
	text := map[string]string{"bash": bashCompletion, "zsh": zshCompletion, "fish": fishCompletion}[name]
	script = filepath.Join(dir, "promptmill."+name)
	if err := os.WriteFile(script, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path, script, bin
}

// typed are command lines and what a shell has to make of them.
var typed = []struct{ line, want string }{
	{"promptmill conv", "convert"},
	{"promptmill convert --lay", "--layout"},
	{"promptmill convert --layout sh", "sharegpt"},
	{"promptmill mock h", "hub"},
	{"promptmill convert some", "some file.parquet"},
}

func runShell(t *testing.T, bin string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), args[0], args[1:]...)
	cmd.Dir = t.TempDir()
	if err := os.WriteFile(filepath.Join(cmd.Dir, "some file.parquet"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	cmd.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "HOME="+cmd.Dir, "TERM=dumb")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", args[0], err, out)
	}
	return string(out)
}

func TestCompletion_bash(t *testing.T) {
	bash, script, bin := shell(t, "bash")
	for _, test := range typed {
		out := runShell(t, bin, bash, "--norc", "-c", `source "$1"; compopt() { :; }
COMP_WORDS=($2); COMP_CWORD=$((${#COMP_WORDS[@]}-1)); _promptmill promptmill; printf '%s\n' "${COMPREPLY[@]}"`, "bash", script, test.line)
		if !slices.Contains(strings.Split(out, "\n"), test.want) {
			t.Errorf("%q: bash offers %q, want %q among them", test.line, out, test.want)
		}
	}
}

func TestCompletion_fish(t *testing.T) {
	fish, script, bin := shell(t, "fish")
	for _, test := range typed {
		out := runShell(t, bin, fish, "--no-config", "-c", `source $argv[1]; complete -C $argv[2]`, script, test.line)
		if !strings.Contains(strings.ReplaceAll(out, `\ `, " "), test.want) {
			t.Errorf("%q: fish offers %q, want %q among them", test.line, out, test.want)
		}
	}
}

// zsh completes only at a terminal; here its builtins for that print what they are given.
func TestCompletion_zsh(t *testing.T) {
	zsh, script, bin := shell(t, "zsh")
	for _, test := range typed {
		out := runShell(t, bin, zsh, "-f", "-c", `compdef() { :; }
_describe() { print -rl -- "${(@P)3}" }
_files() { print -rl -- *(N) }
source $1; words=(${(z)2}); CURRENT=$#words; _promptmill`, "zsh", script, test.line)
		if !strings.Contains(out, test.want) {
			t.Errorf("%q: zsh offers %q, want %q among them", test.line, out, test.want)
		}
	}
}
