package clean

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// What stands in the place of what is redacted. None is, or can become part of, an address.
const (
	redactedEmail   = "[EMAIL]"
	redactedAddress = "[IP]"
	redactedUser    = "[USER]"
)

// redact replaces e-mail addresses, public IP addresses and who a URL logs in as. Taking one away can uncover another (an IPv6 address that
// ran into a mailbox), never a long row of them, so it looks again until there is none.
func redact(s string, seen *steps) string {
	for {
		t := redactOnce(s, seen)
		if t == s {
			return s
		}
		s = t
	}
}

func redactOnce(s string, seen *steps) string {
	var out []byte
	done := 0 // what is before it is in out
	for i := 0; i < len(s); {
		start, end, with := i, i+1, ""
		switch b := s[i]; {
		case b == ':' && i > done && isAlnum(s[i-1]) && strings.HasPrefix(s[i:], schemeEnd):
			if start, end = userAround(s, i+len(schemeEnd)); end > start {
				with = redactedUser
				seen.add(stepUsers)
			}
		case b == '@':
			if start, end = emailAround(s, done, i); end > 0 {
				with = redactedEmail
				seen.add(stepEmails)
			}
		case mayBeAddress[b] && (i == done || endsApart(s[done:i])):
			var public bool
			if end, public = addressAt(s, i); public {
				with = redactedAddress
				seen.add(stepAddresses)
			}
		}
		if with != "" {
			out = append(append(out, s[done:start]...), with...)
			done = end
		}
		i = max(i+1, end)
	}
	if done == 0 {
		return s
	}
	return string(append(out, s[done:]...))
}

// endsApart reports whether what follows before begins a word of its own.
func endsApart(before string) bool {
	b := before[len(before)-1]
	if b < utf8.RuneSelf {
		return !isAlnum(b) && b != '_' && b != '.' && b != ':' && b != '-'
	}
	r, _ := utf8.DecodeLastRuneInString(before)
	return !unicode.IsDigit(r) && !unicode.Is(unicode.Latin, r)
}

// beginsApart reports whether what comes before rest ends a word. A mark belongs to the character before it, and an @ to
// the mailbox.
func beginsApart(rest string) bool {
	if rest == "" {
		return true
	}
	if b := rest[0]; b < utf8.RuneSelf {
		return !isAlnum(b) && b != '_' && b != '@'
	}
	r, _ := utf8.DecodeRuneInString(rest)
	return !unicode.IsDigit(r) && !unicode.IsMark(r) && !unicode.Is(unicode.Latin, r)
}
