package main

import (
	"testing"
	"time"
)

// The line says what is known: before types are found there are no rows, before a sample is drawn no prompts.
func TestConvertProgress(t *testing.T) {
	for _, step := range []struct {
		read, written int64
		want          string
	}{
		{0, 0, "convert  reading, 2s"},
		{1, 0, "convert  1 row read, 2s"},
		{4096, 4001, "convert  4096 rows read, 4001 prompts written, 2s"},
	} {
		var p convertProgress
		p.update(step.read, step.written)
		if got := p.text(1900 * time.Millisecond); got != step.want {
			t.Errorf("%q, want %q", got, step.want)
		}
	}
}
