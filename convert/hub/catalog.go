package hub

import (
	"context"
	"errors"
	"slices"

	"github.com/promptmill/promptmill/convert/hub/internal/fault"
	"github.com/promptmill/promptmill/convert/hub/internal/split"
)

// Catalog is everything that there is to read in a dataset at one commit.
type Catalog struct {
	Ref      Ref    // what was asked for, with Revision filled in
	Commit   string // 40 hex digits
	Configs  []CatalogConfig
	Exported bool // as in [Dataset]

	d *Dataset
}

// CatalogConfig is one config with its splits, in the dataset's order.
type CatalogConfig struct {
	Name    string
	Default bool    // it is read when no config is named
	Splits  []Split // some may have no files: there is no parquet in them
	Problem string  // why nothing can be read; "" when something can
}

// Catalog lists the configs of a dataset with their splits and files, or only the config and the split that ref names.
// It asks for the revision, the list of files and the card, for no data, and writes nothing. What it lists is what
// [Client.Select] finds; where nothing has parquet, it lists the copy that the Hub has made.
//
// Errors are those of Select.
func (c *Client) Catalog(ctx context.Context, ref Ref) (*Catalog, error) {
	if err := ref.check(); err != nil {
		return nil, err
	}
	d, err := c.at(ctx, ref)
	if err != nil {
		return nil, err
	}
	v, err := c.survey(ctx, d)
	var out *Catalog
	if err == nil {
		out, err = v.catalog()
	}
	if errors.Is(err, ErrNoParquet) {
		if v, err = c.exportSurvey(ctx, d, err); err == nil {
			out, err = v.catalog()
		}
	}
	return out, unlisted(d, err)
}

// catalog lists what the reference names. When none of it has parquet, the error says so.
func (v *survey) catalog() (*Catalog, error) {
	out := &Catalog{Ref: v.d.Ref, Commit: v.d.Commit, Exported: v.d.Exported, d: v.d}
	configs := v.layout.Configs()
	if v.ref.Config != "" {
		cfg, err := v.layout.Config(v.ref.Config)
		if err != nil {
			return nil, explainLayout(v.ref, err)
		}
		configs = []split.Config{cfg}
	}
	var readable bool
	var problem error
	for _, cfg := range configs {
		entry, err := v.entry(cfg)
		if err != nil {
			problem = explainLayout(v.ref, err)
			entry = CatalogConfig{Problem: fault.Printable(problem.Error(), fault.MaxMessage)}
		}
		readable = readable || err == nil
		entry.Name, entry.Default = cfg.Name, cfg.Default
		out.Configs = append(out.Configs, entry)
	}
	if !readable {
		return nil, problem
	}
	return out, nil
}

// entry describes the splits of a config.
func (v *survey) entry(cfg split.Config) (CatalogConfig, error) {
	splits, err := v.layout.Splits(cfg)
	if err != nil {
		return CatalogConfig{}, err
	}
	if v.ref.Split != "" {
		s, err := v.layout.Split(cfg, splits, v.ref.Split)
		if err != nil {
			return CatalogConfig{}, err
		}
		splits = []split.Split{s}
	}
	var out CatalogConfig
	for _, s := range splits {
		out.Splits = append(out.Splits, v.split(s))
	}
	return out, nil
}

// Files returns every file of the catalog once, in its order.
func (c *Catalog) Files() []File {
	var all []Split
	for _, cfg := range c.Configs {
		all = append(all, cfg.Splits...)
	}
	return filesOf(all)
}

// Dataset returns the files of the catalog as a dataset that can be opened and downloaded. It has no Splits.
func (c *Catalog) Dataset() *Dataset {
	d := *c.d
	d.Files, d.Splits = c.Files(), nil
	d.Configs = slices.Clone(c.d.Configs)
	return &d
}
