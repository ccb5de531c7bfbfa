package hub_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/promptmill/promptmill/convert/hub"
)

func TestConfigFromEnv(t *testing.T) {
	home := t.TempDir()
	for name, text := range map[string]string{".cache/huggingface/token": " hf_file\r\n", "else/token": "hf_else", "my.token": "hf_my"} {
		p := filepath.Join(home, name)
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	standard := filepath.Join(home, ".cache/huggingface/hub")
	tests := []struct {
		env  string
		want hub.Config
	}{
		{"", hub.Config{CacheDir: standard, Token: "hf_file"}},
		{"HF_ENDPOINT=https://mirror.example//", hub.Config{Endpoint: "https://mirror.example", CacheDir: standard, Token: "hf_file"}},
		{"HF_HOME=~/else", hub.Config{CacheDir: filepath.Join(home, "else/hub"), Token: "hf_else"}},
		{"HF_HOME=$WHERE/else WHERE=" + home, hub.Config{CacheDir: filepath.Join(home, "else/hub"), Token: "hf_else"}},
		{"HF_HOME=/$UNSET/x", hub.Config{CacheDir: "/$UNSET/x/hub"}},
		{"XDG_CACHE_HOME=/x", hub.Config{CacheDir: "/x/huggingface/hub"}},
		{"HF_HUB_CACHE=/h HUGGINGFACE_HUB_CACHE=/old", hub.Config{CacheDir: "/h", Token: "hf_file"}},
		{"HUGGINGFACE_HUB_CACHE=/old", hub.Config{CacheDir: "/old", Token: "hf_file"}},
		{"HF_TOKEN=hf_a HUGGING_FACE_HUB_TOKEN=hf_b", hub.Config{CacheDir: standard, Token: "hf_a"}},
		{"HUGGING_FACE_HUB_TOKEN=hf_b", hub.Config{CacheDir: standard, Token: "hf_b"}},
		{"HF_TOKEN_PATH=~/my.token", hub.Config{CacheDir: standard, Token: "hf_my"}},
		{"HF_TOKEN=hf_a HF_HUB_DISABLE_IMPLICIT_TOKEN=yes", hub.Config{CacheDir: standard}},
		{"HF_HUB_OFFLINE=1", hub.Config{CacheDir: standard, Token: "hf_file", Offline: true}},
		{"TRANSFORMERS_OFFLINE=on", hub.Config{CacheDir: standard, Token: "hf_file", Offline: true}},
		{"HF_HUB_OFFLINE=0 TRANSFORMERS_OFFLINE=1", hub.Config{CacheDir: standard, Token: "hf_file"}},
		{"HF_HUB_DOWNLOAD_TIMEOUT=45", hub.Config{CacheDir: standard, Token: "hf_file", Timeout: 45 * time.Second}},
		{"HF_HUB_DOWNLOAD_TIMEOUT=soon", hub.Config{CacheDir: standard, Token: "hf_file"}},
	}
	for _, tt := range tests {
		env := map[string]string{}
		for kv := range strings.FieldsSeq(tt.env) {
			k, v, _ := strings.Cut(kv, "=")
			env[k] = v
		}
		got := hub.ConfigFromEnv(func(k string) string { return env[k] }, home)
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.env, diff)
		}
	}
	if got := hub.ConfigFromEnv(func(string) string { return "" }, ""); got.CacheDir != "" {
		t.Errorf("without a home folder: cache in %q", got.CacheDir)
	}
}

func TestNew_refuses(t *testing.T) {
	for name, cfg := range map[string]hub.Config{
		"no cache":           {},
		"no URL":             {CacheDir: "c", Endpoint: "huggingface.co"},
		"another scheme":     {CacheDir: "c", Endpoint: "ftp://x"},
		"user in endpoint":   {CacheDir: "c", Endpoint: "https://me:hf_secret@x"},
		"query in endpoint":  {CacheDir: "c", Endpoint: "https://x?token=hf_secret"},
		"token of two lines": {CacheDir: "c", Token: "hf_secret\nX: y"},
	} {
		if _, err := hub.New(cfg); err == nil || strings.Contains(err.Error(), "hf_secret") {
			t.Errorf("%s: error = %v", name, err)
		}
	}
}
