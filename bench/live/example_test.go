package live_test

import (
	"fmt"
	"time"

	"github.com/promptmill/promptmill/bench/live"
	"github.com/promptmill/promptmill/bench/results"
)

// A tracker is told of what happens, and tells whoever looks.
func ExampleTracker_Snapshot() {
	sent := func() live.Gauge { return live.Gauge{Sent: 2, InFlight: 1} }
	t := live.NewTracker(&results.Run{ID: "a"}, sent)
	t.Begin(0, live.Plan{Strategy: "concurrent", Name: "concurrent 2", Requests: 4})
	t.Observe(&results.Record{Status: results.StatusOK, OutputTokens: 5, DoneNS: int64(time.Second)})
	s, going := t.Snapshot(2 * time.Second)
	fmt.Println(going, s.OK, s.InFlight, s.Tokens)
	// Output: true 1 1 5
}
