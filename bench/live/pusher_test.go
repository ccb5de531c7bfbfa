package live_test

import (
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	collector "go.opentelemetry.io/proto/otlp/collector/metrics/v1"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	metrics "go.opentelemetry.io/proto/otlp/metrics/v1"
	"go.uber.org/goleak"
	"google.golang.org/protobuf/proto"

	"github.com/promptmill/promptmill/bench/live"
	"github.com/promptmill/promptmill/bench/results"
)

// A receiver is a collector: it keeps what it was sent.
type receiver struct {
	url  string
	came chan struct{} // a value for each message

	mu       sync.Mutex
	headers  http.Header
	path     string
	messages []*collector.ExportMetricsServiceRequest
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{came: make(chan struct{}, 1000)}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		body, err := io.ReadAll(q.Body)
		var m collector.ExportMetricsServiceRequest
		if err == nil {
			err = proto.Unmarshal(body, &m)
		}
		if err != nil {
			t.Error(err)
		}
		r.mu.Lock()
		r.headers, r.path, r.messages = q.Header, q.URL.Path, append(r.messages, &m)
		r.mu.Unlock()
		r.came <- struct{}{}
		w.Header().Set("Content-Type", "application/x-protobuf")
	}))
	t.Cleanup(s.Close)
	r.url = s.URL
	return r
}

// last is what was sent last, by name.
func (r *receiver) last(t *testing.T) map[string]*metrics.Metric {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.messages) == 0 {
		t.Fatal("nothing was sent")
	}
	m := r.messages[len(r.messages)-1]
	all := map[string]*metrics.Metric{}
	for _, metric := range m.ResourceMetrics[0].ScopeMetrics[0].Metrics {
		all[metric.Name] = metric
	}
	return all
}

func to(t *testing.T, address, headers string) live.Collector {
	t.Helper()
	c, err := live.ParseCollector(address, headers)
	if err != nil {
		t.Fatal(err)
	}
	c.Limit = time.Minute // a busy machine is no failure
	return c
}

// push sends the run as it is once; failed gets the errors.
func push(t *testing.T, r *run, c live.Collector, failed func(error)) {
	t.Helper()
	p, err := live.Push(r.Tracker, c, func() time.Duration { return 5 * time.Second }, failed)
	if err != nil {
		t.Fatal(err)
	}
	p.Close()
}

func noFailure(t *testing.T) func(error) {
	return func(err error) { t.Errorf("the collector failed: %v", err) }
}

// text are the attributes as a label would have them.
func text(all []*common.KeyValue) map[string]string {
	out := map[string]string{}
	for _, a := range all {
		out[a.Key] = a.Value.GetStringValue()
	}
	return out
}

// What is sent last is the run as it ended, under the names and with the labels that Prometheus gets.
func TestPush(t *testing.T) {
	r := newRun()
	r.Begin(time.Second, live.Plan{Name: "constant 4/s", TargetRate: 4})
	for i := range 8 {
		r.answer(0, time.Duration(i+1)*100*time.Millisecond, 10)
	}
	r.fail(results.StatusError, "timeout")
	r.fail(results.StatusCancelled, "")
	r.gauge.InFlight = 2
	c := newReceiver(t)
	push(t, r, to(t, c.url, "authorization=Bearer%20canary, x-tenant=a"), noFailure(t))

	if c.path != "/v1/metrics" || c.headers.Get("Authorization") != "Bearer canary" || c.headers.Get("X-Tenant") != "a" {
		t.Errorf("path %s, header %v", c.path, c.headers)
	}
	got := c.last(t)
	var exposed strings.Builder
	if err := r.WriteMetrics(&exposed, 5*time.Second); err != nil {
		t.Fatal(err)
	}
	for name := range got {
		if !strings.Contains(exposed.String(), "# TYPE "+name+" ") {
			t.Errorf("Prometheus has no %s", name)
		}
	}
	if n := strings.Count(exposed.String(), "# TYPE "); n != len(got) {
		t.Errorf("%d metrics, Prometheus has %d: %v", len(got), n, slices.Sorted(maps.Keys(got)))
	}
	statuses := map[string]float64{}
	sum := got["promptmill_requests_total"].GetSum()
	for _, p := range sum.DataPoints {
		statuses[text(p.Attributes)["status"]] = p.GetAsDouble()
	}
	if want := map[string]float64{"ok": 8, "error": 1, "unfinished": 0, "cancelled": 1}; !maps.Equal(statuses, want) || !sum.IsMonotonic {
		t.Errorf("requests %v, want %v", statuses, want)
	}
	checkHistogram(t, got["promptmill_request_latency_seconds"], r)
	if p := got["promptmill_requests_in_flight"].GetGauge().DataPoints[0]; p.GetAsDouble() != 2 {
		t.Errorf("in flight: %v", p)
	}
}

func checkHistogram(t *testing.T, m *metrics.Metric, r *run) {
	t.Helper()
	h := m.GetHistogram()
	if h.AggregationTemporality != metrics.AggregationTemporality_AGGREGATION_TEMPORALITY_CUMULATIVE || m.Unit != "s" {
		t.Errorf("temporality %v, unit %q", h.AggregationTemporality, m.Unit)
	}
	p := h.DataPoints[0]
	if want := map[string]string{"benchmark": "0", "strategy": "constant 4/s"}; !maps.Equal(text(p.Attributes), want) {
		t.Errorf("attributes %v, want %v", text(p.Attributes), want)
	}
	total := uint64(0)
	for _, n := range p.BucketCounts {
		total += n
	}
	if p.Count != 8 || total != 8 || len(p.BucketCounts) != len(p.ExplicitBounds)+1 || p.GetMin() != 0.1 || p.GetMax() != 0.8 {
		t.Errorf("%d answers, %d in %d buckets of %d bounds, from %v to %v", p.Count, total, len(p.BucketCounts), len(p.ExplicitBounds), p.GetMin(), p.GetMax())
	}
	if d := time.Duration(p.TimeUnixNano - p.StartTimeUnixNano); d != 4*time.Second {
		t.Errorf("it counts for %v of a benchmark that goes on for 4 s", d)
	}
}

// The run is sent while it goes, and text of servers does not spoil the message.
func TestPush_again(t *testing.T) {
	receiver := newReceiver(t)
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	r := &run{}
	r.Tracker = live.NewTracker(&results.Run{ID: "0123", Model: "\xff\u202e\x00", Target: "\xc3("}, func() live.Gauge { return r.gauge })
	r.Begin(0, live.Plan{Name: "\xff"})
	r.answer(0, time.Second, 5)
	c := to(t, receiver.url+"/", "")
	c.Every = time.Millisecond
	p, err := live.Push(r.Tracker, c, func() time.Duration { return time.Second }, noFailure(t))
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		<-receiver.came
	}
	p.Close()
	info := receiver.last(t)["promptmill_run_info"].GetGauge().DataPoints[0]
	if got := text(info.Attributes)["model"]; got != `\xff\u202e\x00` {
		t.Errorf("model %q", got)
	}
	resource := receiver.messages[0].ResourceMetrics[0].Resource
	if want := map[string]string{"service.name": "promptmill", "service.instance.id": "0123"}; !maps.Equal(text(resource.Attributes), want) {
		t.Errorf("resource %v, want %v", text(resource.Attributes), want)
	}
}

// A collector that takes nothing is told of once, without what it was sent, and gets no second host to see it.
func TestPush_refused(t *testing.T) {
	other := newReceiver(t)
	for name, tt := range map[string]struct {
		answer http.HandlerFunc
		limit  time.Duration
		want   string
	}{
		"refuses": {func(w http.ResponseWriter, q *http.Request) {
			http.Error(w, "who is "+q.Header.Get("Authorization"), http.StatusUnauthorized)
		}, time.Minute, "it answered 401 Unauthorized"},
		"redirects": {func(w http.ResponseWriter, q *http.Request) {
			http.Redirect(w, q, other.url+"/v1/metrics", http.StatusTemporaryRedirect)
		}, time.Minute, "it answered 307 Temporary Redirect"},
		"no status of HTTP": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(599) }, time.Minute, "it answered 599"},
		"takes a part": {func(w http.ResponseWriter, q *http.Request) {
			body, _ := proto.Marshal(&collector.ExportMetricsServiceResponse{PartialSuccess: &collector.ExportMetricsPartialSuccess{
				RejectedDataPoints: 3, ErrorMessage: "not for " + strings.TrimPrefix(q.Header.Get("Authorization"), "Bearer ")}})
			w.Header().Set("Content-Type", "application/x-protobuf")
			_, _ = w.Write(body)
		}, time.Minute, "not for ***"},
		"hangs": {func(_ http.ResponseWriter, q *http.Request) {
			_, _ = io.Copy(io.Discard, q.Body) // only then the server sees that the client has gone
			<-q.Context().Done()
		}, time.Millisecond, "no answer within 1ms"},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(tt.answer)
			defer server.Close()
			r := newRun()
			r.Begin(0, live.Plan{Name: "x"})
			var told []string
			c := to(t, server.URL, "authorization=Bearer%20canary")
			c.Limit = tt.limit
			push(t, r, c, func(err error) { told = append(told, err.Error()) })
			if len(told) != 1 || !strings.Contains(told[0], tt.want) || strings.Contains(told[0], "canary") {
				t.Errorf("told %q, want once %q", told, tt.want)
			}
		})
	}
	if len(other.messages) > 0 {
		t.Error("a redirect was followed")
	}
}

func TestPush_toldOnce(t *testing.T) {
	asked := make(chan struct{}, 1000)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusServiceUnavailable)
		asked <- struct{}{}
	}))
	defer server.Close()
	c := to(t, server.URL, "")
	c.Every = time.Millisecond
	told := 0
	p, err := live.Push(newRun().Tracker, c, func() time.Duration { return 0 }, func(error) { told++ })
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		<-asked
	}
	p.Close()
	if told != 1 {
		t.Errorf("told %d times, want once", told)
	}
}

func TestParseCollector(t *testing.T) {
	for _, tt := range []struct{ address, headers, want string }{
		{"http://127.0.0.1:4318", "", "http://127.0.0.1:4318/v1/metrics"},
		{"http://[::1]:4318/", "a=b", "http://[::1]:4318/v1/metrics"},
		{"http://collector:4318", "", "http://collector:4318/v1/metrics"},
		{"https://otlp.example/own/path", "a=b%2Cc", "https://otlp.example/own/path"},
		{"http://collector:4318", "a=b", "error: OTEL_EXPORTER_OTLP_HEADERS would cross the network"},
		{"127.0.0.1:4318", "", "error: expected the URL of a collector"},
		{"grpc://127.0.0.1:4317", "", "error: expected the URL of a collector"},
		{"http://", "", "error: expected the URL of a collector"},
		{"https://me:canary@otlp.example", "", "error: expected a URL without user"},
		{"https://otlp.example/?key=canary", "", "error: expected a URL without user"},
		{"https://otlp.example", "canary", "error: OTEL_EXPORTER_OTLP_HEADERS: header 1"},
		{"https://otlp.example", "a=1,b=%zzcanary", "error: OTEL_EXPORTER_OTLP_HEADERS: header 2"},
		{"https://otlp.example", "a=canary%0d%0ab:c", "error: OTEL_EXPORTER_OTLP_HEADERS: header 1"},
	} {
		c, err := live.ParseCollector(tt.address, tt.headers)
		got := c.URL
		if err != nil {
			got = "error: " + err.Error()
		}
		if !strings.HasPrefix(got, tt.want) || strings.Contains(got, "canary") {
			t.Errorf("%s with %q: %s, want %s", tt.address, tt.headers, got, tt.want)
		}
	}
}
