package hub

import (
	"context"
	"encoding/json"
	"path/filepath"
	"strings"
	"time"
)

// SetSleep replaces the waiting between tries, and takes the chance out of it.
func (c *Client) SetSleep(sleep func(context.Context, time.Duration) error) {
	c.sleep = sleep
	c.jitter = func() float64 { return 0.5 }
}

var (
	EncodeTree   = encodeTree
	DecodeTree   = decodeTree
	DiskErrorOf  = diskError
	DecodeRecord = decodeRecord
)

// RecordText returns what a record is written as, and what it says.
func RecordText(r record) (text, commit, etag string, at float64) {
	return string(r.encode()), r.commit, r.etag, r.at
}

// Needs returns the files of d that still take room in the cache, or in dir unless that is "".
func (c *Client) Needs(d *Dataset, dir string) (names []string, err error) {
	p, err := c.cachePlace(d)
	if dir != "" {
		p, err = c.folderPlace(d, dir)
	}
	if err != nil {
		return nil, err
	}
	for _, f := range d.Files {
		if p.needs(f) {
			names = append(names, f.Path)
		}
	}
	return names, p.close(false)
}

// PartialIn returns the name of the unfinished first file of d in dir, up to its tag.
func (c *Client) PartialIn(d *Dataset, dir string) (string, error) {
	p, err := c.folderPlace(d, dir)
	if err != nil {
		return "", err
	}
	name := strings.TrimSuffix(p.partial(d.Files[0], dataTag), "."+dataTag+".incomplete")
	return filepath.Join(dir, filepath.FromSlash(name)), p.close(false)
}

// SnapshotFolders returns the folders that are synced before a revision points to d.
func SnapshotFolders(d *Dataset) []string { return snapshotFolders(d) }

// PartLinks is what an upload action of a Hub means for a file of total bytes: the bytes of a part, or 0 for one
// piece, and the links of the parts.
func PartLinks(action []byte, total int64) (size int64, links []string, err error) {
	var a lfsAction
	if err := json.Unmarshal(action, &a); err != nil {
		return 0, nil, err
	}
	if size, err = a.partSize(); err != nil || size == 0 {
		return 0, nil, err
	}
	links, err = a.partLinks(total, size)
	return size, links, err
}
