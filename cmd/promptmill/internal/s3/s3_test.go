package s3_test

import (
	"errors"
	"maps"
	"strings"
	"testing"

	"github.com/promptmill/promptmill/cmd/promptmill/internal/s3"
)

func TestSplit(t *testing.T) {
	bucket, key, err := s3.Split("s3://runs/today/results.parquet")
	if err != nil || bucket != "runs" || key != "today/results.parquet" {
		t.Errorf("%q, %q, %v", bucket, key, err)
	}
	for _, name := range []string{"", "s3://", "s3://runs", "s3://runs/", "s3:///key", "s3://b/k", "s3://runs/folder/", "runs/key", "hf://a/b"} {
		if _, _, err := s3.Split(name); !errors.Is(err, s3.ErrName) {
			t.Errorf("%q: %v, want ErrName", name, err)
		}
	}
}

// TestOpen: settings that name no store are refused, and the refusal shows none of them.
func TestOpen(t *testing.T) {
	for name, env := range map[string]map[string]string{
		"half a key":  {"AWS_SECRET_ACCESS_KEY": "canary"},
		"no URL":      {"AWS_ENDPOINT_URL": "canary"},
		"a user":      {"AWS_ENDPOINT_URL_S3": "https://canary:canary@host"},
		"a path":      {"AWS_ENDPOINT_URL": "https://host/canary"},
		"no protocol": {"AWS_ENDPOINT_URL": "ftp://canary"},
	} {
		if _, err := s3.Open(func(name string) string { return env[name] }); !errors.Is(err, s3.ErrSettings) || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: %v, want ErrSettings", name, err)
		}
	}
	good := map[string]string{"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}
	for variable := range maps.Keys(map[string]bool{"": true, "AWS_ENDPOINT_URL": true}) {
		env := maps.Clone(good)
		delete(env, variable)
		if _, err := s3.Open(func(name string) string { return env[name] }); err != nil {
			t.Errorf("without %q: %v", variable, err)
		}
	}
}

// A pattern is matched before anything is asked of a server, and a name without one needs none.
func TestMatch_offline(t *testing.T) {
	s, err := s3.Open(func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	if got, err := s.Match(t.Context(), "s3://runs/k"); err != nil || len(got) != 1 || got[0] != "s3://runs/k" {
		t.Errorf("%v, %v", got, err)
	}
	if got, err := s.Match(t.Context(), "s3://runs/[k"); !errors.Is(err, s3.ErrName) {
		t.Errorf("a broken pattern: %v, %v, want ErrName", got, err)
	}
}
