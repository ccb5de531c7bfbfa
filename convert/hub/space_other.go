//go:build !linux && !darwin && !dragonfly && !freebsd && !windows

package hub

import "errors"

func diskFree(string) (int64, error) { return 0, errors.ErrUnsupported }
