package agenda_test

import (
	"math/rand/v2"
	"testing"

	"github.com/promptmill/promptmill/convert/hub/internal/agenda"
	"github.com/promptmill/promptmill/convert/hub/internal/span"
)

// Whoever reads to the end is given every byte of the plan once, and what is in one stretch is one request's worth.
func TestAgenda_everythingOnce(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 40 {
		steps, size := plan(random)
		a := agenda.New(steps, size)
		times := make([]int, size)
		asked, got := int64(0), int64(0)
		take := func() {
			for _, s := range a.Next(1<<20, 0, 256<<10) {
				got += s.Need
				if s.Size() > 2<<20 || s.Need > s.Size() {
					t.Fatalf("a stretch of %d bytes, %d of the plan", s.Size(), s.Need)
				}
				for i := s.From; i < s.To; i++ {
					times[i]++
				}
			}
		}
		take()
		for _, parts := range steps {
			for _, p := range parts {
				asked += p[1] - p[0]
				a.Reach(span.Of(p[0], p[1]))
				take()
			}
		}
		for i, n := range times {
			if n > 1 {
				t.Fatalf("byte %d of %v is fetched %d times", i, steps, n)
			}
		}
		if got > asked {
			t.Fatalf("%d bytes of a plan of %d", got, asked)
		}
	}
}

// What is beyond the limit is in memory, and is not fetched.
func TestAgenda_limit(t *testing.T) {
	a := agenda.New([][][2]int64{{{10, 50}, {90, 200}}, {{150, 180}}}, 100)
	got := a.Next(1<<20, 0, 1<<20)
	if len(got) != 1 || got[0].Span != span.Of(10, 100) || got[0].Need != 50 {
		t.Errorf("%v; want one stretch from 10 to 100 with a gap of 40", got)
	}
}

// plan returns steps of parts that follow one another, with gaps, and the size of the file.
func plan(random *rand.Rand) (steps [][][2]int64, size int64) {
	for range 1 + random.IntN(4) {
		var parts [][2]int64
		for range 1 + random.IntN(3) {
			size += int64(random.IntN(100 << 10))
			from := size
			size += 1 + int64(random.IntN(200<<10))
			parts = append(parts, [2]int64{from, size})
		}
		steps = append(steps, parts)
	}
	return steps, size
}
