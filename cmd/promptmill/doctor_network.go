package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/promptmill/promptmill/bench/openai"
	"github.com/promptmill/promptmill/convert/hub"
)

// askLimit is how long a server has to answer.
const askLimit = 5 * time.Second

// findHub asks the Hub who the token belongs to, which it answers without one, too: with 401.
func (a *app) findHub(ctx context.Context) finding {
	cfg := a.hubConfig()
	f := finding{Name: "Hub", Status: findingOK, Found: strings.TrimSuffix(cfg.Endpoint, "/")}
	if f.Found == "" {
		f.Found = hub.DefaultEndpoint
	}
	endpoint := f.Found
	f.Found = withoutSecrets(endpoint)
	if cfg.Offline {
		f.Status, f.Advice = findingNote, "not asked: HF_HUB_OFFLINE is set"
		return f
	}
	status, err := askWho(ctx, endpoint, cfg.Token)
	token := "no token"
	if cfg.Token != "" {
		token = "a token from " + a.tokenSource()
	}
	switch {
	case err != nil:
		f.Status, f.Advice = findingNote, "cannot be reached: datasets come from the cache and from files only"
	case cfg.Token == "" && status == http.StatusUnauthorized || status == http.StatusNotFound:
		f.Found += ", reachable, " + token
	case status == http.StatusOK:
		f.Found += ", reachable, " + token + ", which is valid"
	case status == http.StatusUnauthorized:
		f.Status = findingBad
		f.Found += ", reachable, " + token + ", which the Hub refuses"
		f.Advice = "make a new one at " + withoutSecrets(endpoint) + "/settings/tokens, or take the old one away"
	default:
		f.Status = findingNote
		f.Found += fmt.Sprintf(", answers with HTTP %d, %s", status, token)
	}
	return f
}

// tokenSource says where the Hub's token comes from, in the order in which the client looks.
func (a *app) tokenSource() string {
	for _, name := range []string{"HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"} {
		if a.getenv(name) != "" {
			return name
		}
	}
	return "the file of hf auth login"
}

// askWho returns the status of the answer. It follows no redirect, which could carry the token elsewhere.
func askWho(ctx context.Context, endpoint, token string) (status int, err error) {
	ctx, cancel := context.WithTimeout(ctx, askLimit)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, endpoint+"/api/whoami-v2", nil)
	if err != nil {
		return 0, err
	}
	req.Header.Set("User-Agent", userAgent())
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<16))
	return resp.StatusCode, nil
}

// findTarget asks a model server for its models.
func (a *app) findTarget(ctx context.Context, target string) finding {
	f := finding{Name: "server", Status: findingBad, Found: withoutSecrets(target)}
	key := a.getenv("PROMPTMILL_API_KEY")
	if key == "" {
		key = a.getenv("OPENAI_API_KEY")
	}
	client, err := openai.New(openai.Config{BaseURL: target, APIKey: strings.TrimSpace(key)})
	if err != nil {
		f.Found, f.Advice = err.Error(), "expected a URL such as http://127.0.0.1:8000"
		return f
	}
	defer client.CloseIdle()
	ctx, cancel := context.WithTimeout(ctx, askLimit)
	defer cancel()
	start := time.Now()
	models, err := client.Models(ctx)
	if err != nil {
		f.Found = fmt.Sprintf("%s: %v", f.Found, err)
		f.Advice = "start it, or mend the URL; a key belongs into PROMPTMILL_API_KEY or OPENAI_API_KEY"
		return f
	}
	f.Status = findingOK
	f.Found += fmt.Sprintf(" answers in %v with %s", time.Since(start).Round(100*time.Microsecond), counted(len(models), "model"))
	if len(models) > 0 {
		f.Found += ": " + strings.Join(models[:min(len(models), 3)], ", ")
	}
	return f
}
