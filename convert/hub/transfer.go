package hub

import (
	"bytes"
	"context"
	"crypto/sha1" // git's hash; the Hub gives no other for small files
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
)

// sink is where the bytes of a file go.
type sink interface {
	io.Writer
	Restart() error // forget everything written
}

// buffer is a sink in memory.
type buffer struct{ bytes.Buffer }

func (b *buffer) Restart() error { b.Reset(); return nil }

// fileSink is a sink on disk.
type fileSink struct{ *os.File }

func (f fileSink) Restart() error {
	if err := f.Truncate(0); err != nil {
		return err
	}
	_, err := f.Seek(0, io.SeekStart)
	return err
}

// transfer brings the bytes of one file to a sink and proves that they are the right ones.
type transfer struct {
	c      *Client
	req    request
	file   File
	sink   sink
	report func(delta int64) // nil: nobody asks
	sum    *digest
	n      int64 // bytes in the sink
}

func (c *Client) transfer(d *Dataset, f File, to sink, report func(int64)) *transfer {
	if report == nil {
		report = func(int64) {}
	}
	u := c.path("datasets/"+d.Ref.Repo+"/resolve/"+d.Commit, strings.Split(f.Path, "/")...)
	op := fmt.Sprintf("download %s: %s", d.Ref.Repo, printable(f.Path, 200))
	return &transfer{c: c, req: request{op: op, repo: d.Ref.Repo, url: u}, file: f, sink: to, report: report, sum: newDigest(f)}
}

// run returns the sha256 of the file, all of which is in the sink then. After a cut it goes on where it stopped, by
// asking the Hub again: the link to the storage may have expired. It gives up when several tries in a row bring it no
// further than it has been, or when the whole file has the wrong hash twice.
func (t *transfer) run(ctx context.Context) (string, error) {
	wrong, tries, best := 0, 0, int64(0)
	for {
		err := t.attempt(ctx)
		if err == nil {
			if err = t.sum.check(t.file); err == nil {
				return t.sum.sha256(), nil
			}
			if wrong++; wrong > 1 {
				return "", fmt.Errorf("%s: %w", t.req.op, err)
			}
			if err := t.restart(); err != nil {
				return "", err
			}
			t.c.cfg.Logf("%s: %v; fetching it again", t.req.op, err)
			best = 0
			continue
		}
		if t.n > best {
			tries, best = 0, t.n
		}
		if err := t.c.pause(ctx, err, tries); err != nil {
			return "", err
		}
		tries++
	}
}

// attempt makes one request for what is missing. It returns nil when nothing is.
func (t *transfer) attempt(ctx context.Context) error {
	if t.n == t.file.Size {
		return nil
	}
	t.req.start = t.n
	resp, err := t.c.follow(ctx, t.req)
	if err != nil {
		return t.afterRefusal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if err := t.align(resp); err != nil {
		return err
	}
	return t.copy(ctx, resp)
}

// afterRefusal starts the file again when the server says that there is nothing where it should go on.
func (t *transfer) afterRefusal(err error) error {
	e, ok := errors.AsType[*Error](err)
	if ok && e.Status == http.StatusRequestedRangeNotSatisfiable && t.n > 0 {
		if err := t.restart(); err != nil {
			return err
		}
		e.again = true
	}
	return err
}

// align makes the sink end where the body of resp starts.
func (t *transfer) align(resp *http.Response) error {
	u := resp.Request.URL
	if enc := resp.Header.Get("Content-Encoding"); enc != "" && enc != "identity" {
		return distrust(t.req.op, u, "the answer is compressed (%s) although this was ruled out", enc)
	}
	from := int64(0)
	if resp.StatusCode == http.StatusPartialContent {
		var total int64
		var ok bool
		from, total, ok = contentRange(resp.Header.Get("Content-Range"))
		if !ok || from != t.n || total >= 0 && total != t.file.Size {
			return distrust(t.req.op, u, "asked for bytes %d- of %d, got %q", t.n, t.file.Size, resp.Header.Get("Content-Range"))
		}
	}
	if n := resp.ContentLength; n >= 0 && n != t.file.Size-from {
		return distrust(t.req.op, u, "the server has %d bytes, the listing says %d", from+n, t.file.Size)
	}
	if from < t.n {
		return t.restart()
	}
	return nil
}

// copy appends the body to the sink, never more than the listed size.
func (t *transfer) copy(ctx context.Context, resp *http.Response) error {
	buf := make([]byte, 128<<10)
	for {
		n, err := resp.Body.Read(buf)
		if t.n+int64(n) > t.file.Size {
			return distrust(t.req.op, resp.Request.URL, "more than the listed %d bytes", t.file.Size)
		}
		if werr := t.write(buf[:n]); werr != nil {
			return werr
		}
		if ctx.Err() != nil { // net/http notices only when it next has to wait
			return context.Cause(ctx)
		}
		switch {
		case err == nil:
			continue
		case !errors.Is(err, io.EOF) || t.n < t.file.Size:
			err = fmt.Errorf("cut after %d of %d bytes: %w", t.n, t.file.Size, err)
			return t.c.unanswered(ctx, t.req.op, resp.Request.URL, err)
		}
		return nil
	}
}

func (t *transfer) write(p []byte) error {
	if _, err := t.sink.Write(p); err != nil {
		return fmt.Errorf("%s: %w", t.req.op, err)
	}
	_, _ = t.sum.Write(p) // hashes do not fail
	t.n += int64(len(p))
	t.report(int64(len(p)))
	return nil
}

func (t *transfer) restart() error {
	if err := t.sink.Restart(); err != nil {
		return fmt.Errorf("%s: %w", t.req.op, err)
	}
	t.report(-t.n)
	t.n, t.sum = 0, newDigest(t.file)
	return nil
}

// contentRange reads "bytes 5-9/10"; total is -1 for "*".
func contentRange(s string) (from, total int64, ok bool) {
	s, ok = strings.CutPrefix(s, "bytes ")
	span, all, ok2 := strings.Cut(s, "/")
	a, b, ok3 := strings.Cut(span, "-")
	from, err := strconv.ParseInt(a, 10, 64)
	to, err2 := strconv.ParseInt(b, 10, 64)
	if !ok || !ok2 || !ok3 || err != nil || err2 != nil || from < 0 || to < from {
		return 0, 0, false
	}
	if all == "*" {
		return from, -1, true
	}
	total, err = strconv.ParseInt(all, 10, 64)
	return from, total, err == nil && total > to
}

// digest hashes a file both ways at once: sha256 for the manifest, and what the Hub promises.
type digest struct {
	content hash.Hash
	git     hash.Hash // nil unless the Hub promises a git hash
}

func newDigest(f File) *digest {
	d := &digest{content: sha256.New()}
	if f.SHA256 == "" {
		d.git = sha1.New()
		fmt.Fprintf(d.git, "blob %d\x00", f.Size)
	}
	return d
}

func (d *digest) Write(p []byte) (int, error) {
	d.content.Write(p)
	if d.git != nil {
		d.git.Write(p)
	}
	return len(p), nil
}

func (d *digest) sha256() string { return hex.EncodeToString(d.content.Sum(nil)) }

// check compares with what the Hub promises.
func (d *digest) check(f File) error {
	want, got, kind := f.SHA256, d.sha256(), "sha256"
	if d.git != nil {
		want, got, kind = f.GitSHA1, hex.EncodeToString(d.git.Sum(nil)), "git sha1"
	}
	if want != got {
		return fmt.Errorf("%w: the %s is %s, the Hub's listing promises %s", ErrCorrupt, kind, got, want)
	}
	return nil
}
