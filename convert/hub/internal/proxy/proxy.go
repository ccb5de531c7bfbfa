// Package proxy decides which requests go through a proxy.
package proxy

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// For returns what decides about the proxy of a request: HTTP_PROXY, HTTPS_PROXY and NO_PROXY as everywhere in Go,
// and for what these say nothing about, all unless the host is in none, as in Python.
func For(all, none string) (func(*http.Request) (*url.URL, error), error) {
	if all == "" {
		return http.ProxyFromEnvironment, nil
	}
	fallback, err := parse("ALL_PROXY", all)
	if err != nil {
		return nil, err
	}
	return func(r *http.Request) (*url.URL, error) {
		u, err := http.ProxyFromEnvironment(r)
		if u != nil || err != nil || direct(none, r.URL) {
			return u, err
		}
		return fallback, nil
	}, nil
}

// Check refuses a value of a variable that net/http would take for no proxy at all, so that requests would go out
// directly. An empty one is none.
func Check(name, value string) error {
	if value == "" {
		return nil
	}
	_, err := parse(name, value)
	return err
}

// parse reads the value of a variable. An error does not repeat it: it can hold a password.
func parse(name, value string) (*url.URL, error) {
	if !strings.Contains(value, "://") {
		value = "http://" + value
	}
	u, err := url.Parse(value)
	if err != nil || u.Hostname() == "" || !slices.Contains([]string{"http", "https", "socks5", "socks5h"}, u.Scheme) {
		return nil, fmt.Errorf("hub: %s is not the URL of a proxy: expected something like http://proxy:3128", name)
	}
	return u, nil
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
