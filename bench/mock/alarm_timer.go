package mock

import "time"

// timerAlarm sleeps with a Go timer: up to a millisecond late on Linux, on any system, and in virtual time.
type timerAlarm struct {
	timer *time.Timer
	woken chan struct{}
}

var _ alarm = (*timerAlarm)(nil)

func newTimerAlarm() *timerAlarm { return &timerAlarm{woken: make(chan struct{}, 1)} }

func (a *timerAlarm) attach() {
	a.timer = time.NewTimer(0)
	a.timer.Stop()
}

func (a *timerAlarm) sleep(d time.Duration) {
	if d >= 0 {
		a.timer.Reset(d)
		defer a.timer.Stop()
	}
	select {
	case <-a.timer.C:
	case <-a.woken:
	}
}

func (a *timerAlarm) wake() {
	select {
	case a.woken <- struct{}{}:
	default:
	}
}

func (a *timerAlarm) close() { a.timer.Stop() }
