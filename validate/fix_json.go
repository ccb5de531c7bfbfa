package validate

import (
	"bytes"
	"unicode/utf8"
)

// repairedJSON repairs a line of a JSON Lines file, in the order of what must be right
// before the next can be seen: characters, keys, texts.
func (m *mender) repairedJSON(body []byte, p *problems) ([]byte, []repair) {
	if firstInvalid(body) >= 0 {
		return body, nil
	}
	text, done := escapeRaw(body)
	if m.opts.DropUnknown && !m.checker.accept(text, 0, nil) {
		kept, n := m.dropUnknown(text, p)
		if n > 0 {
			text, done = kept, append(done, repair{repairUnknown, n})
		}
	}
	cleaned, more := m.cleanStrings(text, p)
	return cleaned, append(done, more...)
}

// isUnescapedASCII reports that the strings of a line have no character beyond ASCII:
// cleaning cannot change them.
func isUnescapedASCII(text []byte) bool {
	for _, b := range text {
		if b >= utf8.RuneSelf {
			return false
		}
	}
	return !bytes.Contains(text, []byte(`\u`))
}

// dropUnknown removes the keys that the schema does not allow, and returns how many.
func (m *mender) dropUnknown(text []byte, p *problems) ([]byte, int64) {
	dropped := int64(0)
	for {
		p.reset()
		root := parse(text, 0, p)
		if root == nil {
			return text, dropped
		}
		// What parse found is told when the line stays.
		p.reset()
		m.checker.schema.check(root, p)
		unknown := make(map[int]bool)
		for _, q := range p.list {
			if q.rule == RuleUnknownKey {
				unknown[q.at] = true
			}
		}
		cuts := removals(text, root, unknown, nil)
		if len(cuts) == 0 {
			return text, dropped
		}
		text = apply(text, cuts)
		for _, e := range cuts {
			dropped += e.keys
		}
	}
}

// cleanStrings cleans the strings of a line that has no errors. Keys are names: they
// stay.
func (m *mender) cleanStrings(text []byte, p *problems) ([]byte, []repair) {
	if m.opts.Clean == nil || isUnescapedASCII(text) {
		return text, nil
	}
	p.reset()
	root := parse(text, 0, p)
	if root == nil || p.errors > 0 {
		return text, nil
	}
	var changes []edit
	var done []repair
	for n := range root.strings() {
		s, kinds := m.clean(n.value.(string))
		if len(kinds) > 0 {
			changes = append(changes, edit{from: n.at, to: valueEnd(text, n.at), text: appendQuoted(nil, s, escapedIn(text[n.at:valueEnd(text, n.at)]))})
			done = append(done, once(kinds)...)
		}
	}
	return apply(text, changes), done
}
