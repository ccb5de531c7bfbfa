package dataset

import "bytes"

// otherText says how a text is written that is not UTF-8, or has line ends which no reader here takes for such, and what to
// do about it; "" when there is nothing to say.
func otherText(head []byte, f Format) string {
	for _, e := range []struct{ mark, name string }{
		{"\xff\xfe\x00\x00", "UTF-32LE"}, {"\x00\x00\xfe\xff", "UTF-32BE"}, {"\xff\xfe", "UTF-16LE"}, {"\xfe\xff", "UTF-16BE"},
	} {
		if bytes.HasPrefix(head, []byte(e.mark)) {
			return recode(e.name)
		}
	}
	const few = 64 // characters tell
	start := head[:min(len(head), few)&^1]
	var low, high int // zeros at even and at odd places
	for i, b := range start {
		if b == 0 && i%2 == 0 {
			low++
		} else if b == 0 {
			high++
		}
	}
	switch half := len(start) / 2; {
	case half > 1 && high == half && low == 0:
		return recode("UTF-16LE")
	case half > 1 && low == half && high == 0:
		return recode("UTF-16BE")
	}
	if (f == CSV || f == TSV) && bytes.IndexByte(head, '\n') < 0 && bytes.Count(head, []byte("\r")) > 1 {
		return `its lines end with carriage returns alone; tr '\r' '\n' makes them lines`
	}
	return ""
}

func recode(name string) string {
	return "this is " + name + " text; iconv -f " + name + " -t UTF-8 makes it UTF-8"
}
