package hub

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// sampleSize is how much of a file the Hub looks at to tell text from binary.
const sampleSize = 512

// local is a file to push and what is known of it.
type local struct {
	Upload
	file     File // path, size and git hash
	sha256   string
	sample   []byte    // its first bytes
	modified time.Time // when it was hashed; of a file on disk

	large  bool   // the Hub wants it in its large-file storage
	remote string // the hash of what the repository has by that name: a sha256 or a git hash; "" for nothing
	sent   int64  // bytes that were sent to the large-file storage
}

// newLocal reads all of a file once. The content of one to merge is not known yet.
func newLocal(ctx context.Context, u Upload) (*local, error) {
	l := &local{Upload: u, file: File{Path: u.RepoPath, Size: int64(len(u.Bytes))}}
	if u.Merge != nil {
		return l, nil
	}
	if u.LocalPath != "" {
		info, err := os.Stat(u.LocalPath)
		if err != nil {
			return nil, err
		}
		if !info.Mode().IsRegular() {
			return nil, fmt.Errorf("push %s: not a regular file", u.LocalPath)
		}
		l.file.Size, l.modified = info.Size(), info.ModTime()
	}
	return l, l.hash(ctx)
}

// hash fills in what follows from the content.
func (l *local) hash(ctx context.Context) error {
	src, err := l.open()
	if err != nil {
		return err
	}
	defer func() { _ = src.Close() }()
	sums := newDigest(File{Size: l.file.Size})
	r := io.NewSectionReader(src, 0, l.file.Size)
	buf := make([]byte, 256<<10)
	l.sample = nil
	for {
		n, err := r.Read(buf)
		_, _ = sums.Write(buf[:n]) // hashes do not fail
		l.sample = append(l.sample, buf[:min(n, sampleSize-len(l.sample))]...)
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case errors.Is(err, io.EOF):
			l.sha256, l.file.GitSHA1 = sums.sha256(), hex.EncodeToString(sums.git.Sum(nil))
			return nil
		case err != nil:
			return err
		}
	}
}

// changed reports whether the repository does not have the file as it is here. An empty answer is a file that it
// does not have at all.
func (l *local) changed() bool { return l.remote != l.sha256 && l.remote != l.file.GitSHA1 }
