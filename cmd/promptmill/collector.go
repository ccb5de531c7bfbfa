package main

import (
	"runtime"
	"runtime/debug"
)

// firstCollection is about how large the heap may grow, in percent of the 4 MiB at which the garbage collector would run for
// the first time. Starting alone allocates those, and most commands end before they hold 24 MiB.
const firstCollection = 600

// spareCollections puts the first run of the garbage collector off, unless the user has said when it runs. After that it
// runs as in every Go program.
func spareCollections(getenv func(string) string) {
	if getenv("GOGC") != "" {
		return
	}
	usual := debug.SetGCPercent(firstCollection)
	first := new([16]byte) // the first run finds it unused; smaller ones share their block with others
	runtime.AddCleanup(first, func(percent int) { debug.SetGCPercent(percent) }, usual)
}
