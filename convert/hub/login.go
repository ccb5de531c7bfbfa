package hub

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Login says how to get a token that is better than [Config.Token]. [ConfigFromEnv] fills it in; whoever sets
// Config.Token by hand and wants no other token leaves or makes it zero.
type Login struct {
	OIDC OIDC // comes before Config.Token

	// TokenFile is the file that Config.Token was read from. When the file stored_tokens beside it knows how to
	// refresh that token, it is refreshed within a day of its end, as by Python, in both files.
	TokenFile string
	ClientID  string // of whoever logged in; "" means the command hf
}

// credentials are the token of a client and what is known of its life.
type credentials struct {
	c *Client

	mu     sync.Mutex // held while a token is fetched: all other requests need it too
	token  string
	until  time.Time // when to look for a new one; zero: never
	failed error     // of the exchange that the user asked for; it is final

	hidden sync.Map // every secret that there was, for hide
}

func newCredentials(c *Client) *credentials {
	cr := &credentials{c: c, token: c.cfg.Token}
	if c.cfg.Login.OIDC.wanted() || c.cfg.Login.TokenFile != "" {
		cr.until = time.Unix(0, 0) // there is something to ask for, once a request needs it
	}
	for _, secret := range []string{c.cfg.Token, c.cfg.Login.OIDC.IDToken, c.cfg.Login.OIDC.RequestToken} {
		cr.hide(secret)
	}
	return cr
}

// authorize adds the token to a request if that goes to the endpoint's host.
func (c *Client) authorize(ctx context.Context, req *http.Request) error {
	if !c.ours(req.URL) {
		return nil
	}
	token, err := c.creds.get(ctx)
	if err != nil || token == "" {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	return nil
}

// anonymous reports whether requests go out without a token.
func (c *Client) anonymous() bool { return c.cfg.Token == "" && !c.cfg.Login.OIDC.wanted() }

// get returns the token to send, "" for none.
func (cr *credentials) get(ctx context.Context) (string, error) {
	cr.mu.Lock()
	defer cr.mu.Unlock()
	if cr.failed != nil || cr.until.IsZero() || time.Now().Before(cr.until) {
		return cr.token, cr.failed
	}
	if cr.c.cfg.Login.OIDC.wanted() {
		return cr.exchange(ctx)
	}
	cr.refresh(ctx)
	return cr.token, nil
}

// exchange gets a token for the proof of who the job is. Whoever asked for it wants no other token instead.
func (cr *credentials) exchange(ctx context.Context) (string, error) {
	token, life, err := cr.c.exchangeOIDC(ctx)
	if ctx.Err() != nil {
		return "", context.Cause(ctx)
	}
	if err != nil {
		cr.failed = err
		return "", err
	}
	cr.hide(token)
	cr.token, cr.until = token, time.Now().Add(life)
	return token, nil
}

// hide makes a secret unreadable in everything that [Client.safe] returns.
func (cr *credentials) hide(secret string) {
	if secret != "" {
		cr.hidden.Store(secret, true)
	}
}

// clean returns s without the secrets that there were.
func (cr *credentials) clean(s string) string {
	cr.hidden.Range(func(secret, _ any) bool {
		s = strings.ReplaceAll(s, secret.(string), "***")
		return true
	})
	return s
}
