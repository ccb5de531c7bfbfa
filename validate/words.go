package validate

import "strings"

// keys returns `key "a"` or `keys "a" and "b"`.
func keys(names []string) string {
	if len(names) == 1 {
		return "key " + quote(names[0])
	}
	return "keys " + list(names, "and")
}

// list returns `"a", "b" or "c"`.
func list(names []string, last string) string {
	var b strings.Builder
	for i, n := range names {
		switch {
		case i == 0:
		case i == len(names)-1:
			b.WriteString(" " + last + " ")
		default:
			b.WriteString(", ")
		}
		b.WriteString(quote(n))
	}
	return b.String()
}

// wanted returns the types that a message of the schema library asks for.
func wanted(msg string) string {
	msg = strings.TrimPrefix(msg, "expected ")
	if i := strings.Index(msg, ", but got "); i >= 0 {
		msg = msg[:i]
	}
	types := strings.Split(msg, " or ")
	for i, t := range types {
		types[i] = article(t)
	}
	return strings.Join(types, " or ")
}

func article(t string) string {
	switch t {
	case "null":
		return t
	case "array", "object", "integer":
		return "an " + t
	}
	return "a " + t
}

func kindOf(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "a boolean"
	case string:
		return "a string"
	case []any:
		return "an array"
	case map[string]any:
		return "an object"
	}
	return "a number"
}
