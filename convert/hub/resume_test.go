package hub_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/promptmill/promptmill/convert/hub"
	"github.com/promptmill/promptmill/convert/hub/hubtest"
)

const block = 256 << 10 // what a download remembers by

// big returns a dataset of one file that is large enough to be remembered block by block, and its content. The last
// block is not a whole one.
func big(blocks int) (fstest.MapFS, string) {
	text := make([]byte, blocks*block-1000)
	if _, err := rand.NewChaCha8([32]byte{1}).Read(text); err != nil {
		panic(err)
	}
	return fstest.MapFS{"org/big/train.parquet": {Data: text}}, string(text)
}

// asked returns how many bytes the requests to the storage asked for, of a file of size bytes.
func asked(t *testing.T, list []request, size int) (n int) {
	t.Helper()
	for _, r := range list {
		if r.Route != hubtest.CDN {
			continue
		}
		from, last := 0, size-1
		if r.Range != "" {
			a, b, ok := strings.Cut(strings.TrimPrefix(r.Range, "bytes="), "-")
			var err1, err2 error
			from, err1 = strconv.Atoi(a)
			last, err2 = strconv.Atoi(b)
			if !ok || err1 != nil || err2 != nil {
				t.Fatalf("range %q", r.Range)
			}
		}
		n += last - from + 1
	}
	return n
}

// fast makes a client with several connections that does not wait between tries.
func fast(t *testing.T, srv *hubtest.Server, dir string, change func(*hub.Config)) *hub.Client {
	t.Helper()
	c, _ := client(t, srv, dir, func(cfg *hub.Config) {
		cfg.Jobs = 4
		if change != nil {
			change(cfg)
		}
	})
	c.SetSleep(func(ctx context.Context, _ time.Duration) error { return ctx.Err() })
	return c
}

func checkContent(t *testing.T, path, want string) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Fatalf("%s: wrong content (%d bytes, want %d)", path, len(got), len(want))
	}
}

// TestDownload_progressResumed: what an earlier run has brought is not told as received.
func TestDownload_progressResumed(t *testing.T) {
	files, text := big(100)
	srv, log := start(t, files, hubtest.Options{})
	dir := t.TempDir()
	stop := errors.New("enough")
	run := func(most int) (seen []hub.Progress, err error) {
		ctx, cancel := context.WithCancelCause(t.Context())
		defer cancel(nil)
		c := fast(t, srv, dir, func(cfg *hub.Config) {
			cfg.Progress = func(p hub.Progress) {
				if seen = append(seen, p); len(seen) > most {
					cancel(stop)
				}
			}
		})
		d, err := c.Resolve(ctx, hub.Ref{Repo: "org/big"})
		if err == nil {
			_, err = c.Download(ctx, d)
		}
		return seen, err
	}
	first, err := run(40)
	if !errors.Is(err, stop) {
		t.Fatal(err)
	}
	log.take()
	seen, err := run(1000)
	if err != nil {
		t.Fatal(err)
	}
	var received int64
	for _, p := range seen {
		if got := p.Bytes - p.Kept; got < received || got > received+block {
			t.Errorf("%d bytes received, then %d: more than a block", received, got)
		} else {
			received = got
		}
	}
	last := seen[len(seen)-1]
	if brought := first[len(first)-1].Bytes; last.Kept < brought || last.Bytes != int64(len(text)) || int(received) != asked(t, log.take(), len(text)) {
		t.Errorf("%+v, after a run that brought %d", last, brought)
	}
}

// TestDownload_progressOfWhatIsLost: an error takes back what is not kept, so that the last word is true.
func TestDownload_progressOfWhatIsLost(t *testing.T) {
	files, _ := big(15) // too small to be remembered
	srv, _ := start(t, files, hubtest.Options{Faults: []hubtest.Fault{{Kind: hubtest.Fail, On: hubtest.CDN, Skip: 1}}})
	var last hub.Progress
	most := int64(0)
	c := fast(t, srv, t.TempDir(), func(cfg *hub.Config) {
		cfg.Jobs = 1 // the second request comes after what the first has brought
		cfg.Progress = func(p hub.Progress) { last, most = p, max(most, p.Bytes) }
	})
	d, err := c.Resolve(t.Context(), hub.Ref{Repo: "org/big"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = c.Download(t.Context(), d); err == nil || most == 0 || last.Bytes != 0 {
		t.Errorf("%v: %+v after %d bytes", err, last, most)
	}
}

// TestDownload_resumed stops a download again and again. What came before is not asked for once more.
func TestDownload_resumed(t *testing.T) {
	files, text := big(200)
	srv, log := start(t, files, hubtest.Options{})
	dir := t.TempDir()
	ref := hub.Ref{Repo: "org/big"}
	stop := errors.New("enough")
	runs := 0
	for ; ; runs++ {
		ctx, cancel := context.WithCancelCause(t.Context())
		var came atomic.Int64
		c := fast(t, srv, dir, func(cfg *hub.Config) {
			cfg.Progress = func(hub.Progress) {
				if came.Add(1) > 40 { // blocks
					cancel(stop)
				}
			}
		})
		d, err := c.Resolve(ctx, ref)
		if err != nil {
			t.Fatal(err)
		}
		local, err := c.Download(ctx, d)
		cancel(nil)
		if err == nil {
			checkContent(t, local[0].Path, text)
			break
		}
		if !errors.Is(err, stop) {
			t.Fatal(err)
		}
		if runs > 20 {
			t.Fatal("the download makes no progress")
		}
	}
	if runs < 3 {
		t.Errorf("stopped %d times, want more", runs)
	}
	// A stop loses what was asked for and had not come: that is the server's doing as much as the client's. What was
	// kept must not have been asked for twice, so that all runs together ask for less than each on its own would.
	if n := asked(t, log.take(), len(text)); n > 3*len(text) {
		t.Errorf("asked for %d bytes of %d in %d runs", n, len(text), runs+1)
	}
	noTemporary(t, dir)
}

// TestDownload_resumedExactly counts: a run that finds five blocks asks for the others.
func TestDownload_resumedExactly(t *testing.T) {
	files, text := big(40)
	srv, log := start(t, files, hubtest.Options{Faults: []hubtest.Fault{
		{Kind: hubtest.Cut, On: hubtest.CDN, Bytes: 5*block + 100, Times: 1},
		{Kind: hubtest.Fail, On: hubtest.CDN, Status: 501, Times: 1},
	}})
	dir := t.TempDir()
	one := func(cfg *hub.Config) { cfg.Jobs = 1 }
	c := fast(t, srv, dir, one)
	ref := hub.Ref{Repo: "org/big"}
	if _, _, err := pull(t, c, ref); err == nil {
		t.Fatal("the download succeeded")
	}
	log.take()
	_, local := mustPull(t, fast(t, srv, dir, one), ref)
	checkContent(t, local[0].Path, text)
	if n, want := asked(t, log.take(), len(text)), len(text)-5*block; n != want {
		t.Errorf("asked for %d bytes, want %d", n, want)
	}
	noTemporary(t, dir)
}

// TestDownload_damagedRemains checks that nothing that an earlier run left can do harm.
func TestDownload_damagedRemains(t *testing.T) {
	files, text := big(40)
	damages := map[string]func(t *testing.T, data, journal string){
		"data gone":        func(t *testing.T, data, _ string) { remove(t, data) },
		"journal gone":     func(t *testing.T, _, journal string) { remove(t, journal) },
		"journal of zeros": func(t *testing.T, _, journal string) { overwrite(t, journal, make([]byte, 300)) },
		"journal too long": func(t *testing.T, _, journal string) { overwrite(t, journal, append(read(t, journal), "####"...)) },
		"data truncated": func(t *testing.T, data, _ string) {
			if err := os.Truncate(data, 3*block+7); err != nil {
				t.Fatal(err)
			}
		},
		"data lost by a crash of the machine": func(t *testing.T, data, _ string) { overwrite(t, data, make([]byte, len(text))) },
	}
	for name, damage := range damages {
		t.Run(name, func(t *testing.T) {
			srv, _ := start(t, files, hubtest.Options{Faults: []hubtest.Fault{
				{Kind: hubtest.Cut, On: hubtest.CDN, Bytes: 5 * block, Times: 1},
				{Kind: hubtest.Fail, On: hubtest.CDN, Status: 501, Times: 1},
			}})
			dir := t.TempDir()
			c := fast(t, srv, dir, func(cfg *hub.Config) { cfg.Jobs = 1 })
			ref := hub.Ref{Repo: "org/big"}
			if _, _, err := pull(t, c, ref); err == nil {
				t.Fatal("the download succeeded")
			}
			left, err := filepath.Glob(filepath.Join(dir, "datasets--org--big/blobs", sha(text)+".*.incomplete"))
			if err != nil || len(left) != 2 {
				t.Fatalf("left behind: %q, %v; want the bytes and their journal", left, err)
			}
			journal, data := left[0], left[1]
			damage(t, data, journal)
			_, local := mustPull(t, c, ref)
			checkContent(t, local[0].Path, text)
			noTemporary(t, dir)
		})
	}
}

func remove(t *testing.T, name string) {
	t.Helper()
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func overwrite(t *testing.T, name string, text []byte) {
	t.Helper()
	if err := os.WriteFile(name, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestDownload_segmentFaults lets each kind of fault strike some of the requests for parts.
func TestDownload_segmentFaults(t *testing.T) {
	files, text := big(120)
	kinds := map[string][]hubtest.Fault{
		"cut":                       {{Kind: hubtest.Cut, Bytes: 100_000, Times: 3}, {Kind: hubtest.Cut, Bytes: 3*block + 5, Skip: 3, Times: 4}},
		"cut before the first byte": {{Kind: hubtest.Cut, Skip: 2, Times: 3}},
		"expired links":             {{Kind: hubtest.Expire, Skip: 1, Times: 3}},
		"refused":                   {{Kind: hubtest.Fail, Status: 503, Skip: 1, Times: 4}},
		"some ranges ignored":       {{Kind: hubtest.IgnoreRange, Skip: 2, Times: 3}},
		"all ranges ignored":        {{Kind: hubtest.IgnoreRange}},
		"no ranges, and cut":        {{Kind: hubtest.Cut, Bytes: 50 * block, Skip: 1, Times: 1}, {Kind: hubtest.IgnoreRange}},
		"a wrong byte":              {{Kind: hubtest.Flip, Bytes: 1000, Skip: 2, Times: 1}},
		"wrong bytes in each round": {{Kind: hubtest.Flip, Bytes: 2*block + 9, Skip: 2, Times: 9}},
	}
	for name, faults := range kinds {
		t.Run(name, func(t *testing.T) {
			for i := range faults {
				faults[i].On = hubtest.CDN
			}
			srv, _ := start(t, files, hubtest.Options{Faults: faults})
			dir := t.TempDir()
			_, local := mustPull(t, fast(t, srv, dir, nil), hub.Ref{Repo: "org/big"})
			checkContent(t, local[0].Path, text)
			noTemporary(t, dir)
		})
	}
}

// TestDownload_wrongBytes checks that bytes with the wrong hash are kept, named and never served.
func TestDownload_wrongBytes(t *testing.T) {
	for name, at := range map[string]int64{"the same wrong byte always": 5, "another wrong byte each time": hubtest.Anywhere} {
		t.Run(name, func(t *testing.T) { testWrongBytes(t, at) })
	}
}

func testWrongBytes(t *testing.T, at int64) {
	files, text := big(40)
	srv, _ := start(t, files, hubtest.Options{Faults: []hubtest.Fault{{Kind: hubtest.Flip, On: hubtest.CDN, Bytes: at}}})
	dir := t.TempDir()
	c := fast(t, srv, dir, nil)
	_, _, err := pull(t, c, hub.Ref{Repo: "org/big"})
	if !errors.Is(err, hub.ErrCorrupt) {
		t.Fatalf("error = %v, want ErrCorrupt", err)
	}
	aside, globErr := filepath.Glob(filepath.Join(dir, "datasets--org--big/blobs", sha(text)+".*.incomplete"))
	if globErr != nil || len(aside) != 1 || !strings.Contains(err.Error(), aside[0]) {
		t.Fatalf("kept %q, %v; the error has to name it: %v", aside, globErr, err)
	}
	for _, line := range tree(t, dir) {
		if strings.Contains(line, "train.parquet") || strings.HasSuffix(line, sha(text)) {
			t.Errorf("served: %s", line)
		}
	}
}

func TestDownload_noSpace(t *testing.T) {
	srv, log := start(t, dataset(), hubtest.Options{Items: func(_ string, items []hubtest.Item) []hubtest.Item {
		for i := range items {
			if l := items[i].LFS; l != nil {
				l.Size = 1 << 41
			}
		}
		return items
	}})
	dir := t.TempDir()
	_, _, err := pull(t, fast(t, srv, dir, nil), hub.Ref{Repo: "org/sums", Config: "main", Split: "test"})
	if !errors.Is(err, hub.ErrNoSpace) {
		t.Errorf("error = %v, want ErrNoSpace", err)
	}
	for _, r := range log.take() {
		if r.Route == hubtest.CDN {
			t.Error("asked the storage all the same")
		}
	}
}

// TestDownload_manyFiles brings many small files over few connections, two of them with the same bytes.
func TestDownload_manyFiles(t *testing.T) {
	files := fstest.MapFS{"org/many/empty/train-00000-of-00001.parquet": {}}
	for i := range 60 {
		files[fmt.Sprintf("org/many/data/train-%05d-of-00060.parquet", i)] = &fstest.MapFile{Data: []byte(strings.Repeat("x", i/2*1000))}
	}
	srv, log := start(t, files, hubtest.Options{})
	dir := t.TempDir()
	_, local := mustPull(t, fast(t, srv, dir, nil), hub.Ref{Repo: "org/many"})
	for i, f := range local {
		checkContent(t, f.Path, strings.Repeat("x", i/2*1000))
	}
	storage := 0
	for _, r := range log.take() {
		if r.Route == hubtest.CDN {
			storage++
		}
	}
	if len(local) != 60 || storage != 29 { // pairs with the same bytes, and one pair of nothing
		t.Errorf("%d files by %d requests for data, want 60 by 29", len(local), storage)
	}
	noTemporary(t, dir)
}

// TestDownload_manyWrongBytes lets many answers have a wrong byte somewhere. What is published has none.
func TestDownload_manyWrongBytes(t *testing.T) {
	files, text := big(100)
	for seed := range uint64(8) {
		srv, _ := start(t, files, hubtest.Options{Seed: int64(seed), Faults: []hubtest.Fault{
			{Kind: hubtest.Flip, On: hubtest.CDN, Bytes: hubtest.Anywhere, Share: 0.2},
			{Kind: hubtest.Cut, On: hubtest.CDN, Bytes: hubtest.Anywhere, Share: 0.2},
		}})
		c := fast(t, srv, t.TempDir(), func(cfg *hub.Config) { cfg.Jobs = 8 })
		_, local := mustPull(t, c, hub.Ref{Repo: "org/big"})
		checkContent(t, local[0].Path, text)
	}
}

// sleepUntilDone makes a client whose pauses end only with their context.
func sleepUntilDone(c *hub.Client) {
	c.SetSleep(func(ctx context.Context, _ time.Duration) error { <-ctx.Done(); return context.Cause(ctx) })
}

// TestDownload_oneWaits holds one file up for ever. The others come all the same.
func TestDownload_oneWaits(t *testing.T) {
	files := fstest.MapFS{}
	for i := range 6 {
		files[fmt.Sprintf("org/many/data/train-%05d-of-00006.parquet", i)] = &fstest.MapFile{Data: []byte(strings.Repeat("x", 1000+i))}
	}
	srv, _ := start(t, files, hubtest.Options{Faults: []hubtest.Fault{
		{Kind: hubtest.Fail, On: hubtest.Resolve, Path: "train-00000", Status: 503, Header: header("Retry-After", "300")},
	}})
	stop := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	c := fast(t, srv, t.TempDir(), func(cfg *hub.Config) {
		cfg.Progress = func(p hub.Progress) {
			if p.Files == 5 {
				cancel(stop)
			}
		}
	})
	sleepUntilDone(c)
	d, err := c.Resolve(ctx, hub.Ref{Repo: "org/many"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Download(ctx, d); !errors.Is(err, stop) {
		t.Errorf("error = %v, want the end that came after the other files", err)
	}
}

// TestDownload_limits checks that neither one file nor a user gets more connections than are good.
func TestDownload_limits(t *testing.T) {
	files, text := big(100)
	var now, most atomic.Int64
	srv, err := hubtest.Start(files, hubtest.Options{Observe: func(hubtest.Route, *http.Request) {}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = srv.Close() })
	count := roundTripper(func(r *http.Request) (*http.Response, error) {
		n := now.Add(1)
		for old := most.Load(); n > old && !most.CompareAndSwap(old, n); old = most.Load() {
		}
		defer now.Add(-1)
		return http.DefaultTransport.RoundTrip(r)
	})
	c, err := hub.New(hub.Config{Endpoint: srv.URL, CacheDir: t.TempDir(), Jobs: 1_000_000, HTTP: &http.Client{Transport: count}})
	if err != nil {
		t.Fatal(err)
	}
	defer http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	_, local := mustPull(t, c, hub.Ref{Repo: "org/big"})
	checkContent(t, local[0].Path, text)
	if n := most.Load(); n > 8 {
		t.Errorf("%d requests at once for one file, want at most 8", n)
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestDownload_spaceForNothing has a disk that could not hold the file, which the cache has under another commit.
func TestDownload_spaceForNothing(t *testing.T) {
	const size = 1 << 41
	srv, _ := start(t, dataset(), hubtest.Options{Items: func(_ string, items []hubtest.Item) []hubtest.Item {
		for i := range items {
			if l := items[i].LFS; l != nil {
				l.Size = size
			}
		}
		return items
	}})
	dir := t.TempDir()
	blobs := filepath.Join(dir, "datasets--org--sums/blobs")
	if err := os.MkdirAll(blobs, 0o755); err != nil {
		t.Fatal(err)
	}
	overwrite(t, filepath.Join(blobs, sha(testBytes)), nil)
	if err := os.Truncate(filepath.Join(blobs, sha(testBytes)), size); err != nil {
		t.Skip("no files of this size here: ", err)
	}
	if _, _, err := pull(t, fast(t, srv, dir, nil), hub.Ref{Repo: "org/sums", Config: "main", Split: "test"}); err != nil {
		t.Error(err)
	}
}
