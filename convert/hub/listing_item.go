package hub

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"runtime"
	"strings"
)

// Bounds on a name, which are those of the file systems that it has to fit. Git and the Hub have none of their own.
const (
	maxPath = 4096 // bytes
	maxName = 255  // bytes of each part
)

// maxPage bounds the entries of one page, of which the Hub sends 1000.
const maxPage = 1 << 20

// listingError is a listing that cannot be true, whoever asks again.
type listingError string

func (e listingError) Error() string { return string(e) }

func untrue(format string, args ...any) error { return listingError(fmt.Sprintf(format, args...)) }

// treeItem is one entry of the Hub's tree. The sizes are pointers because a size that is null is none.
type treeItem struct {
	Type string `json:"type"`
	OID  string `json:"oid"`
	Size *int64 `json:"size"`
	Path string `json:"path"`
	LFS  *struct {
		OID  string `json:"oid"`
		Size *int64 `json:"size"`
	} `json:"lfs"`
	Xet string `json:"xetHash"`
}

// file checks an entry. A name that could lead out of a folder, or a hash that could, condemns the whole
// listing: git cannot hold such names, so whoever sent it is not a Hub.
func (t treeItem) file() (File, error) {
	f, size := File{Path: t.Path, GitSHA1: t.OID}, t.Size
	if t.LFS != nil {
		f, size = File{Path: t.Path, SHA256: t.LFS.OID, pointer: t.OID}, t.LFS.Size
	}
	if size == nil {
		return File{}, untrue("the listing gives %q no size", shortName(t.Path))
	}
	f.Size = *size
	if sha256RE.MatchString(t.Xet) {
		f.xet = t.Xet
	}
	return f, f.check()
}

func (f File) check() error {
	fault := nameFault(f.Path, runtime.GOOS == "windows")
	switch {
	case fault != "":
		return untrue("the listing names %q, %s", shortName(f.Path), fault)
	case f.Size < 0 || f.Size > maxFile:
		return untrue("the listing gives %q a size of %d bytes", shortName(f.Path), f.Size)
	case f.SHA256 != "" && !sha256RE.MatchString(f.SHA256),
		f.SHA256 == "" && !commitRE.MatchString(f.GitSHA1),
		f.pointer != "" && !commitRE.MatchString(f.pointer):
		return untrue("the listing gives %q no usable hash", shortName(f.Path))
	}
	return nil
}

// nameFault says what is wrong with a path in a repository, or "". Beyond what git refuses, those are names that no file
// here can have, and those with which a list of one path on each line lies. Everything else is somebody's dataset.
func nameFault(path string, windows bool) string {
	switch {
	case len(path) > maxPath:
		return fmt.Sprintf("which has %d bytes: at most %d fit a file system", len(path), maxPath)
	case path == "." || !fs.ValidPath(path):
		return "which leads out of the dataset"
	case strings.ContainsFunc(path, func(r rune) bool { return r < ' ' }): // DEL and C1 are in names that were decoded wrongly
		return "which has a control character"
	case windows && strings.Contains(path, `\`):
		return `which has a backslash: Windows takes it for a folder`
	}
	for part := range strings.SplitSeq(path, "/") {
		if len(part) > maxName {
			return fmt.Sprintf("of which a part has %d bytes: at most %d fit a file system", len(part), maxName)
		}
	}
	return ""
}

// shortName cuts a name for a message.
func shortName(s string) string {
	if len(s) > maxName {
		return strings.ToValidUTF8(s[:maxName], "") + "..."
	}
	return s
}

// page is one page of a listing.
type page struct {
	files   []File
	folders []string
}

// readPage decodes a page entry by entry: what one takes in memory has no relation to what it takes in JSON.
func readPage(r io.Reader) (p page, err error) {
	dec := json.NewDecoder(r)
	if start, err := dec.Token(); err != nil || start != json.Delim('[') {
		return page{}, errors.Join(errors.New("not a list"), err)
	}
	for n := 0; dec.More(); n++ {
		if n == maxPage {
			return page{}, untrue("a page of the listing has more than %d entries", maxPage)
		}
		var t treeItem
		if err := dec.Decode(&t); err != nil {
			return page{}, err
		}
		if err := p.add(t); err != nil {
			return page{}, err
		}
	}
	if _, err := dec.Token(); err != nil {
		return page{}, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return page{}, errors.Join(errors.New("more than a list"), err)
	}
	return p, nil
}

func (p *page) add(t treeItem) error {
	switch t.Type {
	case "file":
		f, err := t.file()
		if err != nil {
			return err
		}
		p.files = append(p.files, f)
	case "directory":
		if len(t.Path) > maxPath {
			return untrue("the listing names the folder %q, which has %d bytes", shortName(t.Path), len(t.Path))
		}
		p.folders = append(p.folders, t.Path)
	}
	return nil
}
