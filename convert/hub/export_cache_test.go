package hub

import (
	"net/url"
	"os"
)

var (
	FreeSpace    = freeSpace
	DiskErrorOf  = diskError
	DecodeRecord = decodeRecord
)

// TryLock is the lock that processes wait for.
func TryLock(f *os.File) (bool, error) { return tryLock(f) }

// RecordText returns what a record is written as, and what it says.
func RecordText(r record) (text, commit, etag string, at float64) {
	return string(r.encode()), r.commit, r.etag, r.at
}

// Direct reports whether a list of NO_PROXY keeps a URL from a proxy.
func Direct(list string, u *url.URL) bool { return direct(list, u) }

// ReadStored returns the sections of a file of stored tokens.
func ReadStored(file string) map[string]map[string]string {
	out := map[string]map[string]string{}
	for name, fields := range (storedTokens{file}).read() {
		out[name] = fields
	}
	return out
}

// PutStored replaces one of the sections.
func PutStored(file, name string, fields map[string]string) error {
	return storedTokens{file}.put(name, fields)
}
