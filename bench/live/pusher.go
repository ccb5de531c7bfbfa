package live

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-logr/logr"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetrichttp"
)

// What a collector that does not say otherwise gets.
const (
	pushEvery = 5 * time.Second
	pushLimit = 5 * time.Second
)

// A Pusher sends the metrics of a run to a [Collector] every few seconds, and once when it is closed.
type Pusher struct {
	tracker   *Tracker
	now       func() time.Duration
	collector Collector
	failed    func(error)
	exporter  *otlpmetrichttp.Exporter
	transport *http.Transport
	told      bool // failed was called
	closing   context.Context
	stop      context.CancelFunc
	stopped   chan struct{}
}

// Push starts to send the metrics of t until the pusher is closed. Now is the time since the start of the run. A collector
// that does not take them is no error of the run: failed is called the first time, from another goroutine, with an error
// that has nothing of the headers.
func Push(t *Tracker, to Collector, now func() time.Duration, failed func(error)) (*Pusher, error) {
	otel.SetLogger(logr.Discard()) // it would show what it cannot read in the environment, such as headers
	p := &Pusher{
		tracker: t, now: now, collector: to, failed: failed,
		transport: http.DefaultTransport.(*http.Transport).Clone(), stopped: make(chan struct{}),
	}
	var err error
	p.exporter, err = otlpmetrichttp.New(context.Background(),
		otlpmetrichttp.WithEndpointURL(to.URL), otlpmetrichttp.WithHeaders(to.Headers),
		otlpmetrichttp.WithHTTPClient(&http.Client{Transport: onlySuccess{p.transport}}),
		otlpmetrichttp.WithRetry(otlpmetrichttp.RetryConfig{Enabled: false}))
	if err != nil {
		return nil, to.hide(err)
	}
	p.closing, p.stop = context.WithCancel(context.Background())
	go p.run()
	return p, nil
}

func (p *Pusher) run() {
	defer close(p.stopped)
	tick := time.NewTicker(cmp.Or(p.collector.Every, pushEvery))
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			p.push(p.closing)
		case <-p.closing.Done():
			p.push(context.Background())
			return
		}
	}
}

func (p *Pusher) push(ctx context.Context) {
	limit := cmp.Or(p.collector.Limit, pushLimit)
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	err := p.exporter.Export(limited, p.tracker.resourceMetrics(p.now()))
	if err == nil || ctx.Err() != nil || p.told { // the last push is yet to come, or the reader knows
		return
	}
	p.told = true
	if limited.Err() != nil {
		err = fmt.Errorf("no answer within %v", limit)
	}
	p.failed(p.collector.hide(err))
}

// Close sends what has come of the run, and waits for that as long as the collector may take.
func (p *Pusher) Close() {
	p.stop()
	<-p.stopped
	p.transport.CloseIdleConnections()
}

// onlySuccess makes an error of every answer that is none: a redirect is not followed, as the headers are for one host,
// and what an answer says is not shown, as it may have the headers in it.
type onlySuccess struct{ http.RoundTripper }

// RoundTrip implements [http.RoundTripper].
func (o onlySuccess) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := o.RoundTripper.RoundTrip(r)
	if err != nil || resp.StatusCode/100 == 2 {
		return resp, err
	}
	_ = resp.Body.Close() // nothing of it is wanted
	return nil, fmt.Errorf("it answered %s", strings.TrimSpace(fmt.Sprint(resp.StatusCode, " ", http.StatusText(resp.StatusCode))))
}

// hide makes err fit to be shown: the reason alone, without the values of the headers.
func (c *Collector) hide(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		err = e.Err
	}
	text := err.Error()
	for _, value := range c.Headers {
		for secret := range strings.FieldsSeq(value) { // such as the token after "Bearer"
			text = strings.ReplaceAll(text, secret, "***")
		}
	}
	return errors.New(text[:min(len(text), 300)])
}
