package openai

import "bytes"

// nextLine returns the next line without its end, if the buffer has all of it.
func (s *events) nextLine() ([]byte, bool) {
	if s.cr && s.line < s.fill {
		s.cr = false
		if s.buf[s.line] == '\n' {
			s.line++
			s.scan = s.line
		}
	}
	i := lineEnd(s.buf[s.scan:s.fill])
	if i < 0 {
		s.scan = s.fill
		return nil, false
	}
	end := s.scan + i
	line := s.buf[s.line:end]
	s.line, s.scan = end+1, end+1
	s.cr = s.buf[end] == '\r'
	return line, true
}

// lineEnd is the index of the first CR or LF in b, or -1. It looks at a little at a time: lines that all end with one of
// the two must not each cost a search for the other through all of b.
func lineEnd(b []byte) int {
	const little = 512
	for from := 0; from < len(b); from += little {
		part := b[from:min(from+little, len(b))]
		lf := bytes.IndexByte(part, '\n')
		if lf >= 0 {
			part = part[:lf]
		}
		if cr := bytes.IndexByte(part, '\r'); cr >= 0 {
			return from + cr
		}
		if lf >= 0 {
			return from + lf
		}
	}
	return -1
}
