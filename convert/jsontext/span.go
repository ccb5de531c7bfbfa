package jsontext

// A Span is where in a line a string is that [Append] wrote, from its first quote to behind its last: a string of JSON
// without doubt.
type Span struct{ From, To int }
