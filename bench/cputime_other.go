//go:build !unix

package bench

import "time"

// cpuTime is unknown on this system; 0 leaves CPU out of the client's health.
func cpuTime() time.Duration { return 0 }
