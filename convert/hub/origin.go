package hub

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/promptmill/promptmill/convert/hub/internal/fault"
	"github.com/promptmill/promptmill/convert/hub/internal/span"
	"github.com/promptmill/promptmill/convert/hub/internal/wire"
)

// origin is where the bytes of one file come from. The Hub answers with a signed link to its storage; the origin keeps
// that link, so that the ranges of a file cost one request of the Hub's quota between them, and asks for another when
// the storage says that it has expired. It is safe for concurrent use.
type origin struct {
	c    *Client
	req  request // at the Hub, for the whole file
	file File

	asking chan struct{} // holds one: who asks the Hub

	mu     sync.Mutex
	link   *url.URL // to the storage; nil when the Hub has to be asked
	direct bool     // the Hub itself has the bytes
}

func (c *Client) origin(d *Dataset, f File) *origin {
	u := c.path("datasets/"+d.Ref.Repo+"/resolve/"+d.Commit, strings.Split(f.Path, "/")...)
	op := fmt.Sprintf("download %s: %s", d.Ref.Repo, fault.Printable(f.Path, 200))
	return &origin{c: c, req: request{op: op, repo: d.Ref.Repo, url: u}, file: f, asking: make(chan struct{}, 1)}
}

// body is an answer with bytes of a file.
type body struct {
	io.ReadCloser
	bytes span.Span // of the file
	from  *url.URL  // for errors
}

// get asks once for a part of the file, which must not be empty. The answer begins where it was asked to, or, when the
// server does not know ranges, at the start of the file. Errors worth another try say so.
func (o *origin) get(ctx context.Context, part span.Span) (*body, error) {
	link, done, err := o.place(ctx)
	if err != nil {
		return nil, err
	}
	b, err := o.getAt(ctx, link, part)
	if link != nil && isRefused(err) {
		o.forget(link)
		if expired(err) || unreached(err) {
			done()
			return o.get(ctx, part)
		}
	}
	done()
	return b, err
}

// place returns the link to ask, or nil for the Hub: then the caller alone asks it until done, and others wait for the
// link that it gets.
func (o *origin) place(ctx context.Context) (link *url.URL, done func(), err error) {
	if link, direct := o.known(); link != nil || direct {
		return link, func() {}, nil
	}
	select {
	case o.asking <- struct{}{}:
	case <-ctx.Done():
		return nil, nil, context.Cause(ctx)
	}
	if link, direct := o.known(); link != nil || direct {
		<-o.asking
		return link, func() {}, nil
	}
	return nil, func() { <-o.asking }, nil
}

// getAt asks for a part at link, or at the Hub, whose answer leads to a link to remember.
func (o *origin) getAt(ctx context.Context, link *url.URL, part span.Span) (*body, error) {
	r := o.req
	if part != span.Of(0, o.file.Size) {
		r.bytes = part
	}
	if link != nil {
		r.url = link
	}
	resp, err := o.c.follow(ctx, r)
	if err != nil {
		return nil, err
	}
	if link == nil {
		o.remember(resp.Request.URL)
	}
	b, err := o.check(resp, part)
	if err != nil {
		return nil, errors.Join(err, resp.Body.Close())
	}
	return b, nil
}

// isRefused reports whether err is a storage's answer other than data, or that nobody listens there.
func isRefused(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Status >= http.StatusBadRequest || unreached(err)
}

// expired reports whether err is a storage's way to say that its link is too old.
func expired(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && slices.Contains([]int{
		http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusGone,
	}, e.Status)
}

// unreached reports whether err is that nobody listens at an address: the Hub may know of another.
func unreached(err error) bool {
	op, ok := errors.AsType[*net.OpError](err)
	return ok && op.Op == "dial"
}

// known returns the link, and whether none is needed because the Hub itself has the bytes.
func (o *origin) known() (link *url.URL, direct bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.link, o.direct
}

// remember takes where the bytes came from when the Hub was asked.
func (o *origin) remember(at *url.URL) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.direct = o.c.ours(at); !o.direct {
		o.link = at
	}
}

// forget drops a link unless another request has renewed it.
func (o *origin) forget(link *url.URL) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.link == link {
		o.link = nil
	}
}

// check decides what the answer holds.
func (o *origin) check(resp *http.Response, part span.Span) (*body, error) {
	u := resp.Request.URL
	if enc := resp.Header.Get("Content-Encoding"); enc != "" && enc != "identity" {
		return nil, doubt(o.req.op, u, "the answer is compressed (%s) although this was ruled out", enc)
	}
	got := span.Of(0, o.file.Size)
	if resp.StatusCode == http.StatusPartialContent {
		said, total, ok := wire.ContentRange(resp.Header.Get("Content-Range"))
		if !ok || said.From != part.From || said.To > part.To || total >= 0 && total != o.file.Size {
			return nil, doubt(o.req.op, u, "asked for bytes %d-%d of %d, got %q", part.From, part.To-1, o.file.Size, resp.Header.Get("Content-Range"))
		}
		got = said
	}
	switch n := resp.ContentLength; {
	case n < 0 || n == got.Size():
		return &body{resp.Body, got, u}, nil
	case strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html"):
		return nil, doubt(o.req.op, u, "a web page came instead of the file: is a proxy or a login page in the way?")
	case resp.StatusCode == http.StatusPartialContent:
		return nil, doubt(o.req.op, u, "an answer of %d bytes that says it has bytes %d-%d", n, got.From, got.To-1)
	default:
		return nil, doubt(o.req.op, u, "the server has %d bytes, the listing says %d", n, o.file.Size)
	}
}

// all returns the whole file, which must be small, when its bytes are those that were promised. Wrong ones are fetched once
// more.
func (o *origin) all(ctx context.Context) ([]byte, error) {
	text := make([]byte, o.file.Size)
	for again := false; ; again = true {
		if err := o.readAt(ctx, text, 0); err != nil {
			return nil, err
		}
		sum := newDigest(o.file)
		_, _ = sum.Write(text) // hashes do not fail
		err := sum.check(o.file)
		switch {
		case err == nil:
			return text, nil
		case again:
			return nil, fmt.Errorf("%s: %w", o.req.op, err)
		}
		o.c.cfg.Logf("%s: %v; fetching it again", o.req.op, err)
	}
}

// stepForward is how many bytes have to come between two cuts for them not to count as tries in a row; of a small
// read, a quarter.
const stepForward = 64 << 10

// readAt fills p with the bytes of the file from off on, which must lie in the file. It tries again as all requests do;
// a server that does not know ranges is an error, because every read would cost the whole file.
func (o *origin) readAt(ctx context.Context, p []byte, off int64) error {
	tries, came, step := 0, 0, min(stepForward, (len(p)+3)/4)
	for {
		n, err := o.readOnce(ctx, p, off)
		p, off = p[n:], off+int64(n)
		if len(p) == 0 {
			return nil
		}
		if came += n; came >= step {
			tries, came = 0, 0
			if silent(err) {
				continue // it goes on from where it was cut
			}
		}
		if err := o.c.pause(ctx, err, tries); err != nil {
			return err
		}
		tries++
	}
}

// readOnce reads what one answer gives; the error says why that is less than p.
func (o *origin) readOnce(ctx context.Context, p []byte, off int64) (int, error) {
	b, err := o.get(ctx, span.Of(off, off+int64(len(p))))
	if err != nil {
		return 0, err
	}
	defer func() { _ = b.Close() }()
	if b.bytes.From != off {
		return 0, &Error{Op: o.req.op, URL: cleanURL(b.from), Message: ErrNoRanges.Error(), Err: ErrNoRanges, again: true, odd: true, Advice: "download the dataset instead: promptmill pull"}
	}
	n, err := io.ReadFull(b, p[:min(int64(len(p)), b.bytes.Size())])
	if err == nil && n < len(p) {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		err = o.c.unanswered(ctx, o.req.op, b.from, fmt.Errorf("cut after %d of %d bytes: %w", n, len(p), err))
	}
	return n, err
}
