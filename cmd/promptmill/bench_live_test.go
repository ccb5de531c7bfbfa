package main

import (
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// The page is served while the run goes, not before and not after.
func TestBenchLive_web(t *testing.T) {
	var mu sync.Mutex
	var asked []string
	urls := make(chan string, 1)
	stderr := &finder{pattern: regexp.MustCompile(`http://\S+`), found: urls}
	look := sync.OnceFunc(func() {
		home := <-urls
		for _, path := range []string{"", "body", "metrics"} {
			mu.Lock()
			asked = append(asked, fetch(t, home+path))
			mu.Unlock()
		}
	})
	server := webServer(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/completions") {
			look()
		}
		answerOne(w, r)
	})
	p := testProcess("hello\nworld\n", io.Discard, stderr)
	code := run(t.Context(), []string{"bench", "-", "--model", "m", "--target", server.URL, "-q", "--web", "127.0.0.1:0", "--metrics", "127.0.0.1:0",
		"-o", t.TempDir() + "/r.parquet"}, p)
	if code != exitOK {
		t.Fatalf("exit code %d: %s", code, stderr.text())
	}
	for i, want := range []string{"Live benchmark of m", "synchronous", `promptmill_run_info{`} {
		if i >= len(asked) || !strings.Contains(asked[i], want) {
			t.Errorf("answer %d of %d lacks %q", i, len(asked), want)
		}
	}
}

func fetch(t *testing.T, url string) string {
	resp, err := http.Get(url) //nolint:noctx // in a handler of the test's own server
	if err != nil {
		t.Error(err)
		return ""
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Error(err)
	}
	return string(text)
}

// A finder is a writer that gives the first match of what is written.
type finder struct {
	pattern *regexp.Regexp
	found   chan<- string

	mu   sync.Mutex
	all  strings.Builder
	done bool
}

func (f *finder) Write(b []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.all.Write(b)
	if m := f.pattern.FindString(f.all.String()); m != "" && !f.done {
		f.done = true
		f.found <- m
	}
	return len(b), nil
}

func (f *finder) text() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.all.String()
}

// Elsewhere than on a loopback address a token is made and said, or taken from the environment and not said.
func TestBenchLive_token(t *testing.T) {
	server := webServer(t, answerOne)
	made := benchAgainst(t, nil, "--target", server.URL, "--web", "0.0.0.0:0", "-q")
	if !regexp.MustCompile(`the run shows at http://\S+/\?token=[A-Z2-7]{26}\n`).MatchString(made.stderr) {
		t.Errorf("no URL with a token in %q", made.stderr)
	}
	given := benchAgainst(t, map[string]string{"PROMPTMILL_WEB_TOKEN": "canary-token"}, "--target", server.URL, "--web", "0.0.0.0:0", "--metrics", "0.0.0.0:0")
	if strings.Contains(given.stderr, "canary-token") || !strings.Contains(given.stderr, "the token of PROMPTMILL_WEB_TOKEN") {
		t.Errorf("the token that was given: %q", given.stderr)
	}
	if strings.Contains(string(given.file), "canary-token") {
		t.Error("the results hold the token")
	}
}

// A collector gets the run as it ended. Its headers are in nothing that is shown or kept.
func TestBenchLive_otlp(t *testing.T) {
	var mu sync.Mutex
	var last []byte
	var authorization string
	collector := webServer(t, func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		mu.Lock()
		defer mu.Unlock()
		last, authorization = body, r.Header.Get("Authorization")
	})
	server := webServer(t, answerOne)
	env := map[string]string{"OTEL_EXPORTER_OTLP_HEADERS": "authorization=Bearer%20canary-token"}
	b := benchAgainst(t, env, "--target", server.URL, "--otlp", collector.URL, "-q")
	if b.code != exitOK || b.stderr != "" {
		t.Errorf("exit code %d, said %q", b.code, b.stderr)
	}
	if authorization != "Bearer canary-token" || !strings.Contains(string(last), "promptmill_requests_total") {
		t.Errorf("authorization %q, sent %q", authorization, last)
	}
	if strings.Contains(string(b.file), "canary-token") || strings.Contains(string(b.file), collector.URL) {
		t.Error("the results hold the collector, or its headers")
	}
}

// What does not take metrics is told of once, even to who wants to hear little, and changes nothing.
func TestBenchLive_otlpRefused(t *testing.T) {
	collector := webServer(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) })
	server := webServer(t, answerOne)
	b := benchAgainst(t, nil, "--target", server.URL, "--otlp", collector.URL, "-q")
	want := "WARNING: the collector at " + collector.URL + "/v1/metrics does not take the metrics of this run, which goes on: it answered 403 Forbidden\n"
	if b.code != exitOK || b.stderr != want || len(b.rows) != 2 {
		t.Errorf("exit code %d, %d rows, said %q, want %q", b.code, len(b.rows), b.stderr, want)
	}
}

func TestBenchLive_bad(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // no deadline is needed
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	server := webServer(t, answerOne)
	for _, test := range []struct{ flag, value, want string }{
		{"--live", "always", "--live always: expected auto, plain or off"},
		{"--web", taken.Addr().String(), "address already in use; expected a host of this machine and a free port, such as 127.0.0.1:8089"},
		{"--metrics", "nonsense", "--metrics nonsense: listen at nonsense"},
		{"--otlp", "127.0.0.1:4318", "--otlp: expected the URL of a collector, such as http://127.0.0.1:4318"},
	} {
		b := benchAgainst(t, nil, "--target", server.URL, test.flag, test.value)
		if b.code != exitUsage || !strings.Contains(b.stderr, test.want) {
			t.Errorf("%s %s: exit code %d, said %q; want %d and %q", test.flag, test.value, b.code, b.stderr, exitUsage, test.want)
		}
	}
}
