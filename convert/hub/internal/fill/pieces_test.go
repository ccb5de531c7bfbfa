package fill_test

import (
	"errors"
	"testing"

	"github.com/promptmill/promptmill/convert/hub/internal/fill"
	"github.com/promptmill/promptmill/convert/hub/internal/span"
)

func TestPieces(t *testing.T) {
	const size = 4*fill.BlockSize + 10
	p := fill.NewPieces(size, []bool{true, false, false, false, false})
	if p.Len() != 5 || p.Left() != size-fill.BlockSize || p.Bytes(3, 5) != span.Of(3*fill.BlockSize, size) {
		t.Errorf("%d blocks, %d bytes left, the last at %v", p.Len(), p.Left(), p.Bytes(3, 5))
	}
	if from, to := p.Claim(2); from != 1 || to != 3 {
		t.Fatalf("claimed [%d, %d), want [1, 3)", from, to)
	}
	if p.Take(2) || !p.Take(4) {
		t.Error("took a claimed block, or not a free one")
	}
	p.Arrived(4)
	p.Arrived(1)
	if n, err := p.Await(1); n != 2 || err != nil {
		t.Errorf("front at %d, %v; want 2", n, err)
	}
	p.Release(1, 3) // 1 is there, 2 did not come
	if from, to := p.Claim(9); from != 2 || to != 4 {
		t.Errorf("claimed [%d, %d), want [2, 4)", from, to)
	}
	if absent, arrived := p.Open(); absent != 0 || arrived != 2 {
		t.Errorf("%d absent, %d arrived; want 0 and 2", absent, arrived)
	}
	first := errors.New("first")
	p.Fail(first)
	p.Fail(errors.New("second"))
	if _, err := p.Await(2); !errors.Is(err, first) {
		t.Errorf("error = %v, want the first", err)
	}
	p.Restart()
	if p.Left() != size {
		t.Errorf("%d bytes left after a restart, want %d", p.Left(), size)
	}
}
