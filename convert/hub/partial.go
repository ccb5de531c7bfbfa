package hub

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"

	"github.com/promptmill/promptmill/convert/hub/internal/fill"
)

// The tags of unfinished files, which are always eight hex digits: "prom" for the bytes, "jour" for the journal and
// "wron" for bytes with the wrong hash.
const (
	dataTag    = "70726f6d"
	journalTag = "6a6f7572"
	wrongTag   = "77726f6e"
)

// partial is an unfinished file in a place.
type partial struct {
	place   place
	file    File
	name    string
	notes   string // name of the journal; "" when there is none
	data    *os.File
	journal *fill.Journal
	there   []bool // blocks that an earlier run has brought
}

// openPartial opens what an earlier run has left of f, or begins it. When others may be at the same file, it begins one
// that nobody else knows.
func openPartial(p place, f File, shared bool) (*partial, error) {
	part := &partial{place: p, file: f, name: p.partial(f, dataTag), notes: p.partial(f, journalTag)}
	if shared {
		part.name, part.notes = p.partial(f, randomTag()), ""
	}
	if f.Size < resumeOver {
		part.notes = ""
	}
	flag := os.O_RDWR | os.O_CREATE
	if part.notes == "" {
		flag |= os.O_TRUNC
	}
	var err error
	if part.data, err = p.root().OpenFile(part.name, flag, 0o666); err != nil {
		return nil, part.error(err)
	}
	if part.notes != "" {
		if part.journal, part.there, err = fill.OpenJournal(p.root(), part.notes, f.etag(), f.Size, part.data); err != nil {
			return nil, part.error(errors.Join(err, part.data.Close()))
		}
	}
	return part, nil
}

func randomTag() string { return fmt.Sprintf("%08x", rand.Uint32()) }

// close ends the writing and leaves the bytes for another run, or takes them away if there are none worth keeping.
func (p *partial) close(keep bool) error {
	err := p.shut()
	if keep && p.journal != nil {
		return err
	}
	return errors.Join(err, p.remove(p.name), p.remove(p.notes))
}

// shut closes the files that are still open.
func (p *partial) shut() error {
	err := p.data.Close()
	if p.journal != nil {
		err = errors.Join(err, p.journal.Close())
	}
	if errors.Is(err, os.ErrClosed) {
		return nil
	}
	return err
}

// publish makes the bytes appear as the file. They are synced first. What cannot be published stays for another run.
func (p *partial) publish() error {
	err := errors.Join(p.data.Sync(), p.shut())
	if err == nil {
		err = p.place.publish(p.file, p.name)
	}
	if err != nil {
		return p.error(errors.Join(err, p.close(true)))
	}
	return p.remove(p.notes)
}

// setAside keeps bytes that are not the file under a name that nobody resumes or reads, and returns where. Those of an
// earlier run are replaced.
func (p *partial) setAside() (string, error) {
	err := p.shut()
	aside := p.place.partial(p.file, wrongTag)
	err = errors.Join(err, p.place.root().Rename(p.name, aside), p.remove(p.notes))
	return filepath.Join(p.place.root().Name(), filepath.FromSlash(aside)), err
}

// remove removes one of the files, if it is there.
func (p *partial) remove(name string) error {
	if name == "" {
		return nil
	}
	if err := p.place.root().Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// error names the folder and the way out of the commonest trouble with it.
func (p *partial) error(err error) error {
	return diskError(p.place.root().Name(), "HF_HUB_CACHE or --local-dir chooses another folder", err)
}
