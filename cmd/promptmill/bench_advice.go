package main

import (
	"crypto/x509"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/promptmill/promptmill/bench/openai"
)

// readyAdvice is what to do about a server that does not become ready.
func readyAdvice(err error, plan *benchPlan) string {
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return "name the authority that signed its certificate with --ca-file"
	}
	if _, ok := errors.AsType[x509.HostnameError](err); ok {
		return "name the host that its certificate is for with --tls-server-name"
	}
	failed, _ := errors.AsType[*openai.Error](err)
	text := err.Error()
	switch {
	case strings.Contains(text, "certificate required"), strings.Contains(text, "required SSL certificate"): // an alert; a page of nginx
		return "say who you are with --client-cert and --client-key"
	case failed == nil:
	case plan.client.HTTP2 && refusesHTTP2(failed):
		return "leave --http2 out"
	case failed.Status == http.StatusNotFound && plan.readyPath != "":
		return "mend --ready-path"
	case failed.Status == http.StatusNotFound && slices.ContainsFunc(plan.urls, namesEndpoint):
		return "leave the path of the endpoint out of --target; --endpoint says which one"
	case strings.HasPrefix(plan.urls[0], "http://") && mayExpectTLS(failed):
		return "if it speaks TLS, begin --target with https://"
	}
	return "start it, wait longer with --wait, or mend --target"
}

// refusesHTTP2 reports whether a server speaks another protocol. How net/http notices is a matter of what comes first.
func refusesHTTP2(e *openai.Error) bool {
	return e.Kind == openai.KindTLS && strings.Contains(e.Message, "application protocol") ||
		(e.Kind == openai.KindBadStream || e.Kind == openai.KindReset) && strings.Contains(e.Message, "HTTP/2")
}

// mayExpectTLS reports whether what answered a request without TLS may be a server that wants it: one that closes the
// connection, sends an alert of TLS, or says so.
func mayExpectTLS(e *openai.Error) bool {
	return e.Kind == openai.KindReset ||
		e.Kind == openai.KindHTTP && e.Status == http.StatusBadRequest && strings.Contains(e.Message, "HTTPS") ||
		strings.Contains(e.Message, `\x15\x03`) // as it is quoted
}

// namesEndpoint reports whether a URL goes beyond the address of an API.
func namesEndpoint(target string) bool {
	_, path, _ := strings.Cut(target, "/v1/")
	return strings.Trim(path, "/") != ""
}
