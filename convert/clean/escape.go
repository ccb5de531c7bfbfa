package clean

// escapeLen returns the length of the terminal escape that s begins with: a control
// sequence (colours, cursor), an operating system command (titles, links), a
// character set selection, or, when it is none of these, the escape character
// alone. What a terminal would have shown between two escapes is no part of them.
func escapeLen(s string) int {
	if len(s) < 2 {
		return 1
	}
	n := 0
	switch s[1] {
	case '[':
		n = controlSequenceLen(s)
	case ']':
		n = systemCommandLen(s)
	case '(', ')':
		if len(s) > 2 && s[2] > ' ' && s[2] < 0x7F {
			n = 3
		}
	}
	return max(n, 1)
}

// controlSequenceLen returns the length of ESC [ parameters intermediates final, or
// 0 when s does not begin with a whole one.
func controlSequenceLen(s string) int {
	i := 2
	for i < len(s) && 0x30 <= s[i] && s[i] <= 0x3F {
		i++
	}
	for i < len(s) && 0x20 <= s[i] && s[i] <= 0x2F {
		i++
	}
	if i < len(s) && 0x40 <= s[i] && s[i] <= 0x7E {
		return i + 1
	}
	return 0
}

// systemCommandLen returns the length of ESC ] text, ended by BEL or ESC \, or 0. It
// gives up at the first other control character, so that no text is looked at
// twice.
func systemCommandLen(s string) int {
	for i := 2; i < len(s); i++ {
		switch {
		case s[i] == '\a':
			return i + 1
		case s[i] == '\x1b' && i+1 < len(s) && s[i+1] == '\\':
			return i + 2
		case s[i] < ' ':
			return 0
		}
	}
	return 0
}
