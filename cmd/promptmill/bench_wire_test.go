package main

import (
	"bytes"
	"crypto/tls"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/promptmill/promptmill/bench/results"
)

// TestBenchWire_tls: who is believed is a matter of flags, and believing everybody is said aloud and recorded.
func TestBenchWire_tls(t *testing.T) {
	s := httptest.NewUnstartedServer(http.HandlerFunc(answerOne))
	s.Config.ErrorLog, s.EnableHTTP2 = log.New(io.Discard, "", 0), true
	s.TLS = &tls.Config{ClientAuth: tls.RequestClientCert}
	s.StartTLS()
	t.Cleanup(s.Close)
	ca := write(t, "ca.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})))
	for name, tt := range map[string]struct {
		args   []string
		code   int
		says   string
		engine string
	}{
		"the authority":    {[]string{"--ca-file", ca}, exitOK, "", "http1"},
		"by another name":  {[]string{"--ca-file", ca, "--tls-server-name", "example.com"}, exitOK, "", "http1"},
		"not that name":    {[]string{"--ca-file", ca, "--tls-server-name", "example.net"}, exitRemote, "example.net", ""},
		"HTTP/2":           {[]string{"--ca-file", ca, "--http2"}, exitOK, "", "net/http over HTTP/2"},
		"nobody":           {nil, exitRemote, "unknown authority", ""},
		"everybody":        {[]string{"--insecure"}, exitOK, "WARNING: --insecure: nobody checks who answers", "http1"},
		"both":             {[]string{"--insecure", "--ca-file", ca}, exitUsage, "give one of them", ""},
		"no certificate":   {[]string{"--ca-file", write(t, "x.pem", "hello")}, exitInput, "no certificate in it", ""},
		"no such file":     {[]string{"--ca-file", "/nowhere.pem"}, exitInput, "/nowhere.pem", ""},
		"key alone":        {[]string{"--client-key", ca}, exitUsage, "--client-cert", ""},
		"certificate only": {[]string{"--client-cert", ca}, exitInput, "--client-cert", ""},
	} {
		t.Run(name, func(t *testing.T) {
			b := benchAgainst(t, nil, append(tt.args, "--target", s.URL, "--wait", "0")...)
			if b.code != tt.code || !strings.Contains(b.stderr, tt.says) {
				t.Fatalf("exit code %d, said %s", b.code, b.stderr)
			}
			if runtime.GOOS == "linux" && b.run.Engine != tt.engine {
				t.Errorf("engine %q", b.run.Engine)
			}
			if tt.code == exitOK && b.run.Config["insecure"] != slices.Contains(tt.args, "--insecure") {
				t.Errorf("insecure is recorded as %v", b.run.Config["insecure"])
			}
		})
	}
}

// TestBenchWire_secrets: headers and keys are sent, from wherever they come, and kept nowhere.
func TestBenchWire_secrets(t *testing.T) {
	got := make(chan http.Header, 9)
	s := webServer(t, func(w http.ResponseWriter, r *http.Request) {
		got <- r.Header
		answerOne(w, r)
	})
	key := write(t, "key", "sk-canary-1\n")
	lines := write(t, "headers", "# ours\n\nX-Api-Key: canary-2\n X-Team : blue, red \n")
	b := benchAgainst(t, map[string]string{"OPENAI_API_KEY": "sk-other"}, "--target", s.URL, "--wait", "0", "--max-requests", "1",
		"--api-key-file", key, "--header-file", lines, "--header", "X-Trace: a: b, c")
	<-got // whether it is ready
	h := <-got
	for name, want := range map[string]string{
		"Authorization": "Bearer sk-canary-1", "X-Api-Key": "canary-2", "X-Team": "blue, red", "X-Trace": "a: b, c",
	} {
		if h.Get(name) != want {
			t.Errorf("%s: %q, want %q", name, h.Get(name), want)
		}
	}
	if b.code != exitOK || strings.Contains(b.stderr, "canary") || bytes.Contains(b.file, []byte("canary")) || bytes.Contains(b.file, []byte("a: b")) {
		t.Errorf("exit code %d, said %s; or the results have a secret", b.code, b.stderr)
	}
	if strings.Contains(b.stderr, "every user") {
		t.Errorf("said %s of files that are nobody else's", b.stderr)
	}
	if err := os.Chmod(key, 0o644); err != nil {
		t.Fatal(err)
	}
	b = benchAgainst(t, nil, "--target", s.URL, "--wait", "0", "--max-requests", "1", "--api-key-file", key)
	if b.code != exitOK || !strings.Contains(b.stderr, "every user of this machine can read it") {
		t.Errorf("exit code %d, said %s", b.code, b.stderr)
	}
}

// TestBenchWire_usage: what the flags cannot mean is said before anything is sent.
func TestBenchWire_usage(t *testing.T) {
	empty := write(t, "empty", "\n")
	for _, tt := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"--header", "no colon secret"}, exitUsage, "expected 'Name: value'"},
		{[]string{"--header", "A: 1", "--header", "a: 2"}, exitUsage, "given twice"},
		{[]string{"--header", "A b: 1"}, exitUsage, "not a valid name"},
		{[]string{"--api-key-file", empty}, exitInput, "it is empty"},
		{[]string{"--api-key-file", "/nowhere"}, exitInput, "--api-key-file: open /nowhere"},
		{[]string{"--retries", "-1"}, exitUsage, "expected 0 or more"},
		{[]string{"--retries", "1", "--retry-on", "200"}, exitUsage, `--retry-on "200"`},
		{[]string{"--retry-on", "503"}, exitUsage, "without --retries"},
		{[]string{"--connect-timeout", "0"}, exitUsage, "expected more than no time"},
		{[]string{"--token-timeout", "soon"}, exitUsage, "--token-timeout"},
		{[]string{"--ready-path", "health"}, exitUsage, "expected a path"},
		{[]string{"--proxy", "nonsense"}, exitUsage, "--proxy"},
		{[]string{"--proxy", "ftp://x:1"}, exitUsage, "proxy"},
		{[]string{"--http2", "--engine", "http1"}, exitUsage, "HTTP/2"},
		{[]string{"--target", "http://127.0.0.1:1"}, exitUsage, "given twice"},
		{[]string{"--target", "ftp://127.0.0.1:1"}, exitUsage, "unix://"},
		{[]string{"--target", "unix:"}, exitUsage, "names no Unix socket"},
	} {
		b := benchAgainst(t, nil, append(tt.args, "--target", "http://127.0.0.1:1", "--wait", "0")...)
		if b.code != tt.code || !strings.Contains(b.stderr, tt.says) || strings.Contains(b.stderr, "secret") {
			t.Errorf("%q: exit code %d, said %s", tt.args, b.code, b.stderr)
		}
	}
}

// TestBenchWire_targets: several servers take turns; one that is down is said, and its requests counted.
func TestBenchWire_targets(t *testing.T) {
	one, two := webServer(t, answerOne), webServer(t, answerOne)
	gone := httptest.NewServer(nil)
	gone.Close()
	b := benchAgainst(t, nil, "--target", one.URL+","+two.URL, "--target", gone.URL, "--wait", "0", "--max-requests", "9")
	count := make(map[string]int)
	for i := range b.rows {
		count[b.rows[i].Target+" "+b.rows[i].Status]++
	}
	want := map[string]int{one.URL + " ok": 3, two.URL + " ok": 3, gone.URL + " error": 3}
	if b.code != exitOK || !strings.Contains(b.stderr, "no server is ready at "+gone.URL) || fmt.Sprint(count) != fmt.Sprint(want) {
		t.Errorf("exit code %d, said %s: %v", b.code, b.stderr, count)
	}
	if b.run.Target != strings.Join([]string{one.URL, two.URL, gone.URL}, ",") {
		t.Errorf("target %s", b.run.Target)
	}
	b = benchAgainst(t, nil, "--target", gone.URL, "--wait", "0")
	if b.code != exitRemote {
		t.Errorf("nobody there: exit code %d, said %s", b.code, b.stderr)
	}
}

// TestBenchWire_unix: a server that is still to make its socket is waited for, and that is said.
func TestBenchWire_unix(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.sock")
	serve := sync.OnceFunc(func() {
		l, err := net.Listen("unix", path)
		if err != nil {
			t.Error(err)
			return
		}
		s := &http.Server{Handler: http.HandlerFunc(answerOne)}
		t.Cleanup(func() { _ = s.Close() })
		go func() { _ = s.Serve(l) }()
	})
	b := benchHeard(t, nil, func(said string) {
		if strings.Contains(said, "waiting") {
			serve()
		}
	}, "--target", "unix://"+path, "--wait", "30")
	if b.code != exitOK || len(b.rows) != 2 || b.run.Target != "unix://"+path || !strings.Contains(b.stderr, "waiting up to 30s for unix://"+path) {
		t.Errorf("exit code %d, target %s, said %s", b.code, b.run.Target, b.stderr)
	}
}

// TestBenchWire_proxy: the proxy that is named is used and said, without its password; the environment's is never for
// this machine.
func TestBenchWire_proxy(t *testing.T) {
	var proxied atomic.Int64
	proxy := webServer(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost || r.URL.Path == "/v1/models" { // and /metrics, asked on the side
			proxied.Add(1)
		}
		if r.URL.Host != "llm.test" || r.Header.Get("Proxy-Authorization") == "" {
			t.Errorf("asked for %s with %v", r.URL, r.Header)
		}
		answerOne(w, r)
	})
	b := benchAgainst(t, nil, "--target", "http://llm.test", "--wait", "0", "--proxy", "http://me:hunter2@"+proxy.Listener.Addr().String())
	if b.code != exitOK || proxied.Load() != 3 || !strings.Contains(b.stderr, "requests go through the proxy http://127.0.0.1") {
		t.Errorf("exit code %d, %d requests, said %s", b.code, proxied.Load(), b.stderr)
	}
	if strings.Contains(b.stderr, "hunter2") || bytes.Contains(b.file, []byte("hunter2")) || b.run.Engine != "net/http" {
		t.Errorf("said %s, or the results have the password; engine %s", b.stderr, b.run.Engine)
	}
}

// TestBenchWire_retries: attempts are recorded, and only those that were asked for are made.
func TestBenchWire_retries(t *testing.T) {
	var n atomic.Int64
	s := webServer(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && n.Add(1)%2 == 1 {
			http.Error(w, "busy", http.StatusTooManyRequests)
			return
		}
		answerOne(w, r)
	})
	b := benchAgainst(t, nil, "--target", s.URL, "--wait", "0", "--retries", "2", "--max-requests", "2")
	if b.code != exitOK || len(b.rows) != 2 {
		t.Fatalf("exit code %d, said %s", b.code, b.stderr)
	}
	for _, r := range b.rows {
		if r.Status != results.StatusOK || r.Attempts != 2 || r.Retries != 1 || r.ErrorBody != nil {
			t.Errorf("%+v", r)
		}
	}
	b = benchAgainst(t, nil, "--target", s.URL, "--wait", "0", "--max-requests", "2")
	if failed := b.rows[0]; failed.Attempts != 1 || failed.HTTPStatus != 429 || failed.ErrorBody == nil || *failed.ErrorBody != "busy\n" {
		t.Errorf("%+v", failed)
	}
}
