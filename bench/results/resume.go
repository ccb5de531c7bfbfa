package results

import (
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
)

// resumingSuffix is the name under which a file is begun that takes over from another.
const resumingSuffix = ".resuming"

// ErrInUse reports a partial file that a run is still writing.
var ErrInUse = errors.New("still being written by a run")

// Resumable opens what a run left behind that is to go on: its partial file where there is one, else the file that
// it closed. The file is the caller's alone until it is closed. Errors are those of [Open], or wrap [ErrInUse].
func Resumable(path string) (*File, error) {
	name := path
	if info, err := os.Stat(path + PartialSuffix); err == nil && info.Mode().IsRegular() {
		name += PartialSuffix
	}
	f, err := Open(name)
	if err != nil {
		return nil, err
	}
	if err := lock(f.f); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", f.name, err), f.Close())
	}
	return f, nil
}

// Continue starts a results file at path, as [Create] does, with the records of old that keep wants, and with what old
// has of servers. Where old is the file at path, or its partial file, the new one takes its place in one step, when
// all that it keeps is on the disk. If keep leaves records out, old stays under the name that is returned as aside.
func Continue(path string, old *File, run *Run, keep func(*Record) bool) (w *Writer, aside string, err error) {
	partial := path + PartialSuffix
	inPlace := sameFile(old.name, path) || sameFile(old.name, partial)
	name := partial
	if inPlace {
		name += resumingSuffix
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) { // of an attempt that was killed
			return nil, "", err
		}
	}
	w, err = create(path, name, run)
	if err != nil {
		return nil, "", err
	}
	dropped, err := w.copyFrom(old, keep)
	if err == nil && inPlace {
		aside, err = w.replace(old, dropped)
	}
	if err != nil {
		return nil, "", errors.Join(err, w.Abort())
	}
	return w, aside, nil
}

// copyFrom writes the records of old that keep wants, and makes them last. It returns how many it left out.
func (w *Writer) copyFrom(old *File, keep func(*Record) bool) (dropped int, err error) {
	for r, err := range old.Records() {
		if err != nil {
			return 0, err
		}
		if !keep(r) {
			dropped++
			continue
		}
		if err := w.Write(r); err != nil {
			return 0, err
		}
	}
	for s := range samplesOf(old.Run.ServerMetrics) {
		if err := w.AddServerSample(&s); err != nil {
			return 0, err
		}
	}
	return dropped, errors.Join(w.Checkpoint(), w.file.f.Sync())
}

// replace gives the file, begun under another name, that of a partial one. It sets old aside where records of it were
// dropped.
func (w *Writer) replace(old *File, dropped int) (aside string, err error) {
	if dropped > 0 {
		if aside, err = setAside(old.name, w.path); err != nil {
			return "", err
		}
	}
	partial := w.path + PartialSuffix
	if err := os.Rename(w.name, partial); err != nil {
		return "", err
	}
	w.name = partial
	if sameFile(old.name, w.path) { // its records are in the partial file now, and a reader should find that
		err = os.Remove(w.path)
	}
	if err = errors.Join(err, syncDir(filepath.Dir(w.path))); err != nil {
		w.finished = true // what has the records of old now may be all that has them: it is not to be aborted
		err = errors.Join(err, w.file.f.Close())
	}
	return aside, err
}

// setAside gives the file called name a second name, next to path, that is free.
func setAside(name, path string) (aside string, err error) {
	ext := filepath.Ext(path)
	for n := 1; ; n++ {
		aside = fmt.Sprintf("%s.unfinished-%d%s", path[:len(path)-len(ext)], n, ext)
		if err := os.Link(name, aside); !errors.Is(err, fs.ErrExist) {
			return aside, err
		}
	}
}

// sameFile reports whether two names are of one file that exists.
func sameFile(a, b string) bool {
	x, err1 := os.Stat(a)
	y, err2 := os.Stat(b)
	return err1 == nil && err2 == nil && os.SameFile(x, y)
}

// samplesOf yields what was added up in all, one moment of one server after the other.
func samplesOf(all []ServerMetrics) iter.Seq[ServerSample] {
	return func(yield func(ServerSample) bool) {
		for i := range all {
			m := &all[i]
			for at := range m.AtNS {
				if !yield(m.sample(at)) {
					return
				}
			}
		}
	}
}

// sample is what the server said at the moment of that index.
func (m *ServerMetrics) sample(at int) ServerSample {
	s := ServerSample{Target: m.Target, Server: m.Server, AtNS: m.AtNS[at]}
	for i := range m.Series {
		if v := m.Series[i].Values; at < len(v) && v[at] == v[at] { // no NaN
			s.Values = append(s.Values, ServerValue{Name: m.Series[i].Name, Raw: m.Series[i].Raw, Value: v[at]})
		}
	}
	return s
}
