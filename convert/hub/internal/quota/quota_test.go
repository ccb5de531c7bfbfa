package quota_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/promptmill/promptmill/convert/hub/internal/quota"
)

// Requests that wait as long as they are told use the quota up with its window, and never before.
func TestPacer(t *testing.T) {
	var p quota.Pacer
	begin := time.Unix(0, 0)
	if wait, empty := p.Depart(begin, "api"); wait != 0 || empty {
		t.Errorf("before anything is known: %v, %v", wait, empty)
	}
	p.Notice(begin, http.Header{"Ratelimit": {`"api";r=10;t=99`}, "Ratelimit-Policy": {`"fixed window";"api";q=500;w=300`}})
	now, waits := begin, 0
	for sent := 0; sent < 10; {
		wait, empty := p.Depart(now, "api")
		switch {
		case empty:
			t.Fatalf("nothing is left after %d requests", sent)
		case wait > 0:
			waits++
			now = now.Add(wait)
		default:
			sent++
		}
	}
	if took := now.Sub(begin); waits < 9 || took < 50*time.Second || took > 100*time.Second {
		t.Errorf("%d waits, %v in all; want the most of 100 s", waits, took)
	}
	if wait, empty := p.Depart(now, "api"); !empty || now.Add(wait) != begin.Add(100*time.Second) {
		t.Errorf("with nothing left: %v, %v; want the end of the window", wait, empty)
	}
	if wait, _ := p.Depart(now, "resolvers"); wait != 0 {
		t.Errorf("another quota waits %v", wait)
	}
	if wait, _ := p.Depart(begin.Add(100*time.Second), "api"); wait != 0 {
		t.Errorf("%v in the new window", wait)
	}
}

func TestKind(t *testing.T) {
	for path, want := range map[string]string{
		"/datasets/o/n/resolve/main/a": "resolvers", "/api/resolve-cache/datasets/x": "resolvers", "/api/datasets/o/n": "api", "/hf/api/x": "api", "/datasets/o/n": "pages",
	} {
		if got := quota.Kind(&url.URL{Path: path}); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}

// A kind that Kind does not know is not remembered: a server could make them up without end.
func TestPacer_kinds(t *testing.T) {
	var p quota.Pacer
	now := time.Unix(0, 0)
	for kind, kept := range map[string]bool{"api": true, "resolvers": true, "pages": true, "kind1": false, "API": false} {
		p.Notice(now, http.Header{"Ratelimit": {`"` + kind + `";r=0;t=99`}})
		if _, empty := p.Depart(now, kind); empty != kept {
			t.Errorf("%s: remembered %v, want %v", kind, empty, kept)
		}
	}
}
