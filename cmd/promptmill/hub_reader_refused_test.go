package main

import (
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/promptmill/promptmill/convert/hub/hubtest"
)

// Nobody who wants a few prompts has asked for ranges: from a server that does not know them, the files come whole, and
// only those that are needed.
func TestConvert_fewFromAServerWithoutRanges(t *testing.T) {
	t.Parallel()
	file := exams(t, 500)
	s := newShop(t, fstest.MapFS{
		"org/big/data/train-00000-of-00002.parquet": {Data: file},
		"org/big/data/train-00001-of-00002.parquet": {Data: file},
	}, hubtest.Options{Faults: []hubtest.Fault{{Kind: hubtest.IgnoreRange, On: hubtest.CDN}}})
	code, stdout, stderr := s.run(t, "convert", bigURL, "--limit", "10", "-o", "-")
	if code != exitOK || strings.Count(stdout, "\n") != 10 || !strings.Contains(stderr, "ignores ranges: downloading whole files") || strings.Contains(stderr, "read in place") {
		t.Errorf("exit code %d, %d lines; stderr:\n%s", code, strings.Count(stdout, "\n"), stderr)
	}
	code, _, stderr = s.run(t, "convert", bigURL, "--limit", "10", "-o", "-", "--offline")
	if code != exitInput && code != exitRemote { // the second file is not there
		t.Errorf("exit code %d, although only one file was needed; stderr:\n%s", code, stderr)
	}
	code, again, stderr := s.run(t, "convert", bigURL, "--limit", "10", "-o", "-", "-q")
	if code != exitOK || again != stdout || stderr != "" {
		t.Errorf("from the cache: exit code %d, other lines: %v; stderr:\n%s", code, again != stdout, stderr)
	}
}

// What is wrong with a file of the Hub is told to who can mend it, and is no matter of this machine.
func TestConvert_brokenInTheRepository(t *testing.T) {
	whole := exams(t, 500)
	oid := "sha256:" + strings.Repeat("a", 64)
	pointer := "version https://git-lfs.github.com/spec/v1\n" + // so long that it is not seen before the file is opened
		"ext-0-a " + oid + "\next-1-b " + oid + "\next-2-c " + oid + "\noid " + oid + "\nsize 1234567\n"
	s := newShop(t, fstest.MapFS{
		"org/lfs/data/train.parquet": {Data: []byte(pointer)},
		"org/cut/data/train.parquet": {Data: whole[:len(whole)-100]},
	}, hubtest.Options{})
	for _, tt := range []struct{ name, is string }{{"lfs", "this is a Git LFS pointer"}, {"cut", "the end is missing"}} {
		code, _, stderr := s.run(t, "convert", "hf://datasets/org/"+tt.name+"/default/train", "--stream", "-o", "-")
		for _, want := range []string{"org/" + tt.name + "@", ": data/train.parquet: ", tt.is, "tell the owner of the dataset"} {
			if !strings.Contains(stderr, want) {
				t.Errorf("%s: exit code %d, no %q in %s", tt.name, code, want, stderr)
			}
		}
		if code != exitInput || strings.Contains(stderr, "fetch it again") || strings.Contains(stderr, "git lfs pull") {
			t.Errorf("%s: exit code %d: %s", tt.name, code, stderr)
		}
	}
	for name, want := range map[string]string{"lfs": "tell the owner of the dataset", "cut": "promptmill pull --verify"} {
		code, _, stderr := s.run(t, "convert", "hf://datasets/org/"+name+"/default/train", "-o", "-")
		if code != exitInput || !strings.Contains(stderr, want) {
			t.Errorf("%s in the cache: exit code %d: %s", name, code, stderr)
		}
	}
}

// Where nothing was read, nothing was read in place.
func TestInspect_noNoticeOfNothing(t *testing.T) {
	s := newShop(t, fstest.MapFS{"org/big/data/train.parquet": {Data: exams(t, 500)}}, hubtest.Options{
		Faults: []hubtest.Fault{{Kind: hubtest.Fail, Status: 501, On: hubtest.CDN}},
	})
	code, _, stderr := s.run(t, "inspect", "hf://datasets/org/big")
	if code != exitRemote || strings.Contains(stderr, "read in place") || strings.Count(stderr, "org/big@") != 1 {
		t.Errorf("exit code %d: %s", code, stderr)
	}
}

// The notice says of which bytes the hash is known.
func TestConvert_byRangeSaysWhatWasChecked(t *testing.T) {
	s := newShop(t, fstest.MapFS{
		"org/big/data/train.parquet":   {Data: exams(t, 500)},
		"org/small/data/train.parquet": {Data: exams(t, 5)},
	}, hubtest.Options{})
	out := filepath.Join(s.dir, "out.jsonl")
	for name, want := range map[string]string{
		"big":   "the sha256 in the manifest is the one that the Hub promises for the whole file",
		"small": "came over the network, which has the hash that the Hub promises\n",
	} {
		code, _, stderr := s.run(t, "convert", "hf://datasets/org/"+name+"/default/train", "--limit", "3", "-o", out)
		if code != exitOK || !strings.Contains(stderr, want) {
			t.Errorf("%s: exit code %d, no %q in\n%s", name, code, want, stderr)
		}
	}
}

func TestPromptCommands_refuseADataset(t *testing.T) {
	s := &shop{dir: t.TempDir()}
	const url = "hf://datasets/org/big/default/train"
	for command, want := range map[string]string{
		"bench":    "promptmill convert " + url + " -o - | promptmill bench -",
		"validate": "promptmill convert " + url + " -o - | promptmill validate -",
		"report":   "promptmill pull " + url,
	} {
		code, _, stderr := s.run(t, command, url)
		if code != exitUsage || !strings.Contains(stderr, want) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%s: exit code %d: %s", command, code, stderr)
		}
	}
}
