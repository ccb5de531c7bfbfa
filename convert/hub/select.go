package hub

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/promptmill/promptmill/convert/hub/internal/fault"
	"github.com/promptmill/promptmill/convert/hub/internal/glob"
	"github.com/promptmill/promptmill/convert/hub/internal/split"
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
	// Folder is one that [Client.DownloadTo] has filled, or ""; its records count too when the client is offline.
	Folder string
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
	d, err := c.locate(ctx, sel.Ref, sel.Folder)
	if err != nil {
		return nil, err
	}
	if len(sel.Include) > 0 && sel.Ref.Config == "" && sel.Ref.Split == "" {
		for _, p := range d.tree.paths() {
			d.Files = append(d.Files, d.tree[p])
		}
		return c.asTheyAre(ctx, d, sel.Include)
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
		return nil, unlisted(d, err)
	}
	d = v.d
	if err := v.checkKnown(sel); err != nil {
		return nil, err
	}
	for _, name := range d.Partial {
		c.cfg.Logf("WARNING: %s: the Hub copied only the first part of %s: rows are missing", d.Ref, fault.Printable(name, 120))
	}
	if err := d.include(sel.Include); err != nil {
		return nil, err
	}
	return d, c.refusePointers(ctx, d)
}

// asTheyAre keeps the files that match a pattern, whatever is in them.
func (c *Client) asTheyAre(ctx context.Context, d *Dataset, patterns []string) (*Dataset, error) {
	if err := d.checkIncluded(patterns); err != nil {
		return nil, err
	}
	if err := d.include(patterns); err != nil {
		return nil, err
	}
	err := c.refusePointers(ctx, d)
	if errors.Is(err, ErrCorrupt) {
		c.cfg.Logf("WARNING: %v", err)
		err = nil
	}
	return d, err
}

// survey is a dataset at a commit, with how its files are laid out.
type survey struct {
	d      *Dataset
	ref    Ref // what was asked for
	layout *split.Layout
}

// survey reads what the dataset declares, and lays its files out.
func (c *Client) survey(ctx context.Context, d *Dataset) (*survey, error) {
	if d.Ref.Revision == exportRevision {
		return newExportSurvey(d, split.Card{})
	}
	declared, err := c.card(ctx, d)
	if err != nil {
		return nil, err
	}
	return newSurvey(d, declared)
}

// newSurvey lays out the files of a dataset that declares this.
func newSurvey(d *Dataset, declared split.Card) (*survey, error) {
	l, err := split.New(d.Ref.Repo, declared, d.tree.paths(), d.whole)
	if err != nil {
		return nil, explainLayout(d.Ref, err)
	}
	return &survey{d: d, ref: d.Ref, layout: l}, nil
}

// explainLayout says which dataset an error of its layout is about.
func explainLayout(ref Ref, err error) error {
	if e, ok := errors.AsType[*split.ChoiceError](err); ok {
		return &ChoiceError{Ref: ref, Kind: e.Kind, Asked: e.Asked, Choices: e.Choices}
	}
	if errors.Is(err, ErrOffline) {
		return fmt.Errorf("%s: %w; %s", ref, err, goOnline)
	}
	return fmt.Errorf("%s: %w", ref, err)
}

// choose fills in the dataset: the config that is meant, and its splits that are.
func (v *survey) choose(sel Selection) error {
	cfg, err := v.layout.Config(v.ref.Config)
	if err != nil {
		return explainLayout(v.ref, err)
	}
	splits, err := v.layout.Splits(cfg)
	if err != nil {
		return explainLayout(v.ref, err)
	}
	v.d.Ref.Config, v.d.Configs = cfg.Name, v.configs()
	if sel.Ref.Split != "" || !sel.All && len(sel.Include) == 0 {
		s, err := v.layout.Split(cfg, splits, v.ref.Split)
		if err != nil {
			return explainLayout(v.ref, err)
		}
		splits = []split.Split{s}
	}
	splits = slices.DeleteFunc(splits, func(s split.Split) bool { return len(s.Files) == 0 })
	if len(splits) == 1 {
		v.d.Ref.Split = splits[0].Name
	}
	for _, s := range splits {
		v.d.Splits = append(v.d.Splits, v.split(s))
		if s.Partial {
			v.d.Partial = append(v.d.Partial, cfg.Name+"/"+s.Name)
		}
	}
	v.d.Files = filesOf(v.d.Splits)
	return nil
}

// configs describes everything there is to choose from.
func (v *survey) configs() []ConfigInfo {
	all := v.layout.Configs()
	out := make([]ConfigInfo, len(all))
	for i, c := range all {
		out[i] = ConfigInfo{Name: c.Name, Default: c.Default, Splits: c.Splits}
	}
	return out
}

// split describes a split by what is known of its files.
func (v *survey) split(s split.Split) Split {
	out := Split{Name: s.Name, Rows: s.Rows, Partial: s.Partial}
	for _, f := range s.Files {
		out.Files = append(out.Files, v.d.tree[f])
	}
	return out
}

// filesOf returns every file of the splits once, in their order.
func filesOf(splits []Split) []File {
	var out []File
	seen := map[string]bool{}
	for _, s := range splits {
		for _, f := range s.Files {
			if !seen[f.Path] {
				seen[f.Path] = true
				out = append(out, f)
			}
		}
	}
	return out
}

// include keeps the files that match a pattern, and the splits that have any.
func (d *Dataset) include(patterns []string) error {
	if len(patterns) == 0 {
		return nil
	}
	match, err := glob.Any(patterns)
	if err != nil {
		return fmt.Errorf("%s: %q is not a pattern", d.Ref, patterns)
	}
	other := func(f File) bool { return !match(f.Path) }
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
