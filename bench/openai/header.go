package openai

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// headers builds what goes with every request, and the Host to ask for, if it is not the URL's.
func headers(cfg Config) (h http.Header, host string, err error) {
	h = http.Header{
		"Content-Type": {"application/json"},
		"Accept":       {"text/event-stream, application/json"},
		"User-Agent":   {"promptmill"},
	}
	anthropic := cfg.Endpoint.api() == messages
	if anthropic {
		h.Set("Anthropic-Version", "2023-06-01")
	}
	if cfg.APIKey != "" {
		if !validValue(cfg.APIKey) {
			return nil, "", errors.New("the API key has a character that cannot be sent in a header, maybe a line end")
		}
		if anthropic {
			h.Set("X-Api-Key", cfg.APIKey)
		} else {
			h.Set("Authorization", "Bearer "+cfg.APIKey)
		}
	}
	for name, value := range cfg.Header {
		switch {
		case !validName(name):
			return nil, "", fmt.Errorf("header %q: not a valid name", name)
		case !validValue(value):
			return nil, "", fmt.Errorf("header %s: its value has a character that cannot be sent, maybe a line end", name)
		case http.CanonicalHeaderKey(name) == "Host":
			host = value
		default:
			h.Set(name, value)
		}
	}
	return h, host, nil
}

func validName(s string) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool {
		return r <= ' ' || r >= 0x7f || strings.ContainsRune(`()<>@,;:\"/[]?={}`, r)
	}) < 0
}

func validValue(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) < 0
}

// secrets lists what must not appear in any message: the key, the proxy's credentials, and the values of the headers that
// were added. Other values too short to be a credential would only make messages unreadable.
func secrets(cfg Config) []string {
	list := []string{cfg.APIKey}
	if cfg.Proxy != nil && cfg.Proxy.User != nil {
		password, _ := cfg.Proxy.User.Password()
		plain := cfg.Proxy.User.Username() + ":" + password
		list = append(list, password, cfg.Proxy.User.String(), base64.StdEncoding.EncodeToString([]byte(plain)))
	}
	for _, value := range cfg.Header {
		list = append(list, headerSecrets(value)...)
	}
	return slices.DeleteFunc(list, func(s string) bool { return s == "" || len(s) < shortSecret && s != cfg.APIKey })
}

// headerSecrets are those of the value of a header that was added, and what is a credential in it.
func headerSecrets(value string) []string {
	list := []string{value}
	if _, credential, ok := strings.Cut(value, " "); ok { // after "Bearer" or "Basic"
		list = append(list, credential)
	}
	return slices.DeleteFunc(list, func(s string) bool { return len(s) < shortSecret })
}

// shortSecret is the length below which a value is no credential, in bytes.
const shortSecret = 4
