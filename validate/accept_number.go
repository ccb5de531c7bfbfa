package validate

// maxPlainDigits is how many digits before the point the acceptor reads exactly.
const maxPlainDigits = 15

// number accepts a number of s.
func (a *acceptor) number(s *shape) bool {
	negative := a.word("-")
	from := a.pos
	whole, digits := a.digits()
	if digits == 0 || digits > maxPlainDigits || digits > 1 && a.line[from] == '0' {
		return false
	}
	if negative {
		whole = -whole
	}
	low, high := whole, whole
	if a.word(".") {
		if _, n := a.digits(); n == 0 || n > maxPlainDigits {
			return false
		}
		if low--; !negative {
			low, high = whole, whole+1
		}
	} else if c := a.peek(); c != 'e' && c != 'E' && s.kinds&kindInteger != 0 {
		return s.number.accepts(low, high)
	}
	if a.word("e") || a.word("E") {
		return s.kinds&kindNumber != 0 && s.number == nil && a.exponent()
	}
	return s.kinds&kindNumber != 0 && s.number.accepts(low, high)
}

// exponent accepts an exponent of few digits, with which no number is out of range.
func (a *acceptor) exponent() bool {
	if !a.word("-") {
		a.word("+")
	}
	_, n := a.digits()
	return n > 0 && n <= len("99")
}

// digits steps over digits and returns their value, which is exact for up to
// maxPlainDigits of them, and their number.
func (a *acceptor) digits() (value int64, n int) {
	for ; a.pos < len(a.line) && a.line[a.pos]-'0' <= 9; n++ {
		if n <= maxPlainDigits {
			value = value*10 + int64(a.line[a.pos]-'0')
		}
		a.pos++
	}
	return value, n
}

// accepts reports that every number from low to high fits.
func (n *numberShape) accepts(low, high int64) bool {
	return n == nil || n.min <= low && high <= n.max
}
