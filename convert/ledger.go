package convert

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Ledger accounts for every row that was read.
type Ledger struct {
	Read    int64            `json:"read"`
	Added   int64            `json:"added,omitempty"` // prompts beyond the first of a row, where each turn is one
	Written int64            `json:"written"`
	Dropped map[string]int64 `json:"dropped"` // by reason
}

func (l *Ledger) drop(reason string) { l.add(reason, 1) }

func (l *Ledger) add(reason string, n int64) {
	if l.Dropped == nil {
		l.Dropped = make(map[string]int64)
	}
	l.Dropped[reason] += n
}

// DroppedTotal returns the number of rows dropped for any reason.
func (l *Ledger) DroppedTotal() int64 {
	var n int64
	for _, k := range l.Dropped {
		n += k
	}
	return n
}

// Check returns an [ErrLedger] unless every row that was read, and every prompt that was added, was written or dropped.
func (l *Ledger) Check() error {
	if l.Read+l.Added != l.Written+l.DroppedTotal() {
		return fmt.Errorf("%w: %d read, %d added, %d written, %d dropped", ErrLedger, l.Read, l.Added, l.Written, l.DroppedTotal())
	}
	return nil
}

// Reasons says how many rows were dropped and why, the commonest reason first: "3 prompt is blank, 1 ...".
func (l *Ledger) Reasons() string {
	reasons := slices.SortedFunc(maps.Keys(l.Dropped), func(a, b string) int {
		if d := l.Dropped[b] - l.Dropped[a]; d != 0 {
			return int(max(-1, min(1, d)))
		}
		return strings.Compare(a, b)
	})
	for i, r := range reasons {
		reasons[i] = fmt.Sprintf("%d %s", l.Dropped[r], r)
	}
	return strings.Join(reasons, ", ")
}
