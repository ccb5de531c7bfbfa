package hubtest

import (
	"net"
	"time"
)

// SlowConn returns c as a slow line has it. all may be shared; nil is no limit of all together.
func SlowConn(c net.Conn, delay time.Duration, rate int64, all *Pacer) net.Conn {
	return newSlowConn(c, delay, newPacer(rate), all)
}

type Pacer = pacer

func NewPacer(rate int64) *Pacer { return newPacer(rate) }
