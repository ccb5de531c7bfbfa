package tokens

import (
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// long is rewrite for text with so many combining marks in a row that package norm would put something in between,
// which tokenizers do not.
func (f former) long(w *rewriter, i, j int) {
	for i < j {
		text := w.from.text[i:j]
		end := starterEnd(text, f.form)
		w.put(f.segment(text[:end]), i)
		i += end
	}
}

// starterEnd returns where the first rune that nothing before it can change begins, beyond the first of s.
func starterEnd(s string, form norm.Form) int {
	for i := range s {
		if i > 0 && form.PropertiesString(s[i:]).BoundaryBefore() {
			return i
		}
	}
	return len(s)
}

// segment brings to the form what holds one starter and what combines with it.
func (f former) segment(s string) string {
	apart, together := norm.NFD, f.form == norm.NFC || f.form == norm.NFKC
	if f.form == norm.NFKC || f.form == norm.NFKD {
		apart = norm.NFKD
	}
	var runes []string
	for _, r := range s {
		for _, d := range apart.String(string(r)) {
			runes = append(runes, string(d))
		}
	}
	order(runes)
	if together {
		runes = compose(runes)
	}
	return strings.Join(runes, "")
}

func class(r string) uint8 { return norm.NFD.PropertiesString(r).CCC() }

// order sorts each run of combining marks by their class.
func order(runes []string) {
	for i := 0; i < len(runes); {
		j := i + 1
		for class(runes[i]) != 0 && j < len(runes) && class(runes[j]) != 0 {
			j++
		}
		slices.SortStableFunc(runes[i:j], func(a, b string) int { return int(class(a)) - int(class(b)) })
		i = j
	}
}

// compose joins each rune that can be with the last starter before it.
func compose(runes []string) (out []string) {
	starter := -1
	for _, r := range runes {
		c := class(r)
		if starter >= 0 && (len(out)-1 == starter || class(out[len(out)-1]) < c && c != 0) {
			if one := norm.NFC.String(out[starter] + r); len([]rune(one)) == 1 {
				out[starter] = one
				continue
			}
		}
		if c == 0 {
			starter = len(out)
		}
		out = append(out, r)
	}
	return out
}
