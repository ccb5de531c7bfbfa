package live

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/promptmill/promptmill/bench/report/plain"
)

// WriteMetrics writes the run so far in the text format of Prometheus, version 0.0.4.
func (t *Tracker) WriteMetrics(w io.Writer, now time.Duration) error {
	var e exposition
	for _, f := range t.families(now) {
		fmt.Fprintf(&e.out, "# HELP %s %s\n# TYPE %s %s\n", f.name, f.help, f.name, f.kind)
		for _, p := range f.points {
			if p.times != nil {
				e.histogram(f.name, p)
			} else {
				e.sample(f.name, p.labels, p.value)
			}
		}
	}
	_, err := e.out.WriteTo(w)
	return err
}

// An exposition is the text that Prometheus reads.
type exposition struct{ out bytes.Buffer }

func (e *exposition) histogram(name string, p point) {
	bucket := func(end string, n int) {
		e.sample(name+"_bucket", append(slices.Clip(p.labels), label{"le", end}), float64(n))
	}
	for _, bound := range bounds {
		bucket(strconv.FormatFloat(bound, 'g', -1, 64), p.times.upTo(bound))
	}
	bucket("+Inf", p.times.n)
	e.sample(name+"_sum", p.labels, p.times.sum)
	e.sample(name+"_count", p.labels, float64(p.times.n))
}

var labelEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

// sample writes a line. Values of labels come from servers and flags: what cannot be seen in them is written out.
func (e *exposition) sample(name string, labels []label, v float64) {
	e.out.WriteString(name)
	for i, l := range labels {
		fmt.Fprintf(&e.out, `%s%s="%s"`, map[bool]string{true: "{", false: ","}[i == 0], l.name, labelEscapes.Replace(plain.Text(l.value)))
	}
	if len(labels) > 0 {
		e.out.WriteByte('}')
	}
	fmt.Fprintf(&e.out, " %s\n", strconv.FormatFloat(v, 'g', -1, 64))
}
