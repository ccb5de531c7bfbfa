package main

import (
	"bytes"
	"strings"
	"testing"
)

// What the flag parser says is said as the rest of the program says it.
func TestRun_flagErrors(t *testing.T) {
	for name, test := range map[string]struct {
		args string
		want string
	}{
		"whole number":    {"mock --seed abc", `--seed "abc": expected a whole number that is not too large (see promptmill mock --help)`},
		"of a subcommand": {"mock hub x -seed=1x", `--seed "1x": expected a whole number that is not too large (see promptmill mock hub --help)`},
		"too large":       {"pull x/y --jobs 99999999999999999999", `--jobs "99999999999999999999": expected a whole number`},
		"number":          {"mock --error-rate often", `--error-rate "often": expected a number (`},
		"time":            {"mock --ttft 5", `--ttft "5": expected a time, such as 50ms or 2m (`},
		"truth":           {"push -q=maybe x y", `-q "maybe": expected true or false (`},
		"none":            {"mock hub --seed", `--seed needs a value: a whole number`},
		"quotes":          {`mock --seed x"for-flag-y`, `--seed "x\"for-flag-y": expected`},
		"unknown":         {"mock --sed 5", `unknown flag --sed; did you mean --seed?`},
	} {
		var stdout, stderr bytes.Buffer
		code := run(t.Context(), strings.Fields(test.args), testProcess("", &stdout, &stderr))
		if code != exitUsage || stdout.Len() > 0 || !strings.HasPrefix(stderr.String(), "promptmill: "+test.want) {
			t.Errorf("%s: exit code %d: %s", name, code, &stderr)
		}
	}
	t.Setenv("PROMPTMILL_SEED", "abc")
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), []string{"mock"}, testProcess("", &stdout, &stderr)); code != exitUsage || !strings.HasPrefix(stderr.String(), `promptmill: PROMPTMILL_SEED "abc": expected a whole number`) {
		t.Errorf("exit code %d: %s", code, &stderr)
	}
}
