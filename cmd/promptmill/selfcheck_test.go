package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestFetchTruths_refused: an error in JSON is no send time.
func TestFetchTruths_refused(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = w.Write([]byte(`{"error":{"message":"starting"}}`))
	}))
	defer s.Close()
	if _, err := fetchTruths(t.Context(), s.URL); err == nil || !strings.Contains(err.Error(), "/mock/sends: it answered 503") {
		t.Errorf("said %v, want the status", err)
	}
}
