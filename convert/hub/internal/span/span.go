// Package span is ranges of the bytes of a file.
package span

// Span is a range of bytes, from the first to before the end.
type Span struct{ From, To int64 }

// Size returns how many bytes there are in the range.
func (s Span) Size() int64 { return s.To - s.From }

// Of returns the range from one byte to before another.
func Of(from, to int64) Span { return Span{from, to} }
