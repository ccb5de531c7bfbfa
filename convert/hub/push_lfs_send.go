package hub

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/promptmill/promptmill/convert/hub/internal/fault"
	"github.com/promptmill/promptmill/convert/hub/internal/span"
)

// Limits on what a server may make of an upload.
const (
	maxParts = 10_000 // of one object
	maxLinks = 3      // how often an object's links may expire while it is sent
)

// sendObject sends one file. When its links have expired, or the storage has lost it, it asks for other links.
func (j *pushing) sendObject(ctx context.Context, o *lfsObject) error {
	for tries := 0; ; tries++ {
		err := j.trySendObject(ctx, o)
		if !needsLinks(err) || tries >= maxLinks {
			return err
		}
		if err := j.c.pause(ctx, err, tries); err != nil {
			return err
		}
		for _, g := range o.gauges { // it starts from the beginning
			g.finish(0)
		}
		again, err := j.batch(ctx, []*local{o.local})
		if err != nil || len(again) == 0 {
			return err
		}
		o.upload, o.verify = again[0].upload, again[0].verify
	}
}

// needsLinks reports whether an upload may work with other links: the storage refuses these, or the Hub, asked whether
// everything has arrived, knows of nothing.
func needsLinks(err error) bool {
	e, ok := errors.AsType[*Error](err)
	if !ok || !expired(err) || !errors.Is(e.Err, ErrUnavailable) && e.Status != http.StatusNotFound {
		return false
	}
	e.again = true
	return true
}

func (j *pushing) trySendObject(ctx context.Context, o *lfsObject) error {
	s := sending{op: fmt.Sprintf("upload %s: %s", j.repo, fault.Printable(o.local.RepoPath, 200)), repo: j.repo, method: http.MethodPut}
	size, err := o.upload.partSize()
	if err != nil {
		return distrust(s.op, j.c.endpoint, "%v", err)
	}
	if size == 0 {
		if s.url, err = j.c.target(s.op, o.upload.Href); err == nil {
			_, err = j.put(ctx, s, o, span.Of(0, o.local.file.Size))
		}
	} else {
		err = j.sendParts(ctx, s, o, size)
	}
	if err != nil || o.verify == nil {
		return err
	}
	if s.url, err = j.c.target(s.op, o.verify.Href); err != nil {
		return err
	}
	return j.c.post(ctx, s, map[string]any{"oid": o.local.sha256, "size": o.local.file.Size}, nil)
}

// put sends a part of the file to s.url and returns what the storage calls it.
func (j *pushing) put(ctx context.Context, s sending, o *lfsObject, bytes span.Span) (etag string, err error) {
	g := &gauge{meter: o.meter}
	o.gauges = append(o.gauges, g)
	s.body, s.read = part{o.local, bytes}, g.at
	h, err := j.c.send(ctx, s, nil)
	if err != nil {
		return "", err
	}
	g.finish(bytes.Size())
	o.local.sent += bytes.Size()
	return h.Get("ETag"), nil
}

// sendParts sends the file piece by piece, then has the Hub join them.
func (j *pushing) sendParts(ctx context.Context, s sending, o *lfsObject, size int64) error {
	links, err := o.upload.partLinks(o.local.file.Size, size)
	if err != nil {
		return distrust(s.op, j.c.endpoint, "%v", err)
	}
	type partName struct {
		Number int    `json:"partNumber"`
		ETag   string `json:"etag"`
	}
	var names []partName
	for i, link := range links {
		from := int64(i) * size
		if s.url, err = j.c.target(s.op, link); err != nil {
			return err
		}
		etag, err := j.put(ctx, s, o, span.Of(from, min(from+size, o.local.file.Size)))
		if err != nil {
			return err
		}
		if etag == "" {
			return s.distrust("the storage gave part %d no name", i+1)
		}
		names = append(names, partName{i + 1, etag})
	}
	if s.url, err = j.c.target(s.op, o.upload.Href); err != nil {
		return err
	}
	s.kind = lfsMediaType
	return j.c.post(ctx, s, map[string]any{"oid": o.local.sha256, "parts": names}, nil)
}

// partSize returns the bytes of a part, or 0 for a file that goes in one piece.
func (a lfsAction) partSize() (int64, error) {
	raw, ok := a.Header["chunk_size"]
	if !ok || raw == nil {
		return 0, nil
	}
	n, err := strconv.ParseInt(fmt.Sprint(raw), 10, 64)
	if f, isNumber := raw.(float64); isNumber {
		n, err = int64(f), nil
	}
	if err != nil || n <= 0 {
		return 0, fmt.Errorf("the Hub wants parts of %.40q bytes", fmt.Sprint(raw))
	}
	return n, nil
}

// partLinks returns the link of each part, in order.
func (a lfsAction) partLinks(total, size int64) ([]string, error) {
	byNumber := map[int]string{}
	for key, link := range a.Header {
		n, err := strconv.Atoi(key)
		if s, ok := link.(string); ok && err == nil {
			byNumber[n] = s
		}
	}
	want := (total-1)/size + 1
	numbers := slices.Sorted(maps.Keys(byNumber))
	if want > maxParts || int64(len(numbers)) != want || numbers[0] != 1 || numbers[want-1] != int(want) {
		return nil, fmt.Errorf("the Hub has %d links for %d parts", len(numbers), want)
	}
	links := make([]string, want)
	for n, link := range byNumber {
		links[n-1] = link
	}
	return links, nil
}

// target is where the Hub wants something sent. Like Python's client it takes a mirror's links to the original Hub for
// links to the mirror.
func (c *Client) target(op, href string) (*url.URL, error) {
	if rest, ok := strings.CutPrefix(href, DefaultEndpoint+"/"); ok {
		href = c.endpoint.String() + "/" + rest
	}
	u, err := url.Parse(href)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.Scheme != "http" && u.Scheme != "https":
		return nil, distrust(op, c.endpoint, "the Hub names no usable place to send to")
	case c.endpoint.Scheme == "https" && u.Scheme == "http":
		return nil, distrust(op, u, "the Hub wants an upload over http, on which nothing is protected")
	}
	return u, nil
}
