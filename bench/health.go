package bench

import (
	"runtime"
	"runtime/debug"
	"time"

	"github.com/promptmill/promptmill/bench/results"
)

// healthProbe measures the client itself from its start to its stop.
type healthProbe struct {
	start time.Time
	cpu   time.Duration
	numGC int64
}

// startHealth collects garbage first, so that the benchmark does not pay for what was before it.
func startHealth() healthProbe {
	runtime.GC()
	var gc debug.GCStats
	debug.ReadGCStats(&gc)
	return healthProbe{start: time.Now(), cpu: cpuTime(), numGC: gc.NumGC}
}

func (p healthProbe) stop() results.Health {
	var gc debug.GCStats
	debug.ReadGCStats(&gc)
	h := results.Health{
		CPUSeconds:  (cpuTime() - p.cpu).Seconds(),
		WallSeconds: time.Since(p.start).Seconds(),
		GCCount:     int(gc.NumGC - p.numGC),
	}
	for _, pause := range gc.Pause[:min(h.GCCount, len(gc.Pause))] { // most recent first
		h.GCPauseMaxNS = max(h.GCPauseMaxNS, pause.Nanoseconds())
	}
	return h
}
