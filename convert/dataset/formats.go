package dataset

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
)

// Format is how rows are written in a file.
type Format string

// The formats. Each but parquet may be compressed with gzip or zstd.
const (
	Parquet Format = "parquet"
	JSONL   Format = "jsonl" // a JSON object per line
	JSON    Format = "json"  // one array of objects
	CSV     Format = "csv"   // the first record has the names of the columns
	TSV     Format = "tsv"   // the same, between tabs
	Text    Format = "txt"   // a line is a row with one column, "text"
	Arrow   Format = "arrow" // Arrow IPC, file or stream
)

// Formats are all formats, as they are named.
var Formats = []Format{Parquet, JSONL, JSON, CSV, TSV, Text, Arrow}

// ParseFormat returns the format called name; "" is the zero value, which lets the file tell.
func ParseFormat(name string) (Format, error) {
	if f := Format(name); name == "" || slices.Contains(Formats, f) {
		return f, nil
	}
	names := make([]string, len(Formats))
	for i, f := range Formats {
		names[i] = string(f)
	}
	return "", fmt.Errorf("%q is no format; expected one of %s", name, strings.Join(names, ", "))
}

var extensions = map[string]Format{
	".parquet": Parquet, ".jsonl": JSONL, ".ndjson": JSONL, ".json": JSON, ".csv": CSV, ".tsv": TSV, ".txt": Text,
	".arrow": Arrow, ".ipc": Arrow, ".feather": Arrow,
}

// formatOfName returns the format that the ending of a file's name stands for, or "".
func formatOfName(name string) Format {
	name = strings.ToLower(name)
	for _, ext := range []string{".gz", ".zst"} {
		name = strings.TrimSuffix(name, ext)
	}
	return extensions[filepath.Ext(name)]
}

// headSize is how much of a file is looked at to tell its format.
const headSize = 64 << 10

// detect finds the compression and the format of the file whose bytes r has. What asked is, if it is not "", is the format.
func (s *stored) detect(r io.Reader, asked Format) error {
	head, err := peek(r)
	if err != nil {
		return unreadable(s.name, "%w", withoutPath(err))
	}
	if s.compression = compressionOf(head); s.compression != "" {
		z, err := decompress(io.MultiReader(bytes.NewReader(head), r), s.compression)
		if err != nil {
			return corrupt(s.name, "%w", err)
		}
		if c, ok := z.(io.Closer); ok {
			defer c.Close()
		}
		if head, err = peek(z); err != nil {
			return corrupt(s.name, "%w", err)
		}
	}
	name := formatOfName(s.path)
	content := formatOfContent(head, name)
	switch {
	case asked != "":
		s.format = asked
	case name == Parquet && content == JSONL && loneObject(head):
		return unreadable(s.name, "%s; --source-format jsonl reads it as data", textKind(head))
	case content != "":
		s.format = content
		if name != "" && name != content && content != Parquet {
			s.notices = append(s.notices, fmt.Sprintf("%s: the name says %s, what is in it is %s: read as %s; --source-format overrules",
				oneLine(s.name), name, content, content))
		}
	default:
		s.format = name
	}
	return s.check(head, asked != "")
}

// check refuses what is no file of the format that was found.
func (s *stored) check(head []byte, asked bool) error {
	pq := bytes.HasPrefix(head, parquetMagic)
	if what := otherText(head, s.format); what != "" && s.format != Parquet && s.format != Arrow {
		return unreadable(s.name, "%s", what)
	}
	switch {
	case len(head) == 0:
		return unreadable(s.name, "the file is empty")
	case s.format == Parquet && s.compression != "" || pq && s.compression != "":
		return unreadable(s.name, "this is parquet inside %s, which cannot be read from its end; decompress it first", s.compression)
	case s.format == Parquet, s.format == "" && (pq || !isText(head)):
		s.format = Parquet // whose reader says what else it is
	case s.format == "":
		if what := knownKind(head); what != "" {
			return unreadable(s.name, "%s", what)
		}
		return unreadable(s.name, "this is text in a format that neither its content nor its name tells; name it with --source-format (csv, tsv, txt, jsonl, json)")
	case s.format != Arrow && bytes.HasPrefix(head, []byte(lfsPointer)):
		return unreadable(s.name, "%w", ErrPointer)
	case !asked && s.format != Text && s.format != Arrow:
		if what := knownKind(head); what != "" {
			return unreadable(s.name, "%s", what)
		}
	}
	return nil
}

// knownKind says what a file is that is none of the formats, or "" when it is nothing known.
func knownKind(head []byte) string {
	for _, s := range signatures {
		if bytes.HasPrefix(head, []byte(s.prefix)) && compressionOf(head) == "" {
			return strings.ReplaceAll(s.what, ", not parquet", "")
		}
	}
	if what := textKind(head); strings.Contains(what, "HTML") || strings.Contains(what, "XML") {
		return strings.Replace(what, ", not parquet", "", 1)
	}
	return ""
}

// peek reads the head of r, or all of it where it is shorter.
func peek(r io.Reader) ([]byte, error) {
	head := make([]byte, headSize)
	n, err := io.ReadFull(r, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, new(*decodeError)) {
		return nil, err
	}
	return head[:n], nil
}

// formatOfContent tells the format by the first bytes of a file, or returns "" when they could be of several. The format
// that the name stands for decides nothing, but how much must be there to doubt it.
func formatOfContent(head []byte, name Format) Format {
	switch {
	case bytes.HasPrefix(head, parquetMagic):
		return Parquet
	case bytes.HasPrefix(head, []byte("ARROW1")), bytes.HasPrefix(head, []byte("\xff\xff\xff\xff")):
		return Arrow
	}
	text := bytes.TrimLeft(bytes.TrimPrefix(head, bom), " \t\r\n")
	switch {
	case bytes.HasPrefix(text, []byte("{")):
		return lineOfJSON(text, len(head) == headSize, name)
	case bytes.HasPrefix(text, []byte("[")):
		inner := bytes.TrimLeft(text[1:], " \t\r\n")
		c := cursor{b: inner}
		if bytes.HasPrefix(inner, []byte("{")) && name != Text && name != CSV && name != TSV {
			return JSON
		}
		if bytes.HasPrefix(inner, []byte("{")) && (c.skip(0) == nil || c.i >= len(inner) && len(head) == headSize) {
			return JSON
		}
	}
	return ""
}

// lineOfJSON tells whether the first line of a text is a JSON object. A line that is longer than the head is taken for one
// unless the name of the file says otherwise.
func lineOfJSON(text []byte, more bool, name Format) Format {
	line, _, whole := bytes.Cut(text, []byte("\n"))
	if !whole && more {
		if name == Text || name == CSV || name == TSV {
			return ""
		}
		return JSONL
	}
	c := cursor{b: bytes.TrimRight(line, " \t\r")}
	if c.skip(0) == nil && c.i == len(c.b) {
		return JSONL
	}
	return ""
}

// bom is the byte order mark of UTF-8.
var bom = []byte("\ufeff")

// withoutBOM skips a byte order mark at the start of r, and says whether there was one.
func withoutBOM(r *bufio.Reader) bool {
	if head, _ := r.Peek(len(bom)); bytes.Equal(head, bom) {
		_, _ = r.Discard(len(bom)) // it was just seen
		return true
	}
	return false
}
