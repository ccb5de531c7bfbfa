package bench

import (
	"fmt"
	"sync"

	"github.com/promptmill/promptmill/bench/results"
)

// failures watches the requests that fail. It is safe for concurrent use.
type failures struct {
	limits Limits

	mu       sync.Mutex
	first    int    // failures of the first hopelessAfter requests
	finished int    // requests with an answer or an error: not those that the client ended itself
	errors   int    // of them
	recent   []bool // the last of them, a ring: whether each failed
	failed   int    // of recent
}

// add takes in the record of a request before which the shard had taken so many. It returns why the benchmark is to end,
// if it is.
func (f *failures) add(r *results.Record, taken int64) (reason, detail string) {
	if r.Status != results.StatusOK && r.Status != results.StatusError {
		return "", ""
	}
	bad := r.Status == results.StatusError
	if !bad && f.limits.MaxErrorRate == 0 && f.limits.MaxGlobalErrorRate == 0 {
		return "", "" // the usual case: only errors are counted
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.finished++
	if bad {
		f.errors++
	}
	f.remember(bad)
	if bad && taken < hopelessAfter {
		f.first++
	}
	return f.verdict(bad)
}

// window is how many requests an error rate is taken of, at least.
func (f *failures) window() int {
	if f.limits.ErrorWindow > 0 {
		return f.limits.ErrorWindow
	}
	return DefaultErrorWindow
}

// remember puts a request into the ring of the last ones.
func (f *failures) remember(bad bool) {
	if f.limits.MaxErrorRate == 0 {
		return
	}
	if n := f.window(); len(f.recent) < n {
		f.recent = append(f.recent, bad)
	} else {
		at := (f.finished - 1) % n
		if f.recent[at] {
			f.failed--
		}
		f.recent[at] = bad
	}
	if bad {
		f.failed++
	}
}

// verdict is what the requests so far tell. That the first requests have all failed ends any benchmark: more of them
// would tell nothing, and a server that refuses connections would be called as fast as the client can. Failures of
// later requests do not count there: a server that is full refuses many while it still works at the first.
func (f *failures) verdict(bad bool) (reason, detail string) {
	l, n := &f.limits, f.window()
	switch {
	case l.MaxErrors > 0 && f.errors >= l.MaxErrors:
		return StopMaxErrors, fmt.Sprintf("%d requests failed; the limit is %d", f.errors, l.MaxErrors)
	case l.MaxErrorRate > 0 && len(f.recent) == n && share(f.failed, n) >= l.MaxErrorRate:
		return StopErrorRate, fmt.Sprintf("%d of the last %d requests failed; the limit is %s",
			f.failed, n, percent(l.MaxErrorRate))
	case l.MaxGlobalErrorRate > 0 && f.finished >= n && share(f.errors, f.finished) >= l.MaxGlobalErrorRate:
		return StopGlobalRate, fmt.Sprintf("%d of all %d requests failed; the limit is %s",
			f.errors, f.finished, percent(l.MaxGlobalErrorRate))
	case bad && f.first == hopelessAfter:
		return StopErrors, fmt.Sprintf("the first %d requests all failed", hopelessAfter)
	}
	return "", ""
}

func share(part, whole int) float64 { return float64(part) / float64(whole) }

func percent(share float64) string { return fmt.Sprintf("%.4g %%", share*100) }
