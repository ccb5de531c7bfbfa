package bench

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// Think is how long a user thinks between an answer and the next request: between Least and Most, each time alike
// probable. The zero value is not at all.
type Think struct{ Least, Most time.Duration }

// ParseThink reads "2s", or "2s..5s" for a random time.
func ParseThink(text string) (t Think, err error) {
	least, most, random := strings.Cut(text, "..")
	if t.Least, err = parseTime(least); err != nil {
		return Think{}, err
	}
	t.Most = t.Least
	if random {
		if t.Most, err = parseTime(most); err != nil {
			return Think{}, err
		}
	}
	if t.Most < t.Least {
		return Think{}, fmt.Errorf("%q: expected the shorter time first, such as 2s..5s", text)
	}
	return t, nil
}

// Time is how long slot thinks after its turn-th request: always the same for the same seed, and the same on every
// machine.
func (t Think) Time(seed uint64, slot, turn int) time.Duration {
	if t.Most <= t.Least {
		return t.Least
	}
	var source rand.PCG
	source.Seed(scatter(seed^scatter(uint64(slot))), scatter(uint64(turn)))
	return t.Least + time.Duration(rand.New(&source).Int64N(int64(t.Most-t.Least)+1))
}

// String writes t as [ParseThink] reads it.
func (t Think) String() string {
	if t.Most == t.Least {
		return shortDuration(t.Least)
	}
	return shortDuration(t.Least) + ".." + shortDuration(t.Most)
}
