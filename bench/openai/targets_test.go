package openai

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// TestTargets: requests take turns, exactly, whether they are started or done; each says whose it was.
func TestTargets(t *testing.T) {
	var urls []string
	for range 3 {
		s := httptest.NewServer(http.HandlerFunc(answers))
		defer s.Close()
		urls = append(urls, s.URL)
	}
	targets, err := NewTargets(Config{}, urls)
	if err != nil {
		t.Fatal(err)
	}
	defer targets.CloseIdle()
	var mu sync.Mutex
	counts := make(map[string]int)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			var r Response
			req := &Request{Body: []byte("{}")}
			for range 30 {
				if p, ok := targets.Start(t.Context(), req, &r); ok {
					p.Finish()
				} else {
					targets.Do(t.Context(), req, &r)
				}
				if r.Err != nil {
					t.Error(r.Err)
				}
				mu.Lock()
				counts[r.Target]++
				mu.Unlock()
			}
		})
	}
	all.Wait()
	for _, u := range urls {
		if counts[u] != 40 {
			t.Errorf("%v, want 40 of each of %q", counts, urls)
		}
	}
	if got := targets.String(); got != strings.Join(urls, ",") {
		t.Errorf("they are called %s", got)
	}
	if strings.Contains(targets.Engine(), ",") {
		t.Errorf("one engine: %s", targets.Engine())
	}
}

// TestTargets_oneDown: what is sent to a server that is down fails, and nobody else gets it.
func TestTargets_oneDown(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(answers))
	defer s.Close()
	down := closedPort(t)
	targets, err := NewTargets(Config{KeepText: true}, []string{down, s.URL})
	if err != nil {
		t.Fatal(err)
	}
	defer targets.CloseIdle()
	var r Response
	for i := range 10 {
		targets.Do(t.Context(), &Request{Body: []byte("{}")}, &r)
		if i%2 == 1 {
			want(t, &r)
		} else if r.Err == nil || r.Err.Kind != KindRefused || r.Target != down {
			t.Errorf("%+v: %v", r, r.Err)
		}
	}
}

func TestNewTargets_errors(t *testing.T) {
	for name, urls := range map[string][]string{
		"none":        {},
		"given twice": {"http://a", "http://b", "http://a/v1"},
		"bad URL":     {"http://a", "ftp://b"},
	} {
		if _, err := NewTargets(Config{}, urls); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// TestErrorBody: what a server sent in place of an answer is kept, bounded, as UTF-8 and without secrets.
func TestErrorBody(t *testing.T) {
	onEngines(t, func(t *testing.T, engine string) {
		for name, tt := range map[string]struct {
			status     int
			body, want string
		}{
			"refusal":      {400, `{"error":"no sk-1234"}`, `{"error":"no [secret]"}`},
			"long":         {500, strings.Repeat("sk-1234é", 1000), strings.Repeat("[secret]é", 1000)[:keptError]},
			"not UTF-8":    {500, "a\xffb", "a\ufffdb"},
			"HTML":         {200, "<html>hello</html>", "<html>hello</html>"},
			"error event":  {200, "data: {\"error\":{\"message\":\"out of memory\"}}\n\n", `{"error":{"message":"out of memory"}}`},
			"JSON error":   {200, `{"error":{"message":"out of memory"}}`, `{"error":{"message":"out of memory"}}`},
			"no JSON":      {200, "data: nope\n\n", "nope"},
			"whole answer": {200, content("a") + "data: [DONE]\n\n", ""},
		} {
			t.Run(name, func(t *testing.T) {
				s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
					w.WriteHeader(tt.status)
					_, _ = io.WriteString(w, tt.body)
				}))
				defer s.Close()
				r := do(t.Context(), testClient(t, Config{Engine: engine, BaseURL: s.URL, APIKey: "sk-1234"}))
				if string(r.ErrorBody) != tt.want || (r.Err == nil) != (tt.want == "") {
					t.Errorf("%q, want %q: %v", r.ErrorBody, tt.want, r.Err)
				}
			})
		}
	})
}
