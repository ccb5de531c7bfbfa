package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// store is as much of an S3 server as one needs to fetch and store objects without a key.
type store struct {
	mu      sync.Mutex
	objects map[string]string // bucket/key -> text
}

func (s *store) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	name := strings.TrimPrefix(r.URL.Path, "/")
	w.Header().Set("ETag", `"1"`)
	if r.Method == http.MethodPut {
		text, _ := io.ReadAll(r.Body)
		s.objects[name] = string(text)
		return
	}
	text, found := s.objects[name]
	if !found {
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, "<Error><Code>NoSuchKey</Code></Error>")
		return
	}
	http.ServeContent(w, r, "", time.Unix(1, 0), strings.NewReader(text))
}

// TestStage: every file that a command writes is stored, one that it went on in too.
func TestStage(t *testing.T) {
	for _, test := range []struct {
		name, command string
		args          []string // each s3:// in turn stands for a file that is written
		want          map[string]string
	}{
		{"outputs", "convert", []string{"--output", "s3://runs/p.jsonl", "--lineage=s3://runs/l.parquet", "--manifest", "s3://other/m.json"},
			map[string]string{"runs/p.jsonl": "new", "runs/l.parquet": "new", "other/m.json": "new", "runs/run.parquet": "old"}},
		{"resume", "bench", []string{"--resume=s3://runs/run.parquet"}, map[string]string{"runs/run.parquet": "new"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := &store{objects: map[string]string{"runs/run.parquet": "old"}}
			server := httptest.NewServer(s)
			defer server.Close()
			t.Setenv("TMPDIR", t.TempDir())
			var out bytes.Buffer
			p := testProcess("", &out, &out)
			p.getenv = func(name string) string {
				return map[string]string{"AWS_ENDPOINT_URL": server.URL, "AWS_REGION": "us-east-1"}[name]
			}
			a := newApp(p)
			command, _ := a.find([]string{test.command})
			args, staged, err := a.stage(t.Context(), command, test.args)
			if err != nil {
				t.Fatal(err)
			}
			for _, arg := range args {
				if _, path, _ := strings.Cut(arg, os.Getenv("TMPDIR")); path != "" {
					if err := os.WriteFile(os.Getenv("TMPDIR")+path, []byte("new"), 0o600); err != nil {
						t.Fatal(err)
					}
				}
			}
			if err := staged.end(t.Context(), a, nil); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, s.objects); diff != "" {
				t.Errorf("objects (-want +got):\n%s", diff)
			}
			if left, err := os.ReadDir(os.Getenv("TMPDIR")); err != nil || len(left) > 0 {
				t.Errorf("left behind: %v, %v", left, err)
			}
		})
	}
}
