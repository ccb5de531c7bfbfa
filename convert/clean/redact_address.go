package clean

import (
	"net/netip"
	"strings"
)

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

// isPublic reports addresses of hosts on the internet. Those kept for private networks, documentation, tests, local
// links, multicast and later use are not.
func isPublic(a netip.Addr) bool {
	a = a.Unmap()
	if translated.Contains(a) {
		b := a.As16()
		a = netip.AddrFrom4([4]byte(b[12:]))
	}
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

// translated is IPv4 as networks see it that have IPv6 alone.
var translated = netip.MustParsePrefix("64:ff9b::/96")

// public6 is what of IPv6 is given out.
var public6 = netip.MustParsePrefix("2000::/3")

// reserved are the blocks of the IANA special-purpose registries that package netip does not know.
var reserved = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("198.51.100.0/24"),
	netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("2001:db8::/32"), netip.MustParsePrefix("3fff::/20"), netip.MustParsePrefix("2001:2::/48"),
}
