package hub

import (
	"context"
	"time"
)

// SetSleep replaces the waiting between tries, and takes the chance out of it.
func (c *Client) SetSleep(sleep func(context.Context, time.Duration) error) {
	c.sleep = sleep
	c.jitter = func() float64 { return 0.5 }
}

var (
	ParseCard   = parseCard
	NextLink    = nextLink
	EncodeTree  = encodeTree
	DecodeTree  = decodeTree
	ParseLimit  = parseRateLimit
	ContentSpan = contentRange
)

// Glob reports whether the glob text, relative to dir, selects file.
func Glob(dir, text, file string) (bool, error) {
	p, err := compile(dir, text)
	return err == nil && p.match(file), err
}

// Layout is what the files and the front matter of a repository mean, as "config/split: file file" lines.
func Layout(ref Ref, readme string, files []string) (config, split string, chosenFiles []string, err error) {
	configs, err := parseCard([]byte(readme))
	if err != nil {
		return "", "", nil, err
	}
	c, err := newLayout(ref, configs, files).choose()
	return c.config, c.split, c.files, err
}

// ExportLayout is what the folders of refs/convert/parquet mean.
func ExportLayout(ref Ref, files []string) (config, split string, chosenFiles, partial []string, err error) {
	configs, partial := exportedConfigs(files)
	c, err := newLayout(ref, configs, files).choose()
	return c.config, c.split, c.files, partial, err
}
