package hub

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// ConfigFromEnv returns the configuration that the HF_* variables ask for, read through getenv, with home as the
// user's home folder; the token file is read if there is one. It follows huggingface_hub in names, order and
// defaults.
func ConfigFromEnv(getenv func(string) string, home string) Config {
	e := env{getenv, home}
	hfHome := e.path(first(getenv("HF_HOME"), under(first(getenv("XDG_CACHE_HOME"), under(home, ".cache")), "huggingface")))
	cfg := Config{
		Endpoint: strings.TrimRight(getenv("HF_ENDPOINT"), "/"),
		CacheDir: e.path(first(getenv("HF_HUB_CACHE"), getenv("HUGGINGFACE_HUB_CACHE"), under(hfHome, "hub"))),
		Offline:  isTrue(first(getenv("HF_HUB_OFFLINE"), getenv("TRANSFORMERS_OFFLINE"))),
	}
	if s, err := strconv.Atoi(getenv("HF_HUB_DOWNLOAD_TIMEOUT")); err == nil && s > 0 {
		cfg.Timeout = time.Duration(s) * time.Second
	}
	if !isTrue(getenv("HF_HUB_DISABLE_IMPLICIT_TOKEN")) {
		cfg.Token = e.token(e.path(first(getenv("HF_TOKEN_PATH"), under(hfHome, "token"))))
	}
	return cfg
}

type env struct {
	get  func(string) string
	home string
}

// token returns the variable's token, else the one in file, else none.
func (e env) token(file string) string {
	if t := cleanToken(first(e.get("HF_TOKEN"), e.get("HUGGING_FACE_HUB_TOKEN"))); t != "" {
		return t
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	return cleanToken(string(text))
}

// path expands a leading ~ and $NAME. A variable that is not set stays as it is written, as in Python.
func (e env) path(p string) string {
	p = os.Expand(p, func(name string) string { return first(e.get(name), "$"+name) })
	if p == "~" || strings.HasPrefix(p, "~/") {
		p = filepath.Join(e.home, p[1:])
	}
	return p
}

// under joins dir and name; nothing is under an unknown folder.
func under(dir, name string) string {
	if dir == "" {
		return ""
	}
	return filepath.Join(dir, name)
}

func cleanToken(s string) string {
	return strings.TrimSpace(strings.NewReplacer("\r", "", "\n", "").Replace(s))
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
