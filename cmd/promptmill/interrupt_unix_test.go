//go:build unix

package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"
	"testing"
)

// Two signals at once are one request to end: timeout(1) sends its own to the process and to its group.
func TestInterruptible_twoAtOnce(t *testing.T) {
	ctx, stop := interruptible(t.Context())
	seen := make(chan os.Signal, 2)
	signal.Notify(seen, syscall.SIGINT, syscall.SIGTERM)
	defer signal.Stop(seen)
	for _, s := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} { // two of one kind could become one
		if err := syscall.Kill(os.Getpid(), s); err != nil {
			t.Fatal(err)
		}
		<-seen
	}
	<-ctx.Done()
	stop()
	if err := context.Cause(ctx); !errors.Is(err, errInterrupted) {
		t.Errorf("cause %v", err)
	}
}
