// Package validate checks prompt files: text files against the txt contract, JSON
// Lines files against a JSON Schema, and says what is wrong at which line and
// column.
//
// A line of the strict layout is first shown to an acceptor that reads it once,
// allocates nothing and can only say "surely valid" or "in doubt". Only the full
// check rejects, so what is an error, and how it is told, is decided in one place.
//
// Memory is bounded, whatever the file holds: by Options.MaxLineBytes for the line
// at hand, and by a million remembered lines for finding those that repeat.
package validate

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"

	"github.com/promptmill/promptmill/schemas"
)

var (
	// ErrOptions is what errors about the [Options] are, a schema of the caller's that
	// cannot be used among them.
	ErrOptions = errors.New("options")
	// ErrNotText is what the error for a file of another kind is: parquet or compressed.
	ErrNotText = errors.New("not a text file")
)

// The formats of prompt files.
const (
	FormatTXT   = "txt"
	FormatJSONL = "jsonl"
)

// SchemaStrict is the schema that JSON Lines files are checked against by default.
const SchemaStrict = "strict"

// Options say what a file must look like. The zero value is right for files whose
// names end in .txt or .jsonl.
type Options struct {
	// Format is FormatTXT, FormatJSONL, or "": decided by the file's name, else by its
	// first byte.
	Format string
	// Schema is one of the names of package schemas but "manifest"; "" means "strict".
	Schema string
	// SchemaFile is a JSON Schema of the caller's own, instead of Schema. It may be of
	// any draft from 4 on, 2020-12 where it does not say which. References must stay
	// inside it.
	SchemaFile []byte
	// IgnoreFormats takes the keyword "format" of SchemaFile for a note. Else it is
	// asserted, whatever the draft says.
	IgnoreFormats bool
	// AllowEmptyExpected lets "expected" be "". A schema of the caller's own decides
	// for itself.
	AllowEmptyExpected bool
	// MaxErrors is how many errors, and how many warnings, are reported; those after
	// them are only counted. 0 means all.
	MaxErrors int
	// MaxLineBytes is the longest line that is looked at; a longer one is an error. 0
	// means [DefaultMaxLineBytes].
	MaxLineBytes int
	// Workers is how many goroutines check; 0 means one for each core, and more than 256
	// are as 256. What is found does not depend on it.
	Workers int
	// SHA256 asks for the hash of what is read, which takes about as long as the check.
	SHA256 bool
}

// maxWorkers bounds the memory, of which each goroutine takes its share.
const maxWorkers = 256

// DefaultMaxLineBytes is the longest line looked at by default.
const DefaultMaxLineBytes = 8 << 20

// A Summary is what [Checker.Check] found in one file.
type Summary struct {
	Lines    int64  `json:"lines"`
	BadLines int64  `json:"bad_lines"` // lines with at least one error
	Errors   int64  `json:"errors"`    // all of them, also those beyond Options.MaxErrors
	Warnings int64  `json:"warnings"`
	Format   string `json:"format"`
	Schema   string `json:"schema,omitempty"` // "" for txt, "custom" for a schema of the caller's own
	SHA256   string `json:"sha256,omitempty"` // of the text, unpacked, in hexadecimal, if Options.SHA256 asks for it

	Compression string `json:"compression,omitempty"` // of what was read: Gzip, Zstd or ""
}

// OK reports that the file is valid.
func (s Summary) OK() bool { return s.Errors == 0 }

// A Checker checks files under one set of options. It is safe for concurrent use.
type Checker struct {
	opts   Options
	schema *schema
	shape  *shape // nil when the schema has none
}

// New prepares a Checker. Its errors are [ErrOptions].
func New(o Options) (*Checker, error) {
	if o.MaxLineBytes == 0 {
		o.MaxLineBytes = DefaultMaxLineBytes
	}
	if o.Workers == 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	o.Workers = min(o.Workers, maxWorkers)
	if err := o.check(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrOptions, err)
	}
	c := &Checker{opts: o}
	if o.Format == FormatTXT {
		return c, nil
	}
	var err error
	if c.schema, err = o.compile(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrOptions, err)
	}
	c.shape = c.schema.shape
	return c, nil
}

func (o Options) check() error {
	switch {
	case o.Format != "" && o.Format != FormatTXT && o.Format != FormatJSONL:
		return fmt.Errorf("format %q: use txt or jsonl", o.Format)
	case o.Format == FormatTXT && (o.Schema != "" || o.SchemaFile != nil):
		return errors.New("a schema is for jsonl files, and the format is txt")
	case o.Schema != "" && o.SchemaFile != nil:
		return fmt.Errorf("schema %q and a schema of your own: give one", o.Schema)
	case !schemas.OfLine(o.Schema):
		return fmt.Errorf("schema %q describes a whole file, not a line", o.Schema)
	case o.MaxErrors < 0 || o.MaxLineBytes < 0 || o.Workers < 0:
		return errors.New("limits must not be negative")
	}
	return nil
}

func (o Options) compile() (*schema, error) {
	if o.SchemaFile != nil {
		return compile(customName, o.SchemaFile, o)
	}
	name := o.Schema
	if name == "" {
		name = SchemaStrict
	}
	b, err := schemas.Read(name)
	if err != nil {
		return nil, err
	}
	return compile(name, b, o)
}

// Reader checks what r holds under the options o; see [New] and [Checker.Check].
func Reader(ctx context.Context, r io.Reader, name string, o Options, report func(Finding)) (Summary, error) {
	c, err := New(o)
	if err != nil {
		return Summary{}, err
	}
	return c.Check(ctx, r, name, report)
}

// Check reads r, which may be compressed (see [Unpack]), to its end and calls report for
// what is wrong, one at a time, in the order of the lines and of the columns in a line.
// name is the file's, for the findings and to decide the format.
//
// When the context ends it returns after the read at hand; goroutines that check a line at that
// time end on their own.
//
// The error is for input that cannot be read: r's own, the cause of the context's end, or
// [ErrNotText]. A file that is merely bad gives findings. The Summary is of what
// has been read, also beside an error.
func (c *Checker) Check(ctx context.Context, r io.Reader, name string, report func(Finding)) (Summary, error) {
	text, compression, err := Unpack(r)
	if err != nil {
		return Summary{Compression: compression}, fmt.Errorf("%s: %w", escape(name), err)
	}
	f := &file{checker: c, name: name, report: report, sum: Summary{Compression: compression}}
	if c.opts.SHA256 {
		f.hash = sha256.New()
		text = io.TeeReader(text, f.hash)
	}
	f.chunks = newChunks(ctx, text, c.opts.MaxLineBytes, c.opts.Workers+2) // one is read, one is told
	if err := f.open(); err != nil {
		return f.done(), fmt.Errorf("%s: %w", escape(name), err)
	}
	if err := f.read(ctx); err != nil {
		return f.done(), fmt.Errorf("%s: read line %d: %w", escape(name), f.sum.Lines+1, err)
	}
	return f.done(), nil
}

// formatOf decides the format of a file from its name, else from how it begins.
func (c *Checker) formatOf(name string, head []byte) string {
	if c.opts.Format != "" {
		return c.opts.Format
	}
	if c.opts.Schema != "" || c.opts.SchemaFile != nil {
		return FormatJSONL
	}
	name = strings.ToLower(name)
	for _, ext := range []string{".gz", ".zst"} {
		name = strings.TrimSuffix(name, ext)
	}
	hasSuffix := func(s string) bool { return strings.HasSuffix(name, s) }
	switch {
	case hasSuffix(".txt"), hasSuffix(".text"):
		return FormatTXT
	case slices.ContainsFunc([]string{".jsonl", ".ndjson", ".json"}, hasSuffix):
		return FormatJSONL
	}
	text := strings.TrimLeft(strings.TrimPrefix(string(head), byteOrderMark), " \t\r\n")
	if strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[") {
		return FormatJSONL
	}
	return FormatTXT
}
