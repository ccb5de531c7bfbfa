package hub

import (
	"context"
	"errors"
	"fmt"

	"github.com/promptmill/promptmill/convert/hub/internal/split"
)

// exportRevision is the branch of the Hub's parquet copies.
const exportRevision = "refs/convert/parquet"

// exportSurvey finds the copy of a dataset that has no parquet itself, which is what why says. Only what is on the default
// branch is copied.
func (c *Client) exportSurvey(ctx context.Context, d *Dataset, why error) (*survey, error) {
	ref := d.Ref
	ref.Config, ref.Split = "", ""
	ref.Revision = exportRevision
	switch d.Ref.Revision {
	case exportRevision:
		return nil, why
	case defaultRevision:
	default:
		return nil, fmt.Errorf("%w; the Hub's own parquet copy, if there is one, is of %s: %s", why, defaultRevision, ref)
	}
	ref.Config, ref.Split = d.Ref.Config, d.Ref.Split
	e, err := c.at(ctx, ref)
	switch {
	case errors.Is(err, ErrNotFound):
		return nil, fmt.Errorf("%w; and the Hub has made no parquet copy (%s)", why, exportRevision)
	case errors.Is(err, ErrOffline) && !d.whole:
		return nil, why // it may have some after all
	case errors.Is(err, ErrOffline):
		return nil, fmt.Errorf("%w; and the Hub's parquet copy (%s) is not in the cache: %w; %s", why, exportRevision, ErrOffline, goOnline)
	case err != nil:
		return nil, err
	}
	declared, err := c.card(ctx, d)
	if err != nil && !errors.Is(err, ErrCorrupt) {
		return nil, err
	}
	p, err := newExportSurvey(e, declared)
	if err != nil {
		return nil, fmt.Errorf("%w; and its copy at %s has none either", why, exportRevision)
	}
	e.source = d
	c.cfg.Logf("%s has no parquet: reading the copy that the Hub made of it, %s at %.8s", d.Ref, exportRevision, e.Commit)
	return p, nil
}

// newExportSurvey lays out a copy. What the dataset's own card declares decides the default config and the order.
func newExportSurvey(d *Dataset, declared split.Card) (*survey, error) {
	d.Exported = true
	l, err := split.Exported(declared, d.tree.paths(), d.whole)
	if err != nil {
		return nil, explainLayout(d.Ref, err)
	}
	return &survey{d: d, ref: d.Ref, layout: l}, nil
}

// saveSource writes what tells, when there is no network, that a dataset has no parquet and what it declares. Src is nil
// for a dataset that is no copy.
func (w *writer) saveSource(src *Dataset) error {
	if src == nil {
		return nil
	}
	if err := w.Root.MkdirAll("snapshots/"+src.Commit, 0o777); err != nil { // Python calls a ref to none corrupt
		return w.writeError(err)
	}
	if err := w.saveDocs(src); err != nil {
		return err
	}
	if err := w.saveAbsent(src); err != nil {
		return err
	}
	return w.setRef(src.Ref.Revision, src.Commit)
}
