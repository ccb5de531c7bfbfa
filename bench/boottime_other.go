//go:build !linux

package bench

import "time"

// sinceBoot knows of no clock that goes on while the machine sleeps.
func sinceBoot() time.Duration { return 0 }
