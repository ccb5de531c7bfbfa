package hub

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// treeVersion is the version of Python's listing files that this package knows.
const treeVersion = 1

// treeFile is Python's file of a listing. The order of the fields is the order in the file.
type treeFile struct {
	Version int                  `json:"format_version"`
	Files   map[string]treeEntry `json:"files"`
}

type treeEntry struct {
	Size    *int64 `json:"size"`
	BlobID  string `json:"blob_id"`
	SHA256  string `json:"lfs_sha256,omitempty"`
	LFSSize *int64 `json:"lfs_size,omitempty"`
	Xet     string `json:"xet_hash,omitempty"`
}

func treeName(commit string) string { return "trees/" + commit + ".json" }

// readTree returns the cached listing of a commit. One that is damaged or of another version counts as missing: it
// can be had again.
func (s store) readTree(commit string) (listing, bool) {
	raw, err := s.read(treeName(commit), maxTree)
	if err != nil {
		return nil, false
	}
	l, err := decodeTree(raw)
	return l, err == nil
}

// lists reports whether there is a listing of a commit.
func (s store) lists(commit string) bool {
	fi, err := os.Stat(filepath.Join(s.dir, filepath.FromSlash(treeName(commit))))
	return err == nil && fi.Mode().IsRegular()
}

func decodeTree(raw []byte) (listing, error) {
	var t treeFile
	if err := json.Unmarshal(raw, &t); err != nil {
		return nil, err
	}
	if t.Version != treeVersion || t.Files == nil {
		return nil, fmt.Errorf("format_version %d: expected %d", t.Version, treeVersion)
	}
	out := make(listing, len(t.Files))
	for name, e := range t.Files {
		if e.Size == nil {
			return nil, fmt.Errorf("%q has no size", name)
		}
		f := File{Path: name, Size: *e.Size, GitSHA1: e.BlobID, xet: e.Xet}
		if e.SHA256 != "" {
			f.SHA256, f.GitSHA1, f.pointer = e.SHA256, "", e.BlobID
		}
		if err := f.check(); err != nil {
			return nil, err
		}
		out[name] = f
	}
	return out, nil
}

// encodeTree writes a listing as Python's json.dump(indent=1) does: sorted by path, everything beyond ASCII escaped.
func encodeTree(l listing) ([]byte, error) {
	t := treeFile{treeVersion, make(map[string]treeEntry, len(l))}
	for name, f := range l {
		e := treeEntry{Size: &f.Size, BlobID: f.GitSHA1, Xet: f.xet}
		if f.SHA256 != "" {
			e.BlobID, e.SHA256, e.LFSSize = f.pointer, f.SHA256, &f.Size
		}
		t.Files[name] = e
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(t); err != nil {
		return nil, err
	}
	return escapeNonASCII(bytes.TrimSuffix(b.Bytes(), []byte("\n"))), nil
}

// escapeNonASCII escapes what JSON allows as it is and Python escapes; outside of strings there is none of it.
func escapeNonASCII(text []byte) []byte {
	var b strings.Builder
	for len(text) > 0 {
		r, n := utf8.DecodeRune(text)
		text = text[n:]
		switch {
		case r < 0x7f:
			b.WriteByte(byte(r))
		case r > 0xffff:
			r -= 0x10000
			fmt.Fprintf(&b, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return []byte(b.String())
}
