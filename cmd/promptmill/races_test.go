package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/rogpeppe/go-internal/testscript"
)

// racesSeen runs tests that start this program as processes of its own, and fails if the race detector found something
// in one of them: a script that expects a command to fail would take the exit code of a race for that.
type racesSeen struct{ testscript.TestingM }

// Run implements [testscript.TestingM].
func (r racesSeen) Run() int {
	dir, err := os.MkdirTemp("", "promptmill-races-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	// A process that is told nothing waits for a second at its end, in case a goroutine is in the middle of a report.
	if err := os.Setenv("GORACE", "atexit_sleep_ms=20 log_path='"+filepath.Join(dir, "race")+"' "+os.Getenv("GORACE")); err != nil {
		panic(err)
	}
	code := r.TestingM.Run()
	reports, _ := filepath.Glob(filepath.Join(dir, "*")) // the pattern is sound
	for _, path := range reports {
		text, _ := os.ReadFile(path) // that there is one says enough
		fmt.Fprintf(os.Stderr, "a process of the tests: %s\n", text)
		code = max(code, 1)
	}
	return code
}
