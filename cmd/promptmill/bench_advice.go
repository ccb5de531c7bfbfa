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
	case strings.Contains(text, "certificate required"):
		return "say who you are with --client-cert and --client-key"
	case failed == nil:
	case failed.Status == http.StatusNotFound && plan.readyPath != "":
		return "mend --ready-path"
	case failed.Status == http.StatusNotFound && slices.ContainsFunc(plan.urls, namesEndpoint):
		return "leave the path of the endpoint out of --target; --endpoint says which one"
	case failed.Kind == openai.KindReset && strings.HasPrefix(plan.urls[0], "http://"):
		return "if it speaks TLS, begin --target with https://"
	}
	return "start it, wait longer with --wait, or mend --target"
}

// namesEndpoint reports whether a URL goes beyond the address of an API.
func namesEndpoint(target string) bool {
	_, path, _ := strings.Cut(target, "/v1/")
	return strings.Trim(path, "/") != ""
}
