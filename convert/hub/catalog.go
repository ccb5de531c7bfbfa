package hub

import (
	"context"
	"errors"
	"slices"
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
	return out, err
}

// catalog lists what the reference names. When none of it has parquet, the error says so.
func (v *survey) catalog() (*Catalog, error) {
	l := v.layout
	out := &Catalog{Ref: v.d.Ref, Commit: v.d.Commit, Exported: v.d.Exported, d: v.d}
	if l.ref.Config != "" {
		if _, err := l.config(); err != nil {
			return nil, err
		}
	}
	var readable bool
	var problem error
	for i, cfg := range l.configs {
		if l.ref.Config != "" && cfg.name != l.ref.Config {
			continue
		}
		entry, err := v.entry(cfg)
		if err != nil {
			problem = err
			entry = CatalogConfig{Problem: printable(err.Error(), maxErrorMessage)}
		}
		readable = readable || err == nil
		entry.Name, entry.Default = cfg.name, i == l.def
		out.Configs = append(out.Configs, entry)
	}
	if !readable {
		return nil, problem
	}
	return out, nil
}

// entry describes the splits of a config.
func (v *survey) entry(cfg cardConfig) (CatalogConfig, error) {
	splits, err := v.layout.splits(cfg)
	if err != nil {
		return CatalogConfig{}, err
	}
	if name := v.layout.ref.Split; name != "" {
		s, err := v.layout.split(cfg, splits)
		if err != nil {
			return CatalogConfig{}, err
		}
		splits = []splitFiles{s}
	}
	var out CatalogConfig
	for _, s := range splits {
		out.Splits = append(out.Splits, v.split(cfg.name, s))
	}
	return out, nil
}

// Files returns every file of the catalog once, in its order.
func (c *Catalog) Files() []File {
	var out []File
	seen := map[string]bool{}
	for _, cfg := range c.Configs {
		for _, s := range cfg.Splits {
			for _, f := range s.Files {
				if !seen[f.Path] {
					seen[f.Path] = true
					out = append(out, f)
				}
			}
		}
	}
	return out
}

// Dataset returns the files of the catalog as a dataset that can be opened and downloaded. It has no Splits.
func (c *Catalog) Dataset() *Dataset {
	d := *c.d
	d.Files, d.Splits = c.Files(), nil
	d.Configs = slices.Clone(c.d.Configs)
	return &d
}
