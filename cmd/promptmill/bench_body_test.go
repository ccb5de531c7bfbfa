package main

import (
	"context"
	"errors"
	"testing"
)

// A check that never ends, as that of a template that loops, does not outlast the interrupt.
func TestOrDone(t *testing.T) {
	wanted := errors.New("wanted")
	if err := orDone(t.Context(), func() error { return wanted }); !errors.Is(err, wanted) {
		t.Errorf("%v, want the error of the check", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	release := make(chan struct{})
	defer close(release)
	if err := orDone(ctx, func() error { cancel(); <-release; return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want the interrupt", err)
	}
}
