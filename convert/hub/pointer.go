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

// refusePointers looks for parquet files that are the pointer of git-lfs, committed as the content by somebody without
// git-lfs: the Hub serves them as they are.
func (c *Client) refusePointers(ctx context.Context, d *Dataset) error {
	for _, f := range d.Files {
		if f.SHA256 != "" || f.Size < minPointer || f.Size > maxPointer || !split.IsParquet(f.Path) {
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
			return fmt.Errorf("%s: %s: %w: a Git LFS pointer was committed instead of the parquet file; only the owner of the dataset can mend that",
				d.Ref, fault.Printable(f.Path, 200), ErrCorrupt)
		}
	}
	return nil
}
