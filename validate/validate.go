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
	"errors"
	"fmt"
	"io"
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
	// any draft from 4 on. Formats are asserted, references must stay inside it.
	SchemaFile []byte
	// AllowEmptyExpected lets "expected" be "". A schema of the caller's own decides
	// for itself.
	AllowEmptyExpected bool
	// MaxErrors is how many errors, and how many warnings, are reported; those after
	// them are only counted. 0 means all.
	MaxErrors int
	// MaxLineBytes is the longest line that is looked at; a longer one is an error. 0
	// means [DefaultMaxLineBytes].
	MaxLineBytes int
}

// DefaultMaxLineBytes is the longest line looked at by default.
const DefaultMaxLineBytes = 64 << 20

// A Summary is what [Checker.Check] found in one file.
type Summary struct {
	Lines    int64  `json:"lines"`
	BadLines int64  `json:"bad_lines"` // lines with at least one error
	Errors   int64  `json:"errors"`    // all of them, also those beyond Options.MaxErrors
	Warnings int64  `json:"warnings"`
	Format   string `json:"format"`
	Schema   string `json:"schema,omitempty"` // "" for txt, "custom" for a schema of the caller's own
	SHA256   string `json:"sha256"`           // of everything read, in hexadecimal
}

// OK reports that the file is valid.
func (s Summary) OK() bool { return s.Errors == 0 }

// A Checker checks files under one set of options. It is safe for concurrent use.
type Checker struct {
	opts   Options
	schema *schema
	accept func(line []byte) bool // nil when the schema has no fast acceptor
}

// New prepares a Checker. Its errors are [ErrOptions].
func New(o Options) (*Checker, error) {
	if o.MaxLineBytes == 0 {
		o.MaxLineBytes = DefaultMaxLineBytes
	}
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
	if c.schema.name == SchemaStrict {
		c.accept = func(line []byte) bool { return acceptStrict(line, o.AllowEmptyExpected) }
	}
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
	case o.Schema == schemas.Manifest:
		return errors.New(`schema "manifest" describes a whole file, not a line`)
	case o.MaxErrors < 0 || o.MaxLineBytes < 0:
		return errors.New("limits must not be negative")
	}
	return nil
}

func (o Options) compile() (*schema, error) {
	if o.SchemaFile != nil {
		return compile(customName, o.SchemaFile, false)
	}
	name := o.Schema
	if name == "" {
		name = SchemaStrict
	}
	b, err := schemas.Read(name)
	if err != nil {
		return nil, err
	}
	return compile(name, b, o.AllowEmptyExpected)
}

// Reader checks what r holds under the options o; see [New] and [Checker.Check].
func Reader(ctx context.Context, r io.Reader, name string, o Options, report func(Finding)) (Summary, error) {
	c, err := New(o)
	if err != nil {
		return Summary{}, err
	}
	return c.Check(ctx, r, name, report)
}

// Check reads r to its end and calls report for what is wrong, in the order of the
// lines and of the columns in a line. name is the file's, for the findings and to
// decide the format.
//
// The error is for input that cannot be read: r's own, the cause of the context's end, or
// [ErrNotText]. A file that is merely bad gives findings. The Summary is of what
// has been read, also beside an error.
func (c *Checker) Check(ctx context.Context, r io.Reader, name string, report func(Finding)) (Summary, error) {
	f := &file{
		checker: c,
		name:    name,
		report:  report,
		lines:   newLines(ctx, r, c.opts.MaxLineBytes),
		seen:    make(map[uint64]int64),
	}
	if err := f.open(); err != nil {
		return f.done(), fmt.Errorf("%s: %w", escape(name), err)
	}
	if err := f.read(); err != nil {
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
