package live

import (
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/instrumentation"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/resource"

	"github.com/promptmill/promptmill/bench/report/plain"
)

// resourceMetrics are the run so far as OpenTelemetry has it: counters and histograms are cumulative, from the start of
// their benchmark.
func (t *Tracker) resourceMetrics(now time.Duration) *metricdata.ResourceMetrics {
	m := otlpMaker{t.run.StartedAt, now}
	scope := metricdata.ScopeMetrics{Scope: instrumentation.Scope{Name: "promptmill"}}
	for _, f := range t.families(now) {
		if len(f.points) > 0 {
			scope.Metrics = append(scope.Metrics, metricdata.Metrics{Name: f.name, Description: f.help, Unit: f.unit, Data: m.data(&f)})
		}
	}
	return &metricdata.ResourceMetrics{
		Resource:     resource.NewSchemaless(textAttribute("service.name", "promptmill"), textAttribute("service.instance.id", t.run.ID)),
		ScopeMetrics: []metricdata.ScopeMetrics{scope},
	}
}

// An otlpMaker knows when the run began, and how long ago.
type otlpMaker struct {
	started time.Time
	now     time.Duration
}

func (m otlpMaker) at(instant time.Duration) time.Time { return m.started.Add(instant) }

func (m otlpMaker) data(f *family) metricdata.Aggregation {
	switch f.kind {
	case aCounter:
		return metricdata.Sum[float64]{Temporality: metricdata.CumulativeTemporality, IsMonotonic: true, DataPoints: m.values(f.points)}
	case aHistogram:
		return metricdata.Histogram[float64]{Temporality: metricdata.CumulativeTemporality, DataPoints: m.histograms(f.points)}
	}
	return metricdata.Gauge[float64]{DataPoints: m.values(f.points)}
}

func (m otlpMaker) values(points []point) []metricdata.DataPoint[float64] {
	out := make([]metricdata.DataPoint[float64], len(points))
	for i, p := range points {
		out[i] = metricdata.DataPoint[float64]{Attributes: attributes(p.labels), StartTime: m.at(p.since), Time: m.at(m.now), Value: p.value}
	}
	return out
}

func (m otlpMaker) histograms(points []point) []metricdata.HistogramDataPoint[float64] {
	out := make([]metricdata.HistogramDataPoint[float64], len(points))
	for i, p := range points {
		h := p.times
		out[i] = metricdata.HistogramDataPoint[float64]{
			Attributes: attributes(p.labels), StartTime: m.at(p.since), Time: m.at(m.now),
			Count: uint64(h.n), Sum: h.sum, Bounds: bounds, BucketCounts: h.parted(bounds),
		}
		if h.n > 0 {
			out[i].Min, out[i].Max = metricdata.NewExtrema(float64(h.min)/1e9), metricdata.NewExtrema(float64(h.max)/1e9)
		}
	}
	return out
}

func attributes(labels []label) attribute.Set {
	all := make([]attribute.KeyValue, len(labels))
	for i, l := range labels {
		all[i] = textAttribute(l.name, l.value)
	}
	return attribute.NewSet(all...)
}

// textAttribute is an attribute with text of servers and flags: one byte of it that is no UTF-8 would spoil the message.
func textAttribute(name, value string) attribute.KeyValue {
	return attribute.String(name, plain.Text(value))
}
