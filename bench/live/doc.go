// Package live shows a run while it goes: on a terminal, as a page in a browser, to Prometheus and to OpenTelemetry
// collectors.
//
// A [Tracker] is told of every record by the goroutine that stores it, so the load is not disturbed: an observation
// takes a fraction of a microsecond, nothing is kept of a record but counts, and whoever looks gets a copy. Its
// percentiles are therefore those of histograms (within 1.6 %), and what is shown of the last seconds is of the
// requests that ended in them. The numbers of a report come from the results file, not from here.
//
// No function here reads a clock: instants are durations since the start of the run, as in the records.
package live
