package hubtest_test

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/promptmill/promptmill/convert/hub/hubtest"
)

// struck asks n times and returns which requests failed.
func struck(t *testing.T, seed int64, n int, faults ...hubtest.Fault) []int {
	t.Helper()
	s := start(t, hubtest.Options{Seed: seed, Faults: faults})
	var out []int
	for i := range n {
		if resp, _ := ask(t, "GET", s.URL+"/api/datasets/org/name"); resp.StatusCode != 200 {
			out = append(out, i)
		}
	}
	return out
}

func TestFault_share(t *testing.T) {
	const n = 400
	tenth := hubtest.Fault{Kind: hubtest.Fail, Share: 0.1}
	first := struck(t, 1, n, tenth)
	if diff := cmp.Diff(first, struck(t, 1, n, tenth)); diff != "" {
		t.Errorf("the same seed, other requests (-first +second):\n%s", diff)
	}
	if len(first) < n/20 || len(first) > n/5 {
		t.Errorf("a tenth of %d is not %d", n, len(first))
	}
	if cmp.Equal(first, struck(t, 2, n, tenth)) {
		t.Error("another seed, the same requests")
	}
	late := tenth
	late.Skip, late.Times = 50, 3
	if got := struck(t, 1, n, late); len(got) != 3 || got[0] < 50 {
		t.Errorf("skip 50, three times: %v of %v", got, first)
	}
	// A fault that others leave nothing to strikes nothing, and every second fault has luck of its own.
	if got := struck(t, 1, n, tenth, hubtest.Fault{Kind: hubtest.Fail, Share: 0.1}); len(got) < n/10 || len(got) > 3*n/10 {
		t.Errorf("two tenths of %d are not %d", n, len(got))
	}
	if got := struck(t, 1, 20, hubtest.Fault{Kind: hubtest.Fail, Share: 1}); len(got) != 20 {
		t.Errorf("all of 20 are %v", got)
	}
}

// Where chance chooses the place, it is in the body, and not always the same.
func TestFault_anywhere(t *testing.T) {
	s := start(t, hubtest.Options{Faults: []hubtest.Fault{{Kind: hubtest.Flip, On: hubtest.CDN, Bytes: hubtest.Anywhere}}})
	resp, _ := ask(t, "GET", s.URL+"/datasets/org/name/resolve/main/data/a%20b%23%C3%A9.parquet")
	places := map[int]bool{}
	for range 50 {
		_, body := ask(t, "GET", resp.Header.Get("Location"), "Range", "bytes=4-9")
		for i := range min(len(body), 6) {
			if body[i] != parquet[4+i] {
				places[i] = true
			}
		}
	}
	if len(places) != 6 {
		t.Errorf("the wrong byte is at %v, never elsewhere", places)
	}
}

func TestFault_tooManyRequests(t *testing.T) {
	s := start(t, hubtest.Options{Faults: []hubtest.Fault{
		{Kind: hubtest.Limit, Wait: 90 * time.Second, Times: 1},
		{Kind: hubtest.RetryAfter, Wait: 90 * time.Second, Times: 1},
		{Kind: hubtest.RetryDate, Wait: 90 * time.Second, Times: 1},
	}})
	var got [3]http.Header
	for i := range got {
		resp, _ := ask(t, "GET", s.URL+"/api/datasets/org/name")
		if got[i] = resp.Header; resp.StatusCode != 429 {
			t.Errorf("request %d: %d", i, resp.StatusCode)
		}
	}
	if r := got[0].Get("RateLimit"); r != `"api";r=0;t=90` || got[0].Get("Retry-After") != "" {
		t.Errorf("limit: %v", got[0])
	}
	if got[1].Get("Retry-After") != "90" || got[1].Get("RateLimit") != `"api";r=499;t=300` {
		t.Errorf("retry-after: %v", got[1])
	}
	at, err := http.ParseTime(got[2].Get("Retry-After"))
	if sent, err2 := http.ParseTime(got[2].Get("Date")); err != nil || err2 != nil || at.Sub(sent) < 80*time.Second || at.Sub(sent) > 100*time.Second {
		t.Errorf("retry-date: %v", got[2])
	}
}

// A fault leaves alone what it makes no sense for.
func TestFault_matches(t *testing.T) {
	s := start(t, hubtest.Options{Faults: []hubtest.Fault{
		{Kind: hubtest.Expire}, {Kind: hubtest.IgnoreRange}, {Kind: hubtest.CutUpload}, {Kind: hubtest.Annotate, Header: http.Header{"X-Note": {"x"}}},
	}})
	resp, _ := ask(t, "GET", s.URL+"/datasets/org/name/resolve/main/README.md")
	if resp.StatusCode != 307 || resp.Header.Get("X-Note") != "x" {
		t.Errorf("%d %v", resp.StatusCode, resp.Header)
	}
	if resp, _ := ask(t, "GET", s.URL+"/datasets/org/name/resolve/main/README.md", "Range", "bytes=0-0"); resp.StatusCode != 307 || resp.Header.Get("X-Note") != "" {
		t.Errorf("%d %v", resp.StatusCode, resp.Header)
	}
	head := start(t, hubtest.Options{Faults: []hubtest.Fault{{Kind: hubtest.Cut}, {Kind: hubtest.Flip}}})
	if resp, _ := ask(t, "HEAD", head.URL+"/api/datasets/org/name"); resp.StatusCode != 200 || len(head.Stats().Faults) != 0 {
		t.Errorf("%d %v", resp.StatusCode, head.Stats())
	}
}

// A length that is wrong, in one direction or the other, is the one that was announced.
func TestFault_lengths(t *testing.T) {
	s := start(t, hubtest.Options{Faults: []hubtest.Fault{
		{Kind: hubtest.Shorten, Bytes: 3, Times: 2}, {Kind: hubtest.Inflate, Times: 2},
		{Kind: hubtest.Shorten, Bytes: 1000, Times: 1},
	}})
	small := s.URL + "/api/resolve-cache/datasets/org/name/" + s.Commit("org/name", "") + "/README.md"
	refs := s.URL + "/api/datasets/org/name/refs"
	for i, url := range []string{small, refs, small, refs, small} {
		want := []int{3, 3, 8, -1, 7}[i]
		resp, body := ask(t, "GET", url)
		if resp.Header.Get("Content-Length") != strconv.Itoa(len(body)) || want >= 0 && len(body) != want {
			t.Errorf("answer %d: %q of %s", i, body, resp.Header.Get("Content-Length"))
		}
	}
}
