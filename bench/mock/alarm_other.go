//go:build !linux

package mock

// newAlarm returns the most exact alarm there is.
func newAlarm() alarm { return newTimerAlarm() }
