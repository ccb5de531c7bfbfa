package dataset

import (
	"bytes"
	"unicode"
	"unicode/utf8"
)

// minParquet is the size of the smallest parquet file: two magics, a length, and no footer.
const minParquet = 12

var parquetMagic = []byte("PAR1")

// lfsPointer is how the text begins that git-lfs has in the place of a file.
const lfsPointer = "version https://git-lfs.github.com/spec/"

// signatures are the beginnings of files that people have instead of parquet, with what to say.
var signatures = []struct{ prefix, what string }{
	{"PARE", "this parquet file has an encrypted footer; decrypt it first"},
	{"\x1f\x8b", "this is gzip data, not parquet; decompress it first"},
	{"\x28\xb5\x2f\xfd", "this is zstd data, not parquet; decompress it first"},
	{"BZh", "this is bzip2 data, not parquet; decompress it first"},
	{"\xfd7zXZ\x00", "this is xz data, not parquet; decompress it first"},
	{"PK\x03\x04", "this is a zip archive, not parquet; unpack it first"},
	{"ARROW1", "this is an Arrow IPC file, not parquet"},
	{"\xff\xff\xff\xff", "this is an Arrow IPC stream, not parquet"},
	{"ORC", "this is an ORC file, not parquet"},
	{"Obj\x01", "this is an Avro file, not parquet"},
	{"SQLite format 3\x00", "this is a SQLite database, not parquet"},
	{"\x89HDF", "this is an HDF5 file, not parquet"},
}

// notParquet says what a file is that begins with head and is size bytes long, or "" when it
// begins as parquet files do.
func notParquet(head []byte, size int64) string {
	if size == 0 {
		return "the file is empty"
	}
	for _, s := range signatures {
		if bytes.HasPrefix(head, []byte(s.prefix)) {
			return s.what
		}
	}
	switch {
	case bytes.HasPrefix(head, parquetMagic) && size >= minParquet:
		return ""
	case bytes.HasPrefix(head, parquetMagic):
		return "the file is too short to be parquet"
	}
	return textKind(head)
}

// textKind says what kind of text head is, or that it is nothing known.
func textKind(head []byte) string {
	t := bytes.TrimLeftFunc(bytes.TrimPrefix(head, []byte("\ufeff")), unicode.IsSpace)
	low := bytes.ToLower(t)
	for _, tag := range []string{"<!doctype html", "<html", "<head", "<body", "<script", "<!--"} {
		if bytes.HasPrefix(low, []byte(tag)) {
			return "this is an HTML page, not parquet; the download gave a web page instead of the file"
		}
	}
	switch {
	case bytes.HasPrefix(t, []byte("<?xml")):
		return "this is XML, not parquet" + beginning(t)
	case bytes.HasPrefix(t, []byte("{")), bytes.HasPrefix(t, []byte("[")):
		return "this is JSON text, not parquet" + beginning(t)
	case isText(head):
		return "this is text (CSV?), not parquet" + beginning(t)
	}
	return "this is not a parquet file: it does not begin with PAR1"
}

// loneObject reports a file of one JSON object: as servers answer when they do not give what was asked for.
func loneObject(head []byte) bool {
	c := cursor{b: head}
	return len(head) < headSize && c.next() == '{' && c.skip(0) == nil && c.ended()
}

// beginning quotes the first line of a text, which often is a server's word on why it did not give the file.
func beginning(text []byte) string {
	const most = 60
	line, _, _ := bytes.Cut(text, []byte("\n"))
	short := []rune(string(bytes.TrimSpace(line[:min(len(line), 4*most)])))
	if len(short) > most {
		short = append(short[:most-1], '…')
	}
	return "; it begins with " + string(short)
}

// isText reports whether head is UTF-8 without control characters; its end may cut a rune.
func isText(head []byte) bool {
	for len(head) > 0 {
		r, n := utf8.DecodeRune(head)
		if r == utf8.RuneError && n == 1 {
			return len(head) < utf8.UTFMax && !utf8.FullRune(head)
		}
		if unicode.IsControl(r) && !unicode.IsSpace(r) {
			return false
		}
		head = head[n:]
	}
	return true
}
