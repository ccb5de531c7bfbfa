package validate

import (
	"bytes"
	"unicode/utf8"
)

// repairedJSON repairs a line of a JSON Lines file, in the order of what must be right
// before the next can be seen: characters, keys, texts.
func (f *fixing) repairedJSON(body []byte) ([]byte, []repair) {
	if firstInvalid(body) >= 0 {
		return body, nil
	}
	text, done := escapeRaw(body)
	if f.opts.DropUnknown && !f.checker.accept(text, 0, nil) {
		kept, n := f.dropUnknown(text)
		if n > 0 {
			text, done = kept, append(done, repair{repairUnknown, n})
		}
	}
	cleaned, more := f.cleanStrings(text)
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
func (f *fixing) dropUnknown(text []byte) ([]byte, int64) {
	dropped := int64(0)
	for {
		f.probs.reset()
		root := parse(text, 0, &f.probs)
		if root == nil {
			return text, dropped
		}
		// What parse found is told when the line stays.
		if !f.apart(func(p *problems) { f.checker.schema.check(root, p) }) {
			return text, dropped
		}
		unknown := make(map[int]bool)
		for _, q := range f.probs.list {
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
func (f *fixing) cleanStrings(text []byte) ([]byte, []repair) {
	if f.opts.Clean == nil || isUnescapedASCII(text) {
		return text, nil
	}
	f.probs.reset()
	root := parse(text, 0, &f.probs)
	if root == nil || f.probs.errors > 0 {
		return text, nil
	}
	var changes []edit
	var done []repair
	for n := range root.strings() {
		s, kinds := f.opts.Clean(n.value.(string))
		if len(kinds) > 0 {
			changes = append(changes, edit{from: n.at, to: valueEnd(text, n.at), text: appendQuoted(nil, s, escapedIn(text[n.at:valueEnd(text, n.at)]))})
			done = append(done, once(kinds)...)
		}
	}
	return apply(text, changes), done
}
