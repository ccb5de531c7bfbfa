package hubtest

import (
	"net"
	"time"
)

// SlowConn returns c as a slow line has it. all may be shared; nil is no limit of all together in one direction.
func SlowConn(c net.Conn, delay time.Duration, rate int64, all *Pacer) net.Conn {
	return newSlowConn(c, delay, pacers{newPacer(rate), all}, pacers{newPacer(rate)})
}

// Accept returns what a slow line makes of the next connection of l.
func Accept(l net.Listener, connectionRate, totalRate int64) (net.Conn, error) {
	slow := line{Listener: l, connection: connectionRate, down: newPacer(totalRate), up: newPacer(totalRate)}
	return slow.Accept()
}

type Pacer = pacer

func NewPacer(rate int64) *Pacer { return newPacer(rate) }
