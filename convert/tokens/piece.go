package tokens

// A piece is a part of a text on its way to tokens.
type piece struct {
	text  string
	first bool // nothing of the source is before it

	// Where it is in the source, for those who ask: byte i of the text comes from origin[i], and with a nil origin, from
	// start+i. The last of origin is the end.
	start  int
	origin []int32
}

// source returns where in the source the border before byte i of the text is.
func (p *piece) source(i int) int {
	if p.origin == nil {
		return p.start + i
	}
	return int(p.origin[i])
}

// cut returns the bytes from i to j.
func (p *piece) cut(i, j int) piece {
	q := piece{text: p.text[i:j], first: p.first && i == 0, start: p.start + i}
	if p.origin != nil {
		q.origin = p.origin[i : j+1]
	}
	return q
}

// A rewriter makes another text of a piece. Without track, it leaves out where bytes come from.
type rewriter struct {
	from  piece
	track bool
	text  []byte
	where []int32
}

func rewrite(p piece, track bool) *rewriter {
	return &rewriter{from: p, track: track, text: make([]byte, 0, len(p.text)+len(p.text)/4+8)}
}

// keep takes over the bytes from i to j.
func (w *rewriter) keep(i, j int) {
	w.text = append(w.text, w.from.text[i:j]...)
	if w.track {
		for k := i; k < j; k++ {
			w.where = append(w.where, int32(w.from.source(k)))
		}
	}
}

// put writes text in the place of what begins at i.
func (w *rewriter) put(text string, i int) {
	w.text = append(w.text, text...)
	if w.track {
		at := int32(w.from.source(i))
		for range len(text) {
			w.where = append(w.where, at)
		}
	}
}

func (w *rewriter) piece() piece {
	p := piece{text: string(w.text), first: w.from.first, start: w.from.start}
	if w.track {
		p.origin = append(w.where, int32(w.from.source(len(w.from.text))))
	}
	return p
}
