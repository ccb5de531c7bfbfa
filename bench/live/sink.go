package live

import "github.com/promptmill/promptmill/bench/results"

// A Sink stores records (see bench.Sink).
type Sink interface {
	Write(*results.Record) error
	Tick() error
}

// Watch returns a sink that tells t of each record and then gives it to sink.
func (t *Tracker) Watch(sink Sink) Sink { return watched{sink, t} }

type watched struct {
	Sink
	tracker *Tracker
}

func (w watched) Write(r *results.Record) error {
	w.tracker.Observe(r)
	return w.Sink.Write(r)
}
