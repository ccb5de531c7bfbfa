package hub_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/promptmill/promptmill/convert/hub"
	"github.com/promptmill/promptmill/convert/hub/hubtest"
)

// noise returns n bytes that are the same in every run and nowhere repeat.
func noise(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(b) // never fails
	return b
}

const bigFile = "data/train-00000-of-00001.parquet"

// openRemote serves content as a file of a dataset and opens it.
func openRemote(t *testing.T, ctx context.Context, content []byte, opts hubtest.Options) (r *hub.RemoteFile, requests func() []string, naps *[]time.Duration) {
	t.Helper()
	srv, log := start(t, fstest.MapFS{"org/big/" + bigFile: {Data: content}}, opts)
	c, naps := client(t, srv, t.TempDir(), nil)
	var mu sync.Mutex // the requests of a stream wait side by side
	c.SetSleep(func(ctx context.Context, d time.Duration) error {
		mu.Lock()
		defer mu.Unlock()
		*naps = append(*naps, d)
		return ctx.Err()
	})
	d, err := c.Resolve(t.Context(), hub.Ref{Repo: "org/big"})
	if err != nil {
		t.Fatal(err)
	}
	if path, ok := c.Cached(d, d.Files[0]); ok {
		t.Errorf("%s is cached, although nothing was downloaded", path)
	}
	r = c.Open(ctx, d, d.Files[0])
	t.Cleanup(func() { r.Close() })
	log.take()
	return r, func() (ranges []string) {
		for _, q := range log.take() {
			if q.Route == hubtest.CDN {
				ranges = append(ranges, q.Range)
			}
		}
		return ranges
	}, naps
}

func TestRemoteFile_isAReaderAt(t *testing.T) {
	for _, size := range []int{0, 1, 5000, 1<<20 + 1000} {
		content := noise(size)
		r, _, _ := openRemote(t, t.Context(), content, hubtest.Options{})
		if r.Size() != int64(size) {
			t.Errorf("size %d, want %d", r.Size(), size)
		}
		if size > 10_000 { // TestReader reads byte by byte, each of which would be a request
			at := make([]byte, 3000)
			if n, err := r.ReadAt(at, 123_456); n != 3000 || err != nil || !bytes.Equal(at, content[123_456:126_456]) {
				t.Errorf("in the middle: %d bytes, error %v", n, err)
			}
			if n, err := r.ReadAt(at, int64(size)-1000); n != 1000 || !errors.Is(err, io.EOF) || !bytes.Equal(at[:n], content[size-1000:]) {
				t.Errorf("over the end: %d bytes, error %v", n, err)
			}
			continue
		}
		if err := iotest.TestReader(io.NewSectionReader(r, 0, r.Size()), content); err != nil {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
}

// The first read near the end is one request for more than was asked, which serves all others there.
func TestRemoteFile_footerIsOneRequest(t *testing.T) {
	const size, tail = 3 << 20, 256 << 10
	content := noise(size)
	r, requests, _ := openRemote(t, t.Context(), content, hubtest.Options{})
	for _, at := range []int64{size - 8, size - 8 - 50_000, size - tail} {
		p := make([]byte, 8)
		if _, err := r.ReadAt(p, at); err != nil || !bytes.Equal(p, content[at:at+8]) {
			t.Errorf("at %d: error %v, or other bytes", at, err)
		}
	}
	if diff := cmp.Diff([]string{"bytes=2883584-3145727"}, requests()); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	// A footer that is larger than that costs what is missing.
	p := make([]byte, tail+1000)
	if _, err := r.ReadAt(p, size-tail-1000); err != nil || !bytes.Equal(p, content[size-tail-1000:]) {
		t.Errorf("error %v, or other bytes", err)
	}
	if diff := cmp.Diff([]string{"bytes=2882584-2883583"}, requests()); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	if r.Moved() != tail+1000 {
		t.Errorf("moved %d bytes, want %d", r.Moved(), tail+1000)
	}
}

// What is fetched whole is checked.
func TestRemoteFile_smallFilesAreChecked(t *testing.T) {
	flip := hubtest.Options{Faults: []hubtest.Fault{{Kind: hubtest.Flip, On: hubtest.CDN, Bytes: 77}}}
	r, requests, _ := openRemote(t, t.Context(), noise(9000), flip)
	_, err := r.ReadAt(make([]byte, 8), 8992)
	if !errors.Is(err, hub.ErrCorrupt) || !strings.Contains(err.Error(), "sha256") {
		t.Errorf("error %v, want %v about the sha256", err, hub.ErrCorrupt)
	}
	if n := len(requests()); n != 1 {
		t.Errorf("%d requests, want 1", n)
	}
	if r.Checked() {
		t.Error("a file with another hash counts as checked")
	}
}

// What was read counts as checked when all of it came and has the hash.
func TestRemoteFile_Checked(t *testing.T) {
	for size, want := range map[int]bool{9000: true, 3 << 20: false} {
		r, _, _ := openRemote(t, t.Context(), noise(size), hubtest.Options{})
		if r.Checked() {
			t.Errorf("%d bytes: checked before anything was read", size)
		}
		if _, err := r.ReadAt(make([]byte, 8), int64(size)-8); err != nil || r.Checked() != want {
			t.Errorf("%d bytes: checked is %v, want %v; error %v", size, r.Checked(), want, err)
		}
	}
}

func TestRemoteFile_errorsNameTheCommit(t *testing.T) {
	r, _, _ := openRemote(t, t.Context(), noise(9000), hubtest.Options{Faults: []hubtest.Fault{{Kind: hubtest.Fail, Status: 501, On: hubtest.CDN}}})
	_, err := r.ReadAt(make([]byte, 8), 0)
	if want := regexp.MustCompile(`^read org/big@[0-9a-f]{8}: ` + bigFile + `: `); err == nil || !want.MatchString(err.Error()) {
		t.Errorf("error %v, want one that matches %s", err, want)
	}
}

func TestRemoteFile_faults(t *testing.T) {
	cdn := func(f hubtest.Fault) hubtest.Fault { f.On = hubtest.CDN; return f }
	content := noise(2 << 20)
	for _, tt := range []struct {
		name   string
		faults []hubtest.Fault
		want   error
		text   string
		naps   int
		ranges []string
	}{
		{name: "none", ranges: []string{"bytes=1000-100999"}},
		{name: "cut", faults: []hubtest.Fault{cdn(hubtest.Fault{Kind: hubtest.Cut, Bytes: 40_000, Times: 1})},
			ranges: []string{"bytes=1000-100999", "bytes=41000-100999"}},
		{name: "429 of the storage", faults: []hubtest.Fault{cdn(hubtest.Fault{Kind: hubtest.Fail, Status: 429, Times: 1, Header: header("Retry-After", "3")})},
			naps: 1, ranges: []string{"bytes=1000-100999", "bytes=1000-100999"}},
		{name: "expired link", faults: []hubtest.Fault{cdn(hubtest.Fault{Kind: hubtest.Expire, Times: 1})},
			naps: 1, ranges: []string{"bytes=1000-100999", "bytes=1000-100999"}},
		{name: "ranges ignored", faults: []hubtest.Fault{cdn(hubtest.Fault{Kind: hubtest.IgnoreRange})},
			text: "the server ignores ranges; download the dataset instead: promptmill pull", want: hub.ErrNoRanges, naps: 3, ranges: slices.Repeat([]string{"bytes=1000-100999"}, 4)},
		{name: "down", faults: []hubtest.Fault{cdn(hubtest.Fault{Kind: hubtest.Fail, Status: 503})},
			want: hub.ErrUnavailable, naps: 5, ranges: slices.Repeat([]string{"bytes=1000-100999"}, 6)},
		{name: "a web page", faults: []hubtest.Fault{cdn(hubtest.Fault{Kind: hubtest.Web})},
			want: hub.ErrCorrupt, naps: 3, ranges: slices.Repeat([]string{"bytes=1000-100999"}, 4)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, requests, naps := openRemote(t, t.Context(), content, hubtest.Options{Faults: tt.faults})
			p := make([]byte, 100_000)
			n, err := r.ReadAt(p, 1000)
			fine := tt.want == nil && tt.text == ""
			switch {
			case fine && err != nil, tt.want != nil && !errors.Is(err, tt.want):
				t.Errorf("%d bytes, error %v, want %v", n, err, tt.want)
			case !fine && (n != 0 || !strings.Contains(err.Error(), tt.text)):
				t.Errorf("%d bytes, error %v, want one about %q", n, err, tt.text)
			}
			if fine && !bytes.Equal(p, content[1000:101_000]) {
				t.Error("other bytes")
			}
			if len(*naps) != tt.naps {
				t.Errorf("waited %v, want %d times", *naps, tt.naps)
			}
			if diff := cmp.Diff(tt.ranges, requests()); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
		})
	}
}

// The link to the storage is asked for once, and again when it has expired.
func TestRemoteFile_linkIsKept(t *testing.T) {
	srv, log := start(t, fstest.MapFS{"org/big/" + bigFile: {Data: noise(2 << 20)}}, hubtest.Options{
		Faults: []hubtest.Fault{{Kind: hubtest.Expire, On: hubtest.CDN, Skip: 2, Times: 1}},
	})
	c, naps := client(t, srv, t.TempDir(), nil)
	d, err := c.Resolve(t.Context(), hub.Ref{Repo: "org/big"})
	if err != nil {
		t.Fatal(err)
	}
	log.take()
	r := c.Open(t.Context(), d, d.Files[0])
	defer r.Close()
	for i := range int64(5) {
		if _, err := r.ReadAt(make([]byte, 10), i*1000); err != nil {
			t.Fatal(err)
		}
	}
	count := map[hubtest.Route]int{}
	for _, q := range log.take() {
		count[q.Route]++
	}
	if diff := cmp.Diff(map[hubtest.Route]int{hubtest.Resolve: 2, hubtest.CDN: 6}, count); diff != "" || len(*naps) != 0 {
		t.Errorf("waited %v, requests (-want +got):\n%s", *naps, diff)
	}
}

func TestRemoteFile_ends(t *testing.T) {
	why := errors.New("stopped by the user")
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	r, requests, _ := openRemote(t, ctx, noise(2<<20), hubtest.Options{})
	cancel(why)
	if _, err := r.ReadAt(make([]byte, 10), 0); !errors.Is(err, why) {
		t.Errorf("after the context: error %v, want %v", err, why)
	}
	r, _, _ = openRemote(t, t.Context(), noise(2<<20), hubtest.Options{})
	if err := errors.Join(r.Close(), r.Close()); err != nil {
		t.Error(err)
	}
	if _, err := r.ReadAt(make([]byte, 10), 0); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("after Close: error %v, want %v", err, fs.ErrClosed)
	}
	if n := len(requests()); n != 0 {
		t.Errorf("%d requests", n)
	}
}

func TestClient_cachedAndOffline(t *testing.T) {
	srv, _ := start(t, dataset(), hubtest.Options{})
	dir := t.TempDir()
	c, _ := client(t, srv, dir, nil)
	d, files := mustPull(t, c, hub.Ref{Repo: "org/sums", Config: "main", Split: "train"})
	path, ok := c.Cached(d, d.Files[0])
	if !ok || path != files[0].Path {
		t.Errorf("cached at %q, %v, want %q", path, ok, files[0].Path)
	}
	if err := os.Truncate(filepath.Join(dir, "datasets--org--sums", "blobs", d.Files[0].SHA256), 5); err != nil {
		t.Fatal(err)
	}
	if path, ok := c.Cached(d, d.Files[0]); ok {
		t.Errorf("%s is cut off and still cached", path)
	}
	c, _ = client(t, srv, dir, func(cfg *hub.Config) { cfg.Offline = true })
	r := c.Open(t.Context(), d, d.Files[0])
	defer r.Close()
	if _, err := r.ReadAt(make([]byte, 10), 0); !errors.Is(err, hub.ErrOffline) {
		t.Errorf("error %v, want %v", err, hub.ErrOffline)
	}
}
