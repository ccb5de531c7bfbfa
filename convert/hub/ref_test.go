package hub_test

import (
	"path"
	"strings"
	"testing"

	"github.com/promptmill/promptmill/convert/hub"
)

func TestParseURL(t *testing.T) {
	tests := map[string]hub.Ref{
		"hf://datasets/openai/gsm8k":                         {Repo: "openai/gsm8k"},
		"hf://datasets/openai/gsm8k/":                        {Repo: "openai/gsm8k"},
		"hf://datasets/openai/gsm8k/main":                    {Repo: "openai/gsm8k", Config: "main"},
		"hf://datasets/openai/gsm8k/main/test":               {Repo: "openai/gsm8k", Config: "main", Split: "test"},
		"hf://datasets/openai/gsm8k@v1.0/main/test":          {Repo: "openai/gsm8k", Revision: "v1.0", Config: "main", Split: "test"},
		"hf://datasets/a/b@refs%2Fconvert%2Fparquet/c":       {Repo: "a/b", Revision: "refs/convert/parquet", Config: "c"},
		"hf://datasets/a/b@refs/convert/parquet/c/train":     {Repo: "a/b", Revision: "refs/convert/parquet", Config: "c", Split: "train"},
		"hf://datasets/a/b@refs/pr/7":                        {Repo: "a/b", Revision: "refs/pr/7"},
		"hf://datasets/a/b@feature%2Fx":                      {Repo: "a/b", Revision: "feature/x"},
		"hf://datasets/a/b/two%20words/train":                {Repo: "a/b", Config: "two words", Split: "train"},
		"hf://datasets/Anthropic/hh-rlhf_1.0/a%2Fb%25/train": {Repo: "Anthropic/hh-rlhf_1.0", Config: "a/b%", Split: "train"},
	}
	for in, want := range tests {
		got, err := hub.ParseURL(in)
		if err != nil || got != want {
			t.Errorf("%s: %+v, %v; want %+v", in, got, err, want)
		}
	}
}

func TestParseURL_refuses(t *testing.T) {
	for _, in := range []string{
		"", "openai/gsm8k", "hf://openai/gsm8k", "hf://datasets/", "hf://datasets/gsm8k", "hf://datasets/a/b/c/d/e",
		"hf://datasets/../etc", "hf://datasets/a/..", "hf://datasets/a/b--c", "hf://datasets/a/b.git", "hf://datasets/-a/b",
		"hf://datasets/a/b@", "hf://datasets/a/b@../x", "hf://datasets/a/b@%2Fetc", "hf://datasets/a/b@x%2F..%2F..%2Fy",
		"hf://datasets/a/b@a%00b", "hf://datasets/a/b@a\\b", "hf://datasets/a/b//test", "hf://datasets/a/b/%zz",
		"hf://datasets/a/b/c%0Ad", "hf://datasets/" + strings.Repeat("a", 60) + "/" + strings.Repeat("b", 60),
	} {
		if got, err := hub.ParseURL(in); err == nil {
			t.Errorf("%q: %+v, want an error", in, got)
		} else if !strings.Contains(err.Error(), "hf://datasets/ORG/NAME") || strings.ContainsAny(err.Error(), "\n\x00") {
			t.Errorf("%q: error %q: want one line with the form that is expected", in, err)
		}
	}
}

// What ParseURL accepts, String writes so that it means the same, and no part of it leaves a folder.
func FuzzParseURL(f *testing.F) {
	for _, s := range []string{"hf://datasets/a/b", "hf://datasets/a/b@refs/pr/1/c/d", "hf://datasets/a/b@x%2Fy/c%2F/d", "hf://datasets/a/b@../..", "hf://datasets/a/b/é %25/x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		ref, err := hub.ParseURL(s)
		if err != nil {
			return
		}
		again, err := hub.ParseURL(ref.String())
		if err != nil || again != ref {
			t.Errorf("%q: %+v, written %s, read %+v, %v", s, ref, ref, again, err)
		}
		for _, name := range []string{ref.Repo, ref.Revision} {
			if p := path.Join("/cache", name); !strings.HasPrefix(p, "/cache/") && name != "" || strings.Contains(name, "\\") {
				t.Errorf("%q leads to %s", s, p)
			}
		}
	})
}

// Forms that people copy from elsewhere are refused with what to write instead.
func TestParseRepo_saysWhatIsMeant(t *testing.T) {
	for in, want := range map[string]string{
		"org/two@v1.0":      "hf://datasets/org/two@v1.0",
		"org/two@feature/x": "hf://datasets/org/two@feature%2Fx",
		"https://huggingface.co/datasets/org/name":                      "hf://datasets/org/name",
		"https://huggingface.co/datasets/org/name/":                     "hf://datasets/org/name",
		"http://mirror.example/datasets/org/name?x=y#z":                 "hf://datasets/org/name",
		"https://huggingface.co/datasets/org/name/tree/main":            "hf://datasets/org/name",
		"https://huggingface.co/datasets/org/name/tree/v1.0/data":       "hf://datasets/org/name@v1.0",
		"https://huggingface.co/datasets/org/name/viewer/default/train": "hf://datasets/org/name",
		"https://huggingface.co/datasets/org/name/blob/main/a.jsonl":    "hf://datasets/org/name",
	} {
		if _, err := hub.ParseRepo(in); err == nil || !strings.HasSuffix(err.Error(), "write "+want) {
			t.Errorf("%s: error %v, want one that ends in %s", in, err, want)
		}
	}
	for _, in := range []string{"org/two@", "org/two@../x", "@", "/@x", "https://huggingface.co/org/name", "https://huggingface.co/datasets/org", "a/b/c", "https://", "org/two@\n"} {
		if _, err := hub.ParseRepo(in); err == nil || strings.Contains(err.Error(), "write hf://") || strings.ContainsAny(err.Error(), "\n") {
			t.Errorf("%q: error %v", in, err)
		}
	}
}
