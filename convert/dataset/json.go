package dataset

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"math"
	"unicode/utf8"
)

// JSON appends the value as JSON: lists as arrays, structs and maps as objects, strings with their
// invalid UTF-8 replaced and without HTML escapes, JSON columns as they are if they are valid, bytes
// as base64, NaN and infinities as null, and what has no JSON type as its [Value.Text] in a string.
func (v Value) JSON(dst []byte) []byte {
	if v.view != nil && v.view.literal != nil {
		return append(dst, v.view.literal.Value(v.i)...)
	}
	switch v.Kind() {
	case Null:
		return append(dst, "null"...)
	case Bool, Int:
		return v.AppendText(dst)
	case Float:
		if x, _ := v.Float(); math.IsNaN(x) || math.IsInf(x, 0) {
			return append(dst, "null"...)
		}
		return v.AppendText(dst)
	case String:
		return v.jsonString(dst)
	case Binary:
		dst = base64.StdEncoding.AppendEncode(append(dst, '"'), []byte(v.Str()))
		return append(dst, '"')
	case List:
		return v.jsonList(dst)
	case Struct:
		return v.jsonStruct(dst)
	case Map:
		return v.jsonMap(dst)
	default:
		return appendQuoted(dst, v.Text())
	}
}

// AppendJSON appends row i of the batch as a JSON object of its columns, each as [Value.JSON] says, on one line. It panics
// when there is no such row.
func (b *Batch) AppendJSON(dst []byte, i int) []byte {
	dst = append(dst, '{')
	for k, c := range b.columns {
		if k > 0 {
			dst = append(dst, ',')
		}
		dst = append(appendQuoted(dst, c.field.Name), ':')
		dst = c.at(i).JSON(dst)
	}
	return append(dst, '}')
}

// jsonString appends a string, or what it holds if it is of a JSON column.
func (v Value) jsonString(dst []byte) []byte {
	if v.view.text == embeddedJSON {
		embedded := bytes.NewBuffer(dst)
		if json.Compact(embedded, []byte(v.Str())) == nil {
			return embedded.Bytes()
		}
	}
	return appendQuoted(dst, v.Str())
}

func (v Value) jsonList(dst []byte) []byte {
	dst = append(dst, '[')
	for i := range v.Len() {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = v.Index(i).JSON(dst)
	}
	return append(dst, ']')
}

func (v Value) jsonStruct(dst []byte) []byte {
	dst = append(dst, '{')
	for i, c := range v.view.children {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(appendQuoted(dst, c.field.Name), ':')
		dst = c.at(v.i).JSON(dst)
	}
	return append(dst, '}')
}

// jsonMap appends keys by their text: JSON has no others. Keys that are not scalars are their JSON.
func (v Value) jsonMap(dst []byte) []byte {
	dst = append(dst, '{')
	for i := range v.Len() {
		if i > 0 {
			dst = append(dst, ',')
		}
		entry := v.Index(i)
		key := entry.Field("key")
		switch key.Kind() {
		case List, Struct, Map, Null:
			dst = appendQuoted(dst, string(key.JSON(nil)))
		default:
			dst = appendQuoted(dst, key.Text())
		}
		dst = entry.Field("value").JSON(append(dst, ':'))
	}
	return append(dst, '}')
}

const hexDigits = "0123456789abcdef"

// appendQuoted appends s as a JSON string. Besides what JSON asks for it escapes the line breaks
// U+0085, U+2028 and U+2029, and DEL, so that the result is one line everywhere.
func appendQuoted(dst []byte, s string) []byte {
	dst = append(dst, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			dst = append(dst, '\\', byte(r))
		case r == '\n':
			dst = append(dst, '\\', 'n')
		case r == '\r':
			dst = append(dst, '\\', 'r')
		case r == '\t':
			dst = append(dst, '\\', 't')
		case r < ' ' || r >= 0x7f && r < 0xa0 || r == '\u2028' || r == '\u2029':
			dst = append(dst, '\\', 'u', hexDigits[r>>12&0xf], hexDigits[r>>8&0xf], hexDigits[r>>4&0xf], hexDigits[r&0xf])
		default:
			dst = utf8.AppendRune(dst, r)
		}
	}
	return append(dst, '"')
}
