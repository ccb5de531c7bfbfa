package hub

import (
	"context"
	"io"
)

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
