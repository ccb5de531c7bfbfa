package hub

import (
	"context"
	"os"
)

// place is where the files of a dataset end up: the cache that Python shares, or a folder that the user named. Its
// methods may be called from several goroutines.
//
// A file in the making lives in root under the name that partial gives. It is written by whoever holds the lock, and is
// published when its bytes have the hash that the Hub promises.
type place interface {
	// path returns where readers open f.
	path(f File) string
	// has reports whether f is there, all of it, judged by its size, or by its hash where that is cheap.
	has(f File) bool
	// needs reports whether bytes of f have still to come to the place and take room there, judged by sizes and
	// without a lock. It is false for what adopt would only link or take over.
	needs(f File) bool
	// adopt makes f appear from bytes that are there already: another process has just brought them, or the place
	// holds them for another name or commit. False: they are not. It is asked under the lock.
	adopt(ctx context.Context, f File) (bool, error)
	// lock waits until no other process, Python or ours, is fetching f. Where the file system has no locks it
	// returns shared: another process may be at the same file.
	lock(ctx context.Context, f File) (release func(), shared bool, err error)
	// root is the folder that partial's names are in. Nothing is created before it or a lock is asked for. It is nil
	// when it cannot be made; lock says why.
	root() *os.Root
	// partial returns the name of the unfinished bytes of f: the same in every run, so that a run goes on where
	// the last one stopped, and one that Python's tools know as garbage. Names with other tags and the same ending
	// belong to f too.
	partial(f File, tag string) string
	// publish makes the complete and synced file name, which is in root, appear as f.
	publish(f File, name string) error
	// close ends the use of the place. After it, when complete, revision points to the files.
	close(complete bool) error
}
