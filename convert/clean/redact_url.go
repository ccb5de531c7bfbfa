package clean

import "strings"

const schemeEnd = "://"

// userAround returns the bounds of the user and password in the URL whose host may begin at offset at; end is start when it
// has none. A password may hold an @ that should have been escaped: what counts is the last before the host.
func userAround(s string, at int) (start, end int) {
	end = at
	for i := at; i < len(s) && isUserinfo(s[i]); i++ {
		if s[i] == '@' && i+1 < len(s) && (isAlnum(s[i+1]) || s[i+1] == '[') {
			end = i
		}
	}
	return at, end
}

// isUserinfo reports the characters that RFC 3986 has before the host of a URL, and the @ that ends them.
func isUserinfo(b byte) bool {
	return isAlnum(b) || strings.IndexByte("-._~%!$&'()*+,;=:@", b) >= 0
}
