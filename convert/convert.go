// Package convert turns the rows of a dataset into a file of prompts.
//
//	files -> dataset.Batch -> mapping.Prompt -> clean -> one line each -> io.Writer
//
// [Run] is the whole way. It keeps the order of the rows, holds one batch in memory, counts every row it
// reads as written or dropped for a reason, and describes what it did in a [Manifest]. The same input and
// options give the same bytes.
package convert

import (
	"context"
	"fmt"
	"io"
	"regexp"

	"github.com/promptmill/promptmill/convert/clean"
	"github.com/promptmill/promptmill/convert/dataset"
	"github.com/promptmill/promptmill/convert/jsontext"
	"github.com/promptmill/promptmill/convert/mapping"
	"github.com/promptmill/promptmill/convert/tokens"
)

// Source is the files to read, in the order given, and where they come from. For files that come from no
// repository, only Files is set.
type Source struct {
	Repo, Commit, Config, Split string
	Files                       []SourceFile
}

// SourceFile is one file of a [Source].
type SourceFile struct {
	Path   string         // where it is on this machine
	Name   string         // how messages and the manifest call it; "" means Path
	Format dataset.Format // of a file at Path; "" means that its content and its name tell
	SHA256 string         // hex; "" means that Run computes it, for which it reads the whole file

	// Open, when set, opens a file that is somewhere else; Path, when set too, is where it is on this machine, which makes it
	// cheap to open. Run closes what it returns, and may call it again, and for several files at once.
	Open func(context.Context) (dataset.Table, error)
}

// Table opens the file. The caller closes it.
func (f SourceFile) Table(ctx context.Context) (dataset.Table, error) {
	return f.open(ctx, looking{})
}

func (f SourceFile) name() string {
	if f.Name != "" {
		return f.Name
	}
	return f.Path
}

// Options say what to make of the rows. The zero value gives strict JSONL of every row.
type Options struct {
	Mapping mapping.Options // PromptOnly and AnswerOptional are set by Run, as the layout asks
	Clean   clean.Options
	Filter  Filter

	Tokenizer *tokens.Tokenizer // counts tokens, for the manifest and the limits; nil means that none are counted
	Sizing    Sizing

	Format  Format
	Layout  Layout  // of JSONL
	Newline Newline // of txt

	Shard   Shard  // of the rows; the others are dropped
	Sample  int64  // keep so many lines, drawn evenly from all, in their order; 0 means all
	Shuffle bool   // write the lines in an order that is drawn
	Scratch string // folder for what a sample or a shuffle puts aside; "" is the system's

	Compression    Compression // of the files that are written
	MaxRowsPerFile int64       // split the output into files of so many lines; 0 means one file
	// Lineage, when set, takes a parquet file of entries of package lineage, one for each line in their order.
	Lineage io.Writer
	// NextFile is called for each file of an output that is split, once its first line is there. It returns what to
	// write it to and how the manifest calls it; it may close what it returned before.
	NextFile func() (w io.Writer, name string, err error)

	Limit              int64          // stop after so many lines, before samples and shuffles; 0 means no limit
	ExpectedExtract    *regexp.Regexp // keep of an answer the first group, or the match where there is no group
	AllowEmptyExpected bool           // an answer that is empty or missing becomes "", not a dropped row

	Version string // of the tool, for the manifest
	Seed    uint64 // of Sample, Shuffle and Sizing

	// NoSums leaves the SHA-256 of the input and of the output out of the manifest, for callers that keep none: sums take
	// about a quarter of the work.
	NoSums bool
	// Check, when set, judges every line before it is written: text from the offset on, without its line feed. What
	// strings says of text is so by the way it was written, and need not be found out. Both are only valid during the
	// call. An error stops the run: a line that is not what its layout promises is a bug.
	Check func(text []byte, from int, strings []jsontext.Span) error
	// Workers is how many batches are converted at the same time: 0 means one for each processor, up to four. It changes
	// nothing in what is written. Check may be called by several goroutines at once, unless it is 1.
	Workers int
	// Progress, when set, is called after every batch with the rows read and lines written so far.
	Progress func(read, written int64)
}

// Report is what [Run] did.
type Report struct {
	Manifest *Manifest
	Mapping  *mapping.Mapping
	Notices  []string // for a person; fit for a terminal
}

// Run reads src and writes lines to w, which is not used when the output is split. Nothing that was written is of use
// when it returns an error: the caller throws it away. Errors of reading wrap those of package dataset; the others are in errors.go.
func Run(ctx context.Context, src Source, w io.Writer, o Options) (*Report, error) {
	o, err := o.checked()
	if err != nil {
		return nil, err
	}
	if len(src.Files) == 0 {
		return nil, fmt.Errorf("%w: no files to read", ErrNoRows)
	}
	p, err := newPipeline(o, w)
	if err != nil {
		return nil, err
	}
	defer p.close()
	if err := p.all(ctx, src, lookingFor(o)); err != nil {
		return nil, err
	}
	if err := p.finish(ctx); err != nil {
		return nil, err
	}
	return &Report{Manifest: p.manifest(src), Mapping: p.mapping, Notices: p.notices}, nil
}
