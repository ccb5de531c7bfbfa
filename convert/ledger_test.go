package convert_test

import (
	"errors"
	"testing"

	"github.com/promptmill/promptmill/convert"
)

func TestLedger_Check(t *testing.T) {
	dropped := map[string]int64{"a": 1, "b": 2}
	for read := range int64(8) {
		l := convert.Ledger{Read: read, Written: 2, Dropped: dropped}
		if err := l.Check(); errors.Is(err, convert.ErrLedger) != (read != 5) {
			t.Errorf("%d rows read, 2 written, 3 dropped: got %v", read, err)
		}
	}
}

func TestLedger_Reasons(t *testing.T) {
	l := convert.Ledger{Dropped: map[string]int64{"rare": 1, "zebra": 5, "apple": 5, "common": 1 << 40}}
	if got, want := l.Reasons(), "1099511627776 common, 5 apple, 5 zebra, 1 rare"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
