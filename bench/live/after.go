package live

import (
	"fmt"
	"time"
)

// After is the place of a benchmark in its run, and what comes after it. The zero value is one of a run whose benchmarks
// are not known beforehand.
type After struct {
	Number, Of int           // from 1
	Length     time.Duration // of all that come after it; 0 where there is none, or that is not known
}

// AfterOf is the place of the benchmark at index, where the benchmarks take as long as lengths say: 0 is not known.
func AfterOf(index int, lengths []time.Duration) After {
	if index >= len(lengths) {
		return After{}
	}
	a := After{Number: index + 1, Of: len(lengths)}
	for _, length := range lengths[index+1:] {
		if length == 0 {
			a.Length = 0
			return a
		}
		a.Length += length
	}
	return a
}

// Place says which of several benchmarks this is, such as " (3 of 8)"; "" for the only one.
func (a After) Place() string {
	if a.Of < 2 {
		return ""
	}
	return fmt.Sprintf(" (%d of %d)", a.Number, a.Of)
}

// Left says how long the run goes on where its present benchmark does for so long, such as ", 3m0s in all"; "" where that
// is the same or not known.
func (a After) Left(benchmark time.Duration) string {
	if a.Length == 0 {
		return ""
	}
	return fmt.Sprintf(", %s in all", (benchmark + a.Length).Round(time.Second))
}
