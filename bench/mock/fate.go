package mock

import "math/rand/v2"

// fate is the fault that a request suffers, drawn before it starts.
type fate struct {
	kind fault
	at   int // the token before which it strikes
}

type fault int

const (
	faultNone fault = iota
	faultStatus
	faultCut
	faultReset
	faultHang
	faultEvent
)

// draw decides the fate of an answer of n tokens. It takes two values from rng, whatever it decides.
func (f *Failures) draw(rng *rand.Rand, n int) fate {
	u, at := rng.Float64(), rng.Float64()
	for _, c := range []struct {
		kind fault
		rate float64
	}{
		{faultStatus, f.ErrorRate}, {faultCut, f.CutRate}, {faultReset, f.ResetRate},
		{faultHang, f.HangRate}, {faultEvent, f.EventRate},
	} {
		if u < c.rate {
			return fate{c.kind, strikesAt(c.kind, at, n)}
		}
		u -= c.rate
	}
	return fate{}
}

// strikesAt leaves a first token before a cut, where there are two tokens; a hang may strike before any.
func strikesAt(kind fault, u float64, n int) int {
	if kind == faultHang || n < 2 {
		return int(u * float64(n))
	}
	return 1 + int(u*float64(n-1))
}
