package main

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/promptmill/promptmill/convert"
	"github.com/promptmill/promptmill/convert/hub"
	"github.com/promptmill/promptmill/convert/mapping"
	"github.com/promptmill/promptmill/convert/tokens"
	"github.com/promptmill/promptmill/validate"
)

func (a *app) convertCommand() *cli.Command {
	return &cli.Command{
		Name:      "convert",
		Usage:     "turn a dataset into a file of clean prompts",
		ArgsUsage: "FILE... | - | hf://datasets/ORG/NAME[@REV]/CONFIG/SPLIT",
		Description: `Examples:
  promptmill convert test.parquet -o prompts.jsonl
  promptmill convert test.parquet -o prompts.txt --newline escape --limit 100
  promptmill convert 'part-*.jsonl.gz' -o prompts.jsonl
  promptmill convert hf://datasets/openai/gsm8k/main/test -o prompts.jsonl --expected-extract '#### (.*)'
  promptmill convert hf://datasets/openai/gsm8k/main/train -o few.jsonl --limit 100
  promptmill convert data.parquet --prompt-column 'messages[0].content' --expected-column reference -o -
  promptmill convert squad.parquet -o prompts.jsonl --prompt-template '{{.context}}\n\n{{.question}}'
  promptmill convert data.parquet -o prompts.jsonl.zst --sample 1000 --shuffle --seed 7 --lineage lineage.parquet

` + sourceHelp + `

A Hub dataset that is not in the cache is downloaded first; for a --limit of at most 10000, and with --stream, only what
is needed of it is read, where it is. A manifest that accounts for every row is written beside the output, as OUTPUT` + manifestSuffix + `.

` + tokenHelp + `

` + presetHelp(),
		Flags: slices.Concat(
			inGroup("Output", productFlags()), inGroup("Columns", slices.Concat(columnFlags(), mappingFlags())),
			inGroup("Selection", shapeFlags()), inGroup("Text", cleanFlags()), inGroup("Tokens", tokenFlags()),
			inGroup("Source", slices.Concat(sourceFlags(), []cli.Flag{streamFlag()}, hubFlags())),
		),
		Action: a.convert,
	}
}

// productFlags say what convert writes and prints.
func productFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "`FILE`.jsonl or FILE.txt, either may end in .gz or .zst; - is stdout"},
		&cli.StringFlag{Name: "format", Usage: "jsonl or txt (default: by the name of --output)"},
		&cli.StringFlag{Name: "layout", Value: string(convert.Strict), Usage: "of JSONL: strict, messages, sharegpt, vllm, aiperf, guidellm"},
		&cli.StringFlag{Name: "manifest", Usage: "`FILE` for the manifest (default: beside the output)"},
		&cli.BoolFlag{Name: "json", Usage: "print the manifest on stdout"},
		&cli.BoolFlag{Name: "no-progress", Usage: "no progress line"},
		&cli.BoolFlag{Name: "quiet", Aliases: []string{"q"}, Usage: "no notices, no progress line"},
	}
}

func (a *app) convert(c *cli.Context) error {
	if c.NArg() == 0 {
		return usagef("convert needs a dataset: a file, - for stdin, or an hf:// URL (see promptmill convert --help)")
	}
	switch out := c.String("output"); {
	case out == "":
		return usagef("--output is missing: FILE.jsonl, FILE.txt, or - for stdout")
	case c.Bool("json") && (out == "-" || out == "/dev/stdout"):
		return usagef("--json and --output %s both write to stdout: expected a file to write, or --manifest FILE in the place of --json", out)
	}
	if err := applyPreset(c); err != nil {
		return err
	}
	counter, err := a.tokenizer(c)
	if err != nil {
		return err
	}
	o, err := convertOptions(c, counter)
	if err != nil {
		return withCode(exitUsage, err)
	}
	if m := c.String("manifest"); m != "" && filepath.Clean(m) == filepath.Clean(c.String("output")) {
		return usagef("--manifest and --output are both %s: the manifest needs a file of its own", m)
	}
	in, err := a.source(c)
	if err != nil {
		return err
	}
	defer in.close()
	for _, path := range []string{c.String("output"), manifestPath(c)} {
		if file := overwritten(in.Source, path); file != "" {
			return usagef("%s is the dataset: expected another file to write", file)
		}
		if err := a.refuseInput(path, given(c)...); err != nil {
			return err
		}
	}
	out, w, err := a.product(c, in, &o)
	if err != nil {
		return err
	}
	defer out.discard()
	report, err := a.runConvert(c, in, w, o)
	if err != nil {
		return convertError(err)
	}
	if err := a.appear(c, out, report.Manifest); err != nil {
		return err
	}
	return a.tellOfConversion(c, in, report)
}

// runConvert converts. What was to be read in place, without the user having asked for that, from a server that cannot
// give parts of files is downloaded after all.
func (a *app) runConvert(c *cli.Context, in *input, out io.Writer, o convert.Options) (*convert.Report, error) {
	w := &watched{Writer: out}
	if next := o.NextFile; next != nil {
		o.NextFile = func() (io.Writer, string, error) {
			w.written = true
			return next()
		}
	}
	line := a.startConvertProgress(c, &o)
	report, err := convert.Run(c.Context, in.Source, w, o)
	line.close()
	if errors.Is(err, hub.ErrNoRanges) && !c.Bool("stream") && !w.written {
		if !c.Bool("quiet") {
			a.logf("%s: the server ignores ranges: downloading whole files instead of reading parts of them in place", in.Repo)
		}
		a.downloadInstead(c, in.hub)
		report, err = convert.Run(c.Context, in.Source, w, o)
	}
	return report, remoteCause(err)
}

// watched knows whether anything was written.
type watched struct {
	io.Writer
	written bool
}

func (w *watched) Write(p []byte) (int, error) {
	w.written = true
	return w.Writer.Write(p)
}

func convertOptions(c *cli.Context, counter *tokens.Tokenizer) (o convert.Options, err error) {
	o = convert.Options{
		Tokenizer: counter,
		Mapping: mapping.Options{
			PromptColumn: c.String("prompt-column"), ExpectedColumn: c.String("expected-column"),
			NoContext: c.Bool("no-context"), From: c.String("from"), To: c.String("to"),
		},
		Format: convert.Format(c.String("format")), Layout: convert.Layout(c.String("layout")),
		Newline: convert.Newline(c.String("newline")), Limit: c.Int64("limit"),
		AllowEmptyExpected: c.Bool("allow-empty-expected"), Version: version(),
		NoSums: manifestPath(c) == "" && !c.Bool("json"),
	}
	if err := refuseEmpty(c, "prompt-column", "expected-column", "expected-extract", "from", "to"); err != nil {
		return o, err
	}
	if o.Format == "" {
		if o.Format, err = formatOf(c.String("output")); err != nil {
			return o, err
		}
	}
	if re := c.String("expected-extract"); re != "" {
		if o.ExpectedExtract, err = regexp.Compile(re); err != nil {
			return o, fmt.Errorf("--expected-extract: %w", err)
		}
	}
	if err := cleanOptions(c, &o.Clean); err != nil {
		return o, err
	}
	if err := filterOptions(c, &o.Filter); err != nil {
		return o, err
	}
	if err := tokenOptions(c, &o); err != nil {
		return o, err
	}
	if err := shapeOptions(c, &o); err != nil {
		return o, err
	}
	if c.IsSet("newline") && o.Format == convert.JSONL {
		return o, errors.New("--newline is of txt; JSONL keeps line breaks as they are")
	}
	if err := o.Validate(); err != nil {
		return o, optionsFault(err)
	}
	err = checkLines(&o)
	return o, err
}

// checkLines has each line of JSONL checked before it is written.
func checkLines(o *convert.Options) error {
	if o.Format != convert.JSONL {
		return nil
	}
	lines, err := validate.New(validate.Options{
		Format: validate.FormatJSONL, Schema: string(o.Layout), AllowEmptyExpected: o.AllowEmptyExpected,
	})
	if err != nil {
		return err
	}
	o.Check = lines.Written
	return nil
}

// optionsFault says without the name of its kind what is wrong with options: flags are named in it.
func optionsFault(err error) error {
	return errors.New(strings.TrimPrefix(err.Error(), convert.ErrOptions.Error()+": "))
}

// formatOf tells the format by the name of the output. Stdout is JSONL, which is what bench reads from a pipe.
func formatOf(path string) (convert.Format, error) {
	switch ext := strings.ToLower(filepath.Ext(unpacked(path))); {
	case path == "-" || ext == ".jsonl" || ext == ".ndjson":
		return convert.JSONL, nil
	case ext == ".txt":
		return convert.TXT, nil
	}
	return "", fmt.Errorf("--output %s: cannot tell the format by this name; use .jsonl or .txt (.gz or .zst may follow), or --format", path)
}
