package main

import (
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite golden files and scripts")

func TestMain(m *testing.M) {
	if !raced() {
		// Scripts wait for most of their time: for servers that answer as late as real ones, and for benchmarks that last as
		// long as they are told to. What the command line says wins.
		if err := flag.Set("test.parallel", strconv.Itoa(2*runtime.GOMAXPROCS(0))); err != nil {
			panic(err)
		}
	}
	testscript.Main(racesSeen{m}, map[string]func(){"promptmill": main, "promptmill-measured": mainMeasured})
}

// TestScripts runs testdata/script/*.txtar: the specification of every command, as its users see it.
func TestScripts(t *testing.T) {
	testscript.Run(t, scripts(t, "../../testdata/script"))
}

// scripts are those of a folder, with the commands and variables that all of them may use.
func scripts(t *testing.T, dir string) testscript.Params {
	t.Helper()
	testdata, err := filepath.Abs("../../testdata")
	if err != nil {
		t.Fatal(err)
	}
	// Commands read these files in processes of their own: seen here, they count for what the go command remembers of tests.
	err = filepath.WalkDir(testdata, func(_ string, _ fs.DirEntry, err error) error { return err })
	if err != nil {
		t.Fatal(err)
	}
	return testscript.Params{
		Dir:                 dir,
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("TESTDATA", testdata)
			env.Setenv("CORPUS", os.Getenv("PROMPTMILL_CORPUS"))
			env.Setenv("HF_HOME", filepath.Join(env.WorkDir, "hf"))
			env.Setenv("GORACE", os.Getenv("GORACE"))
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"serve": cmdServe,
			"await": cmdAwait,
			"exits": cmdExits,

			"instant":  cmdInstant,
			"requests": cmdRequests,
		},
		Condition: func(name string) (bool, error) {
			return name == "corpus" && os.Getenv("PROMPTMILL_CORPUS") != "", nil
		},
	}
}
