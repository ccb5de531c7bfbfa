package openai

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// An address is where a server is: the URL that requests name, and the Unix socket where there is one.
type address struct {
	base   *url.URL // without a trailing slash
	socket string   // path of a Unix socket to connect to, whatever the URL's host; empty means TCP
}

// socketHost is the host that requests over a Unix socket name: a server wants one, and none is reached by it.
const socketHost = "localhost"

// parseAddress reads Config.BaseURL.
func parseAddress(s string) (address, error) {
	if rest, ok := strings.CutPrefix(s, "unix:"); ok {
		return socketAddress(strings.TrimPrefix(rest, "//"), "")
	}
	if rest, ok := strings.CutPrefix(s, "http+unix://"); ok {
		encoded, path, _ := strings.Cut(rest, "/")
		socket, err := url.PathUnescape(encoded)
		if err != nil {
			return address{}, errBadSocket
		}
		return socketAddress(socket, path)
	}
	base, err := parseBase(s)
	return address{base: base}, err
}

func socketAddress(socket, path string) (address, error) {
	if socket == "" || strings.ContainsAny(socket, "\x00?#") {
		return address{}, errBadSocket
	}
	base, err := parseBase("http://" + socketHost + "/" + path)
	return address{base, socket}, err
}

var errBadSocket = errors.New("target names no Unix socket; expected unix:///run/server.sock, or http+unix://%2Frun%2Fserver.sock/path")

// name is the address as the user would write it.
func (a address) name() string {
	switch {
	case a.socket == "":
		return a.base.String()
	case a.base.Path == "":
		return "unix://" + a.socket
	}
	return "http+unix://" + url.PathEscape(a.socket) + a.base.EscapedPath()
}

// parseBase reads the URL of a server.
func parseBase(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	if err != nil {
		return nil, errors.New("target URL cannot be parsed; expected something like http://127.0.0.1:8000")
	}
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, fmt.Errorf("target URL must begin with http://, https:// or unix://, as in http://127.0.0.1:8000; its scheme is %q", u.Scheme)
	case u.Hostname() == "":
		return nil, errors.New("target URL names no host; expected something like http://127.0.0.1:8000")
	case u.User != nil:
		return nil, errors.New("target URL must not hold a user and password; give an API key or a header")
	case u.RawQuery != "" || u.Fragment != "":
		return nil, errors.New("target URL must not have a query or fragment")
	}
	path := strings.TrimRight(u.Path, "/")
	path = strings.TrimRight(strings.TrimSuffix(path, "/v1"), "/")
	return &url.URL{Scheme: u.Scheme, Host: u.Host, Path: path}, nil
}

// under returns base with path, which begins with a slash, after its own.
func under(base *url.URL, path string) *url.URL {
	u := *base
	u.Path += path
	u.RawPath = ""
	return &u
}
