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
	NextLink   = nextLink
	EncodeTree = encodeTree
	DecodeTree = decodeTree
	ParseLimit = parseRateLimit
)

// Glob reports whether the glob text, relative to dir, selects file.
func Glob(dir, text, file string) (bool, error) {
	p, err := compile(dir, text)
	return err == nil && p.match(file), err
}

// Layout is what the files and the front matter of a repository mean: of the one config and split that is selected.
func Layout(ref Ref, readme string, files []string) (config, split string, chosenFiles []string, err error) {
	declared, err := parseCard([]byte(readme), nil)
	if err != nil {
		return "", "", nil, err
	}
	l, err := newLayout(ref, declared, files, true)
	if err != nil {
		return "", "", nil, err
	}
	return chosen(&survey{d: &Dataset{Ref: ref}, card: declared, layout: l}, files)
}

func chosen(p *survey, files []string) (config, split string, chosenFiles []string, err error) {
	p.d.tree = listing{}
	for _, f := range files {
		p.d.tree[f] = File{Path: f}
	}
	err = p.choose(Selection{Ref: p.d.Ref})
	for _, f := range p.d.Files {
		chosenFiles = append(chosenFiles, f.Path)
	}
	return p.d.Ref.Config, p.d.Ref.Split, chosenFiles, err
}

// Allows reports whether one of the patterns of a [Selection] matches the path.
func Allows(patterns []string, path string) (bool, error) {
	match, err := allowed(patterns)
	return err == nil && match(path), err
}

// CardConfigs returns the names of the configs that a README and a .huggingface.yaml declare.
func CardConfigs(readme, standalone string) (names []string, err error) {
	c, err := parseCard([]byte(readme), []byte(standalone))
	for _, cfg := range c.configs {
		names = append(names, cfg.name)
	}
	return names, err
}

// ExportLayout is what the folders of refs/convert/parquet mean, with the card of the dataset.
func ExportLayout(ref Ref, readme string, files []string) (config, split string, chosenFiles, partial []string, err error) {
	declared, err := parseCard([]byte(readme), nil)
	if err != nil {
		return "", "", nil, nil, err
	}
	d := &Dataset{Ref: ref, tree: listing{}}
	for _, f := range files {
		d.tree[f] = File{Path: f}
	}
	p, err := newExportSurvey(d, declared)
	if err != nil {
		return "", "", nil, nil, err
	}
	config, split, chosenFiles, err = chosen(p, files)
	return config, split, chosenFiles, d.Partial, err
}

// ContentSpan is what a Content-Range header says: the first byte, the last and the total.
func ContentSpan(header string) (first, last, total int64, ok bool) {
	part, total, ok := contentRange(header)
	return part.from, part.to - 1, total, ok
}

// NewThrottle returns the step function of a throttle.
func NewThrottle(now, most int) func(rate float64, full, failed bool) int {
	return newThrottle(now, most).step
}
