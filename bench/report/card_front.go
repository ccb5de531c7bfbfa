package report

import (
	"bytes"
	"regexp"
	"sync"
)

// cardSplit is the split that results are in: the one that everybody loads.
const cardSplit = "train"

// newCard is a card for a dataset that has none, without configs and parts. A license is for the owner to choose.
func newCard(base CardBase, files []CardFile) string {
	const tags = "---\ntags:\n- benchmark\n- promptmill\n"
	if len(base.Data) > 0 { // the results are the lesser part of it
		return tags + "---\n\n# " + markdown(base.Repo) + "\n"
	}
	return tags + "size_categories:\n- " + sizeOf(files) + "\n---\n\n# Results of " + markdown(base.Repo) + "\n"
}

// sizeOf is the Hub's word for the rows of all files.
func sizeOf(files []CardFile) string {
	rows := int64(0)
	for _, f := range files {
		rows += f.Rows
	}
	return sizeCategory(rows)
}

// sizeCategory is the Hub's word for a number of rows.
func sizeCategory(rows int64) string {
	steps := []string{"1K", "10K", "100K", "1M", "10M", "100M", "1B", "10B", "100B", "1T"}
	lower, limit := "", int64(1000)
	for _, step := range steps {
		if rows < limit {
			return lower + "n<" + step
		}
		lower, limit = step+"<", limit*10
	}
	return "n>1T"
}

// cutFront splits a card after its front matter, which is empty when there is none.
func cutFront(card []byte) (front, body []byte) {
	if !bytes.HasPrefix(card, []byte("---\n")) && !bytes.HasPrefix(card, []byte("---\r\n")) {
		return nil, card
	}
	at := bytes.IndexByte(card, '\n') + 1
	for rest := card[at:]; len(rest) > 0; {
		line, after, _ := bytes.Cut(rest, []byte("\n"))
		rest = after
		if string(bytes.TrimRight(line, " \t\r")) == "---" {
			return card[:len(card)-len(rest)], rest
		}
	}
	return nil, card
}

// inside returns the YAML of front matter, without the lines around it.
func inside(front []byte) []byte {
	_, text, _ := bytes.Cut(front, []byte("\n"))
	text = bytes.TrimRight(text, " \t\r\n")
	return bytes.TrimSuffix(text, []byte("---"))
}

// unseenFront is front matter that the Hub reads and cutFront does not.
var unseenFront = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\A[\s\v\x{1c}-\x{1f}\x{85}\p{Z}]*---(\r\n|\r|\n)[\s\S]*?(\r\n|\r|\n)---[ \t]*(\r\n|\n|\z)`)
})
