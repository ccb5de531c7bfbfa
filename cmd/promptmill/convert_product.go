package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/promptmill/promptmill/convert"
)

// manifestSuffix follows the name of a prompt file in the name of its manifest.
const manifestSuffix = ".manifest.json"

// product is what convert writes: one file, several, or stdout.
type product interface {
	settle() error      // puts it on disk, where nobody sees it yet
	outputs() []*output // what is to appear, after settle
	discard()           // removes what has not appeared
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

// manifestPath is where the manifest goes: beside the output, and nowhere when the output is no file.
func manifestPath(c *cli.Context) string {
	if path := c.String("manifest"); path != "" {
		return path
	}
	return manifestBeside(c.String("output"))
}

// manifestBeside is the manifest's name beside the output, "" where the output is no file.
func manifestBeside(output string) string {
	if output == "-" || strings.HasPrefix(output, "/dev/") {
		return ""
	}
	return output + manifestSuffix
}

// appear makes what was written appear together with its manifest, where there is a place for one.
func (a *app) appear(c *cli.Context, out product, m *convert.Manifest) error {
	if err := out.settle(); err != nil {
		return err
	}
	path := manifestPath(c)
	if path == "" {
		return appearTogether(out.outputs())
	}
	data, err := m.Encode()
	if err != nil {
		return err
	}
	manifest, err := a.create(path)
	if err != nil {
		return err
	}
	defer manifest.discard()
	if _, err := manifest.Write(data); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := manifest.settle(); err != nil {
		return err
	}
	return appearTogether(append([]*output{manifest}, out.outputs()...))
}
