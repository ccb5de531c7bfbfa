package mock

import (
	"sync"
	"time"
)

// An agenda keeps appointments at their due instants, all from the one goroutine that runs it. Instants are
// nanoseconds since base on the monotonic clock.
type agenda struct {
	base  time.Time
	alarm alarm

	mu      sync.Mutex
	heap    []*appointment // a binary heap, the earliest first
	wakeAt  int64          // what run sleeps until; awake while it does not sleep
	stopped bool
}

// An appointment is something due. The agenda's lock guards it; due and keep may be set while it is not in.
type appointment struct {
	due  int64
	keep func() // called on the agenda's goroutine, outside its lock; must not block
	pos  int    // index in the heap plus 1; 0 is not in
}

const (
	awake    = -1 << 63
	noWakeUp = 1<<63 - 1
)

// An alarm sleeps for the agenda's goroutine.
type alarm interface {
	attach()               // called once, on the goroutine that sleeps
	sleep(d time.Duration) // until d has passed or wake was called, also before; d < 0 is until wake
	wake()                 // safe for concurrent use
	close()                // called last, when nobody can wake it any more
}

func newAgenda(base time.Time, a alarm) *agenda {
	return &agenda{base: base, alarm: a, wakeAt: awake}
}

// since converts an instant.
func (g *agenda) since(t time.Time) int64 { return int64(t.Sub(g.base)) }

// add puts a in, or moves it if it is in, to be kept at due or as soon after as possible.
func (g *agenda) add(a *appointment, due int64) {
	g.mu.Lock()
	a.due = due
	if a.pos == 0 {
		g.heap = append(g.heap, a)
		a.pos = len(g.heap)
	}
	g.down(g.up(a.pos - 1))
	wake := due < g.wakeAt
	if wake {
		g.wakeAt = awake // whoever comes now need not wake it again
	}
	g.mu.Unlock()
	if wake {
		g.alarm.wake()
	}
}

// drop takes a out if it is in.
func (g *agenda) drop(a *appointment) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if a.pos > 0 {
		g.remove(a.pos - 1)
	}
}

// run keeps appointments until stop.
func (g *agenda) run() {
	g.alarm.attach()
	for {
		a, wait, stopped := g.next(g.since(time.Now()))
		switch {
		case stopped:
			return
		case a != nil:
			a.keep()
		default:
			g.alarm.sleep(wait)
		}
	}
}

// next takes out the earliest appointment if it is due, or says how long it is until then; below zero is for ever.
func (g *agenda) next(now int64) (a *appointment, wait time.Duration, stopped bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.wakeAt = awake
	if g.stopped {
		return nil, 0, true
	}
	if len(g.heap) == 0 {
		g.wakeAt = noWakeUp
		return nil, -1, false
	}
	if a = g.heap[0]; a.due > now {
		g.wakeAt = a.due
		return nil, time.Duration(a.due - now), false
	}
	g.remove(0)
	return a, 0, false
}

// stop makes run return; it does not wait for that.
func (g *agenda) stop() {
	g.mu.Lock()
	g.stopped = true
	g.mu.Unlock()
	g.alarm.wake()
}

func (g *agenda) remove(i int) {
	last := len(g.heap) - 1
	g.heap[i].pos = 0
	if i != last {
		g.place(i, g.heap[last])
	}
	g.heap[last] = nil
	g.heap = g.heap[:last]
	if i < last {
		g.down(g.up(i))
	}
}

func (g *agenda) place(i int, a *appointment) {
	g.heap[i] = a
	a.pos = i + 1
}

// up moves the appointment at i to where no parent is later, and returns where that is.
func (g *agenda) up(i int) int {
	a := g.heap[i]
	for i > 0 {
		parent := (i - 1) / 2
		if g.heap[parent].due <= a.due {
			break
		}
		g.place(i, g.heap[parent])
		i = parent
	}
	g.place(i, a)
	return i
}

// down moves the appointment at i to where no child is earlier.
func (g *agenda) down(i int) {
	a := g.heap[i]
	for {
		child := 2*i + 1
		if child >= len(g.heap) {
			break
		}
		if child+1 < len(g.heap) && g.heap[child+1].due < g.heap[child].due {
			child++
		}
		if g.heap[child].due >= a.due {
			break
		}
		g.place(i, g.heap[child])
		i = child
	}
	g.place(i, a)
}
