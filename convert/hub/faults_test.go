package hub_test

import (
	"errors"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/promptmill/promptmill/convert/hub"
	"github.com/promptmill/promptmill/convert/hub/hubtest"
)

const trainFile = "main/train-00000-of-00001.parquet"

// header returns a header with one entry.
func header(key, value string) http.Header { return http.Header{key: {value}} }

func TestDownload_faults(t *testing.T) {
	half := int64(len(trainBytes) / 2)
	cdn := func(f hubtest.Fault) hubtest.Fault { f.On = hubtest.CDN; return f }
	tests := []struct {
		name   string
		faults []hubtest.Fault
		want   error           // nil: the download succeeds
		naps   []time.Duration // with jitter at its middle
		ranges []string        // of the requests to the storage, in order
		aside  bool            // what came is kept under another name
	}{
		{name: "none", ranges: []string{""}},
		{
			name:   "cut twice, resumed where it stopped",
			faults: []hubtest.Fault{cdn(hubtest.Fault{Kind: hubtest.Cut, Bytes: 300_000, Times: 2})},
			naps:   []time.Duration{}, // there was progress
			ranges: []string{"", "bytes=262144-659999", "bytes=524288-659999"},
		},
		{
			name: "cut, then the range is ignored",
			faults: []hubtest.Fault{
				cdn(hubtest.Fault{Kind: hubtest.Cut, Bytes: half, Times: 1}),
				cdn(hubtest.Fault{Kind: hubtest.IgnoreRange, Times: 1}),
			},
			naps:   []time.Duration{},
			ranges: []string{"", "bytes=262144-659999"},
		},
		{
			name:   "cut before the first byte, again and again",
			faults: []hubtest.Fault{cdn(hubtest.Fault{Kind: hubtest.Cut})},
			want:   hub.ErrUnavailable,
			naps:   []time.Duration{750 * time.Millisecond, 1500 * time.Millisecond, 3 * time.Second, 6 * time.Second, 6 * time.Second},
			ranges: []string{"", "", "", "", "", ""},
		},
		{
			name:   "cut, then nothing where it should go on",
			faults: []hubtest.Fault{cdn(hubtest.Fault{Kind: hubtest.Cut, Bytes: half, Times: 1}), cdn(hubtest.Fault{Kind: hubtest.Fail, Status: 416})},
			want:   hub.ErrUnavailable,
			naps:   []time.Duration{},
			ranges: []string{"", "bytes=262144-659999"},
		},
		{
			name:   "expired link: asked for again",
			faults: []hubtest.Fault{cdn(hubtest.Fault{Kind: hubtest.Cut, Bytes: half, Times: 1}), cdn(hubtest.Fault{Kind: hubtest.Expire, Times: 1})},
			naps:   []time.Duration{},
			ranges: []string{"", "bytes=262144-659999", "bytes=262144-659999"},
		},
		{
			name:   "429 with Retry-After",
			faults: []hubtest.Fault{{Kind: hubtest.Fail, On: hubtest.Resolve, Path: trainFile, Times: 1, Status: 429, Header: header("Retry-After", "7")}},
			naps:   []time.Duration{8 * time.Second},
			ranges: []string{""},
		},
		{
			name:   "429 for a day",
			faults: []hubtest.Fault{{Kind: hubtest.Fail, On: hubtest.Resolve, Path: trainFile, Status: 429, Header: header("Retry-After", "86400")}},
			want:   hub.ErrUnavailable,
		},
		{
			name:   "5xx at every station",
			faults: []hubtest.Fault{{Kind: hubtest.Fail, On: hubtest.API, Path: "/revision/", Times: 1}, {Kind: hubtest.Fail, On: hubtest.API, Path: "/tree/", Times: 1, Status: 500}, {Kind: hubtest.Fail, On: hubtest.Resolve, Path: trainFile, Times: 1, Status: 502}, cdn(hubtest.Fault{Kind: hubtest.Fail, Times: 1, Status: 504})},
			naps:   []time.Duration{750 * time.Millisecond, 750 * time.Millisecond, 750 * time.Millisecond, 1500 * time.Millisecond},
			ranges: []string{"", ""},
		},
		{
			name:   "501 is for good",
			faults: []hubtest.Fault{{Kind: hubtest.Fail, On: hubtest.Resolve, Path: trainFile, Status: 501}},
			want:   hub.ErrUnavailable,
		},
		{
			name:   "a wrong byte once",
			faults: []hubtest.Fault{cdn(hubtest.Fault{Kind: hubtest.Flip, Bytes: half, Times: 1})},
			ranges: []string{"", "", "bytes=262144-524287"}, // until each block has come twice the same
		},
		{
			name:   "a wrong byte always",
			faults: []hubtest.Fault{cdn(hubtest.Fault{Kind: hubtest.Flip, Bytes: half})},
			want:   hub.ErrCorrupt,
			ranges: []string{"", ""},
			aside:  true,
		},
		{
			name:   "a wrong byte in the README once",
			faults: []hubtest.Fault{{Kind: hubtest.Flip, On: hubtest.Resolve, Path: "/resolve-cache/", Bytes: 1, Times: 1}},
			ranges: []string{""},
		},
		{
			name:   "a wrong byte in the README always",
			faults: []hubtest.Fault{{Kind: hubtest.Flip, On: hubtest.Resolve, Path: "/resolve-cache/", Bytes: 1}},
			want:   hub.ErrCorrupt,
		},
		{
			name:   "a byte too many",
			faults: []hubtest.Fault{cdn(hubtest.Fault{Kind: hubtest.Inflate})},
			want:   hub.ErrCorrupt,
			ranges: []string{"", "", "", ""},
		},
		{
			name: "answers that make no sense, once each",
			faults: []hubtest.Fault{
				cdn(hubtest.Fault{Kind: hubtest.Inflate, Times: 1}), cdn(hubtest.Fault{Kind: hubtest.Web, Times: 1}),
				{Kind: hubtest.Redirect, On: hubtest.Resolve, Path: trainFile, Times: 1},
				{Kind: hubtest.Web, On: hubtest.API, Path: "/revision/", Times: 1}, {Kind: hubtest.Web, On: hubtest.API, Path: "/tree/", Times: 1},
			},
			ranges: []string{"", "", ""},
		},
		{
			name:   "a web page instead of the file",
			faults: []hubtest.Fault{{Kind: hubtest.Web, On: hubtest.Resolve, Path: trainFile}},
			want:   hub.ErrCorrupt,
		},
		{
			name:   "a web page instead of the listing",
			faults: []hubtest.Fault{{Kind: hubtest.Web, On: hubtest.API, Path: "/tree/"}},
			want:   hub.ErrCorrupt,
		},
		{
			name:   "a listing that is cut",
			faults: []hubtest.Fault{{Kind: hubtest.Cut, On: hubtest.API, Path: "/tree/", Bytes: 30, Times: 1}},
			naps:   []time.Duration{750 * time.Millisecond},
			ranges: []string{""},
		},
		{
			name:   "redirects in a circle",
			faults: []hubtest.Fault{{Kind: hubtest.Redirect, On: hubtest.Resolve, Path: trainFile, Header: header("Location", "?again")}},
			want:   hub.ErrCorrupt,
		},
		{
			name:   "a redirect to a file",
			faults: []hubtest.Fault{{Kind: hubtest.Redirect, On: hubtest.Resolve, Path: trainFile, Header: header("Location", "file:///etc/passwd")}},
			want:   hub.ErrCorrupt,
		},
		{
			name:   "a redirect to nowhere",
			faults: []hubtest.Fault{{Kind: hubtest.Redirect, On: hubtest.API}},
			want:   hub.ErrCorrupt,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			srv, log := start(t, dataset(), hubtest.Options{Faults: tt.faults})
			dir := t.TempDir()
			c, naps := client(t, srv, dir, nil)
			_, files, err := pull(t, c, hub.Ref{Repo: "org/sums", Config: "main", Split: "train"})
			if !errors.Is(err, tt.want) {
				t.Fatalf("error = %v, want %v", err, tt.want)
			}
			if tt.naps != nil && !slices.Equal(*naps, tt.naps) {
				t.Errorf("waited %v, want %v", *naps, tt.naps)
			}
			if tt.ranges != nil && !slices.Equal(ranges(log.take()), tt.ranges) {
				t.Errorf("ranges differ from %q", tt.ranges)
			}
			if tt.want != nil {
				if !tt.aside {
					nothingLeft(t, dir)
				}
				return
			}
			if text, err := os.ReadFile(files[0].Path); err != nil || string(text) != trainBytes || files[0].SHA256 != sha(trainBytes) {
				t.Errorf("got %d bytes, %v", len(text), err)
			}
			noTemporary(t, dir)
		})
	}
}

// ranges returns the Range headers of the requests to the storage.
func ranges(list []request) []string {
	var out []string
	for _, r := range list {
		if r.Route == hubtest.CDN {
			out = append(out, r.Range)
		}
	}
	return out
}

// nothingLeft checks that no data file, no name of one and no ref is in the cache.
func nothingLeft(t *testing.T, dir string) {
	t.Helper()
	noTemporary(t, dir)
	for _, line := range tree(t, dir) {
		if strings.HasPrefix(line, ".locks/") { // they stay, as Python's do
			continue
		}
		if strings.Contains(line, ".parquet") || strings.Contains(line, "/refs/") || strings.Contains(line, sha(trainBytes)) {
			t.Errorf("left behind: %s", line)
		}
	}
}

func noTemporary(t *testing.T, dir string) {
	t.Helper()
	for _, line := range tree(t, dir) {
		if strings.Contains(line, ".incomplete") || strings.Contains(line, ".tmp") {
			t.Errorf("left behind: %s", line)
		}
	}
}
