package live_test

import (
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/promptmill/promptmill/bench/live"
	"github.com/promptmill/promptmill/bench/results"
)

const token = "correct-horse"

func serve(t *testing.T, address string, r *run, pages live.Pages) *live.Server {
	t.Helper()
	s, err := live.Serve(address, r.Tracker, pages, func() time.Duration { return 9 * time.Second }, func() string { return token })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// ask returns the status, the header and the body of an answer. It follows no redirect.
func ask(t *testing.T, method, url, host string, header map[string]string) (int, http.Header, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Host = host
	for k, v := range header {
		req.Header.Set(k, v)
	}
	transport := &http.Transport{DisableKeepAlives: true}
	client := http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, resp.Header, string(body)
}

// A page of another site, open in a browser on this machine, must not read a run: not by asking across origins, and
// not by a name of its own that points to 127.0.0.1.
func TestServer_loopback(t *testing.T) {
	s := serve(t, "127.0.0.1:0", newRun(), live.Pages{Web: true, Metrics: true})
	if s.Token != "" {
		t.Errorf("a token on a loopback address: %q", s.Token)
	}
	own := strings.TrimSuffix(strings.TrimPrefix(s.URL, "http://"), "/")
	_, port, _ := net.SplitHostPort(own)
	for _, test := range []struct {
		name, method, path, host, origin string
		want                             int
	}{
		{"page", "GET", "", own, "", 200},
		{"body", "GET", "body", own, "", 200},
		{"metrics", "GET", "metrics", own, "", 200},
		{"localhost", "GET", "", "localhost:" + port, "", 200},
		{"own origin", "GET", "body", own, "http://" + own, 200},
		{"another name", "GET", "", "evil.example:" + port, "", 403},
		{"another address", "GET", "", "192.0.2.1:" + port, "", 403},
		{"no port", "GET", "", "127.0.0.1", "", 403},
		{"another port", "GET", "", "127.0.0.1:1", "", 403},
		{"a name like it", "GET", "", "localhost.evil.example:" + port, "", 403},
		{"another origin", "GET", "body", own, "http://evil.example", 403},
		{"no origin to speak of", "GET", "body", own, "null", 403},
		{"origin by another scheme", "GET", "body", own, "https://" + own, 403},
		{"post", "POST", "", own, "", 405},
		{"nothing there", "GET", "etc/passwd", own, "", 404},
	} {
		header := map[string]string{}
		if test.origin != "" {
			header["Origin"] = test.origin
		}
		if got, _, _ := ask(t, test.method, s.URL+test.path, test.host, header); got != test.want {
			t.Errorf("%s: status %d, want %d", test.name, got, test.want)
		}
	}
}

func TestServer_elsewhereNeedsItsToken(t *testing.T) {
	s := serve(t, "0.0.0.0:0", newRun(), live.Pages{Web: true})
	if s.Token != token || strings.Contains(s.URL, token) || strings.Contains(s.URL, "[::]") || strings.Contains(s.URL, "0.0.0.0") {
		t.Fatalf("token %q, URL %s", s.Token, s.URL)
	}
	_, port, _ := net.SplitHostPort(strings.Trim(strings.TrimPrefix(s.URL, "http:"), "/"))
	home := "http://127.0.0.1:" + port + "/"
	for _, test := range []struct {
		name, url string
		header    map[string]string
		want      int
	}{
		{"as it is printed", s.URL + "?token=" + token, nil, 303},
		{"nothing", home, nil, 401},
		{"wrong in the URL", home + "?token=x", nil, 401},
		{"right in the URL", home + "?token=" + token, nil, 303},
		{"bearer", home + "body", map[string]string{"Authorization": "Bearer " + token}, 200},
		{"wrong bearer", home + "body", map[string]string{"Authorization": "Bearer x"}, 401},
		{"cookie", home + "body", map[string]string{"Cookie": "promptmill-" + port + "=" + token}, 200},
		{"empty cookie", home + "body", map[string]string{"Cookie": "promptmill-" + port + "="}, 401},
		{"cookie, other origin", home + "body", map[string]string{"Cookie": "promptmill-" + port + "=" + token, "Origin": "http://evil.example"}, 403},
	} {
		status, header, body := ask(t, "GET", test.url, "", test.header)
		if status != test.want {
			t.Errorf("%s: status %d, want %d", test.name, status, test.want)
		}
		if strings.Contains(body, token) || strings.Contains(header.Get("Location"), token) {
			t.Errorf("%s: the answer holds the token", test.name)
		}
	}
}

// What a run is called comes from servers and files.
func TestServer_pageIsEscapedAndHasAPolicy(t *testing.T) {
	const hostile = `</script><img src=x onerror=alert(1)>"` + "\n\u202e"
	r := &run{}
	r.Tracker = live.NewTracker(&results.Run{Model: hostile, Target: hostile}, func() live.Gauge { return r.gauge })
	r.Begin(0, live.Plan{Name: hostile, Strategy: hostile})
	r.answer(0, time.Second, 9)
	r.fail(results.StatusError, hostile)
	r.Tick(time.Second)
	r.Tick(2 * time.Second)
	s := serve(t, "127.0.0.1:0", r, live.Pages{Web: true, Metrics: true})
	for _, path := range []string{"", "body"} {
		_, header, body := ask(t, "GET", s.URL+path, "", nil)
		if strings.Contains(body, "<img") || strings.Contains(body, "\u202e") || !strings.Contains(body, "&lt;img src=x") {
			t.Errorf("/%s does not escape what it shows", path)
		}
		policy := header.Get("Content-Security-Policy")
		if !strings.HasPrefix(policy, "default-src 'none';") || strings.Contains(policy, "unsafe") || !strings.Contains(policy, "frame-ancestors 'none'") {
			t.Errorf("/%s has the policy %q", path, policy)
		}
		if header.Get("Cache-Control") != "no-store" || header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("/%s has the header %v", path, header)
		}
	}
	_, _, metrics := ask(t, "GET", s.URL+"metrics", "", nil)
	checkExposition(t, metrics)
}

var expositionLine = regexp.MustCompile(`^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[a-z_]+="([^"\\\n]|\\["\\n])*"(,[a-z_]+="([^"\\\n]|\\["\\n])*")*\})? [0-9.e+-]+)$`)

func checkExposition(t *testing.T, text string) {
	t.Helper()
	if !strings.HasSuffix(text, "\n") {
		t.Error("the last line is not ended")
	}
	for line := range strings.Lines(text) {
		if !expositionLine.MatchString(strings.TrimSuffix(line, "\n")) {
			t.Errorf("not a line of the format: %q", line)
		}
	}
}

func TestMetrics(t *testing.T) {
	r := newRun()
	r.Begin(0, live.Plan{Name: "constant 4/s", TargetRate: 4})
	for i := range 8 {
		r.answer(0, time.Duration(i+1)*100*time.Millisecond, 10)
	}
	r.fail(results.StatusError, "timeout")
	r.gauge.InFlight = 2
	var b strings.Builder
	if err := r.WriteMetrics(&b, 5*time.Second); err != nil {
		t.Fatal(err)
	}
	checkExposition(t, b.String())
	const of = `{benchmark="0",strategy="constant 4/s"`
	for _, want := range []string{
		`promptmill_run_info{run="0123",model="tiny",target="http://127.0.0.1:8000",tool="promptmill test"} 1`,
		"promptmill_requests_in_flight 2",
		"promptmill_requests_asked_per_second" + of + "} 4",
		"promptmill_requests_sent_total" + of + "} 9",
		"promptmill_requests_total" + of + `,status="ok"} 8`,
		"promptmill_requests_total" + of + `,status="error"} 1`,
		"promptmill_output_tokens_total" + of + "} 80",
		"promptmill_prompt_tokens_total" + of + "} 56",
		"promptmill_request_latency_seconds_bucket" + of + `,le="0.25"} 2`,
		"promptmill_request_latency_seconds_bucket" + of + `,le="1"} 8`,
		"promptmill_request_latency_seconds_bucket" + of + `,le="+Inf"} 8`,
		"promptmill_request_latency_seconds_count" + of + "} 8",
		"promptmill_ttft_seconds_bucket" + of + `,le="0.025"} 2`,
	} {
		if !strings.Contains(b.String(), want+"\n") {
			t.Errorf("no line %s", want)
		}
	}
}

func TestServer_onlyMetrics(t *testing.T) {
	s := serve(t, "127.0.0.1:0", newRun(), live.Pages{Metrics: true})
	if status, _, _ := ask(t, "GET", s.URL+"body", "", nil); status != 404 {
		t.Errorf("the page is served too: %d", status)
	}
}

func TestServer_closeLeavesNothing(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	s, err := live.Serve("127.0.0.1:0", newRun().Tracker, live.Pages{Web: true}, func() time.Duration { return 0 }, func() string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	ask(t, "GET", s.URL, "", nil)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// Who follows a run sees how it ended, not what it did a second before: the last body is given while the server closes.
func TestServer_lastLook(t *testing.T) {
	r := newRun()
	r.Begin(0, live.Plan{Name: "constant 4/s", TargetRate: 4})
	r.answer(0, time.Second, 9)
	r.fail(results.StatusError, "timeout")
	r.fail(results.StatusCancelled, "")
	s, err := live.Serve("127.0.0.1:0", r.Tracker, live.Pages{Web: true}, func() time.Duration { return 9 * time.Second }, func() string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	if _, _, body := ask(t, "GET", s.URL+"body", "", nil); !strings.Contains(body, "constant 4/s, 9s") || strings.Contains(body, "is over") {
		t.Errorf("while it goes the page says %.300q", body)
	}
	r.End(9 * time.Second)
	r.Finish()
	closed := make(chan error, 1)
	go func() { closed <- s.Close() }()
	_, _, body := ask(t, "GET", s.URL+"body", "", nil)
	for _, want := range []string{"The run is over", "Succeeded", "Errors", "Cancelled"} {
		if !strings.Contains(body, want) {
			t.Errorf("the last body lacks %q: %.300q", want, body)
		}
	}
	if err := <-closed; err != nil {
		t.Error(err)
	}
}

// What is of the last seconds says so, and what is of all of the benchmark does.
func TestServer_tilesSayOfWhen(t *testing.T) {
	r := newRun()
	r.Begin(0, live.Plan{Name: "constant 4/s", TargetRate: 4, After: live.AfterOf(1, []time.Duration{time.Minute, time.Minute, time.Minute}), Duration: time.Minute})
	for second := range 9 {
		r.answer(time.Duration(second)*time.Second, time.Second, 9)
		r.Tick(time.Duration(second+1) * time.Second)
	}
	s := serve(t, "127.0.0.1:0", r, live.Pages{Web: true})
	_, _, body := ask(t, "GET", s.URL+"body", "", nil)
	for _, want := range []string{"constant 4/s (2 of 3), 9s, about 51s left, 1m51s in all", "last 4 s, of 4.00 asked", "last 4 s, of finished requests", "Errors so far", "last 4 s: 0/s"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q in %.900q", want, body)
		}
	}
}
