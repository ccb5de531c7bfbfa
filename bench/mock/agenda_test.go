package mock

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

// Whatever is added, moved and dropped: the agenda hands out what is left in order of its due times, none early.
func TestAgenda_order(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := newAgenda(time.Now(), newTimerAlarm())
		all := make([]appointment, rapid.IntRange(1, 40).Draw(t, "n"))
		for range rapid.IntRange(0, 200).Draw(t, "operations") {
			a := &all[rapid.IntRange(0, len(all)-1).Draw(t, "which")]
			if rapid.Bool().Draw(t, "add") {
				g.add(a, rapid.Int64Range(0, 100).Draw(t, "due"))
			} else {
				g.drop(a)
			}
		}
		var want, got []int64
		for i := range all {
			if all[i].pos > 0 {
				want = append(want, all[i].due)
			}
		}
		slices.Sort(want)
		for now := int64(0); ; {
			a, wait, _ := g.next(now)
			switch {
			case a != nil && a.due > now:
				t.Fatalf("due at %d, handed out at %d", a.due, now)
			case a != nil:
				got = append(got, a.due)
				continue
			case wait >= 0:
				now += int64(wait)
				continue
			}
			break
		}
		if !slices.Equal(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
}

// An appointment that comes to be the earliest wakes a sleeping agenda, and stop ends it.
func TestAgenda_wakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newAgenda(time.Now(), newTimerAlarm())
		kept := make(chan time.Duration, 3)
		keep := func() { kept <- time.Since(g.base) }
		done := make(chan struct{})
		go func() {
			g.run()
			close(done)
		}()
		late, soon, never := appointment{keep: keep}, appointment{keep: keep}, appointment{keep: keep}
		g.add(&late, int64(time.Hour))
		synctest.Wait()
		g.add(&never, int64(30*time.Minute))
		g.add(&soon, int64(time.Minute))
		synctest.Wait()
		g.drop(&never)
		if a, b := <-kept, <-kept; a != time.Minute || b != time.Hour {
			t.Errorf("got appointments at %v and %v, want 1m and 1h", a, b)
		}
		g.stop()
		<-done
		g.alarm.close()
	})
}

// The thread that sleeps in the kernel keeps the same promises, in real time: nothing early, woken at once.
func TestAgenda_thread(t *testing.T) {
	g := newAgenda(time.Now(), newAlarm())
	done := make(chan struct{})
	go func() {
		g.run()
		close(done)
	}()
	kept := make(chan int64, 2)
	var far, near appointment
	far.keep = func() { kept <- -1 }
	near.keep = func() { kept <- g.since(time.Now()) }
	g.add(&far, int64(24*time.Hour))
	due := g.since(time.Now()) + int64(5*time.Millisecond)
	g.add(&near, due) // waits 24 hours unless it wakes the thread
	if got := <-kept; got < due {
		t.Errorf("kept at %d, due at %d", got, due)
	}
	g.stop()
	<-done
	g.alarm.close()
}
