package hub

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/promptmill/promptmill/convert/hub/internal/fault"
)

// maxErrorBody bounds what is read of an error's body.
const maxErrorBody = 64 << 10

// Messages by which the Hub tells apart answers that share a status.
const (
	msgBadToken = "Invalid credentials in Authorization header"
	msgDisabled = "Access to this resource is disabled."
)

// refusal turns an answer of 400 or more into an error. The order of the tests is Python's, so that the same
// answer gets the same name in both.
func (c *Client) refusal(op string, repo string, resp *http.Response) *Error {
	h := resp.Header
	said := h.Get("X-Error-Message")
	e := &Error{
		Op:        op,
		URL:       cleanURL(resp.Request.URL),
		Status:    resp.StatusCode,
		Code:      fault.Printable(h.Get("X-Error-Code"), 60),
		Message:   c.safe(first(said, bodyMessage(resp.Body))),
		RequestID: fault.Printable(first(h.Get("X-Request-Id"), h.Get("X-Amz-Cf-Id")), 80),
		wait:      h.Get("Retry-After"),
		limit:     h.Get("RateLimit"),
	}
	if !c.ours(resp.Request.URL) {
		c.explainCDN(e)
		return e
	}
	page := c.endpoint.JoinPath("datasets", repo).String()
	switch {
	case e.Code == "RevisionNotFound":
		e.Err, e.Message = ErrNotFound, "no such revision"
	case e.Code == "EntryNotFound":
		e.Err, e.Message = ErrNotFound, "no such file at this commit"
	case e.Code == "GatedRepo":
		c.explainGated(e, page)
	case said == msgDisabled:
		e.Err, e.Message, e.Advice = ErrUnauthorized, "the Hub has disabled this dataset", "see "+page
	case e.Status == http.StatusUnauthorized && said == msgBadToken:
		e.Err, e.Message = ErrUnauthorized, "the Hub does not accept the token"
		e.Advice = "make a new one at " + c.endpoint.JoinPath("settings", "tokens").String() + " and set HF_TOKEN, or unset it for public data"
	case e.Code == "RepoNotFound" || e.Status == http.StatusUnauthorized:
		c.explainMissing(e, page)
	default:
		c.explainStatus(e)
	}
	return e
}

// explainCDN is for the storage host behind a signed link: a 403 means that the link has expired, and asking the
// Hub again gets a new one.
func (c *Client) explainCDN(e *Error) {
	e.again = retryStatus(e.Status) || e.Status == http.StatusForbidden
	e.Err, e.Message = ErrUnavailable, "the storage server refuses: "+first(e.Message, strings.ToLower(http.StatusText(e.Status)))
}

func (c *Client) explainGated(e *Error, page string) {
	e.Err = ErrGated
	e.Message = "the dataset is gated"
	e.Advice = "accept its terms at " + page + " and set HF_TOKEN"
	if e.Status == http.StatusForbidden {
		e.Message = "the dataset is gated and this account has not been granted access"
		e.Advice = "ask for it at " + page + ", or set HF_TOKEN to an account that has it"
	}
}

func (c *Client) explainMissing(e *Error, page string) {
	e.Err = ErrNotFound
	e.Message = "no such dataset, or it is private"
	e.Advice = "check the name at " + page + "; for a private dataset set HF_TOKEN"
	if !c.anonymous() {
		e.Message = "no such dataset, or it is private and the token may not read it"
		e.Advice = "check the name at " + page + " and the permissions of HF_TOKEN"
	}
}

func (c *Client) explainStatus(e *Error) {
	e.again = retryStatus(e.Status)
	switch {
	case e.Status == http.StatusNotFound:
		e.Err = ErrNotFound
	case e.Status == http.StatusForbidden:
		e.Err = ErrUnauthorized
		e.Advice = "the token lacks a permission: check HF_TOKEN"
	case e.Status == http.StatusTooManyRequests:
		e.Err = ErrUnavailable
		e.Message = "the Hub's rate limit is reached"
		e.Advice = "wait some minutes"
		if c.anonymous() {
			e.Advice += ", or set HF_TOKEN for a higher limit"
		}
	case e.again || e.Status >= 500:
		e.Err = ErrUnavailable
	}
}

// hush takes the secrets out of an error that may repeat what a server said, and returns it. Every error about a request
// comes by here on its way out, with [Client.pause] as the usual place.
func (c *Client) hush(err error) error {
	if e, ok := errors.AsType[*Error](err); ok {
		for _, text := range []*string{&e.Op, &e.URL, &e.Code, &e.Message, &e.RequestID, &e.Advice} {
			*text = c.creds.clean(*text)
		}
	}
	return err
}

// safe makes a server's words fit to print: one line, cut, and without the token if a server should echo it.
func (c *Client) safe(s string) string {
	return fault.Printable(strings.TrimSpace(c.creds.clean(s)), fault.MaxMessage)
}

// bodyMessage reads {"error": "..."}, {"error": [...]} or {"errors": [{"message": "..."}]}.
func bodyMessage(body io.Reader) string {
	raw, _ := io.ReadAll(io.LimitReader(body, maxErrorBody)) // what could not be read is no message
	var v struct {
		Error  any
		Errors []struct{ Message string }
	}
	if json.Unmarshal(raw, &v) != nil {
		return ""
	}
	if list, ok := v.Error.([]any); ok && len(list) > 0 {
		v.Error = list[0]
	}
	if s, ok := v.Error.(string); ok {
		return s
	}
	if len(v.Errors) > 0 {
		return v.Errors[0].Message
	}
	return ""
}

// retryStatus reports whether the same request may work later.
func retryStatus(status int) bool {
	return slices.Contains([]int{408, 429, 500, 502, 503, 504}, status)
}

// distrust is an error for an answer that came with success and cannot be true.
func distrust(op string, u *url.URL, format string, args ...any) *Error {
	return &Error{Op: op, URL: cleanURL(u), Message: fault.Printable(fmt.Sprintf(format, args...), fault.MaxMessage), Err: ErrCorrupt}
}

// doubt is [distrust] of an answer that a proxy on the way may have spoilt: it is worth asking again, a few times.
func doubt(op string, u *url.URL, format string, args ...any) *Error {
	e := distrust(op, u, format, args...)
	e.again, e.odd = true, true
	return e
}
