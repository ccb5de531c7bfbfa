package openai

import (
	"net/url"
	"strings"
	"testing"
)

func TestParseAddress(t *testing.T) {
	for in, want := range map[string]struct{ name, base, socket string }{
		"http://h:1":                     {"http://h:1", "http://h:1", ""},
		"https://h/x/v1/":                {"https://h/x", "https://h/x", ""},
		"unix:///run/s":                  {"unix:///run/s", "http://localhost", "/run/s"},
		"unix:/run/s":                    {"unix:///run/s", "http://localhost", "/run/s"},
		"unix://rel/s":                   {"unix://rel/s", "http://localhost", "rel/s"},
		"http+unix://%2Frun%2Fs":         {"unix:///run/s", "http://localhost", "/run/s"},
		"http+unix://%2Frun%2Fs/v1":      {"unix:///run/s", "http://localhost", "/run/s"},
		"http+unix://%2Frun%2Fs/a/b/v1/": {"http+unix://%2Frun%2Fs/a/b", "http://localhost/a/b", "/run/s"},
		"unix:":                          {},
		"unix:///run/s?x":                {},
		"http+unix:///x":                 {},
		"http+unix://%zz/x":              {},
		"http+unix://%2Frun%2Fs/x?y":     {},
	} {
		a, err := parseAddress(in)
		switch {
		case want.base == "" && err == nil:
			t.Errorf("%s: %s, want an error", in, a.name())
		case want.base == "":
		case err != nil:
			t.Errorf("%s: %v", in, err)
		case a.name() != want.name || a.base.String() != want.base || a.socket != want.socket:
			t.Errorf("%s: %s, %s, %s", in, a.name(), a.base, a.socket)
		}
	}
}

// FuzzParseAddress: the name of an address is an address, the same; it shows neither a password nor a query.
func FuzzParseAddress(f *testing.F) {
	for _, s := range []string{"http://h:1/v1", "https://[::1]/a b", "unix:///run/s", "http+unix://%2Frun%2Fs/x", "http://u:p@h?q#f", "http://h/@"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := parseAddress(s)
		if err != nil {
			return
		}
		name := a.name()
		b, err := parseAddress(name)
		if err != nil || b.name() != name || b.socket != a.socket {
			t.Fatalf("%q is %q, which is %q, %v", s, name, b.name(), err)
		}
		if u, err := url.Parse(name); a.socket == "" && (err != nil || u.User != nil || strings.ContainsAny(name, "?#")) {
			t.Fatalf("%q is %q, %v", s, name, err)
		}
	})
}

// FuzzRedirect: wherever a server sends a request, it stays on the server, in a line that is one.
func FuzzRedirect(f *testing.F) {
	for _, s := range []string{"/x", "x?y", "//h/x", "http://127.0.0.1:1/y", "http://127.0.0.1:1@evil/", "/a b", "/%0d%0a", "\x00", "http:/x"} {
		f.Add(s)
	}
	c, err := New(Config{BaseURL: "http://127.0.0.1:1"})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, location string) {
		x := &exchange{client: c}
		to := x.redirected(reply{status: 307, location: location})
		if to == nil {
			return
		}
		head := newEncoder(to, "", nil).start
		if to.Scheme != "http" || to.Host != "127.0.0.1:1" || to.User != nil || strings.Count(string(head), "\r\n") != 2 || strings.Count(strings.SplitN(string(head), "\r\n", 2)[0], " ") != 2 {
			t.Fatalf("%q leads to %v, asked for by %q", location, to, head)
		}
	})
}
