// Package bench sends prompts to a server under a chosen load and records what happened.
//
// The data goes one way:
//
//	Profile -> Strategy -> Schedule -> Client -> Record -> Sink
//
// A [Profile] yields one [Strategy] after another; the [Runner] turns each into requests, either at the instants of
// a [Schedule] (open loop) or from a number of slots (closed loop); a [Client] performs a request, and a failed
// request is data, not an error; one goroutine hands every Record to the [Sink]. Nothing here computes a statistic
// that is shown to anyone: that is package metrics, from the records.
package bench
