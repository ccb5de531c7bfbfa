package mock_test

import (
	"bufio"
	"bytes"
	stdcmp "cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/promptmill/promptmill/bench/mock"
)

// fetchSends reads /mock/sends as a client does.
func fetchSends(t *testing.T, addr, query string) ([]mock.Sent, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+addr+"/mock/sends"+query, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Close = true
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var sent []mock.Sent
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var s mock.Sent
		if err := json.Unmarshal(lines.Bytes(), &s); err != nil {
			t.Fatalf("line %q: %v", lines.Text(), err)
		}
		sent = append(sent, s)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return sent, resp.Header.Get("Mock-Dropped")
}

// The law of a record: what happens later has a later time, and nothing is missing.
func TestSends(t *testing.T) {
	for _, like := range likes() {
		t.Run(nameOf(like), func(t *testing.T) {
			s := newServer(t, mock.Config{Like: like, RecordSends: true, TTFT: 2 * time.Millisecond, ITL: time.Millisecond / 2, Tokens: 20})
			addr := listen(t, s)
			const n = 40
			before := time.Now().UnixNano()
			var wg sync.WaitGroup
			for i := range n {
				wg.Go(func() {
					if status, _, err := post(t, addr, chatPath, chat("x", ""), fmt.Sprintf(`"%d"`, i)); status != 200 || err != nil {
						t.Errorf("request %d: got %d, %v", i, status, err)
					}
				})
			}
			wg.Wait()
			after := time.Now().UnixNano()
			sent, dropped := fetchSends(t, addr, "")
			if d := cmp.Diff(s.Sends(), sent, cmpopts.IgnoreUnexported(mock.Sent{})); d != "" {
				t.Errorf("GET /mock/sends is not Sends(): -Sends() +GET:\n%s", d)
			}
			if len(sent) != n || dropped != "0" {
				t.Fatalf("got %d records, %s dropped, want %d and 0", len(sent), dropped, n)
			}
			ids := map[string]bool{}
			for _, r := range sent {
				ids[r.ID] = true
				arrived := stdcmp.Or(r.ArrivedNS, before) // not every kernel says
				times := slices.Concat([]int64{before, arrived, r.ReceivedNS, r.StartedNS, r.HeaderNS}, r.SendsNS, []int64{after})
				if !slices.IsSorted(times) {
					t.Errorf("request %s: times out of order: %v", r.ID, times)
				}
				if len(r.SendsNS) != 20 {
					t.Errorf("request %s: got %d chunks, want 20", r.ID, len(r.SendsNS))
				}
				if due := r.StartedNS + (2 * time.Millisecond).Nanoseconds(); r.SendsNS[0] < due {
					t.Errorf("request %s: first token %v too early", r.ID, time.Duration(due-r.SendsNS[0]))
				}
			}
			if len(ids) != n {
				t.Errorf("got %d ids, want %d", len(ids), n)
			}
		})
	}
}

func TestSends_reset(t *testing.T) {
	s := newServer(t, mock.Config{RecordSends: true, MaxRecorded: 2, Tokens: 1})
	addr := listen(t, s)
	ask := func(ids ...string) {
		for _, id := range ids {
			if status, _, err := post(t, addr, chatPath, chat("x", ""), id); status != 200 || err != nil {
				t.Fatalf("got %d, %v", status, err)
			}
		}
	}
	check := func(query, wantDropped string, wantIDs ...string) {
		t.Helper()
		sent, dropped := fetchSends(t, addr, query)
		var ids []string
		for _, r := range sent {
			ids = append(ids, r.ID)
		}
		if d := cmp.Diff(wantIDs, ids); d != "" || dropped != wantDropped {
			t.Errorf("got %s dropped, want %s; ids: -want +got:\n%s", dropped, wantDropped, d)
		}
	}
	check("", "0")
	ask("a", "b", "c")
	check("", "1", "a", "b")
	check("?reset=1", "1", "a", "b")
	check("", "0")
	ask("d", "e")
	check("", "0", "d", "e")
	if status, _, err := post(t, addr, "/mock/reset", "", ""); status != 200 || err != nil {
		t.Errorf("reset: got %d, %v", status, err)
	}
	check("", "0")
	ask("f", "g", "h")
	check("", "1", "f", "g")
}

// An answer too long to be recorded is given all the same.
func TestSends_boundedChunks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, mock.Config{GoTimers: true, RecordSends: true, TTFT: time.Hour})
		for range 20 { // of a million chunks each, more than the 16 Mi that are kept
			conn := pipe(s)
			send(t, conn, raw("POST", chatPath, chat("x", `,"max_tokens":1000000`)))
			synctest.Wait()
			_ = conn.Close()
			synctest.Wait()
		}
		if got := len(s.Sends()); got != 16 {
			t.Errorf("got %d records, want 16", got)
		}
		if got := s.Stats().Cancelled; got != 20 {
			t.Errorf("got %d cancelled, want 20", got)
		}
	})
}

// Most of a long list is not held in memory twice, and arrives whole.
func TestSends_longList(t *testing.T) {
	s := newServer(t, mock.Config{RecordSends: true, Tokens: 5000})
	addr := listen(t, s)
	var want bytes.Buffer
	for i := range 5 {
		id := strings.Repeat(fmt.Sprint(i), 3)
		if status, _, err := post(t, addr, chatPath, chat("x", ""), id); status != 200 || err != nil {
			t.Fatalf("got %d, %v", status, err)
		}
		fmt.Fprintf(&want, "%s 5000\n", id)
	}
	sent, _ := fetchSends(t, addr, "")
	var got bytes.Buffer
	for _, r := range sent {
		fmt.Fprintf(&got, "%s %d\n", r.ID, len(r.SendsNS))
	}
	if d := cmp.Diff(want.String(), got.String()); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}
