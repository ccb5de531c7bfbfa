package validate

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// A place is a value of a line and the way to it.
type place struct {
	path string // such as messages[0].role; "" for the whole line
	node *node
}

// subject names the value as the subject of a sentence.
func (w place) subject() string {
	if w.path == "" {
		return "the line"
	}
	return quote(w.path)
}

// in says which object a key belongs to.
func (w place) in() string {
	if w.path == "" {
		return ""
	}
	return " in " + quote(w.path)
}

func (w place) prefix() string {
	if w.path == "" {
		return ""
	}
	return quote(w.path) + ": "
}

// find returns what the JSON pointer loc points at. A pointer that leads nowhere
// ends at the last value on its way.
func find(root *node, loc string) place {
	w := place{node: root}
	for token := range strings.SplitSeq(strings.TrimPrefix(loc, "/"), "/") {
		if loc == "" {
			break
		}
		if t, err := url.PathUnescape(token); err == nil {
			token = t
		}
		token = strings.ReplaceAll(strings.ReplaceAll(token, "~1", "/"), "~0", "~")
		next := w.node.child(token)
		if next == nil {
			break
		}
		switch {
		case len(w.node.elems) > 0:
			w.path += "[" + token + "]"
		case w.path == "":
			w.path = token
		default:
			w.path += "." + token
		}
		w.node = next
	}
	return w
}

// child returns the value of a key, the last one if there are several, or of an
// index; nil if there is none.
func (n *node) child(token string) *node {
	if i, err := strconv.Atoi(token); err == nil && 0 <= i && i < len(n.elems) {
		return n.elems[i]
	}
	for _, v := range slices.Backward(n.members) {
		if v.name == token {
			return v.node
		}
	}
	return nil
}
