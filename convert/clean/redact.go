package clean

import (
	"net/netip"
	"strings"
	"unicode"
	"unicode/utf8"
)

// What stands in the place of what is redacted. Neither is, or can become part of, an address.
const (
	redactedEmail   = "[EMAIL]"
	redactedAddress = "[IP]"
)

// redact replaces e-mail addresses and public IP addresses. Taking one away can uncover another (an IPv6 address that
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

// emailAround returns the bounds of the e-mail address whose @ is at offset at, or 0, 0. It does not begin before from.
func emailAround(s string, from, at int) (start, end int) {
	start = at
	for start > from {
		r, n := utf8.DecodeLastRuneInString(s[from:start])
		if !isMailbox(r) {
			break
		}
		start -= n
	}
	start = at - len(strings.TrimLeft(s[start:at], "._%+-"))
	if start == at || s[at-1] == '.' {
		return 0, 0
	}
	end = at + 1
	for end < len(s) && isHost(s[end]) {
		end++
	}
	for end > at+1 { // with one label less each time
		host := s[at+1 : end]
		dot := strings.LastIndexByte(host, '.')
		if dot > 0 && isTop(host[dot+1:]) && host[0] != '.' && host[0] != '-' && beginsApart(s[end:]) {
			return start, end
		}
		end = at + 1 + max(0, dot)
	}
	return 0, 0
}

// isMailbox reports characters of the part before the @: those in use, and letters with accents.
func isMailbox(r rune) bool {
	if r < utf8.RuneSelf {
		return isAlnum(byte(r)) || strings.ContainsRune("._%+-", r)
	}
	return unicode.Is(unicode.Latin, r)
}

func isHost(b byte) bool { return isAlnum(b) || b == '.' || b == '-' }

// isTop reports whether label can be the last of a host name, letter case aside.
func isTop(label string) bool {
	if len(label) > 4 && strings.EqualFold(label[:4], "xn--") {
		return true
	}
	for i := range len(label) {
		if !isAlnum(label[i]) || label[i] <= '9' {
			return false
		}
	}
	return len(label) >= 2
}

func isAlnum(b byte) bool {
	return b-'0' < 10 || b|0x20-'a' < 26
}

// mayBeAddress says which bytes an IP address can begin with.
var mayBeAddress = func() (t [256]bool) {
	for _, b := range "0123456789abcdefABCDEF:" {
		t[b] = true
	}
	return t
}()

// addressAt returns the end of the run of address characters that begins at i, and whether it is a public address. The
// dot or colon that ends a sentence is no part of it.
func addressAt(s string, i int) (end int, public bool) {
	run := i
	for run < len(s) && (mayBeAddress[s[run]] || s[run] == '.') {
		run++
	}
	end = run
	if end > i && s[end-1] == '.' {
		end--
	}
	if end > i+1 && s[end-1] == ':' && s[end-2] != ':' {
		end--
	}
	const longest = len("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255")
	text := s[i:end]
	if len(text) < len("1.1.1.1") || len(text) > longest || !beginsApart(s[end:]) {
		// The characters of an address before a colon can be one with a port.
		return portless(s, i, run)
	}
	a, err := netip.ParseAddr(text)
	if err != nil {
		return portless(s, i, run)
	}
	if !isPublic(a) {
		return run, false
	}
	return end, true
}

// portless looks for an IPv4 address before a colon in s[i:run].
func portless(s string, i, run int) (end int, public bool) {
	n := strings.IndexByte(s[i:run], ':')
	if n < len("1.1.1.1") || n > len("255.255.255.255") {
		return run, false
	}
	a, err := netip.ParseAddr(s[i : i+n])
	if err != nil || !isPublic(a) {
		return run, false
	}
	return i + n, true
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

// isPublic reports addresses of hosts on the internet. Those kept for private networks, documentation, tests, local
// links, multicast and later use are not.
func isPublic(a netip.Addr) bool {
	a = a.Unmap()
	if a.Is6() && !public6.Contains(a) {
		return false
	}
	if !a.IsGlobalUnicast() || a.IsPrivate() {
		return false
	}
	for _, p := range reserved {
		if p.Contains(a) {
			return false
		}
	}
	return true
}

// public6 is what of IPv6 is given out.
var public6 = netip.MustParsePrefix("2000::/3")

// reserved are the blocks of the IANA special-purpose registries that package netip does not know.
var reserved = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("198.51.100.0/24"),
	netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("2001:db8::/32"), netip.MustParsePrefix("3fff::/20"), netip.MustParsePrefix("2001:2::/48"),
}
