package hubtest

import (
	"net/http"
	"slices"
	"strconv"
)

// announced returns the Content-Length of an answer; 0 when it has none.
func announced(w http.ResponseWriter) int64 {
	n, err := strconv.ParseInt(w.Header().Get("Content-Length"), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// stopper serves a body up to the place of a fault.
type stopper struct {
	http.ResponseWriter
	fault   *Fault
	req     *http.Request
	started bool
	left    int64
}

func (s *stopper) Write(p []byte) (int, error) {
	if !s.started {
		s.started, s.left = true, s.fault.place(announced(s))
	}
	if int64(len(p)) < s.left {
		s.left -= int64(len(p))
		return s.ResponseWriter.Write(p)
	}
	_, _ = s.ResponseWriter.Write(p[:s.left])                // the body ends here in any case
	_ = http.NewResponseController(s.ResponseWriter).Flush() // as above
	s.fault.end(s.ResponseWriter, s.req)
	return 0, http.ErrAbortHandler
}

// shortener ends a body early and says so, as a proxy that has kept a part.
type shortener struct {
	http.ResponseWriter
	fault   *Fault
	started bool
	left    int64
}

func (s *shortener) WriteHeader(status int) {
	if length := announced(s); !s.started && length > 0 {
		s.left = min(s.fault.place(length), length)
		s.Header().Set("Content-Length", strconv.FormatInt(s.left, 10))
	}
	s.started = true
	s.ResponseWriter.WriteHeader(status)
}

func (s *shortener) Write(p []byte) (int, error) {
	if !s.started {
		s.WriteHeader(http.StatusOK)
	}
	n := min(int64(len(p)), s.left)
	s.left -= n
	if _, err := s.ResponseWriter.Write(p[:n]); err != nil {
		return 0, err
	}
	return len(p), nil
}

// flipper changes one byte.
type flipper struct {
	http.ResponseWriter
	fault   *Fault
	started bool
	left    int64 // bytes before that one
}

func (f *flipper) Write(p []byte) (int, error) {
	if !f.started {
		f.started, f.left = true, f.fault.place(announced(f))
	}
	if f.left >= 0 && f.left < int64(len(p)) {
		p = slices.Clone(p) // it is the caller's
		p[f.left] ^= 0xff
	}
	f.left -= int64(len(p))
	return f.ResponseWriter.Write(p)
}

// inflater announces one byte more.
type inflater struct {
	http.ResponseWriter
	started bool
}

func (i *inflater) WriteHeader(status int) {
	if n := announced(i); !i.started && n > 0 {
		i.Header().Set("Content-Length", strconv.FormatInt(n+1, 10))
	}
	i.started = true
	i.ResponseWriter.WriteHeader(status)
}

func (i *inflater) Write(p []byte) (int, error) {
	if !i.started {
		i.WriteHeader(http.StatusOK)
	}
	return i.ResponseWriter.Write(p)
}
