package wire

import (
	"strings"
)

// NextLink returns the target of the first link with rel="next" in the values of Link headers (RFC 8288), or "".
func NextLink(headers []string) string {
	for _, h := range headers {
		for h != "" {
			var target string
			var next bool
			target, next, h = oneLink(h)
			if next {
				return target
			}
		}
	}
	return ""
}

// oneLink splits the first link off h: its target and whether it is the next page.
func oneLink(h string) (target string, next bool, rest string) {
	_, h, ok := strings.Cut(h, "<")
	if !ok {
		return "", false, ""
	}
	target, h, ok = strings.Cut(h, ">")
	if !ok {
		return "", false, ""
	}
	params, rest := cutUnquoted(h, ',')
	for params != "" {
		var p string
		p, params = cutUnquoted(params, ';')
		key, value, _ := strings.Cut(strings.TrimSpace(p), "=")
		if strings.EqualFold(strings.TrimSpace(key), "rel") && hasRel(value, "next") {
			next = true
		}
	}
	return target, next, rest
}

// hasRel reports whether the space-separated relation types in value name rel.
func hasRel(value, rel string) bool {
	for r := range strings.FieldsSeq(strings.Trim(strings.TrimSpace(value), `"`)) {
		if strings.EqualFold(r, rel) {
			return true
		}
	}
	return false
}

// cutUnquoted cuts s at the first sep that is not inside double quotes.
func cutUnquoted(s string, sep byte) (before, after string) {
	quoted := false
	for i := range len(s) {
		switch {
		case s[i] == '"':
			quoted = !quoted
		case s[i] == sep && !quoted:
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}
