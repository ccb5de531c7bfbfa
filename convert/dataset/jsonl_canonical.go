package dataset

// canonical appends the value at j as one line of JSON, and moves past it.
func (j *cursor) canonical(dst []byte, depth int) ([]byte, error) {
	var err error
	n := 0
	comma := func() {
		if n++; n > 1 {
			dst = append(dst, ',')
		}
	}
	switch b := j.next(); {
	case depth > maxSyntax:
		return dst, errOther
	case b == '{':
		dst = append(dst, '{')
		err = j.object(func(key []byte) (err error) {
			comma()
			dst = append(appendQuoted(dst, string(appendUnescaped(nil, key))), ':')
			dst, err = j.canonical(dst, depth+1)
			return err
		})
		return append(dst, '}'), err
	case b == '[':
		dst = append(dst, '[')
		err = j.list(func() (err error) {
			comma()
			dst, err = j.canonical(dst, depth+1)
			return err
		})
		return append(dst, ']'), err
	case b == '"':
		raw, err := j.text()
		if err != nil {
			return dst, err
		}
		return appendQuoted(dst, string(appendUnescaped(nil, raw))), nil
	}
	kind, raw, err := j.plain()
	if kind == Null {
		raw = []byte("null")
	}
	return append(dst, raw...), err
}
