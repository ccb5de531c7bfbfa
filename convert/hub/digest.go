package hub

import (
	"context"
	"crypto/sha1" // git's hash; the Hub gives no other for small files
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
)

// digest hashes a file both ways at once: sha256 for the manifest, and what the Hub promises.
type digest struct {
	content hash.Hash
	git     hash.Hash // nil unless the Hub promises a git hash
}

func newDigest(f File) *digest {
	d := &digest{content: sha256.New()}
	if f.SHA256 == "" {
		d.git = sha1.New()
		fmt.Fprintf(d.git, "blob %d\x00", f.Size)
	}
	return d
}

func (d *digest) Write(p []byte) (int, error) {
	d.content.Write(p)
	if d.git != nil {
		d.git.Write(p)
	}
	return len(p), nil
}

func (d *digest) sha256() string { return hex.EncodeToString(d.content.Sum(nil)) }

// promised returns the hash of the kind that the Hub promises.
func (d *digest) promised() string {
	if d.git != nil {
		return hex.EncodeToString(d.git.Sum(nil))
	}
	return d.sha256()
}

// check compares with what the Hub promises.
func (d *digest) check(f File) error {
	want, got, kind := f.SHA256, d.sha256(), "sha256"
	if d.git != nil {
		want, got, kind = f.GitSHA1, hex.EncodeToString(d.git.Sum(nil)), "git sha1"
	}
	if want != got {
		return fmt.Errorf("%w: the %s is %s, the Hub's listing promises %s", ErrCorrupt, kind, got, want)
	}
	return nil
}

// rehashBuffer is how much is read between two looks at the context.
const rehashBuffer = 1 << 20

// hashAll hashes r, which has the bytes of f, to its end.
func hashAll(ctx context.Context, r io.Reader, f File) (*digest, error) {
	sum, buf := newDigest(f), make([]byte, rehashBuffer)
	for {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		n, err := r.Read(buf)
		_, _ = sum.Write(buf[:n]) // hashes do not fail
		if err == io.EOF {
			return sum, nil
		}
		if err != nil {
			return nil, err
		}
	}
}
