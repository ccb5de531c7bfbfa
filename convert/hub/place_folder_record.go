package hub

import (
	"fmt"
	"io/fs"
	"math"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/promptmill/promptmill/convert/hub/internal/disk"
)

// record is Python's note of what a file in a user's folder was when it was downloaded.
type record struct {
	commit string
	etag   string
	at     float64 // seconds since 1970
}

// maxRecord bounds a record; a real one has less than 150 bytes.
const maxRecord = 4 << 10

func recordName(f File) string { return notesDir + "/download/" + f.Path + ".metadata" }

// newRecord notes that the file described by fi is f. Clocks of file servers may be ahead of ours.
func newRecord(commit string, f File, fi fs.FileInfo) record {
	return record{commit, f.etag(), max(unixSeconds(time.Now()), unixSeconds(fi.ModTime()))}
}

func unixSeconds(t time.Time) float64 { return float64(t.UnixNano()) / 1e9 }

// readRecord returns the record of f and what the file is like now.
func readRecord(root *os.Root, f File) (record, fs.FileInfo, error) {
	fi, err := root.Stat(f.Path)
	if err != nil {
		return record{}, nil, err
	}
	raw, err := disk.Read(root, recordName(f), maxRecord)
	if err != nil {
		return record{}, nil, err
	}
	r, err := decodeRecord(string(raw))
	return r, fi, err
}

// covers reports whether the file is what it was when the record was made. File systems may keep time to the second.
func (r record) covers(fi fs.FileInfo) bool {
	return fi.Mode().IsRegular() && unixSeconds(fi.ModTime())-1 <= r.at
}

// describes reports whether the record says that the file is f.
func (r record) describes(fi fs.FileInfo, f File) bool {
	return r.etag == f.etag() && r.covers(fi) && fi.Size() == f.Size
}

// isUsers reports whether there is a file under the name of f that no download has left as it is.
func isUsers(root *os.Root, f File) bool {
	if _, err := root.Lstat(f.Path); err != nil {
		return false
	}
	r, fi, err := readRecord(root, f)
	return err != nil || !r.covers(fi)
}

// encode writes the number as Python does: the shortest one that reads back the same, with a point.
func (r record) encode() []byte {
	at := strconv.FormatFloat(r.at, 'f', -1, 64)
	if !strings.Contains(at, ".") {
		at += ".0"
	}
	return fmt.Appendf(nil, "%s\n%s\n%s\n", r.commit, r.etag, at)
}

func decodeRecord(text string) (record, error) {
	lines := strings.SplitN(text, "\n", 4)
	if len(lines) < 3 {
		return record{}, fmt.Errorf("record: %w: %d lines, expected 3", ErrCorrupt, len(lines))
	}
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	at, err := strconv.ParseFloat(lines[2], 64)
	if err != nil || math.IsNaN(at) || math.IsInf(at, 0) {
		return record{}, fmt.Errorf("record: %w: no time", ErrCorrupt)
	}
	return record{lines[0], lines[1], at}, nil
}
