package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/promptmill/promptmill/bench"
	"github.com/promptmill/promptmill/convert"
)

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
		part, err := bench.ParseShard(s)
		if err != nil {
			return fmt.Errorf("--%w", err)
		}
		o.Shard = convert.Shard{Index: int64(part.Index), Count: int64(part.Count)}
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
