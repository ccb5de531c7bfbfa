// Package proxy decides which requests go through a proxy.
package proxy

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// For returns what decides about the proxy of a request: HTTP_PROXY, HTTPS_PROXY and NO_PROXY as everywhere in Go,
// and for what these say nothing about, all unless the host is in none, as in Python.
func For(all, none string) (func(*http.Request) (*url.URL, error), error) {
	if all == "" {
		return http.ProxyFromEnvironment, nil
	}
	if !strings.Contains(all, "://") {
		all = "http://" + all
	}
	fallback, err := url.Parse(all)
	if err != nil || fallback.Host == "" {
		return nil, errors.New("hub: ALL_PROXY is not a URL: expected something like http://proxy:3128")
	}
	return func(r *http.Request) (*url.URL, error) {
		u, err := http.ProxyFromEnvironment(r)
		if u != nil || err != nil || direct(none, r.URL) {
			return u, err
		}
		return fallback, nil
	}, nil
}

// direct reports whether a list of NO_PROXY, or the nature of the host, forbids a proxy.
func direct(list string, u *url.URL) bool {
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	ip, ipErr := netip.ParseAddr(host)
	if host == "localhost" || ipErr == nil && ip.IsLoopback() {
		return true
	}
	for entry := range strings.SplitSeq(list, ",") {
		entry = strings.ToLower(strings.TrimSpace(entry))
		if h, port, err := net.SplitHostPort(entry); err == nil {
			if port != u.Port() {
				continue
			}
			entry = h
		}
		entry = strings.TrimPrefix(strings.TrimPrefix(entry, "*"), ".")
		if listed(entry, host, ip) || strings.TrimSpace(list) == "*" {
			return true
		}
	}
	return false
}

// listed reports whether one entry of NO_PROXY means the host, or the ip, if it is valid.
func listed(entry, host string, ip netip.Addr) bool {
	if prefix, err := netip.ParsePrefix(entry); err == nil {
		return ip.IsValid() && prefix.Contains(ip.Unmap())
	}
	return entry != "" && (host == entry || !ip.IsValid() && strings.HasSuffix(host, "."+entry))
}
