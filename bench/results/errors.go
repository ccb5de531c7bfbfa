package results

import (
	"errors"
	"fmt"
)

// Sentinel errors. Every error of [Open] and [File.Records] about the content of a file wraps exactly one of
// them and names the file.
var (
	// ErrNotResults reports a file that promptmill did not write: no parquet, or a parquet file of others.
	ErrNotResults = errors.New("not a results file of promptmill")
	// ErrNewer reports a file whose schema version is above [SchemaVersion].
	ErrNewer = errors.New("written by a newer promptmill")
	// ErrCorrupt reports a results file that is damaged where no checkpoint helps.
	ErrCorrupt = errors.New("corrupt results file")
)

// guard runs f, which calls into the parquet library on bytes that may be damaged. The library panics on some
// of them; a panic becomes an error.
func guard(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("parquet: %v", p)
		}
	}()
	return f()
}
