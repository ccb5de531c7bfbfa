package hub

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/promptmill/promptmill/convert/hub/internal/fault"
	"github.com/promptmill/promptmill/convert/hub/internal/split"
)

// pointerStart is how the text begins that git-lfs puts in the place of a large file.
const pointerStart = "version https://git-lfs.github.com/spec/"

// The bytes that such a text has. No parquet file of any use is that short.
const (
	minPointer = 100
	maxPointer = 250
)

// refusePointers looks for parquet files that are the pointer of git-lfs, committed or uploaded as the content by
// somebody without git-lfs: the Hub serves them as they are, from git or from its large-file storage, with a hash that
// is right.
func (c *Client) refusePointers(ctx context.Context, d *Dataset) error {
	for _, f := range d.Files {
		if f.Size < minPointer || f.Size > maxPointer || !split.IsParquet(f.Path) {
			continue
		}
		text, err := c.readDoc(ctx, c.store(d.Ref.Repo), d, f)
		if errors.Is(err, ErrOffline) {
			continue
		}
		if err != nil {
			return err
		}
		delete(d.docs, f.Path) // it is data, and belongs to the download
		if bytes.HasPrefix(text, []byte(pointerStart)) {
			return fmt.Errorf("%s: %s: %w: this is a Git LFS pointer, which was committed instead of the parquet file: tell the owner of the dataset",
				d.Ref, fault.Printable(f.Path, 200), ErrCorrupt)
		}
	}
	return nil
}
