package trace

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
)

// layout is how a CSV names its columns.
type layout struct {
	format        Format
	time          string
	input, output string
	parse         func(text string) (time.Duration, error)
	answered      bool // rows without output tokens are requests that failed
}

var layouts = []layout{
	{Azure, "TIMESTAMP", "ContextTokens", "GeneratedTokens", parseDate, false},
	{BurstGPT, "Timestamp", "Request tokens", "Response tokens", parseSeconds, true},
}

// readCSV reads a trace that begins with a row of names.
func (t *Trace) readCSV(br *bufio.Reader) ([]timed, error) {
	cr := csv.NewReader(br)
	cr.ReuseRecord = true
	header, err := cr.Read()
	if err != nil {
		return nil, fmt.Errorf("no trace: %w", err)
	}
	l, at, err := layoutOf(header)
	if err != nil {
		return nil, err
	}
	t.Format = l.format
	var rows []timed
	for {
		record, err := cr.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, err // names line and column
		}
		r, err := l.row(record, at)
		if err != nil {
			n, _ := cr.FieldPos(0)
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		if l.answered && r.OutputTokens == 0 {
			t.Skipped++
			continue
		}
		rows = append(rows, r)
	}
}

// layoutOf finds the layout whose columns the header has, and where they are: time, input, output.
func layoutOf(header []string) (l layout, at [3]int, err error) {
	for _, l := range layouts {
		at := [3]int{slices.Index(header, l.time), slices.Index(header, l.input), slices.Index(header, l.output)}
		if !slices.Contains(at[:], -1) {
			return l, at, nil
		}
	}
	var known []string
	for _, l := range layouts {
		known = append(known, fmt.Sprintf("%s, %s, %s (%s)", l.time, l.input, l.output, l.format))
	}
	return l, at, fmt.Errorf("no known trace: its columns are %.200q; expected JSON lines, or a CSV with the columns %s",
		strings.Join(header, ","), strings.Join(known, " or "))
}

func (l *layout) row(record []string, at [3]int) (r timed, err error) {
	if r.at, err = l.parse(strings.TrimSpace(record[at[0]])); err != nil {
		return r, fmt.Errorf("%s: %w", l.time, err)
	}
	if r.InputTokens, err = parseCount(l.input, record[at[1]]); err != nil {
		return r, err
	}
	r.OutputTokens, err = parseCount(l.output, record[at[2]])
	return r, err
}

func parseCount(name, text string) (int, error) {
	n, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil || n < 0 {
		return 0, fmt.Errorf("%s: %.40q: expected a number of tokens", name, text)
	}
	return n, nil
}

func parseSeconds(text string) (time.Duration, error) {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0, fmt.Errorf("%.40q: expected seconds", text)
	}
	return seconds(f)
}

// epoch is what dates are counted from; every published trace is within a hundred years of it.
var epoch = time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC)

// parseDate reads "2023-11-16 18:01:51.1630340", with or without a zone at its end.
func parseDate(text string) (time.Duration, error) {
	for _, form := range []string{"2006-01-02 15:04:05.999999999", "2006-01-02 15:04:05.999999999Z07:00", time.RFC3339Nano} {
		at, err := time.Parse(form, text)
		if err != nil {
			continue
		}
		if d := at.Sub(epoch); d.Abs() < 100*365*24*time.Hour {
			return d, nil
		}
		return 0, errors.New("a date of another century")
	}
	return 0, fmt.Errorf("%.40q: expected a date such as 2023-11-16 18:01:51.163", text)
}
