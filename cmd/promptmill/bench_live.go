package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"github.com/promptmill/promptmill/bench"
	"github.com/promptmill/promptmill/bench/live"
	"github.com/promptmill/promptmill/bench/results"
)

// liveFlags say what is to be seen of a run while it goes.
func liveFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "live", Value: liveAuto, Usage: "what a terminal shows of the run: auto (a dashboard, or a line where it does not fit), plain (a line) or off"},
		&cli.StringFlag{Name: "web", Usage: "show the run in a browser at this `ADDRESS`, such as 127.0.0.1:8089; other than a loopback address needs the token that is printed, or that of PROMPTMILL_WEB_TOKEN"},
		&cli.StringFlag{Name: "metrics", Usage: "serve /metrics for Prometheus at this `ADDRESS`, with the same rule; it may be that of --web"},
		&cli.StringFlag{Name: "otlp", Usage: "send the same metrics to an OpenTelemetry collector at this `URL` every 5 s, such as http://127.0.0.1:4318; headers for it come from OTEL_EXPORTER_OTLP_HEADERS"},
	}
}

// What --live may be.
const (
	liveAuto  = "auto"
	livePlain = "plain"
	liveOff   = "off"
)

// liveOptions are what the flags say.
type liveOptions struct {
	screen       string
	web, metrics string         // addresses; "" is none
	collector    live.Collector // without a URL there is none
}

func (a *app) readLive(c *cli.Context) (liveOptions, error) {
	o := liveOptions{screen: c.String("live"), web: c.String("web"), metrics: c.String("metrics")}
	switch o.screen {
	case liveAuto, livePlain, liveOff:
	default:
		return o, usagef("--live %s: expected auto, plain or off", o.screen)
	}
	if c.Bool("no-progress") || c.Bool("quiet") {
		o.screen = liveOff
	}
	if address := c.String("otlp"); address != "" {
		var err error
		if o.collector, err = live.ParseCollector(address, a.getenv("OTEL_EXPORTER_OTLP_HEADERS")); err != nil {
			return o, usagef("--otlp: %w", err)
		}
	}
	return o, nil
}

// watched reports whether others than a terminal look.
func (o *liveOptions) watched() bool { return o.web != "" || o.metrics != "" || o.collector.URL != "" }

// A liveView shows a run while it goes. Its zero value shows nothing.
type liveView struct {
	process *process
	options liveOptions
	epoch   time.Time
	counts  *bench.Progress
	tracker *live.Tracker // nil when nobody looks
	servers []*live.Server
	pusher  *live.Pusher    // nil without a collector
	lengths []time.Duration // see [benchPlan.lengths]
	line    *progressLine
	stop    chan struct{}
	stopped chan struct{}
}

// startLive begins to follow the run, and serves it where the plan says.
func (a *app) startLive(plan *benchPlan, run *results.Run, epoch time.Time, counts *bench.Progress) (*liveView, error) {
	v := &liveView{process: a.process, options: plan.live, epoch: epoch, counts: counts, stop: make(chan struct{}), stopped: make(chan struct{})}
	if v.options.screen != liveOff || v.options.web != "" {
		v.lengths = plan.lengths()
	}
	dashboard := v.options.screen == liveAuto && a.redraws(a.stderr)
	if !dashboard && !v.options.watched() {
		close(v.stopped)
		return v, nil
	}
	v.tracker = live.NewTracker(run, func() live.Gauge { return live.Gauge{Sent: counts.Sent.Load(), InFlight: counts.InFlight.Load()} })
	if err := v.serve(); err != nil {
		return nil, errors.Join(err, v.closeServers())
	}
	if err := v.push(); err != nil {
		return nil, errors.Join(err, v.closeServers())
	}
	go v.tick()
	return v, nil
}

func (v *liveView) now() time.Duration { return time.Since(v.epoch) }

// tick tells the tracker that a second has passed.
func (v *liveView) tick() {
	defer close(v.stopped)
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			v.tracker.Tick(v.now())
		case <-v.stop:
			return
		}
	}
}

// serve opens the addresses that the flags name: one server, where both are the same.
func (v *liveView) serve() error {
	web, metrics := v.options.web, v.options.metrics
	if web != "" {
		if err := v.serveAt("--web", web, live.Pages{Web: true, Metrics: metrics == web}); err != nil {
			return err
		}
	}
	if metrics != "" && metrics != web {
		return v.serveAt("--metrics", metrics, live.Pages{Metrics: true})
	}
	return nil
}

func (v *liveView) serveAt(flag, address string, pages live.Pages) error {
	given := v.process.getenv("PROMPTMILL_WEB_TOKEN")
	token := func() string {
		if given != "" {
			return given
		}
		return rand.Text()
	}
	s, err := live.Serve(address, v.tracker, pages, v.now, token)
	if err != nil {
		return withCode(exitUsage, fmt.Errorf("%s %s: %w; expected a host of this machine and a free port, such as 127.0.0.1:8089", flag, address, err))
	}
	v.servers = append(v.servers, s)
	v.process.screen.print(v.process.stderr, served(flag, s, given != "")+"\n")
	return nil
}

// push begins to send metrics to the collector, where there is one.
func (v *liveView) push() (err error) {
	to := v.options.collector
	if to.URL == "" {
		return nil
	}
	v.pusher, err = live.Push(v.tracker, to, v.now, func(err error) {
		v.process.logf("WARNING: the collector at %s does not take the metrics of this run, which goes on: %v", to.URL, err)
	})
	if err != nil {
		return usagef("--otlp: %w", err)
	}
	return nil
}

// served says where to look. A token that was made here has to be said; one that was given is not repeated.
func served(flag string, s *live.Server, given bool) string {
	what, where := "the run shows at ", s.URL
	if flag == "--metrics" {
		what, where = "metrics are at ", s.URL+"metrics"
	}
	switch {
	case s.Token == "":
		return what + where
	case given:
		return what + where + ", with the token of PROMPTMILL_WEB_TOKEN"
	case flag == "--metrics":
		return what + where + ", with Authorization: Bearer " + s.Token
	}
	return what + where + "?token=" + s.Token
}

// sink is where records go on their way to sink.
func (v *liveView) sink(sink bench.Sink) bench.Sink {
	if v.tracker == nil {
		return sink
	}
	return v.tracker.Watch(sink)
}

// begin shows a benchmark until end.
func (v *liveView) begin(index int, name string, s bench.Strategy, l bench.Limits, requests int) {
	after := live.AfterOf(index, v.lengths)
	if v.tracker != nil {
		v.tracker.Begin(v.now(), live.Plan{
			After: after,
			Index: index, Strategy: string(s.Kind), Name: name, TargetRate: s.Rate, Concurrency: s.Concurrency,
			Requests: requests, Duration: l.MaxDuration,
		})
	}
	line := newBenchProgress(name, v.counts, l, requests, after)
	p := v.process
	v.line = p.startDrawing(v.options.screen == liveOff, func() {
		columns := width(p.stderr) - 1 // a full line would wrap
		if lines := v.dashboard(columns); lines != nil {
			p.screen.drawBlock(p.stderr, lines)
			return
		}
		p.screen.draw(p.stderr, cutLine(line.text(time.Since(line.start)), columns))
	})
}

// dashboard is what the terminal shows, or nil where a line is to do.
func (v *liveView) dashboard(columns int) []string {
	p := v.process
	if v.options.screen != liveAuto || columns < live.DashboardColumns || height(p.stderr) < live.DashboardLines+2 {
		return nil
	}
	s, ok := v.tracker.Snapshot(v.now())
	if !ok {
		return nil
	}
	return live.Dashboard(&s, min(columns, widestDashboard), p.colour(p.stderr))
}

// widestDashboard is how wide a dashboard is where there is more room: what is further apart is harder to read.
const widestDashboard = 110

// end takes the benchmark off the screen.
func (v *liveView) end() {
	v.line.close()
	if v.tracker != nil {
		v.tracker.End(v.now())
	}
}

// close ends what startLive began.
func (v *liveView) close() {
	close(v.stop)
	<-v.stopped
	if v.tracker != nil {
		v.tracker.Finish()
	}
	if v.pusher != nil {
		v.pusher.Close()
	}
	_ = v.closeServers() // nothing is lost with a page that somebody looks at
}

func (v *liveView) closeServers() error {
	var all error
	for _, s := range v.servers {
		all = errors.Join(all, s.Close())
	}
	return all
}

// height is the number of lines of w: 24 unless it is a terminal that says otherwise.
func height(w io.Writer) int {
	if f, ok := terminal(w); ok {
		if _, n, err := term.GetSize(int(f.Fd())); err == nil && n > 0 {
			return n
		}
	}
	return 24
}
