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
	"strings"
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

// exchanged is a token from an exchange.
type exchanged struct {
	token string
	life  time.Duration
	use   time.Duration // how long before another is fetched
}

// exchangeOIDC returns a token for the proof of who the job is.
func (c *Client) exchangeOIDC(ctx context.Context) (got exchanged, err error) {
	o := c.cfg.Login.OIDC
	proof, margin := o.IDToken, time.Duration(0)
	if proof == "" {
		if proof, err = c.proof(ctx, o); err != nil {
			return got, err
		}
		c.creds.hide(proof)
		margin = oidcMargin
	}
	body, err := json.Marshal(map[string]string{
		"grant_type": exchangeGrant, "subject_token_type": idTokenType, "subject_token": proof, "resource": o.Resource,
	})
	if err != nil {
		return got, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.path("oauth/token").String(), bytes.NewReader(body))
	if err != nil {
		return got, err
	}
	req.Header.Set("Content-Type", "application/json")
	var answer oauthToken
	if err := c.askOnce(req, "log in by OIDC", &answer); err != nil {
		return got, err
	}
	if answer.Access == "" || tokens.Bad(answer.Access) {
		return got, distrust("log in by OIDC", req.URL, "the answer has no usable access_token")
	}
	got = exchanged{token: answer.Access, life: oidcLife}
	if answer.Expires > 0 {
		got.life = time.Duration(min(answer.Expires, maxSeconds)) * time.Second
	}
	got.use = max(got.life-margin, got.life/2)
	return got, nil
}

// proof asks GitHub Actions who this job is.
func (c *Client) proof(ctx context.Context, o OIDC) (string, error) {
	if o.RequestURL == "" || o.RequestToken == "" {
		return "", noProof("HF_OIDC_RESOURCE is set and there is no proof of who this job is: set HF_OIDC_ID_TOKEN, " +
			"or give the job of GitHub Actions `permissions: id-token: write`, or unset HF_OIDC_RESOURCE")
	}
	u, err := url.Parse(o.RequestURL)
	if err != nil || u.Host == "" {
		return "", noProof("ACTIONS_ID_TOKEN_REQUEST_URL is not a URL")
	}
	q := u.Query()
	q.Set("audience", c.endpoint.String())
	u.RawQuery = q.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return "", noProof("ACTIONS_ID_TOKEN_REQUEST_URL is not a URL to ask")
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

// noProof is an error for a job that cannot say who it is.
func noProof(why string) error {
	return &Error{Op: "log in by OIDC", Message: why, Err: ErrUnauthorized}
}

// maxLogin bounds an answer about a token.
const maxLogin = 1 << 20

// askOnce performs a request of a login, follows no redirect, and decodes the answer.
func (c *Client) askOnce(req *http.Request, op string, v any) error {
	ctx, cancel := context.WithTimeout(req.Context(), c.cfg.Timeout)
	defer cancel()
	req.Header.Set("User-Agent", c.cfg.UserAgent)
	req.Header.Set("Accept-Encoding", "identity")
	resp, err := c.roundTrip(req.WithContext(ctx))
	if err != nil {
		return c.loginError(req, op, nil, c.unanswered(req.Context(), op, req.URL, err))
	}
	defer drain(resp)
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxLogin))
	if err != nil {
		return c.loginError(req, op, nil, c.unanswered(req.Context(), op, req.URL, err))
	}
	if resp.StatusCode != http.StatusOK {
		return c.loginError(req, op, resp, c.oauthRefusal(raw))
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

// loginError is a login that did not succeed. Resp is nil when there was no answer.
func (c *Client) loginError(req *http.Request, op string, resp *http.Response, err error) error {
	if e, ok := errors.AsType[*Error](err); ok {
		e.Method = req.Method
		return e
	}
	if resp == nil {
		return err // the end of the context
	}
	e := &Error{Op: op, Method: req.Method, URL: cleanURL(req.URL), Status: resp.StatusCode,
		wait: resp.Header.Get("Retry-After"), limit: resp.Header.Get("RateLimit"), again: retryStatus(resp.StatusCode)}
	class := ErrUnauthorized
	if e.again || e.Status >= 500 {
		class = ErrUnavailable
	}
	e.Message = first(err.Error(), strings.ToLower(http.StatusText(e.Status)), "refused")
	e.Err = fmt.Errorf("%w: %w", class, err)
	return e
}
