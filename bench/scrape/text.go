package scrape

import (
	"bytes"
	"math"
	"strconv"
)

// A total is what the series of one name add up to.
type total struct {
	sum    float64
	series int
}

// scan reads the wanted figures of a page in the text format of Prometheus, and passes over everything else: pages of
// servers have thousands of lines of histograms, and the machine that reads them each second is measuring. A line that
// is not well formed is passed over too, as is a value that is no finite number.
//
// Note: the parser of Prometheus itself (expfmt) builds every line of the page, which is what this must not do.
func scan(page []byte) map[string]total {
	found := map[string]total{}
	for line := range bytes.Lines(page) {
		line = bytes.TrimLeft(line, " \t")
		end := bytes.IndexAny(line, "{ \t\n")
		if end <= 0 || !wanted[string(line[:end])] {
			continue
		}
		rest, ok := behindLabels(line[end:])
		if !ok {
			continue
		}
		fields := bytes.Fields(rest) // the value, and maybe a time
		if len(fields) == 0 || len(fields) > 2 {
			continue
		}
		v, err := strconv.ParseFloat(string(fields[0]), 64)
		if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			continue
		}
		t := found[string(line[:end])]
		if sum := t.sum + v; !math.IsInf(sum, 0) {
			found[string(line[:end])] = total{sum, t.series + 1}
		}
	}
	return found
}

// behindLabels returns what follows the labels of a line, if it has any. False says that they do not end.
func behindLabels(b []byte) ([]byte, bool) {
	b = bytes.TrimLeft(b, " \t")
	if len(b) == 0 || b[0] != '{' {
		return b, true
	}
	quoted := false
	for i := 1; i < len(b); i++ {
		switch c := b[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case c == '}' && !quoted:
			return b[i+1:], true
		}
	}
	return nil, false
}
