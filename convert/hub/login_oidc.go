package hub

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/promptmill/promptmill/convert/hub/internal/tokens"
)

// OIDC is how a CI job logs in without a secret: it proves who it is with a token of its CI provider, which the Hub
// exchanges for one of its own. The zero value does not log in.
type OIDC struct {
	Resource string // what the token is for: a repository like datasets/ORG/NAME, or a user
	IDToken  string // the proof; "" means to ask the provider for one

	// Where a job of GitHub Actions asks for its proof, and with what.
	RequestURL, RequestToken string
}

func (o OIDC) wanted() bool { return o.Resource != "" }

// What the exchange says.
const (
	exchangeGrant = "urn:ietf:params:oauth:grant-type:token-exchange"
	idTokenType   = "urn:ietf:params:oauth:token-type:id_token"
)

// The life of a token from an exchange.
const (
	oidcLife   = time.Hour       // when the Hub does not say
	oidcMargin = 5 * time.Minute // before its end it is exchanged again, where another proof can be had
)

// oauthToken is the Hub's answer with a token.
type oauthToken struct {
	Access  string `json:"access_token"`
	Refresh string `json:"refresh_token"`
	Expires int64  `json:"expires_in"` // seconds
}

// exchangeOIDC returns a token and how long to use it.
func (c *Client) exchangeOIDC(ctx context.Context) (token string, life time.Duration, err error) {
	o := c.cfg.Login.OIDC
	proof, margin := o.IDToken, time.Duration(0)
	if proof == "" {
		if proof, err = c.proof(ctx, o); err != nil {
			return "", 0, err
		}
		c.creds.hide(proof)
		margin = oidcMargin
	}
	body, err := json.Marshal(map[string]string{
		"grant_type": exchangeGrant, "subject_token_type": idTokenType, "subject_token": proof, "resource": o.Resource,
	})
	if err != nil {
		return "", 0, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.path("oauth/token").String(), bytes.NewReader(body))
	if err != nil {
		return "", 0, err
	}
	req.Header.Set("Content-Type", "application/json")
	var answer oauthToken
	if err := c.askOnce(req, "log in by OIDC", &answer); err != nil {
		return "", 0, err
	}
	if answer.Access == "" || tokens.Bad(answer.Access) {
		return "", 0, distrust("log in by OIDC", req.URL, "the answer has no usable access_token")
	}
	life = oidcLife
	if answer.Expires > 0 {
		life = time.Duration(min(answer.Expires, maxSeconds)) * time.Second
	}
	return answer.Access, max(life-margin, 0), nil
}

// proof asks GitHub Actions who this job is.
func (c *Client) proof(ctx context.Context, o OIDC) (string, error) {
	if o.RequestURL == "" || o.RequestToken == "" {
		return "", errors.New("HF_OIDC_RESOURCE is set and there is no proof of who this job is: set HF_OIDC_ID_TOKEN, " +
			"or give the job of GitHub Actions `permissions: id-token: write`, or unset HF_OIDC_RESOURCE")
	}
	u, err := url.Parse(o.RequestURL)
	if err != nil || u.Host == "" {
		return "", errors.New("ACTIONS_ID_TOKEN_REQUEST_URL is not a URL")
	}
	q := u.Query()
	q.Set("audience", c.endpoint.String())
	u.RawQuery = q.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return "", errors.New("ACTIONS_ID_TOKEN_REQUEST_URL is not a URL to ask")
	}
	req.Header.Set("Authorization", "Bearer "+o.RequestToken)
	var answer struct{ Value string }
	if err := c.askOnce(req, "ask GitHub Actions who this job is", &answer); err != nil {
		return "", err
	}
	if answer.Value == "" {
		return "", distrust("ask GitHub Actions who this job is", req.URL, "the answer has no value")
	}
	return answer.Value, nil
}

// maxLogin bounds an answer about a token.
const maxLogin = 1 << 20

// askOnce performs a request of a login, follows no redirect, and decodes the answer.
func (c *Client) askOnce(req *http.Request, op string, v any) error {
	ctx, cancel := context.WithTimeout(req.Context(), c.cfg.Timeout)
	defer cancel()
	req.Header.Set("User-Agent", c.cfg.UserAgent)
	req.Header.Set("Accept-Encoding", "identity")
	resp, err := c.http.Do(req.WithContext(ctx))
	if err != nil {
		return c.loginError(req, op, 0, c.unanswered(req.Context(), op, req.URL, err))
	}
	defer drain(resp)
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxLogin))
	if err != nil {
		return c.loginError(req, op, 0, c.unanswered(req.Context(), op, req.URL, err))
	}
	if resp.StatusCode != http.StatusOK {
		return c.loginError(req, op, resp.StatusCode, c.oauthRefusal(raw))
	}
	if err := json.Unmarshal(raw, v); err != nil {
		return distrust(op, req.URL, "the answer is not JSON")
	}
	return nil
}

// oauthRefusal is a server's {"error": ..., "error_description": ...}.
type oauthRefusal struct{ code, text string }

func (r oauthRefusal) Error() string { return r.text }

func (c *Client) oauthRefusal(raw []byte) error {
	var said struct {
		Code string `json:"error"`
		Text string `json:"error_description"`
	}
	_ = json.Unmarshal(raw, &said) // what cannot be read says nothing
	return oauthRefusal{said.Code, c.safe(said.Code + " " + said.Text)}
}

// loginError is a login that did not succeed.
func (c *Client) loginError(req *http.Request, op string, status int, err error) error {
	if e, ok := errors.AsType[*Error](err); ok {
		e.Method = req.Method
		return e
	}
	if req.Context().Err() != nil {
		return context.Cause(req.Context())
	}
	class := ErrUnauthorized
	if retryStatus(status) {
		class = ErrUnavailable
	}
	return &Error{Op: op, Method: req.Method, URL: cleanURL(req.URL), Status: status, Message: err.Error(), Err: fmt.Errorf("%w: %w", class, err)}
}
