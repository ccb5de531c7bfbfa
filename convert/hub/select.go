package hub

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Selection says which files of a dataset are wanted.
type Selection struct {
	Ref Ref
	// Include are patterns of which a file has to match one, with the meaning of huggingface_hub's allow_patterns: *
	// crosses slashes, and a trailing slash means everything below. They choose among the parquet files of the config and
	// the split that Ref names, or, when it names neither, among all files of the repository.
	Include []string
	// All asks for every split of the config when Ref names none.
	All bool
}

// Resolve finds the commit of a revision, the config and the split that the reference means, and their files. It is
// [Client.Select] of one split.
func (c *Client) Resolve(ctx context.Context, ref Ref) (*Dataset, error) {
	return c.Select(ctx, Selection{Ref: ref})
}

// Select finds the commit of a revision and the files that are wanted of it. Configs, splits and their order are those
// that Python's `datasets` finds in the same repository; of their files, those that are parquet. Where a dataset, or the
// config or split that is asked for, has no parquet on its default branch, the parquet copy that the Hub makes of
// datasets takes its place, with a notice through [Config].Logf.
//
// It reads the cache and writes nothing. A revision that is a commit is resolved from the cache alone when the cache
// knows its files; so is every revision that was downloaded before, if the client is offline.
//
// Errors match [ErrNotFound], [ErrGated], [ErrUnauthorized], [ErrUnavailable], [ErrOffline], [ErrCorrupt],
// [ErrAmbiguous] or [ErrNoParquet]. A config, split or file that does not exist, or has to be chosen, is a [*ChoiceError].
func (c *Client) Select(ctx context.Context, sel Selection) (*Dataset, error) {
	if err := sel.Ref.check(); err != nil {
		return nil, err
	}
	d, err := c.at(ctx, sel.Ref)
	if err != nil {
		return nil, err
	}
	if len(sel.Include) > 0 && sel.Ref.Config == "" && sel.Ref.Split == "" {
		for _, p := range d.tree.paths() {
			d.Files = append(d.Files, d.tree[p])
		}
		return d, d.include(sel.Include)
	}
	v, err := c.survey(ctx, d)
	if err == nil {
		err = v.choose(sel)
	}
	if errors.Is(err, ErrNoParquet) {
		if v, err = c.exportSurvey(ctx, d, err); err == nil {
			err = v.choose(sel)
		}
	}
	if err != nil {
		return nil, err
	}
	d = v.d
	for _, name := range d.Partial {
		c.cfg.Logf("WARNING: %s: the Hub copied only the first part of %s: rows are missing", d.Ref, printable(name, 120))
	}
	if err := d.include(sel.Include); err != nil {
		return nil, err
	}
	return d, c.refusePointers(ctx, d)
}

// survey is a dataset at a commit, with what it declares and how its files are laid out.
type survey struct {
	d       *Dataset
	card    card
	layout  *layout
	partial map[string]bool // the splits of a copy that are not complete, as CONFIG/SPLIT
}

// survey reads what the dataset declares, and lays its files out.
func (c *Client) survey(ctx context.Context, d *Dataset) (*survey, error) {
	if d.Ref.Revision == exportRevision {
		return newExportSurvey(d, card{})
	}
	declared, err := c.card(ctx, d)
	if err != nil {
		return nil, err
	}
	l, err := newLayout(d.Ref, declared, d.tree.paths(), d.whole)
	if err != nil {
		return nil, err
	}
	return &survey{d: d, card: declared, layout: l}, nil
}

// choose fills in the dataset: the config that is meant, and its splits that are.
func (v *survey) choose(sel Selection) error {
	cfg, err := v.layout.config()
	if err != nil {
		return err
	}
	splits, err := v.layout.splits(cfg)
	if err != nil {
		return err
	}
	v.d.Ref.Config, v.d.Configs = cfg.name, v.layout.describe()
	if sel.Ref.Split != "" || !sel.All && len(sel.Include) == 0 {
		s, err := v.layout.split(cfg, splits)
		if err != nil {
			return err
		}
		splits = []splitFiles{s}
	}
	splits = slices.DeleteFunc(splits, func(s splitFiles) bool { return len(s.files) == 0 })
	if len(splits) == 1 {
		v.d.Ref.Split = splits[0].name
	}
	seen := map[string]bool{}
	for _, s := range splits {
		split := v.split(cfg.name, s)
		v.d.Splits = append(v.d.Splits, split)
		if split.Partial {
			v.d.Partial = append(v.d.Partial, cfg.name+"/"+s.name)
		}
		for _, f := range split.Files {
			if !seen[f.Path] {
				seen[f.Path] = true
				v.d.Files = append(v.d.Files, f)
			}
		}
	}
	return nil
}

// split describes a split of a config.
func (v *survey) split(config string, s splitFiles) Split {
	out := Split{Name: s.name, Rows: -1, Partial: v.partial[config+"/"+s.name]}
	for _, f := range s.files {
		out.Files = append(out.Files, v.d.tree[f])
	}
	if info, ok := v.card.info(config); ok {
		if n, ok := info.rows[s.name]; ok {
			out.Rows = n
		}
	}
	return out
}

// include keeps the files that match a pattern, and the splits that have any.
func (d *Dataset) include(patterns []string) error {
	if len(patterns) == 0 {
		return nil
	}
	match, err := allowed(patterns)
	if err != nil {
		return fmt.Errorf("%s: %q is not a pattern", d.Ref, patterns)
	}
	other := func(f File) bool { return !match(f.Path) }
	if len(d.Files) == 0 {
		return fmt.Errorf("%s: %w: the repository has no files", d.Ref, ErrNotFound)
	}
	kept := slices.DeleteFunc(slices.Clone(d.Files), other)
	if len(kept) == 0 {
		e := &ChoiceError{Ref: d.Ref, Kind: "file", Asked: strings.Join(patterns, " "), Choices: make([]string, len(d.Files))}
		for i, f := range d.Files {
			e.Choices[i] = f.Path
		}
		return e
	}
	for i := range d.Splits {
		s := &d.Splits[i]
		s.Files = slices.DeleteFunc(s.Files, other)
		s.Rows = -1 // of other files too
	}
	d.Files = kept
	d.Splits = slices.DeleteFunc(d.Splits, func(s Split) bool { return len(s.Files) == 0 })
	if len(d.Splits) == 1 {
		d.Ref.Split = d.Splits[0].Name
	}
	return nil
}
