package hub_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/promptmill/promptmill/convert/hub"
)

// link is a transport to a server of one file, in memory, so that a synctest clock can pass. Each answer takes delay and
// then comes at rate bytes a second; zeros take no time.
type link struct {
	content []byte
	delay   time.Duration
	rate    float64

	mu                     sync.Mutex
	requests, now, highest int
}

func (l *link) RoundTrip(req *http.Request) (*http.Response, error) {
	var from, to int
	if _, err := fmt.Sscanf(req.Header.Get("Range"), "bytes=%d-%d", &from, &to); err != nil {
		return nil, err
	}
	l.count(1)
	if err := l.sleep(req.Context(), l.delay); err != nil {
		l.count(-1)
		return nil, err
	}
	h := http.Header{"Content-Range": {fmt.Sprintf("bytes %d-%d/%d", from, to, len(l.content))}}
	return &http.Response{
		StatusCode: http.StatusPartialContent, Header: h, ContentLength: int64(to + 1 - from), Request: req,
		Body: &linkBody{l, req.Context(), bytes.NewReader(l.content[from : to+1]), sync.Once{}},
	}, nil
}

func (l *link) count(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.requests += max(n, 0)
	l.now += n
	l.highest = max(l.highest, l.now)
}

func (l *link) sleep(ctx context.Context, d time.Duration) error {
	if d == 0 {
		return ctx.Err()
	}
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

type linkBody struct {
	l    *link
	ctx  context.Context
	r    *bytes.Reader
	once sync.Once
}

func (b *linkBody) Read(p []byte) (int, error) {
	n, err := b.r.Read(p[:min(len(p), 256<<10)])
	if b.l.rate > 0 {
		if err := b.l.sleep(b.ctx, time.Duration(float64(n)/b.l.rate*float64(time.Second))); err != nil {
			return 0, err
		}
	}
	return n, err
}

func (b *linkBody) Close() error {
	b.once.Do(func() { b.l.count(-1) })
	return nil
}

// openLink opens the file behind l, whose dataset nobody had to resolve.
func openLink(t testing.TB, l *link) *hub.RemoteFile {
	t.Helper()
	c, err := hub.New(hub.Config{Endpoint: "http://hub.test", CacheDir: t.TempDir(), HTTP: &http.Client{Transport: l}})
	if err != nil {
		t.Fatal(err)
	}
	f := hub.File{Path: bigFile, Size: int64(len(l.content)), SHA256: strings.Repeat("0", 64)}
	d := &hub.Dataset{Ref: hub.Ref{Repo: "org/big"}, Commit: strings.Repeat("0", 40), Files: []hub.File{f}}
	return c.Open(t.Context(), d, f)
}
