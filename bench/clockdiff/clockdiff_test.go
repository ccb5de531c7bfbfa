package clockdiff_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/promptmill/promptmill/bench/clockdiff"
)

// A clock that is an hour ahead is found so, and the truth lies within the error that is told.
func TestMeasure(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"unix_ns":%d}`, time.Now().Add(time.Hour).UnixNano())
	}))
	defer server.Close()
	got, err := clockdiff.Measure(t.Context(), server.Client(), server.URL)
	if off := (got.Offset - time.Hour).Abs(); err != nil || off > got.Error || got.Error <= 0 {
		t.Errorf("%v: offset %v within %v, want an hour", err, got.Offset, got.Error)
	}
}

func TestMeasure_noTime(t *testing.T) {
	for _, body := range []string{"", "{}", `{"unix_ns":"1"}`, "<html>", `{"unix_ns":1e400}`} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, body) }))
		_, err := clockdiff.Measure(t.Context(), server.Client(), server.URL)
		server.Close()
		if !errors.Is(err, clockdiff.ErrNone) {
			t.Errorf("%q: %v, want ErrNone", body, err)
		}
		if _, err = clockdiff.Measure(t.Context(), server.Client(), server.URL); err == nil || errors.Is(err, clockdiff.ErrNone) {
			t.Errorf("a closed server: %v", err)
		}
	}
}
