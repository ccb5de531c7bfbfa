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
	fileIn := func(dir, token string) hub.Config { // logged in by the file of dir
		return hub.Config{CacheDir: standard, Token: token, Login: hub.Login{TokenFile: filepath.Join(home, dir)}}
	}
	usual := fileIn(".cache/huggingface/token", "hf_file")
	with := func(change func(*hub.Config)) hub.Config {
		cfg := usual
		change(&cfg)
		return cfg
	}
	tests := []struct {
		env  string
		want hub.Config
	}{
		{"", usual},
		{"HF_ENDPOINT=https://mirror.example//", with(func(c *hub.Config) { c.Endpoint = "https://mirror.example" })},
		{"HF_HOME=~/else", hub.Config{CacheDir: filepath.Join(home, "else/hub"), Token: "hf_else", Login: hub.Login{TokenFile: filepath.Join(home, "else/token")}}},
		{"HF_HOME=$WHERE/else WHERE=" + home, hub.Config{CacheDir: filepath.Join(home, "else/hub"), Token: "hf_else", Login: hub.Login{TokenFile: filepath.Join(home, "else/token")}}},
		{"HF_HOME=/$UNSET/x", hub.Config{CacheDir: "/$UNSET/x/hub"}},
		{"XDG_CACHE_HOME=/x", hub.Config{CacheDir: "/x/huggingface/hub"}},
		{"HF_HUB_CACHE=/h HUGGINGFACE_HUB_CACHE=/old", with(func(c *hub.Config) { c.CacheDir = "/h" })},
		{"HUGGINGFACE_HUB_CACHE=/old", with(func(c *hub.Config) { c.CacheDir = "/old" })},
		{"HF_TOKEN=hf_a HUGGING_FACE_HUB_TOKEN=hf_b", hub.Config{CacheDir: standard, Token: "hf_a"}},
		{"HUGGING_FACE_HUB_TOKEN=hf_b", hub.Config{CacheDir: standard, Token: "hf_b"}},
		{"HF_TOKEN_PATH=~/my.token", fileIn("my.token", "hf_my")},
		{"HF_TOKEN=hf_a HF_HUB_DISABLE_IMPLICIT_TOKEN=yes", hub.Config{CacheDir: standard}},
		{"HF_HUB_OFFLINE=1", with(func(c *hub.Config) { c.Offline = true })},
		{"TRANSFORMERS_OFFLINE=on", with(func(c *hub.Config) { c.Offline = true })},
		{"HF_HUB_OFFLINE=0 TRANSFORMERS_OFFLINE=1", usual},
		{"HF_DATASETS_OFFLINE=TRUE HF_HUB_OFFLINE=0", with(func(c *hub.Config) { c.Offline = true })},
		{"HF_HUB_DOWNLOAD_TIMEOUT=45 HF_HUB_ETAG_TIMEOUT=7", with(func(c *hub.Config) { c.Timeout, c.AskTimeout = 45*time.Second, 7*time.Second })},
		{"HF_HUB_DOWNLOAD_TIMEOUT=soon HF_HUB_ETAG_TIMEOUT=0", usual},
		{"HF_HUB_DOWNLOAD_TIMEOUT=9223372036854775807", with(func(c *hub.Config) { c.Timeout = 7 * 24 * time.Hour })},
		{"HF_HUB_DISABLE_SYMLINKS=1 HF_HUB_DISABLE_PROGRESS_BARS=on HF_DEBUG=true", with(func(c *hub.Config) { c.DisableSymlinks, c.NoProgress, c.Debug = true, true, true })},
		{"HF_HUB_DISABLE_SYMLINKS=0 HF_DEBUG=false", usual},
		{"HF_HUB_USER_AGENT_ORIGIN=partner", with(func(c *hub.Config) { c.Origin = "partner" })},
		{"ALL_PROXY=http://p:1 all_proxy=socks5://q:2 NO_PROXY=a,b", with(func(c *hub.Config) { c.AllProxy, c.NoProxy = "socks5://q:2", "a,b" })},
		{"HF_OIDC_RESOURCE=datasets/o/n HF_OIDC_ID_TOKEN=jwt HF_TOKEN=hf_a", hub.Config{CacheDir: standard, Token: "hf_a",
			Login: hub.Login{OIDC: hub.OIDC{Resource: "datasets/o/n", IDToken: "jwt"}}}},
		{"HF_OIDC_RESOURCE=me GITHUB_ACTIONS=true ACTIONS_ID_TOKEN_REQUEST_URL=u ACTIONS_ID_TOKEN_REQUEST_TOKEN=t HF_TOKEN=hf_a", hub.Config{CacheDir: standard, Token: "hf_a",
			Login: hub.Login{OIDC: hub.OIDC{Resource: "me", RequestURL: "u", RequestToken: "t"}}}},
		{"HF_OIDC_RESOURCE=me HF_HUB_DISABLE_IMPLICIT_TOKEN=1", hub.Config{CacheDir: standard}},
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
