package openai

import (
	"context"
	"net/http"
	"net/url"
	"time"
)

// maxRedirects is how many redirects of one request are followed.
const maxRedirects = 3

// follow sends the request on for as long as the server says that it is to be sent, as it is, to another path of its
// own. To another host go neither prompt nor credentials; and after a 301, 302 or 303 a client would have to send
// something else than what is to be measured.
func (x *exchange) follow(ctx context.Context, rep reply) (reply, error) {
	for x.resp.Redirects < maxRedirects {
		next := x.redirected(rep)
		if next == nil {
			break
		}
		x.drop(rep)
		x.detach()
		x.url = next
		x.resp.Redirects++
		var err error
		if rep, err = x.send(ctx); err != nil {
			return rep, err
		}
	}
	return rep, nil
}

// redirected is where the request is to be sent instead, or nil.
func (x *exchange) redirected(rep reply) *url.URL {
	if rep.status != http.StatusTemporaryRedirect && rep.status != http.StatusPermanentRedirect || rep.location == "" {
		return nil
	}
	from := x.url
	if from == nil {
		from = x.client.http.url
	}
	to, err := from.Parse(rep.location)
	if err != nil || to.Scheme != from.Scheme || to.Host != from.Host || to.User != nil || !plainPath(to.RequestURI()) {
		return nil
	}
	to.Fragment = ""
	return to
}

// plainPath says whether a path and query can be sent as they are.
func plainPath(s string) bool {
	for _, c := range []byte(s) {
		if c <= ' ' || c >= 0x7f {
			return false
		}
	}
	return true
}

// drop reads what is left of an answer that nobody wants, if it is little, so that the connection can be kept.
func (x *exchange) drop(rep reply) {
	defer time.AfterFunc(tailLimit, rep.giveUp).Stop()
	ev := &x.answer.events
	ev.reset(rep.body, errorBody)
	_ = ev.rest(errorBody)
	_ = rep.body.Close() // an answer that is not used cannot fail
	<-rep.sent
}
