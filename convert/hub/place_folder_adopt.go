package hub

import (
	"context"
	"errors"
	"io"
	"os"

	"github.com/promptmill/promptmill/convert/hub/internal/disk"
)

// adopt takes over a file that has no valid record but the right bytes, or copies it from the cache, as Python does.
func (p *folderPlace) adopt(ctx context.Context, f File) (bool, error) {
	if p.has(f) {
		return true, nil
	}
	files, err := p.writing()
	if err != nil {
		return false, err
	}
	if p.same(ctx, files.Root, f) {
		return true, p.record(f)
	}
	if ctx.Err() != nil {
		return false, context.Cause(ctx)
	}
	return p.copyCached(ctx, files, f)
}

// same reports whether the user's file has the bytes of f.
func (p *folderPlace) same(ctx context.Context, root *os.Root, f File) bool {
	fi, err := root.Stat(f.Path)
	if err != nil || !fi.Mode().IsRegular() || fi.Size() != f.Size {
		return false
	}
	file, err := root.Open(f.Path)
	if err != nil {
		return false
	}
	defer func() { _ = file.Close() }() // it was only read
	sum, err := hashAll(ctx, file, f)
	return err == nil && sum.check(f) == nil
}

// copyCached makes f of the bytes in the cache, if they are there and right.
func (p *folderPlace) copyCached(ctx context.Context, files disk.Folder, f File) (bool, error) {
	s := p.c.store(p.d.Ref.Repo)
	if !s.has(p.d.Commit, f) {
		return false, nil
	}
	from, err := os.Open(s.local(p.d.Commit, f))
	if err != nil {
		return false, nil // then it is downloaded
	}
	defer func() { _ = from.Close() }() // it was only read
	tmp := p.partial(f, randomTag())
	err = files.Create(tmp, tmp, 0o666, func(file *os.File) error {
		sum, err := hashAll(ctx, io.TeeReader(from, files.WriterTo(file)), f)
		if err != nil {
			return err
		}
		return sum.check(f)
	})
	switch {
	case errors.Is(err, ErrCorrupt):
		return false, nil // the cache has a wrong blob, which is not this download's concern
	case err != nil:
		return false, err
	}
	if err := p.publish(f, tmp); err != nil {
		_ = files.Root.Remove(tmp) // the first error is the one to tell
		return false, err
	}
	return true, nil
}
