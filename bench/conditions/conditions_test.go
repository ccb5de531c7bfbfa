package conditions_test

import (
	"testing"

	"github.com/promptmill/promptmill/bench/conditions"
	"github.com/promptmill/promptmill/bench/results"
)

// Who watched a run, and where its machine has the key, is no difference between runs: shards of which one was watched
// are one run.
func TestOf_leavesOutWhatIsIncidental(t *testing.T) {
	run := results.Run{Config: map[string]any{
		"live": "plain", "web": "127.0.0.1:8089", "metrics": "127.0.0.1:8089", "resume": true, "api-key-file": "key", "header-file": "headers",
		"ca-file": "ca.pem", "client-cert": "me.pem", "client-key": "me.key", "ready-path": "/ready", "max-tokens": 8.0, "temperature": 0.5,
	}}
	got := conditions.Of(&run)
	if len(got) != 2 || got[0].Name != "max-tokens" || got[1].Name != "temperature" {
		t.Errorf("conditions %v, want max-tokens and temperature", got)
	}
}
