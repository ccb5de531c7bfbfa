package live

import (
	"net/http"
	"sync/atomic"
	"time"
)

// A page that follows a run asks for its body about once a second.
const (
	followed = 3 * time.Second         // a page that has not asked for so long is gone
	lastLook = 1500 * time.Millisecond // in which every page asks once more
)

// A follower knows whether a page follows the run.
type follower struct {
	now  func() time.Duration
	last atomic.Int64 // when it asked, in ns after the start of the run; 0 is never
}

// see notes each request that goes to next.
func (f *follower) see(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.last.Store(f.now().Nanoseconds())
		next.ServeHTTP(w, r)
	})
}

// here reports whether a page follows the run now.
func (f *follower) here() bool {
	last := f.last.Load()
	return last > 0 && f.now()-time.Duration(last) < followed
}
