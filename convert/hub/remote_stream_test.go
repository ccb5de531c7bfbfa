package hub_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/promptmill/promptmill/convert/hub"
	"github.com/promptmill/promptmill/convert/hub/hubtest"
)

// columns is a plan of steps row groups from start on, each of columns of these sizes, one after the other.
func columns(start, steps int, sizes ...int) (plan [][][2]int64) {
	at := int64(start)
	for range steps {
		var step [][2]int64
		for _, n := range sizes {
			step = append(step, [2]int64{at, at + int64(n)})
			at += int64(n)
		}
		plan = append(plan, step)
	}
	return plan
}

// readPlan reads the parts of each step in turns, at the same share of each as rows are read, until it has most bytes. It
// returns how many it has.
func readPlan(t testing.TB, r io.ReaderAt, content []byte, plan [][][2]int64, most int64) (total int64) {
	t.Helper()
	buf := make([]byte, 64<<10)
	for _, step := range plan {
		at := make([]int64, len(step))
		for {
			next, least := -1, 1.0
			for i, part := range step {
				if share := float64(at[i]) / float64(part[1]-part[0]); share < least {
					next, least = i, share
				}
			}
			if next < 0 {
				break
			}
			if total >= most {
				return total
			}
			from := step[next][0] + at[next]
			p := buf[:min(int64(len(buf)), step[next][1]-from)]
			if n, err := r.ReadAt(p, from); n != len(p) || err != nil || !bytes.Equal(p, content[from:from+int64(n)]) {
				t.Fatalf("%d bytes at %d: %d came, error %v, or other bytes", len(p), from, n, err)
			}
			at[next] += int64(len(p))
			total += int64(len(p))
		}
	}
	return total
}

const all = int64(1) << 60

// Whatever the plan, the bytes are right; what was not planned is not fetched, but for gaps too small to care.
func TestStream_anyPlan(t *testing.T) {
	content := noise(6 << 20)
	rapid.Check(t, func(rt *rapid.T) {
		var plan [][][2]int64
		at, planned, gaps := int64(0), int64(0), int64(0)
		for range rapid.IntRange(0, 6).Draw(rt, "steps") {
			var step [][2]int64
			for range rapid.IntRange(0, 5).Draw(rt, "parts") {
				gap := rapid.Int64Range(0, 100_000).Draw(rt, "gap")
				if gap <= 32<<10 {
					gaps += gap
				}
				size := rapid.Int64Range(0, 400_000).Draw(rt, "size")
				if at+gap+size > int64(len(content)) {
					break
				}
				step = append(step, [2]int64{at + gap, at + gap + size})
				at, planned = at+gap+size, planned+size
			}
			plan = append(plan, step)
		}
		r := openLink(t, &link{content: content})
		defer r.Close()
		s := r.Stream(t.Context(), plan)
		if got := readPlan(t, s, content, plan, all); got != planned {
			rt.Errorf("read %d bytes, want %d", got, planned)
		}
		if err := s.Close(); err != nil {
			rt.Error(err)
		}
		if moved := r.Moved(); moved < planned || moved > planned+gaps {
			rt.Errorf("moved %d bytes for %d, with gaps of %d", moved, planned, gaps)
		}
	})
}

// A plan comes from the footer of a file, which can say anything.
func TestStream_hostilePlan(t *testing.T) {
	content := noise(2 << 20)
	rapid.Check(t, func(rt *rapid.T) {
		place := rapid.OneOf(rapid.Int64Range(0, int64(len(content))), rapid.Int64())
		part := rapid.Custom(func(rt *rapid.T) [2]int64 { return [2]int64{place.Draw(rt, "from"), place.Draw(rt, "to")} })
		plan := rapid.SliceOfN(rapid.SliceOfN(part, 0, 4), 0, 4).Draw(rt, "plan")
		r := openLink(t, &link{content: content})
		defer r.Close()
		s := r.Stream(t.Context(), plan)
		for range rapid.IntRange(0, 30).Draw(rt, "reads") {
			at := rapid.Int64Range(0, int64(len(content))-1).Draw(rt, "at")
			p := make([]byte, min(rapid.Int64Range(1, 300_000).Draw(rt, "length"), int64(len(content))-at))
			if n, err := s.ReadAt(p, at); n != len(p) || err != nil || !bytes.Equal(p, content[at:at+int64(n)]) {
				rt.Fatalf("%d bytes at %d: %d came, error %v, or other bytes", len(p), at, n, err)
			}
		}
	})
}

// Whoever stops soon has moved little more than what it read, and whoever goes on has at most 28 MiB in memory.
func TestStream_readsAheadByWhatIsUsed(t *testing.T) {
	content := noise(96 << 20)
	plan := columns(4, 2, 30<<20, 10<<20, 7<<20)
	for _, tt := range []struct{ read, most int64 }{
		{0, 512 << 10},
		{64 << 10, 640 << 10},
		{1 << 20, 2 << 20},
		{3 << 20, 5 << 20},
		{30 << 20, 58 << 20},
		{60 << 20, 88 << 20},
	} {
		synctest.Test(t, func(t *testing.T) {
			l := &link{content: content}
			r := openLink(t, l)
			s := r.Stream(t.Context(), plan)
			got := readPlan(t, s, content, plan, tt.read)
			synctest.Wait() // until nothing more is asked for
			if moved := r.Moved(); moved < got || moved > tt.most {
				t.Errorf("moved %d bytes for %d, want at most %d", moved, got, tt.most)
			}
			r.Close() // and with it the stream
			if _, err := s.ReadAt(make([]byte, 10), 90<<20); !errors.Is(err, fs.ErrClosed) {
				t.Errorf("after Close: error %v, want %v", err, fs.ErrClosed)
			}
		})
	}
}

// On a link with 50 ms of delay and 20 MiB/s a connection, a stream is at least twice as fast as one connection that never
// waits, however the file is cut into row groups, and although it begins slowly.
func TestStream_hidesTheDelay(t *testing.T) {
	content := noise(120 << 20)
	for _, tt := range []struct {
		name string
		plan [][][2]int64
	}{
		{"one row group, two columns", columns(4, 1, 70<<20, 45<<20)},
		{"fifty row groups", columns(4, 50, 1<<20, 1<<20, 200<<10, 30<<10)},
		{"three thousand row groups", columns(4, 3000, 20<<10, 15<<10, 2<<10)},
	} {
		synctest.Test(t, func(t *testing.T) {
			l := &link{content: content, delay: 50 * time.Millisecond, rate: 20 << 20}
			r := openLink(t, l)
			s := r.Stream(t.Context(), tt.plan)
			began := time.Now()
			n := readPlan(t, s, content, tt.plan, all)
			took := time.Since(began)
			r.Close()
			one := time.Duration(float64(n) / l.rate * float64(time.Second))
			if took > one/2 || l.highest > 8 {
				t.Errorf("%s: %v, want at most half of %v; %d connections at once, want at most 8", tt.name, took, one, l.highest)
			}
			t.Logf("%s: %v for %d MiB, one connection %v; %d requests", tt.name, took, n>>20, one, l.requests)
		})
	}
}

// Several readers of one stream, and reads that nobody planned, get the right bytes.
func TestStream_outOfOrder(t *testing.T) {
	content := noise(4 << 20)
	l := &link{content: content}
	r := openLink(t, l)
	defer r.Close()
	plan := columns(0, 4, 500_000, 200_000)
	s := r.Stream(t.Context(), plan)
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for k := range int64(40) {
				at := (k*7 + int64(i)*13) % 40 * 100_000
				p := make([]byte, 70_000)
				if n, err := s.ReadAt(p, at); err != nil || !bytes.Equal(p[:n], content[at:at+int64(n)]) {
					t.Errorf("at %d: %d bytes, error %v", at, n, err)
				}
			}
		})
	}
	wg.Wait()
	if n, err := s.ReadAt(make([]byte, 100), int64(len(content))-10); n != 10 || !errors.Is(err, io.EOF) {
		t.Errorf("over the end: %d bytes, error %v", n, err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func TestStream_faults(t *testing.T) {
	content := noise(6 << 20)
	plan := columns(4, 2, 1<<20, 1<<20)
	t.Run("that pass", func(t *testing.T) {
		r, _, _ := openRemote(t, t.Context(), content, hubtest.Options{Faults: []hubtest.Fault{
			{Kind: hubtest.Cut, On: hubtest.CDN, Bytes: 60_000, Times: 2},
			{Kind: hubtest.Expire, On: hubtest.CDN, Skip: 3, Times: 2},
			{Kind: hubtest.Fail, On: hubtest.Resolve, Skip: 2, Times: 1, Status: 429, Header: header("Retry-After", "1")},
		}})
		s := r.Stream(t.Context(), plan)
		defer s.Close()
		readPlan(t, s, content, plan, all)
	})
	t.Run("that stay", func(t *testing.T) {
		r, _, _ := openRemote(t, t.Context(), content, hubtest.Options{Faults: []hubtest.Fault{
			{Kind: hubtest.Fail, On: hubtest.CDN, Status: 500},
		}})
		s := r.Stream(t.Context(), plan)
		defer s.Close()
		if _, err := s.ReadAt(make([]byte, 100), 4); !errors.Is(err, hub.ErrUnavailable) {
			t.Errorf("error %v, want %v", err, hub.ErrUnavailable)
		}
	})
}

// A reader that waits for a server that says nothing goes on when its context ends.
func TestStream_cancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		why := errors.New("stopped by the user")
		ctx, cancel := context.WithCancelCause(t.Context())
		r := openLink(t, &link{content: noise(4 << 20), delay: time.Hour})
		s := r.Stream(ctx, columns(4, 1, 1<<20, 1<<20))
		time.AfterFunc(time.Second, func() { cancel(why) })
		if _, err := s.ReadAt(make([]byte, 100), 4); !errors.Is(err, why) {
			t.Errorf("error %v, want %v", err, why)
		}
		s.Close()
		r.Close()
	})
}
