package hub

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"
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

	turn   *semaphore.Weighted // held while a token is fetched: all other requests need it too
	token  string
	until  time.Time // when to look for a new one; zero: never
	ends   time.Time // of a token from an exchange
	failed error     // of the exchange that the user asked for; it is final

	hidden sync.Map // every secret that there was, for hide
}

func newCredentials(c *Client) *credentials {
	cr := &credentials{c: c, token: c.cfg.Token, turn: semaphore.NewWeighted(1)}
	if c.cfg.Login.OIDC.wanted() || c.cfg.Login.TokenFile != "" {
		cr.until = time.Unix(0, 0) // there is something to ask for, once a request needs it
	}
	for _, secret := range []string{c.cfg.Token, c.cfg.Login.OIDC.IDToken, c.cfg.Login.OIDC.RequestToken} {
		cr.hide(secret)
	}
	return cr
}

// token returns the token for a request, "" for none. Only a place that is known to be the endpoint's own gets one.
func (c *Client) token(ctx context.Context, known bool) (string, error) {
	if !known {
		return "", nil
	}
	return c.creds.get(ctx)
}

// bear adds a token to a request.
func bear(req *http.Request, token string) {
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
}

// anonymous reports whether requests go out without a token.
func (c *Client) anonymous() bool { return c.cfg.Token == "" && !c.cfg.Login.OIDC.wanted() }

// get returns the token to send, "" for none. It waits for another request that fetches one as long as ctx lasts.
func (cr *credentials) get(ctx context.Context) (string, error) {
	if cr.turn.Acquire(ctx, 1) != nil {
		return "", context.Cause(ctx)
	}
	defer cr.turn.Release(1)
	if cr.failed != nil || cr.until.IsZero() || time.Now().Before(cr.until) {
		return cr.token, cr.failed
	}
	if cr.c.cfg.Login.OIDC.wanted() {
		return cr.exchange(ctx)
	}
	cr.refresh(ctx)
	return cr.token, nil
}

// exchange gets a token for the proof of who the job is. Whoever asked for it wants no other token instead, but one from
// an earlier exchange does until it ends. A refusal is final; what may pass is tried again, and by later requests too.
func (cr *credentials) exchange(ctx context.Context) (string, error) {
	for tries := 0; ; tries++ {
		got, err := cr.c.exchangeOIDC(ctx)
		now := time.Now()
		if err == nil {
			cr.hide(got.token)
			cr.token, cr.until, cr.ends = got.token, now.Add(got.use), now.Add(got.life)
			return cr.token, nil
		}
		if ctx.Err() != nil {
			return "", context.Cause(ctx)
		}
		if left := cr.ends.Sub(now); left > 0 {
			cr.c.cfg.Logf("%v; the token that there is ends in %v", cr.c.hush(err), left.Round(time.Second))
			cr.until = now.Add(min(left, refreshAgain))
			return cr.token, nil
		}
		if err = cr.c.pause(ctx, err, tries); err == nil {
			continue
		}
		if ctx.Err() != nil {
			return "", context.Cause(ctx)
		}
		if e, ok := errors.AsType[*Error](err); ok && e.again {
			e.again = false // the request that needs the token need not try as often again
			return "", e
		}
		cr.failed = err
		return "", err
	}
}

// minSecret is the length below which a word is no token of anybody's, and would only make messages unreadable.
const minSecret = 8

// hide makes a secret unreadable in everything that [Client.safe] and [Client.hush] return.
func (cr *credentials) hide(secret string) {
	if len(secret) >= minSecret {
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
