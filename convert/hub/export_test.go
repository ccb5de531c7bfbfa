package hub

import (
	"context"
	"encoding/json"
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
