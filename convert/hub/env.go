package hub

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/promptmill/promptmill/convert/hub/internal/tokens"
)

// ConfigFromEnv returns the configuration that the HF_* variables ask for, read through getenv, with home as the
// user's home folder; the files with tokens are read if there are any. It follows huggingface_hub in names, order and
// defaults, and connects to nothing.
func ConfigFromEnv(getenv func(string) string, home string) Config {
	e := env{getenv, home}
	hfHome := e.path(first(getenv("HF_HOME"), under(first(getenv("XDG_CACHE_HOME"), under(home, ".cache")), "huggingface")))
	cfg := Config{
		Endpoint:        strings.TrimRight(getenv("HF_ENDPOINT"), "/"),
		CacheDir:        e.path(first(getenv("HF_HUB_CACHE"), getenv("HUGGINGFACE_HUB_CACHE"), under(hfHome, "hub"))),
		Offline:         isTrue(first(getenv("HF_HUB_OFFLINE"), getenv("TRANSFORMERS_OFFLINE"))) || e.flag("HF_DATASETS_OFFLINE"),
		Timeout:         e.seconds("HF_HUB_DOWNLOAD_TIMEOUT"),
		AskTimeout:      e.seconds("HF_HUB_ETAG_TIMEOUT"),
		Origin:          getenv("HF_HUB_USER_AGENT_ORIGIN"),
		HTTPProxy:       first(getenv("HTTP_PROXY"), getenv("http_proxy")),
		HTTPSProxy:      first(getenv("HTTPS_PROXY"), getenv("https_proxy")),
		AllProxy:        first(getenv("all_proxy"), getenv("ALL_PROXY")),
		NoProxy:         first(getenv("no_proxy"), getenv("NO_PROXY")),
		DisableSymlinks: e.flag("HF_HUB_DISABLE_SYMLINKS"),
		NoProgress:      e.flag("HF_HUB_DISABLE_PROGRESS_BARS"),
		Debug:           e.flag("HF_DEBUG"),
	}
	if !e.flag("HF_HUB_DISABLE_IMPLICIT_TOKEN") {
		cfg.Token, cfg.Login = e.login(e.path(first(getenv("HF_TOKEN_PATH"), under(hfHome, "token"))))
	}
	return cfg
}

type env struct {
	get  func(string) string
	home string
}

// login returns the token of the variables, else the one in file, else none, and how to get a better one.
func (e env) login(file string) (string, Login) {
	l := Login{OIDC: OIDC{
		Resource:     e.get("HF_OIDC_RESOURCE"),
		IDToken:      e.get("HF_OIDC_ID_TOKEN"),
		RequestURL:   e.get("ACTIONS_ID_TOKEN_REQUEST_URL"),
		RequestToken: e.get("ACTIONS_ID_TOKEN_REQUEST_TOKEN"),
	}}
	if e.get("GITHUB_ACTIONS") != "true" {
		l.OIDC.RequestURL, l.OIDC.RequestToken = "", ""
	}
	if t := tokens.Clean(first(e.get("HF_TOKEN"), e.get("HUGGING_FACE_HUB_TOKEN"))); t != "" {
		return t, l
	}
	if t := tokens.In(file); t != "" {
		l.TokenFile, l.ClientID = file, e.get("HF_DEVICE_CODE_OAUTH_CLIENT_ID")
		return t, l
	}
	return "", l
}

// path expands a leading ~ and $NAME. A variable that is not set stays as it is written, as in Python.
func (e env) path(p string) string {
	p = os.Expand(p, func(name string) string { return first(e.get(name), "$"+name) })
	if p == "~" || strings.HasPrefix(p, "~/") {
		p = filepath.Join(e.home, p[1:])
	}
	return p
}

func (e env) flag(name string) bool { return isTrue(e.get(name)) }

// seconds returns 0, which stands for the default, for everything but a positive number.
func (e env) seconds(name string) time.Duration {
	s, err := strconv.Atoi(strings.TrimSpace(e.get(name)))
	if err != nil || s <= 0 {
		return 0
	}
	return time.Duration(min(s, maxSeconds)) * time.Second
}

// maxSeconds keeps a number from the environment a duration.
const maxSeconds = 7 * 24 * 60 * 60

// under joins dir and name; nothing is under an unknown folder.
func under(dir, name string) string {
	if dir == "" {
		return ""
	}
	return filepath.Join(dir, name)
}

func isTrue(s string) bool {
	switch strings.ToUpper(s) {
	case "1", "ON", "YES", "TRUE":
		return true
	}
	return false
}

// first returns the first of its arguments that is not empty.
func first(s ...string) string {
	for _, v := range s {
		if v != "" {
			return v
		}
	}
	return ""
}
