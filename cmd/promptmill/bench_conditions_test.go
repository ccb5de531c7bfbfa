package main

import (
	"testing"

	"github.com/promptmill/promptmill/bench/conditions"
	"github.com/promptmill/promptmill/bench/results"
)

// What a run may have otherwise when it goes on is no difference between two runs either: `merge` takes shards of which
// one was watched, and `compare` does not speak of it.
func TestResumable_areNoConditions(t *testing.T) {
	for _, name := range resumable {
		run := results.Run{Config: map[string]any{name: "x"}}
		if got := conditions.Of(&run); len(got) > 0 {
			t.Errorf("--%s is a condition of a run: %v", name, got)
		}
	}
}
