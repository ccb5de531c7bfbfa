package results

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/parquet-go/parquet-go"
)

// PartialSuffix is added to the name of a results file for as long as its run lasts.
const PartialSuffix = ".partial"

// When a checkpoint is due. A footer above footerStep bytes stretches all three, so that footers never take more
// than about that many bytes a second.
const (
	checkpointEvery = time.Second
	checkpointRows  = 5000
	checkpointBytes = 16 << 20 // of chunks and text held in memory, roughly
	footerStep      = 1 << 20
)

// A Writer writes the records of one run to a parquet file that is complete after every checkpoint: while the
// run lasts under the name path + [PartialSuffix], which [Open] and any other parquet reader can read at any
// time and after a kill, from [Writer.Close] on under path, compacted.
//
// A checkpoint happens inside [Writer.Write] and [Writer.Tick], when the last is a second old or 5,000 rows are
// waiting. Checkpoints are not fsynced: they outlive the process, and an outage of power as far as the kernel
// had written them. A Writer belongs to one goroutine. After an error of Write, Tick, Update or Checkpoint
// every further call returns that error, and the partial file keeps what the last checkpoint had.
type Writer struct {
	path string
	name string // of the file, as long as it is not closed
	run  Run
	file *growing
	enc  *parquet.GenericWriter[Record]
	buf  bytes.Buffer

	samples samples // of servers

	row      [1]Record // what enc.Write is given
	rows     int       // in enc, not yet in the file
	size     int       // of those, roughly
	stale    bool      // the file's run description is older than run
	last     time.Time // the last checkpoint
	err      error     // the first error
	finished bool      // closed or aborted
}

// Create starts a results file. It holds the run description from the start and refuses, with an error that
// wraps [fs.ErrExist], to overwrite the partial file of another run: its rows may be all that is left of it.
// A results file called path is left alone until Close replaces it.
func Create(path string, run *Run) (*Writer, error) {
	return create(path, path+PartialSuffix, run)
}

// create starts a results file that grows as name and is called path in the end.
func create(path, name string, run *Run) (*Writer, error) {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
	if errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("%s: %w: left by a run that did not close it, or in use by one; go on with bench --resume %s, or move or remove it first", name, fs.ErrExist, path)
	}
	if err != nil {
		return nil, err
	}
	w := &Writer{path: path, name: name, run: *run, last: time.Now()}
	w.enc = newEncoder(&w.buf)
	kv, err := keyValues(&w.run, true)
	if err == nil {
		err = lock(f)
	}
	if err == nil {
		w.file, err = newGrowing(f, kv)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", name, err), f.Close(), os.Remove(name))
	}
	return w, nil
}

// Write adds a record. It keeps nothing of it. Text that is not valid UTF-8 is made so, since readers of parquet
// refuse a whole file for one bad byte.
func (w *Writer) Write(r *Record) error {
	if err := w.usable(); err != nil {
		return err
	}
	w.row[0] = *r
	cleanText(&w.row[0])
	_, err := w.enc.Write(w.row[:])
	w.row[0] = Record{}
	if err != nil {
		return w.fail(err)
	}
	w.rows++
	w.size += sizeOf(r)
	return w.Tick()
}

// Tick makes a checkpoint if one is due and anything is waiting for it. Call it now and then while no records
// come, so that the last ones do not wait for the next.
func (w *Writer) Tick() error {
	if err := w.usable(); err != nil {
		return err
	}
	if w.rows == 0 && !w.stale && !w.samples.waiting() {
		return nil
	}
	step := 1 + w.file.footer/footerStep
	full := w.rows >= step*checkpointRows || w.size >= step*checkpointBytes
	if full || time.Since(w.last) >= time.Duration(step)*checkpointEvery {
		return w.Checkpoint()
	}
	return nil
}

// Update replaces the run description; the next checkpoint carries it.
func (w *Writer) Update(run *Run) error {
	if err := w.usable(); err != nil {
		return err
	}
	w.run, w.stale = *run, true
	return nil
}

// Checkpoint brings everything written so far, and the run description, into the file.
func (w *Writer) Checkpoint() error {
	if err := w.usable(); err != nil {
		return err
	}
	return w.checkpoint(true)
}

func (w *Writer) checkpoint(provisional bool) error {
	kv, err := keyValues(&w.run, provisional)
	if err != nil {
		return w.fail(err)
	}
	var segment []byte
	if w.rows > 0 {
		if err := w.enc.Close(); err != nil {
			return w.fail(err)
		}
		segment = w.buf.Bytes()
	}
	if err := w.file.append(segment, w.samples.take(), kv); err != nil {
		return w.fail(err)
	}
	if w.rows > 0 {
		w.buf.Reset()
		w.enc = newEncoder(&w.buf)
	}
	w.rows, w.size, w.stale, w.last = 0, 0, false, time.Now()
	return nil
}

// Abort removes the file. After Close it does nothing, also when Close could not finish.
func (w *Writer) Abort() error {
	if w.finished {
		return nil
	}
	w.finished = true
	return errors.Join(w.file.f.Close(), os.Remove(w.name))
}

func (w *Writer) usable() error {
	if w.err == nil && w.finished {
		return fmt.Errorf("%s: %w", w.path, fs.ErrClosed)
	}
	return w.err
}

// fail makes err the answer to every further call.
func (w *Writer) fail(err error) error {
	w.err = fmt.Errorf("%s: %w", w.name, err)
	return w.err
}

// sizeOf is about what r takes in memory while it waits for a checkpoint.
func sizeOf(r *Record) int {
	n := 512 + 8*len(r.ChunkNS) + 4*len(r.ChunkTokens) + len(r.ErrorMessage)
	for _, s := range []*string{r.ErrorBody, r.ResponseText, r.Expected} {
		if s != nil {
			n += len(*s)
		}
	}
	return n
}

// cleanText makes every string of r valid UTF-8.
func cleanText(r *Record) {
	for _, s := range []*string{
		&r.Run, &r.Strategy, &r.Model, &r.Target, &r.RequestID, &r.PromptSHA256, &r.TimeSource, &r.TokenSource,
		&r.Status, &r.ErrorKind, &r.ErrorMessage, &r.FinishReason,
	} {
		*s = strings.ToValidUTF8(*s, "\uFFFD")
	}
	if r.ErrorBody != nil && len(*r.ErrorBody) > ErrorBodyLimit {
		r.ErrorBody = new((*r.ErrorBody)[:ErrorBodyLimit])
	}
	for _, p := range []**string{&r.ErrorBody, &r.ResponseText, &r.Expected} {
		if *p != nil {
			*p = new(strings.ToValidUTF8(**p, "\uFFFD"))
		}
	}
}
