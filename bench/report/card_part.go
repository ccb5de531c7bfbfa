package report

import (
	"bytes"
	"net/url"
	"strings"
)

// markers are the comments around the part of a card that is about a file. The file's name is escaped, so that it
// cannot end the comment.
func markers(file string) (begin, end string) {
	name := strings.ReplaceAll(url.PathEscape(file), "%2F", "/")
	name = strings.NewReplacer("--", "-%2D", ">", "%3E").Replace(name)
	return "<!-- promptmill begin " + name + " -->", "<!-- promptmill end " + name + " -->"
}

// replacePart puts text between the markers of file, which it appends when they are not there. A marker without its
// partner is text like any other.
func replacePart(body []byte, file, text string) []byte {
	begin, end := markers(file)
	part := begin + "\n\n" + text + "\n" + end
	for from := 0; ; {
		i := bytes.Index(body[from:], []byte(end))
		if i < 0 {
			break
		}
		if start := bytes.LastIndex(body[:from+i], []byte(begin)); start >= from {
			return bytes.Join([][]byte{body[:start], body[from+i+len(end):]}, []byte(part))
		}
		from += i + len(end)
	}
	out := append(bytes.TrimRight(bytes.Clone(body), "\n"), "\n\n"...)
	return append(out, part+"\n"...)
}
