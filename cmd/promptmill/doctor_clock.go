package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"time"

	"github.com/promptmill/promptmill/bench/pace"
	"github.com/promptmill/promptmill/bench/rxtime"
)

const (
	wakeUps = 200
	wakeGap = 2 * time.Millisecond
	lateBy  = time.Millisecond // a wake-up this late shifts what an open loop sends
	settle  = 100 * time.Millisecond
)

// findPacing measures how late the thread wakes that sends at exact times.
func findPacing(ctx context.Context) finding {
	late, name, err := measureWakeUps(ctx)
	if err != nil {
		return finding{"pacing", findingNote, err.Error(), "rates are kept by Go's own timers, about a millisecond late"}
	}
	slices.Sort(late)
	at := func(q float64) time.Duration { return late[int(q*float64(len(late)-1))].Round(100 * time.Nanosecond) }
	f := finding{Name: "pacing", Status: findingOK, Found: fmt.Sprintf("%s wakes %v late at the median, %v at p99 (%d wake-ups)", name, at(0.5), at(0.99), wakeUps)}
	if at(0.99) > lateBy {
		f.Status = findingNote
		f.Advice = "this machine is busy or a guest of a busy one: requests of a fixed rate leave late, which results show as send lag"
	}
	return f
}

func measureWakeUps(ctx context.Context) (late []time.Duration, name string, err error) {
	w, err := pace.NewThread()
	if err != nil {
		return nil, "", err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	start := time.Now()
	for i := range wakeUps {
		due := start.Add(time.Duration(i+1) * wakeGap)
		if err := w.Until(ctx, due); err != nil {
			return nil, "", err
		}
		late = append(late, time.Since(due))
	}
	return late, w.Name(), nil
}

// findReceiveTimes sends a few bytes over loopback and asks the kernel when they came.
func findReceiveTimes(ctx context.Context) finding {
	const name = "arrival times"
	given, err := kernelGivesTimes(ctx)
	switch {
	case err != nil:
		return finding{name, findingBad, err.Error(), "nothing can be measured over TCP"}
	case given:
		return finding{name, findingOK, "from the kernel, for http", ""}
	}
	return finding{name, findingNote, "from the clock after each read: this kernel gives none", "times hold as long as a processor is free for the client"}
}

func kernelGivesTimes(ctx context.Context) (given bool, err error) {
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return false, err
	}
	defer func() { _ = l.Close() }()
	dialer := net.Dialer{Timeout: time.Second, Control: rxtime.Enable}
	dialled, err := dialer.DialContext(ctx, "tcp", l.Addr().String())
	if err != nil {
		return false, err
	}
	conn, err := rxtime.New(dialled)
	if err != nil {
		return false, errors.Join(err, dialled.Close())
	}
	defer conn.Close()
	server, err := l.Accept()
	if err != nil {
		return false, err
	}
	defer server.Close()
	for start := time.Now(); time.Since(start) < settle; { // the kernel may take a moment to start
		if _, err := server.Write([]byte("x")); err != nil {
			return false, err
		}
		if _, err := conn.Read(make([]byte, 1)); err != nil {
			return false, err
		}
		if _, given = conn.Received(); given {
			return true, nil
		}
	}
	return false, nil
}
