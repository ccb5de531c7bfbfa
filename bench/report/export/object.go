package export

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/promptmill/promptmill/bench/report/plain"
)

// An object writes a JSON object member by member, so that the text of long lists is never in memory as a whole.
type object struct {
	w     *bufio.Writer
	comma string
	err   error
}

// writeObject writes the JSON object that members makes, and a line feed.
func writeObject(w io.Writer, members func(o *object)) error {
	o := &object{w: bufio.NewWriter(w), comma: "{\n"}
	members(o)
	o.raw("\n}\n")
	if o.err != nil {
		return o.err
	}
	return o.w.Flush()
}

func (o *object) raw(text string) {
	if o.err == nil {
		_, o.err = o.w.WriteString(text)
	}
}

func (o *object) name(key string) {
	o.raw(o.comma)
	o.value(key)
	o.raw(": ")
	o.comma = ",\n"
}

func (o *object) value(v any) {
	if o.err != nil {
		return
	}
	text, err := json.Marshal(v)
	if err != nil {
		o.err = err
		return
	}
	o.raw(string(plain.JSON(text)))
}

// member writes one member. Numbers that may not be finite are [number].
func (o *object) member(key string, v any) {
	o.name(key)
	o.value(v)
	if o.err != nil {
		o.err = fmt.Errorf("%q: %w", key, o.err)
	}
}

// list writes a member that is a list.
func list[T any](o *object, key string, values []T) {
	o.name(key)
	o.raw("[")
	for i, v := range values {
		if i > 0 {
			o.raw(", ")
		}
		o.value(v)
	}
	o.raw("]")
}

// A number is null where it is not finite: there is no such figure.
type number float64

// MarshalJSON implements [json.Marshaler].
func (n number) MarshalJSON() ([]byte, error) {
	if v := float64(n); !math.IsNaN(v) && !math.IsInf(v, 0) {
		return json.Marshal(v)
	}
	return []byte("null"), nil
}

// A sample is a list of values, of which vLLM and AIPerf take figures as numpy does: percentiles between two values, and
// the standard deviation of a population. They are NaN where there is no value.
type sample struct{ sorted []float64 }

func newSample(values []float64) sample { return sample{slices.Sorted(slices.Values(values))} }

func (s sample) sum() float64 {
	sum := 0.0
	for _, v := range s.sorted {
		sum += v
	}
	return sum
}

func (s sample) mean() float64 { return s.sum() / float64(len(s.sorted)) }

func (s sample) std() float64 {
	mean, squares := s.mean(), 0.0
	for _, v := range s.sorted {
		squares += (v - mean) * (v - mean)
	}
	return math.Sqrt(squares / float64(len(s.sorted)))
}

// percentile is the p-th percentile, on the line between the two values that it lies between.
func (s sample) percentile(p float64) float64 {
	if len(s.sorted) == 0 {
		return math.NaN()
	}
	at := p / 100 * float64(len(s.sorted)-1)
	i := int(at)
	if i+1 >= len(s.sorted) {
		return s.sorted[len(s.sorted)-1]
	}
	return s.sorted[i] + (at-float64(i))*(s.sorted[i+1]-s.sorted[i])
}

func (s sample) min() float64 { return s.percentile(0) }
func (s sample) max() float64 { return s.percentile(100) }

// share is part / whole, or 0 where there is no whole.
func share(part, whole float64) float64 {
	if whole <= 0 {
		return 0
	}
	return part / whole
}
