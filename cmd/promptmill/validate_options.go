package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/promptmill/promptmill/schemas"
	"github.com/promptmill/promptmill/validate"
)

// validateOptions says what the files must look like.
func validateOptions(c *cli.Context) (o validate.Options, err error) {
	if err := refuseEmpty(c, "schema", "input-format", "format", "output"); err != nil {
		return o, err
	}
	if f := c.String("format"); f == validate.FormatJSONL || f == validate.FormatTXT {
		return o, usagef("--format %s: expected text, json, github or sarif, which is how findings are shown; what the files are is --input-format %s", f, f)
	}
	o = validate.Options{
		Format: c.String("input-format"), AllowEmptyExpected: c.Bool("allow-empty-expected"), MaxErrors: c.Int("max-errors"),
		Workers: c.Int("workers"), SHA256: showFormat(c) == validate.ShowJSON, IgnoreFormats: c.Bool("ignore-formats"),
	}
	for _, name := range []string{"max-errors", "workers"} {
		if n := c.Int(name); n < 0 {
			return o, usagef("--%s %d: expected a number that is not negative", name, n)
		}
	}
	if c.Bool("summary") {
		o.MaxErrors = 0 // what is counted is what is reported
	}
	if o.MaxLineBytes, err = parseSize("--max-line", c.String("max-line")); err != nil {
		return o, withCode(exitUsage, err)
	}
	o.Schema, o.SchemaFile, err = readSchema(c.String("schema"))
	return o, err
}

// showFormat is the format of the findings.
func showFormat(c *cli.Context) string {
	if c.Bool("json") {
		return validate.ShowJSON
	}
	return c.String("format")
}

// readSchema returns the name of one of promptmill's schemas, or what the file called so has.
func readSchema(name string) (known string, own []byte, err error) {
	if name == "" || slices.Contains(schemas.Names(), name) {
		return name, nil, nil
	}
	own, err = readFile(name)
	switch {
	case err == nil:
		return "", bytes.TrimPrefix(own, []byte("\ufeff")), nil // as editors write it, and JSON does not have it
	case !errors.Is(err, fs.ErrNotExist) || strings.ContainsAny(name, `./\`):
		return "", nil, fmt.Errorf("--schema: %w", err)
	}
	ofLines := slices.DeleteFunc(schemas.Names(), func(name string) bool { return !schemas.OfLine(name) })
	msg := fmt.Sprintf("--schema %s: neither a file nor one of the schemas; there are %s", name, strings.Join(ofLines, ", "))
	return "", nil, usagef("%s%s", msg, didYouMean(name, ofLines))
}

// inSchema says of an error about a schema which flag it is of, in the place of its kind and of what a checker calls the
// schema. The name "" is of no flag.
func inSchema(name string, err error) error {
	text := strings.TrimPrefix(err.Error(), validate.ErrOptions.Error()+": ")
	if name == "" {
		return errors.New(text)
	}
	for _, called := range []string{"custom", name} {
		text = strings.TrimPrefix(strings.TrimPrefix(text, fmt.Sprintf("schema %q: ", called)), fmt.Sprintf("schema %q ", called))
	}
	return fmt.Errorf("--schema %s: %s", quotedName(name), text)
}
