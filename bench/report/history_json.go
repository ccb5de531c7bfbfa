package report

import (
	"io"
	"maps"
	"slices"
	"time"

	"github.com/promptmill/promptmill/bench/history"
)

// HistoryVersion is the version of the document that [HistoryJSON] writes, with the rule of [JSONVersion].
const HistoryVersion = 1

type historyDocument struct {
	SchemaVersion int          `json:"schema_version"`
	Series        []seriesJSON `json:"series"`
}

type seriesJSON struct {
	Model     string      `json:"model"`
	Benchmark string      `json:"benchmark"`
	Entries   []entryJSON `json:"entries"`

	Work    map[string]string `json:"work"`    // the conditions that tell it from other series of its model and benchmark
	Changes []changeJSON      `json:"changes"` // of the tool, the server or the machine, from one entry to the next
}

type changeJSON struct {
	File  string `json:"file"`
	Name  string `json:"name"`
	Value string `json:"value"`
}

type entryJSON struct {
	File          string              `json:"file"`
	StartedAt     *time.Time          `json:"started_at"`
	Tool          string              `json:"tool"`
	OK            int                 `json:"ok"`
	Errors        int                 `json:"errors"`
	Unfinished    int                 `json:"unfinished"`
	ClientLimited bool                `json:"client_limited"`
	Figures       map[string]*float64 `json:"figures"`
	Repeat        int                 `json:"repeat,omitempty"`
	Uncertified   []string            `json:"uncertified,omitempty"` // figures that so few requests do not bound at 99 % confidence
}

// HistoryJSON writes series of runs as one indented JSON document. Times are in seconds; what is not known is null.
func HistoryJSON(w io.Writer, series []history.Series) error {
	doc := historyDocument{SchemaVersion: HistoryVersion, Series: []seriesJSON{}}
	for i := range series {
		s := seriesJSON{Model: series[i].Model, Benchmark: series[i].Benchmark, Entries: []entryJSON{},
			Work: map[string]string{}, Changes: []changeJSON{}}
		for _, c := range series[i].Work {
			s.Work[c.Name] = c.Value
		}
		for _, c := range series[i].Changes() {
			s.Changes = append(s.Changes, changeJSON(c))
		}
		for _, e := range series[i].Entries {
			entry := entryJSON{
				File: e.File, Tool: e.Tool, OK: e.Counts.OK, Errors: e.Counts.Errors, Unfinished: e.Counts.Unfinished,
				ClientLimited: e.Limited, Figures: map[string]*float64{},
				Repeat: e.Repeat, Uncertified: slices.Sorted(maps.Keys(e.Unsure)),
			}
			if !e.StartedAt.IsZero() {
				entry.StartedAt = new(e.StartedAt)
			}
			for name, v := range e.Figures {
				entry.Figures[name] = finite(v)
			}
			s.Entries = append(s.Entries, entry)
		}
		doc.Series = append(doc.Series, s)
	}
	return writeJSON(w, doc)
}
