package main

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/promptmill/promptmill/bench/mock"
	"github.com/promptmill/promptmill/bench/results"
	"github.com/promptmill/promptmill/convert/hub/hubtest"
	"github.com/promptmill/promptmill/testdata"
)

// Secrets that a user of the whole chain has, none of which may be in anything that it prints or leaves.
const (
	canaryHub    = "hf_canaryHubTokenZ7"
	canaryKey    = "sk-canaryApiKeyQ3"
	canaryHeader = "canaryHeaderValueW9"
	canaryUser   = "canaryUserM2"
	canaryPass   = "canaryPasswordK5"
)

// secretBodies are two values of --extra-body for --vary.
const secretBodies = `{"api_key":"` + canaryKey + `"};{"headers": {"Authorization" : "Bearer ` + canaryKey + `"}, "top_k": 3}`

// The whole chain, with a secret in every place that takes one: those who are to get a secret get it, and it is in no
// file, no output and no message, of commands that work and of commands that fail.
func TestCanary(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	c := &canary{t: t, dir: dir}
	hubURL, modelURL := c.serveHub(), c.serveModel()
	withUser := strings.Replace(modelURL, "http://", "http://"+canaryUser+":"+canaryPass+"@", 1) + "?key=" + canaryKey
	c.environment(map[string]string{
		"HF_TOKEN": canaryHub, "HF_ENDPOINT": hubURL, "HF_HOME": filepath.Join(dir, "hf"), "PROMPTMILL_API_KEY": canaryKey,
	})
	if err := os.WriteFile("headers", []byte("X-Team: "+canaryHeader+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	const dataset = "promptmill/arithmetic"
	for _, args := range [][]string{
		{"pull", dataset, "--split", "test", "-v"},
		{"convert", "hf://datasets/" + dataset + "/main/test", "-o", "prompts.jsonl", "--lineage", "lineage.parquet"},
		{"inspect", "hf://datasets/" + dataset + "/main/test", "--json"},
		{"validate", "prompts.jsonl", "--json"},
		{"bench", "prompts.jsonl", "--target", modelURL, "--max-requests", "3", "--keep-text", "--header-file", "headers", "-o", "results.parquet"},
		{"bench", "prompts.jsonl", "--target", modelURL, "--max-requests", "3", "--engine", "net/http", "-o", "second.parquet"},
		{"bench", "prompts.jsonl", "--target", modelURL, "--max-requests", "1", "--vary", "extra-body=" + secretBodies, "--dry-run"},
		{"bench", "prompts.jsonl", "--target", modelURL, "--max-requests", "1", "--vary", "extra-body=" + secretBodies, "-o", "varied.parquet"},
		{"report", "varied.parquet", "-o", "varied.html"},
		{"report", "varied.parquet", "--json"},
		{"report", "results.parquet", "-o", "report.md"},
		{"report", "results.parquet", "-o", "report.html"},
		{"report", "results.parquet", "--json"},
		{"compare", "results.parquet", "second.parquet"},
		{"push", "results.parquet", "hf://datasets/me/results", "--dry-run"},
		{"doctor", "--target", modelURL, "--json"},
		{"config", "show"},
		{"config", "show", "bench", "--json"},
	} {
		if code := c.run(args...); code != exitOK {
			t.Errorf("%v: exit code %d\n%s", args, code, c.stderr.String())
		}
	}
	c.failAll(withUser, dataset)
	if c.hubAsked.Load() == 0 || c.modelAsked.Load() == 0 || c.headerSeen.Load() == 0 {
		t.Errorf("the token came to the Hub %d times, the key to the server %d times, the header %d times: the test proves nothing",
			c.hubAsked.Load(), c.modelAsked.Load(), c.headerSeen.Load())
	}
	c.searchFiles()
}

// canary runs commands and looks for secrets in what comes of them.
type canary struct {
	t                                *testing.T
	dir                              string
	env                              map[string]string
	stderr                           bytes.Buffer // of the last command
	hubAsked, modelAsked, headerSeen atomic.Int64
}

// serveHub serves datasets, and counts the requests that bring the token.
func (c *canary) serveHub() string {
	datasets, err := fs.Sub(testdata.Hub, "hub")
	if err != nil {
		c.t.Fatal(err)
	}
	double, err := hubtest.New(datasets, hubtest.Options{Writable: true})
	if err != nil {
		c.t.Fatal(err)
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.Header.Get("Authorization"), canaryHub) {
			c.hubAsked.Add(1)
		}
		double.ServeHTTP(w, r)
	}))
	c.t.Cleanup(s.Close)
	return s.URL
}

// serveModel stands before a model server. Under /echo it repeats the secrets that it gets.
func (c *canary) serveModel() string {
	model, err := mock.New(mock.Config{Model: "m", Tokens: 4, Queue: -1})
	if err != nil {
		c.t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		c.t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- model.Serve(l) }()
	c.t.Cleanup(func() {
		model.Close()
		<-served
	})
	behind := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: l.Addr().String()})
	behind.FlushInterval = -1
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.Header.Get("Authorization"), canaryKey) {
			c.modelAsked.Add(1)
		}
		if r.Header.Get("X-Team") == canaryHeader {
			c.headerSeen.Add(1)
		}
		if strings.HasPrefix(r.URL.Path, "/echo") {
			http.Error(w, `{"error":{"message":"invalid key `+canaryKey+` or `+r.Header.Get("Authorization")+`"}}`, http.StatusUnauthorized)
			return
		}
		behind.ServeHTTP(w, r)
	}))
	c.t.Cleanup(s.Close)
	return s.URL
}

func (c *canary) environment(env map[string]string) {
	c.env = env
	for name, value := range env {
		c.t.Setenv(name, value)
	}
}

// run runs a command, and searches what it prints.
func (c *canary) run(args ...string) int {
	c.t.Helper()
	var stdout bytes.Buffer
	c.stderr.Reset()
	p := testProcess("", &stdout, &c.stderr)
	p.getenv, p.home = func(name string) string { return c.env[name] }, c.dir
	code := run(c.t.Context(), args, p)
	c.search(strings.Join(args[:1], " ")+" stdout", stdout.Bytes())
	c.search(strings.Join(args[:1], " ")+" stderr", c.stderr.Bytes())
	return code
}

// failAll runs commands that fail with a secret at hand.
func (c *canary) failAll(withUser, dataset string) {
	c.t.Helper()
	withPath := strings.Replace(withUser, "?key=", "/echo?key=", 1)
	for _, args := range [][]string{
		{"bench", "prompts.jsonl", "--target", withPath, "--wait", "0", "-o", "refused.parquet"},
		{"bench", "prompts.jsonl", "--target", withPath, "--wait", "0", "--model", "m", "--max-requests", "2", "-o", "errors.parquet"},
		{"doctor", "--target", withPath},
		{"pull", dataset, "--config", "nowhere"},
		{"bench", "prompts.jsonl", "--config-file", "secret.yaml"},
		{"bench", "prompts.jsonl", "--target", withUser, "--vary", "header=X-Team: " + canaryHeader},
		{"bench", "prompts.jsonl", "--target", withUser, "--vary", `extra-body={"api_key":"` + canaryKey + `","b":1}`},
	} {
		if err := os.WriteFile("secret.yaml", []byte("bench:\n  header: [\"Authorization: Bearer "+canaryKey+"\"]\n"), 0o600); err != nil {
			c.t.Fatal(err)
		}
		if code := c.run(args...); code == exitOK || code == exitBug {
			c.t.Errorf("%v: exit code %d, want a failure", args, code)
		}
		if err := os.Remove("secret.yaml"); err != nil {
			c.t.Fatal(err)
		}
	}
}

// searchFiles looks through everything that the commands left.
func (c *canary) searchFiles() {
	found := 0
	err := filepath.WalkDir(c.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || d.Name() == "headers" {
			return err
		}
		data, err := os.ReadFile(path)
		found++
		c.search(path, data)
		if filepath.Ext(path) == ".parquet" {
			c.searchRows(path)
		}
		return err
	})
	if err != nil {
		c.t.Error(err)
	}
	if found < 10 {
		c.t.Errorf("only %d files were left: the test proves nothing", found)
	}
}

// searchRows looks through what a results file has packed.
func (c *canary) searchRows(path string) {
	c.t.Helper()
	f, err := results.Open(path)
	if err != nil {
		return // a dataset, or lineage
	}
	defer f.Close()
	described, err := json.Marshal(f.Run)
	if err != nil {
		c.t.Fatal(err)
	}
	c.search(path+": the run", described)
	for r, err := range f.Records() {
		if err != nil {
			c.t.Fatal(err)
		}
		row, err := json.Marshal(r)
		if err != nil {
			c.t.Fatal(err)
		}
		c.search(path+": a row", row)
	}
}

func (c *canary) search(where string, data []byte) {
	c.t.Helper()
	for _, secret := range []string{canaryHub, canaryKey, canaryHeader, canaryPass} {
		if i := bytes.Index(data, []byte(secret)); i >= 0 {
			c.t.Errorf("%s has the secret %s: ...%q", where, secret, data[max(0, i-80):i+len(secret)])
		}
	}
}
