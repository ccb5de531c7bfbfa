package hub

import (
	"errors"
	"fmt"
	"strings"

	"github.com/promptmill/promptmill/convert/hub/internal/fault"
	"github.com/promptmill/promptmill/convert/hub/internal/glob"
)

// Where the cache has no list of the files of a commit, as after Python has fetched single files, an offline client knows
// only those that are there. What it cannot take for all of what was asked for is then an error: a part that looks like
// the whole is worse.

// unlisted explains an error about something that may only be missing in the list of files, where the cache has a part
// of it.
func unlisted(d *Dataset, err error) error {
	if err == nil || d.whole || !errors.Is(err, ErrNoParquet) && !errors.Is(err, ErrNotFound) {
		return err
	}
	why := err.Error()
	if strings.HasPrefix(why, scheme) { // the reference is named already; no space is in it
		_, why, _ = strings.Cut(why, ": ")
	}
	return fmt.Errorf("%s: %w: of its files only the %d cached ones are known, and with them: %s; %s", d.Ref, ErrOffline, len(d.tree), why, goOnline)
}

// checkIncluded refuses patterns that may match more than the known files: each has to be the name of one.
func (d *Dataset) checkIncluded(patterns []string) error {
	if d.whole {
		return nil
	}
	for _, p := range patterns {
		if _, ok := d.tree[p]; !ok || glob.Escape(p) != p {
			return fmt.Errorf("%s: %w: the cache has no list of the files, so what %q matches besides the %d cached ones is unknown; name single files that are cached, or %s",
				d.Ref, ErrOffline, fault.Printable(p, 200), len(d.tree), goOnline)
		}
	}
	return nil
}

// checkKnown refuses to take the known splits for all of them, and a split for complete of which a part is missing by
// the names of the others.
func (v *survey) checkKnown(sel Selection) error {
	d := v.d
	if d.whole || len(sel.Include) > 0 {
		return d.checkIncluded(sel.Include)
	}
	if sel.All && sel.Ref.Split == "" {
		return fmt.Errorf("%s: %w: the cache has no list of the files, so whether the %d cached ones are every split is unknown; choose one with --split, or %s",
			d.Ref, ErrOffline, len(d.tree), goOnline)
	}
	cfg, err := v.layout.Config(d.Ref.Config)
	if err != nil {
		return err
	}
	for _, s := range d.Splits {
		names := make([]string, len(s.Files))
		for i, f := range s.Files {
			names[i] = f.Path
		}
		if name := v.layout.MissingShard(cfg, s.Name, names); name != "" {
			return fmt.Errorf("%s: %s is not in the cache, and belongs to split %q: %w; %s",
				d.Ref, fault.Printable(name, 200), fault.Printable(s.Name, 80), ErrOffline, goOnline)
		}
	}
	return nil
}
