package main

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite golden files and scripts")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"promptmill": main, "promptmill-measured": mainMeasured})
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
	return testscript.Params{
		Dir:                 dir,
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("TESTDATA", testdata)
			env.Setenv("CORPUS", os.Getenv("PROMPTMILL_CORPUS"))
			env.Setenv("HF_HOME", filepath.Join(env.WorkDir, "hf"))
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
