package hub

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/promptmill/promptmill/convert/hub/internal/fault"
	"github.com/promptmill/promptmill/convert/hub/internal/tokens"
)

// hfClientID is the OAuth client of the command hf, whose logins can be refreshed.
const hfClientID = "26be6b09-91c5-47da-9861-d2d2bb7a7e36"

// The life of a token from a login in the browser.
const (
	refreshMargin = 24 * time.Hour  // it is refreshed when less is left
	refreshAgain  = 5 * time.Minute // between two tries, and between two looks at a token that is not to be refreshed
	refreshWait   = 30 * time.Second
)

// refresh renews a token from a login in the browser that is about to end. Nothing that goes wrong is an error: the
// old token may still do, and if not, the Hub says so.
func (cr *credentials) refresh(ctx context.Context) {
	l := cr.c.cfg.Login
	cr.until = time.Now().Add(refreshAgain)
	s := tokens.Stored{File: filepath.Join(filepath.Dir(l.TokenFile), "stored_tokens")}
	name, fields, ok := s.Find(cr.token)
	if !ok {
		if now := tokens.In(l.TokenFile); now != "" && !tokens.Bad(now) { // another process may have refreshed it
			cr.hide(now)
			cr.token = now
		}
		return
	}
	ends, ok := fields.Ends()
	if !ok || fields["refresh_token"] == "" {
		return
	}
	if due := ends.Add(-refreshMargin); time.Now().Before(due) {
		cr.until = due
		return
	}
	cr.hide(fields["refresh_token"])
	if err := cr.renew(ctx, s, name); err != nil && ctx.Err() == nil {
		cr.c.cfg.Logf("the token of %s could not be refreshed: %v; `hf auth login` makes a new one", fault.Printable(name, 80), err)
		if r, ok := errors.AsType[oauthRefusal](err); ok && r.code == "invalid_grant" {
			cr.until = time.Time{} // nothing but a new login helps
		}
	}
}

// renew does it under the lock that Python's processes take, because a refresh token may be good for one use only. For
// the same reason the end of ctx, which may be Ctrl-C, ends the wait for the lock and nothing after: when the Hub has used
// the old one up, the new one is kept.
func (cr *credentials) renew(ctx context.Context, s tokens.Stored, name string) error {
	root, err := os.OpenRoot(filepath.Dir(s.File))
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }() // it was only locked in
	waiting, cancel := context.WithTimeout(ctx, refreshWait)
	defer cancel()
	release, _, err := cr.c.acquire(waiting, root, filepath.Base(s.File)+".lock", "the token of "+fault.Printable(name, 80))
	if err != nil {
		return err
	}
	defer release()
	fields := s.Read()[name]
	if fields["hf_token"] != cr.token { // somebody was faster
		if t := tokens.Clean(fields["hf_token"]); t != "" && !tokens.Bad(t) {
			cr.hide(t)
			cr.token = t
		}
		return nil
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	ctx, cancelRenewal := context.WithTimeout(context.WithoutCancel(ctx), refreshWait)
	defer cancelRenewal()
	answer, err := cr.c.refreshToken(ctx, fields["refresh_token"])
	if err != nil {
		return err
	}
	return cr.keep(s, name, answer, fields["refresh_token"])
}

// refreshToken asks the Hub for a new token.
func (c *Client) refreshToken(ctx context.Context, refresh string) (oauthToken, error) {
	form := url.Values{
		"grant_type":    {"refresh_token"},
		"refresh_token": {refresh},
		"client_id":     {first(c.cfg.Login.ClientID, hfClientID)},
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.path("oauth/token").String(), strings.NewReader(form.Encode()))
	if err != nil {
		return oauthToken{}, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	var answer oauthToken
	if err := c.askOnce(req, "refresh the token", &answer); err != nil {
		return oauthToken{}, err
	}
	if answer.Access == "" || tokens.Bad(answer.Access) {
		return oauthToken{}, distrust("refresh the token", req.URL, "the answer has no usable access_token")
	}
	return answer, nil
}

// keep uses a new token and writes it where Python looks.
func (cr *credentials) keep(s tokens.Stored, name string, t oauthToken, oldRefresh string) error {
	old := cr.token
	cr.hide(t.Access)
	cr.hide(t.Refresh)
	cr.token = t.Access
	fields := tokens.Fields{"hf_token": t.Access, "refresh_token": first(t.Refresh, oldRefresh)}
	if t.Expires > 0 {
		ends := time.Now().Add(time.Duration(min(t.Expires, 1000*maxSeconds)) * time.Second)
		fields.SetEnd(ends)
		if due := ends.Add(-refreshMargin); due.After(cr.until) {
			cr.until = due
		}
	}
	if err := s.Put(name, fields); err != nil {
		return err
	}
	if tokens.In(cr.c.cfg.Login.TokenFile) != old {
		return nil // the user has chosen another token meanwhile
	}
	return tokens.Write(cr.c.cfg.Login.TokenFile, t.Access)
}
