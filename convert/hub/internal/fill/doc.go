// Package fill is the bookkeeping of a download: which blocks of a file in the making are there, on disk and in memory,
// how large the next piece should be, and how many connections are worth their while. It asks no server.
package fill
