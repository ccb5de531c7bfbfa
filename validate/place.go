package validate

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"
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

// A finder finds the values that errors are about.
type finder struct {
	root  *node
	parts schemaParts
	told  map[string]int // how many errors of one keyword were told of one pointer
}

// find returns the value that e is about. A pointer that leads nowhere ends at the last
// value on its way.
//
// The schema library leaves empty keys out of its pointers, so where there are such
// keys several values may be meant: those that the keyword refuses, one after the other.
func (f *finder) find(e *jsonschema.ValidationError) place {
	tokens := tokens(e.InstanceLocation)
	meant := place{node: f.root}.all(tokens, nil)
	if len(meant) > 1 {
		if refused := slices.DeleteFunc(slices.Clone(meant), func(w place) bool { return !f.parts.fails(w.node.value, e) }); len(refused) > 0 {
			meant = refused
		}
	}
	if len(meant) > 0 {
		key := e.KeywordLocation + " " + e.InstanceLocation
		n := f.told[key]
		f.told[key]++
		return meant[min(n, len(meant)-1)]
	}
	w := place{node: f.root}
	for _, token := range tokens {
		next := w.node.child(token)
		if next == nil {
			break
		}
		w = w.step(token, next)
	}
	return w
}

// tokens returns the steps of a JSON pointer as the schema library writes it.
func tokens(loc string) []string {
	if loc == "" {
		return nil
	}
	all := strings.Split(strings.TrimPrefix(loc, "/"), "/")
	for i, token := range all {
		if t, err := url.PathUnescape(token); err == nil {
			token = t
		}
		all[i] = strings.ReplaceAll(strings.ReplaceAll(token, "~1", "/"), "~0", "~")
	}
	return all
}

// all appends the values that the steps may lead to from w, with empty keys anywhere
// between them.
func (w place) all(tokens []string, to []place) []place {
	if len(tokens) == 0 {
		to = append(to, w)
	} else if next := w.node.child(tokens[0]); next != nil {
		to = w.step(tokens[0], next).all(tokens[1:], to)
	}
	if next := w.node.child(""); next != nil {
		to = w.step("", next).all(tokens, to)
	}
	return to
}

// step returns the place of a value in w.
func (w place) step(token string, next *node) place {
	switch {
	case len(w.node.elems) > 0:
		return place{w.path + "[" + token + "]", next}
	case token == "":
		return place{w.path + `[""]`, next}
	case w.path == "":
		return place{token, next}
	}
	return place{w.path + "." + token, next}
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
