package main

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/promptmill/promptmill/convert"
	"github.com/promptmill/promptmill/convert/mapping"
)

// product is what convert writes: one file, several, or stdout.
type product interface {
	settle() error      // puts it on disk, where nobody sees it yet
	outputs() []*output // what is to appear, after settle
	discard()           // removes what has not appeared
}

// mappingFlags say what of a row is the prompt where a column is not enough.
func mappingFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "preset", Usage: "flags for a kind of dataset, by `NAME`: see --help=all"},
		&cli.StringFlag{Name: "rule", Usage: "find the prompt by this `RULE` of R1 to R12 only (default: the first that matches)"},
		&cli.StringFlag{Name: "prompt-template", Usage: "the prompt as a Go `TEMPLATE` over columns, \\n in it a line break: see the examples"},
		&cli.StringFlag{Name: "expected-template", Usage: "the expected answer as a Go `TEMPLATE` over columns"},
		&cli.StringFlag{Name: "system", Usage: "system message of every prompt: `TEXT`, in the place of any that the dataset has"},
		&cli.StringFlag{Name: "system-column", Usage: "`COLUMN` or path that holds the system message (default: found by rule)"},
		&cli.StringFlag{Name: "turns", Usage: "of rows with several turns of a user: first; all, up to the last, answered or not; each, one prompt per turn (default: up to the last, or where an answer is needed to the last that has one)"},
	}
}

// mappingOptions fills in what the flags of mappingFlags say.
func mappingOptions(c *cli.Context, o *mapping.Options) error {
	for _, pair := range [][2]string{
		{"rule", "prompt-column"}, {"rule", "prompt-template"}, {"prompt-template", "prompt-column"}, {"expected-template", "expected-column"}, {"system", "system-column"},
	} {
		if c.IsSet(pair[0]) && c.IsSet(pair[1]) {
			return fmt.Errorf("--%s and --%s say the same in two ways: expected one of them", pair[0], pair[1])
		}
	}
	if err := refuseEmpty(c, "rule", "prompt-template", "expected-template", "system", "system-column"); err != nil {
		return err
	}
	o.PromptTemplate, o.ExpectedTemplate = c.String("prompt-template"), c.String("expected-template")
	o.System, o.SystemColumn = c.String("system"), c.String("system-column")
	if o.Rule = strings.ToUpper(c.String("rule")); o.Rule != "" && !mapping.IsRule(o.Rule) {
		return fmt.Errorf("--rule %q: expected one of R1 to R12", o.Rule)
	}
	var err error
	if o.Turns, err = mapping.ParseTurns(c.String("turns")); err != nil {
		return fmt.Errorf("--turns: %w", err)
	}
	return nil
}

// shapeFlags choose among the prompts, order them, and say into which files they go.
func shapeFlags() []cli.Flag {
	return []cli.Flag{
		&cli.Int64Flag{Name: "limit", Usage: "stop after `N` prompts; 0 is no limit"},
		&cli.StringFlag{Name: "shard", Usage: "one of n equal parts of the rows: `I/N`, from 0/N to N-1/N; one after the other they are the whole"},
		&cli.Int64Flag{Name: "sample", Usage: "keep `N` prompts drawn evenly from all (of the first --limit), in their order"},
		&cli.BoolFlag{Name: "shuffle", Usage: "write the prompts (the first --limit, the --sample) in a random order; what does not fit in memory waits beside the output"},
		&cli.Int64Flag{Name: "seed", Usage: "of --sample, --shuffle and what prompts are made longer with: the same `NUMBER` gives the same bytes (default: 0)"},
		&cli.StringFlag{Name: "lineage", Usage: "write to `FILE`.parquet which row of which file each line was made of"},
		&cli.StringFlag{Name: "compress", Usage: "pack the output: none, gzip, zstd (default: by the name of --output)"},
		&cli.Int64Flag{Name: "max-rows-per-file", Usage: "split the output into FILE-00001.jsonl, FILE-00002.jsonl, ... of `N` prompts each"},
	}
}

// shapeOptions fills in what the flags of mappingFlags and shapeFlags say.
func shapeOptions(c *cli.Context, o *convert.Options) error {
	if err := mappingOptions(c, &o.Mapping); err != nil {
		return err
	}
	for _, flag := range []string{"sample", "max-rows-per-file"} {
		if n := c.Int64(flag); c.IsSet(flag) && n < 1 {
			return fmt.Errorf("--%s %d: expected 1 or more", flag, n)
		}
	}
	o.Sample, o.Shuffle, o.MaxRowsPerFile = c.Int64("sample"), c.Bool("shuffle"), c.Int64("max-rows-per-file")
	if err := seedOption(c, o); err != nil {
		return err
	}
	if s := c.String("shard"); c.IsSet("shard") {
		var err error
		if o.Shard, err = parseShard(s); err != nil {
			return err
		}
	}
	return outputOptions(c, o)
}

func seedOption(c *cli.Context, o *convert.Options) error {
	seed := c.Int64("seed")
	switch {
	case seed < 0:
		return fmt.Errorf("--seed %d: expected 0 or more", seed)
	case c.IsSet("seed") && o.Sample == 0 && !o.Shuffle && o.Sizing == (convert.Sizing{}):
		return errors.New("--seed is of --sample, --shuffle, --target-input-tokens and --shared-prefix: expected one of them")
	}
	o.Seed = uint64(seed)
	return nil
}

// parseShard reads "0/4" to "3/4".
func parseShard(s string) (shard convert.Shard, err error) {
	i, n, ok := strings.Cut(s, "/")
	if ok {
		shard.Index, err = strconv.ParseInt(i, 10, 64)
		if err == nil {
			shard.Count, err = strconv.ParseInt(n, 10, 64)
		}
	}
	if !ok || err != nil || shard.Index < 0 || shard.Index >= shard.Count {
		return shard, fmt.Errorf("--shard %q: expected I/N with I from 0 to N-1, such as 0/4", s)
	}
	return shard, nil
}

// outputOptions fills in what the flags say about the files to write.
func outputOptions(c *cli.Context, o *convert.Options) error {
	path := c.String("output")
	if back := c.String("lineage"); c.IsSet("lineage") {
		for _, other := range []string{path, manifestPath(c)} {
			if other != "" && filepath.Clean(back) == filepath.Clean(other) {
				return fmt.Errorf("--lineage %s is written already: expected a file of its own", back)
			}
		}
		if back == "" || manifestBeside(back) == "" {
			return errors.New("--lineage needs the name of a file, such as prompts.lineage.parquet")
		}
		if !strings.EqualFold(filepath.Ext(back), ".parquet") {
			return fmt.Errorf("--lineage %s: a lineage is written as parquet: expected a name that ends in .parquet", back)
		}
	}
	isFile := manifestBeside(path) != ""
	if o.MaxRowsPerFile > 0 && !isFile {
		return fmt.Errorf("--max-rows-per-file writes files: expected the name of one as --output, not %s", path)
	}
	if isFile {
		o.Scratch = filepath.Dir(path)
	}
	named, packed := compressionOf(path)
	o.Compression = named
	if asked := convert.Compression(c.String("compress")); asked != "" {
		if packed && asked != named {
			return fmt.Errorf("--compress %s and --output %s, which by its name is %s, contradict each other", asked, path, named)
		}
		o.Compression = asked
	}
	return nil
}

// compressionOf tells the compression by the name of a file; ok is false when the name is of none.
func compressionOf(path string) (named convert.Compression, ok bool) {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".gz":
		return convert.Gzip, true
	case ".zst":
		return convert.Zstd, true
	}
	return convert.Plain, false
}

// unpacked is the name without the extension of a compression.
func unpacked(path string) string {
	if _, ok := compressionOf(path); ok {
		return strings.TrimSuffix(path, filepath.Ext(path))
	}
	return path
}

// withLineage is a product and the file that leads back from it, which appears first.
type withLineage struct {
	product
	lineage *output
}

func (w withLineage) settle() error {
	if err := w.lineage.settle(); err != nil {
		return err
	}
	return w.product.settle()
}

func (w withLineage) outputs() []*output {
	return append([]*output{w.lineage}, w.product.outputs()...)
}

func (w withLineage) discard() {
	w.lineage.discard()
	w.product.discard()
}

// product opens what o says is to be written, and sets in o what it is written by; w is nil where o.NextFile opens files.
// No file of in is written over.
func (a *app) product(c *cli.Context, in *input, o *convert.Options) (p product, w io.Writer, err error) {
	path := c.String("lineage")
	if path == "" {
		return a.prompts(c, in, o)
	}
	if file := overwritten(in.Source, path); file != "" {
		return nil, nil, usagef("%s is the dataset: expected another file for --lineage", file)
	}
	back, err := a.create(path)
	if err != nil {
		return nil, nil, err
	}
	o.Lineage = back
	if p, w, err = a.prompts(c, in, o); err != nil {
		back.discard()
		return nil, nil, err
	}
	return withLineage{p, back}, w, nil
}

// prompts is product without the lineage.
func (a *app) prompts(c *cli.Context, in *input, o *convert.Options) (p product, w io.Writer, err error) {
	path := c.String("output")
	if o.MaxRowsPerFile == 0 {
		out, err := a.create(path)
		return out, out, err
	}
	files := &parts{process: a.process, path: path, allowed: func(part string) error {
		if file := overwritten(in.Source, part); file != "" {
			return usagef("%s is the dataset: expected another name to write", file)
		}
		return nil
	}}
	o.NextFile = files.next
	return files, nil, nil
}
